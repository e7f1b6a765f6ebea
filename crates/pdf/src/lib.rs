//! Wardbook on paper: documents as PDF/A-2a and PDF/UA-1, the same bytes from the same input on every machine.
//!
//! * `form.rs`: the blank ICT Concern / Misuse Form, [`blank_form`].
//! * `record.rs`: a copy of a case, [`record_copy`].
//! * `text.rs`: what text from outside may be: bounded, printable, and only ever data to a template, never part of one.
//! * `render.rs`: from a template and its data to bytes. `world.rs`: all that a template can see: its text, its data, two fonts.
//! * `templates/`: `house.typ` is the look that every document shares; one more file a document.
//!
//! To add a document: a template that imports `house.typ`, its line in `world.rs`, and a function here that hands in its data.
//!
//! The typesetter is heavy (some 150 crates); nothing of it shows in the signatures here, and no other crate depends on it.
//! The typeface is Source Sans 3 by Adobe, under the SIL Open Font License 1.1. `ops/build-assets.sh` puts it and its licence
//! (`OFL.txt`) into `fonts/`; no font file is committed.
#![forbid(unsafe_code)]

mod error;
mod form;
#[cfg(test)]
mod laid;
mod record;
mod render;
mod text;
mod world;

pub use error::{Fault, PdfError};
pub use form::{BlankForm, LABEL_CHARS_MAX, LIST_MAX, NAME_CHARS_MAX, TRUST_CHARS_MAX, TYPE_CHARS_MAX, TYPES_MAX, Titles, blank_form};
pub use record::{CopyEntry, CopySection, RecordCopy, record_copy};
