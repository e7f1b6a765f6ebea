//! What an administrator sees of notices: those that did not arrive, so that somebody can do something about it. For whom, since when, how
//! often it was tried and why it failed; not of what. A notice about a record that is hidden from them is none of theirs, and so is
//! whether it arrived (design §1.4): each row stands for itself, also where one message would have told of several.

use super::rows::{Notice, Row, State};
use crate::{App, AppError, Caller};
use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, Instant,
    notice::{Fault, Recipient},
};

/// Rows shown at most.
const SHOWN_MAX: usize = 200;
/// Rows read at most. The cut is made in the order in which they are shown: ids are random, and would cut elsewhere each time.
const READ_MAX: u32 = 5_000;

/// A notice that did not arrive, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeShown {
    /// 32 hex digits; it says nothing of what the notice is about.
    pub id: String,
    /// For whom, by name.
    pub person: String,
    /// When it fell due.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Instant,
    /// What becomes of it.
    pub state: UndeliveredState,
    /// How often it was tried.
    pub tries: u32,
    /// Why it did not arrive, in a word.
    pub fault: Fault,
}

/// What becomes of a notice that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UndeliveredState {
    /// It is tried again by itself.
    TriedAgain,
    /// It was given up; an administrator may have it sent again.
    GivenUp,
}

impl App {
    /// The notices that did not arrive, for an administrator; the newest first.
    pub async fn undelivered(&self, caller: &Caller) -> Result<Vec<NoticeShown>, AppError> {
        if !caller.has(Duty::Administrator) {
            return Err(AppError::NotFound);
        }
        let directory = self.directory().await?;
        let shown = |row: Row| {
            let Recipient::Person(person) = row.notice.to else { return None };
            Some(NoticeShown {
                id: hex::encode(row.id),
                person: directory.name_of(person),
                due_at: row.notice.due,
                state: if row.notice.state == State::Dead { UndeliveredState::GivenUp } else { UndeliveredState::TriedAgain },
                tries: row.notice.tries,
                fault: row.notice.fault?,
            })
        };
        let rows = self.notices_undelivered(caller.person, READ_MAX).await?;
        let mut shown: Vec<NoticeShown> = rows.into_iter().filter_map(shown).collect();
        let order = |shown: &NoticeShown| (std::cmp::Reverse(shown.due_at), shown.person.clone(), shown.tries, shown.id.clone());
        shown.sort_by_cached_key(order);
        shown.truncate(SHOWN_MAX);
        Ok(shown)
    }

    /// Has a notice sent again, with what its message tells of beside, under the id that the message had.
    pub async fn send_again(&self, caller: &Caller, id: [u8; 16]) -> Result<(), AppError> {
        if !caller.has(Duty::Administrator) {
            return Err(AppError::NotFound);
        }
        let rows = self.notices_undelivered(caller.person, READ_MAX).await?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(AppError::NotFound)?;
        let leader = match row.notice.carrier {
            Some(carrier) => self.notice(carrier.as_bytes()).await?,
            None => Some(row),
        };
        let now = self.clock.now();
        match leader {
            Some(leader) if matches!(leader.notice.state, State::Dead | State::Waiting) => {
                let notice = Notice { state: State::Waiting, tries: 0, ..leader.notice.clone() };
                self.settle_message(&leader, notice, Some(now)).await
            }
            _ => Ok(()), // under way already
        }
    }
}
