//! Keys and sealing: how a field becomes bytes that only a duty can open, and how a key is made, found and destroyed.
//!
//! This crate knows nothing of the ledger (which stores what comes out of here) or of the domain (which says what a
//! field is). `docs/format.md` describes every byte; `tests/vectors/format-v1.json` fixes them.
//!
//! From the outside in:
//!
//! * [`identity`]: the service identity and the recovery identity; [`shares`]: the latter split over people, as words.
//! * [`KeyStore`]: the database of wrapped keys; shares nothing with the book.
//! * [`Vault`]: one trust's keys, unlocked: record keys made ahead, destruction, quarantine, named secrets.
//! * [`seal_event`], [`open_envelope`]: groups of fields to envelopes and back; [`commit`]: proof of one item.
//! * [`BlobSealer`], [`open_blob_from`]: attachments, which are too large for an event, as they come and go.
//! * [`mod@blind`]: blind indexes and keyed digests; [`state`]: sealing of short-lived state outside the book.
//!
//! To extend: a new audience is a variant of [`Audience`] (old trusts need it added to their key set); a new format is
//! a new version byte beside the old one, with vectors of its own. What is written never changes.

#![forbid(unsafe_code)]

mod aead;
mod agefile;
mod audience;
mod blob;
mod encode;
mod envelope;
mod gf256;
mod group;
mod pad;
mod secret;
mod store;
mod vault;
mod wrap;

pub mod blind;
pub mod commit;
pub mod identity;
pub mod shares;
pub mod state;

pub use agefile::Recipient;
pub use audience::Audience;
pub use blind::{blind, keyed_digest};
pub use blob::{
    BLOB_HEAD_MAX, BLOB_HEADER, BLOB_ITEM, BLOB_MAX, BLOB_SEALED_MAX, BlobPlace, BlobReadError, BlobSealer, SealedBlob, SealedHead,
    blob_key_id, open_blob, open_blob_from, seal_blob,
};
pub use envelope::{Place, envelope_key_id};
pub use group::{Group, Item, OpenError, OpenedGroup, OpenedItem, SealError, Sealed, SealedEnvelope, open_envelope, seal_event};
pub use identity::{IdentityError, IdentitySource, RecoveryIdentity, ServiceIdentity};
pub use secret::{KeyId, RecordKey, Secret32};
pub use shares::{Share, ShareError};
pub use state::{StateError, open_state, seal_state};
pub use store::{KeyStore, StoreError};
pub use vault::{Clock, KeyError, QuarantinedKey, Recipients, Surroundings, Vault, VaultError};

#[cfg(test)]
mod tests;
