//! Checkpoints of committed heads, and the refusal to sign two histories.

use wardbook_ledger::note::origin;
use wardbook_ledger::{CheckpointError, NotesDir, Signer, sign_checkpoint};

use crate::support::{Book, one};
use crate::tampering::forge;

pub(crate) fn signer(book: &Book) -> Signer {
    Signer::from_seed(&origin(book.trust), &[7; 32]).unwrap()
}

pub(crate) fn notes(book: &Book) -> NotesDir {
    NotesDir::open(book.dir.path().join("notes")).unwrap()
}

pub(crate) async fn a_checkpoint_is_signed_once_per_size(book: Book) {
    let (ledger, notes, signer) = (book.open().await, notes(&book), signer(&book));
    let empty = sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
    assert_eq!(empty.checkpoint.size, 0);
    for version in 0..5 {
        ledger.append(one(1, version)).await.unwrap();
    }
    let note = sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
    signer.verifier().verify(&note).unwrap();
    let head = ledger.head().await.unwrap();
    assert_eq!((note.checkpoint.size, note.checkpoint.root), (5, head.root));
    assert_eq!(sign_checkpoint(&ledger, &notes, &signer).await.unwrap(), note);
    ledger.append(one(1, 5)).await.unwrap();
    sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
    assert_eq!(notes.sizes().unwrap(), [0, 5, 6]);
}

/// A book restored from a backup is shorter than what was signed.
pub(crate) async fn a_shorter_book_is_not_signed(book: Book) {
    let (ledger, notes, signer) = (book.open().await, notes(&book), signer(&book));
    for version in 0..5 {
        ledger.append(one(1, version)).await.unwrap();
    }
    sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
    let stranger = book.stranger().await;
    stranger.tamper("DELETE FROM events WHERE position >= 3").await;
    forge(&book).await;
    let refused = sign_checkpoint(&ledger, &notes, &signer).await;
    assert!(matches!(refused, Err(CheckpointError::BelowHighest { size: 3, highest: 5 })), "{refused:?}");
}

pub(crate) async fn another_history_is_not_signed(book: Book) {
    let (ledger, notes, signer) = (book.open().await, notes(&book), signer(&book));
    for version in 0..5 {
        ledger.append(one(1, version)).await.unwrap();
    }
    sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
    let stranger = book.stranger().await;
    let other = stranger.blob(&[1; 32]);
    stranger.tamper(&format!("UPDATE events SET item_root = {other} WHERE position = 2")).await;
    forge(&book).await;
    let refused = sign_checkpoint(&ledger, &notes, &signer).await;
    assert!(matches!(refused, Err(CheckpointError::Forked { size: 5 })), "the same size: {refused:?}");
    let again = book.open().await;
    again.append(one(1, 5)).await.unwrap();
    let refused = sign_checkpoint(&again, &notes, &signer).await;
    assert!(matches!(refused, Err(CheckpointError::Forked { size: 5 })), "grown since: {refused:?}");
    assert_eq!(notes.sizes().unwrap(), [5]);
}

pub(crate) async fn another_trust_is_not_signed_for(book: Book) {
    let (ledger, notes) = (book.open().await, notes(&book));
    let other = Signer::from_seed("wardbook/v1/00", &[7; 32]).unwrap();
    let refused = sign_checkpoint(&ledger, &notes, &other).await;
    assert!(matches!(refused, Err(CheckpointError::OtherOrigin { .. })));
    sign_checkpoint(&ledger, &notes, &signer(&book)).await.unwrap();
    let same_name = Signer::from_seed(&origin(book.trust), &[8; 32]).unwrap();
    let refused = sign_checkpoint(&ledger, &notes, &same_name).await;
    assert!(matches!(refused, Err(CheckpointError::OtherSigner(_))));
}
