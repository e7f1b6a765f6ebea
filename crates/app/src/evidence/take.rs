//! A content on its way in: judged, hashed and sealed as it comes, on a thread of its own. Of a large one never more is held than some
//! pieces on the way, the chunk at hand and the first one; of a mail, which is looked into afterwards, as much as may be looked into.

use rand::{SeedableRng as _, rngs::StdRng};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use wardbook_domain::{
    BlobId,
    evidence::{FILE_BYTES_MAX, Given, MediaType, Sniffer, file_name},
    field::Invalid,
};
use wardbook_ledger::CommandRef;
use wardbook_vault::{BlobPlace, BlobSealer, RecordKey, SealedHead};
use wardbook_views::audience_of;
use zeroize::Zeroizing;

use super::{Under, keep::KeptBlob, mail::MAIL_BYTES_MAX};
use crate::{
    App, AppError, Caller, Entropy,
    blobs::{BlobError, BlobStore, BlobWriter},
    reports::Conditions,
};

/// Pieces that wait for the thread at most: whoever sends faster than is sealed and kept is slowed down.
const WAITING: usize = 4;

/// A file as somebody brings it, before its content comes.
pub struct NewFile {
    /// The file's name as given.
    pub name: String,
    /// What is said of it.
    pub given: Given,
}

impl std::fmt::Debug for NewFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewFile(redacted)")
    }
}

/// A content that comes piece by piece.
pub trait Incoming: Send {
    /// A piece of it.
    type Piece: AsRef<[u8]> + Send + 'static;
    /// The next piece; none at its end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>, Unread>> + Send;
}

/// Why a content did not come whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than is taken in.
    TooLarge,
    /// It broke off before its end.
    Broken,
}

/// Why a file was not taken in.
#[derive(Debug)]
pub enum AddError {
    /// The use case refused it.
    App(AppError),
    /// It did not come whole.
    Unread(Unread),
}

impl From<AppError> for AddError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<Invalid> for AddError {
    fn from(invalid: Invalid) -> Self {
        Self::App(invalid.into())
    }
}

/// A content that has come: kept under its command, and not yet named by any event.
pub struct Taken {
    pub(super) name: String,
    pub(super) given: Given,
    pub(super) kind: MediaType,
    pub(super) digest: [u8; 32],
    pub(super) size: u64,
    pub(super) command: CommandRef,
    pub(super) id: [u8; 16],
    /// None where the command had been carried out before.
    pub(super) blob: Option<KeptBlob>,
    /// The content, where it is a mail that may be looked into.
    pub(super) mail: Option<Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Taken(redacted)")
    }
}

/// What the thread found in a content.
struct Found {
    kind: Result<MediaType, &'static str>,
    digest: [u8; 32],
    size: u64,
    mail: Option<Zeroizing<Vec<u8>>>,
    sealed: Option<Result<SealedHead, BlobError>>,
}

/// What is sent to the thread: the end is said, so that a content that breaks off is not taken for a shorter one.
enum Fed<P> {
    Piece(P),
    End,
}

impl App {
    /// Takes a content in, for a record that takes one: nothing of it is named yet, so that what breaks off leaves nothing behind.
    /// `conditions.key` is the command's; the same key goes to [`App::add_evidence`] inside what is given back.
    pub async fn take_file<I: Incoming>(
        &self,
        caller: &Caller,
        under: Under,
        new: NewFile,
        conditions: Conditions<'_>,
        content: &mut I,
    ) -> Result<Taken, AddError> {
        // A case says where its files come from (EVI-3); a reporter brings their own.
        let given = new.given.check(matches!(under, Under::Case(_)))?;
        let drawn = hex::encode(self.entropy.bytes::<16>());
        let key = conditions.key.unwrap_or(&drawn);
        let begun = self.command(caller.principal(), "evidence.add", Some(key), b"");
        let id = self.created_id(&begun, 0);
        let holding = self.holding_to_add_to(caller, under).await?;
        let repeated = self.ledger.command(begun.key).await.map_err(AppError::from)?.is_some();
        if !repeated {
            self.may_add(caller, &holding).await?;
        }
        let key_of_blob =
            if repeated { None } else { Some(self.vault.new_record_key(audience_of(holding.class())).await.map_err(AppError::from)?) };
        drop(holding);
        let found = self.feed_thread(id, key_of_blob.as_ref(), content).await?;
        let kind = found.kind.map_err(refused)?;
        let words = serde_json::to_vec(&(&new.name, &given.what, &given.given_by, &given.how)).map_err(AppError::from)?;
        let body = [under.id().as_slice(), &found.digest, &words].concat();
        let blob = match (found.sealed, key_of_blob) {
            (Some(Ok(head)), _) => Some(KeptBlob::from(head)),
            (Some(Err(BlobError::Taken)), _) => Some(self.resume_blob(id, found.digest).await?),
            (Some(Err(error)), _) => return Err(AppError::from(error).into()),
            _ => None,
        };
        Ok(Taken {
            name: file_name(&new.name, kind),
            given,
            kind,
            digest: found.digest,
            size: found.size,
            command: self.command(caller.principal(), "evidence.add", Some(key), &body),
            id,
            blob,
            mail: found.mail.filter(|_| kind == MediaType::Mail),
        })
    }

    /// Feeds a content to the thread that judges and seals it.
    async fn feed_thread<I: Incoming>(&self, id: [u8; 16], key: Option<&RecordKey>, content: &mut I) -> Result<Found, AddError> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let sink = key.map(|key| Sink {
            store: self.blobs.clone(),
            entropy: self.entropy.clone(),
            place: self.blob_place(id),
            key: key.clone(),
            now: self.machine.now(),
        });
        let most = self.files.bytes_max.min(FILE_BYTES_MAX);
        let thread = tokio::task::spawn_blocking(move || take(receiver, sink, most));
        let mut ended = Ok(());
        loop {
            let fed = match content.next().await {
                Ok(Some(piece)) => Fed::Piece(piece),
                Ok(None) => Fed::End,
                Err(unread) => {
                    ended = Err(unread);
                    break;
                }
            };
            let is_end = matches!(fed, Fed::End);
            // A thread that has seen enough takes nothing more.
            if sender.send(fed).await.is_err() || is_end {
                break;
            }
        }
        drop(sender);
        let found = thread.await.map_err(AppError::internal)?;
        ended.map_err(AddError::Unread)?;
        found
    }
}

/// Where the sealed bytes go.
struct Sink {
    store: BlobStore,
    entropy: Entropy,
    place: BlobPlace,
    key: RecordKey,
    now: wardbook_domain::Instant,
}

impl Sink {
    fn open(&self) -> Result<(BlobSealer, BlobWriter), BlobError> {
        // A source of its own: sealing must not hold up everybody's ids and nonces.
        let mut rng = StdRng::from_seed(self.entropy.bytes());
        let writer = self.store.write(BlobId::from_bytes(self.place.blob), self.now, &self.entropy)?;
        Ok((BlobSealer::new(&self.place, &self.key, &mut rng), writer))
    }
}

fn refused(what: &str) -> Invalid {
    let taken: Vec<&str> = MediaType::ALL.iter().map(|kind| kind.label()).collect();
    Invalid::one("file", format!("is {what}; what is taken in is {}", taken.join(", ")))
}

/// The thread: every piece is looked at, hashed and sealed. What is refused, too large or broken off is given up at once.
#[expect(clippy::needless_pass_by_value, reason = "the thread owns what it writes to")]
fn take<P: AsRef<[u8]>>(mut from: mpsc::Receiver<Fed<P>>, sink: Option<Sink>, most: usize) -> Result<Found, AddError> {
    let mut sealing = sink.as_ref().map(Sink::open).transpose().map_err(AppError::from)?;
    let taken = take_pieces(&mut from, &mut sealing, most);
    match taken {
        Ok((sniffer, digest, mail)) => {
            let (kind, size) = (sniffer.finish(), sniffer.size() as u64);
            let sealed = match (sealing, kind) {
                (Some((sealer, mut writer)), Ok(_)) => Some(match sealer.finish(&mut writer) {
                    Ok(head) => writer.finish(&head.bytes).map(|()| head),
                    Err(error) => {
                        writer.discard();
                        Err(BlobError::Stream(error))
                    }
                }),
                (Some((_, writer)), Err(_)) => {
                    writer.discard();
                    None
                }
                (None, _) => None,
            };
            Ok(Found { kind, digest, size, mail, sealed })
        }
        Err(error) => {
            if let Some((_, writer)) = sealing {
                writer.discard();
            }
            Err(error)
        }
    }
}

type Pieces = (Sniffer, [u8; 32], Option<Zeroizing<Vec<u8>>>);

fn take_pieces<P: AsRef<[u8]>>(
    from: &mut mpsc::Receiver<Fed<P>>,
    sealing: &mut Option<(BlobSealer, BlobWriter)>,
    most: usize,
) -> Result<Pieces, AddError> {
    let (mut sniffer, mut hash, mut mail) = (Sniffer::default(), Sha256::new(), Some(Mail::default()));
    loop {
        match from.blocking_recv() {
            Some(Fed::Piece(piece)) => {
                let piece = piece.as_ref();
                if sniffer.size() + piece.len() > most {
                    return Err(AddError::Unread(Unread::TooLarge));
                }
                sniffer.push(piece).map_err(refused)?;
                hash.update(piece);
                mail = mail.filter(|_| sniffer.may_be_mail()).and_then(|mail| mail.with(piece));
                if let Some((sealer, writer)) = sealing {
                    sealer.push(piece, writer).map_err(|error| AppError::from(BlobError::Stream(error)))?;
                }
            }
            Some(Fed::End) => return Ok((sniffer, hash.finalize().into(), mail.map(|mail| mail.0))),
            None => return Err(AddError::Unread(Unread::Broken)),
        }
    }
}

/// What has come of a content that may be a mail, up to what may be looked into.
#[derive(Default)]
struct Mail(Zeroizing<Vec<u8>>);

impl Mail {
    fn with(mut self, piece: &[u8]) -> Option<Self> {
        let needed = self.0.len() + piece.len();
        if needed > MAIL_BYTES_MAX {
            return None;
        }
        if needed > self.0.capacity() {
            // Grown by hand: what a vector leaves behind when it moves is not wiped.
            let mut larger = Zeroizing::new(Vec::with_capacity((2 * needed).min(MAIL_BYTES_MAX)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(piece);
        Some(self)
    }
}
