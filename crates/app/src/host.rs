//! What the trusts of one host share: a database, a key store, and the accounts with all that lets somebody in (design §5).
//!
//! The trust that is opened first makes the host; others are opened beside it. Each has a book, keys, state and directory of its own, and
//! whoever needs several asks each by itself and joins the answers in memory: no statement is of two trusts. Accounts, sessions, tokens
//! and codes belong to no trust. They are kept under keys of the first, which is why its place is never another's.
//!
//! To share something else: decide whose it is first. What tells of a matter, a person or a duty belongs to a trust.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use wardbook_ledger::{Database, TrustId};
use wardbook_vault::{KeyStore, Recipient, Vault};

use crate::{
    App, AppError,
    setup::{Inner, Opening, SetupError},
};

/// A host, shared by its trusts.
pub(crate) struct Host {
    /// The trust whose keys the accounts are kept under.
    first: TrustId,
    pub(crate) vault: Vault,
    store: KeyStore,
    /// In the order in which they were opened. Weak, as every trust holds its host.
    trusts: RwLock<Vec<Weak<Inner>>>,
}

impl Host {
    /// The host of the trust that is opened first.
    pub(crate) fn of(first: TrustId, vault: Vault, store: KeyStore) -> Arc<Self> {
        Arc::new(Self { first, vault, store, trusts: RwLock::default() })
    }

    /// The trust under whose keys the accounts are kept; what was kept before there could be several is of it.
    pub(crate) fn first(&self) -> [u8; 16] {
        *self.first.as_bytes()
    }

    pub(crate) fn enter(&self, trust: &App) {
        self.trusts.write().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&trust.0));
    }

    fn opened(&self) -> Vec<App> {
        self.trusts.read().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).map(App).collect()
    }
}

impl App {
    /// Opens another trust of the same host. Its database and key store are those of this one, whatever `opening` says.
    pub async fn open_beside(&self, opening: Opening) -> Result<Self, SetupError> {
        Self::open_on(opening, self.stores()).await
    }

    /// Makes another trust of the same host, with keys of its own.
    pub async fn create_beside(&self, opening: Opening, name: &str, profile: &str, recovery: &Recipient) -> Result<Self, SetupError> {
        Self::create_on(opening, self.stores(), name, profile, recovery).await
    }

    fn stores(&self) -> Stores {
        Stores { db: self.db.clone(), keys: self.host.store.clone(), host: Some(Arc::clone(&self.host)) }
    }

    /// The trusts that are opened on this host, the first first; this one is among them.
    pub fn trusts(&self) -> Vec<App> {
        self.host.opened()
    }

    /// Whether this host has one trust only.
    pub fn is_alone(&self) -> bool {
        self.host.opened().len() < 2
    }

    /// One of the trusts of this host.
    pub(crate) fn beside(&self, trust: &[u8; 16]) -> Option<App> {
        self.host.opened().into_iter().find(|app| app.trust.as_bytes() == trust)
    }
}

/// Where a trust is kept, and on which host; none before it has one.
pub(crate) struct Stores {
    pub(crate) db: Database,
    pub(crate) keys: KeyStore,
    pub(crate) host: Option<Arc<Host>>,
}

impl Stores {
    /// Connects to what a host's first trust is kept in.
    pub(crate) async fn connect(opening: &Opening) -> Result<Self, SetupError> {
        let db = Database::connect(&opening.database).await.map_err(SetupError::Database)?;
        let migrations = [wardbook_ledger::MIGRATIONS, wardbook_views::MIGRATIONS, crate::state::MIGRATIONS].concat();
        db.migrate(&migrations).await.map_err(SetupError::Database)?;
        let store = KeyStore::connect(&opening.keys).await.map_err(SetupError::KeyStore)?;
        if let Database::Postgres(_) = &db
            && let Some(keys) = store.system_identifier().await.map_err(SetupError::KeyStore)?
        {
            let sql = "-- setup.system_identifier\nSELECT system_identifier FROM pg_control_system()".to_owned();
            let rows = wardbook_views::sql::fetch(&db, sql, &[]).await.map_err(AppError::from)?;
            if rows.first().map(|row| row.int(0)).transpose().map_err(AppError::from)? == Some(keys) {
                return Err(SetupError::SameCluster);
            }
        }
        Ok(Self { db, keys: store, host: None })
    }
}
