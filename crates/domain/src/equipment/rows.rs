//! The rows of the two lists.

use std::borrow::Cow;

use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};

use crate::{
    clock::Date,
    directory::{Row, check_date},
    field::{Checks, Invalid},
    redacted::redacted,
    words::words,
};

words! {
    /// What an entry of the information asset register is (P0-ASSET-1).
    pub enum AssetKind {
        Equipment = "equipment", "ICT equipment";
        SoftwareLicence = "software_licence", "Software licence";
        DataAsset = "data_asset", "Data asset";
    }
}

words! {
    /// Whether what is on it can be read by whoever finds it.
    pub enum Encrypted {
        Yes = "yes", "Yes";
        No = "no", "No";
        Unknown = "unknown", "Not known";
    }
}

words! {
    /// The protective marking of what it holds (P0-MARK-1).
    pub enum Classification {
        Public = "public", "Public";
        SchoolUse = "school_use", "School use";
        Restricted = "restricted", "Restricted";
        Confidential = "confidential", "Confidential";
    }
}

/// A row of `assets.csv`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetRow {
    /// The number on its tag.
    pub asset_number: String,
    /// What it is; equipment, where the list does not say.
    #[serde(default)]
    pub kind: Option<AssetKind>,
    /// For example `Laptop`.
    pub description: String,
    /// Make and model.
    #[serde(default)]
    pub make: Option<String>,
    /// The maker's serial number.
    #[serde(default)]
    pub serial: Option<String>,
    /// The school's code.
    pub school: String,
    /// Where it is kept.
    #[serde(default)]
    pub location: Option<String>,
    /// Staff id of the person who answers for it.
    #[serde(default)]
    pub holder_staff_id: Option<String>,
    /// Whether it is encrypted; not known, where the list does not say.
    #[serde(default)]
    pub encrypted: Option<Encrypted>,
    /// The marking of what it holds.
    #[serde(default)]
    pub classification: Option<Classification>,
    /// When the entry is reviewed, ISO date.
    #[serde(default)]
    pub review_on: Option<String>,
}

/// A row of `loans.csv`. Lists of loans have no number of their own: it is the asset, the borrower and the day of the declaration that
/// tell one from another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanRow {
    /// The number on the asset's tag.
    pub asset_number: String,
    /// Staff id of the borrower.
    #[serde(default)]
    pub borrower_staff_id: Option<String>,
    /// Id of the borrower in the pupil list (P1-PUPIL-2).
    #[serde(default)]
    pub borrower_pupil_id: Option<String>,
    /// The day on which the borrower signed the declaration, ISO date.
    pub declared_on: String,
    /// Staff id of whoever approved it.
    #[serde(default)]
    pub approved_by: Option<String>,
    /// When it was last checked, ISO date.
    #[serde(default)]
    pub checked_on: Option<String>,
    /// When it came back, ISO date.
    #[serde(default)]
    pub returned_on: Option<String>,
}

redacted!(AssetRow, LoanRow);

impl Row for AssetRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("asset_number", &self.asset_number, 50);
        checks.text("description", &self.description, 200);
        checks.text("school", &self.school, 50);
        let lines =
            [("make", &self.make), ("serial", &self.serial), ("location", &self.location), ("holder_staff_id", &self.holder_staff_id)];
        for (field, value) in lines {
            checks.at_most(field, value.as_deref().unwrap_or_default(), 200);
        }
        check_date(&mut checks, "review_on", self.review_on.as_deref());
        checks.done()
    }
    fn reference(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.asset_number)
    }
}

impl Row for LoanRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("asset_number", &self.asset_number, 50);
        checks.text("declared_on", &self.declared_on, 50);
        match (&self.borrower_staff_id, &self.borrower_pupil_id) {
            (None, None) => checks.fail("borrower_staff_id", "is missing, and borrower_pupil_id as well: somebody has it"),
            (Some(_), Some(_)) => checks.fail("borrower_pupil_id", "names a second borrower; a loan has one"),
            _ => {}
        }
        let people = [
            ("borrower_staff_id", &self.borrower_staff_id),
            ("borrower_pupil_id", &self.borrower_pupil_id),
            ("approved_by", &self.approved_by),
        ];
        for (field, value) in people {
            checks.at_most(field, value.as_deref().unwrap_or_default(), 50);
        }
        let days = [
            ("declared_on", Some(&self.declared_on)),
            ("checked_on", self.checked_on.as_ref()),
            ("returned_on", self.returned_on.as_ref()),
        ];
        for (field, value) in days {
            check_date(&mut checks, field, value.map(String::as_str));
        }
        for (field, later) in [("checked_on", self.checked()), ("returned_on", self.returned())] {
            if later.zip(self.declared()).is_some_and(|(later, declared)| later < declared) {
                checks.fail(field, "is before the day of the declaration");
            }
        }
        checks.done()
    }
    fn reference(&self) -> Cow<'_, str> {
        let borrower = self.borrower_staff_id.as_deref().or(self.borrower_pupil_id.as_deref());
        // The unit separator stands in no number, id or date, so that the parts do not run into one another.
        Cow::Owned([self.asset_number.as_str(), borrower.unwrap_or_default(), &self.declared_on].join("\u{1f}"))
    }
}

impl LoanRow {
    /// The day of the declaration.
    pub fn declared(&self) -> Option<Date> {
        self.declared_on.parse().ok()
    }

    /// The day on which it came back.
    pub fn returned(&self) -> Option<Date> {
        self.returned_on.as_deref()?.parse().ok()
    }

    fn checked(&self) -> Option<Date> {
        self.checked_on.as_deref()?.parse().ok()
    }

    /// Whether the borrower had it on this day, both ends included.
    pub fn runs_on(&self, day: Date) -> bool {
        self.declared().is_some_and(|declared| declared <= day) && self.returned().is_none_or(|returned| day <= returned)
    }

    /// When a loan that runs is checked next: twelve months after the declaration or the last check (P1-LOAN-1).
    pub fn next_check_on(&self) -> Option<Date> {
        let last = self.declared().max(self.checked())?;
        if self.returned().is_some() { None } else { last.checked_add(12.months()).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn loan() -> LoanRow {
        LoanRow {
            asset_number: "L-0042".into(),
            borrower_staff_id: Some("S1".into()),
            borrower_pupil_id: None,
            declared_on: "2024-02-29".into(),
            approved_by: None,
            checked_on: None,
            returned_on: None,
        }
    }

    fn fields(row: &impl Row) -> Vec<String> {
        row.check().err().map(|Invalid(errors)| errors.into_iter().map(|error| error.field).collect()).unwrap_or_default()
    }

    #[test]
    fn p1_loan_1_a_loan_is_checked_every_twelve_months_until_it_comes_back() {
        assert_eq!(loan().next_check_on(), Some(date(2025, 2, 28)), "a leap day has no anniversary of its own");
        let checked = LoanRow { checked_on: Some("2025-03-03".into()), ..loan() };
        assert_eq!(checked.next_check_on(), Some(date(2026, 3, 3)));
        assert_eq!(LoanRow { returned_on: Some("2025-09-01".into()), ..checked }.next_check_on(), None);
    }

    #[test]
    fn a_loan_runs_from_its_declaration_to_its_return() {
        let returned = LoanRow { returned_on: Some("2024-07-19".into()), ..loan() };
        for (day, runs) in [(date(2024, 2, 28), false), (date(2024, 2, 29), true), (date(2024, 7, 19), true), (date(2024, 7, 20), false)] {
            assert_eq!(returned.runs_on(day), runs, "{day}");
        }
        assert!(loan().runs_on(date(2030, 1, 1)), "nobody wrote that it came back");
    }

    #[test]
    fn what_cannot_be_is_refused_by_field() {
        assert_eq!(fields(&loan()), Vec::<String>::new());
        assert_eq!(fields(&LoanRow { borrower_staff_id: None, ..loan() }), ["borrower_staff_id"]);
        assert_eq!(fields(&LoanRow { borrower_pupil_id: Some("P1".into()), ..loan() }), ["borrower_pupil_id"]);
        assert_eq!(fields(&LoanRow { returned_on: Some("2024-02-28".into()), ..loan() }), ["returned_on"]);
        assert_eq!(fields(&LoanRow { declared_on: "spring".into(), ..loan() }), ["declared_on"]);
        let asset = |review: &str| AssetRow {
            asset_number: "A1".into(),
            kind: None,
            description: "Laptop".into(),
            make: None,
            serial: None,
            school: "SCH01".into(),
            location: None,
            holder_staff_id: None,
            encrypted: None,
            classification: None,
            review_on: Some(review.into()),
        };
        assert_eq!(fields(&asset("2026-09-01")), Vec::<String>::new());
        assert_eq!(fields(&AssetRow { description: " ".into(), ..asset("soon") }), ["description", "review_on"]);
    }

    #[test]
    fn two_loans_of_one_day_are_told_apart_by_their_borrower() {
        let other = LoanRow { borrower_staff_id: None, borrower_pupil_id: Some("P1".into()), ..loan() };
        assert_ne!(loan().reference(), other.reference());
        let returned = LoanRow { returned_on: Some("2024-07-19".into()), ..loan() };
        assert_eq!(loan().reference(), returned.reference(), "a return corrects the loan");
    }
}
