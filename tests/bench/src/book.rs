//! Wardbook's own append, with everything real, on either engine.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use wardbook_ledger::{Append, Database, Ledger, Limits, MIGRATIONS, StreamId, VerifyOptions, verify};
use wardbook_testkit::sqlite_url;
use wardbook_vault::{KeyId, KeyStore, RecoveryIdentity, ServiceIdentity, Surroundings, Vault};

use crate::clock::{WallClock, system_rng, wall_micros};
use crate::load::{Caller, Slice, drive};
use crate::note::Sealer;

const MAC_KEY: [u8; 32] = [5; 32];

/// One trust's book and the callers that write to it.
pub(crate) struct Book {
    ledger: Ledger,
    sealer: Arc<Sealer>,
    callers: Vec<Writer>,
    /// Events that were acknowledged.
    acknowledged: u64,
}

/// Writes notes to a stream of its own, each at the version after the last.
struct Writer {
    ledger: Ledger,
    sealer: Arc<Sealer>,
    stream: StreamId,
    key: KeyId,
    version: u64,
}

impl Book {
    /// A new trust's book in the database at `url`, its keys in a key store in `folder`, and `callers` streams.
    pub(crate) async fn create(url: &str, folder: &Path, name: &str, callers: usize, text_bytes: usize) -> Result<Self> {
        let store = KeyStore::connect(&sqlite_url(folder, &format!("{name}-keys.db"))).await?;
        let rng = &mut system_rng();
        let (service, recovery) = (ServiceIdentity::generate(rng), RecoveryIdentity::generate(rng));
        let surroundings = Surroundings::new(Arc::new(wall_micros), Box::new(system_rng()));
        let vault = Vault::create(&store, [3; 16], &service, &recovery.recipient(), surroundings).await?;
        let sealer = Sealer::new(vault, text_bytes);
        let database = Database::connect(url).await?;
        database.migrate(MIGRATIONS).await?;
        let ledger = Ledger::open(database, sealer.trust, MAC_KEY, Arc::new(WallClock), Limits::default());
        ledger.create_trust().await?;
        let mut book = Self { ledger, sealer, callers: Vec::new(), acknowledged: 0 };
        for _ in 0..callers {
            let (stream, key) = book.sealer.new_stream().await?;
            let (ledger, sealer) = (book.ledger.clone(), Arc::clone(&book.sealer));
            book.callers.push(Writer { ledger, sealer, stream, key, version: 0 });
        }
        Ok(book)
    }

    /// Bytes of the `sealed` column of each event.
    pub(crate) async fn sealed_column_len(&self) -> Result<usize> {
        self.sealer.sealed_column_len().await
    }

    /// Lets the first `callers` write for `length`.
    pub(crate) async fn run(&mut self, callers: usize, length: Duration) -> Result<Slice> {
        let chosen = self.callers.drain(..callers).collect();
        let (slice, back) = drive(chosen, length).await?;
        self.callers.splice(..0, back);
        self.acknowledged += slice.rows;
        Ok(slice)
    }

    /// What was acknowledged is there, nothing else is, and it verifies: a fast book that loses events is no book.
    pub(crate) async fn check(&self) -> Result<()> {
        let options = VerifyOptions { mac_key: Some(MAC_KEY), ..VerifyOptions::default() };
        let verdict = verify(self.ledger.database(), self.sealer.trust, &options, |_, _| {}).await?;
        ensure!(verdict.intact, "the book is damaged: {:?}", verdict.first_bad);
        ensure!(verdict.size == self.acknowledged, "{} events acknowledged, {} there", self.acknowledged, verdict.size);
        Ok(())
    }
}

impl Caller for Writer {
    async fn call(&mut self) -> Result<u64> {
        let note = self.sealer.note(self.stream, self.key, self.version).await?;
        let append = Append { writes: vec![note.write], guards: Vec::new(), command: Some(note.command) };
        let appended = self.ledger.append(append).await.context("an append failed")?;
        self.version += 1;
        ensure!(appended.versions == [(self.stream, self.version)], "the append was answered with another version");
        Ok(1)
    }
}
