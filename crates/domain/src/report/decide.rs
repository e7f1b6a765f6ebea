//! What may be done to a report, and what follows.

use super::{
    Report, ReportState,
    events::{Corrected, Received},
    form::AdultNamed,
    words::AssessmentCategory,
};
use crate::{
    Duty, Instant,
    case::CaseKind,
    field::{Checks, Invalid},
};

/// Why an act was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The record is in a state in which this cannot be done.
    #[error("{0}")]
    State(&'static str),
}

/// Confirms that the report reached its receiver (P0-FORM-8). Done twice it changes nothing.
pub fn receive(report: &Report, now: Instant, duty: Duty, by: &str) -> Option<Received> {
    (report.state() == ReportState::Filed).then(|| Received { received_at: now, received_as: duty, received_by: by.to_owned() })
}

/// The assessment as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assess {
    /// One or more categories (P0-FORM-9).
    pub categories: Vec<AssessmentCategory>,
    /// Why: decisions and reasons are written down.
    pub reason: String,
    /// Action to be taken (P0-FORM-10).
    #[serde(default)]
    pub action: Option<String>,
    /// What the owners of cases of another class may know, where the story of the report stays with its own class.
    #[serde(default)]
    pub shared: Option<String>,
    /// Adults whom the matter turns out to be about.
    #[serde(default)]
    pub subjects: Vec<AdultNamed>,
}

impl std::fmt::Debug for Assess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assess(redacted)")
    }
}

/// What an assessment leads to: the cases to open, one for each category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The category and the kind of case that it opens.
    pub opens: Vec<(AssessmentCategory, CaseKind)>,
    /// Whether "received" has to be recorded first.
    pub receive_first: bool,
}

/// Judges an assessment (P0-FORM-9: one or more, each opening its own case).
pub fn assess(report: &Report, assess: &Assess) -> Result<Assessment, Refused> {
    let mut checks = Checks::default();
    if assess.categories.is_empty() {
        checks.fail("categories", "needs at least one category (P0-FORM-9)");
    }
    if assess.categories.iter().enumerate().any(|(index, category)| assess.categories[..index].contains(category)) {
        checks.fail("categories", "names one category twice");
    }
    checks.text("reason", &assess.reason, 20_000);
    checks.at_most("action", assess.action.as_deref().unwrap_or(""), 20_000);
    checks.at_most("shared", assess.shared.as_deref().unwrap_or(""), 20_000);
    if assess.subjects.len() > 100 {
        checks.fail("subjects", "names more than 100 adults");
    }
    for (index, adult) in assess.subjects.iter().take(100).enumerate() {
        checks.text(&format!("subjects[{index}].name"), &adult.name, 200);
    }
    checks.done()?;
    if report.state() == ReportState::Assessed {
        return Err(Refused::State("this report has been assessed already; its cases can be worked on"));
    }
    Ok(Assessment {
        opens: assess.categories.iter().map(|category| (*category, CaseKind::of(*category))).collect(),
        receive_first: report.state() == ReportState::Filed,
    })
}

/// A correction as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correct {
    /// The field to correct.
    pub field: String,
    /// The text as it should have been.
    pub text: String,
    /// Why.
    pub reason: String,
}

impl std::fmt::Debug for Correct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Correct(redacted)")
    }
}

impl Correct {
    /// Checks the correction against the fields that may be corrected.
    pub fn check(&self, correctable: &[&str]) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        if !correctable.contains(&self.field.as_str()) {
            checks.fail("field", format!("is not one that can be corrected; choose one of {}", correctable.join(", ")));
        }
        checks.text("text", &self.text, 20_000);
        checks.text("reason", &self.reason, 20_000);
        checks.done()
    }
}

/// The fields of a report that may be corrected.
pub const CORRECTABLE: &[&str] = &["what_happened", "location", "reported_to", "immediate_action"];

/// Corrects a field (design §1.1); a correction that changes nothing is refused.
pub fn correct(report: &Report, correct: &Correct, by: &str) -> Result<Corrected, Refused> {
    correct.check(CORRECTABLE)?;
    if report.text(&correct.field) == Some(correct.text.as_str()) {
        return Err(Invalid::one("text", "is what the record says already").into());
    }
    Ok(Corrected { field: correct.field.clone(), text: correct.text.clone(), reason: correct.reason.clone(), corrected_by: by.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ReportEvent, ReportType, form::tests::form};

    fn filed() -> Report {
        let filed = crate::routing::tests::filed(&form(&[ReportType::LossOfEquipment]));
        Report::evolve(None, ReportEvent::from(filed)).unwrap()
    }

    fn ask(categories: &[AssessmentCategory]) -> Assess {
        Assess { categories: categories.to_vec(), reason: "Because".into(), action: None, shared: None, subjects: vec![] }
    }

    #[test]
    fn p0_form_8_received_once_and_twice_is_once() {
        let now = Instant::from_micros(0);
        let report = filed();
        let received = receive(&report, now, Duty::Dsl, "George Xu").unwrap();
        let report = Report::evolve(Some(report), received.into()).unwrap();
        assert_eq!(report.state(), ReportState::Received);
        assert_eq!(receive(&report, now, Duty::Dsl, "George Xu"), None);
    }

    #[test]
    fn p0_form_9_each_category_opens_its_own_case() {
        let all = assess(&filed(), &ask(AssessmentCategory::ALL)).unwrap();
        assert_eq!(all.opens.len(), 7);
        assert!(all.receive_first);
        let kinds: std::collections::BTreeSet<_> = all.opens.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds.len(), 7);
    }

    #[test]
    fn an_assessment_without_category_or_reason_names_both_and_a_second_one_is_refused() {
        let Err(Refused::Invalid(Invalid(list))) = assess(&filed(), &Assess { reason: " ".into(), ..ask(&[]) }) else { panic!("accepted") };
        assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["categories", "reason"]);
        let assessed = super::super::Assessed {
            class: crate::RecordClass::It,
            categories: vec![],
            subjects: vec![],
            possible_subjects: vec![],
            shared: None,
            reason: "r".into(),
            action: None,
            assessed_by: "x".into(),
        };
        let report = Report::evolve(Some(filed()), assessed.into()).unwrap();
        assert!(matches!(assess(&report, &ask(&[AssessmentCategory::DataBreach])), Err(Refused::State(_))));
    }

    #[test]
    fn a_correction_keeps_what_was_filed_and_needs_a_reason() {
        let ask = |field: &str, reason: &str| Correct { field: field.into(), text: "On the bus".into(), reason: reason.into() };
        assert!(correct(&filed(), &ask("types", "typo"), "x").is_err());
        assert!(correct(&filed(), &ask("location", ""), "x").is_err());
        let corrected = correct(&filed(), &ask("location", "typo"), "x").unwrap();
        let report = Report::evolve(Some(filed()), corrected.into()).unwrap();
        assert_eq!(report.text("location"), Some("On the bus"));
        assert_eq!(report.filed.location, None);
        assert!(correct(&report, &ask("location", "typo"), "x").is_err(), "changes nothing");
    }
}
