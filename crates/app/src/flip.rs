//! What a changed byte does: a copy of an embedded book, one byte of one sealed envelope flipped in it, and the verdict on both.
//!
//! For the demonstration and for people who want to see it with their own eyes. The book itself is read only.

use std::path::{Path, PathBuf};

use wardbook_ledger::{Database, DatabaseOptions, Verdict};
use wardbook_views::sql::{Arg, Row, execute, fetch};

use crate::{
    App, AppError,
    checkpoint::{VerdictShown, VerifyAsk},
};

/// The file name of the copy, for as long as it is there.
const COPY: &str = "flipped-copy.db";
/// Where the ciphertext of an event's first envelope begins (docs/format.md): behind the count, the length, the version, the key's id
/// and the nonce.
const CIPHERTEXT_AT: usize = 1 + 4 + 1 + 16 + 24;
/// The smallest size class: every ciphertext is at least so long.
const CIPHERTEXT_MIN: usize = 512;

/// What was changed, and what the check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flipped {
    /// The position of the event whose byte was flipped in the copy.
    pub position: u64,
    /// The verdict on the copy.
    pub copy: VerdictShown,
    /// The verdict on the book itself, checked right after.
    pub book: VerdictShown,
}

impl App {
    /// Copies the book into `dir`, flips one byte of a random event there, checks the copy and the book, and removes the copy. One at a
    /// time for each folder.
    pub async fn flip_one_byte(&self, dir: &Path) -> Result<Flipped, AppError> {
        let Database::Sqlite { .. } = &self.db else {
            return Err(AppError::State("only an embedded book can be copied by the server itself".into()));
        };
        let copy = Copy::of(&self.db, dir).await?;
        let checked = async {
            let position = self.flip_in(&copy.db).await?;
            let options = VerifyAsk::default().options(Some(*self.keys.mac.expose()), &self.notes, Some(self.signer()?.verifier()))?;
            let verdict = wardbook_ledger::verify(&copy.db, self.trust, &options, |_, _| {}).await;
            Ok::<(u64, Verdict), AppError>((position, verdict.map_err(AppError::unavailable)?))
        };
        let outcome = checked.await;
        copy.remove().await?;
        let (position, verdict) = outcome?;
        let book = self.verify(&VerifyAsk::default(), |_, _| {}).await?;
        Ok(Flipped { position, copy: verdict.into(), book: book.into() })
    }

    async fn flip_in(&self, copy: &Database) -> Result<u64, AppError> {
        let size = self.head_size().await?;
        if size == 0 {
            return Err(AppError::State("the book is empty".into()));
        }
        let position = u64::from_be_bytes(self.entropy.bytes()) % size;
        let at = [Arg::Bytes(self.trust.as_bytes()), Arg::Int(position.cast_signed())];
        let sql = "-- flip.read\nSELECT sealed FROM events WHERE trust_id = $1 AND position = $2".to_owned();
        let mut sealed: Vec<u8> = fetch(copy, sql, &at).await?.first().map(|row: &Row| row.bytes(0)).transpose()?.unwrap_or_default();
        let within = usize::from(u16::from_be_bytes(self.entropy.bytes())) % CIPHERTEXT_MIN;
        *sealed.get_mut(CIPHERTEXT_AT + within).ok_or_else(|| AppError::internal("an event without an envelope"))? ^= 1;
        let sql = "-- flip.write\nUPDATE events SET sealed = $3 WHERE trust_id = $1 AND position = $2".to_owned();
        execute(copy, sql, &[at[0], at[1], Arg::Bytes(&sealed)]).await?;
        Ok(position)
    }
}

/// A copy of the book in a file of its own.
struct Copy {
    db: Database,
    file: PathBuf,
}

impl Copy {
    async fn of(book: &Database, dir: &Path) -> Result<Self, AppError> {
        let file = dir.join(COPY);
        remove(&file)?;
        let name = file.to_str().ok_or_else(|| AppError::internal("the folder's path is not UTF-8"))?;
        // One consistent state, whatever is written meanwhile.
        execute(book, "-- flip.copy\nVACUUM INTO $1".to_owned(), &[Arg::Text(name)]).await?;
        let escaped = name.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        let options = DatabaseOptions { readers: 1, ..DatabaseOptions::default() };
        match Database::connect_with(&format!("sqlite://{escaped}"), options).await {
            Ok(db) => Ok(Self { db, file }),
            Err(error) => {
                remove(&file)?;
                Err(AppError::unavailable(error))
            }
        }
    }

    async fn remove(self) -> Result<(), AppError> {
        self.db.close().await;
        remove(&self.file)
    }
}

fn remove(file: &Path) -> Result<(), AppError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        match std::fs::remove_file(Path::new(&path)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(AppError::unavailable(error)),
            _ => {}
        }
    }
    Ok(())
}
