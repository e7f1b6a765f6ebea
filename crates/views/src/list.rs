//! Lists: a page reads of each range as many rows as it shows, however many stand behind it, after one look at what is hidden from the
//! reader.
//!
//! A reader's rows are ranges of an index, one for each register and holder that could be theirs, each in the order of the list
//! (`write.rs` says where a row stands). One statement reads the first rows of each (`ranges.rs`); most of them are empty. A record stands
//! where the first of its rows stands.

use wardbook_domain::{Address, PersonId, RecordClass};
use wardbook_ledger::{Database, StreamId, TrustId};

use crate::{
    Blinds, Holder, QueryError,
    alert::{DECIDED, WAITING},
    breach::{BOARD, OLD_PAPERS},
    case::NAMED,
    queue::{ASIDE, ASKED, CLOCK, CLOCK_COVERED, COVERED, ESCALATED, EXCLUDED, FACTS, HANDED, IMAGE, IN_HAND, OWED},
    ranges::Asked,
    report::{INDEPENDENT, OWN, READABLE},
    sql::Row,
    write::{for_trust_too, is_urgent},
};

/// Whose rows are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The duties that the reader holds, where they hold them; held for the whole trust, a duty reads every school's.
    pub addresses: &'a [Address],
    /// The reader.
    pub person: PersonId,
    /// Only this stream.
    pub only: Option<[u8; 16]>,
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What is owed.
    Owed,
    /// Of what is owed, what may stand in a calendar: nothing about an adult's conduct, and nothing of human resources.
    Dates,
    /// Reports that may be opened.
    Reports,
    /// The reader's own reports.
    OwnReports,
    /// Cases that may be opened.
    Cases,
    /// Breach clocks.
    Board,
    /// Breach clocks of old papers, which run no more.
    BoardOfOldPapers,
    /// Monitoring alerts about which nobody has decided.
    Alerts,
    /// Monitoring alerts that are decided, the latest decision first.
    DecidedAlerts,
}

/// Where the rows of a list are.
pub(crate) struct Place {
    pub(crate) view: &'static str,
    /// The registers of what is sent to a duty.
    pub(crate) sent: &'static [&'static str],
    /// The registers of what is a person's.
    pub(crate) named: &'static [&'static str],
}

impl Wanted {
    pub(crate) const fn place(self) -> Place {
        let (view, sent, named): (_, &[&str], &[&str]) = match self {
            Self::Owed => (crate::QUEUE, &[OWED, CLOCK, CLOCK_COVERED, FACTS, IMAGE, COVERED, ESCALATED, HANDED], &[IN_HAND, ASKED]),
            Self::Dates => (crate::QUEUE, &[OWED, CLOCK, CLOCK_COVERED, COVERED, HANDED], &[]),
            Self::Reports => (crate::REPORT, &[READABLE, COVERED, ESCALATED, INDEPENDENT], &[]),
            Self::OwnReports => (crate::REPORT, &[], &[OWN]),
            Self::Cases => (crate::CASE, &[READABLE, COVERED, ESCALATED], &[NAMED, IN_HAND]),
            Self::Board => (crate::BREACH, &[BOARD, CLOCK_COVERED], &[]),
            Self::BoardOfOldPapers => (crate::BREACH, &[OLD_PAPERS], &[]),
            Self::Alerts => (crate::ALERT, &[WAITING, COVERED, ESCALATED], &[]),
            Self::DecidedAlerts => (crate::ALERT, &[DECIDED], &[]),
        };
        Place { view, sent, named }
    }

    /// Whether records of this class are on the list.
    pub(crate) fn lists(self, class: RecordClass) -> bool {
        self != Self::Dates || !matches!(class, RecordClass::Conduct | RecordClass::Hr)
    }
}

/// Where the last page ended: the sort key of its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Its place.
    pub place: i64,
    /// Since.
    pub since: i64,
    /// The stream.
    pub stream: [u8; 16],
}

/// A listed record: it stands where the first of its rows stands, and says since when that row waits; it is due when any of them is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its stream.
    pub stream: StreamId,
    /// Since when, in microseconds.
    pub since: i64,
    /// By when, in microseconds.
    pub due: Option<i64>,
    /// Whether the reader owes it now, before all that has a due instant: an image, or a child who could be in danger.
    pub urgent: bool,
    after: After,
}

impl Listed {
    /// The sort key, for the next page.
    pub const fn after(&self) -> After {
        self.after
    }
}

/// Up to `limit` records, most urgent first, after a page's end.
pub async fn list(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    wanted: Wanted,
    reading: Reading<'_>,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Listed>, QueryError> {
    let rows = asked(trust, blinds, wanted, reading).page(db, after, limit).await.map_err(QueryError::Database)?;
    rows.iter().map(listed).collect::<Result<_, sqlx::Error>>().map_err(QueryError::Database)
}

/// How many records are owed, of the first `at_most`, and how many of these were due before `now`.
pub async fn owed(
    db: &Database,
    trust: TrustId,
    blinds: &Blinds,
    reading: Reading<'_>,
    now: i64,
    at_most: u32,
) -> Result<(usize, usize), QueryError> {
    asked(trust, blinds, Wanted::Owed, reading).count(db, now, at_most).await.map_err(QueryError::Database)
}

/// Every range of which a row could be the reader's, and what hides a record from them.
pub(crate) fn asked(trust: TrustId, blinds: &Blinds, wanted: Wanted, reading: Reading<'_>) -> Asked {
    let Place { view, sent, named } = wanted.place();
    let blind = |class: &RecordClass, holder: &Holder| blinds.holder(view, Some(*class), holder);
    let person = Holder::Person(reading.person);
    let me: Vec<[u8; 16]> = RecordClass::ALL.iter().map(|class| blind(class, &person)).collect();
    // A row's holder is blind under the key of its class: what is not listed is never looked for.
    let listed = || RecordClass::ALL.iter().filter(|class| wanted.lists(**class));
    // What opens no records is sent none: a reader who reports too has no more ranges for it.
    let opens = |address: &&Address| address.duty.opens_records() && !is_read_with_another(address, reading.addresses);
    let addresses = reading.addresses.iter().filter(opens);
    let addresses = addresses.map(|address| Holder::Address(address.clone()));
    let held: Vec<[u8; 16]> = addresses.flat_map(|at| listed().map(|class| blind(class, &at)).collect::<Vec<_>>()).collect();
    // A person's own words stay theirs when the record is about them: nothing is excluded there.
    let hiding = if wanted == Wanted::OwnReports { &[][..] } else { &[EXCLUDED, ASIDE] };
    let of = |registers: &[&str]| registers.iter().map(|register| blinds.register(view, register)).collect();
    Asked {
        trust: *trust.as_bytes(),
        view,
        sent: (of(sent), held),
        named: (of(named), me.clone()),
        hiding: of(hiding),
        me,
        only: reading.only,
    }
}

/// Whether what is sent there is in the ranges of another address anyhow: that of the same duty for the whole trust.
fn is_read_with_another(address: &Address, all: &[Address]) -> bool {
    for_trust_too(address).is_some_and(|wide| all.contains(&wide))
}

fn listed(row: &Row) -> Result<Listed, sqlx::Error> {
    let after = After { place: row.int(1)?, since: row.int(2)?, stream: row.id(0)? };
    Ok(Listed {
        stream: StreamId::from_bytes(after.stream),
        since: after.since,
        due: row.opt_int(3)?,
        urgent: is_urgent(after.place),
        after,
    })
}

#[cfg(test)]
mod tests;
