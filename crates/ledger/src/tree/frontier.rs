//! The compact form of a growing tree: the roots of its complete subtrees, largest first.

use super::{Hash, empty_root, node_hash};

/// A tree known by its size and its complete subtrees only; at most 64 hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One per set bit of `size`, from the highest.
    peaks: Vec<Hash>,
}

/// The stored frontier does not fit its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frontier of {size} leaves is {expected} bytes, not {actual}")]
pub struct NotAFrontier {
    /// Leaves it should stand for.
    pub size: u64,
    /// 32 bytes per set bit of the size.
    pub expected: usize,
    /// Bytes found.
    pub actual: usize,
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads back what [`Frontier::to_bytes`] wrote for a tree of `size` leaves.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, NotAFrontier> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        if peaks.len() != size.count_ones() as usize || !rest.is_empty() {
            return Err(NotAFrontier { size, expected: 32 * size.count_ones() as usize, actual: bytes.len() });
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }

    /// The stored form: the hashes one after the other, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one leaf hash at index `size`.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree as large as `node`: they join.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("one peak per set bit of the size");
            node = node_hash(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root of the tree so far.
    pub fn root(&self) -> Hash {
        let mut smallest_first = self.peaks.iter().rev();
        let Some(&smallest) = smallest_first.next() else {
            return empty_root();
        };
        smallest_first.fold(smallest, |right, left| node_hash(left, &right))
    }
}
