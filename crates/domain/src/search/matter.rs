//! What of a record a search looks at: what its reader may read of it, and no more.

use super::texts;
use crate::{
    FieldGroup, PersonId,
    case::{Case, CaseEvent},
    clock::{Date, day_of},
    report::{Filed, Report, ReportEvent},
};

/// A record as a search looks at it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Matter {
    /// Names of people in it.
    pub names: Vec<String>,
    /// Their ids in the lists of staff and pupils.
    pub ids: Vec<String>,
    /// References: the paper's, and those that somebody outside gave. Wardbook's own is the application's to add.
    pub references: Vec<String>,
    /// Days on which it happened, was told or was opened.
    pub days: Vec<Date>,
    /// Codes of its types and of its kind.
    pub kinds: Vec<String>,
    /// What stands in it.
    pub texts: Vec<String>,
}

crate::redacted::redacted!(Matter);

/// A report for somebody who opens these groups, with all that happened to it; `name` knows the directory.
pub fn of_report<'a>(
    report: &Report,
    events: impl IntoIterator<Item = &'a ReportEvent>,
    groups: &[FieldGroup],
    name: impl Fn(PersonId) -> Option<String>,
) -> Matter {
    let mut matter = of_filed(&report.filed, groups.contains(&FieldGroup::Reporter));
    matter.names.extend(report.subjects.iter().filter_map(|person| name(*person)));
    matter.texts.extend(events.into_iter().flat_map(texts::of_report).map(str::to_owned));
    let told = report.assessed.iter().flat_map(|found| &found.told);
    matter.references.extend(told.filter_map(|told| told.reference.clone()));
    if let Some(history) = &report.filed.history {
        matter.texts.extend(history.outcome.clone());
        cells(&history.row, &mut matter.texts);
    }
    matter
}

/// A report for whoever filed it: their own words as they filed them.
pub fn of_own_words(report: &Report) -> Matter {
    of_filed(&report.filed, true)
}

fn of_filed(filed: &Filed, with_reporter: bool) -> Matter {
    let reporter = filed.reporter.as_ref().filter(|_| with_reporter);
    let pupils = filed.pupils.iter().map(|pupil| (&pupil.name, &pupil.pupil_id));
    let staff = filed.staff.iter().map(|adult| (&adult.name, &adult.staff_id));
    let people: Vec<_> = pupils.chain(staff).chain(reporter.map(|named| (&named.name, &named.staff_id))).collect();
    let day = |at: Option<crate::Instant>| at.map(day_of);
    let lines = [&filed.other_type, &filed.location, &filed.reported_to, &filed.immediate_action];
    Matter {
        names: people.iter().map(|(name, _)| (*name).clone()).chain(filed.about.name.clone()).collect(),
        ids: people.iter().filter_map(|(_, id)| (*id).clone()).collect(),
        references: filed
            .source_reference
            .iter()
            .cloned()
            .chain(filed.own_reports.iter().filter_map(|own| own.reference.clone()))
            .collect(),
        days: [day(filed.incident_at), filed.incident_on, filed.reported_on, Some(day_of(filed.reported_at))]
            .into_iter()
            .flatten()
            .collect(),
        kinds: filed.types.iter().map(ToString::to_string).chain(filed.extra_types.iter().map(|kind| kind.code.clone())).collect(),
        texts: std::iter::once(filed.what_happened.clone()).chain(lines.into_iter().flatten().cloned()).collect(),
    }
}

/// A case for somebody who opens these groups, with all that happened on it; `name` knows the directory.
pub fn of_case<'a>(
    case: &Case,
    events: impl IntoIterator<Item = &'a CaseEvent>,
    groups: &[FieldGroup],
    name: impl Fn(PersonId) -> Option<String>,
) -> Matter {
    let (opened, work) = (&case.opened, &case.work);
    let reporter = opened.reporter.as_ref().filter(|_| groups.contains(&FieldGroup::Reporter));
    let pupils = opened.pupils.iter().map(|pupil| (&pupil.name, &pupil.pupil_id));
    let staff = opened.staff.iter().map(|adult| (&adult.name, &adult.staff_id));
    let people: Vec<_> = pupils.chain(staff).chain(reporter.map(|named| (&named.name, &named.staff_id))).collect();
    let named = case.named.iter().map(|named| &named.name).chain(work.people.iter().map(|placed| &placed.name));
    let told = work.told.iter().filter_map(|told| told.name.as_ref());
    let written = people.iter().map(|(name, _)| *name).chain(named).chain(told).cloned();
    Matter {
        names: written.chain(case.route().subjects.iter().filter_map(|person| name(*person))).collect(),
        ids: people.iter().filter_map(|(_, id)| (*id).clone()).collect(),
        references: opened
            .source_reference
            .iter()
            .cloned()
            .chain(work.told.iter().filter_map(|told| told.told.reference.clone()))
            .collect(),
        days: vec![day_of(case.aware_at()), day_of(opened.opened_at)],
        kinds: opened.types.iter().map(ToString::to_string).chain([opened.kind.to_string(), case.matter().to_string()]).collect(),
        texts: events.into_iter().flat_map(texts::of_case).map(str::to_owned).collect(),
    }
}

/// The texts of a row of old papers.
fn cells(row: &serde_json::Value, texts: &mut Vec<String>) {
    match row {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(list) => list.iter().for_each(|cell| cells(cell, texts)),
        serde_json::Value::Object(map) => map.values().for_each(|cell| cells(cell, texts)),
        _ => {}
    }
}
