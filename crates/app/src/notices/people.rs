//! Whom a row is for, found when it falls due: whoever does the duty by then, and in whose own queue the record stands. To whom a record
//! is hidden it is no row of any list, and so no notice either (design §1.4).

use std::collections::{BTreeSet, HashMap};

use wardbook_domain::{
    Address, Instant, PersonId,
    directory::{Beside, Directory},
    notice::{Recipient, Rule},
};
use wardbook_views::{Existence, Listed, Reading, Wanted};

use super::rows::{Notice, Row, State};
use crate::{
    App, AppError,
    load::{fold_case, fold_report},
    queue::covered_by,
};

/// What was asked in one look, so that a record with several notices is asked about once.
#[derive(Default)]
pub(super) struct Asked {
    /// Of people's queues.
    listed: HashMap<(PersonId, [u8; 16]), Option<Listed>>,
    /// Of the clocks of the law of records.
    clocks: HashMap<[u8; 16], Clock>,
}

/// The clock of the law of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// It runs out then.
    RunsOut(Instant),
    /// None runs.
    Stands,
    /// The record cannot be opened.
    Sealed,
}

/// Rows looked at together: far more than fall due at one digest of a large trust.
pub(super) const ROWS_TOGETHER: u32 = 5_000;

impl App {
    /// Finds the people of every planned row that is due.
    pub(super) async fn plan_due(&self, asked: &mut Asked) -> Result<(), AppError> {
        let now = self.clock.now();
        for row in self.notices_due(now, ROWS_TOGETHER).await? {
            if row.notice.state == State::Planned {
                self.find_people(&row, now, asked).await?;
            }
        }
        Ok(())
    }

    /// Puts a row for each person in the place of a planned one.
    async fn find_people(&self, row: &Row, now: Instant, asked: &mut Asked) -> Result<(), AppError> {
        let notice = &row.notice;
        if notice.due > now {
            // It was only sealed anew, as it lies far ahead.
            let sealed = self.sealed_notice(row.id, notice, Some(notice.due)).await?;
            let mut changes = self.change_notices().await?;
            changes.replace(row, &sealed).await?;
            return changes.done().await.map(drop);
        }
        let mut rows = vec![];
        for person in self.recipients(notice, now, asked).await? {
            let to = Recipient::Person(person);
            let id = self.notice_id(notice.stream, notice.version, notice.rule, &to)?;
            let for_person = Notice { to, state: State::Waiting, ..notice.clone() };
            rows.push(self.sealed_notice(id, &for_person, Some(notice.due)).await?);
        }
        let mut changes = self.change_notices().await?;
        changes.drop_row(row).await?;
        for row in &rows {
            changes.put(self, row).await?;
        }
        changes.done().await.map(drop)
    }

    async fn recipients(&self, notice: &Notice, now: Instant, asked: &mut Asked) -> Result<BTreeSet<PersonId>, AppError> {
        let directory = self.directory().await?;
        let addresses = match &notice.to {
            Recipient::Duty(address) => vec![address.clone()],
            Recipient::Owing => self.owing(notice.stream).await?,
            Recipient::Person(_) => vec![], // is no planned row
        };
        let mut people = BTreeSet::new();
        for person in addresses.iter().flat_map(|address| directory.present(address, now)).collect::<BTreeSet<_>>() {
            if Some(person) != notice.except && self.may_be_told(notice, person, &directory, asked).await? {
                people.insert(person);
            }
        }
        Ok(people)
    }

    /// Whether a person may be told of it now: for what is about a record, that it stands in their own queue, as their queue would show it,
    /// and that it is hidden from nobody who reads the same mailbox.
    pub(super) async fn may_be_told(
        &self,
        notice: &Notice,
        person: PersonId,
        directory: &Directory,
        asked: &mut Asked,
    ) -> Result<bool, AppError> {
        if !notice.rule.is_of_a_record() {
            return Ok(directory.people.contains_key(&person));
        }
        let listed = if let Some(known) = asked.listed.get(&(person, notice.stream)) {
            *known
        } else {
            let wanted = if notice.rule == Rule::Alert { Wanted::Alerts } else { Wanted::Owed };
            let listed = self.listed_for(person, notice.stream, wanted, directory).await?;
            asked.listed.insert((person, notice.stream), listed);
            listed
        };
        let Some(listed) = listed else { return Ok(false) };
        Ok(match notice.rule {
            Rule::Image => listed.urgent,
            _ => match notice.clock {
                None => true,
                Some(clock) => self.runs_out_at(notice.stream, clock, asked).await?,
            },
        })
    }

    /// Whether the clock of the law of a record still runs out then: what else is due on it first is another matter. Of a record that cannot
    /// be opened nobody can say that it does not.
    async fn runs_out_at(&self, stream: [u8; 16], clock: Instant, asked: &mut Asked) -> Result<bool, AppError> {
        let known = if let Some(known) = asked.clocks.get(&stream) {
            *known
        } else {
            let known = self.clock_of(stream).await?;
            asked.clocks.insert(stream, known);
            known
        };
        Ok(matches!(known, Clock::Sealed) || known == Clock::RunsOut(clock))
    }

    async fn clock_of(&self, stream: [u8; 16]) -> Result<Clock, AppError> {
        let Some(events) = self.open_unsealed(&self.load(stream).await?).await? else { return Ok(Clock::Sealed) };
        let of_report = fold_report(&events).and_then(|report| report.provisional_ico_due());
        let runs_out = of_report.or_else(|| fold_case(&events).and_then(|case| case.legal_due()));
        Ok(runs_out.map_or(Clock::Stands, Clock::RunsOut))
    }

    /// The row of a record in somebody's own queue, or of an alert in their list; none where it is hidden from anybody who reads the same mailbox.
    async fn listed_for(
        &self,
        person: PersonId,
        stream: [u8; 16],
        wanted: Wanted,
        directory: &Directory,
    ) -> Result<Option<Listed>, AppError> {
        let Some(known) = directory.people.get(&person) else { return Ok(None) };
        let addresses = self.own_addresses(person, directory);
        let reading = Reading { addresses: &addresses, person, only: Some(stream) };
        let rows = wardbook_views::list(&self.db, self.trust, &self.blinds, wanted, reading, None, 1).await?;
        let same_mailbox = |other: &wardbook_domain::directory::Person| known.email.is_some() && other.email == known.email;
        for (other, _) in directory.people.iter().filter(|(id, other)| **id != person && same_mailbox(other)) {
            if wardbook_views::exists_for(&self.db, self.trust, &self.blinds, *other, stream).await? != Existence::There {
                return Ok(None);
            }
        }
        Ok(rows.first().copied())
    }

    /// Every address of the duties that somebody holds or covers. What they opened by break-glass is no duty of theirs.
    pub(crate) fn own_addresses(&self, person: PersonId, directory: &Directory) -> Vec<Address> {
        let (duties, beside) = directory.opens(person, self.clock.now());
        let glass = |address: &Address| beside.iter().any(|(known, how)| known == address && matches!(how, Beside::Glass(_)));
        let covered = |address: &Address| beside.iter().any(|(known, how)| known == address && matches!(how, Beside::Cover(_)));
        let own = duties.into_iter().filter(|address| covered(address) || !glass(address)).collect();
        covered_by(&own, directory)
    }
}
