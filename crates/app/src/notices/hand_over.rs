//! Handing over: what waits for a person becomes one message, which is claimed before it is sent.
//!
//! A claim is one transaction: the row that leads the message, the rows that it carries, and the person's tally are each compared and set,
//! so that of two replicas one sends, and the day's budget holds across them. A process that dies between sending and settling leaves a
//! claim behind; when its time is over the message is sent again under the same id. A row that was tried before never leads a message
//! that tells of something newer: a mail server that knows its id would drop it.

use std::collections::BTreeMap;
use std::time::Duration;

use wardbook_domain::{
    Instant, PersonId, RecordId,
    directory::Directory,
    notice::{Fault, Handed, Recipient, Urgency, may_go, retry_after},
};

use super::{
    Letter, Mailer,
    people::{Asked, ROWS_TOGETHER},
    rows::{Notice, Row, State},
};
use crate::{App, AppError};

/// How long a claim holds: longer than a message may take.
const CLAIM_SECONDS: i64 = 150;
/// How long one message may take.
const SEND_WITHIN: Duration = Duration::from_mins(1);

/// A message that was claimed.
struct Claimed {
    letter: Letter,
    leader: Row,
}

impl App {
    /// Hands over what is due, what cannot wait first. Where the mail server itself does not answer, nobody else's message is tried on it
    /// in this look: each counts as tried, and so comes again by itself whatever happened to others.
    pub(super) async fn hand_over_due(&self, mailer: Option<&dyn Mailer>, asked: &mut Asked) -> Result<(), AppError> {
        let now = self.clock.now();
        let directory = self.directory().await?;
        let mut people: BTreeMap<PersonId, Vec<Row>> = BTreeMap::new();
        for row in self.notices_due(now, ROWS_TOGETHER).await? {
            if let (Recipient::Person(person), State::Waiting | State::Sending) = (&row.notice.to, row.notice.state) {
                people.entry(*person).or_default().push(row);
            }
        }
        let mut people: Vec<(PersonId, Vec<Row>)> = people.into_iter().collect();
        people.sort_by_key(|(_, rows)| std::cmp::Reverse(most_urgent(rows)));
        let mut away = None;
        for (person, rows) in people {
            let rows = self.without_moot(person, rows, &directory, asked).await?;
            let Some(mailer) = mailer else {
                self.give_up(&rows, Fault::NoMail).await?;
                continue;
            };
            let email = directory.people.get(&person).and_then(|known| known.email.as_deref());
            for (leader, carried) in messages(rows) {
                if let Some(claimed) = self.claim(person, leader, carried, email, now).await? {
                    away = self.send(mailer, claimed, away).await?;
                }
            }
        }
        Ok(())
    }

    /// Leaves out what there is nothing to tell of any more: the record is no longer owed, or this person may not know it.
    async fn without_moot(&self, person: PersonId, rows: Vec<Row>, directory: &Directory, asked: &mut Asked) -> Result<Vec<Row>, AppError> {
        let mut all = vec![];
        for row in rows {
            let mut told = self.may_be_told(&row.notice, person, directory, asked).await?;
            if !told && row.notice.tried_at.is_some() {
                // What it carries waits for it, and may be owed still.
                for carried in self.notices_carried_by(&row.id).await? {
                    told |= self.may_be_told(&carried.notice, person, directory, asked).await?;
                }
            }
            if told {
                all.push(row);
            } else {
                let moot = Notice { state: State::Moot, fault: None, ..row.notice.clone() };
                self.settle_message(&row, moot, None).await?;
            }
        }
        Ok(all)
    }

    /// Claims a message, or puts it off to when it may go; none where it is put off, or somebody else was first.
    async fn claim(
        &self,
        person: PersonId,
        leader: Row,
        carried: Vec<Row>,
        email: Option<&str>,
        now: Instant,
    ) -> Result<Option<Claimed>, AppError> {
        let is_new = leader.notice.tried_at.is_none();
        let urgency = carried.iter().map(|row| row.notice.urgency).chain([leader.notice.urgency]).max().unwrap_or(Urgency::Digest);
        let tally = self.tally(person).await?;
        // Trying again is no new message: only quiet hours hold it back.
        let goes = may_go(&self.profile().notices, urgency, if is_new { &tally.handed } else { &[] }, now);
        if goes > now {
            self.put_off(leader, carried, goes).await?;
            return Ok(None);
        }
        let notice =
            Notice { urgency, state: State::Sending, tries: leader.notice.tries + 1, tried_at: Some(now), ..leader.notice.clone() };
        let sealed = self.sealed_notice(leader.id, &notice, Some(now.plus_seconds(CLAIM_SECONDS))).await?;
        let mut others = Vec::with_capacity(carried.len());
        for row in carried {
            let told_by = Some(RecordId::from_bytes(leader.id));
            let notice = Notice { state: State::Carried, carrier: told_by, ..row.notice.clone() };
            let sealed = self.sealed_notice(row.id, &notice, None).await?;
            others.push((row, sealed));
        }
        let counted = if is_new { Some(self.sealed_tally(person, &tally, Handed { at: now, urgency }).await?) } else { None };
        let mut changes = self.change_notices().await?;
        // The tally first: replicas that claim for one person at once wait here for each other, and never in a circle.
        if let Some(counted) = &counted {
            changes.put_tally(self, &tally, counted).await?;
        }
        changes.replace(&leader, &sealed).await?;
        for (row, sealed) in &others {
            changes.replace(row, sealed).await?;
        }
        if !changes.done().await? {
            return Ok(None);
        }
        let letter = Letter { id: hex::encode(leader.id), to: email.unwrap_or_default().to_owned(), urgency, at: now };
        Ok(Some(Claimed { letter, leader: leader.written(&sealed, notice) }))
    }

    /// Sends a claimed message and settles what became of it; with what is wrong where the mail server itself is away.
    async fn send(&self, mailer: &dyn Mailer, claimed: Claimed, away: Option<Fault>) -> Result<Option<Fault>, AppError> {
        let Claimed { letter, leader } = claimed;
        let outcome = match away {
            _ if letter.to.is_empty() => Err(Fault::NoAddress),
            Some(fault) => Err(fault),
            None => tokio::time::timeout(SEND_WITHIN, mailer.hand_over(&letter)).await.unwrap_or(Err(Fault::Unreachable)),
        };
        let notice = leader.notice.clone();
        let is_away = outcome.err().filter(|fault| matches!(fault, Fault::Unreachable | Fault::Tls | Fault::SignIn));
        match outcome {
            Ok(()) => {
                tracing::info!(id = %letter.id, "app.notice.handed_over");
                self.settle_message(&leader, Notice { state: State::Sent, fault: None, ..notice }, None).await?;
            }
            Err(fault) => {
                let next = retry_after(notice.tries, fault).map(|seconds| self.clock.now().plus_seconds(seconds));
                tracing::warn!(id = %letter.id, %fault, tries = notice.tries, given_up = next.is_none(), "app.notice.not_handed_over");
                let state = if next.is_some() { State::Waiting } else { State::Dead };
                self.settle_message(&leader, Notice { state, fault: Some(fault), ..notice }, next).await?;
            }
        }
        Ok(away.or(is_away))
    }

    /// Settles what became of a message: each row that it carries says the same, so that each can be shown without the others.
    pub(super) async fn settle_message(&self, leader: &Row, notice: Notice, next: Option<Instant>) -> Result<(), AppError> {
        let sealed = self.sealed_notice(leader.id, &notice, next).await?;
        let state = if notice.state == State::Dead { State::Dead } else { State::Carried };
        let mut others = vec![];
        for row in self.notices_carried_by(&leader.id).await? {
            if (row.notice.state, row.notice.fault, row.notice.tries) != (state, notice.fault, notice.tries) {
                let same = Notice { state, fault: notice.fault, tries: notice.tries, ..row.notice.clone() };
                let sealed = self.sealed_notice(row.id, &same, None).await?;
                others.push((row, sealed));
            }
        }
        let mut changes = self.change_notices().await?;
        changes.replace(leader, &sealed).await?;
        for (row, sealed) in &others {
            changes.replace(row, sealed).await?;
        }
        changes.done().await.map(drop)
    }

    /// Puts a row in the place of what was read; somebody else's change stays.
    async fn settle(&self, was: &Row, notice: Notice, next: Option<Instant>) -> Result<(), AppError> {
        let sealed = self.sealed_notice(was.id, &notice, next).await?;
        let mut changes = self.change_notices().await?;
        changes.replace(was, &sealed).await?;
        changes.done().await.map(drop)
    }

    /// Has rows wait until they may go.
    async fn put_off(&self, leader: Row, carried: Vec<Row>, until: Instant) -> Result<(), AppError> {
        for row in std::iter::once(leader).chain(carried) {
            let notice = row.notice.clone();
            self.settle(&row, notice, Some(until)).await?;
        }
        Ok(())
    }

    async fn give_up(&self, rows: &[Row], fault: Fault) -> Result<(), AppError> {
        for row in rows {
            self.settle(row, Notice { state: State::Dead, fault: Some(fault), ..row.notice.clone() }, None).await?;
        }
        Ok(())
    }
}

fn most_urgent(rows: &[Row]) -> Option<Urgency> {
    rows.iter().map(|row| row.notice.urgency).max()
}

/// What waits for a person as messages, each with the row that leads it: what is new together, what was tried before each by itself, as a
/// mail server may know its id.
fn messages(rows: Vec<Row>) -> Vec<(Row, Vec<Row>)> {
    let (mut fresh, tried): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.notice.tried_at.is_none());
    fresh.sort_by_key(|row| (std::cmp::Reverse(row.notice.urgency), row.notice.due, row.id));
    let mut fresh = fresh.into_iter();
    let together = fresh.next().map(|leader| (leader, fresh.collect()));
    together.into_iter().chain(tried.into_iter().map(|row| (row, vec![]))).collect()
}
