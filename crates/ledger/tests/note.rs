//! The text of signed checkpoints and verifier keys, strictly, and the folder they are kept in.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use wardbook_ledger::note::origin;
use wardbook_ledger::{NoteError, NotesDir, NotesError, SignedNote, Signer, TrustId, Verifier};
use wardbook_testkit::temp_dir;

/// Key, note and verifier key of the C2SP signed-note description's own example (Go's `sumdb/note`).
const PETER_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

const TRUST: TrustId = TrustId::from_bytes([0xab; 16]);

fn signer() -> Signer {
    Signer::from_seed(&origin(TRUST), &[7; 32]).unwrap()
}

/// Signing is for `sign_checkpoint` alone, so the tests hold a finished note: it is also the frozen form.
const NOTE: &str = "wardbook/v1/abababababababababababababababab\n\
    259\n\
    ERERERERERERERERERERERERERERERERERERERERERE=\n\
    \n\
    \u{2014} wardbook/v1/abababababababababababababababab AMyJljWKGQMbqIXm2qpM2psjU/9Ml6Nu4D4em/QU7UdNoSEsm7Y1mb27q0BC+ur/x0KfoCyxxGCcIhEauJxchAL37Qw=\n";

#[test]
fn a_verifier_key_of_another_implementation_is_read_and_written_back() {
    let key = Verifier::parse(PETER_KEY).unwrap();
    assert_eq!(key.name(), "PeterNeumann");
    assert_eq!(key.to_string(), PETER_KEY);
    for (from, to) in [("c74f20a3", "c74f20a4"), ("ARpc", "Ahpc"), ("PeterN", "Peter N"), ("+ARpc", "ARpc")] {
        let wrong = PETER_KEY.replace(from, to);
        assert!(matches!(Verifier::parse(&wrong), Err(NoteError::Key(_))), "{wrong}");
    }
}

#[test]
fn the_note_is_frozen_and_its_signature_good() {
    let note = SignedNote::parse(NOTE).unwrap();
    assert_eq!(note.to_string(), NOTE);
    assert_eq!((note.checkpoint.size, note.checkpoint.root), (259, [0x11; 32]));
    assert_eq!(note.checkpoint.origin, "wardbook/v1/abababababababababababababababab");
    signer().verifier().verify(&note).unwrap();
    let vkey = signer().verifier().to_string();
    Verifier::parse(&vkey).unwrap().verify(&note).unwrap();
}

#[test]
fn a_changed_note_or_another_key_is_told_apart() {
    let verifier = signer().verifier();
    let longer = SignedNote::parse(&NOTE.replace("\n259\n", "\n260\n")).unwrap();
    assert!(matches!(verifier.verify(&longer), Err(NoteError::BadSignature { .. })));
    let other = Signer::from_seed(&origin(TRUST), &[8; 32]).unwrap().verifier();
    let note = SignedNote::parse(NOTE).unwrap();
    assert!(matches!(other.verify(&note), Err(NoteError::NotSigned { .. })));
}

#[test]
fn lines_of_other_signers_are_kept() {
    let witness = "\u{2014} witness.example/w 0123456789abcdefAAAAAA==\n";
    let text = format!("{NOTE}{witness}");
    let note = SignedNote::parse(&text).unwrap();
    assert_eq!(note.signatures.len(), 2);
    assert_eq!(note.to_string(), text);
    signer().verifier().verify(&note).unwrap();
}

#[test]
fn any_other_text_is_refused() {
    let wrong = [
        NOTE.replace("\n259\n", "\n0259\n"),
        NOTE.replace("\n259\n", "\n+259\n"),
        NOTE.replace("\n259\n", "\n-1\n"),
        NOTE.replace("\n259\n", "\n259 \n"),
        NOTE.replace("\n259\n", "\n259\nmore\n"),
        NOTE.replace("ERE=", "ERF="),
        NOTE.replace("ERE=", "ERE"),
        NOTE.replace("\u{2014} ", "- "),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("wardbook/v1", "wardbook v1"),
        NOTE.trim_end().to_owned(),
        format!("{NOTE}\n"),
        NOTE.replace('\n', "\r\n"),
        String::new(),
        "\n\n".to_owned(),
    ];
    for text in wrong {
        assert_ne!(text, NOTE);
        assert!(SignedNote::parse(&text).is_err(), "{text}");
    }
    assert!(Signer::from_seed("a b", &[7; 32]).is_err());
    assert!(Signer::from_seed("", &[7; 32]).is_err());
}

#[test]
fn notes_are_kept_once_and_never_replaced() {
    let dir = temp_dir();
    let notes = NotesDir::open(dir.path().join("notes")).unwrap();
    assert_eq!(notes.highest().unwrap(), None);
    let note = SignedNote::parse(NOTE).unwrap();
    notes.keep(&note).unwrap();
    notes.keep(&note).unwrap();
    assert_eq!(notes.highest().unwrap().as_ref(), Some(&note));
    let mut other = note.clone();
    other.checkpoint.root = [0x12; 32];
    assert!(matches!(notes.keep(&other), Err(NotesError::Taken { size: 259 })));
    assert_eq!(notes.sizes().unwrap(), [259]);
    let files: Vec<_> = std::fs::read_dir(dir.path().join("notes")).unwrap().collect();
    assert_eq!(files.len(), 1, "no temporary file is left");
    let misnamed = dir.path().join("notes/00000000000000000300.note");
    std::fs::write(&misnamed, NOTE).unwrap();
    assert!(matches!(notes.highest(), Err(NotesError::Damaged { source: None, .. })));
    std::fs::write(&misnamed, "torn").unwrap();
    assert!(matches!(notes.highest(), Err(NotesError::Damaged { source: Some(_), .. })));
    assert_eq!(NotesDir::at(dir.path().join("nowhere")).sizes().unwrap(), []);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_stumble(text in "\\PC*|[a-z/\n0-9=+\u{2014} ]*") {
        if let Ok(note) = SignedNote::parse(&text) {
            prop_assert_eq!(&note.to_string(), &text);
        }
        let _ = Verifier::parse(&text);
    }
}
