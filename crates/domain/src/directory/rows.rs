//! The rows of the lists: schools, staff, pupils.

use std::borrow::Cow;

use crate::redacted::redacted;
use serde::{Deserialize, Serialize};

use crate::field::{Checks, Invalid};

/// A row of `schools.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolRow {
    /// The school's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Staff id of the headteacher.
    #[serde(default)]
    pub head_staff_id: Option<String>,
    /// Staff id of the DSL.
    #[serde(default)]
    pub dsl_staff_id: Option<String>,
    /// Staff id of the deputy headteacher.
    #[serde(default)]
    pub deputy_staff_id: Option<String>,
}

/// A row of `staff.csv`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRow {
    /// The id in the staff list.
    pub staff_id: String,
    /// The name.
    pub name: String,
    /// The role in words.
    #[serde(default)]
    pub role: Option<String>,
    /// E-mail, where there is one.
    #[serde(default)]
    pub email: Option<String>,
    /// The school's code.
    pub school: String,
    /// First day, ISO date.
    #[serde(default)]
    pub started_on: Option<String>,
    /// employee, supply, contractor, volunteer...
    #[serde(default)]
    pub engagement: Option<String>,
    /// Employer of supply staff and contractors.
    #[serde(default)]
    pub employer: Option<String>,
    /// How to reach that employer.
    #[serde(default)]
    pub employer_contact: Option<String>,
    /// Staff id of the line manager.
    #[serde(default)]
    pub line_manager_id: Option<String>,
    /// Date of birth, ISO date.
    #[serde(default)]
    pub date_of_birth: Option<String>,
}

/// A row of `pupils.csv`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PupilRow {
    /// The id in the pupil list.
    pub pupil_id: String,
    /// The name in law.
    pub legal_name: String,
    /// The name in use.
    #[serde(default)]
    pub known_name: Option<String>,
    /// Date of birth, ISO date.
    #[serde(default)]
    pub date_of_birth: Option<String>,
    /// For example `Year 3`.
    #[serde(default)]
    pub year_group: Option<String>,
    /// The school's code.
    pub school: String,
    /// First day on roll, ISO date.
    #[serde(default)]
    pub on_roll: Option<String>,
    /// Last day on roll, ISO date.
    #[serde(default)]
    pub off_roll: Option<String>,
    /// The next school.
    #[serde(default)]
    pub next_school: Option<String>,
}

redacted!(StaffRow, PupilRow);

/// What every row of a list can be asked.
pub trait Row {
    /// Checks the row and names the fields that are wrong.
    fn check(&self) -> Result<(), Invalid>;
    /// The list's own id of the entry.
    fn reference(&self) -> Cow<'_, str>;
}

impl Row for SchoolRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("code", &self.code, 50);
        checks.text("name", &self.name, 200);
        checks.done()
    }
    fn reference(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.code)
    }
}

impl Row for StaffRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("staff_id", &self.staff_id, 50);
        checks.text("name", &self.name, 200);
        checks.text("school", &self.school, 50);
        check_date(&mut checks, "started_on", self.started_on.as_deref());
        check_date(&mut checks, "date_of_birth", self.date_of_birth.as_deref());
        if let Some(email) = &self.email {
            check_email(&mut checks, email);
        }
        checks.done()
    }
    fn reference(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.staff_id)
    }
}

impl Row for PupilRow {
    fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("pupil_id", &self.pupil_id, 50);
        checks.text("legal_name", &self.legal_name, 200);
        checks.text("school", &self.school, 50);
        for (field, value) in [("date_of_birth", &self.date_of_birth), ("on_roll", &self.on_roll), ("off_roll", &self.off_roll)] {
            check_date(&mut checks, field, value.as_deref());
        }
        checks.done()
    }
    fn reference(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.pupil_id)
    }
}

/// A day as lists have it.
pub(crate) fn check_date(checks: &mut Checks, field: &str, value: Option<&str>) {
    if value.is_some_and(|text| text.parse::<jiff::civil::Date>().is_err()) {
        checks.fail(field, "is not a date like 2026-10-30");
    }
}

/// An e-mail address as far as we need it: one `@`, something on both sides, no blanks.
pub fn check_email(checks: &mut Checks, email: &str) {
    let fine = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'));
    if !fine || email.chars().any(|c| c.is_whitespace() || c.is_control()) || email.len() > 254 {
        checks.fail("email", "is not an e-mail address");
    }
}
