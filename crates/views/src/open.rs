//! Opening an event: from sealed bytes to its meta items and its typed payload, as far as the wanted groups go.

use serde_json::{Map, Value};
use wardbook_domain::{Duty, FieldGroup, Instant, PersonId, RecordClass, event::AnyEvent, event::UnreadableEvent};
use wardbook_ledger::{StoredEvent, TrustId};
use wardbook_vault::{Audience, KeyError, KeyId, OpenError, Place, Vault, open_envelope};

/// Names of the meta items that every event has in its record group.
pub mod meta_names {
    /// The event's type.
    pub const TYPE: &str = "type";
    /// The version of its fields.
    pub const SCHEMA_VERSION: &str = "schema_version";
    /// Who did it: a person's id, or none for the service and set-up.
    pub const ACTOR: &str = "actor";
    /// In which duty.
    pub const DUTY: &str = "duty";
    /// When it was done, by the clock of the process that wrote it.
    pub const AT: &str = "at";
    /// The digest of the command that caused it.
    pub const COMMAND: &str = "command";
    /// All of them, in order.
    pub const ALL: [&str; 6] = [TYPE, SCHEMA_VERSION, ACTOR, DUTY, AT, COMMAND];
}

/// The meta items of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Who did it.
    pub actor: Option<PersonId>,
    /// In which duty.
    pub duty: Option<Duty>,
    /// When.
    pub at: Instant,
    /// Hex digest of the command.
    pub command: Option<String>,
}

/// An opened event.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who, when.
    pub meta: Meta,
    /// What.
    pub event: AnyEvent,
}

/// An event that cannot be opened; each case is told to people in its own words.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailure {
    /// The key cannot be had: destroyed, missing, or the key store does not answer.
    #[error("the record's key cannot be had")]
    Key(#[source] KeyError),
    /// The sealed bytes are not what was sealed here.
    #[error("the sealed record is damaged")]
    Damaged(#[source] OpenError),
    /// The fields are not of a type that this release knows.
    #[error("the event cannot be read")]
    Unreadable(#[source] UnreadableEvent),
}

impl OpenFailure {
    /// Whether asking again may help (the key store did not answer).
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Key(KeyError::Store(_)))
    }
}

/// Opens events of one trust.
#[derive(Clone)]
pub struct Opener {
    trust: TrustId,
    vault: Vault,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener({})", self.trust)
    }
}

impl Opener {
    /// For this trust's vault.
    pub const fn new(trust: TrustId, vault: Vault) -> Self {
        Self { trust, vault }
    }

    /// Opens the first `groups` of an event (the record group always; an event may have fewer).
    pub async fn open(&self, stored: &StoredEvent, groups: &[FieldGroup]) -> Result<Opened, OpenFailure> {
        let place = Place { trust: *self.trust.as_bytes(), stream: *stored.stream.as_bytes(), version: stored.version };
        let mut items = Map::new();
        // An event's envelopes are a prefix of the groups, in order: the place tells the group.
        for (group, envelope) in FieldGroup::ALL.into_iter().zip(stored.envelopes()) {
            if group != FieldGroup::Record && !groups.contains(&group) {
                continue;
            }
            let key = self.vault.record_key(KeyId(envelope.key_id())).await.map_err(OpenFailure::Key)?;
            let opened = open_envelope(&place, envelope.as_bytes(), &key).map_err(OpenFailure::Damaged)?;
            opened.check_root(stored.sealed.item_root()).map_err(OpenFailure::Damaged)?;
            if opened.name != group.as_str() {
                return Err(unreadable("an envelope holds another group than its place says"));
            }
            // For the tests that count what is opened for whom; how many, and nothing of what they hold.
            tracing::trace!(fields = opened.items.len(), "views.group.opened");
            for item in &opened.items {
                let value = serde_json::from_slice(&item.content).map_err(|_| unreadable("an item is not JSON"))?;
                items.insert(item.name.clone(), value);
            }
        }
        read(items)
    }
}

fn unreadable(reason: &str) -> OpenFailure {
    OpenFailure::Unreadable(UnreadableEvent::Shape { name: "(unknown)".into(), reason: reason.into() })
}

fn read(mut items: Map<String, Value>) -> Result<Opened, OpenFailure> {
    let mut take = |name: &str| items.remove(name).ok_or_else(|| unreadable("a meta item is missing"));
    let name = take(meta_names::TYPE)?;
    let schema = take(meta_names::SCHEMA_VERSION)?;
    let name = name.as_str().ok_or_else(|| unreadable("the type is not text"))?;
    let schema = schema.as_u64().and_then(|n| u16::try_from(n).ok()).ok_or_else(|| unreadable("the schema version is not a number"))?;
    let meta = Meta {
        actor: meta(take(meta_names::ACTOR)?)?,
        duty: meta(take(meta_names::DUTY)?)?,
        at: meta(take(meta_names::AT)?)?,
        command: meta(take(meta_names::COMMAND)?)?,
    };
    let event = AnyEvent::read(name, schema, items).map_err(OpenFailure::Unreadable)?;
    Ok(Opened { meta, event })
}

fn meta<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, OpenFailure> {
    serde_json::from_value(value).map_err(|_| unreadable("a meta item has the wrong shape"))
}

/// The audience whose key wraps the record keys of a class.
pub const fn audience_of(class: RecordClass) -> Audience {
    match class {
        RecordClass::Conduct => Audience::Conduct,
        RecordClass::Safeguarding => Audience::Safeguarding,
        RecordClass::Hr => Audience::Hr,
        RecordClass::DataProtection => Audience::DataProtection,
        RecordClass::It => Audience::It,
    }
}
