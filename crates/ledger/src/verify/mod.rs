//! Checking a book from the outside: with its rows and, at will, signed notes and keys, and nothing it says of itself.
//!
//! One snapshot, read in pages, with memory for one row, the frontier and the notes. What is looked at:
//! * each event: its form, its leaf hash, its recorded time, no gap in the positions ([`walk`]);
//! * each stream: versions 1, 2, 3… in the order of positions, and no event that is a copy of an earlier one;
//! * the root over the events at the head row's size and at each note's size;
//! * the head row: size, root, frontier, recorded time, nothing beyond it;
//! * each command record: its form, that it names no event beyond the end, and with the key its MAC.
//!
//! What no reading of the rows alone can tell: an end cut off or rewritten together with the head row. That is what
//! notes kept elsewhere are for.
//!
//! A new check reports to [`findings::Findings`]; what is first is decided there.

mod findings;
mod snapshot;
mod walk;

use crate::command::{MacKey, StoredCommand};
use crate::event::ReadError;
use crate::note::{SignedNote, Verifier, origin};
use crate::notes_dir::{NotesDir, NotesError};
use crate::tree::Hash;
use crate::{Database, TrustId};

use findings::Findings;
use snapshot::Snapshot;
use walk::Walk;

/// What to check a book against, besides itself.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The key of the command records; without it their MACs are not checked.
    pub mac_key: Option<[u8; 32]>,
    /// The folder of signed notes.
    pub notes: Option<NotesDir>,
    /// A note kept somewhere else.
    pub checkpoint: Option<SignedNote>,
    /// The key the notes must be signed with; without it their signatures are not checked.
    pub verifier: Option<Verifier>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Nothing was found to be wrong.
    pub intact: bool,
    /// Number of events found.
    pub size: u64,
    /// Root of the tree over them, computed.
    pub root: Hash,
    /// The lowest place known to be wrong.
    pub first_bad: Option<FirstBad>,
    /// Whether the MACs of command records were checked.
    pub commands_checked: bool,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstBad {
    /// The event, where it can be said which; else the words say between which.
    pub position: Option<u64>,
    /// What is wrong, in plain words without content.
    pub what: String,
}

/// Nothing can be said: the book or the notes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database did not answer, or holds no book of this trust.
    #[error("the book cannot be read")]
    Read(#[from] ReadError),
    /// The folder of notes cannot be read.
    #[error("the notes cannot be read")]
    Notes(#[source] NotesError),
}

impl From<sqlx::Error> for VerifyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Checks the book of `trust`; a read-only connection is enough. `progress` hears (events checked, events to check).
pub async fn verify(
    db: &Database,
    trust: TrustId,
    options: &VerifyOptions,
    mut progress: impl FnMut(u64, u64),
) -> Result<Verdict, VerifyError> {
    let mut findings = Findings::default();
    // Notes before the snapshot: the book only grows, so it must hold all that a note read earlier covers.
    let notes = notes(options, trust, &mut findings).await?;
    let mut snapshot = Snapshot::open(db).await?;
    let head = snapshot.head(trust).await?;
    let total = head.as_ref().map_or(0, |head| head.0.cast_unsigned());
    let mut walk = Walk::new(trust, head, &notes, &mut findings);
    while snapshot.events(trust, &mut walk).await? {
        progress(walk.seen(), total.max(walk.seen()));
    }
    if walk.seen() == 0 && !walk.has_head() {
        return Err(ReadError::NoTrust(trust).into());
    }
    let (size, root) = walk.finish();
    if let Some((position, version, number)) = snapshot.stream_out_of_order(trust).await? {
        let what = format!("version {version} is number {number} of its stream");
        findings.at(position.cast_unsigned(), what);
    }
    if let Some(position) = snapshot.copied_event(trust).await? {
        findings.at(position.cast_unsigned(), "the event is a copy of an earlier one");
    }
    let mac_key = options.mac_key.map(MacKey::from);
    let mut check = |stored: Option<StoredCommand>| {
        if let Some(what) = wrong_command(stored, trust, size, mac_key.as_ref()) {
            findings.beside(what);
        }
    };
    snapshot.commands(trust, &mut check).await?;
    let first_bad = findings.first();
    Ok(Verdict { intact: first_bad.is_none(), size, root, first_bad, commands_checked: mac_key.is_some() })
}

/// The notes to compare with: those of this trust, and signed where that can be checked.
async fn notes(options: &VerifyOptions, trust: TrustId, findings: &mut Findings) -> Result<Vec<SignedNote>, VerifyError> {
    let mut found = Vec::new();
    if let Some(notes) = options.notes.clone() {
        let read = tokio::task::spawn_blocking(move || -> Result<Vec<_>, NotesError> {
            let sizes = notes.sizes()?;
            Ok(sizes.into_iter().map(|size| notes.read(size)).collect())
        });
        let read = read.await.expect("reading notes does not panic");
        for note in read.map_err(VerifyError::Notes)? {
            match note {
                Ok(note) => found.extend(note),
                Err(error @ NotesError::Damaged { .. }) => findings.beside(error.to_string()),
                Err(error) => return Err(VerifyError::Notes(error)),
            }
        }
    }
    found.extend(options.checkpoint.clone());
    found.retain(|note| {
        let wrong = wrong_note(note, trust, options.verifier.as_ref());
        let size = note.checkpoint.size;
        if let Some(what) = &wrong {
            findings.beside(format!("the note over {size} events: {what}"));
        }
        wrong.is_none()
    });
    Ok(found)
}

fn wrong_note(note: &SignedNote, trust: TrustId, verifier: Option<&Verifier>) -> Option<String> {
    if note.checkpoint.origin != origin(trust) {
        return Some("it is of another book".to_owned());
    }
    let error = verifier?.verify(note).err()?;
    Some(error.to_string())
}

fn wrong_command(stored: Option<StoredCommand>, trust: TrustId, size: u64, mac_key: Option<&MacKey>) -> Option<&'static str> {
    let Some(stored) = stored else {
        return Some("a command record has another form");
    };
    if mac_key.is_some_and(|key| stored.open(trust, key).is_none()) {
        return Some("a command record was changed");
    }
    match stored.decode() {
        None => Some("a command record has another form"),
        Some(record) if record.first_position.is_some_and(|first| first >= size) => {
            Some("a command record names an event beyond the end of the book")
        }
        Some(_) => None,
    }
}
