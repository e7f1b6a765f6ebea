//! Drafts: a form that is being filled in, sealed, kept on every step, for its writer alone.

use serde::{Serialize, de::DeserializeOwned};

use crate::{App, AppError, Caller, state::Kind};

const DRAFT_SECONDS: i64 = 30 * 86_400;
const DRAFTS_MAX: i64 = 20;

impl App {
    /// Starts a draft; its id.
    pub async fn start_draft(&self, caller: &Caller, value: &impl Serialize) -> Result<[u8; 16], AppError> {
        if self.count_owned(Kind::Draft, &caller.account).await? >= DRAFTS_MAX {
            // Nobody is kept from reporting by forms they gave up: the one that was left longest goes.
            self.drop_oldest_owned(Kind::Draft, &caller.account).await?;
        }
        let id = self.entropy.bytes();
        self.save_draft(caller, id, value).await?;
        Ok(id)
    }

    /// Keeps a draft as it stands.
    pub async fn save_draft(&self, caller: &Caller, id: [u8; 16], value: &impl Serialize) -> Result<(), AppError> {
        let until = self.machine.now().plus_seconds(DRAFT_SECONDS);
        self.keep(Kind::Draft, &id, &caller.account, &(caller.account, value), until).await
    }

    /// A draft of this writer; another's is not found.
    pub async fn draft<T: DeserializeOwned>(&self, caller: &Caller, id: [u8; 16]) -> Result<T, AppError> {
        match self.kept::<([u8; 16], T)>(Kind::Draft, &id).await? {
            Some(((owner, value), _)) if owner == caller.account => Ok(value),
            _ => Err(AppError::NotFound),
        }
    }

    /// Drops a draft that was filed or given up.
    pub async fn drop_draft(&self, caller: &Caller, id: [u8; 16]) -> Result<(), AppError> {
        self.draft::<serde_json::Value>(caller, id).await?;
        self.drop_kept(Kind::Draft, &id).await.map(|_| ())
    }
}
