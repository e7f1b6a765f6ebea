//! Every kind of state outside the book, in one list: its table and the life of its keys in days (design §5).
//!
//! A value is sealed under a key of its kind and epoch; an epoch lasts one life. Keys of epochs that ended a life ago are forgotten,
//! and with them what any backup still holds. What lets somebody in belongs to the host, all else to a trust. To add a kind: a variant here, its two migrations, its life with the reason.

use serde::{Serialize, de::DeserializeOwned};
use wardbook_domain::Instant;
use wardbook_ledger::Migration;
use wardbook_vault::{open_state, seal_state};
use wardbook_views::sql::{Arg, execute, fetch};

use crate::{App, AppError};

/// The tables of the state, and those of [`crate::blobs`].
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 301,
        name: "state",
        sqlite: include_str!("../../../migrations/sqlite/0301_state.sql"),
        postgres: include_str!("../../../migrations/postgres/0301_state.sql"),
    },
    Migration {
        version: 302,
        name: "blobs",
        sqlite: include_str!("../../../migrations/sqlite/0302_blobs.sql"),
        postgres: include_str!("../../../migrations/postgres/0302_blobs.sql"),
    },
    Migration {
        version: 303,
        name: "blob parts",
        sqlite: include_str!("../../../migrations/sqlite/0303_blob_parts.sql"),
        postgres: include_str!("../../../migrations/postgres/0303_blob_parts.sql"),
    },
    Migration {
        version: 305,
        name: "notices",
        sqlite: include_str!("../../../migrations/sqlite/0305_notices.sql"),
        postgres: include_str!("../../../migrations/postgres/0305_notices.sql"),
    },
    Migration {
        version: 320,
        name: "searches",
        sqlite: include_str!("../../../migrations/sqlite/0320_searches.sql"),
        postgres: include_str!("../../../migrations/postgres/0320_searches.sql"),
    },
    Migration {
        version: 330,
        name: "visits",
        sqlite: include_str!("../../../migrations/sqlite/0330_visits.sql"),
        postgres: include_str!("../../../migrations/postgres/0330_visits.sql"),
    },
];

const DAY_MICROS: i64 = 86_400_000_000;

/// A kind of state outside the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Accounts: password hash and history, links to people. Sealed anew at every change and once a life.
    Account,
    /// Sessions of browsers.
    Session,
    /// API tokens.
    Token,
    /// One-time codes.
    Code,
    /// Forms not yet filed.
    Draft,
    /// What somebody searched for.
    Search,
    /// Notices to be handed over, and what became of them: see [`crate::notices`].
    Notice,
    /// Feeds of due instants for calendars.
    Feed,
    /// When a head last looked at what changed: see [`crate::today`].
    Visit,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] =
        [Self::Account, Self::Session, Self::Token, Self::Code, Self::Draft, Self::Search, Self::Notice, Self::Feed, Self::Visit];

    /// The table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Account => "state_account",
            Self::Session => "state_session",
            Self::Token => "state_token",
            Self::Code => "state_code",
            Self::Draft => "state_draft",
            Self::Search => "state_search",
            Self::Notice => "state_notice",
            Self::Feed => "state_feed",
            Self::Visit => "state_visit",
        }
    }

    /// The life of its keys in days.
    pub const fn life_days(self) -> i64 {
        match self {
            Self::Account | Self::Visit => 400,
            Self::Session => 2,
            Self::Token | Self::Feed => 366,
            Self::Code => 4,
            Self::Draft => 31,
            // Long enough to come back to after lessons.
            Self::Search => 1,
            Self::Notice => 62,
        }
    }

    /// Whether it belongs to no trust: kept under the host's keys, whichever trust asks.
    const fn is_of_host(self) -> bool {
        matches!(self, Self::Account | Self::Session | Self::Token | Self::Code)
    }

    fn epoch(self, at: Instant) -> u64 {
        u64::try_from(at.as_micros().max(0) / (DAY_MICROS * self.life_days())).unwrap_or(0)
    }
}

/// What a value was when it was read: every sealing differs, so the sealed bytes tell.
pub(crate) struct Mark(Vec<u8>);

impl App {
    /// Keeps a value until `expires_at`, in place of an earlier one of the same id.
    pub(crate) async fn keep(
        &self,
        kind: Kind,
        id: &[u8],
        owner: &[u8],
        value: &impl Serialize,
        expires_at: Instant,
    ) -> Result<(), AppError> {
        let (epoch, sealed) = self.seal_value(kind, id, value).await?;
        let sql = format!(
            "-- state.keep
INSERT INTO {} (id, owner, epoch, sealed, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch, sealed = excluded.sealed, expires_at = excluded.expires_at",
            kind.table()
        );
        execute(
            &self.db,
            sql,
            &[Arg::Bytes(id), Arg::Bytes(owner), Arg::Int(epoch), Arg::Bytes(&sealed), Arg::Int(expires_at.as_micros())],
        )
        .await?;
        Ok(())
    }

    /// Keeps a value until `expires_at` where there is none of its id yet; whether there was none.
    pub(crate) async fn keep_first(
        &self,
        kind: Kind,
        id: &[u8],
        owner: &[u8],
        value: &impl Serialize,
        expires_at: Instant,
    ) -> Result<bool, AppError> {
        let (epoch, sealed) = self.seal_value(kind, id, value).await?;
        let sql = format!(
            "-- state.keep_first
INSERT INTO {} (id, owner, epoch, sealed, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            kind.table()
        );
        let args = [Arg::Bytes(id), Arg::Bytes(owner), Arg::Int(epoch), Arg::Bytes(&sealed), Arg::Int(expires_at.as_micros())];
        Ok(execute(&self.db, sql, &args).await? > 0)
    }

    /// Puts a value in the place of the one that was read with this mark; whether it was still there and unchanged. What somebody else
    /// dropped or changed meanwhile stays as they left it.
    pub(crate) async fn replace_kept(
        &self,
        kind: Kind,
        id: &[u8],
        mark: &Mark,
        owner: &[u8],
        value: &impl Serialize,
        expires_at: Instant,
    ) -> Result<bool, AppError> {
        let (epoch, sealed) = self.seal_value(kind, id, value).await?;
        let sql = format!(
            "-- state.replace
UPDATE {} SET owner = $2, epoch = $3, sealed = $4, expires_at = $5 WHERE id = $1 AND sealed = $6",
            kind.table()
        );
        let args = [
            Arg::Bytes(id),
            Arg::Bytes(owner),
            Arg::Int(epoch),
            Arg::Bytes(&sealed),
            Arg::Int(expires_at.as_micros()),
            Arg::Bytes(&mark.0),
        ];
        Ok(execute(&self.db, sql, &args).await? > 0)
    }

    fn vault_of(&self, kind: Kind) -> &wardbook_vault::Vault {
        if kind.is_of_host() { &self.host.vault } else { &self.vault }
    }

    async fn seal_value(&self, kind: Kind, id: &[u8], value: &impl Serialize) -> Result<(i64, Vec<u8>), AppError> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(value)?);
        self.seal_plain(kind, id, &plain).await
    }

    /// Seals bytes for a row of this kind; with the epoch of the key.
    pub(crate) async fn seal_plain(&self, kind: Kind, id: &[u8], plain: &[u8]) -> Result<(i64, Vec<u8>), AppError> {
        let epoch = kind.epoch(self.machine.now());
        let key = self.vault_of(kind).state_key(kind.table(), epoch).await?;
        let sealed = self.entropy.with(|rng| seal_state(&key, &context(kind, id), plain, rng))?;
        Ok((i64::try_from(epoch).unwrap_or(i64::MAX), sealed))
    }

    /// The value of this id, unless it has expired.
    pub(crate) async fn kept<T: DeserializeOwned>(&self, kind: Kind, id: &[u8]) -> Result<Option<(T, Instant)>, AppError> {
        Ok(self.kept_marked(kind, id).await?.map(|(value, expires_at, _)| (value, expires_at)))
    }

    /// The same with its mark, for [`App::replace_kept`].
    pub(crate) async fn kept_marked<T: DeserializeOwned>(&self, kind: Kind, id: &[u8]) -> Result<Option<(T, Instant, Mark)>, AppError> {
        let sql = format!("-- state.kept\nSELECT epoch, sealed, expires_at FROM {} WHERE id = $1 AND expires_at > $2", kind.table());
        let rows = fetch(&self.db, sql, &[Arg::Bytes(id), Arg::Int(self.machine.now().as_micros())]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sealed = row.bytes(1)?;
        // In this table stand rows of the host's other trusts, under keys of theirs: to this one they are not there.
        let value = match self.open_value(kind, id, row.int(0)?, &sealed).await {
            Err(_) if !kind.is_of_host() && !self.is_alone() => return Ok(None),
            opened => opened?,
        };
        Ok(Some((value, Instant::from_micros(row.int(2)?), Mark(sealed))))
    }

    /// Opens the value of a row.
    pub(crate) async fn open_value<T: DeserializeOwned>(&self, kind: Kind, id: &[u8], epoch: i64, sealed: &[u8]) -> Result<T, AppError> {
        let key = self.vault_of(kind).state_key(kind.table(), u64::try_from(epoch).unwrap_or(0)).await?;
        let plain = open_state(&key, &context(kind, id), sealed)?;
        Ok(serde_json::from_slice(&plain)?)
    }

    /// Every value of an owner, with its id and when it expires; the one that was kept last stands first.
    pub(crate) async fn kept_of_owner<T: DeserializeOwned>(
        &self,
        kind: Kind,
        owner: &[u8],
        limit: i64,
    ) -> Result<Vec<(Vec<u8>, T, Instant)>, AppError> {
        let sql = format!("-- state.kept_of_owner\nSELECT id FROM {} WHERE owner = $1 ORDER BY expires_at DESC, id LIMIT $2", kind.table());
        let mut all = vec![];
        for row in fetch(&self.db, sql, &[Arg::Bytes(owner), Arg::Int(limit)]).await? {
            let id = row.bytes(0)?;
            all.extend(self.kept(kind, &id).await?.map(|(value, expires_at)| (id, value, expires_at)));
        }
        Ok(all)
    }

    /// Drops a value; whether it was there.
    pub(crate) async fn drop_kept(&self, kind: Kind, id: &[u8]) -> Result<bool, AppError> {
        let sql = format!("-- state.drop\nDELETE FROM {} WHERE id = $1", kind.table());
        Ok(execute(&self.db, sql, &[Arg::Bytes(id)]).await? > 0)
    }

    /// Drops every value of an owner.
    pub(crate) async fn drop_owned(&self, kind: Kind, owner: &[u8]) -> Result<u64, AppError> {
        let sql = format!("-- state.drop_owned\nDELETE FROM {} WHERE owner = $1", kind.table());
        Ok(execute(&self.db, sql, &[Arg::Bytes(owner)]).await?)
    }

    /// Drops the value of an owner that expires first, which is the one that was left longest.
    pub(crate) async fn drop_oldest_owned(&self, kind: Kind, owner: &[u8]) -> Result<u64, AppError> {
        let table = kind.table();
        let sql = format!(
            "-- state.drop_oldest
DELETE FROM {table} WHERE id = (SELECT id FROM {table} WHERE owner = $1 ORDER BY expires_at, id LIMIT 1)"
        );
        Ok(execute(&self.db, sql, &[Arg::Bytes(owner)]).await?)
    }

    /// How many values of an owner are kept.
    pub(crate) async fn count_owned(&self, kind: Kind, owner: &[u8]) -> Result<i64, AppError> {
        let sql = format!("-- state.count_owned\nSELECT COUNT(*) FROM {} WHERE owner = $1 AND expires_at > $2", kind.table());
        let rows = fetch(&self.db, sql, &[Arg::Bytes(owner), Arg::Int(self.machine.now().as_micros())]).await?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }

    /// The daily work: drops what has expired, seals old accounts anew, forgets keys whose life has ended.
    pub async fn maintain_state(&self) -> Result<(), AppError> {
        let now = self.machine.now();
        // Of sessions it matters how they ended: see `App::expire_sessions`.
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Session) {
            let sql = format!("-- state.expire\nDELETE FROM {} WHERE expires_at <= $1", kind.table());
            execute(&self.db, sql, &[Arg::Int(now.as_micros())]).await?;
        }
        self.reseal_accounts(now).await?;
        for kind in Kind::ALL {
            // The epoch before this one may still have live values; anything older has outlived its life.
            self.vault_of(kind).forget_state_keys(kind.table(), kind.epoch(now).saturating_sub(1)).await?;
        }
        Ok(())
    }

    async fn reseal_accounts(&self, now: Instant) -> Result<(), AppError> {
        let epoch = i64::try_from(Kind::Account.epoch(now)).unwrap_or(i64::MAX);
        let sql = "-- state.old_accounts\nSELECT id, owner, expires_at FROM state_account WHERE epoch < $1";
        for row in fetch(&self.db, sql.to_owned(), &[Arg::Int(epoch)]).await? {
            let (id, owner) = (row.bytes(0)?, row.bytes(1)?);
            if let Some((value, expires_at, mark)) = self.kept_marked::<serde_json::Value>(Kind::Account, &id).await? {
                // An account that changes meanwhile is sealed anew by that.
                self.replace_kept(Kind::Account, &id, &mark, &owner, &value, expires_at).await?;
            }
        }
        Ok(())
    }
}

fn context(kind: Kind, id: &[u8]) -> Vec<u8> {
    [kind.table().as_bytes(), b"/", id].concat()
}
