//! Inclusion and consistency proofs.
//!
//! Every node of a proof is the root over a range of leaves, and the ranges of one proof do not overlap. So a proof
//! is made in one pass over the leaf hashes ([`Builder`]), with memory for one frontier and the proof itself.

use std::ops::Range;

use super::{Frontier, Hash, empty_root, node_hash};

/// The proof does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root")]
pub struct NotProven;

/// Index or sizes outside the tree, or leaves missing: no proof can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such proof in this tree")]
pub struct NoSuchProof;

/// Makes a proof from leaf hashes pushed in order from index 0.
#[derive(Debug)]
pub struct Builder {
    /// Ranges still to come, each with its place in the proof; the next one is last.
    ranges: Vec<(usize, Range<u64>)>,
    nodes: Vec<Hash>,
    index: u64,
    current: Frontier,
}

impl Builder {
    /// For the proof that leaf `index` is in the tree of `size` leaves.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, NoSuchProof> {
        if index >= size {
            return Err(NoSuchProof);
        }
        Ok(Self::over(inclusion_ranges(index, size)))
    }

    /// For the proof that the tree of `old` leaves is the beginning of the tree of `new` leaves.
    pub fn consistency(old: u64, new: u64) -> Result<Self, NoSuchProof> {
        if old > new {
            return Err(NoSuchProof);
        }
        Ok(Self::over(consistency_ranges(old, new)))
    }

    fn over(in_proof_order: Vec<Range<u64>>) -> Self {
        let nodes = vec![[0; 32]; in_proof_order.len()];
        let mut ranges: Vec<_> = in_proof_order.into_iter().enumerate().collect();
        ranges.sort_by_key(|(_, range)| std::cmp::Reverse(range.start));
        Self { ranges, nodes, index: 0, current: Frontier::new() }
    }

    /// Takes the next leaf hash; those no node covers are passed over.
    pub fn push(&mut self, leaf: Hash) {
        if let Some((place, range)) = self.ranges.last()
            && range.contains(&self.index)
        {
            self.current.push(leaf);
            if self.index + 1 == range.end {
                self.nodes[*place] = std::mem::take(&mut self.current).root();
                self.ranges.pop();
            }
        }
        self.index += 1;
    }

    /// The proof, once the leaves of every node have been seen.
    pub fn finish(self) -> Result<Vec<Hash>, NoSuchProof> {
        if self.ranges.is_empty() { Ok(self.nodes) } else { Err(NoSuchProof) }
    }
}

/// The audit path of leaf `index` in the tree over `leaves`.
pub fn inclusion_proof(index: u64, leaves: impl ExactSizeIterator<Item = Hash>) -> Result<Vec<Hash>, NoSuchProof> {
    let mut builder = Builder::inclusion(index, leaves.len() as u64)?;
    leaves.for_each(|leaf| builder.push(leaf));
    builder.finish()
}

/// The proof that the tree over the first `old` of `leaves` is the beginning of the tree over all of them.
pub fn consistency_proof(old: u64, leaves: impl ExactSizeIterator<Item = Hash>) -> Result<Vec<Hash>, NoSuchProof> {
    let mut builder = Builder::consistency(old, leaves.len() as u64)?;
    leaves.for_each(|leaf| builder.push(leaf));
    builder.finish()
}

/// Checks an audit path: `leaf` is at `index` in the tree of `size` leaves with `root` (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), NotProven> {
    if index >= size {
        return Err(NotProven);
    }
    let (mut at, mut last, mut node) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(NotProven);
        }
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            // A right edge without a left sibling on this level moves up unchanged.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0 && node == *root).then_some(()).ok_or(NotProven)
}

/// Checks that the tree of `old` leaves with `old_root` is the beginning of the tree of `new` leaves with `new_root`
/// (RFC 9162 §2.1.4.2). The empty tree is the beginning of every tree; its proof is empty.
pub fn verify_consistency(old: u64, new: u64, proof: &[Hash], old_root: &Hash, new_root: &Hash) -> Result<(), NotProven> {
    let holds = match (old, new) {
        (old, new) if old > new => false,
        (old, new) if old == new => proof.is_empty() && old_root == new_root,
        (0, _) => proof.is_empty() && *old_root == empty_root(),
        _ => walk_consistency(old, new, proof, old_root) == Some((*old_root, *new_root)),
    };
    holds.then_some(()).ok_or(NotProven)
}

/// The roots of both trees as the proof has them, for 0 < old < new.
fn walk_consistency(old: u64, new: u64, proof: &[Hash], old_root: &Hash) -> Option<(Hash, Hash)> {
    // An old tree that is one complete subtree is its own first node, so the proof leaves it out.
    let (&start, rest) = if old.is_power_of_two() { (old_root, proof) } else { proof.split_first()? };
    let shift = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut old_node, mut new_node) = (start, start);
    for node in rest {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            old_node = node_hash(node, &old_node);
            new_node = node_hash(node, &new_node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_node = node_hash(&new_node, node);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some((old_node, new_node))
}

/// The largest power of two smaller than `size` (RFC 6962's k), for size ≥ 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// PATH(index, D\[size\]) of RFC 6962 §2.1.1 as ranges, from the leaf upwards.
fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// PROOF(old, D\[new\]) of RFC 6962 §2.1.2 as ranges.
fn consistency_ranges(old: u64, new: u64) -> Vec<Range<u64>> {
    if old == 0 {
        return Vec::new();
    }
    let (mut start, mut end) = (0, new);
    let mut ranges = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // The verifier already holds the root of the whole old tree.
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    ranges
}
