//! The tree against published vectors and against `ct-merkle` as an oracle.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use wardbook_ledger::leaf::leaf_hash;
use wardbook_ledger::tree::proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
use wardbook_ledger::tree::{Frontier, Hash, empty_root};

/// The leaves of the test vectors that came with the reference implementation of RFC 6962.
const LEAVES: [&str; 8] = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// Their roots, for 1 to 8 leaves.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hashes(leaves: &[Vec<u8>]) -> Vec<Hash> {
    leaves.iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::new();
    for &leaf in leaves {
        tree.push(leaf);
    }
    tree.root()
}

fn oracle(leaves: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    for leaf in leaves {
        tree.push(leaf.clone());
    }
    tree
}

#[test]
fn roots_of_the_published_vectors() {
    let leaves: Vec<Vec<u8>> = LEAVES.iter().map(|leaf| hex::decode(leaf).unwrap()).collect();
    let hashes = hashes(&leaves);
    assert_eq!(hex::encode(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size, expected) in (1..).zip(ROOTS) {
        assert_eq!(hex::encode(root(&hashes[..size])), expected, "{size} leaves");
    }
}

/// RFC 6962 §2.1.3 draws this tree of seven leaves and lists these paths.
#[test]
#[expect(clippy::many_single_char_names, reason = "the names the RFC draws")]
fn proofs_of_the_tree_drawn_in_the_rfc() {
    let d: Vec<Hash> = (0..7_u8).map(|n| leaf_hash(&[n])).collect();
    let (g, h, i, j) = (root(&d[0..2]), root(&d[2..4]), root(&d[4..6]), d[6]);
    let k = root(&d[0..4]);
    let l = root(&d[4..7]);
    let path = |index| inclusion_proof(index, d.iter().copied()).unwrap();
    assert_eq!(path(0), [d[1], h, l]);
    assert_eq!(path(3), [d[2], g, l]);
    assert_eq!(path(4), [d[5], j, k]);
    assert_eq!(path(6), [i, k]);
    let proof = |old| consistency_proof(old, d.iter().copied()).unwrap();
    assert_eq!(proof(3), [d[2], d[3], g, l]);
    assert_eq!(proof(4), [l]);
    assert_eq!(proof(6), [i, j, k]);
}

/// Small sizes hold every shape of tree; none is left to chance.
#[test]
fn every_proof_of_every_small_tree_verifies_and_no_other() {
    let leaves: Vec<Hash> = (0..40_u8).map(|n| leaf_hash(&[n])).collect();
    for size in 1..=leaves.len() {
        let (tree, whole) = (&leaves[..size], root(&leaves[..size]));
        for index in 0..size as u64 {
            let leaf = tree[usize::try_from(index).unwrap()];
            let proof = inclusion_proof(index, tree.iter().copied()).unwrap();
            assert!(verify_inclusion(&leaf, index, size as u64, &proof, &whole).is_ok());
            let elsewhere = (index + 1) % size as u64;
            assert!(size == 1 || verify_inclusion(&leaf, elsewhere, size as u64, &proof, &whole).is_err());
        }
        for old in 0..=size {
            let proof = consistency_proof(old as u64, tree.iter().copied()).unwrap();
            let before = root(&leaves[..old]);
            let check = |proof: &[Hash], before| verify_consistency(old as u64, size as u64, proof, before, &whole);
            assert!(check(&proof, &before).is_ok(), "{old} of {size}");
            assert!(check(&proof, &[7; 32]).is_err(), "{old} of {size}");
            let longer = [&proof[..], &[[7; 32]]].concat();
            assert!(check(&longer, &before).is_err(), "{old} of {size}");
        }
    }
}

#[test]
fn there_is_no_proof_outside_the_tree() {
    let leaves = [[1; 32]; 3];
    assert!(inclusion_proof(3, leaves.into_iter()).is_err());
    assert!(consistency_proof(4, leaves.into_iter()).is_err());
    assert!(verify_inclusion(&[1; 32], 3, 3, &[], &[1; 32]).is_err());
    assert!(verify_consistency(4, 3, &[], &[1; 32], &[1; 32]).is_err());
    assert!(Frontier::from_bytes(3, &[0; 32]).is_err());
    assert!(Frontier::from_bytes(3, &[0; 65]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn roots_and_proofs_are_those_of_the_oracle(
        leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 1..300),
        index in any::<prop::sample::Index>(),
        old in any::<prop::sample::Index>(),
        flip in any::<prop::sample::Index>(),
    ) {
        let hashes = hashes(&leaves);
        let size = leaves.len() as u64;
        let whole = root(&hashes);
        let theirs = oracle(&leaves);
        let their_root = theirs.root();
        prop_assert_eq!(&whole[..], &their_root.as_bytes()[..]);

        let index = index.index(leaves.len());
        let mut path = inclusion_proof(index as u64, hashes.iter().copied()).unwrap();
        let their_path = theirs.prove_inclusion(index);
        prop_assert_eq!(&path.concat()[..], their_path.as_bytes());
        let our_root = RootHash::<Sha256>::new(whole.into(), size);
        let ours = InclusionProof::<Sha256>::from_bytes(path.concat());
        prop_assert!(our_root.verify_inclusion(&leaves[index], index as u64, &ours).is_ok());
        prop_assert!(verify_inclusion(&hashes[index], index as u64, size, &path, &whole).is_ok());
        if !path.is_empty() {
            let at = flip.index(path.len());
            path[at][0] ^= 1;
            prop_assert!(verify_inclusion(&hashes[index], index as u64, size, &path, &whole).is_err());
        }

        let old = 1 + old.index(leaves.len());
        let before = root(&hashes[..old]);
        let mut proof = consistency_proof(old as u64, hashes.iter().copied()).unwrap();
        let their_proof: ConsistencyProof<Sha256> = theirs.prove_consistency(leaves.len() - old);
        prop_assert_eq!(&proof.concat()[..], their_proof.as_bytes());
        prop_assert!(verify_consistency(old as u64, size, &proof, &before, &whole).is_ok());
        if !proof.is_empty() {
            let at = flip.index(proof.len());
            proof[at][31] ^= 1;
            prop_assert!(verify_consistency(old as u64, size, &proof, &before, &whole).is_err());
        }
    }

    #[test]
    fn a_stored_frontier_goes_on_as_if_never_stored(first in 0..200_u64, more in 0..200_u64) {
        let leaf = |n: u64| leaf_hash(&n.to_be_bytes());
        let mut tree = Frontier::new();
        (0..first).for_each(|n| tree.push(leaf(n)));
        let mut again = Frontier::from_bytes(first, &tree.to_bytes()).unwrap();
        prop_assert_eq!(&again, &tree);
        (first..first + more).for_each(|n| again.push(leaf(n)));
        let all: Vec<Hash> = (0..first + more).map(leaf).collect();
        prop_assert_eq!(again.root(), root(&all));
    }
}
