//! What an administrator sees of notices: those that did not arrive, so that somebody can do something about it. For whom, since when, how
//! often it was tried and why it failed; not of what. A notice about a record that is hidden from them is none of theirs, and so is
//! whether it arrived (design §1.4): each row stands for itself, also where one message would have told of several.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, Instant,
    notice::{Fault, Recipient},
};
use wardbook_views::Existence;

use super::rows::{Notice, Row, State};
use crate::{App, AppError, Caller};

/// Rows shown at most.
const SHOWN_MAX: u32 = 200;

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
        let mut shown = vec![];
        for (row, leader) in self.undelivered_rows().await? {
            if !self.is_theirs(caller, &row.notice).await? {
                continue;
            }
            let Recipient::Person(person) = row.notice.to else { continue };
            shown.push(NoticeShown {
                id: hex::encode(row.id),
                person: directory.people.get(&person).map(|known| known.name.clone()).unwrap_or_default(),
                due_at: row.notice.due,
                state: if leader.state == State::Dead { UndeliveredState::GivenUp } else { UndeliveredState::TriedAgain },
                tries: leader.tries,
                fault: leader.fault.unwrap_or(Fault::Unreachable),
            });
        }
        shown.sort_by(|a, b| (b.due_at, &a.person, &a.id).cmp(&(a.due_at, &b.person, &b.id)));
        Ok(shown)
    }

    /// Has a notice sent again, under the id that it had.
    pub async fn send_again(&self, caller: &Caller, id: [u8; 16]) -> Result<(), AppError> {
        if !caller.has(Duty::Administrator) {
            return Err(AppError::NotFound);
        }
        let all = self.undelivered_rows().await?;
        let asked = all.iter().find(|(row, _)| row.id == id).ok_or(AppError::NotFound)?;
        if !self.is_theirs(caller, &asked.0.notice).await? {
            return Err(AppError::NotFound);
        }
        // What carries it is sent; where that waits for another try, it waits no longer.
        let leader = self.leader_of(&all, id).await?.filter(|leader| leader.notice.state != State::Sending);
        let Some(leader) = leader else { return Ok(()) }; // under way already
        let now = self.clock.now();
        let notice = Notice { state: State::Waiting, tries: 0, ..leader.notice.clone() };
        let sealed = self.sealed_notice(leader.id, &notice, Some(now), None).await?;
        let mut changes = self.change_notices().await?;
        changes.replace(&leader, &sealed).await?;
        // Where somebody else was first it is under way already.
        changes.done().await.map(drop)
    }

    /// Every row that did not arrive, those that others carry too, each with the row of the message that would have told of it.
    async fn undelivered_rows(&self) -> Result<Vec<(Row, Notice)>, AppError> {
        let mut all = vec![];
        for leader in self.notices_undelivered(SHOWN_MAX).await? {
            let notice = leader.notice.clone();
            let mut open = vec![leader.id];
            all.push((leader, notice.clone()));
            while let Some(id) = open.pop() {
                let room = SHOWN_MAX.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
                for row in self.notices_carried_by(&id, room).await? {
                    open.push(row.id);
                    all.push((row, notice.clone()));
                }
            }
        }
        Ok(all)
    }

    /// The row of the message that tells, or would have told, of this one.
    async fn leader_of(&self, all: &[(Row, Notice)], id: [u8; 16]) -> Result<Option<Row>, AppError> {
        let Some(at) = all.iter().position(|(row, _)| row.id == id) else { return Ok(None) };
        // A leader stands before what it carries.
        let leader = all[..=at].iter().rev().find(|(row, _)| row.notice.is_undelivered());
        match leader {
            Some((row, _)) => self.notice(&row.id).await,
            None => Ok(None),
        }
    }

    /// Whether this caller may hear of a notice: whatever is no record's, and records that are not hidden from them.
    async fn is_theirs(&self, caller: &Caller, notice: &Notice) -> Result<bool, AppError> {
        Ok(!notice.rule.is_of_a_record() || self.existence(caller, notice.stream).await? == Existence::There)
    }
}
