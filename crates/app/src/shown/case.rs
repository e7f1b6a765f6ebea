//! A case as its reader may see it.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    CaseId, Duty, FieldGroup, Instant,
    case::{self, Case},
    clock::Date,
    need_to_know::Access,
    profile::Profile,
};

use super::{
    ActionShown, AddressShown, AsideShown, CaseToldShown, CopyShown, DecisionShown, FactShown, LinkShown, OpenShown, PersonPlacedShown,
    PupilShown, QuestionShown, ReporterShown, StaffShown, StepShown, TimelineEntry, aside, codes, pupils, reference, reporter, staff,
    timeline::case_timeline, work,
};
use crate::{
    Caller,
    evidence::{EvidenceShown, Under},
    load::Record,
};

/// Somebody who is named on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedShown {
    /// Who, 32 hex digits.
    pub person: String,
    /// Their name.
    pub name: String,
    /// `investigation` or `help`.
    pub named_for: String,
    /// Why.
    pub reason: String,
    /// Their last day on it.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// A case as its reader may see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseShown {
    /// 32 hex digits.
    pub id: String,
    /// What people quote.
    pub reference: String,
    /// The paper's own reference, of an imported report.
    pub source_reference: Option<String>,
    /// The kind's code.
    pub kind: String,
    /// `open` or `closed`.
    pub state: String,
    /// What it deals with, by code.
    pub matter: String,
    /// The same in words.
    pub matter_label: String,
    /// The protective marking, by code (P0-MARK-1).
    pub marking: String,
    /// The same in words.
    pub marking_label: String,
    /// The school's code.
    pub school: String,
    /// The types of the report.
    pub types: Vec<String>,
    /// The report that it came from.
    pub report: String,
    /// What the matter is, as it now reads.
    pub summary: String,
    /// Action to be taken.
    pub action: Option<String>,
    /// Pupils named.
    pub pupils: Vec<PupilShown>,
    /// Adults named.
    pub staff: Vec<StaffShown>,
    /// Who stands aside from it: it does not exist for them.
    pub aside: Vec<AsideShown>,
    /// Who is named on it and may read it.
    pub named: Vec<NamedShown>,
    /// The reporter, where the owner may know.
    pub reporter: Option<ReporterShown>,
    /// To whom it went.
    pub owner: AddressShown,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Instant,
    /// By when its next legal step is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// What is open on it, the most pressing first.
    pub open: Vec<OpenShown>,
    /// What is known of it.
    pub facts: Vec<FactShown>,
    /// The equipment that it is about, as the register had it on the day, where it was named and is known.
    pub asset: Option<crate::assets::AssetShown>,
    /// The steps that its matter asks for.
    pub steps: Vec<StepShown>,
    /// Actions, in the order in which they were planned.
    pub actions: Vec<ActionShown>,
    /// Who was told.
    pub told: Vec<CaseToldShown>,
    /// Questions to whoever reported it.
    pub questions: Vec<QuestionShown>,
    /// Who has a part in it.
    pub people: Vec<PersonPlacedShown>,
    /// Decisions, oldest first.
    pub decisions: Vec<DecisionShown>,
    /// Copies made on paper, oldest first.
    pub copies: Vec<CopyShown>,
    /// Other cases that the reader may open.
    pub links: Vec<LinkShown>,
    /// The name of whoever has it in hand, where it was handed over.
    pub in_hand: Option<String>,
    /// Until when it is put off.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub put_off_until: Option<Instant>,
    /// Why it can wait.
    pub put_off_reason: Option<String>,
    /// The day of the next review.
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Date>,
    /// How it was closed.
    pub outcome: Option<String>,
    /// Why it was closed.
    pub outcome_reason: Option<String>,
    /// Its files.
    pub evidence: Vec<EvidenceShown>,
    /// What can be corrected, with how it reads now; nothing for whoever may not.
    pub correctable: Vec<case::Correctable>,
    /// What the caller may do now.
    pub may: Vec<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// A case as the caller may see it; `known` are those of the cases that it names which the caller may open.
pub(crate) fn case(id: &[u8; 16], record: &Record<Case>, caller: &Caller, known: &BTreeSet<CaseId>, profile: &Profile) -> CaseShown {
    let Record { folded: case, access, .. } = record;
    let opened = &case.opened;
    let sees_reporter = matches!(access, Access::Groups(groups, _) if groups.contains(&FieldGroup::Reporter));
    let named_only = matches!(access, Access::Groups(_, Duty::Investigator));
    let may = crate::cases::may(case, named_only, caller.person);
    CaseShown {
        id: hex::encode(id),
        reference: reference(id),
        source_reference: opened.source_reference.clone(),
        kind: opened.kind.to_string(),
        state: if case.is_open() { "open" } else { "closed" }.to_owned(),
        matter: case.matter().to_string(),
        matter_label: case.matter().label_in(&profile.guidance_edition).to_owned(),
        marking: case.marking().to_string(),
        marking_label: case.marking().label().to_owned(),
        school: opened.school.clone(),
        types: codes(&opened.types),
        report: opened.report.to_string(),
        summary: case.summary().to_owned(),
        action: opened.action.clone(),
        pupils: pupils(&opened.pupils),
        staff: staff(&opened.staff),
        reporter: if sees_reporter { opened.reporter.as_ref().map(reporter) } else { None },
        aside: case.aside.iter().map(|one| aside(one.person, &one.name, one.because, &one.reason)).collect(),
        named: case.named.iter().map(named).collect(),
        owner: (&case.route().owner).into(),
        opened_at: opened.opened_at,
        due_at: case.due_at(),
        open: work::open(case, profile),
        facts: work::facts(case, profile),
        asset: None,
        steps: work::steps(case, profile),
        actions: work::actions(case),
        told: work::told(case),
        questions: work::questions(case),
        people: work::people(case),
        decisions: work::decisions(case),
        copies: work::copies(case, profile),
        links: work::links(case, known),
        in_hand: case.in_hand().and(case.work.handed_over.as_ref()).map(|handed| handed.name.clone()),
        put_off_until: case.snoozed_until(),
        put_off_reason: case.snoozed_until().and(case.work.snoozed.as_ref()).map(|snoozed| snoozed.reason.clone()),
        review_on: case.work.review_on(),
        outcome: case.closed.as_ref().map(|closed| closed.outcome.to_string()),
        outcome_reason: case.closed.as_ref().map(|closed| closed.reason.clone()),
        evidence: case.files.0.iter().map(|file| EvidenceShown::of_case(Under::Case(*id), file)).collect(),
        correctable: if may.contains(&"correct") { case::correctable(case) } else { vec![] },
        may: codes(&may),
        timeline: case_timeline(&record.events, known),
    }
}

fn named(named: &wardbook_domain::case::PersonNamed) -> NamedShown {
    NamedShown {
        person: named.person.to_string(),
        name: named.name.clone(),
        named_for: named.named_for.to_string(),
        reason: named.reason.clone(),
        until: named.until,
    }
}
