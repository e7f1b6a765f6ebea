//! A case as its reader may see it.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{FieldGroup, Instant, case::Case, clock::Date, need_to_know::Access};

use super::{
    AddressShown, AsideShown, PupilShown, ReporterShown, StaffShown, TimelineEntry, aside, codes, pupils, reference, reporter, staff,
    timeline::case_entry,
};
use crate::load::Record;

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
    /// How it was closed.
    pub outcome: Option<String>,
    /// Why it was closed.
    pub outcome_reason: Option<String>,
    /// What the caller may do now.
    pub may: Vec<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// A case as the caller may see it.
pub(crate) fn case(id: &[u8; 16], record: &Record<Case>) -> CaseShown {
    let Record { folded: case, access, .. } = record;
    let opened = &case.opened;
    let sees_reporter = matches!(access, Access::Groups(groups, _) if groups.contains(&FieldGroup::Reporter));
    CaseShown {
        id: hex::encode(id),
        reference: reference(id),
        source_reference: opened.source_reference.clone(),
        kind: opened.kind.to_string(),
        state: if case.is_open() { "open" } else { "closed" }.to_owned(),
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
        outcome: case.closed.as_ref().map(|closed| closed.outcome.to_string()),
        outcome_reason: case.closed.as_ref().map(|closed| closed.reason.clone()),
        may: codes(case_may(case, *access)),
        timeline: record.events.iter().filter_map(case_entry).collect(),
    }
}

/// Whoever is named on a case reads it and adds notes; the rest is its owner's.
fn case_may(case: &Case, access: Access) -> &'static [&'static str] {
    match (access, case.is_open()) {
        (Access::Groups(_, wardbook_domain::Duty::Investigator), _) => &["note", "aside"],
        (_, true) => &["note", "correct", "close", "aside", "name"],
        (_, false) => &["note", "correct", "aside", "name"],
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
