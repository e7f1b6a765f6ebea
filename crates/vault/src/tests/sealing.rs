//! Seal and open: every error for its own reason, every bit, and what holds for any content.

use proptest::prelude::*;

use super::{PLACE, item, rng};
use crate::commit::{commit_item, item_root};
use crate::pad::Classes;
use crate::secret::random;
use crate::*;

fn sealed(seed: u64) -> (RecordKey, Vec<u8>, [u8; 32]) {
    let mut rng = rng(seed);
    let key = RecordKey::generate(&mut rng);
    let items = vec![item("type", b"loss"), item("story", b"a laptop left on a bus")];
    let groups = vec![Group { name: "record", key: &key, items }];
    let mut sealed = seal_event(&PLACE, groups, &mut rng).unwrap();
    (key, sealed.envelopes.remove(0).into_bytes(), sealed.item_root)
}

#[test]
fn opens_what_was_sealed() {
    let (key, envelope, root) = sealed(1);
    assert_eq!(envelope.len(), 512 + 89);
    assert_eq!(envelope_key_id(&envelope), Ok(key.id()));
    let group = open_envelope(&PLACE, &envelope, &key).unwrap();
    assert_eq!(group.name, "record");
    assert_eq!(group.item("story"), Some(b"a laptop left on a bus".as_slice()));
    assert_eq!(group.item("Story"), None);
    assert_eq!(group.check_root(&root), Ok(()));
    assert_eq!(group.check_root(&[0; 32]), Err(OpenError::NotCommitted));
}

#[test]
fn sealing_twice_shows_nothing_in_common() {
    let (_, first, first_root) = sealed(1);
    let (_, second, second_root) = sealed(2);
    assert_ne!(first_root, second_root);
    let equal = first.iter().zip(&second).filter(|(a, b)| a == b).count();
    assert!(equal < 30, "{equal} of 601 bytes are equal, about 4 would be by chance");
}

/// Every bit of a small envelope, header to tag. Which error a bit gives follows from the part it stands in.
#[test]
fn every_flipped_bit_is_an_error_of_its_part() {
    let (key, envelope, _) = sealed(3);
    for bit in 0..envelope.len() * 8 {
        let mut flipped = envelope.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = open_envelope(&PLACE, &flipped, &key).unwrap_err();
        let expected = match bit / 8 {
            0 => matches!(error, OpenError::WrongVersion(version) if version == flipped[0]),
            1..17 => matches!(error, OpenError::KeyMismatch { .. }),
            // The nonce is part of every derived key: nothing matches any more.
            17..41 => error == OpenError::WrongPlace,
            _ => error == OpenError::Altered,
        };
        assert!(expected, "bit {bit}: {error:?}");
    }
}

#[test]
fn every_other_length_is_malformed() {
    let (key, envelope, _) = sealed(4);
    for length in 1..envelope.len() {
        let error = open_envelope(&PLACE, &envelope[..length], &key).unwrap_err();
        assert_eq!(error, OpenError::Malformed("no such size"));
    }
    assert_eq!(open_envelope(&PLACE, &[], &key).unwrap_err(), OpenError::Malformed("empty"));
    let longer = [envelope.as_slice(), &[0]].concat();
    assert_eq!(open_envelope(&PLACE, &longer, &key).unwrap_err(), OpenError::Malformed("no such size"));
}

#[test]
fn moved_to_another_trust_stream_or_version() {
    let (key, envelope, _) = sealed(5);
    let elsewhere = [
        Place { trust: [0x12; 16], ..PLACE },
        Place { stream: [0x23; 16], ..PLACE },
        Place { version: 8, ..PLACE },
        Place { trust: PLACE.stream, stream: PLACE.trust, ..PLACE },
    ];
    for place in elsewhere {
        assert_eq!(open_envelope(&place, &envelope, &key).unwrap_err(), OpenError::WrongPlace);
    }
}

#[test]
fn another_key_id_and_another_key_of_that_id() {
    let (key, envelope, _) = sealed(6);
    let other = RecordKey::generate(&mut rng(60));
    let expected = OpenError::KeyMismatch { sealed_under: key.id(), given: other.id() };
    assert_eq!(open_envelope(&PLACE, &envelope, &other).unwrap_err(), expected);
    let impostor = RecordKey::from_parts(key.id(), Secret32::new([9; 32]));
    assert_eq!(open_envelope(&PLACE, &envelope, &impostor).unwrap_err(), OpenError::WrongPlace);
}

/// The cipher opens, the commitment does not hold.
#[test]
fn exchanged_commitment_tag_is_altered() {
    let (key, mut envelope, _) = sealed(7);
    let tag_at = envelope.len() - 32;
    envelope[tag_at..].fill(0xaa);
    assert_eq!(open_envelope(&PLACE, &envelope, &key).unwrap_err(), OpenError::Altered);
}

#[test]
fn bounds_of_an_event() {
    let mut rng = rng(8);
    let keys: Vec<RecordKey> = (0..9).map(|_| RecordKey::generate(&mut rng)).collect();
    let group = |key: usize, items| Group { name: "g", key: &keys[key], items };
    let mut seal = |groups| seal_event(&PLACE, groups, &mut rng).map(|sealed| sealed.envelopes.len());
    let numbered = |count: usize| (0..count).map(|i| item(&format!("i{i}"), b"")).collect::<Vec<_>>();

    assert_eq!(seal(vec![]), Err(SealError::Empty));
    assert_eq!(seal(vec![group(0, vec![])]), Err(SealError::Empty));
    let nine = (0..9).map(|key| group(key, vec![item(&format!("i{key}"), b"")])).collect();
    assert_eq!(seal(nine), Err(SealError::TooManyGroups(9)));
    assert_eq!(seal(vec![group(0, numbered(513))]), Err(SealError::TooManyItems(513)));
    assert_eq!(seal(vec![group(0, numbered(512))]), Ok(1));
    let same_key = vec![group(0, vec![item("a", b"")]), group(0, vec![item("b", b"")])];
    assert_eq!(seal(same_key), Err(SealError::SameKey(keys[0].id())));
    let same_name = vec![group(0, vec![item("a", b"")]), group(1, vec![item("a", b"")])];
    assert_eq!(seal(same_name), Err(SealError::SameName));
    assert_eq!(seal(vec![group(0, vec![item("", b"")])]), Err(SealError::NameLength));
    assert_eq!(seal(vec![group(0, vec![item(&"n".repeat(65_536), b"")])]), Err(SealError::NameLength));
}

#[test]
fn the_largest_group_and_one_byte_more() {
    let mut rng = rng(9);
    let key = RecordKey::generate(&mut rng);
    // 1 version, 1 + 1 group name, 2 + 32 commitment, 2 count, 2 index, 2 + 1 item name, 32 salt, 8 length; 4 padding.
    let room = (1 << 20) - 4 - 84;
    let mut seal = |size: usize| {
        let items = vec![item("i", &vec![b'x'; size])];
        seal_event(&PLACE, vec![Group { name: "g", key: &key, items }], &mut rng)
    };
    let envelope = seal(room).unwrap().envelopes.remove(0).into_bytes();
    assert_eq!(envelope.len(), (1 << 20) + 89);
    assert_eq!(open_envelope(&PLACE, &envelope, &key).unwrap().item("i").unwrap().len(), room);
    assert_eq!(seal(room + 1).unwrap_err(), SealError::TooLarge((1 << 20) - 3));
}

#[test]
fn debug_says_nothing() {
    let (key, envelope, _) = sealed(10);
    let group = open_envelope(&PLACE, &envelope, &key).unwrap();
    let texts = [
        format!("{:?}", item("CANARY-NAME", b"CANARY")),
        format!("{group:?} {:?}", group.items),
        format!("{key:?} {:?}", Secret32::new([0xab; 32])),
        format!("{:?}", Group { name: "g", key: &key, items: vec![item("CANARY", b"CANARY")] }),
    ];
    let secret = hex::encode(key.secret().expose());
    for text in texts {
        for forbidden in ["CANARY", "laptop", "story", "abab", "171", &secret] {
            assert!(!text.contains(forbidden), "{text} shows {forbidden}");
        }
    }
}

/// Two groups: the holder of one proves an item to somebody who sees only leaf root, salt and other commitments.
#[test]
fn one_item_is_proved_without_the_others() {
    let mut rng = rng(11);
    let (mine, theirs) = (RecordKey::generate(&mut rng), RecordKey::generate(&mut rng));
    let groups = vec![
        Group { name: "reporter", key: &theirs, items: vec![item("reporter", b"R. Smith")] },
        Group { name: "record", key: &mine, items: vec![item("type", b"loss"), item("story", b"left on a bus")] },
    ];
    let sealed = seal_event(&PLACE, groups, &mut rng).unwrap();
    let opened = open_envelope(&PLACE, sealed.envelopes[1].as_bytes(), &mine).unwrap();
    assert_eq!(opened.items.iter().map(|item| item.index).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(opened.commitments.len(), 3);

    let shown = &opened.items[1];
    let mut commitments = opened.commitments.clone();
    commitments[2] = commit_item(&shown.salt, "story", b"left on a bus");
    assert_eq!(item_root(&commitments), sealed.item_root);
    commitments[2] = commit_item(&shown.salt, "story", b"left on a train");
    assert_ne!(item_root(&commitments), sealed.item_root);
    assert_eq!(opened.item("reporter"), None, "the other group stays shut");
}

/// A sealer that lies about an item's commitment is found out by whoever opens the group.
#[test]
fn items_that_do_not_match_their_commitments() {
    let mut rng = rng(12);
    let key = RecordKey::generate(&mut rng);
    let salt = [5_u8; 32];
    let plaintext = |commitment: [u8; 32], index: u16, tail: &[u8]| {
        let mut out = vec![0x01, 1, b'g', 0, 1];
        out.extend(commitment);
        out.extend([0, 1]);
        out.extend(index.to_be_bytes());
        out.extend([0, 1, b'n']);
        out.extend(salt);
        out.extend(3_u64.to_be_bytes());
        out.extend(b"yes");
        out.extend(tail);
        out
    };
    let mut open = |content: &[u8]| {
        let mut padded = Classes::GROUP.start(content.len(), 16).unwrap();
        padded.extend(content);
        Classes::GROUP.finish(&mut padded);
        let envelope = envelope::seal(&PLACE, &key, random(&mut rng), padded);
        open_envelope(&PLACE, &envelope, &key).map(|group| group.items.len())
    };
    let right = commit_item(&salt, "n", b"yes");
    assert_eq!(open(&plaintext(right, 0, b"")), Ok(1));
    assert_eq!(open(&plaintext(commit_item(&salt, "n", b"no"), 0, b"")), Err(OpenError::NotCommitted));
    assert_eq!(open(&plaintext(right, 1, b"")), Err(OpenError::Malformed("item index")));
    assert_eq!(open(&plaintext(right, 0, b"!")), Err(OpenError::Malformed("group")));
    let mut later = plaintext(right, 0, b"");
    later[0] = 0x02;
    assert_eq!(open(&later), Err(OpenError::Malformed("group")));
}

/// Two items swapped in a group: each matches its own commitment, but the order is not the sealer's.
#[test]
fn non_canonical_item_order_is_refused() {
    let mut rng = rng(13);
    let key = RecordKey::generate(&mut rng);
    let salt = [6_u8; 32];
    let mut out = vec![0x01, 1, b'g', 0, 2];
    out.extend(commit_item(&salt, "a", b""));
    out.extend(commit_item(&salt, "b", b""));
    out.extend([0, 2]);
    for (index, name) in [(1_u8, b'b'), (0, b'a')] {
        out.extend([0, index, 0, 1, name]);
        out.extend(salt);
        out.extend(0_u64.to_be_bytes());
    }
    let mut padded = Classes::GROUP.start(out.len(), 16).unwrap();
    padded.extend(&out);
    Classes::GROUP.finish(&mut padded);
    let envelope = envelope::seal(&PLACE, &key, random(&mut rng), padded);
    assert_eq!(open_envelope(&PLACE, &envelope, &key).unwrap_err(), OpenError::Malformed("item order"));
}

#[test]
fn padding_with_anything_but_zeros_or_in_the_wrong_class_is_refused() {
    let mut padded = Classes::GROUP.start(3, 0).unwrap();
    padded.extend(b"abc");
    Classes::GROUP.finish(&mut padded);
    assert_eq!(Classes::GROUP.unpad(&padded), Some(b"abc".as_slice()));
    for at in [7, 300, 511] {
        let mut dirty = padded.clone();
        dirty[at] = 1;
        assert_eq!(Classes::GROUP.unpad(&dirty), None);
    }
    padded.resize(1024, 0);
    assert_eq!(Classes::GROUP.unpad(&padded), None, "the class above is not what padding makes");
    assert_eq!(Classes::GROUP.unpad(&[0xff; 512]), None);
    assert_eq!(Classes::GROUP.unpad(&[]), None);
}

#[test]
fn class_borders() {
    for (content, class) in [(0, 512), (508, 512), (509, 1024), (1020, 1024), ((1 << 20) - 4, 1 << 20)] {
        assert_eq!(Classes::GROUP.class_for(content), Some(class), "{content}");
    }
    assert_eq!(Classes::GROUP.class_for((1 << 20) - 3), None);
    assert_eq!(Classes::GROUP.class_for(usize::MAX), None);
    assert_eq!(Classes::STATE.class_for(252), Some(256));
    assert_eq!(Classes::STATE.class_for((1 << 20) - 4), Some(1 << 20));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn pad_unpad(content in prop::collection::vec(any::<u8>(), 0..5000)) {
        let mut padded = Classes::GROUP.start(content.len(), 16).unwrap();
        let room = padded.capacity();
        padded.extend(&content);
        Classes::GROUP.finish(&mut padded);
        prop_assert!(Classes::GROUP.is_class(padded.len()));
        prop_assert_eq!(padded.capacity(), room, "filling never moves the buffer");
        prop_assert_eq!(Classes::GROUP.unpad(&padded), Some(content.as_slice()));
    }

    #[test]
    fn unpad_takes_only_what_pad_makes(mut bytes in prop::collection::vec(0_u8..2, 512)) {
        // Mostly zeros and a plausible length, so that some cases pass and most do not.
        bytes[0] = 0;
        bytes[1] = 0;
        if let Some(content) = Classes::GROUP.unpad(&bytes) {
            let mut again = Classes::GROUP.start(content.len(), 0).unwrap();
            again.extend(content);
            Classes::GROUP.finish(&mut again);
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn seal_open(
        seed in any::<u64>(),
        trust in any::<[u8; 16]>(),
        stream in any::<[u8; 16]>(),
        version in any::<u64>(),
        contents in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..700), 1..6), 1..8),
    ) {
        let mut rng = rng(seed);
        let place = Place { trust, stream, version };
        let keys: Vec<RecordKey> = contents.iter().map(|_| RecordKey::generate(&mut rng)).collect();
        let items = |g: usize| contents[g].iter().enumerate().map(move |(i, content)| item(&format!("{g}.{i}"), content));
        let groups = keys.iter().enumerate().map(|(g, key)| Group { name: "g", key, items: items(g).collect() }).collect();
        let sealed = seal_event(&place, groups, &mut rng).unwrap();
        for (g, envelope) in sealed.envelopes.iter().enumerate() {
            let opened = open_envelope(&place, envelope.as_bytes(), &keys[g]).unwrap();
            prop_assert_eq!(opened.check_root(&sealed.item_root), Ok(()));
            prop_assert_eq!(opened.items.len(), contents[g].len());
            for (i, content) in contents[g].iter().enumerate() {
                prop_assert_eq!(opened.item(&format!("{g}.{i}")), Some(content.as_slice()));
            }
            let other = &keys[(g + 1) % keys.len()];
            prop_assert!(keys.len() == 1 || open_envelope(&place, envelope.as_bytes(), other).is_err());
        }
    }

    #[test]
    fn no_bytes_make_open_panic(bytes in prop::collection::vec(any::<u8>(), 0..1400)) {
        let key = RecordKey::generate(&mut rng(1));
        prop_assert!(open_envelope(&PLACE, &bytes, &key).is_err());
    }
}
