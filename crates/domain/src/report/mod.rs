//! A report: one filled ICT Concern / Misuse Form (P0-FORM-1 to P0-FORM-9), from filing to assessment.
//!
//! To extend: a new field of the form is a new version of [`Filed`] in `events.rs` and a check in `form.rs`; a new act is an event,
//! a command in `decide.rs` and an arm in [`Report::evolve`].

mod decide;
mod events;
mod form;
#[cfg(test)]
pub(crate) use form::tests::form;
mod words;

pub use decide::{Assess, Assessment, CORRECTABLE, Correct, Refused, assess, correct, receive};
pub use events::{Assessed, Category, Corrected, Filed, Received, ReportEvent, RouteTaken};
pub use form::{AdultNamed, Form, PupilNamed, ReporterNamed, StaffNamed};
pub use words::{About, AboutWhom, AssessmentCategory, Channel, Danger, DataAffected, DpoTold, Part, ReportType};

use crate::Instant;

/// A report as folded from its events, as far as their groups could be opened.
#[derive(Clone, PartialEq)]
pub struct Report {
    /// The form as filed.
    pub filed: Filed,
    /// When and by which duty it was received (P0-FORM-8).
    pub received: Option<Received>,
    /// The assessment (P0-FORM-9).
    pub assessed: Option<Assessed>,
    /// Corrections in order; the filed text stays as it was.
    pub corrections: Vec<Corrected>,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Report(redacted)")
    }
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportState {
    /// Filed; nobody has confirmed that it was received.
    Filed,
    /// Received, to be assessed.
    Received,
    /// Assessed.
    Assessed,
}

impl ReportState {
    /// The code sent in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Received => "received",
            Self::Assessed => "assessed",
        }
    }
}

impl Report {
    /// Folds one event; none before the report is filed. An event that makes no sense here leaves the report as it is.
    #[must_use]
    pub fn evolve(report: Option<Self>, event: ReportEvent) -> Option<Self> {
        match (report, event) {
            (None, ReportEvent::Filed(filed)) => Some(Self { filed: *filed, received: None, assessed: None, corrections: Vec::new() }),
            (Some(report), ReportEvent::Received(received)) => Some(Self { received: Some(*received), ..report }),
            (Some(report), ReportEvent::Assessed(assessed)) => Some(Self { assessed: Some(*assessed), ..report }),
            (Some(mut report), ReportEvent::Corrected(corrected)) => {
                report.corrections.push(*corrected);
                Some(report)
            }
            (report, _) => report,
        }
    }

    /// The people whom the report is about and may be about, as found at filing and at assessment.
    pub fn subjects(&self) -> (Vec<crate::PersonId>, Vec<crate::PersonId>) {
        let (route, assessed) = (&self.filed.route, self.assessed.as_ref());
        let both = |filed: &[crate::PersonId], found: Option<&Vec<crate::PersonId>>| [filed, found.map_or(&[], Vec::as_slice)].concat();
        (both(&route.subjects, assessed.map(|a| &a.subjects)), both(&route.possible_subjects, assessed.map(|a| &a.possible_subjects)))
    }

    /// Where the report stands.
    pub const fn state(&self) -> ReportState {
        match (&self.received, &self.assessed) {
            (_, Some(_)) => ReportState::Assessed,
            (Some(_), None) => ReportState::Received,
            (None, None) => ReportState::Filed,
        }
    }

    /// A correctable field as it now reads: the last correction, else as filed.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.corrections.iter().rev().find(|c| c.field == field).map(|c| c.text.as_str()).or_else(|| self.filed.text(field))
    }

    /// When the notice to the ICO would be due were this a personal-data breach: the clock starts with what the school knew,
    /// not when somebody triages (BRE-3, design §1.8). None where no data can be affected.
    pub fn provisional_ico_due(&self) -> Option<Instant> {
        self.filed.may_be_breach().then(|| crate::clock::ico_notice_due(self.filed.aware_at))
    }
}
