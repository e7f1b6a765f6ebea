//! Which access streams hold a look at a record, which a month has, which have sign-ins, and which are a person's: so that reads are
//! found without opening the traces of everybody. A stream is one reader's month; a row's `since` is the first event of its kind in that
//! stream, its position the last.

use wardbook_domain::{Instant, event::AnyEvent, reading::is_list, trace::TraceEvent};

use crate::{At, Change, Holder, Row, View};

/// The register of streams that name a record.
pub(crate) const RECORD: &str = "record";
/// The register of streams in which a record was opened, not only listed.
pub(crate) const OPENED: &str = "opened";
/// The register of streams of a month.
pub(crate) const MONTH: &str = "month";
/// The register of streams of a month that have sign-ins, failed ones too.
pub(crate) const SIGN_INS: &str = "sign-ins";
/// The register of a person's streams.
pub(crate) const READER: &str = "reader";

pub(crate) struct Reads;

impl View for Reads {
    fn name(&self) -> &'static str {
        crate::READS
    }

    fn version(&self) -> u32 {
        2
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let AnyEvent::Trace(event) = event else { return vec![] };
        let row = |register, holder| Row { register, class: None, holder, since: at.recorded_at, due: None };
        let month = Holder::Month(month_of(at.recorded_at));
        let mut rows = vec![];
        match event {
            TraceEvent::Shown(shown) => {
                rows.push(row(READER, Holder::Person(shown.reader)));
                rows.push(row(MONTH, month));
                let mut records = shown.records.clone();
                records.sort_unstable();
                records.dedup();
                let registers: &[&'static str] = if is_list(&shown.page) { &[RECORD] } else { &[RECORD, OPENED] };
                rows.extend(records.iter().flat_map(|record| registers.iter().map(|register| row(register, Holder::Record(*record)))));
            }
            TraceEvent::SignedIn(signed_in) => {
                rows.extend([row(READER, Holder::Person(signed_in.person)), row(SIGN_INS, month)]);
            }
            TraceEvent::SignInFailed(failed) => {
                rows.extend(failed.person.map(|person| row(READER, Holder::Person(person))));
                rows.push(row(SIGN_INS, month));
            }
        }
        vec![Change::Touch(rows)]
    }
}

/// The month in England in which an event was recorded.
pub fn month_of(recorded_at: i64) -> (i16, i8) {
    Instant::from_micros(recorded_at).london_month()
}
