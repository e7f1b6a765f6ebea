//! Sealed state, blind indexes, keyed digests.

use super::rng;
use crate::*;

#[test]
fn state_comes_back_only_under_its_key_and_context() {
    let mut rng = rng(1);
    let key = Secret32::generate(&mut rng);
    let sealed = seal_state(&key, b"draft/1", b"half a story", &mut rng).unwrap();
    assert_eq!(sealed.len(), 1 + 24 + 256 + 16);
    assert_eq!(open_state(&key, b"draft/1", &sealed).unwrap().as_slice(), b"half a story");
    assert_eq!(open_state(&key, b"draft/2", &sealed).unwrap_err(), StateError::NotOpened);
    let other = Secret32::generate(&mut rng);
    assert_eq!(open_state(&other, b"draft/1", &sealed).unwrap_err(), StateError::NotOpened);
}

#[test]
fn every_flipped_bit_of_state_is_an_error() {
    let mut rng = rng(2);
    let key = Secret32::generate(&mut rng);
    let sealed = seal_state(&key, b"c", b"x", &mut rng).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let expected = if bit < 8 { StateError::Malformed } else { StateError::NotOpened };
        assert_eq!(open_state(&key, b"c", &flipped).unwrap_err(), expected, "bit {bit}");
    }
    assert_eq!(open_state(&key, b"c", &sealed[..20]).unwrap_err(), StateError::Malformed);
    assert_eq!(open_state(&key, b"c", &[]).unwrap_err(), StateError::Malformed);
}

#[test]
fn state_too_large() {
    let key = Secret32::new([1; 32]);
    let content = vec![0; (1 << 20) - 3];
    assert_eq!(seal_state(&key, b"", &content, &mut rng(3)).unwrap_err(), StateError::TooLarge(content.len()));
    assert!(seal_state(&key, b"", &content[1..], &mut rng(3)).is_ok());
}

#[test]
fn blind_values_tell_parts_and_keys_apart() {
    let key = Secret32::new([1; 32]);
    let ab_c = blind(&key, &[b"ab", b"c"]);
    assert_eq!(ab_c, blind(&key, &[b"ab", b"c"]));
    assert_eq!(ab_c, keyed_digest(&key, &[b"ab", b"c"])[..16]);
    for other in [&[b"a".as_slice(), b"bc"] as &[&[u8]], &[b"abc"], &[b"ab", b"c", b""], &[]] {
        assert_ne!(ab_c, blind(&key, other));
    }
    assert_ne!(ab_c, blind(&Secret32::new([2; 32]), &[b"ab", b"c"]));
}

/// Computed apart, with the hmac module of Python.
#[test]
fn keyed_digest_is_plain_hmac() {
    let digest = keyed_digest(&Secret32::new([0x0b; 32]), &[b"Hi There"]);
    assert_eq!(hex::encode(digest), "d9bd24ce26fc4807012cae631fe272cfd800e2a825c07253edb31b10b70ac0b9");
}
