//! The one way into the book: events are written down, sealed group by group under the record's keys, and appended.

use wardbook_domain::{Duty, FieldGroup, PersonId, event::Written};
use wardbook_ledger::{Append, AppendError, Appended, CommandRef, Envelope, SealedEvent, StreamId, Write};
use wardbook_vault::{Audience, Group, Item, KeyId, Place, RecordKey, keyed_digest, seal_event};
use wardbook_views::meta_names;

use crate::{App, AppError, error::append_error, load::Loaded};

/// Who acts, in which duty, by which command.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// The person; none for the service itself and for set-up.
    pub(crate) actor: Option<PersonId>,
    /// The duty in which they act.
    pub(crate) duty: Option<Duty>,
    /// The command.
    pub(crate) command: CommandRef,
}

/// The keys of a stream in the order of the groups.
#[derive(Debug, Clone)]
pub(crate) struct StreamKeys(Vec<RecordKey>);

/// Events for one stream.
#[derive(Debug)]
pub(crate) struct StreamWrite {
    pub(crate) stream: [u8; 16],
    /// How many events the stream has.
    pub(crate) expected: u64,
    pub(crate) keys: StreamKeys,
    pub(crate) events: Vec<Written>,
}

impl App {
    /// The reference of a command: who it is from, the key that the caller gave it (or a random one), and what it says.
    pub(crate) fn command(&self, principal: &[u8], name: &str, key: Option<&str>, body: &[u8]) -> CommandRef {
        let random: [u8; 16] = self.entropy.bytes();
        let key = key.map_or(random.as_slice(), str::as_bytes);
        CommandRef {
            key: keyed_digest(&self.keys.command, &[b"key", principal, key]),
            digest: keyed_digest(&self.keys.command, &[b"digest", principal, key, name.as_bytes(), body]),
        }
    }

    /// The id of the `index`-th stream that a command creates: derived, so that copies of the command meet on one stream.
    pub(crate) fn created_id(&self, command: &CommandRef, index: usize) -> [u8; 16] {
        wardbook_vault::blind(&self.keys.create, &[&command.key, &(index as u64).to_be_bytes()])
    }

    /// Fresh keys for a new stream, one a group.
    pub(crate) async fn new_keys(&self, audiences: &[Audience]) -> Result<StreamKeys, AppError> {
        let mut keys = Vec::with_capacity(audiences.len());
        for audience in audiences {
            keys.push(self.vault.new_record_key(*audience).await?);
        }
        Ok(StreamKeys(keys))
    }

    /// The keys of a stream that exists: those of its first event.
    pub(crate) async fn keys_of(&self, stream: &Loaded) -> Result<StreamKeys, AppError> {
        let mut keys = vec![];
        for envelope in stream.events.first().map(wardbook_ledger::StoredEvent::envelopes).unwrap_or_default() {
            keys.push(self.vault.record_key(KeyId(envelope.key_id())).await?);
        }
        Ok(StreamKeys(keys))
    }

    /// Seals and appends, all or nothing. A conflict comes back as [`AppendError::Conflict`] for the use case to load again.
    pub(crate) async fn append(&self, act: &Act, writes: &[StreamWrite]) -> Result<Appended, AppendFailed> {
        let writes = self.seal_all(act, writes).map_err(AppendFailed::Other)?;
        let append = Append { writes, guards: vec![], command: Some(act.command) };
        self.ledger.append(append).await.map_err(|error| match error {
            AppendError::Conflict { .. } => AppendFailed::Conflict,
            other => AppendFailed::Other(append_error(other)),
        })
    }

    /// Seals the events of each stream for their places.
    pub(crate) fn seal_all(&self, act: &Act, writes: &[StreamWrite]) -> Result<Vec<Write>, AppError> {
        writes.iter().map(|write| self.seal_write(act, write)).collect()
    }

    fn seal_write(&self, act: &Act, write: &StreamWrite) -> Result<Write, AppError> {
        let mut events = Vec::with_capacity(write.events.len());
        for (written, version) in write.events.iter().zip(write.expected + 1..) {
            let place = Place { trust: *self.trust.as_bytes(), stream: write.stream, version };
            events.push(self.seal(act, &place, &write.keys, written)?);
        }
        Ok(Write { stream: StreamId::from_bytes(write.stream), expected: write.expected, events })
    }

    fn seal(&self, act: &Act, place: &Place, keys: &StreamKeys, written: &Written) -> Result<SealedEvent, AppError> {
        let groups = written.groups();
        if keys.0.len() < groups.len() {
            return Err(AppError::internal("a stream has fewer keys than its event has groups"));
        }
        let mut sealing: Vec<Group<'_>> =
            groups.iter().zip(&keys.0).map(|(group, key)| Group { name: group.as_str(), key, items: vec![] }).collect();
        for (name, value) in self.meta(act, written) {
            sealing[0].items.push(Item { name: name.to_owned(), content: serde_json::to_vec(&value)? });
        }
        for (name, group, value) in &written.fields {
            let place = FieldGroup::ALL.iter().position(|known| known == group).expect("ALL names every group");
            sealing[place].items.push(Item { name: (*name).to_owned(), content: serde_json::to_vec(value)? });
        }
        let sealed = self.entropy.with(|rng| seal_event(place, sealing, rng)).map_err(|error| match error {
            wardbook_vault::SealError::TooLarge(_) => {
                wardbook_domain::field::Invalid::one("body", "is too large to be kept as one record").into()
            }
            other => AppError::internal(other),
        })?;
        let envelopes = sealed.envelopes.into_iter().map(|envelope| Envelope::parse(envelope.into_bytes()));
        let envelopes = envelopes.collect::<Result<_, _>>().map_err(AppError::internal)?;
        SealedEvent::new(envelopes, sealed.item_root).map_err(AppError::internal)
    }

    fn meta(&self, act: &Act, written: &Written) -> [(&'static str, serde_json::Value); 6] {
        use serde_json::json;
        [
            (meta_names::TYPE, json!(written.kind.name)),
            (meta_names::SCHEMA_VERSION, json!(written.kind.schema)),
            (meta_names::ACTOR, json!(act.actor)),
            (meta_names::DUTY, json!(act.duty)),
            (meta_names::AT, json!(self.clock.now())),
            (meta_names::COMMAND, json!(hex::encode(act.command.digest))),
        ]
    }
}

/// Why an append was not made.
#[derive(Debug)]
pub(crate) enum AppendFailed {
    /// Somebody else wrote first: load, decide and seal again.
    Conflict,
    /// Anything else.
    Other(AppError),
}

impl AppendFailed {
    /// For use cases in which a conflict cannot be settled by another try.
    pub(crate) fn settled(self) -> AppError {
        match self {
            Self::Conflict => AppError::Stale,
            Self::Other(error) => error,
        }
    }
}
