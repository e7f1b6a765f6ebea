//! Recovery shares: any k give the identity, fewer give nothing, and each mistake has its own error.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::rng;
use crate::encode::tag;
use crate::shares::{combine, split};
use crate::*;

fn set(seed: u64, k: u8, n: u8) -> (RecoveryIdentity, Vec<Share>) {
    let mut rng = rng(seed);
    let identity = RecoveryIdentity::generate(&mut rng);
    let shares = split(&identity, k, n, &mut rng).unwrap();
    (identity, shares)
}

fn words(share: &Share) -> Vec<String> {
    share.to_words().split(' ').map(str::to_owned).collect()
}

#[test]
fn words_come_back_in_any_case_and_spacing() {
    let (_, shares) = set(1, 2, 3);
    let text = shares[0].to_words();
    assert_eq!(text.split(' ').count(), 32);
    assert!(Share::from_words(&text).unwrap() == shares[0]);
    let untidy = format!("  {}\n", text.to_uppercase().replace(' ', "\n\t "));
    assert!(Share::from_words(&untidy).unwrap() == shares[0]);
}

#[test]
fn wrong_word() {
    let (_, shares) = set(2, 2, 3);
    let mut words = words(&shares[0]);
    words[4] = "wardbook".to_owned();
    assert_eq!(Share::from_words(&words.join(" ")), Err(ShareError::WrongWord { position: 5 }));
    assert_eq!(Share::from_words("abandon"), Err(ShareError::WordCount(1)));
}

/// Every single substitution at one place, and every swap of neighbours, is found by the check digits.
#[test]
fn check_digits() {
    let (_, shares) = set(3, 2, 3);
    let right = words(&shares[1]);
    for word in bip39::Language::English.word_list() {
        let mut words = right.clone();
        words[17] = (*word).to_owned();
        let read = Share::from_words(&words.join(" "));
        assert_eq!(read.is_ok(), *word == right[17]);
        assert!(read.is_ok() || read == Err(ShareError::CheckDigits));
    }
    for place in 0..31 {
        let mut words = right.clone();
        words.swap(place, place + 1);
        if words != right {
            assert_eq!(Share::from_words(&words.join(" ")), Err(ShareError::CheckDigits));
        }
    }
}

#[test]
fn different_sets() {
    let (identity, first) = set(4, 2, 3);
    let second = split(&identity, 2, 3, &mut rng(40)).unwrap();
    let mixed = [first[0].clone(), second[1].clone()];
    assert_eq!(combine(&mixed, None).unwrap_err(), ShareError::DifferentSets);
}

#[test]
fn too_few_and_none() {
    let (_, shares) = set(5, 3, 5);
    assert_eq!(combine(&shares[..2], None).unwrap_err(), ShareError::TooFew { have: 2, need: 3 });
    assert_eq!(combine(&[], None).unwrap_err(), ShareError::TooFew { have: 0, need: 2 });
}

#[test]
fn duplicate() {
    let (_, shares) = set(6, 2, 3);
    let twice = [shares[1].clone(), shares[1].clone()];
    assert_eq!(combine(&twice, None).unwrap_err(), ShareError::Duplicate { x: 2 });
}

#[test]
fn not_the_recorded_recipient() {
    let (_, shares) = set(7, 2, 3);
    let (other, _) = set(70, 2, 3);
    let error = combine(&shares, Some(&other.recipient())).unwrap_err();
    assert_eq!(error, ShareError::NotTheRecipient);
}

/// A share of a right set whose body was replaced, check digits and all: a third share or the record tells.
#[test]
fn forged_share() {
    let (identity, shares) = set(8, 2, 3);
    let mut bytes = shares[0].as_bytes().to_vec();
    bytes[8] ^= 1;
    let digest = Sha256::digest([tag("wardbook/share/v1").as_slice(), &bytes[..40]].concat());
    bytes[40..].copy_from_slice(&digest[..4]);
    let forged = Share::from_words(&spell(&bytes)).unwrap();
    let with_spare = [forged.clone(), shares[1].clone(), shares[2].clone()];
    assert_eq!(combine(&with_spare, None).unwrap_err(), ShareError::NotTheRecipient);
    let bare = [forged, shares[1].clone()];
    assert_eq!(combine(&bare, Some(&identity.recipient())).unwrap_err(), ShareError::NotTheRecipient);
}

#[test]
fn unknown_version_and_impossible_numbers() {
    let (_, shares) = set(9, 2, 3);
    // version, k = 1, k above n, x = 0, x above n
    for (at, value) in [(0, 2), (5, 1), (5, 4), (7, 0), (7, 4)] {
        let mut bytes = shares[0].as_bytes().to_vec();
        bytes[at] = value;
        let digest = Sha256::digest([tag("wardbook/share/v1").as_slice(), &bytes[..40]].concat());
        bytes[40..].copy_from_slice(&digest[..4]);
        assert_eq!(Share::from_words(&spell(&bytes)), Err(ShareError::Unknown), "byte {at} = {value}");
    }
}

#[test]
fn numbers_of_a_set() {
    let identity = RecoveryIdentity::generate(&mut rng(10));
    for (k, n) in [(0, 3), (1, 3), (4, 3), (2, 17), (0, 0)] {
        assert_eq!(split(&identity, k, n, &mut rng(10)).unwrap_err(), ShareError::Numbers { k, n });
    }
}

#[test]
fn debug_says_nothing() {
    let (_, shares) = set(11, 2, 3);
    assert_eq!(format!("{:?}", shares[0]), "Share(1 of 3, redacted)");
}

/// 44 bytes to 32 words, written apart from the code under test: the share as one long number in base 2048.
fn spell(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut words = Vec::new();
    for _ in 0..32 {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = (value >> 11).to_le_bytes()[0];
            remainder = value & 0x7ff;
        }
        words.push(bip39::Language::English.word_list()[usize::try_from(remainder).unwrap()]);
    }
    words.reverse();
    words.join(" ")
}

#[test]
fn spelling_matches_an_independent_one() {
    let (_, shares) = set(12, 2, 3);
    for share in &shares {
        assert_eq!(*share.to_words(), spell(share.as_bytes()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn any_k_of_n_combine_and_fewer_do_not(
        seed in any::<u64>(),
        (k, n) in (2_u8..=16).prop_flat_map(|n| (2..=n, Just(n))),
        order in Just((0..16_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (identity, shares) = set(seed, k, n);
        let chosen: Vec<Share> = order.into_iter().filter(|i| *i < usize::from(n)).map(|i| shares[i].clone()).collect();
        let k = usize::from(k);
        let recorded = identity.recipient();
        for take in k..=chosen.len() {
            let combined = combine(&chosen[..take], Some(&recorded)).unwrap();
            prop_assert!(combined.secret() == identity.secret());
        }
        prop_assert_eq!(combine(&chosen[..k - 1], Some(&recorded)).unwrap_err(), ShareError::TooFew { have: k - 1, need: k });
        // The refusal is not only a count: the points themselves do not give the secret.
        let points = |i: usize| chosen[..k - 1].iter().map(move |share| (share.x(), share.as_bytes()[8 + i])).collect::<Vec<_>>();
        let guess: Vec<u8> = (0..32).map(|i| gf256::interpolate(&points(i), 0)).collect();
        prop_assert_ne!(guess.as_slice(), identity.secret().expose().as_slice());
    }
}
