//! Drafts: a form that is being filled in, sealed, kept on every step, for its writer alone.

use serde::{Serialize, de::DeserializeOwned};

use wardbook_domain::Instant;

use crate::{App, AppError, Caller, state::Kind};

const DRAFT_SECONDS: i64 = 30 * 86_400;
const DRAFTS_MAX: i64 = 20;

/// A draft in its writer's list.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// Its id.
    pub id: [u8; 16],
    /// When it was last kept.
    pub kept_at: Instant,
    /// The draft.
    pub value: T,
}

impl App {
    /// Starts a draft; its id.
    pub async fn start_draft(&self, caller: &Caller, value: &impl Serialize) -> Result<[u8; 16], AppError> {
        if self.count_owned(Kind::Draft, &self.rows_of(caller)).await? >= DRAFTS_MAX {
            // Nobody is kept from reporting by forms they gave up: the one that was left longest goes.
            self.drop_oldest_owned(Kind::Draft, &self.rows_of(caller)).await?;
        }
        let id = self.entropy.bytes();
        self.save_draft(caller, id, value).await?;
        Ok(id)
    }

    /// Keeps a draft as it stands.
    pub async fn save_draft(&self, caller: &Caller, id: [u8; 16], value: &impl Serialize) -> Result<(), AppError> {
        let until = self.machine.now().plus_seconds(DRAFT_SECONDS);
        self.keep(Kind::Draft, &id, &self.rows_of(caller), &(caller.account, value), until).await
    }

    /// A draft of this writer; another's is not found.
    pub async fn draft<T: DeserializeOwned>(&self, caller: &Caller, id: [u8; 16]) -> Result<T, AppError> {
        match self.kept::<([u8; 16], T)>(Kind::Draft, &id).await? {
            Some(((owner, value), _)) if owner == caller.account => Ok(value),
            _ => Err(AppError::NotFound),
        }
    }

    /// This writer's drafts, on whatever device they were begun; the one that was kept last stands first.
    pub async fn drafts<T: DeserializeOwned>(&self, caller: &Caller) -> Result<Vec<Kept<T>>, AppError> {
        let kept = self.kept_of_owner::<([u8; 16], T)>(Kind::Draft, &self.rows_of(caller), DRAFTS_MAX).await?;
        let draft = |(id, (owner, value), expires_at): (Vec<u8>, ([u8; 16], T), Instant)| {
            let id = id.try_into().ok().filter(|_| owner == caller.account)?;
            Some(Kept { id, kept_at: expires_at.plus_seconds(-DRAFT_SECONDS), value })
        };
        Ok(kept.into_iter().filter_map(draft).collect())
    }

    /// Drops a draft that was filed or given up.
    pub async fn drop_draft(&self, caller: &Caller, id: [u8; 16]) -> Result<(), AppError> {
        self.draft::<serde_json::Value>(caller, id).await?;
        self.drop_kept(Kind::Draft, &id).await.map(|_| ())
    }
}
