//! The shape of the vector file. Bytes are lower-case hex; fields are written in the order declared here.

use serde::{Deserialize, Serialize};

use super::array;
use crate::{BlobPlace, Place};

macro_rules! shapes {
    ($($name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $(
            #[derive(Serialize, Deserialize)]
            pub(super) struct $name {
                $(pub(super) $field: $type,)+
            }
        )+
    };
}

shapes! {
    Vectors {
        format: String,
        keys: Vec<Key>,
        items: Vec<ItemVector>,
        item_roots: Vec<RootVector>,
        groups: Vec<GroupVector>,
        bad_envelopes: Vec<BadEnvelope>,
        wraps: Vec<WrapVector>,
        bad_wraps: Vec<WrapVector>,
        audience_payload: PayloadVector,
        audience_file: FileVector,
        key_set: KeySetVector,
        named_secrets: Vec<SecretVector>,
        states: Vec<StateVector>,
        blinds: Vec<BlindVector>,
        shares: SharesVector,
        bad_shares: Vec<BadShare>,
        leaves: Vec<LeafVector>,
        tree: TreeVector,
        blobs: Vec<BlobVector>,
        bad_blobs: Vec<BadBlob>,
    }
    Key { id: String, key: String }
    ItemVector { event: u32, salt: String, name: String, content: String, commitment: String }
    RootVector { event: u32, commitments: Vec<String>, root: String }
    PlaceVector { trust: String, stream: String, version: u64 }
    GroupVector {
        event: u32,
        place: PlaceVector,
        name: String,
        key: String,
        own: Vec<u16>,
        plaintext: String,
        nonce: String,
        envelope: String,
    }
    BadEnvelope { what: String, error: String, place: PlaceVector, key_id: String, key: String, envelope: String }
    WrapVector {
        what: String,
        trust: String,
        outer_key: String,
        audience_key_id: String,
        audience_key: String,
        key_id: String,
        record_key: String,
        wrapped: String,
    }
    PayloadVector { name: String, key: String, payload: String }
    FileVector { name: String, key: String, service_secret: String, recovery_secret: String, file: String }
    SealedKeyVector { id: String, file: String }
    KeySetVector { trust: String, service_secret: String, service: String, recovery: String, set: Vec<SealedKeyVector>, set_mac: String }
    SecretVector { trust: String, settings_key: String, name: String, id: String, secret: String, sealed: String }
    StateVector { key: String, context: String, plaintext: String, sealed: String }
    BlindVector { key: String, parts: Vec<String>, digest: String, blind: String }
    ShareVector { bytes: String, words: String }
    SharesVector { secret: String, recipient: String, k: u8, n: u8, shares: Vec<ShareVector> }
    BadShare { what: String, error: String, words: String }
    LeafVector {
        trust: String,
        stream: String,
        version: u64,
        recorded_at: i64,
        envelopes: Vec<String>,
        item_root: String,
        leaf: String,
        leaf_hash: String,
    }
    TreeVector { leaf_hashes: Vec<String>, roots: Vec<String>, inclusion: Vec<InclusionVector> }
    InclusionVector { index: u64, size: u64, path: Vec<String> }
    BlobPlaceVector { trust: String, blob: String }
    BlobVector {
        place: BlobPlaceVector,
        key_id: String,
        key: String,
        unit: String,
        length: u64,
        salt: String,
        commitment: String,
        padded: u64,
        prefix: String,
        sealed: String,
    }
    BadBlob { what: String, error: String, place: BlobPlaceVector, key_id: String, key: String, parts: Vec<String> }
}

impl PlaceVector {
    pub(super) fn new(place: &Place) -> Self {
        Self { trust: hex::encode(place.trust), stream: hex::encode(place.stream), version: place.version }
    }

    pub(super) fn place(&self) -> Place {
        Place { trust: array(&self.trust), stream: array(&self.stream), version: self.version }
    }
}

impl BlobPlaceVector {
    pub(super) fn new(place: &BlobPlace) -> Self {
        Self { trust: hex::encode(place.trust), blob: hex::encode(place.blob) }
    }

    pub(super) fn place(&self) -> BlobPlace {
        BlobPlace { trust: array(&self.trust), blob: array(&self.blob) }
    }
}
