//! Proof: signed checkpoints, kept outside the database, and the check of the whole book.

use wardbook_ledger::{CheckpointError, NotesDir, SignedNote, Signer, TrustId, Verdict, Verifier, VerifyOptions, note};

use crate::{App, AppError, setup::Opening, setup::SetupError};

impl App {
    /// Signs the committed head (or finds the note over it), keeps it in the folder of notes, and returns its text.
    pub async fn sign_checkpoint(&self) -> Result<String, AppError> {
        let signed = wardbook_ledger::sign_checkpoint(&self.ledger, &self.notes, &self.signer()?).await;
        signed.map(|note| note.to_string()).map_err(|error| match error {
            CheckpointError::BelowHighest { .. } | CheckpointError::Forked { .. } => AppError::State(error.to_string()),
            other => AppError::unavailable(other),
        })
    }

    /// The key with which others verify the trust's checkpoints.
    pub fn verifier_key(&self) -> Result<String, AppError> {
        Ok(self.signer()?.verifier().to_string())
    }

    pub(crate) fn signer(&self) -> Result<Signer, AppError> {
        Signer::from_seed(&note::origin(self.trust), self.keys.signing.expose()).map_err(AppError::internal)
    }

    /// Checks the whole book with the command records and the kept notes.
    pub async fn verify(&self, ask: &VerifyAsk, progress: impl FnMut(u64, u64) + Send) -> Result<Verdict, AppError> {
        let own = self.signer()?.verifier();
        let options = ask.options(Some(*self.keys.mac.expose()), &self.notes, Some(own))?;
        wardbook_ledger::verify(&self.db, self.trust, &options, progress).await.map_err(AppError::unavailable)
    }
}

/// What to check the book against, beside itself.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyAsk {
    /// The text of a signed note kept somewhere else.
    #[serde(default)]
    pub checkpoint: Option<String>,
    /// The verifier key of the signer; the trust's own, where none is given.
    #[serde(default)]
    pub key: Option<String>,
}

impl VerifyAsk {
    pub(crate) fn options(&self, mac_key: Option<[u8; 32]>, notes: &NotesDir, own: Option<Verifier>) -> Result<VerifyOptions, AppError> {
        let wrong = |field: &str, error: &dyn std::fmt::Display| {
            AppError::Invalid(wardbook_domain::field::Invalid::one(field, format!("cannot be read: {error}")))
        };
        let checkpoint = self.checkpoint.as_deref().map(SignedNote::parse).transpose().map_err(|e| wrong("checkpoint", &e))?;
        let given = self.key.as_deref().map(Verifier::parse).transpose().map_err(|e| wrong("key", &e))?;
        Ok(VerifyOptions { mac_key, notes: Some(notes.clone()), checkpoint, verifier: given.or(own) })
    }
}

/// Checks a book without the service: with the command records where the identity could be opened, without them where it could not.
pub async fn verify_offline(
    database: &str,
    trust: TrustId,
    notes: &std::path::Path,
    opening: Option<&Opening>,
    ask: &VerifyAsk,
    progress: impl FnMut(u64, u64) + Send,
) -> Result<Verdict, SetupError> {
    let db = wardbook_ledger::Database::connect_read_only(database).await.map_err(SetupError::Database)?;
    let (mut mac, mut own) = (None, None);
    if let Some(opening) = opening {
        let store = wardbook_vault::KeyStore::connect(&opening.keys).await.map_err(SetupError::KeyStore)?;
        let around = wardbook_vault::Surroundings::new(
            opening.machine.micros(),
            Box::new(<rand::rngs::StdRng as rand::SeedableRng>::from_seed(opening.entropy.bytes())),
        );
        let vault = wardbook_vault::Vault::open(&store, *trust.as_bytes(), &opening.identity, around).await.map_err(SetupError::Vault)?;
        mac = Some(*vault.secret("ledger/command-records").await.map_err(AppError::from)?.expose());
        let seed = vault.secret("ledger/signing").await.map_err(AppError::from)?;
        own = Some(Signer::from_seed(&note::origin(trust), seed.expose()).map_err(AppError::internal)?.verifier());
    }
    let options = ask.options(mac, &NotesDir::at(notes), own)?;
    let verdict = wardbook_ledger::verify(&db, trust, &options, progress).await;
    verdict.map_err(|error| SetupError::App(AppError::unavailable(error)))
}

/// The verdict as the command line and the API print it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VerdictShown {
    /// Nothing was found to be wrong.
    pub intact: bool,
    /// Number of events.
    pub size: u64,
    /// Root of the tree over them, in base64 as in the signed notes.
    pub root: String,
    /// The lowest place known to be wrong.
    pub first_bad: Option<FirstBadShown>,
    /// Whether the command records were checked: that needs the service identity.
    pub commands_checked: bool,
}

/// Where and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirstBadShown {
    /// The event's position, where one can be named.
    pub position: Option<u64>,
    /// What is wrong with it.
    pub what: String,
}

impl From<Verdict> for VerdictShown {
    fn from(verdict: Verdict) -> Self {
        use base64::Engine as _;
        Self {
            intact: verdict.intact,
            size: verdict.size,
            root: base64::engine::general_purpose::STANDARD.encode(verdict.root),
            first_bad: verdict.first_bad.map(|bad| FirstBadShown { position: bad.position, what: bad.what }),
            commands_checked: verdict.commands_checked,
        }
    }
}

impl App {
    /// The number of events in the book: for tests and for the operator, never for a page (design §1.4).
    pub async fn head_size(&self) -> Result<u64, AppError> {
        Ok(self.ledger.head().await?.size)
    }

    /// When the last event was recorded; none in an empty book. For a clock that must not run behind it.
    pub async fn head_recorded_at(&self) -> Result<Option<wardbook_domain::Instant>, AppError> {
        let head = self.ledger.head().await?;
        Ok((head.size > 0).then(|| wardbook_domain::Instant::from_micros(head.recorded_at)))
    }

    /// Forgets command records that are older than their 400 days; how many.
    pub async fn purge_commands(&self) -> Result<u64, AppError> {
        const DAYS: i64 = 400;
        let before = self.clock.now().plus_seconds(-DAYS * 86_400).as_micros();
        Ok(self.ledger.purge_commands(before).await?)
    }
}

/// For tests that look behind the use cases, and for the operator's tools.
impl App {
    /// What opens the trust's events.
    pub fn opener(&self) -> &wardbook_views::Opener {
        &self.opener
    }

    /// The events of the book as stored.
    pub async fn read_book(&self, from: u64, limit: usize) -> Result<Vec<wardbook_ledger::StoredEvent>, AppError> {
        Ok(self.ledger.read(from, limit).await?)
    }
}
