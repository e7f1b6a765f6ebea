//! The Merkle tree of RFC 6962 §2.1 over leaf hashes, with SHA-256.
//!
//! * [`Frontier`]: what has to be remembered to append and to know the root: one hash per set bit of the size.
//! * [`proof`]: inclusion and consistency proofs, made in one pass over leaf hashes and verified without them.
//!
//! node = SHA-256(0x01 | left | right); the root of the empty tree is SHA-256 of nothing.

mod frontier;
pub mod proof;

pub use frontier::{Frontier, NotAFrontier};

use sha2::{Digest as _, Sha256};

/// A SHA-256 value: a leaf hash, a node or a root.
pub type Hash = [u8; 32];

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}
