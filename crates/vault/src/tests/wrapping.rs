//! Wrapped record keys and the key set's age files.

use super::rng;
use crate::agefile;
use crate::secret::random;
use crate::vault::keyset::KeySet;
use crate::wrap::{open_outer, wrap};
use crate::*;

const TRUST: [u8; 16] = [3; 16];

#[test]
fn wrapped_key_opens_in_two_steps_only_for_its_trust_and_id() {
    let mut rng = rng(1);
    let (outer, audience) = (Secret32::generate(&mut rng), Secret32::generate(&mut rng));
    let audience_id = random(&mut rng);
    let key = RecordKey::generate(&mut rng);
    let wrapped = wrap(&TRUST, &outer, (&audience_id, &audience), &key, &mut rng);
    assert_eq!(wrapped.len(), 129);
    let inner = open_outer(&TRUST, &outer, key.id(), &wrapped).unwrap();
    assert_eq!(inner.audience_key, audience_id);
    assert!(inner.open(&TRUST, &audience, key.id()).unwrap() == key);

    assert!(open_outer(&[4; 16], &outer, key.id(), &wrapped).is_none());
    assert!(open_outer(&TRUST, &audience, key.id(), &wrapped).is_none());
    assert!(open_outer(&TRUST, &outer, KeyId([0; 16]), &wrapped).is_none());
    assert!(inner.open(&TRUST, &outer, key.id()).is_none());
    assert!(inner.open(&[4; 16], &audience, key.id()).is_none());
}

#[test]
fn every_flipped_bit_of_a_wrapped_key_is_refused() {
    let mut rng = rng(2);
    let (outer, audience) = (Secret32::generate(&mut rng), Secret32::generate(&mut rng));
    let key = RecordKey::generate(&mut rng);
    let wrapped = wrap(&TRUST, &outer, (&[1; 16], &audience), &key, &mut rng);
    for bit in 0..wrapped.len() * 8 {
        let mut flipped = wrapped.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(open_outer(&TRUST, &outer, key.id(), &flipped).is_none(), "bit {bit}");
    }
    for length in 0..wrapped.len() {
        assert!(open_outer(&TRUST, &outer, key.id(), &wrapped[..length]).is_none(), "length {length}");
    }
}

#[test]
fn age_files_open_for_both_recipients_and_nobody_else() {
    let mut rng = rng(3);
    let (service, recovery) = (ServiceIdentity::generate(&mut rng), RecoveryIdentity::generate(&mut rng));
    let stranger = ServiceIdentity::generate(&mut rng);
    let key = Secret32::generate(&mut rng);
    let mut file = agefile::seal("data-protection", &key, [&service.recipient(), &recovery.recipient()]);
    for identity in [service.as_age(), recovery.as_age()] {
        let (name, opened) = agefile::open(&file, identity).unwrap();
        assert_eq!((name.as_str(), opened == key), ("data-protection", true));
    }
    assert!(agefile::open(&file, stranger.as_age()).is_none());
    let stanzas = String::from_utf8_lossy(&file).lines().filter(|line| line.starts_with("-> X25519 ")).count();
    assert_eq!(stanzas, 2);
    *file.last_mut().unwrap() ^= 1;
    assert!(agefile::open(&file, service.as_age()).is_none());
}

#[test]
fn payloads_that_are_not_ours() {
    let key = Secret32::new([1; 32]);
    let right = agefile::payload("hr", &key);
    assert_eq!(right.len(), 66);
    assert!(agefile::parse_payload(&right).is_some());
    for (at, value) in [(0, 2), (1, 33), (1, 1), (33, 1), (2, 0xff)] {
        let mut wrong = right.to_vec();
        wrong[at] = value;
        assert!(agefile::parse_payload(&wrong).is_none(), "byte {at}");
    }
    assert!(agefile::parse_payload(&right[..65]).is_none());
}

#[test]
fn audience_names_are_fixed_and_distinct() {
    let names: Vec<&str> = Audience::ALL.iter().map(|audience| audience.as_str()).collect();
    let expected = ["safeguarding", "conduct", "data-protection", "hr", "it", "directory", "record-keeping", "settings", "disposals"];
    assert_eq!(names, expected);
    for (index, audience) in Audience::ALL.into_iter().enumerate() {
        assert_eq!(audience.index(), index);
        assert_eq!(Audience::from_name(audience.as_str()), Some(audience));
    }
    assert_eq!(Audience::from_name("outer"), None);
}

/// PostgreSQL keeps rows in the order they came: two sets must not come in one order.
#[test]
fn the_key_set_comes_in_random_order() {
    let mut rng = rng(4);
    let service = ServiceIdentity::generate(&mut rng);
    let recipients = Recipients { service: service.recipient(), recovery: RecoveryIdentity::generate(&mut rng).recipient() };
    let mut order = || -> Vec<String> {
        let set = KeySet::make(&recipients, &mut rng);
        set.iter().map(|(_, file)| agefile::open(file, service.as_age()).unwrap().0).collect()
    };
    let (mut first, mut second) = (order(), order());
    assert_ne!(first, second);
    first.sort_unstable();
    second.sort_unstable();
    assert_eq!(first, second);
    assert_eq!(first.len(), 10);
}
