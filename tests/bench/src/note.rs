//! The event that is written: the size of a case note, sealed as the application seals one.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use rand::Rng as _;
use wardbook_ledger::{CommandRef, Envelope, SealedEvent, StreamId, TrustId, Write};
use wardbook_vault::{Audience, Group, Item, KeyId, Place, Secret32, Vault, keyed_digest, seal_event};

use crate::clock::{self, Entropy};

/// What the writers of one book share.
pub(crate) struct Sealer {
    pub(crate) trust: TrustId,
    vault: Vault,
    entropy: Entropy,
    command_key: Secret32,
    /// The note's text.
    text: String,
}

/// A note ready to be appended, with its command.
pub(crate) struct Note {
    pub(crate) write: Write,
    pub(crate) command: CommandRef,
}

impl Sealer {
    /// Notes of `text_bytes` bytes of text in the book of the vault's trust.
    pub(crate) fn new(vault: Vault, text_bytes: usize) -> Arc<Self> {
        let entropy = Entropy::new();
        let command_key = entropy.with(Secret32::generate);
        let text = "The child was seen and spoken to today. ".chars().cycle().take(text_bytes).collect();
        Arc::new(Self { trust: TrustId::from_bytes(vault.trust()), vault, entropy, command_key, text })
    }

    /// A new stream and the key of its record, already durable in the key store.
    pub(crate) async fn new_stream(&self) -> Result<(StreamId, KeyId)> {
        let key = self.vault.new_record_key(Audience::Safeguarding).await?;
        Ok((StreamId::from_bytes(self.random()), key.id()))
    }

    /// All that a caller does before the append: the command's digests, the key by its id, items, commitments, sealing.
    pub(crate) async fn note(&self, stream: StreamId, key: KeyId, expected: u64) -> Result<Note> {
        let command = self.command();
        let key = self.vault.record_key(key).await?;
        let place = Place { trust: *self.trust.as_bytes(), stream: *stream.as_bytes(), version: expected + 1 };
        let group = Group { name: "record", key: &key, items: self.items(&command) };
        let sealed = self.entropy.with(|rng| seal_event(&place, vec![group], rng))?;
        let envelopes = sealed.envelopes.into_iter().map(|one| Envelope::parse(one.into_bytes()));
        let event = SealedEvent::new(envelopes.collect::<Result<_, _>>()?, sealed.item_root)?;
        Ok(Note { write: Write { stream, expected, events: vec![event] }, command })
    }

    /// Bytes of the `sealed` column of such a note: one envelope, its length and the count of one.
    pub(crate) async fn sealed_column_len(&self) -> Result<usize> {
        let (stream, key) = self.new_stream().await?;
        let note = self.note(stream, key, 0).await?;
        let event = note.write.events.first().context("a note is one event")?;
        Ok(1 + 4 + event.sealed_len())
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    fn command(&self) -> CommandRef {
        let principal = [7; 16];
        let id: [u8; 16] = self.random();
        let body = self.text.as_bytes();
        CommandRef {
            key: keyed_digest(&self.command_key, &[b"key", &principal, &id]),
            digest: keyed_digest(&self.command_key, &[b"digest", &principal, &id, b"note", body]),
        }
    }

    /// Six items that every event has, and the text.
    fn items(&self, command: &CommandRef) -> Vec<Item> {
        let quoted = |text: &str| format!("\"{text}\"");
        let item = |name: &str, content: String| Item { name: name.to_owned(), content: content.into_bytes() };
        vec![
            item("type", quoted("case.noted")),
            item("schema_version", "1".to_owned()),
            item("actor", quoted("0f8fad5bd9cb469fa165700867728950")),
            item("duty", quoted("dsl")),
            item("at", clock::wall_micros().to_string()),
            item("command", quoted(&hex::encode(command.digest))),
            item("text", quoted(&self.text)),
        ]
    }
}
