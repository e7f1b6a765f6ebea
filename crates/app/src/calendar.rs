//! A feed of due instants for a person's own calendar: when, and one fixed sentence; never a duty about an adult's conduct or of human
//! resources. Its token is a secret of its own that opens nothing else, kept by digest and ended by its owner.

use serde::{Deserialize, Serialize};
use wardbook_domain::{Instant, PersonId};
use wardbook_vault::blind;
use wardbook_views::{Reading, Wanted};

use crate::{
    App, AppError, Caller,
    accounts::{ShownOnce, Standing},
    state::Kind,
};

const FEED_SECONDS: i64 = 365 * 86_400;
/// Due instants in a feed at most.
const DATES_MAX: u32 = 200;

#[derive(Serialize, Deserialize)]
struct Holder {
    account: [u8; 16],
    person: PersonId,
    made_at: Instant,
}

/// A person's feed, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedShown {
    /// When it was made.
    pub made_at: Instant,
    /// Until when it works.
    pub expires_at: Instant,
}

/// A due instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDate {
    /// The same for the same duty each time, and nothing that stands anywhere else.
    pub id: String,
    /// When.
    pub at: Instant,
}

impl App {
    /// Makes a person's feed, in the place of the one they had: for its owner, who has just proved who they are.
    pub async fn make_feed(&self, standing: &Standing) -> Result<ShownOnce, AppError> {
        if !standing.stepped_up() {
            return Err(AppError::Forbidden);
        }
        let caller = &standing.caller;
        self.end_feed(caller).await?;
        let secret = hex::encode(self.entropy.bytes::<32>());
        let made_at = self.machine.now();
        let expires_at = made_at.plus_seconds(FEED_SECONDS);
        let holder = Holder { account: caller.account, person: caller.person, made_at };
        self.keep(Kind::Feed, &self.secret_id("feed", &secret), &self.rows_of(caller), &holder, expires_at).await?;
        Ok(ShownOnce { secret, expires_at, known_person: true })
    }

    /// Ends a person's feed, where they have one.
    pub async fn end_feed(&self, caller: &Caller) -> Result<(), AppError> {
        self.drop_owned(Kind::Feed, &self.rows_of(caller)).await.map(drop)
    }

    /// A person's feed.
    pub async fn feed(&self, caller: &Caller) -> Result<Option<FeedShown>, AppError> {
        let kept = self.kept_of_owner::<Holder>(Kind::Feed, &self.rows_of(caller), 1).await?;
        Ok(kept.into_iter().next().map(|(_, holder, expires_at)| FeedShown { made_at: holder.made_at, expires_at }))
    }

    /// The due instants of a feed. A token that is none, one that has ended and one whose person has left are one answer.
    pub async fn due_dates(&self, token: &str) -> Result<Vec<DueDate>, AppError> {
        let holder = self.kept::<Holder>(Kind::Feed, &self.secret_id("feed", token)).await?.ok_or(AppError::NotFound)?.0;
        let caller = self.caller(holder.account, holder.person).await?.ok_or(AppError::NotFound)?;
        let directory = self.directory().await?;
        let addresses = self.own_addresses(caller.person, &directory);
        let reading = Reading { addresses: &addresses, person: caller.person, only: None };
        let rows = wardbook_views::list(&self.db, self.trust, &self.blinds, Wanted::Dates, reading, None, DATES_MAX).await?;
        let id = |stream: &[u8; 16]| blind(&self.keys.notice, &[b"date", caller.person.as_bytes(), stream]);
        let dates =
            rows.iter().filter_map(|row| Some(DueDate { id: hex::encode(id(row.stream.as_bytes())), at: Instant::from_micros(row.due?) }));
        Ok(dates.collect())
    }
}
