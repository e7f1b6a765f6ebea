//! Copies of a report on paper, as of a case (`case/copy.rs`): each has its number, its purpose and its marking, and stands in the report.

use super::{Refused, Report};
use crate::{Instant, case::Marking, event::event, field::Invalid, profile::Profile, redacted::redacted};

/// A copy as asked for.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeReportCopy {
    /// The code of its purpose, as the profile lists them.
    pub purpose: String,
}

redacted!(MakeReportCopy);

event! {
    /// A copy was made.
    pub struct CopyMade = "report.copy_made" v 1 {
        record {
            /// Its number: 1 for the first of this report.
            number: u32,
            /// The code of its purpose.
            purpose: String,
            /// The marking that it bears (P0-MARK-1).
            marking: Marking,
            /// Who made it, by name as it was then.
            by: String,
            /// When.
            made_at: Instant,
        }
    }
}

/// Makes a copy.
pub fn make_copy(report: &Report, ask: &MakeReportCopy, profile: &Profile, by: &str, now: Instant) -> Result<CopyMade, Refused> {
    if !profile.knows_purpose(&ask.purpose) {
        return Err(Invalid::one("purpose", "is none of the purposes that the policy profile lists").into());
    }
    let number = u32::try_from(report.copies.len()).unwrap_or(u32::MAX).saturating_add(1);
    Ok(CopyMade { number, purpose: ask.purpose.clone(), marking: Marking::of(report.class()), by: by.to_owned(), made_at: now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{ReportEvent, ReportType, form},
        routing::tests::filed,
    };

    #[test]
    fn p0_print_1_every_copy_of_a_report_has_its_own_number_purpose_and_marking() {
        let profile = crate::profile::tests::clpt();
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        let ask = |purpose: &str| MakeReportCopy { purpose: purpose.into() };
        let report = Report::new(filed(&form(&[ReportType::OnlineSafetyConcern])));
        assert!(matches!(make_copy(&report, &ask("curiosity"), &profile, "Uma Jones", now), Err(Refused::Invalid(_))));
        let first = make_copy(&report, &ask("case_work"), &profile, "Uma Jones", now).unwrap();
        assert_eq!((first.number, first.marking, first.by.as_str()), (1, Marking::of(report.class()), "Uma Jones"));
        let report = Report::evolve(Some(report), ReportEvent::from(first)).unwrap();
        assert_eq!(make_copy(&report, &ask("audit"), &profile, "Uma Jones", now).unwrap().number, 2);
    }
}
