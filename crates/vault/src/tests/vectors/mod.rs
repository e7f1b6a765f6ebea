//! `tests/vectors/format-v1.json`: the formats, fixed. Read by this crate and by `tests/format_reader.py`.
//!
//! The vectors are made from a counter-driven source and compared with the file byte for byte, so a format that moves
//! by a bit fails here. They are never changed; `WARDBOOK_WRITE_VECTORS=1 cargo test -p wardbook-vault vectors` adds to
//! them (after a new section in `make.rs`), and the diff must show additions only.

mod blobs;
mod make;
mod shape;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use shape::Vectors;

use crate::shares::combine;
use crate::*;

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

fn stored() -> String {
    fs::read_to_string(tests_folder().join("vectors/format-v1.json")).unwrap()
}

/// Compares with the file, or writes it when asked to.
fn compare(name: &str, made: &str) {
    let path = tests_folder().join("vectors").join(name);
    if std::env::var_os("WARDBOOK_WRITE_VECTORS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap();
    let differs = stored.lines().zip(made.lines()).position(|(a, b)| a != b);
    assert!(stored == made, "{name} differs from what this code makes, first in line {differs:?}");
}

/// One test, so that whoever regenerates does not read files half written.
#[test]
fn vectors_are_what_this_code_makes_and_what_the_reader_reads() {
    let before = fs::read_to_string(tests_folder().join("vectors/format-v1.json")).unwrap_or_default();
    let audience_file =
        serde_json::from_str::<Value>(&before).ok().and_then(|vectors| vectors["audience_file"]["file"].as_str().map(str::to_owned));
    let made = make::vectors(audience_file);
    compare("format-v1.json", &(serde_json::to_string_pretty(&made).unwrap() + "\n"));
    let kept = serde_json::from_str(&stored()).unwrap();
    opens(&kept);
    blobs::opens(&kept);

    let output = read_with_python(&[]);
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // The reader must be able to fail: it changes one digit of every value in turn and wants each to be noticed.
    let output = read_with_python(&["--self-test"]);
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

fn read_with_python(arguments: &[&str]) -> Output {
    let script = tests_folder().join("format_reader.py");
    // The list is the crate's, so it is handed over and not kept here.
    let folder = tempfile::tempdir().unwrap();
    let words = folder.path().join("words.txt");
    fs::write(&words, bip39::Language::English.word_list().join("\n") + "\n").unwrap();
    Command::new("python3")
        .arg("-B")
        .arg(script)
        .arg("--words")
        .arg(words)
        .args(arguments)
        .output()
        .expect("python3 must be installed: apt-get install python3")
}

/// The stored vectors through the public functions, good and bad.
fn opens(vectors: &Vectors) {
    let key = |id: &str| {
        let key = vectors.keys.iter().find(|key| key.id == id).unwrap();
        RecordKey::from_parts(KeyId(array(&key.id)), Secret32::new(array(&key.key)))
    };
    for group in &vectors.groups {
        let place = group.place.place();
        let opened = open_envelope(&place, &bytes(&group.envelope), &key(&group.key)).unwrap();
        assert_eq!(opened.name, group.name);
        let root = vectors.item_roots.iter().find(|root| root.event == group.event).unwrap();
        opened.check_root(&array(&root.root)).unwrap();
        for item in &opened.items {
            let known = &vectors.items.iter().filter(|item| item.event == group.event).nth(item.index.into()).unwrap();
            assert_eq!((item.name.as_str(), item.content.as_slice()), (known.name.as_str(), bytes(&known.content).as_slice()));
        }
    }
    for bad in &vectors.bad_envelopes {
        let key = RecordKey::from_parts(KeyId(array(&bad.key_id)), Secret32::new(array(&bad.key)));
        let error = open_envelope(&bad.place.place(), &bytes(&bad.envelope), &key).unwrap_err();
        let name = format!("{error:?}");
        assert_eq!(name.split(['(', ' ']).next().unwrap(), bad.error, "{}", bad.what);
    }
    for bad in &vectors.bad_shares {
        let name = format!("{:?}", Share::from_words(&bad.words).unwrap_err());
        assert_eq!(name.split(['(', ' ']).next().unwrap(), bad.error, "{}", bad.what);
    }
    let shares: Vec<Share> = vectors.shares.shares.iter().map(|share| Share::from_words(&share.words).unwrap()).collect();
    let recorded = vectors.shares.recipient.parse().unwrap();
    let combined = combine(&shares[1..], Some(&recorded)).unwrap();
    assert_eq!(combined.secret().expose(), &array(&vectors.shares.secret));

    let file = &vectors.audience_file;
    let identities = [&file.service_secret, &file.recovery_secret].map(|secret| ServiceIdentity::from_secret(Secret32::new(array(secret))));
    for identity in identities {
        let (name, key) = agefile::open(&bytes(&file.file), identity.as_age()).unwrap();
        assert_eq!((name.as_str(), key.expose()), (file.name.as_str(), &array(&file.key)));
    }
}
