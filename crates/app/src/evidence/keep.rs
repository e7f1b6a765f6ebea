//! The content of a file: sealed and kept before the event that names it, opened and checked before it is given out, and swept
//! where no event came.

use std::sync::Arc;

use rand::{SeedableRng as _, rngs::StdRng};
use sha2::{Digest as _, Sha256};
use wardbook_domain::{BlobId, evidence::Added};
use wardbook_ledger::StreamId;
use wardbook_vault::{Audience, BLOB_ITEM, BlobPlace, RecordKey, blob_key_id, commit::commit_item, open_blob, seal_blob};
use zeroize::Zeroizing;

use crate::{App, AppError, SealedWhy, blobs::BlobError};

/// After so many seconds a blob that no event names is removed.
const SWEEP_SECONDS: i64 = 86_400;
/// What an attempt that was cut off left behind is taken up again for so long, well before it is swept.
const RESUME_SECONDS: i64 = SWEEP_SECONDS / 2;

/// A content that is kept, and what the event that names it says of it.
pub(super) struct KeptBlob {
    pub(super) key: RecordKey,
    pub(super) stored: u64,
    pub(super) commitment: [u8; 32],
    pub(super) salt: Zeroizing<[u8; 32]>,
}

impl App {
    /// Seals a content under a fresh key and keeps it under this id.
    pub(super) async fn keep_blob(
        &self,
        id: [u8; 16],
        audience: Audience,
        content: &Arc<Zeroizing<Vec<u8>>>,
    ) -> Result<KeptBlob, AppError> {
        let key = self.vault.new_record_key(audience).await?;
        // A source of its own: sealing 20 MiB must not hold up everybody's ids and nonces.
        let mut rng = StdRng::from_seed(self.entropy.bytes());
        let (place, sealing_key, plain) = (self.blob_place(id), key.clone(), Arc::clone(content));
        let sealed = blocking(move || seal_blob(&place, &sealing_key, &plain, &mut rng)).await?.map_err(AppError::internal)?;
        let stored = sealed.bytes.len() as u64;
        match self.blobs.put(BlobId::from_bytes(id), sealed.bytes, self.machine.now()).await {
            Ok(()) => Ok(KeptBlob { key, stored, commitment: sealed.commitment, salt: sealed.salt }),
            Err(BlobError::Taken) => self.resume_blob(id, content).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Takes up what an attempt of the same command has kept already: the same content under its key.
    async fn resume_blob(&self, id: [u8; 16], content: &Arc<Zeroizing<Vec<u8>>>) -> Result<KeptBlob, AppError> {
        let (blob, now) = (BlobId::from_bytes(id), self.machine.now());
        let before = u128::from_be_bytes(id).checked_sub(1).map(|id| BlobId::from_bytes(id.to_be_bytes()));
        let old = self.blobs.list_older_than(now.plus_seconds(-RESUME_SECONDS), before).await?;
        let kept = self.blobs.get(blob).await?.filter(|_| old.first() != Some(&blob));
        let Some(kept) = kept else {
            return Err(AppError::State("an attempt to send this file was cut off long ago; please send it anew".to_owned()));
        };
        let key = self.vault.record_key(blob_key_id(&kept).map_err(AppError::internal)?).await?;
        let (place, opening_key, plain, sealed) = (self.blob_place(id), key.clone(), Arc::clone(content), kept.clone());
        let same = blocking(move || open_blob(&place, &opening_key, &sealed).map(|opened| *opened == **plain)).await?;
        if !same.map_err(AppError::internal)? {
            return Err(AppError::OtherBody);
        }
        let (stored, salt) = (kept.len() as u64, Zeroizing::new(self.entropy.bytes()));
        self.blobs.put(blob, kept, now).await?;
        Ok(KeptBlob { key, stored, commitment: commit_item(&salt, BLOB_ITEM, content), salt })
    }

    /// The content of a file, after its digest and its commitment have held.
    pub(super) async fn open_kept(&self, id: [u8; 16], added: &Added) -> Result<Zeroizing<Vec<u8>>, AppError> {
        let Some(kept) = self.blobs.get(BlobId::from_bytes(id)).await? else {
            tracing::error!(evidence = %BlobId::from_bytes(id), "app.evidence.lost: an event names a blob that is not there");
            return Err(AppError::Sealed(SealedWhy::Damaged));
        };
        let damaged = || AppError::Sealed(SealedWhy::Damaged);
        let key = self.vault.record_key(blob_key_id(&kept).map_err(|_| damaged())?).await?;
        let (place, said) = (self.blob_place(id), added.clone());
        let opened = blocking(move || {
            let content = open_blob(&place, &key, &kept).ok()?;
            holds(&said, &content).then_some(content)
        });
        opened.await?.ok_or_else(damaged)
    }

    /// The daily work: removes blobs that no event has named within a day, and what writes that were cut off have left; how many.
    pub async fn sweep_blobs(&self) -> Result<u64, AppError> {
        let before = self.machine.now().plus_seconds(-SWEEP_SECONDS);
        let (mut after, mut removed) = (None, 0);
        loop {
            let page = self.blobs.list_older_than(before, after).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for id in page {
                let named = self.ledger.stream_version(StreamId::from_bytes(*id.as_bytes())).await? > 0;
                removed += u64::from(!named && self.blobs.remove(id).await?);
            }
        }
        Ok(removed + self.blobs.remove_leftovers(before).await?)
    }

    fn blob_place(&self, id: [u8; 16]) -> BlobPlace {
        BlobPlace { trust: *self.trust.as_bytes(), blob: id }
    }
}

fn holds(added: &Added, content: &[u8]) -> bool {
    let salt: Option<[u8; 32]> = hex::decode(&added.salt).ok().and_then(|salt| salt.try_into().ok());
    let commitment = salt.map(|salt| hex::encode(commit_item(&salt, BLOB_ITEM, content)));
    commitment.as_deref() == Some(&added.commitment)
        && hex::encode(Sha256::digest(content)) == added.sha256
        && added.size == content.len() as u64
}

/// Ciphers and digests of megabytes run off the threads that serve requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}
