//! Recovery shares: the recovery secret split k-of-n over people, each share 32 words on paper.
//!
//! Shamir's scheme over GF(256), byte by byte: `k` shares give the secret, `k - 1` give nothing. A share is
//! `0x01 | set id 4 | k | n | x | share 32 | check 4`, 352 bits, written as 32 words of the BIP-39 English list (the
//! list only: these are not wallet phrases). The check finds a wrong word before anything is combined.

use std::fmt;

use bip39::Language;
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::agefile::Recipient;
use crate::encode::tag;
use crate::gf256;
use crate::identity::RecoveryIdentity;
use crate::secret::{Secret32, random};

const VERSION: u8 = 0x01;
const HEAD: usize = 8;
const BODY: usize = HEAD + 32;
const SHARE: usize = BODY + 4;
/// Words of a share: 352 bits, 11 a word.
const WORDS: usize = 32;
/// Shares a set may have.
const SHARES_MAX: u8 = 16;

/// Why shares do not give the secret back, or cannot be made. A word is named by its place, never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// `k` must be 2 to `n`, `n` at most 16: one share of a one-share set would be the bare secret.
    #[error("a set needs 2 <= k <= n <= {SHARES_MAX}, not {k} of {n}")]
    Numbers {
        /// Shares needed.
        k: u8,
        /// Shares made.
        n: u8,
    },
    /// Not 32 words.
    #[error("a share has {WORDS} words, this one has {0}")]
    WordCount(usize),
    /// A word that is not on the list.
    #[error("word {position} is not on the list")]
    WrongWord {
        /// Counted from 1.
        position: usize,
    },
    /// All words are on the list, but not these in this order.
    #[error("the check digits do not match: a word is wrong or out of place")]
    CheckDigits,
    /// A share of a later release, or nonsense with right check digits.
    #[error("the share is of an unknown version or says impossible numbers")]
    Unknown,
    /// Shares of two sets.
    #[error("the shares come from different sets")]
    DifferentSets,
    /// One share twice.
    #[error("share {x} was given twice")]
    Duplicate {
        /// Number of the share.
        x: u8,
    },
    /// Not enough shares.
    #[error("{have} shares were given, {need} are needed")]
    TooFew {
        /// Distinct shares given.
        have: usize,
        /// Shares needed.
        need: usize,
    },
    /// What the shares give is not the recovery identity on record.
    #[error("the shares do not give the recorded recovery identity")]
    NotTheRecipient,
}

/// One share. `Debug` shows its number only; memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    bytes: Zeroizing<[u8; SHARE]>,
}

impl Share {
    fn new(set: [u8; 4], k: u8, n: u8, x: u8, body: &[u8; 32]) -> Self {
        let mut bytes = Zeroizing::new([0; SHARE]);
        bytes[0] = VERSION;
        bytes[1..5].copy_from_slice(&set);
        bytes[5..HEAD].copy_from_slice(&[k, n, x]);
        bytes[HEAD..BODY].copy_from_slice(body);
        let check = check_digits(&bytes[..BODY]);
        bytes[BODY..].copy_from_slice(&check);
        Self { bytes }
    }

    /// Which set it belongs to.
    pub fn set_id(&self) -> [u8; 4] {
        [self.bytes[1], self.bytes[2], self.bytes[3], self.bytes[4]]
    }

    /// Shares needed.
    pub fn k(&self) -> u8 {
        self.bytes[5]
    }

    /// Shares made.
    pub fn n(&self) -> u8 {
        self.bytes[6]
    }

    /// Number of this share, from 1.
    pub fn x(&self) -> u8 {
        self.bytes[7]
    }

    fn body(&self) -> &[u8] {
        &self.bytes[HEAD..BODY]
    }

    /// The 44 bytes, secret as the words are.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The 32 words, with single spaces.
    pub fn to_words(&self) -> Zeroizing<String> {
        // The longest word has eight letters; room for all, so that nothing is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(WORDS * 9));
        for word in 0..WORDS {
            let index = (0..11).fold(0_usize, |sum, bit| sum << 1 | usize::from(self.bit(word * 11 + bit)));
            if word > 0 {
                text.push(' ');
            }
            text.push_str(Language::English.word_list()[index]);
        }
        text
    }

    fn bit(&self, position: usize) -> u8 {
        self.bytes[position / 8] >> (7 - position % 8) & 1
    }

    /// Reads 32 words, in any case and with any white space between.
    ///
    /// # Errors
    /// [`ShareError::WordCount`], [`ShareError::WrongWord`], [`ShareError::CheckDigits`], [`ShareError::Unknown`].
    pub fn from_words(text: &str) -> Result<Self, ShareError> {
        let count = text.split_whitespace().count();
        if count != WORDS {
            return Err(ShareError::WordCount(count));
        }
        let mut bytes = Zeroizing::new([0_u8; SHARE]);
        for (position, word) in text.split_whitespace().enumerate() {
            let word = Zeroizing::new(word.to_ascii_lowercase());
            let index = Language::English.find_word(&word);
            let index = index.ok_or(ShareError::WrongWord { position: position + 1 })?;
            for bit in 0..11 {
                let place = position * 11 + bit;
                let value = u8::try_from(index >> (10 - bit) & 1).expect("one bit");
                bytes[place / 8] |= value << (7 - place % 8);
            }
        }
        if check_digits(&bytes[..BODY]) != bytes[BODY..] {
            return Err(ShareError::CheckDigits);
        }
        let share = Self { bytes };
        let numbers = check_numbers(share.k(), share.n()).is_ok() && (1..=share.n()).contains(&share.x());
        if share.bytes[0] == VERSION && numbers { Ok(share) } else { Err(ShareError::Unknown) }
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of {}, redacted)", self.x(), self.n())
    }
}

fn check_digits(body: &[u8]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new().chain_update(tag("wardbook/share/v1")).chain_update(body).finalize().into();
    *digest.first_chunk().expect("32 bytes hold 4")
}

fn check_numbers(k: u8, n: u8) -> Result<(), ShareError> {
    if k >= 2 && k <= n && n <= SHARES_MAX { Ok(()) } else { Err(ShareError::Numbers { k, n }) }
}

/// Splits the recovery secret into `n` shares, any `k` of which give it back.
///
/// # Errors
/// [`ShareError::Numbers`].
pub fn split<R: CryptoRng + ?Sized>(identity: &RecoveryIdentity, k: u8, n: u8, rng: &mut R) -> Result<Vec<Share>, ShareError> {
    check_numbers(k, n)?;
    let set = random(rng);
    let secret = identity.secret().expose();
    // Row i holds the coefficients of x^(i+1) for all 32 bytes.
    let mut rows = Zeroizing::new(vec![[0_u8; 32]; usize::from(k) - 1]);
    for row in rows.iter_mut() {
        rng.fill_bytes(row);
    }
    let share = |x: u8| {
        let mut body = Zeroizing::new([0_u8; 32]);
        for (i, byte) in body.iter_mut().enumerate() {
            let higher = rows.iter().map(|row| row[i]);
            *byte = gf256::evaluate(std::iter::once(secret[i]).chain(higher), x);
        }
        Share::new(set, k, n, x, &body)
    };
    Ok((1..=n).map(share).collect())
}

/// Gives the recovery identity back from `k` or more shares of one set, and checks it against the one on record.
///
/// Without a recorded recipient wrong shares with right check digits (of a set made with the same id by chance or
/// malice) can only be told when more than `k` are given.
///
/// # Errors
/// [`ShareError::DifferentSets`], [`ShareError::Duplicate`], [`ShareError::TooFew`], [`ShareError::NotTheRecipient`].
pub fn combine(shares: &[Share], recorded: Option<&Recipient>) -> Result<RecoveryIdentity, ShareError> {
    let first = shares.first().ok_or(ShareError::TooFew { have: 0, need: 2 })?;
    let mut seen = [false; 256];
    for share in shares {
        if share.bytes[..HEAD - 1] != first.bytes[..HEAD - 1] {
            return Err(ShareError::DifferentSets);
        }
        if std::mem::replace(&mut seen[usize::from(share.x())], true) {
            return Err(ShareError::Duplicate { x: share.x() });
        }
    }
    let need = usize::from(first.k());
    if shares.len() < need {
        return Err(ShareError::TooFew { have: shares.len(), need });
    }
    let (used, spare) = shares.split_at(need);
    let mut secret = Zeroizing::new([0_u8; 32]);
    for (i, byte) in secret.iter_mut().enumerate() {
        let mut points: Vec<(u8, u8)> = used.iter().map(|share| (share.x(), share.body()[i])).collect();
        *byte = gf256::interpolate(&points, 0);
        let fits = spare.iter().all(|share| gf256::interpolate(&points, share.x()) == share.body()[i]);
        points.zeroize();
        if !fits {
            return Err(ShareError::NotTheRecipient);
        }
    }
    let identity = RecoveryIdentity::from_secret(Secret32::new(*secret));
    match recorded {
        Some(recipient) if *recipient != identity.recipient() => Err(ShareError::NotTheRecipient),
        _ => Ok(identity),
    }
}
