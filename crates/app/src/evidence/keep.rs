//! Blobs of files: taken up again after an attempt that was cut off, checked before they are given out, and swept where no event came.

use std::io::{self, Read as _};

use sha2::{Digest as _, Sha256};
use wardbook_domain::{BlobId, evidence::Added};
use wardbook_ledger::StreamId;
use wardbook_vault::{
    BLOB_HEADER, BLOB_ITEM, BlobPlace, BlobReadError, KeyId, RecordKey, SealedHead, blob_key_id, commit::ItemCommitment, open_blob_from,
};
use zeroize::Zeroizing;

use crate::{
    App, AppError, SealedWhy,
    blobs::{BlobError, BlobReader},
};

/// After so many seconds a blob that no event names is removed.
const SWEEP_SECONDS: i64 = 86_400;
/// What an attempt that was cut off left behind is taken up again for so long, well before it is swept.
const RESUME_SECONDS: i64 = SWEEP_SECONDS / 2;

/// A content that is kept, and what the event that names it says of it.
pub(super) struct KeptBlob {
    pub(super) stored: u64,
    pub(super) commitment: [u8; 32],
    pub(super) salt: Zeroizing<[u8; 32]>,
}

impl From<SealedHead> for KeptBlob {
    fn from(head: SealedHead) -> Self {
        Self { stored: head.stored, commitment: head.commitment, salt: head.salt }
    }
}

/// A blob that is kept, with its key and its place: it can be read as often as is needed.
#[derive(Clone)]
pub(super) struct Openable {
    pub(super) key: RecordKey,
    place: BlobPlace,
    store: crate::blobs::BlobStore,
}

impl Openable {
    /// Reads its content piece by piece. Blocks. What is not as it was sealed is damaged.
    pub(super) fn read(&self, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(), AppError> {
        let Some(mut reader) = self.store.read(BlobId::from_bytes(self.place.blob))? else { return Err(lost(self.place.blob)) };
        let stored = reader.stored();
        open_blob_from(&self.place, &self.key, stored, &mut reader, each).map_err(|error| match error {
            BlobReadError::Open(_) => AppError::Sealed(SealedWhy::Damaged),
            // What the file system says of a blob that was cut short.
            BlobReadError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => AppError::Sealed(SealedWhy::Damaged),
            BlobReadError::Io(error) => BlobError::Stream(error).into(),
        })
    }

    /// Whether the whole content is the one that was taken in: its digest, its commitment and its length. Blocks.
    pub(super) fn holds(&self, added: &Added) -> Result<bool, AppError> {
        let salt: Option<[u8; 32]> = hex::decode(&added.salt).ok().and_then(|salt| salt.try_into().ok());
        let Some(salt) = salt else { return Ok(false) };
        let (mut hash, mut commitment, mut size) = (Sha256::new(), ItemCommitment::new(&salt, BLOB_ITEM), 0);
        self.read(&mut |piece| {
            hash.update(piece);
            commitment.update(piece);
            size += piece.len() as u64;
            Ok(())
        })?;
        Ok(hex::encode(commitment.finish()) == added.commitment && hex::encode(hash.finalize()) == added.sha256 && size == added.size)
    }
}

fn lost(id: [u8; 16]) -> AppError {
    tracing::error!(evidence = %BlobId::from_bytes(id), "app.evidence.lost: an event names a blob that is not there");
    AppError::Sealed(SealedWhy::Damaged)
}

/// The key that sealed a blob, from its clear beginning.
fn key_of(reader: &mut BlobReader) -> Result<KeyId, AppError> {
    let (stored, mut start) = (reader.stored(), Vec::with_capacity(BLOB_HEADER));
    reader.take(BLOB_HEADER as u64).read_to_end(&mut start).map_err(BlobError::Stream)?;
    blob_key_id(&start, stored).map_err(|_| AppError::Sealed(SealedWhy::Damaged))
}

impl App {
    /// Takes up what an attempt of the same command has kept already: the same content under its key.
    pub(super) async fn resume_blob(&self, id: [u8; 16], digest: [u8; 32]) -> Result<KeptBlob, AppError> {
        let (blob, now) = (BlobId::from_bytes(id), self.machine.now());
        let before = u128::from_be_bytes(id).checked_sub(1).map(|id| BlobId::from_bytes(id.to_be_bytes()));
        let old = self.blobs.list_older_than(now.plus_seconds(-RESUME_SECONDS), before).await?;
        if old.first() == Some(&blob) {
            return Err(AppError::State("an attempt to send this file was cut off long ago; please send it anew".to_owned()));
        }
        let openable = self.openable(id).await?;
        let salt = Zeroizing::new(self.entropy.bytes());
        let (reading, salted) = (openable, salt.clone());
        let (same, commitment) = blocking(move || {
            let (mut hash, mut commitment) = (Sha256::new(), ItemCommitment::new(&salted, BLOB_ITEM));
            reading.read(&mut |piece| {
                hash.update(piece);
                commitment.update(piece);
                Ok(())
            })?;
            Ok::<_, AppError>((<[u8; 32]>::from(hash.finalize()) == digest, commitment.finish()))
        })
        .await??;
        if !same {
            return Err(AppError::OtherBody);
        }
        let store = self.blobs.clone();
        let stored = blocking(move || store.read(blob).map(|reader| reader.map_or(0, |reader| reader.stored()))).await??;
        self.blobs.renew(blob, now).await?;
        Ok(KeptBlob { stored: stored as u64, commitment, salt })
    }

    /// A file's blob with its key: refused where the key is out of reach.
    pub(super) async fn openable(&self, id: [u8; 16]) -> Result<Openable, AppError> {
        let key = self.vault.record_key(self.key_of_blob(id).await?).await?;
        Ok(Openable { key, place: self.blob_place(id), store: self.blobs.clone() })
    }

    /// The key of a file's blob.
    pub(super) async fn key_of_blob(&self, id: [u8; 16]) -> Result<KeyId, AppError> {
        let store = self.blobs.clone();
        blocking(move || match store.read(BlobId::from_bytes(id))? {
            Some(mut reader) => key_of(&mut reader),
            None => Err(lost(id)),
        })
        .await?
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

    pub(super) fn blob_place(&self, id: [u8; 16]) -> BlobPlace {
        BlobPlace { trust: *self.trust.as_bytes(), blob: id }
    }
}

/// Ciphers and digests of megabytes run off the threads that serve requests.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}
