//! What may be done to a report, and what follows.

use super::{
    Report, ReportState,
    events::{ClockDecided, ClockMoved, Corrected, Received, Told},
    form::AdultNamed,
    signing::Declaration,
    words::{AssessmentCategory, ClockDecision},
};
use crate::redacted::redacted;
use crate::{
    Duty, Instant,
    case::CaseKind,
    clock::Date,
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
    /// What the category `other` is.
    #[serde(default)]
    pub other: Option<String>,
    /// Who has been told (P0-FORM-11).
    #[serde(default)]
    pub told: Vec<Told>,
    /// Follow-up actions (P0-FORM-10).
    #[serde(default)]
    pub follow_up: Option<String>,
    /// The day on which it is looked at again (P0-FORM-10).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Date>,
    /// The typed declaration (P0-FORM-12).
    #[serde(default)]
    pub declaration: Option<Declaration>,
}

redacted!(Assess);

/// What an assessment leads to: the cases to open, one for each category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The category and the kind of case that it opens.
    pub opens: Vec<(AssessmentCategory, CaseKind)>,
    /// Whether "received" has to be recorded first.
    pub receive_first: bool,
}

impl Assess {
    fn check_part_b(&self, told: &[String], checks: &mut Checks) {
        if self.categories.contains(&AssessmentCategory::Other) && self.other.as_deref().is_none_or(|text| text.trim().is_empty()) {
            checks.fail("other", "is needed when the category is \"other\": please say what it is");
        }
        checks.at_most("other", self.other.as_deref().unwrap_or(""), 500);
        checks.at_most("follow_up", self.follow_up.as_deref().unwrap_or(""), 20_000);
        if self.told.len() > 50 {
            checks.fail("told", "names more than 50");
        }
        for (index, one) in self.told.iter().take(50).enumerate() {
            if !told.contains(&one.whom) {
                checks.fail(format!("told[{index}].whom"), "is not on the list of whom to tell");
            }
            checks.at_most(&format!("told[{index}].how"), one.how.as_deref().unwrap_or(""), 500);
            checks.at_most(&format!("told[{index}].reference"), one.reference.as_deref().unwrap_or(""), 200);
        }
        if let Some(declaration) = &self.declaration {
            checks.text("declaration.name", &declaration.name, 200);
        }
    }
}

/// Judges an assessment (P0-FORM-9: one or more, each opening its own case); `told` is the list of whom to tell, by code.
pub fn assess(report: &Report, assess: &Assess, told: &[String]) -> Result<Assessment, Refused> {
    let mut checks = Checks::default();
    assess.check_part_b(told, &mut checks);
    if assess.categories.is_empty() {
        checks.fail("categories", "needs at least one category (P0-FORM-9)");
    }
    if assess.categories.iter().enumerate().any(|(index, category)| assess.categories[..index].contains(category)) {
        checks.fail("categories", "names one category twice");
    }
    checks.text("reason", &assess.reason, 20_000);
    checks.at_most("action", assess.action.as_deref().unwrap_or(""), 20_000);
    checks.at_most("shared", assess.shared.as_deref().unwrap_or(""), 20_000);
    let hr = assess.categories.iter().any(|category| CaseKind::of(*category) == CaseKind::Disciplinary);
    if hr && assess.shared.as_deref().unwrap_or("").trim().is_empty() {
        checks.fail("shared", "is needed for a disciplinary matter: say what human resources are told");
    }
    if assess.subjects.len() > 100 {
        checks.fail("subjects", "names more than 100 adults");
    }
    for (index, adult) in assess.subjects.iter().take(100).enumerate() {
        checks.text(&format!("subjects[{index}].name"), &adult.name, 200);
    }
    checks.done()?;
    if report.state() == ReportState::Imported {
        return Err(Refused::State("this report was imported from old papers and is not assessed here"));
    }
    if report.state() == ReportState::Assessed {
        return Err(Refused::State("this report has been assessed already; its cases can be worked on"));
    }
    Ok(Assessment {
        opens: assess.categories.iter().map(|category| (*category, CaseKind::of(*category))).collect(),
        receive_first: report.state() == ReportState::Filed,
    })
}

/// A person's finding whom a report is about, as handed in: everyone whom it is about, and nobody else from then on.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// Everyone whom it is about; none where it is about no adult.
    pub subjects: Vec<AdultNamed>,
    /// Why.
    pub reason: String,
}

/// A correction of the earliest staff knowledge, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveClock {
    /// The instant as it should have been.
    #[schema(value_type = String, format = DateTime)]
    pub aware_at: Instant,
    /// Why: moving it needs a reason (BRE-3).
    pub reason: String,
}

/// A decision about a provisional breach clock, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideClock {
    /// Which.
    pub decision: ClockDecision,
    /// Why.
    pub reason: String,
}

redacted!(Settle, MoveClock, DecideClock);

/// Checks a finding whom the report is about. Who it names is for the directory to say.
pub fn settle(ask: &Settle) -> Result<(), Invalid> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    if ask.subjects.len() > 100 {
        checks.fail("subjects", "names more than 100 adults");
    }
    for (index, adult) in ask.subjects.iter().take(100).enumerate() {
        checks.text(&format!("subjects[{index}].name"), &adult.name, 200);
    }
    checks.done()
}

impl MoveClock {
    /// Checks the correction against what stands there, when it happened as far as that is known, and the clock.
    pub fn check(&self, stands: Instant, happened: Option<Instant>, now: Instant) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("reason", &self.reason, 20_000);
        if self.aware_at > now {
            checks.fail("aware_at", "lies in the future");
        }
        if happened.is_some_and(|happened| self.aware_at < happened) {
            checks.fail("aware_at", "is earlier than when it happened; nobody can have known before");
        }
        if self.aware_at == stands {
            checks.fail("aware_at", "is what the record says already");
        }
        checks.done()
    }
}

/// Corrects the earliest staff knowledge of a report whose clock runs (BRE-3); what stood there stays.
pub fn move_clock(report: &Report, ask: &MoveClock, by: &str, now: Instant) -> Result<ClockMoved, Refused> {
    ask.check(report.aware_at(), report.happened_at(), now)?;
    has_clock(report)?;
    if report.clock_ended() {
        return Err(Refused::State("the clock has been ended; confirm it first"));
    }
    Ok(ClockMoved { corrected_aware_at: ask.aware_at, reason: ask.reason.clone(), moved_by: by.to_owned(), moved_at: now })
}

/// Confirms or ends the provisional clock of a report, with a reason.
pub fn decide_clock(report: &Report, ask: &DecideClock, by: &str, now: Instant) -> Result<ClockDecided, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.done()?;
    has_clock(report)?;
    if report.clock_decided.as_ref().is_some_and(|decided| decided.decision == ask.decision) {
        return Err(Refused::State("this has been decided already"));
    }
    let confirmed = ask.decision == ClockDecision::Confirmed;
    Ok(ClockDecided {
        class: report.class(),
        clock_owner: report.clock_owner().cloned(),
        due_at: confirmed.then(|| crate::clock::ico_notice_due(report.aware_at())),
        decision: ask.decision,
        reason: ask.reason.clone(),
        decided_by: by.to_owned(),
        decided_at: now,
    })
}

/// A clock that is decided about here; one that was ended by mistake can be confirmed again, with a reason.
fn has_clock(report: &Report) -> Result<(), Refused> {
    if report.state() == ReportState::Imported {
        return Err(Refused::State("this report was imported from old papers; its clock is shown and does not run"));
    }
    if !report.filed.may_be_breach() {
        return Err(Refused::State("this report has no breach clock"));
    }
    if report.breach_case().is_some() {
        return Err(Refused::State("a data-breach case has been opened; its clock is moved and ended there"));
    }
    Ok(())
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

redacted!(Correct);

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
        Assess {
            categories: categories.to_vec(),
            reason: "Because".into(),
            action: None,
            shared: None,
            subjects: vec![],
            other: categories.contains(&AssessmentCategory::Other).then(|| "Something else".into()),
            told: vec![],
            follow_up: None,
            review_on: None,
            declaration: None,
        }
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
        let silent = assess(&filed(), &ask(AssessmentCategory::ALL), &[]);
        let Err(Refused::Invalid(Invalid(list))) = silent else { panic!("accepted") };
        assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["shared"], "what are human resources told?");
        let told = Assess { shared: Some("A laptop was misused.".into()), ..ask(AssessmentCategory::ALL) };
        let all = assess(&filed(), &told, &[]).unwrap();
        assert_eq!(all.opens.len(), 7);
        assert!(all.receive_first);
        let kinds: std::collections::BTreeSet<_> = all.opens.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds.len(), 7);
    }

    #[test]
    fn an_assessment_without_category_or_reason_names_both_and_a_second_one_is_refused() {
        let Err(Refused::Invalid(Invalid(list))) = assess(&filed(), &Assess { reason: " ".into(), ..ask(&[]) }, &[]) else {
            panic!("accepted")
        };
        assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["categories", "reason"]);
        let assessed = super::super::Assessed {
            class: crate::RecordClass::It,
            categories: vec![],
            subjects: vec![],
            possible_subjects: vec![],
            shared: None,
            reason: "r".into(),
            action: None,
            other: None,
            told: vec![],
            follow_up: None,
            review_on: None,
            signed: None,
            assessed_by: "x".into(),
        };
        let report = Report::evolve(Some(filed()), assessed.into()).unwrap();
        assert!(matches!(assess(&report, &ask(&[AssessmentCategory::DataBreach]), &[]), Err(Refused::State(_))));
    }

    #[test]
    fn p0_form_10_and_11_part_b_is_checked_against_the_told_list() {
        let known = ["police".to_owned()];
        let told = |whom: &str| Told { whom: whom.into(), at: None, how: None, reference: None };
        let mut part_b = ask(&[AssessmentCategory::TrainingNeed]);
        part_b.told = vec![told("police"), told("the press")];
        part_b.declaration = Some(Declaration { name: " ".into() });
        let Err(Refused::Invalid(Invalid(list))) = assess(&filed(), &part_b, &known) else { panic!("accepted") };
        assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["told[1].whom", "declaration.name"]);
        let mut other = ask(&[AssessmentCategory::Other]);
        other.other = None;
        assert!(matches!(assess(&filed(), &other, &known), Err(Refused::Invalid(_))));
    }

    #[test]
    fn the_provisional_clock_is_moved_confirmed_and_ended_with_reasons() {
        let (report, now) = (filed(), Instant::from_micros(9_000_000));
        assert_eq!(
            report.provisional_ico_due(),
            Some(Instant::from_micros(0).plus_seconds(259_200)),
            "from filing, before anyone assesses"
        );
        let earlier = MoveClock { aware_at: Instant::from_micros(-5_000_000), reason: "The office knew.".into() };
        let moved = move_clock(&report, &earlier, "Priya", now).unwrap();
        let report = Report::evolve(Some(report), moved.into()).unwrap();
        assert_eq!(report.provisional_ico_due(), Some(earlier.aware_at.plus_seconds(259_200)));
        assert!(move_clock(&report, &earlier, "Priya", now).is_err(), "changes nothing");
        let decide = |decision, reason: &str| DecideClock { decision, reason: reason.into() };
        assert!(matches!(decide_clock(&report, &decide(ClockDecision::Ended, ""), "Priya", now), Err(Refused::Invalid(_))));
        let ended = decide_clock(&report, &decide(ClockDecision::Ended, "Encrypted, key safe."), "Priya", now).unwrap();
        let report = Report::evolve(Some(report), ended.into()).unwrap();
        assert_eq!(report.provisional_ico_due(), None);
        assert!(matches!(move_clock(&report, &MoveClock { aware_at: now, reason: "r".into() }, "x", now), Err(Refused::State(_))));
        let again = decide_clock(&report, &decide(ClockDecision::Confirmed, "The key was with it."), "Priya", now).unwrap();
        assert_eq!(again.due_at, Some(earlier.aware_at.plus_seconds(259_200)), "a mistake is corrected by a later event");
        let none = Report::evolve(None, crate::routing::tests::filed(&form(&[ReportType::MisuseOfIct])).into()).unwrap();
        assert!(matches!(decide_clock(&none, &decide(ClockDecision::Confirmed, "r"), "x", now), Err(Refused::State(_))));
    }

    #[test]
    fn bre_3_nobody_knew_before_it_happened() {
        let (at, now) = (Instant::parse("2026-10-29T17:00Z").unwrap(), Instant::parse("2026-10-30T16:12Z").unwrap());
        let day = crate::clock::day_of(at);
        let early = |aware_at| MoveClock { aware_at, reason: "The office knew.".into() };
        let with = |form: crate::report::Form| Report::new(crate::routing::tests::filed(&form));
        let timed = with(crate::report::Form { incident_at: Some(at), ..form(&[ReportType::LossOfEquipment]) });
        let mut dated = with(form(&[ReportType::LossOfEquipment]));
        dated.filed.incident_on = Some(day);
        for (report, happened) in [(timed, at), (dated, crate::clock::start_of(day))] {
            let Err(Refused::Invalid(Invalid(list))) = move_clock(&report, &early(happened.plus_seconds(-1)), "Priya", now) else {
                panic!("accepted")
            };
            assert_eq!(list.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["aware_at"]);
            assert!(move_clock(&report, &early(happened), "Priya", now).is_ok(), "at the same instant");
        }
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
