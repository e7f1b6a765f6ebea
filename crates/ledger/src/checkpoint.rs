//! Signing a head, and refusing to: a signer never signs two histories.

use crate::event::ReadError;
use crate::note::{NoteError, SignedNote, Signer};
use crate::notes_dir::{NotesDir, NotesError};
use crate::tree::Frontier;
use crate::{Ledger, note, store};

/// Why no checkpoint was signed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The book is shorter than a head that was signed: it was restored from a backup, or cut.
    #[error("the book has {size} events and a note over {highest} was signed before")]
    BelowHighest {
        /// Events in the book.
        size: u64,
        /// Events the highest note covers.
        highest: u64,
    },
    /// The book's first events are not those a signed note covers, or the head does not follow from its events.
    #[error("the events of the book do not lead to the root over {size} events")]
    Forked {
        /// Size of the tree with another root.
        size: u64,
    },
    /// The signer's name, or the origin of the highest note, is not that of the trust.
    #[error("the note or its key belongs to another book: {origin}")]
    OtherOrigin {
        /// The origin found.
        origin: String,
    },
    /// The highest note is not signed by this signer.
    #[error("the highest note is not of this signer")]
    OtherSigner(#[source] NoteError),
    /// The book cannot be read.
    #[error("the book cannot be read")]
    Read(#[from] ReadError),
    /// The notes cannot be read or written.
    #[error("the notes cannot be used")]
    Notes(#[from] NotesError),
}

/// Signs the committed head and keeps the note; at the same size the note there is returned again.
///
/// Every leaf up to the head is read: the head must follow from them, and so must the highest note.
pub async fn sign_checkpoint(ledger: &Ledger, notes: &NotesDir, signer: &Signer) -> Result<SignedNote, CheckpointError> {
    let origin = note::origin(ledger.trust());
    if signer.name() != origin {
        let origin = signer.name().to_owned();
        return Err(CheckpointError::OtherOrigin { origin });
    }
    let highest = blocking(notes, NotesDir::highest).await?;
    let head = ledger.head().await?;
    if let Some(highest) = &highest {
        check_highest(highest, &origin, signer, head.size)?;
    }
    let covered = highest.as_ref().map_or(0, |note| note.checkpoint.size);
    let (db, trust) = (ledger.database(), ledger.trust());
    let mut tree = Frontier::new();
    store::each_leaf(db, trust, 0..covered, |leaf| tree.push(leaf)).await?;
    if let Some(highest) = highest {
        if tree.root() != highest.checkpoint.root {
            return Err(CheckpointError::Forked { size: covered });
        }
        if covered == head.size {
            let same = head.root == highest.checkpoint.root;
            return same.then_some(highest).ok_or(CheckpointError::Forked { size: covered });
        }
    }
    store::each_leaf(db, trust, covered..head.size, |leaf| tree.push(leaf)).await?;
    if tree.root() != head.root {
        return Err(CheckpointError::Forked { size: head.size });
    }
    let note = signer.sign(head.size, head.root);
    let kept = note.clone();
    blocking(notes, move |notes| notes.keep(&kept)).await?;
    Ok(note)
}

fn check_highest(highest: &SignedNote, origin: &str, signer: &Signer, size: u64) -> Result<(), CheckpointError> {
    let checkpoint = &highest.checkpoint;
    if checkpoint.origin != origin {
        let origin = checkpoint.origin.clone();
        return Err(CheckpointError::OtherOrigin { origin });
    }
    let checked = signer.verifier().verify(highest);
    checked.map_err(CheckpointError::OtherSigner)?;
    if size < checkpoint.size {
        return Err(CheckpointError::BelowHighest { size, highest: checkpoint.size });
    }
    Ok(())
}

/// File work off the async threads.
async fn blocking<T: Send + 'static>(
    notes: &NotesDir,
    work: impl FnOnce(&NotesDir) -> Result<T, NotesError> + Send + 'static,
) -> Result<T, NotesError> {
    let notes = notes.clone();
    let done = tokio::task::spawn_blocking(move || work(&notes)).await;
    done.expect("the work on notes does not panic and is not cancelled")
}
