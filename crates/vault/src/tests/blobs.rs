//! Blobs: the borders of chunks and classes, everything that can be done to a stream of chunks, every bit.

use std::io;

use proptest::prelude::*;

use super::rng;
use crate::blob::{CHUNK, class_for, seal_raw};
use crate::commit::commit_item;
use crate::pad::Eighths;
use crate::*;

const PLACE: BlobPlace = BlobPlace { trust: [0x11; 16], blob: [0x33; 16] };
/// A full chunk as stored.
const STORED: usize = CHUNK + 16;

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn sealed(seed: u64, length: usize) -> (RecordKey, Vec<u8>) {
    let mut rng = rng(seed);
    let key = RecordKey::generate(&mut rng);
    let blob = seal_blob(&PLACE, &key, &content(length), &mut rng).unwrap();
    (key, blob.bytes)
}

fn refused(key: &RecordKey, blob: &[u8]) -> OpenError {
    open_blob(&PLACE, key, blob).unwrap_err()
}

/// Header and chunks of a blob, to be put together again in another way.
fn apart(blob: &[u8]) -> (&[u8], Vec<&[u8]>) {
    let (header, chunks) = blob.split_at(BLOB_HEADER);
    (header, chunks.chunks(STORED).collect())
}

/// Contents at the borders of classes and chunks: a last chunk that is full, one that holds only padding, one of a few bytes.
#[test]
fn opens_what_was_sealed() {
    let mut rng = rng(1);
    let key = RecordKey::generate(&mut rng);
    for (length, padded, chunks) in [
        (0, 4096, 1),
        (1, 4096, 1),
        (4088, 4096, 1),
        (4089, 4608, 1),
        (65_528, 65_536, 1),
        (65_529, 73_728, 2),
        (65_600, 73_728, 2),
        (131_064, 131_072, 2),
        (131_065, 147_456, 3),
        (200_000, 212_992, 4),
    ] {
        let content = content(length);
        let blob = seal_blob(&PLACE, &key, &content, &mut rng).unwrap();
        assert_eq!(blob.padded, padded, "{length}");
        assert_eq!(blob.bytes.len() as u64, 68 + padded + 16 * chunks, "{length}");
        assert_eq!(blob.commitment, commit_item(&blob.salt, "content", &content));
        assert_eq!(blob_key_id(&blob.bytes[..BLOB_HEADER], blob.bytes.len()), Ok(key.id()));
        assert_eq!(open_blob(&PLACE, &key, &blob.bytes).unwrap().as_slice(), content, "{length}");
    }
}

/// However a content comes in pieces, the blob is the same, and never more than two chunks of it are held.
#[test]
fn pieces_make_one_blob() {
    for length in [0, 1, 65_527, 65_528, 65_529, 131_064, 200_000] {
        let content = content(length);
        for piece in [1_usize, 1000, 65_528, 65_536, 70_000, 300_000] {
            let (mut one, mut other) = (rng(20), rng(20));
            let key = RecordKey::generate(&mut one);
            assert_eq!(RecordKey::generate(&mut other).id(), key.id());
            let whole = seal_blob(&PLACE, &key, &content, &mut one).unwrap();
            let (mut sealer, mut rest) = (BlobSealer::new(&PLACE, &key, &mut other), vec![]);
            for (taken, part) in content.chunks(piece).enumerate() {
                sealer.push(part, &mut rest).unwrap();
                let taken = ((taken + 1) * piece).min(length);
                assert!(rest.len() + 3 * STORED > taken, "{taken} taken in, {} written out", rest.len());
            }
            let head = sealer.finish(&mut rest).unwrap();
            assert_eq!((head.stored, head.padded), (whole.bytes.len() as u64, whole.padded), "{length} by {piece}");
            assert_eq!((head.commitment, *head.salt), (whole.commitment, *whole.salt));
            assert!([head.bytes, rest].concat() == whole.bytes, "{length} by {piece}");
        }
    }
}

/// What is handed on before a fault is what was sealed there; after it nothing comes.
#[test]
fn opening_hands_on_piece_by_piece_up_to_the_fault() {
    let (key, mut blob) = sealed(21, 200_000);
    let read = |blob: &[u8]| {
        let mut got = vec![];
        let mut largest = 0;
        let mut take = |piece: &[u8]| {
            largest = largest.max(piece.len());
            got.extend_from_slice(piece);
            Ok(())
        };
        let ended = open_blob_from(&PLACE, &key, blob.len(), &mut &blob[..], &mut take);
        (ended, got, largest)
    };
    let (ended, got, largest) = read(&blob);
    assert!(ended.is_ok() && got == content(200_000) && largest <= CHUNK);
    blob[BLOB_HEADER + 2 * STORED + 5] ^= 1;
    let (ended, got, _) = read(&blob);
    assert!(matches!(ended, Err(BlobReadError::Open(OpenError::Altered))) && got == content(2 * CHUNK - 8));
    let mut stop = |_: &[u8]| Err(io::Error::other("nobody listens any more"));
    let stopped = open_blob_from(&PLACE, &key, blob.len(), &mut &blob[..], &mut stop);
    assert!(matches!(stopped, Err(BlobReadError::Io(_))));
    let short = open_blob_from(&PLACE, &key, blob.len(), &mut &blob[..1000], &mut |_| Ok(()));
    assert!(matches!(short, Err(BlobReadError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof));
}

#[test]
fn the_largest_content_and_one_byte_more() {
    let mut rng = rng(2);
    let key = RecordKey::generate(&mut rng);
    let above = vec![0; BLOB_MAX + 1];
    assert_eq!(seal_blob(&PLACE, &key, &above, &mut rng).unwrap_err(), SealError::BlobTooLarge(above.len()));
    let refused_at = BlobSealer::new(&PLACE, &key, &mut rng).push(&above, &mut vec![]).unwrap_err();
    assert_eq!(refused_at.kind(), io::ErrorKind::FileTooLarge);
    // It would fit the class, but a reader takes no more than a sealer gives.
    assert_eq!((class_for(BLOB_MAX), class_for(BLOB_MAX + 1)), (Some(512 << 20), None));
    let stored = 68 + (512 << 20) + 16 * 8192;
    let start = [&[1], [0].repeat(67).as_slice()].concat();
    assert_eq!(BLOB_SEALED_MAX, stored);
    assert!(blob_key_id(&start, stored).is_ok());
    assert_eq!(blob_key_id(&start, 68 + (576 << 20) + 16 * 9216).unwrap_err(), OpenError::Malformed("no such size"));
}

#[test]
fn sealing_twice_shows_nothing_in_common() {
    let mut rng = rng(3);
    let key = RecordKey::generate(&mut rng);
    let [first, second] = [0; 2].map(|_| seal_blob(&PLACE, &key, &content(3000), &mut rng).unwrap());
    assert_ne!(first.commitment, second.commitment);
    let equal = first.bytes[17..].iter().zip(&second.bytes[17..]).filter(|(a, b)| a == b).count();
    assert!(equal < 60, "{equal} of 4163 bytes are equal, about 16 would be by chance");
}

/// Every bit of a small blob. Which error a bit gives follows from the part it stands in.
#[test]
fn every_flipped_bit_is_an_error_of_its_part() {
    let (key, mut blob) = sealed(4, 100);
    for bit in 0..blob.len() * 8 {
        blob[bit / 8] ^= 1 << (bit % 8);
        let error = refused(&key, &blob);
        let expected = match bit / 8 {
            0 => matches!(error, OpenError::WrongVersion(version) if version == blob[0]),
            1..17 => matches!(error, OpenError::KeyMismatch { .. }),
            // The prefix is part of every derived key: nothing matches any more.
            17..36 => error == OpenError::WrongPlace,
            _ => error == OpenError::Altered,
        };
        assert!(expected, "bit {bit}: {error:?}");
        blob[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(open_blob(&PLACE, &key, &blob).is_ok(), "the bits were flipped back");
}

/// One byte in every chunk of a larger blob, text and tag.
#[test]
fn a_flipped_byte_is_noticed_in_every_chunk() {
    let (key, mut blob) = sealed(5, 200_000);
    let ends = [STORED, 2 * STORED, 3 * STORED, blob.len() - BLOB_HEADER];
    for at in ends.into_iter().flat_map(|end| [end - 1, end - 16, end - 17, end - 10_000]) {
        blob[BLOB_HEADER + at] ^= 0x80;
        assert_eq!(refused(&key, &blob), OpenError::Altered, "{at}");
        blob[BLOB_HEADER + at] ^= 0x80;
    }
}

/// Most lengths are no blob's; at the others the last chunk is not one.
#[test]
fn truncated_anywhere() {
    let (key, blob) = sealed(6, 70_000);
    let mut altered = 0;
    for length in 0..blob.len() {
        match refused(&key, &blob[..length]) {
            OpenError::Malformed("empty") => assert_eq!(length, 0),
            OpenError::Malformed(why) => assert_eq!(why, "no such size"),
            OpenError::Altered => altered += 1,
            other => panic!("{length}: {other:?}"),
        }
    }
    assert_eq!(altered, 33, "the classes from 4 KiB to 64 KiB, the last of them cut between two chunks");
}

#[test]
fn trailing_bytes() {
    let (key, blob) = sealed(7, 65_528);
    let (_, chunks) = apart(&blob);
    for more in [1, 15, 16, 17, 100] {
        let longer = [blob.as_slice(), &vec![0; more]].concat();
        assert_eq!(refused(&key, &longer), OpenError::Malformed("no such size"), "{more}");
    }
    // A size that a blob may have: one more chunk, and one more eighth.
    assert_eq!(refused(&key, &[blob.as_slice(), chunks[0]].concat()), OpenError::Altered);
    assert_eq!(refused(&key, &[blob.as_slice(), &chunks[0][..8192 + 16]].concat()), OpenError::Altered);
}

/// Three full chunks, left out, repeated and exchanged in every way that gives a size that a blob may have.
#[test]
fn chunks_left_out_repeated_or_reordered() {
    let (key, blob) = sealed(8, 196_600);
    let (header, chunks) = apart(&blob);
    assert_eq!(chunks.iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), [STORED; 3]);
    let mut tried = 0;
    for code in 0..3 + 9 + 27 + 81 {
        let (count, code) = match code {
            0..3 => (1, code),
            3..12 => (2, code - 3),
            12..39 => (3, code - 12),
            _ => (4, code - 39),
        };
        let order: Vec<usize> = (0..count).map(|digit| code / 3_usize.pow(digit) % 3).collect();
        let picked: Vec<&[u8]> = order.iter().map(|at| chunks[*at]).collect();
        let opened = open_blob(&PLACE, &key, &[header, &picked.concat()].concat());
        match opened {
            Ok(opened) => assert!(order == [0, 1, 2] && *opened == content(196_600), "{order:?}"),
            Err(error) => assert!(order != [0, 1, 2] && error == OpenError::Altered, "{order:?}: {error:?}"),
        }
        tried += 1;
    }
    assert_eq!(tried, 120);
}

/// Same place, same key, same number and same content: still another stream.
#[test]
fn chunks_and_headers_of_another_blob() {
    let mut rng = rng(9);
    let key = RecordKey::generate(&mut rng);
    let [mine, other] = [0; 2].map(|_| seal_blob(&PLACE, &key, &content(131_000), &mut rng).unwrap().bytes);
    let ((header, chunks), (other_header, other_chunks)) = (apart(&mine), apart(&other));
    assert_eq!(refused(&key, &[header, chunks[0], other_chunks[1]].concat()), OpenError::Altered);
    assert_eq!(refused(&key, &[header, other_chunks[0], chunks[1]].concat()), OpenError::Altered);
    assert_eq!(refused(&key, &[other_header, chunks[0], chunks[1]].concat()), OpenError::Altered);
    assert!(open_blob(&PLACE, &key, &[header, chunks[0], chunks[1]].concat()).is_ok());
}

#[test]
fn moved_to_another_trust_or_id() {
    let (key, blob) = sealed(10, 100);
    let swapped = BlobPlace { trust: PLACE.blob, blob: PLACE.trust };
    for place in [BlobPlace { trust: [0x12; 16], ..PLACE }, BlobPlace { blob: [0x34; 16], ..PLACE }, swapped] {
        assert_eq!(open_blob(&place, &key, &blob).unwrap_err(), OpenError::WrongPlace);
    }
}

#[test]
fn another_key_id_and_another_key_of_that_id() {
    let (key, blob) = sealed(11, 100);
    let other = RecordKey::generate(&mut rng(110));
    assert_eq!(refused(&other, &blob), OpenError::KeyMismatch { sealed_under: key.id(), given: other.id() });
    let impostor = RecordKey::from_parts(key.id(), Secret32::new([9; 32]));
    assert_eq!(refused(&impostor, &blob), OpenError::WrongPlace);
}

/// An envelope is never a blob, nor the other way round, even under one key.
#[test]
fn envelopes_are_not_blobs() {
    let (key, blob) = sealed(12, 100);
    let place = Place { trust: PLACE.trust, stream: PLACE.blob, version: 1 };
    assert_eq!(open_envelope(&place, &blob, &key).unwrap_err(), OpenError::Malformed("no such size"));
    for class in (0..12).map(|k| 512_usize << k) {
        let mut bytes = vec![0; class + 89];
        bytes[0] = 1;
        assert_eq!(refused(&key, &bytes), OpenError::Malformed("no such size"));
    }
}

/// Whoever holds the key can seal what padding never makes; one content has one padded form all the same.
#[test]
fn padding_that_sealing_does_not_make() {
    let key = RecordKey::generate(&mut rng(13));
    let open = |length: u64, size: usize, dirt: Option<usize>| {
        let mut plaintext = vec![0; size];
        plaintext[..8].copy_from_slice(&length.to_be_bytes());
        if let Some(at) = dirt {
            plaintext[at] = 1;
        }
        open_blob(&PLACE, &key, &seal_raw(&PLACE, &key, [7; 19], &plaintext)).map(|content| content.len())
    };
    let padding = Err(OpenError::Malformed("padding"));
    assert_eq!(open(4088, 4096, None), Ok(4088));
    assert_eq!(open(4089, 4096, None), padding, "longer than there is");
    assert_eq!(open(u64::MAX, 4096, None), padding);
    assert_eq!(open(100, 4096, Some(107)), Ok(100), "the last byte of the content");
    for at in [108, 2000, 4095] {
        assert_eq!(open(100, 4096, Some(at)), padding, "byte {at}");
    }
    assert_eq!(open(4088, 4608, None), padding, "the class above");
    for size in [8, 4095, 4097, 4600] {
        assert_eq!(open(0, size, None), Err(OpenError::Malformed("no such size")), "{size}");
    }
}

/// A full chunk that is not the last, then an empty one: the same plaintext, cut another way.
#[test]
fn an_empty_last_chunk_is_refused() {
    let (key, blob) = sealed(14, 65_528);
    assert_eq!(refused(&key, &[blob.as_slice(), &[0; 16]].concat()), OpenError::Malformed("no such size"));
}

#[test]
fn classes_grow_by_at_most_an_eighth() {
    let classes = Eighths::BLOB;
    for (needed, class) in
        [(0, 4096), (4096, 4096), (4097, 4608), (8191, 8192), (8193, 9216), ((25 << 20) + 8, 26 << 20), ((500 << 20) + 8, 512 << 20)]
    {
        assert_eq!(classes.class_for(needed), Some(class), "{needed}");
    }
    assert_eq!(classes.class_for(512 << 20), Some(512 << 20));
    assert_eq!(classes.class_for((512 << 20) + 1), None);
    assert_eq!(classes.class_for(usize::MAX), None);
    let mut class = classes.smallest;
    let mut count = 1;
    while class < classes.largest {
        let next = classes.class_for(class + 1).unwrap();
        assert!(next > class && 8 * (next - class) <= class, "{class} to {next}");
        assert!(classes.is_class(next) && !classes.is_class(next - 1));
        class = next;
        count += 1;
    }
    assert_eq!(count, 137);
    assert!(!classes.is_class(2048) && !classes.is_class(27 << 20));
}

#[test]
fn debug_says_nothing() {
    let mut rng = rng(15);
    let key = RecordKey::generate(&mut rng);
    let blob = seal_blob(&PLACE, &key, b"CANARY", &mut rng).unwrap();
    assert_eq!(format!("{blob:?}"), "SealedBlob(4096 bytes padded, redacted)");
    assert_eq!(SealError::BlobTooLarge(7).to_string(), "an attachment of 7 bytes is above 500 MiB");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn seal_open(seed in any::<u64>(), trust in any::<[u8; 16]>(), blob in any::<[u8; 16]>(), length in 0_usize..300_000, at in any::<prop::sample::Index>()) {
        let mut rng = rng(seed);
        let (place, key) = (BlobPlace { trust, blob }, RecordKey::generate(&mut rng));
        let content = content(length);
        let mut sealed = seal_blob(&place, &key, &content, &mut rng).unwrap();
        prop_assert!(sealed.padded >= length as u64 + 8 && (sealed.padded == 4096 || 8 * (sealed.padded - length as u64 - 8) < length as u64 + 8));
        prop_assert!(*open_blob(&place, &key, &sealed.bytes).unwrap() == content);
        let at = at.index(sealed.bytes.len());
        sealed.bytes[at] ^= 0x10;
        prop_assert!(open_blob(&place, &key, &sealed.bytes).is_err(), "byte {}", at);
    }

    #[test]
    fn no_bytes_make_open_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..6000), size in 0_usize..4) {
        let key = RecordKey::generate(&mut rng(1));
        prop_assert!(open_blob(&PLACE, &key, &bytes).is_err());
        // As good as a blob up to the first cryptographic check.
        bytes.resize(68 + [4096, 4608, 5120, 5632][size] + 16, 0);
        bytes[0] = 1;
        bytes[1..17].copy_from_slice(&key.id().0);
        prop_assert_eq!(open_blob(&PLACE, &key, &bytes).unwrap_err(), OpenError::WrongPlace);
    }
}
