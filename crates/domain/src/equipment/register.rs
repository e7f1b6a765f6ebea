//! The register as it stands: every asset with what was recorded of it when, and its loans; found by tag or serial.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{AssetRow, LoanRow};
use crate::{RecordId, clock::Date, directory::DirectoryEvent};

/// Shorter tags are found where they are asked for, and never in running text.
const IN_TEXT_MIN: usize = 4;
/// A tag that somebody typed in pieces (`LAP 0042`) has at most so many.
const PIECES_MAX: usize = 3;

/// Assets and loans as they stand.
#[derive(Clone, Default)]
pub struct Register {
    /// What was recorded of each asset, with the day.
    assets: BTreeMap<RecordId, Vec<(Date, AssetRow)>>,
    loans: BTreeMap<RecordId, LoanRow>,
    /// Assets by folded tag and by folded serial.
    by_mark: BTreeMap<String, BTreeSet<RecordId>>,
    /// Loans by the folded tag of their asset.
    by_asset: BTreeMap<String, BTreeSet<RecordId>>,
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Register({} assets, {} loans)", self.assets.len(), self.loans.len())
    }
}

/// An asset as it stood on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetAsOf<'a> {
    /// The row that was in force; the first one, where the day was before any.
    pub row: &'a AssetRow,
    /// The day on which that row was recorded.
    pub recorded_on: Date,
    /// Whether another row was recorded since.
    pub changed_since: bool,
}

impl Register {
    /// Takes in one event of an entry's stream, recorded on this day.
    pub fn apply(&mut self, id: RecordId, recorded_on: Date, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::Asset(recorded) => {
                let row = &recorded.row;
                let rows = self.assets.entry(id).or_default();
                if let Some((_, old)) = rows.last() {
                    for mark in marks(old) {
                        self.by_mark.entry(mark).or_default().remove(&id);
                    }
                }
                for mark in marks(row) {
                    self.by_mark.entry(mark).or_default().insert(id);
                }
                rows.push((recorded_on, row.clone()));
            }
            DirectoryEvent::Loan(recorded) => {
                self.by_asset.entry(folded(&recorded.row.asset_number)).or_default().insert(id);
                self.loans.insert(id, recorded.row.clone());
            }
            _ => {}
        }
    }

    /// The assets whose tag or serial this is; capitals, blanks and hyphens make no difference.
    pub fn with_mark(&self, given: &str) -> Vec<RecordId> {
        self.by_mark.get(&folded(given)).into_iter().flatten().copied().collect()
    }

    /// The assets whose tag or serial stands in a text, in the order of the text. A word alone is no tag: a mark has a digit in it.
    pub fn named_in(&self, text: &str) -> Vec<RecordId> {
        let words: Vec<String> = text.split(|c: char| !is_of_a_mark(c)).map(folded).filter(|word| !word.is_empty()).collect();
        let mut found = vec![];
        for start in 0..words.len() {
            for end in start + 1..=words.len().min(start + PIECES_MAX) {
                let mark = words[start..end].concat();
                let could_be = mark.chars().count() >= IN_TEXT_MIN && mark.chars().any(|c| c.is_ascii_digit());
                let ids = self.by_mark.get(&mark).filter(|_| could_be).into_iter().flatten();
                ids.for_each(|id| {
                    if !found.contains(id) {
                        found.push(*id);
                    }
                });
            }
        }
        found
    }

    /// An asset as it stood on a day, or as it stands.
    pub fn asset(&self, id: RecordId, day: Option<Date>) -> Option<AssetAsOf<'_>> {
        let rows = self.assets.get(&id)?;
        let by_then = day.map_or(rows.len(), |day| rows.iter().filter(|(recorded, _)| *recorded <= day).count());
        let at = by_then.max(1) - 1;
        let (recorded_on, row) = rows.get(at)?;
        Some(AssetAsOf { row, recorded_on: *recorded_on, changed_since: at + 1 < rows.len() })
    }

    /// The loan of an asset that ran on a day: the latest, where two are written down.
    pub fn loan(&self, asset_number: &str, day: Date) -> Option<&LoanRow> {
        let ids = self.by_asset.get(&folded(asset_number)).into_iter().flatten();
        let running = ids.filter_map(|id| self.loans.get(id)).filter(|loan| loan.runs_on(day));
        running.max_by_key(|loan| loan.declared())
    }

    /// Every asset, by school and tag.
    pub fn ids(&self) -> Vec<RecordId> {
        let mut ids: Vec<RecordId> = self.assets.keys().copied().collect();
        ids.sort_by_cached_key(|id| self.asset(*id, None).map(|asset| (asset.row.school.clone(), asset.row.asset_number.clone())));
        ids
    }
}

/// What an asset is found by.
fn marks(row: &AssetRow) -> impl Iterator<Item = String> {
    [Some(&row.asset_number), row.serial.as_ref()].into_iter().flatten().map(|mark| folded(mark)).filter(|mark| !mark.is_empty())
}

fn is_of_a_mark(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.')
}

fn folded(mark: &str) -> String {
    mark.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::equipment::{AssetRecorded, Encrypted, LoanRecorded};

    fn id(n: u8) -> RecordId {
        RecordId::from_bytes([n; 16])
    }

    fn row(number: &str, serial: &str, encrypted: Option<Encrypted>) -> AssetRow {
        let serial = Some(serial.to_owned()).filter(|serial| !serial.is_empty());
        AssetRow {
            asset_number: number.into(),
            kind: None,
            description: "Laptop".into(),
            make: None,
            serial,
            school: "SCH01".into(),
            location: None,
            holder_staff_id: None,
            encrypted,
            classification: None,
            review_on: None,
        }
    }

    fn put(register: &mut Register, n: u8, on: Date, row: AssetRow) {
        register.apply(id(n), on, &AssetRecorded { row, source: None, row_digest: None }.into());
    }

    fn lend(register: &mut Register, n: u8, number: &str, declared_on: &str, returned_on: Option<&str>) {
        let row = LoanRow {
            asset_number: number.into(),
            borrower_staff_id: Some(format!("S{n}")),
            borrower_pupil_id: None,
            declared_on: declared_on.into(),
            approved_by: None,
            checked_on: None,
            returned_on: returned_on.map(str::to_owned),
        };
        register.apply(id(n), date(2026, 1, 1), &LoanRecorded { row, source: None, row_digest: None }.into());
    }

    #[test]
    fn p3_asset_1_an_asset_is_found_by_tag_or_serial_however_it_is_typed() {
        let mut register = Register::default();
        put(&mut register, 1, date(2026, 1, 1), row("LAP-0042", "5CG1 23AB", None));
        put(&mut register, 2, date(2026, 1, 1), row("HALL", "", None));
        for given in ["LAP-0042", "lap0042", " lap 0042", "5cg123ab"] {
            assert_eq!(register.with_mark(given), [id(1)], "{given}");
        }
        assert_eq!((register.with_mark("hall"), register.with_mark("")), (vec![id(2)], vec![]));
        for text in ["I left LAP-0042 on the 17:40.", "lap 0042, serial unknown", "Serial: 5CG1-23AB;", "(LAP_0042)"] {
            assert_eq!(register.named_in(text), [id(1)], "{text}");
        }
        assert_eq!(register.named_in("My laptop was in the hall, 0042 of them"), [], "a word of the language is no tag");
    }

    #[test]
    fn a_serial_that_was_corrected_is_found_no_more() {
        let mut register = Register::default();
        put(&mut register, 1, date(2026, 1, 1), row("A1000", "WR0NG1", None));
        put(&mut register, 1, date(2026, 2, 1), row("A1000", "RIGHT1", None));
        assert_eq!((register.with_mark("wr0ng1"), register.with_mark("right1")), (vec![], vec![id(1)]));
        assert_eq!(register.ids(), [id(1)]);
    }

    #[test]
    fn what_stood_there_on_the_day_of_the_loss_is_told_from_what_was_written_since() {
        let mut register = Register::default();
        put(&mut register, 1, date(2026, 3, 1), row("A1000", "", Some(Encrypted::No)));
        put(&mut register, 1, date(2026, 6, 1), row("A1000", "", Some(Encrypted::Yes)));
        let on = |day: Option<Date>| {
            let asset = register.asset(id(1), day).unwrap();
            (asset.row.encrypted, asset.recorded_on, asset.changed_since)
        };
        let (first, second) = (date(2026, 3, 1), date(2026, 6, 1));
        assert_eq!(on(Some(date(2026, 5, 31))), (Some(Encrypted::No), first, true));
        assert_eq!(on(Some(second)), (Some(Encrypted::Yes), second, false));
        assert_eq!(on(Some(date(2025, 1, 1))), (Some(Encrypted::No), first, true), "before anything was recorded");
        assert_eq!(on(None), (Some(Encrypted::Yes), second, false));
        assert_eq!(register.asset(id(9), None), None);
    }

    #[test]
    fn p1_loan_1_the_loan_of_the_day_is_the_one_that_ran_then() {
        let mut register = Register::default();
        put(&mut register, 1, date(2026, 1, 1), row("A1000", "", None));
        lend(&mut register, 11, "a1000", "2025-09-05", Some("2026-02-13"));
        lend(&mut register, 12, "A1000", "2026-02-23", None);
        let borrower = |day: Date| register.loan("A-1000", day).and_then(|loan| loan.borrower_staff_id.clone());
        assert_eq!(borrower(date(2026, 2, 13)).as_deref(), Some("S11"));
        assert_eq!(borrower(date(2026, 2, 20)), None, "in the cupboard");
        assert_eq!(borrower(date(2026, 10, 30)).as_deref(), Some("S12"));
    }
}
