//! Who has looked at what, and who signed in: traces found through the view of reads, opened newest first, and shown to each as far as
//! they may know of them (`domain/reading.rs`). `walk.rs` goes back through access streams; `shown.rs` is what people see.
//!
//! What is left out because it is hidden counts for nothing: neither the length of a page nor where it ends depends on it (design §1.4).

mod known;
mod shown;
mod walk;

use wardbook_domain::{
    Duty, PersonId, RecordId,
    field::Invalid,
    need_to_know::Access,
    reading::{READS, is_watcher},
    trace::TraceEvent,
};
use wardbook_views::{After, Of};

use known::Known;
pub use shown::ReadShown;
use walk::{Found, Walks};

use crate::{App, AppError, Caller, Page, cursor, load::Either};

/// Rows of a list looked at for one page at most, where only the unusual ones are asked for; the page then ends early.
const LOOKED_THROUGH_MAX: usize = 2000;

/// Whose reads, or of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Of a report or a case: for whoever may know it.
    Record([u8; 16]),
    /// By a person: for them, the data protection officer and the auditor.
    Person(PersonId),
    /// The caller's own, sign-ins among them.
    Mine,
    /// Everybody's: for the data protection officer and the auditor.
    All,
    /// Everybody's sign-ins, failed ones too, those of strangers among them (P2-AUDIT-1): for the same.
    SignIns,
}

/// Where a page of reads ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    month: (i16, i8),
    position: u64,
    /// The record's place in its trace.
    index: usize,
}

impl Ended {
    fn after(self) -> After {
        let mut stream = [0; 16];
        stream[..2].copy_from_slice(&self.month.0.to_be_bytes());
        stream[2..3].copy_from_slice(&self.month.1.to_be_bytes());
        After { place: i64::try_from(self.position).unwrap_or(i64::MAX), since: i64::try_from(self.index).unwrap_or(i64::MAX), stream }
    }

    fn of(after: After) -> Self {
        let [high, low, month, ..] = after.stream;
        Self {
            month: (i16::from_be_bytes([high, low]), i8::from_be_bytes([month])),
            position: u64::try_from(after.place).unwrap_or(0),
            index: usize::try_from(after.since).unwrap_or(0),
        }
    }
}

/// A page that is being filled.
struct Filling {
    items: Vec<ReadShown>,
    /// Records of which something is told.
    records: Vec<RecordId>,
    limit: usize,
    unusual: bool,
    looked_through: usize,
    /// Where the page ended, once it is full.
    ended: Option<Ended>,
    last: Option<Ended>,
}

impl Filling {
    /// Takes a row in; false when the page was full before it.
    fn take(&mut self, row: ReadShown, record: Option<RecordId>, at: Ended) -> bool {
        if self.items.len() == self.limit || self.looked_through == LOOKED_THROUGH_MAX {
            self.ended = self.last;
            return false;
        }
        self.looked_through += 1;
        self.last = Some(at);
        if !self.unusual || !row.unusual.is_empty() {
            self.items.push(row);
            self.records.extend(record.filter(|record| !self.records.contains(record)));
        }
        true
    }
}

impl App {
    /// Who has looked at what, newest first, as far as the caller may know of it; only what is out of the ordinary where `unusual`.
    pub async fn reads(
        &self,
        caller: &Caller,
        reads: Reads,
        unusual: bool,
        page: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<ReadShown>, AppError> {
        let limit = cursor::limit(limit)?;
        let duty = self.may_ask(caller, reads).await?;
        // A look of a moment ago is in the book, and must be on the list that its reader opens next.
        let size = self.ledger.head().await?.size;
        self.shown_by_views(size.checked_sub(1)).await;
        let list = list_name(reads, unusual);
        let after = self.after(caller, &list, page)?.map(Ended::of);
        let filling =
            Filling { items: vec![], records: vec![], limit: limit as usize, unusual, looked_through: 0, ended: None, last: None };
        let filling = self.fill(caller, reads, after, filling).await?;
        let next = filling.ended.map(|ended| self.cursor(caller, &list, ended.after())).transpose()?;
        // Of their own looks a person is told nothing that was not theirs before: no text of a record, no class, nobody's name.
        if reads != Reads::Mine {
            self.trace(caller, duty, READS, filling.records).await?;
        }
        Ok(Page { items: filling.items, next })
    }

    /// In which duty the caller may ask for these reads at all; "no such" and "not for you" are one answer.
    async fn may_ask(&self, caller: &Caller, reads: Reads) -> Result<Option<Duty>, AppError> {
        let watching = watcher(caller);
        match reads {
            Reads::Mine => Ok(None),
            Reads::All | Reads::SignIns => watching.map(Some).ok_or(AppError::NotFound),
            Reads::Person(person) if person == caller.person => Ok(watching),
            Reads::Person(person) => {
                let known = self.directory().await?.people.contains_key(&person);
                watching.filter(|_| known).map(Some).ok_or(AppError::NotFound)
            }
            Reads::Record(id) => {
                let access = match self.either_for(caller, id).await? {
                    Either::Case(case) => case.access,
                    Either::Report(report) => report.access,
                };
                let Access::Groups(_, duty) = access else { return Err(AppError::NotFound) };
                Ok(Some(duty))
            }
        }
    }

    /// Whether the caller's duty is to watch over everybody's reads.
    pub fn watches_reads(caller: &Caller) -> bool {
        watcher(caller).is_some()
    }

    async fn fill(&self, caller: &Caller, reads: Reads, after: Option<Ended>, mut filling: Filling) -> Result<Filling, AppError> {
        let mut known = Known::new(self, caller);
        let own = Of::Reader(caller.person);
        let of = match reads {
            Reads::Record(id) => Of::Record(RecordId::from_bytes(id)),
            Reads::Person(person) => Of::Reader(person),
            Reads::Mine => own,
            Reads::All | Reads::SignIns => {
                self.fill_by_month(reads, after, &mut known, &mut filling).await?;
                return Ok(filling);
            }
        };
        let walks = self.walks(of, after).await?;
        self.fill_from(walks, reads, after, None, &mut known, &mut filling).await?;
        Ok(filling)
    }

    /// Back through the months, as one month of everybody has many streams.
    async fn fill_by_month(
        &self,
        reads: Reads,
        after: Option<Ended>,
        known: &mut Known<'_>,
        filling: &mut Filling,
    ) -> Result<(), AppError> {
        let Some(first) = wardbook_views::months_read(&self.db, self.trust, &self.blinds, reads == Reads::SignIns).await? else {
            return Ok(());
        };
        let first = wardbook_views::month_of(first);
        let mut month = after.map_or_else(|| self.clock.now().london_month(), |ended| ended.month);
        while month >= first && filling.ended.is_none() {
            let of = if reads == Reads::SignIns { Of::SignIns(month) } else { Of::Month(month) };
            let walks = self.walks(of, after).await?;
            self.fill_from(walks, reads, after, Some(month), known, filling).await?;
            month = if month.1 == 1 { (month.0 - 1, 12) } else { (month.0, month.1 - 1) };
        }
        Ok(())
    }

    async fn walks(&self, of: Of, after: Option<Ended>) -> Result<Walks<'_>, AppError> {
        let streams = wardbook_views::access_streams(&self.db, self.trust, &self.blinds, of).await?;
        Ok(Walks::new(self, &streams, after.map(|ended| ended.position)))
    }

    async fn fill_from(
        &self,
        mut walks: Walks<'_>,
        reads: Reads,
        after: Option<Ended>,
        month: Option<(i16, i8)>,
        known: &mut Known<'_>,
        filling: &mut Filling,
    ) -> Result<(), AppError> {
        while let Some(found) = walks.next().await? {
            let its_month = wardbook_views::month_of(found.recorded_at);
            // A stream that reaches over the turn of a month stands under both: each shows its own part.
            if month.is_some_and(|month| month != its_month) {
                continue;
            }
            for (index, record) in places(&found, reads) {
                if after.is_some_and(|ended| found.position == ended.position && index <= ended.index) {
                    continue;
                }
                let row = match record {
                    Some(record) => known.row(&mut walks, &found, record, reads).await?,
                    None => known.without_record(&found, reads).await?,
                };
                let Some((row, told)) = row else { continue };
                let at = Ended { month: its_month, position: found.position, index };
                if !filling.take(row, told.then_some(record).flatten(), at) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// In which duty of their own somebody watches over reading itself.
fn watcher(caller: &Caller) -> Option<Duty> {
    Duty::ALL.iter().copied().find(|duty| is_watcher(*duty) && caller.has(*duty))
}

/// The records of a trace that a list asks for, with their places; a sign-in has one place and no record, and so has a page of none.
fn places(found: &Found, reads: Reads) -> Vec<(usize, Option<RecordId>)> {
    match &found.event {
        TraceEvent::Shown(_) if reads == Reads::SignIns => vec![],
        TraceEvent::Shown(shown) if shown.records.is_empty() && !matches!(reads, Reads::Record(_)) => vec![(0, None)],
        TraceEvent::Shown(shown) => {
            let wanted = |record: &RecordId| !matches!(reads, Reads::Record(id) if record.as_bytes() != &id);
            let once = |index: usize, record: &RecordId| !shown.records[..index].contains(record);
            let places = shown.records.iter().enumerate().filter(|(index, record)| wanted(record) && once(*index, record));
            places.map(|(index, record)| (index, Some(*record))).collect()
        }
        TraceEvent::SignedIn(_) | TraceEvent::SignInFailed(_) => vec![(0, None)],
    }
}

/// What a cursor belongs to, beside its reader.
fn list_name(reads: Reads, unusual: bool) -> String {
    let of = match reads {
        Reads::Record(id) => format!("record/{}", hex::encode(id)),
        Reads::Person(person) => format!("person/{person}"),
        Reads::Mine => "mine".to_owned(),
        Reads::All => "all".to_owned(),
        Reads::SignIns => "sign-ins".to_owned(),
    };
    format!("reads/{of}/{unusual}")
}

/// Reads whose reads are asked for: exactly one of a record, a person, the caller's own, and everybody's sign-ins.
pub fn asked(record: Option<&str>, person: Option<&str>, mine: Option<&str>, sign_ins: Option<&str>) -> Result<Reads, AppError> {
    match (record, person, mine, sign_ins) {
        (Some(record), None, None, None) => Ok(Reads::Record(crate::cases::parse_id(record)?)),
        (None, Some(person), None, None) => Ok(Reads::Person(PersonId::parse(person).ok_or(AppError::NotFound)?)),
        (None, None, Some("" | "yes" | "true"), None) => Ok(Reads::Mine),
        (None, None, None, Some("" | "yes" | "true")) => Ok(Reads::SignIns),
        _ => Err(Invalid::one("query", "takes exactly one of record, person, mine and sign_ins").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_page_ended_survives_its_cursor() {
        let ended = Ended { month: (2026, 12), position: 4711, index: 3 };
        assert_eq!(Ended::of(ended.after()), ended);
    }

    #[test]
    fn exactly_one_thing_is_asked_for() {
        let id = "0a".repeat(16);
        assert_eq!(asked(Some(&id), None, None, None).unwrap(), Reads::Record([10; 16]));
        assert_eq!(asked(None, Some(&id), None, None).unwrap(), Reads::Person(PersonId::from_bytes([10; 16])));
        assert_eq!(asked(None, None, Some(""), None).unwrap(), Reads::Mine);
        assert_eq!(asked(None, None, None, Some("true")).unwrap(), Reads::SignIns);
        assert!(matches!(asked(None, None, None, None), Err(AppError::Invalid(_))));
        assert!(matches!(asked(Some(&id), None, Some(""), None), Err(AppError::Invalid(_))));
        assert!(matches!(asked(None, None, Some(""), Some("")), Err(AppError::Invalid(_))));
        assert!(matches!(asked(None, None, Some("no"), None), Err(AppError::Invalid(_))));
        assert!(matches!(asked(Some("x"), None, None, None), Err(AppError::NotFound)));
    }
}
