//! Item commitments: how a leaf of the book can prove one item without showing another.
//!
//! An event's leaf holds one root over the commitments of its items. Shown one item's content, its salt and the other
//! commitments, anyone can recompute the root; without the 32-byte salt a commitment tells nothing of the content.

use sha2::{Digest, Sha256};

use crate::encode::tag;

/// SHA-256 over one item with its salt.
pub type Commitment = [u8; 32];

/// `SHA-256(tag("wardbook/item/v1") | salt | lp(name) | content | u64 content length)`.
pub fn commit_item(salt: &[u8; 32], name: &str, content: &[u8]) -> Commitment {
    let mut commitment = ItemCommitment::new(salt, name);
    commitment.update(content);
    commitment.finish()
}

/// The commitment to an item whose content comes piece by piece.
#[derive(Clone)]
pub struct ItemCommitment {
    hash: Sha256,
    length: u64,
}

impl std::fmt::Debug for ItemCommitment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ItemCommitment({} bytes so far)", self.length)
    }
}

impl ItemCommitment {
    /// Before any of the content.
    pub fn new(salt: &[u8; 32], name: &str) -> Self {
        let name_length = u32::try_from(name.len()).expect("item names are short");
        let hash = Sha256::new().chain_update(tag("wardbook/item/v1")).chain_update(salt);
        Self { hash: hash.chain_update(name_length.to_be_bytes()).chain_update(name), length: 0 }
    }

    /// Takes the next piece in.
    pub fn update(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.length += piece.len() as u64;
    }

    /// After all of the content.
    pub fn finish(self) -> Commitment {
        self.hash.chain_update(self.length.to_be_bytes()).finalize().into()
    }
}

/// `SHA-256(tag("wardbook/item-root/v1") | u16 n | n commitments in order)`.
///
/// # Panics
/// With more than 65,535 commitments; an event holds at most 512 items.
pub fn item_root(commitments: &[Commitment]) -> [u8; 32] {
    let count = u16::try_from(commitments.len()).expect("an event holds at most 512 items");
    let mut hash = Sha256::new().chain_update(tag("wardbook/item-root/v1")).chain_update(count.to_be_bytes());
    for commitment in commitments {
        hash.update(commitment);
    }
    hash.finalize().into()
}
