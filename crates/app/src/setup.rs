//! Making a trust and opening it: database, key store, vault, book, views, and the profile in force.

use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
};

use tokio::sync::watch;
use wardbook_domain::{
    equipment::Register,
    event::AnyEvent,
    profile::{Profile, ProfileError},
    settings::{ProfileAdopted, ProfileProposed, SettingsEvent, TrustOpened},
};
use wardbook_ledger::{Database, DatabaseError, Ledger, Limits, NotesDir, NotesError, TrustId};
use wardbook_vault::{Audience, Recipient, Secret32, ServiceIdentity, StoreError, Surroundings, Vault, VaultError};
use wardbook_views::{Blinds, Opener, Runner, Watch};

use crate::{
    AppError, Clock, Entropy,
    accounts::{failures::Failures, set_up::SetUp},
    blobs::{BlobStore, BlobsAt},
    book::{Act, StreamWrite},
    directory::DirectoryCache,
    evidence::FilesPolicy,
    host::{Host, Stores},
    lists::{ListCache, Pupils},
    profiles::Proposals,
    traces::Traces,
};

/// The profiles that come with Wardbook, by name.
pub const SHIPPED_PROFILES: &[(&str, &str)] =
    &[("clpt", include_str!("../../../ops/profiles/clpt.toml")), ("coastal", include_str!("../../../ops/profiles/coastal.toml"))];

/// What is needed to open a trust.
#[derive(Debug)]
pub struct Opening {
    /// URL of the book's database.
    pub database: String,
    /// URL of the key store.
    pub keys: String,
    /// The trust.
    pub trust: TrustId,
    /// The folder of signed notes.
    pub notes: PathBuf,
    /// Where sealed attachments are kept.
    pub blobs: BlobsAt,
    /// What is taken in of files.
    pub files: FilesPolicy,
    /// The service identity.
    pub identity: ServiceIdentity,
    /// The book's clock: what is recorded, due and shown.
    pub clock: Clock,
    /// The machine's clock: sessions, codes, tokens, drafts, limits and the vault's caches. Only a demonstration has two.
    pub machine: Clock,
    /// Randomness; it also feeds the vault.
    pub entropy: Entropy,
}

/// Why a trust cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The book's database.
    #[error("the book's database: {0}")]
    Database(#[source] DatabaseError),
    /// The key store.
    #[error("the key store: {0}")]
    KeyStore(#[source] StoreError),
    /// The vault.
    #[error("the vault: {0}")]
    Vault(#[source] VaultError),
    /// Book and key store are in one PostgreSQL cluster: one backup would hold both (design §4).
    #[error("book and key store are in one PostgreSQL cluster; give the key store a cluster of its own, or an SQLite file")]
    SameCluster,
    /// The folder of signed notes.
    #[error("the folder of signed notes: {0}")]
    Notes(#[source] NotesError),
    /// The profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The trust has no settings in this book.
    #[error("this book holds no trust of that id; run `wardbook init`")]
    NoTrust,
    /// Anything else.
    #[error("{0}")]
    App(#[from] AppError),
}

/// The keys that the use cases need, named secrets of the vault.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) command: Secret32,
    pub(crate) create: Secret32,
    pub(crate) import: Secret32,
    pub(crate) shown: Secret32,
    pub(crate) cursor: Secret32,
    pub(crate) access: Secret32,
    pub(crate) sign_in: Secret32,
    pub(crate) form: Secret32,
    pub(crate) visitor: Secret32,
    pub(crate) notice: Secret32,
    pub(crate) mac: Secret32,
    pub(crate) signing: Secret32,
}

impl Keys {
    async fn load(vault: &Vault, host: &Host) -> Result<Self, AppError> {
        Ok(Self {
            command: vault.secret("app/command").await?,
            create: vault.secret("app/create").await?,
            import: vault.secret("app/import").await?,
            shown: vault.secret("app/shown").await?,
            cursor: vault.secret("app/cursor").await?,
            access: vault.secret("app/access").await?,
            // Accounts, and forms of visitors who are nobody yet, belong to no trust.
            sign_in: host.vault.secret("app/sign-in").await?,
            form: vault.secret("app/form").await?,
            visitor: host.vault.secret("app/form").await?,
            notice: vault.secret("app/notice").await?,
            mac: vault.secret("ledger/command-records").await?,
            signing: vault.secret("ledger/signing").await?,
        })
    }
}

/// One trust, opened. Cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

/// The parts of an opened trust.
pub struct Inner {
    pub(crate) trust: TrustId,
    pub(crate) name: String,
    pub(crate) profile: RwLock<Arc<Profile>>,
    /// The proposals that wait for a second person, as of the last look at the settings.
    pub(crate) proposed: RwLock<Arc<Vec<ProfileProposed>>>,
    pub(crate) db: Database,
    pub(crate) vault: Vault,
    pub(crate) host: Arc<Host>,
    pub(crate) ledger: Ledger,
    pub(crate) opener: Opener,
    pub(crate) blinds: Blinds,
    pub(crate) runner: Runner,
    pub(crate) views: Watch,
    pub(crate) directory: DirectoryCache,
    pub(crate) pupils: ListCache<Pupils>,
    pub(crate) equipment: ListCache<Register>,
    pub(crate) traces: Traces,
    pub(crate) failures: Failures,
    pub(crate) set_up: SetUp,
    pub(crate) keys: Keys,
    pub(crate) notes: NotesDir,
    pub(crate) blobs: BlobStore,
    pub(crate) files: FilesPolicy,
    pub(crate) clock: Clock,
    pub(crate) machine: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) views_failed: watch::Sender<bool>,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({})", self.trust)
    }
}

impl App {
    /// Makes a new trust: its keys for service and recovery, its book, its first events; and opens it.
    pub async fn create(opening: Opening, name: &str, profile: &str, recovery: &Recipient) -> Result<Self, SetupError> {
        let stores = Stores::connect(&opening).await?;
        Self::create_on(opening, stores, name, profile, recovery).await
    }

    pub(crate) async fn create_on(
        opening: Opening,
        stores: Stores,
        name: &str,
        profile: &str,
        recovery: &Recipient,
    ) -> Result<Self, SetupError> {
        let parsed = Profile::parse(profile)?;
        let trust = *opening.trust.as_bytes();
        Vault::create(&stores.keys, trust, &opening.identity, recovery, surroundings(&opening)).await.map_err(SetupError::Vault)?;
        let app = Self::assemble(opening, stores, name.to_owned(), parsed.clone()).await?;
        app.ledger.create_trust().await.map_err(|error| SetupError::App(crate::error::append_error(error)))?;
        let events: [SettingsEvent; 2] = [
            TrustOpened { name: name.to_owned() }.into(),
            ProfileAdopted {
                id: parsed.id.clone(),
                version: parsed.version,
                text: profile.to_owned(),
                reason: "chosen when the book was opened".into(),
                proposal: None,
                confirmed_by: None,
            }
            .into(),
        ];
        let stream = app.settings_stream();
        let command = app.command(b"set-up", "init", Some("init"), name.as_bytes());
        let keys = app.new_keys(&[Audience::Settings]).await?;
        let write = StreamWrite { stream, expected: 0, keys, events: events.iter().map(SettingsEvent::written).collect() };
        let act = Act { actor: None, duty: None, command };
        app.append(&act, &[write]).await.map_err(|failed| SetupError::App(failed.settled()))?;
        app.runner.ensure().await.map_err(|error| SetupError::App(AppError::unavailable(error)))?;
        app.host.enter(&app);
        Ok(app)
    }

    /// Opens a trust that exists.
    pub async fn open(opening: Opening) -> Result<Self, SetupError> {
        let stores = Stores::connect(&opening).await?;
        Self::open_on(opening, stores).await
    }

    pub(crate) async fn open_on(opening: Opening, stores: Stores) -> Result<Self, SetupError> {
        let any = Profile::parse(SHIPPED_PROFILES[0].1)?;
        let mut app = Self::assemble(opening, stores, String::new(), any).await?;
        let (name, profile, waiting) = app.settings().await?;
        let inner = Arc::get_mut(&mut app.0).expect("nothing else holds the app that has just been made");
        inner.name = name;
        inner.profile = RwLock::new(Arc::new(profile));
        inner.proposed = RwLock::new(Arc::new(waiting));
        app.runner.ensure().await.map_err(|error| SetupError::App(AppError::unavailable(error)))?;
        app.host.enter(&app);
        Ok(app)
    }

    async fn assemble(opening: Opening, stores: Stores, name: String, profile: Profile) -> Result<Self, SetupError> {
        let trust = opening.trust;
        let around = surroundings(&opening);
        let Stores { db, keys: store, host } = stores;
        let vault = Vault::open(&store, *trust.as_bytes(), &opening.identity, around).await.map_err(SetupError::Vault)?;
        let host = host.unwrap_or_else(|| Host::of(trust, vault.clone(), store));
        let keys = Keys::load(&vault, &host).await?;
        let clock: Arc<dyn wardbook_ledger::Clock> = Arc::new(opening.clock.clone());
        let ledger = Ledger::open(db.clone(), trust, *keys.mac.expose(), clock, Limits::default());
        let opener = Opener::new(trust, vault.clone());
        let blinds = Blinds::load(&vault).await.map_err(AppError::from)?;
        let runner = Runner::new(db.clone(), trust, ledger.clone(), opener.clone(), blinds.clone());
        let notes = NotesDir::open(opening.notes).map_err(SetupError::Notes)?;
        let blobs = match &opening.blobs {
            BlobsAt::Folder(base) => BlobStore::folder(base, trust),
            BlobsAt::Table => BlobStore::table(db.clone(), trust),
        };
        let inner = Inner {
            trust,
            name,
            profile: RwLock::new(Arc::new(profile)),
            proposed: RwLock::default(),
            views: runner.watch(),
            runner,
            traces: Traces::start(trust, ledger.clone(), vault.clone(), keys.access.clone(), opening.entropy.clone()),
            db,
            vault,
            host,
            ledger,
            opener,
            blinds,
            directory: DirectoryCache::default(),
            pupils: ListCache::default(),
            equipment: ListCache::default(),
            failures: Failures::default(),
            set_up: SetUp::default(),
            keys,
            notes,
            blobs,
            files: opening.files,
            clock: opening.clock,
            machine: opening.machine,
            entropy: opening.entropy,
            stop: watch::Sender::new(false),
            views_failed: watch::Sender::new(false),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// What is taken in of files.
    pub fn files(&self) -> FilesPolicy {
        self.files
    }

    /// Starts what runs beside the requests: the views' runner. Returns at once.
    pub fn start(&self) -> tokio::task::JoinHandle<()> {
        let (runner, stop, failed) = (self.runner.clone(), self.stop.subscribe(), self.views_failed.clone());
        tokio::spawn(self.clone().count_by_the_minute(self.stop.subscribe()));
        tokio::spawn(async move {
            if let Ok(outdated) = runner.outdated().await
                && !outdated.is_empty()
            {
                tracing::warn!(views = ?outdated, "views.runner.outdated: run `wardbook views rebuild`");
            }
            runner
                .run(stop, move |error| {
                    failed.send_replace(error.is_some());
                })
                .await;
        })
    }

    /// Writes by the minute what failed of signing in, until told to stop.
    async fn count_by_the_minute(self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(std::time::Duration::from_mins(1)) => {}
            }
            if let Err(error) = self.write_failures().await {
                tracing::warn!(%error, "app.accounts.failures_wait");
            }
        }
    }

    /// Stops what [`App::start`] started and lets the book finish what it has taken in.
    pub async fn shutdown(&self) {
        self.stop.send_replace(true);
        if let Err(error) = self.write_all_failures().await {
            tracing::error!(%error, "app.accounts.failures_lost");
        }
        self.traces.close().await;
        self.ledger.shutdown().await;
    }

    /// The trust's id.
    pub fn trust(&self) -> TrustId {
        self.trust
    }

    /// The trust's name.
    pub fn trust_name(&self) -> &str {
        &self.name
    }

    /// The profile in force.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.profile.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The book's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The machine's clock, for everything outside the book.
    pub fn machine(&self) -> &Clock {
        &self.machine
    }

    /// Randomness.
    pub fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// Whether the service can do its work now: the book answers and the views run.
    pub async fn is_ready(&self) -> bool {
        self.ledger.head().await.is_ok() && !*self.views_failed.borrow()
    }

    /// Waits until every view shows the event at `position`, for a caller that looks at its own write next.
    pub(crate) async fn shown_by_views(&self, position: Option<u64>) {
        if let Some(position) = position
            && !self.views.reached(position, std::time::Duration::from_secs(5)).await
        {
            tracing::warn!("app.views.slow: the answer is durable but not in every list yet");
        }
    }

    /// Takes in everything that is in the book by now: for set-up, where nothing runs beside.
    pub async fn catch_up(&self) -> Result<(), AppError> {
        self.runner.catch_up().await.map_err(AppError::unavailable)
    }

    /// Rebuilds one view, or every view, and makes the new rows live.
    pub async fn rebuild(&self, view: Option<&str>, mut progress: impl FnMut(&str, u64, u64)) -> Result<(), AppError> {
        let names: Vec<&str> = view.map_or_else(|| wardbook_views::views().iter().map(|view| view.name()).collect(), |view| vec![view]);
        for name in names {
            let id = self.entropy.bytes();
            let outcome = wardbook_views::rebuild(&self.runner, name, id, |done, total| progress(name, done, total)).await;
            outcome.map_err(|error| match error {
                wardbook_views::RebuildError::NoSuchView(_) => {
                    AppError::Invalid(wardbook_domain::field::Invalid::one("view", error.to_string()))
                }
                other @ wardbook_views::RebuildError::Runner(_) => AppError::unavailable(other),
            })?;
        }
        Ok(())
    }

    /// The canonical dump of a view.
    pub async fn dump(&self, view: &str) -> Result<String, AppError> {
        Ok(wardbook_views::dump(&self.db, self.trust, view).await?)
    }

    pub(crate) fn settings_stream(&self) -> [u8; 16] {
        wardbook_vault::blind(&self.keys.create, &[b"settings"])
    }

    /// The trust's name, the profile in force and the proposals that wait.
    async fn settings(&self) -> Result<(String, Profile, Vec<ProfileProposed>), SetupError> {
        let stream = self.load(self.settings_stream()).await?;
        let events = self.open_all(&stream).await?;
        let name = events.iter().find_map(|(_, event)| match event {
            AnyEvent::Settings(SettingsEvent::TrustOpened(opened)) => Some(opened.name.clone()),
            _ => None,
        });
        let Proposals { in_force, waiting, .. } = Proposals::of(stream.version(), events);
        let (name, profile) = name.zip(in_force).ok_or(SetupError::NoTrust)?;
        Ok((name, Profile::parse(&profile)?, waiting))
    }
}

fn surroundings(opening: &Opening) -> Surroundings {
    let seed: [u8; 32] = opening.entropy.bytes();
    // A source of its own, so that sealing and key making do not wait for each other.
    let rng = <rand::rngs::StdRng as rand::SeedableRng>::from_seed(seed);
    Surroundings::new(opening.machine.micros(), Box::new(rng))
}
