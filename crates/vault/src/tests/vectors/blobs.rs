//! The vectors of blob v1, from a counter of their own, so that they move no older vector.
//!
//! A bad blob is put together from `parts`: bytes in hex, or a cut `2:0-68` out of the blob of that number, from and to.

use super::super::VectorRng;
use super::shape::{BadBlob, BlobPlaceVector, BlobVector, Vectors};
use super::{array, bytes};
use crate::BLOB_HEADER as HEADER;
use crate::blob::{CHUNK, seal_raw};
use crate::commit::commit_item;
use crate::*;

const PLACE: BlobPlace = BlobPlace { trust: [0xa1; 16], blob: [0xc3; 16] };
const STORED: usize = CHUNK + 16;

struct Made {
    key: RecordKey,
    unit: &'static [u8],
    length: usize,
    blob: SealedBlob,
}

/// Nothing; a few bytes; a content that ends with its first chunk, which is full; one of two chunks. The first two have one key.
fn make(rng: &mut VectorRng) -> Vec<Made> {
    let mut keys = [0; 3].map(|_| RecordKey::generate(rng)).to_vec();
    keys.insert(0, keys[0].clone());
    let contents: [(&[u8], usize); 4] = [(b"", 0), (b"%PDF-1.7 ", 300), (b"scan ", 65_528), ("Foto – ".as_bytes(), 70_000)];
    let both = keys.into_iter().zip(contents);
    both.map(|(key, (unit, length))| {
        let blob = seal_blob(&PLACE, &key, &content(unit, length), rng).unwrap();
        Made { key, unit, length, blob }
    })
    .collect()
}

fn content(unit: &[u8], length: usize) -> Vec<u8> {
    unit.iter().copied().cycle().take(length).collect()
}

pub(super) fn vectors() -> (Vec<BlobVector>, Vec<BadBlob>) {
    let mut rng = VectorRng { counter: 1 << 32 };
    let made = make(&mut rng);
    let good = made.iter().map(|made| BlobVector {
        place: BlobPlaceVector::new(&PLACE),
        key_id: hex::encode(made.key.id().0),
        key: hex::encode(made.key.secret().expose()),
        unit: hex::encode(made.unit),
        length: made.length as u64,
        salt: hex::encode(*made.blob.salt),
        commitment: hex::encode(made.blob.commitment),
        padded: made.blob.padded,
        prefix: hex::encode(&made.blob.bytes[17..36]),
        sealed: hex::encode(&made.blob.bytes),
    });
    (good.collect(), bad(&made))
}

fn vector(what: &str, error: &str, place: BlobPlace, key: &RecordKey, parts: &[String]) -> BadBlob {
    BadBlob {
        what: what.to_owned(),
        error: error.to_owned(),
        place: BlobPlaceVector::new(&place),
        key_id: hex::encode(key.id().0),
        key: hex::encode(key.secret().expose()),
        parts: parts.to_vec(),
    }
}

fn bad(made: &[Made]) -> Vec<BadBlob> {
    let end = |number: usize| made[number].blob.bytes.len();
    let cut = |number: usize, from: usize, to: usize| format!("{number}:{from}-{to}");
    let flipped =
        |number: usize, at: usize| [cut(number, 0, at), hex::encode([made[number].blob.bytes[at] ^ 1]), cut(number, at + 1, end(number))];
    let whole = |number: usize| [cut(number, 0, end(number))];
    let small = |what, error, parts: &[String]| vector(what, error, PLACE, &made[1].key, parts);
    let full = |what, error, parts: &[String]| vector(what, error, PLACE, &made[2].key, parts);
    let two = |what, error, parts: &[String]| vector(what, error, PLACE, &made[3].key, parts);
    let impostor = RecordKey::from_parts(made[1].key.id(), Secret32::new([0x0f; 32]));
    let (first, second) = (cut(3, HEADER, HEADER + STORED), cut(3, HEADER + STORED, end(3)));
    let mut all = vec![
        small("version byte 2", "WrongVersion", &["02".to_owned(), cut(1, 1, end(1))]),
        small("empty", "Malformed", &[]),
        small("one byte short", "Malformed", &[cut(1, 0, end(1) - 1)]),
        small("a byte more", "Malformed", &[cut(1, 0, end(1)), "00".to_owned()]),
        full("an empty chunk after the last", "Malformed", &[cut(2, 0, end(2)), "00".repeat(16)]),
        small("key id, one bit", "KeyMismatch", &flipped(1, 1)),
        vector("another key", "KeyMismatch", PLACE, &made[3].key, &whole(1)),
        vector("another secret under the key id", "WrongPlace", PLACE, &impostor, &whole(1)),
        small("prefix, one bit", "WrongPlace", &flipped(1, 17)),
        small("commitment tag, one bit", "Altered", &flipped(1, HEADER - 1)),
        small("chunk, one bit", "Altered", &flipped(1, HEADER)),
        small("cipher's tag, one bit", "Altered", &flipped(1, end(1) - 1)),
        two("second chunk, one bit", "Altered", &flipped(3, HEADER + STORED)),
        vector("moved to another trust", "WrongPlace", BlobPlace { trust: [0xa2; 16], ..PLACE }, &made[1].key, &whole(1)),
        vector("moved to another id", "WrongPlace", BlobPlace { blob: [0xc4; 16], ..PLACE }, &made[1].key, &whole(1)),
        small("another blob's chunk", "Altered", &[cut(1, 0, HEADER), cut(0, HEADER, end(0))]),
        two("the last chunk left out", "Altered", &[cut(3, 0, HEADER), first.clone()]),
        two("the chunks exchanged", "Altered", &[cut(3, 0, HEADER), second.clone(), first.clone()]),
        two("the first chunk twice", "Altered", &[cut(3, 0, HEADER), first.clone(), first]),
        full("the only chunk twice", "Altered", &[cut(2, 0, end(2)), cut(2, HEADER, end(2))]),
    ];
    all.extend(raw(&made[1].key));
    all
}

/// Sealed by somebody who holds the key, but not as padding makes it.
fn raw(key: &RecordKey) -> Vec<BadBlob> {
    let sealed = |what: &str, length: u64, size: usize, last: u8| {
        let mut plaintext = vec![0; size];
        plaintext[..8].copy_from_slice(&length.to_be_bytes());
        plaintext[size - 1] = last;
        let prefix = [u8::try_from(size >> 8).unwrap(); 19];
        vector(what, "Malformed", PLACE, key, &[hex::encode(seal_raw(&PLACE, key, prefix, &plaintext))])
    };
    vec![
        sealed("padding that is not zero", 5, 4096, 1),
        sealed("longer than its chunks", 4089, 4096, 0),
        sealed("a class too large", 4088, 4608, 0),
        sealed("a size that is no class", 0, 512, 0),
    ]
}

fn joined(parts: &[String], blobs: &[BlobVector]) -> Vec<u8> {
    let part = |part: &String| match part.split_once(':') {
        None => bytes(part),
        Some((number, span)) => {
            let (from, to) = span.split_once('-').unwrap();
            let blob = &blobs[number.parse::<usize>().unwrap()];
            bytes(&blob.sealed)[from.parse().unwrap()..to.parse().unwrap()].to_vec()
        }
    };
    parts.iter().flat_map(part).collect()
}

fn key(id: &str, secret: &str) -> RecordKey {
    RecordKey::from_parts(KeyId(array(id)), Secret32::new(array(secret)))
}

/// The stored vectors through the public functions, good and bad.
pub(super) fn opens(vectors: &Vectors) {
    for good in &vectors.blobs {
        let blob = bytes(&good.sealed);
        let opened = open_blob(&good.place.place(), &key(&good.key_id, &good.key), &blob).unwrap();
        assert!(*opened == content(&bytes(&good.unit), usize::try_from(good.length).unwrap()), "{}", good.length);
        assert_eq!(commit_item(&array(&good.salt), BLOB_ITEM, &opened), array(&good.commitment));
    }
    for bad in &vectors.bad_blobs {
        let blob = joined(&bad.parts, &vectors.blobs);
        let error = open_blob(&bad.place.place(), &key(&bad.key_id, &bad.key), &blob).unwrap_err();
        let name = format!("{error:?}");
        assert_eq!(name.split(['(', ' ']).next().unwrap(), bad.error, "{}", bad.what);
    }
}
