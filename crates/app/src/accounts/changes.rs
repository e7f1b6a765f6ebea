//! Who was given access by whom, newest first: what the trust lead is told, from the directory's own events.

use std::collections::BTreeMap;

use wardbook_domain::{Duty, Instant, PersonId, directory::DirectoryEvent};
use wardbook_views::Meta;

use super::Caller;
use crate::{App, AppError};

/// Changes kept in memory at most, the newest.
const CHANGES_MAX: usize = 1_000;

/// One change, as it is in the book.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: Instant,
    /// Who did it; none at the machine itself, and for lists.
    pub actor: Option<PersonId>,
    /// What.
    pub event: Changed,
}

/// An event of the directory.
pub type Changed = DirectoryEvent;

/// The newest changes by instant and place in the book.
#[derive(Clone, Default)]
pub(crate) struct Changes(BTreeMap<(Instant, u64), Change>);

impl Changes {
    /// Takes in an event where it is about access.
    pub(crate) fn take_in(&mut self, meta: &Meta, position: u64, event: &DirectoryEvent) {
        if matches!(event, DirectoryEvent::School(_) | DirectoryEvent::Person(_) | DirectoryEvent::Pupil(_)) {
            return;
        }
        self.0.insert((meta.at, position), Change { at: meta.at, actor: meta.actor, event: event.clone() });
        if self.0.len() > CHANGES_MAX {
            self.0.pop_first();
        }
    }

    pub(crate) fn since(&self, seen: Option<Instant>) -> usize {
        let seen = seen.unwrap_or(Instant::from_micros(i64::MIN));
        self.0.range((seen, u64::MAX)..).count()
    }

    pub(crate) fn newest(&self, limit: usize) -> Vec<Change> {
        self.0.values().rev().take(limit).cloned().collect()
    }
}

impl App {
    /// The newest changes of access, for a trust lead, who has then seen them.
    pub async fn changes(&self, caller: &Caller, session: &str, limit: usize) -> Result<Vec<Change>, AppError> {
        if !caller.has(Duty::TrustLead) {
            return Err(AppError::NotFound);
        }
        self.directory().await?;
        let changes = self.directory.changes().await.newest(limit);
        if let Some(newest) = changes.first().map(|change| change.at) {
            let account = self
                .change_session(session, |session| {
                    session.part_mut(self)?.changes_seen = Some(newest);
                    Ok(session.account)
                })
                .await?;
            self.change_account(&account, |account| {
                account.link_mut(self).ok_or(AppError::NotFound)?.changes_seen = Some(newest);
                Ok(())
            })
            .await?;
        }
        Ok(changes)
    }

    /// How many changes came after the last one that was looked at, as far as the directory in memory knows.
    pub(super) async fn changes_since(&self, seen: Option<Instant>) -> Result<usize, AppError> {
        Ok(self.directory.changes().await.since(seen))
    }
}
