//! What a reader may know, newest first, for what goes through it record by record: searches and the overview.
//!
//! What is hidden from the reader is left out by the statement, so that it counts for nothing here: neither what is opened nor where looking
//! ends depends on it (design §1.4).

use std::{cmp::Reverse, collections::HashSet};

use wardbook_domain::Instant;
use wardbook_views::{Listed, Reading, Wanted};

use crate::{App, AppError, Caller};

/// Rows of one statement.
const ROWS: u32 = 10_000;
/// Statements at most: far beyond what a trust writes in a record's life.
const STATEMENTS_MAX: usize = 20;
/// How long one answer goes through records.
const SECONDS_MAX: i64 = 3;

/// A record that a reader may know, and the list that it stands on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) row: Listed,
    pub(crate) wanted: Wanted,
}

impl Candidate {
    /// Where it stands: the newest first, and a case before the report that it came of, as equal instants would leave that to their ids.
    pub(crate) fn order(&self) -> (Reverse<i64>, u8, [u8; 16]) {
        (Reverse(self.row.since), self.place(), self.id())
    }

    /// Its place among what came at the same instant.
    pub(crate) fn place(&self) -> u8 {
        u8::from(self.wanted != Wanted::Cases)
    }

    pub(crate) fn id(&self) -> [u8; 16] {
        *self.row.stream.as_bytes()
    }
}

/// How long and how far one answer may go.
pub(crate) struct Bound {
    until: Instant,
    left: usize,
}

impl Bound {
    /// Whether one more record may be opened.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let may = self.left > 0 && now < self.until;
        self.left = self.left.saturating_sub(1);
        may
    }
}

impl App {
    /// A bound that begins now.
    pub(crate) fn bound(&self, records: usize) -> Bound {
        Bound { until: self.machine.now().plus_seconds(SECONDS_MAX), left: records }
    }

    /// Everything on these lists, newest first; what stands on several is there once, from the first of them.
    pub(crate) async fn newest(&self, caller: &Caller, lists: &[Wanted]) -> Result<Vec<Candidate>, AppError> {
        let addresses = self.addresses(caller).await?;
        let reading = Reading { addresses: &addresses, person: caller.person, only: None };
        let (mut all, mut known) = (vec![], HashSet::new());
        for wanted in lists.iter().copied() {
            let mut after = None;
            for _ in 0..STATEMENTS_MAX {
                let rows = wardbook_views::list(&self.db, self.trust, &self.blinds, wanted, reading, after, ROWS).await?;
                after = rows.last().map(Listed::after);
                let whole = rows.len() < ROWS as usize;
                all.extend(rows.into_iter().filter(|row| known.insert(row.stream)).map(|row| Candidate { row, wanted }));
                if whole {
                    break;
                }
            }
        }
        all.sort_by_key(Candidate::order);
        Ok(all)
    }
}
