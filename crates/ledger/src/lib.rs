//! The book: one append-only, tamper-evident order of sealed events per trust, on SQLite or PostgreSQL.
//!
//! This crate knows sealed bytes and ids and nothing else: no event type, no key that opens anything, no person.
//!
//! | to… | see |
//! |---|---|
//! | name a trust or a stream | [`TrustId`], [`StreamId`] |
//! | hand over sealed bytes | [`Envelope`], [`SealedEvent`] |
//! | open a database, add tables | [`Database`], [`Migration`], [`MIGRATIONS`] |
//! | write, all or nothing | [`Ledger::append`], [`Append`], [`AppendError`] |
//! | read and follow | [`Ledger::read`], [`Subscription`] |
//! | prove | [`leaf`], [`tree`], [`note`], [`sign_checkpoint`] |
//! | check a book from the outside | [`verify()`] |
//!
//! Nothing unsealed reaches the book: [`SealedEvent`] takes envelopes, and an envelope is made from its whole stored
//! form only. This compiles:
//!
//! ```
//! use wardbook_ledger::{Envelope, SealedEvent, StreamId, Write};
//! fn write(words: Envelope) -> Write {
//!     let event = SealedEvent::new(vec![words], [0; 32]).expect("one envelope");
//!     Write { stream: StreamId::from_bytes([1; 16]), expected: 0, events: vec![event] }
//! }
//! ```
//!
//! and this, which differs by the type of `words` alone, does not:
//!
//! ```compile_fail,E0308
//! use wardbook_ledger::{Envelope, SealedEvent, StreamId, Write};
//! fn write(words: String) -> Write {
//!     let event = SealedEvent::new(vec![words], [0; 32]).expect("one envelope");
//!     Write { stream: StreamId::from_bytes([1; 16]), expected: 0, events: vec![event] }
//! }
//! ```
//!
//! nor do raw bytes:
//!
//! ```compile_fail,E0308
//! use wardbook_ledger::{Envelope, SealedEvent, StreamId, Write};
//! fn write(words: Vec<u8>) -> Write {
//!     let event = SealedEvent::new(vec![words], [0; 32]).expect("one envelope");
//!     Write { stream: StreamId::from_bytes([1; 16]), expected: 0, events: vec![event] }
//! }
//! ```

#![forbid(unsafe_code)]

mod append;
mod batch;
mod bytes;
mod checkpoint;
mod command;
mod database;
mod envelope;
mod event;
mod ids;
pub mod leaf;
mod ledger;
pub mod note;
mod notes_dir;
mod store;
mod subscription;
pub mod tree;
mod verify;
mod writer;

pub use append::{Append, AppendError, Appended, CommandRef, EVENTS_MAX, GUARDS_MAX, Guard, SEALED_BYTES_MAX, WRITES_MAX, Write};
pub use checkpoint::{CheckpointError, sign_checkpoint};
pub use command::CommandRecord;
pub use database::{Database, DatabaseError, DatabaseOptions, MIGRATIONS, Migration};
pub use envelope::{ENVELOPES_MAX, Envelope, NotAnEnvelope, NotAnEvent, SealedEvent};
pub use event::{ReadError, StoredEvent};
pub use ids::{NotAnId, StreamId, TrustId};
pub use ledger::{Clock, Head, Ledger, Limits, READ_BYTES_MAX, READ_EVENTS_MAX};
pub use note::{Checkpoint, NoteError, SignedNote, Signer, Verifier};
pub use notes_dir::{NotesDir, NotesError};
pub use subscription::Subscription;
pub use verify::{FirstBad, Verdict, VerifyError, VerifyOptions, verify};
