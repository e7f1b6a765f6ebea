//! What of a record a search looks at: what its reader may read of it, and no more.

use crate::{
    FieldGroup, PersonId,
    case::Case,
    clock::{Date, day_of},
    report::{Filed, Report},
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

/// A report for somebody who opens these groups; `name` knows the directory.
pub fn of_report(report: &Report, groups: &[FieldGroup], name: impl Fn(PersonId) -> Option<String>) -> Matter {
    let mut matter = of_filed(&report.filed, groups.contains(&FieldGroup::Reporter));
    matter.names.extend(report.subjects.iter().filter_map(|person| name(*person)));
    matter.texts.extend(report.corrections.iter().flat_map(|corrected| [corrected.text.clone(), corrected.reason.clone()]));
    matter.texts.extend(report.evidence.iter().map(|added| added.name.clone()));
    matter.texts.extend(report.images.iter().filter_map(|image| image.device.clone()));
    matter.texts.extend(report.images_taken_up.iter().map(|done| done.action.clone()));
    matter.texts.extend(report.clock_moves.iter().map(|moved| moved.reason.clone()));
    matter.texts.extend(report.clock_decided.iter().map(|decided| decided.reason.clone()));
    if let Some(found) = &report.assessed {
        let written = [Some(&found.reason), found.action.as_ref(), found.other.as_ref(), found.shared.as_ref(), found.follow_up.as_ref()];
        matter.texts.extend(written.into_iter().flatten().cloned());
        matter.texts.extend(found.told.iter().filter_map(|told| told.how.clone()));
        matter.references.extend(found.told.iter().filter_map(|told| told.reference.clone()));
    }
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

/// A case for somebody who opens these groups; `name` knows the directory.
pub fn of_case(case: &Case, groups: &[FieldGroup], name: impl Fn(PersonId) -> Option<String>) -> Matter {
    let opened = &case.opened;
    let reporter = opened.reporter.as_ref().filter(|_| groups.contains(&FieldGroup::Reporter));
    let pupils = opened.pupils.iter().map(|pupil| (&pupil.name, &pupil.pupil_id));
    let staff = opened.staff.iter().map(|adult| (&adult.name, &adult.staff_id));
    let people: Vec<_> = pupils.chain(staff).chain(reporter.map(|named| (&named.name, &named.staff_id))).collect();
    let subjects = case.route().subjects.iter().filter_map(|person| name(*person));
    let corrections = case.corrections.iter().flat_map(|corrected| [corrected.text.clone(), corrected.reason.clone()]);
    Matter {
        names: people
            .iter()
            .map(|(name, _)| (*name).clone())
            .chain(case.named.iter().map(|named| named.name.clone()))
            .chain(subjects)
            .collect(),
        ids: people.iter().filter_map(|(_, id)| (*id).clone()).collect(),
        references: opened.source_reference.iter().cloned().collect(),
        days: vec![day_of(case.aware_at()), day_of(opened.opened_at)],
        kinds: opened.types.iter().map(ToString::to_string).chain([opened.kind.to_string()]).collect(),
        texts: std::iter::once(opened.summary.clone())
            .chain(opened.action.clone())
            .chain(case.notes.iter().map(|note| note.text.clone()))
            .chain(corrections)
            .chain(case.clock_moves.iter().map(|moved| moved.reason.clone()))
            .chain(case.closed.iter().map(|closed| closed.reason.clone()))
            .collect(),
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
