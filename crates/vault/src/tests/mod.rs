//! Tests that need this crate's insides: vectors, single bits, properties. The key store's are in `tests/`.

mod blobs;
mod durability;
mod identities;
mod sealing;
mod sharing;
mod states;
mod vectors;
mod wrapping;

use std::convert::Infallible;

use rand::rngs::StdRng;
use rand::{SeedableRng, TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

use crate::{Item, Place};

fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// SHA-256 over a counter: the same bytes in every release of every library, as vectors need.
struct VectorRng {
    counter: u64,
}

impl VectorRng {
    fn next(&mut self) -> [u8; 32] {
        self.counter += 1;
        Sha256::digest([b"wardbook vectors".as_slice(), &self.counter.to_be_bytes()].concat()).into()
    }
}

impl TryRng for VectorRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(*self.next().first_chunk().unwrap()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(*self.next().first_chunk().unwrap()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            chunk.copy_from_slice(&self.next()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for VectorRng {}

const PLACE: Place = Place { trust: [0x11; 16], stream: [0x22; 16], version: 7 };

fn item(name: &str, content: &[u8]) -> Item {
    Item { name: name.to_owned(), content: content.to_vec() }
}

/// A vault is handed to every task of a server; losing this would be found far away.
#[test]
fn a_vault_may_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<crate::Vault>();
    shared::<crate::KeyStore>();
    shared::<crate::RecordKey>();
}
