//! A list as whoever knows nothing of indexes would make it: all rows in memory, looked through from start to end.

use std::collections::BTreeMap;

use wardbook_domain::Address;

use crate::{
    Change, Holder, Reading, Row, Wanted,
    list::Place,
    queue::{ASIDE, EXCLUDED},
};

/// A row as it was put last, and whether it comes before all that has a due instant.
#[derive(Debug, Clone)]
struct Kept {
    row: Row,
    first: bool,
}

/// The rows of one view, by stream.
#[derive(Debug, Default)]
pub(super) struct Model(BTreeMap<[u8; 16], Vec<Kept>>);

/// Where a record stands, and what is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) urgent: bool,
    pub(super) since: i64,
    pub(super) stream: [u8; 16],
    pub(super) due: Option<i64>,
}

impl Model {
    pub(super) fn apply(&mut self, stream: [u8; 16], change: &Change) {
        let rows = self.0.entry(stream).or_default();
        match change {
            Change::Put(row) => put(rows, row, false),
            Change::PutFirst(row) => put(rows, row, true),
            Change::PutFirstIf(mark, row) => {
                let first = rows.iter().any(|kept| kept.row.register == *mark);
                put(rows, row, first);
            }
            Change::InTurn(register) => in_register(rows, register).for_each(|kept| kept.first = false),
            Change::SetDue(register, due) => in_register(rows, register).for_each(|kept| kept.row.due = *due),
            Change::Drop => rows.clear(),
            Change::DropRegister(register) => rows.retain(|kept| kept.row.register != *register),
            Change::DropOne(register, class, holder) => {
                rows.retain(|kept| (kept.row.register, kept.row.class, &kept.row.holder) != (*register, Some(*class), holder));
            }
            Change::Touch(_) => unreachable!("reads are in no list"),
        }
    }

    /// The reader's records in order.
    pub(super) fn list(&self, wanted: Wanted, reading: Reading<'_>) -> Vec<Stands> {
        let hides = |kept: &Kept| [EXCLUDED, ASIDE].contains(&kept.row.register) && kept.row.holder == Holder::Person(reading.person);
        let records = self.0.iter().filter(|(_, rows)| wanted == Wanted::OwnReports || !rows.iter().any(hides));
        let mut all: Vec<(i64, Stands)> = records.filter_map(|(stream, rows)| first(*stream, rows, wanted, reading)).collect();
        all.sort_unstable_by_key(|(place, stands)| (!stands.urgent, *place, stands.since, stands.stream));
        all.into_iter().map(|(_, stands)| stands).collect()
    }
}

fn put(rows: &mut Vec<Kept>, row: &Row, first: bool) {
    rows.retain(|kept| (kept.row.register, kept.row.class, &kept.row.holder) != (row.register, row.class, &row.holder));
    rows.push(Kept { row: row.clone(), first });
}

fn in_register<'a>(rows: &'a mut [Kept], register: &'a str) -> impl Iterator<Item = &'a mut Kept> {
    rows.iter_mut().filter(move |kept| kept.row.register == register)
}

/// The first of a record's rows that are the reader's, and the earliest instant at which any of them is due.
fn first(stream: [u8; 16], rows: &[Kept], wanted: Wanted, reading: Reading<'_>) -> Option<(i64, Stands)> {
    let Place { sent, named, .. } = wanted.place();
    let is_theirs = |kept: &&Kept| match &kept.row.holder {
        Holder::Address(address) => {
            let is_listed = kept.row.class.is_some_and(|class| wanted.lists(class));
            is_listed && sent.contains(&kept.row.register) && reading.addresses.iter().any(|held| address.is_covered_by(held))
        }
        Holder::Person(person) => named.contains(&kept.row.register) && *person == reading.person,
        _ => false,
    };
    let place = |kept: &Kept| if kept.first { kept.row.since } else { kept.row.due.unwrap_or(i64::MAX) };
    let theirs = || rows.iter().filter(is_theirs);
    let first = theirs().min_by_key(|kept| (!kept.first, place(kept), kept.row.since))?;
    let due = theirs().filter_map(|kept| kept.row.due).min();
    Some((place(first), Stands { urgent: first.first, since: first.row.since, stream, due }))
}

/// An address by what it is short for.
pub(super) fn at(duty: wardbook_domain::Duty, school: Option<usize>) -> Address {
    Address { duty, school: school.map(|school| format!("SCH{school:02}")) }
}
