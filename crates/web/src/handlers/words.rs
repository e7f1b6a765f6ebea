//! Records in words: schools and duties by name, people as named, the sections of a report.

use wardbook_app::App;
use wardbook_app::shown::{AddressShown, PupilShown, ReportShown, ReporterShown, StaffShown, TimelineEntry};
use wardbook_domain::directory::Directory;
use wardbook_domain::profile::Profile;
use wardbook_domain::{Duty, Instant};

use crate::pages::choices::{self, text};
use crate::pages::due::{Due, when_text};
use crate::pages::forms::Choice;
use crate::pages::summary::{Section, SummaryRow};

/// The school's name, or its code where the directory does not have it.
pub(crate) fn school_name(directory: &Directory, code: &str) -> String {
    directory.schools.get(code).map_or(code, |school| &school.name).to_owned()
}

/// The duty with the school where it is held, as this trust calls it: `Headteacher/DHT, Oakfield Primary`.
pub(crate) fn address(app: &App, directory: &Directory, shown: &AddressShown) -> String {
    let duty = Duty::parse(&shown.duty).map_or(shown.duty.clone(), |duty| app.profile().title(duty).to_owned());
    match &shown.school {
        Some(school) => format!("{duty}, {}", school_name(directory, school)),
        None => duty,
    }
}

/// The duty inside a sentence: `the designated safeguarding lead (DSL) of the school`. Never a name.
pub(crate) fn duty_in_sentence(profile: &Profile, shown: &AddressShown) -> String {
    let Some(duty) = Duty::parse(&shown.duty) else { return shown.duty.clone() };
    let (label, title) = (small(duty.label()), profile.title(duty));
    let title = if title.eq_ignore_ascii_case(&label) { String::new() } else { format!(" ({title})") };
    format!("the {label}{title} of the {}", if shown.school.is_some() { "school" } else { "trust" })
}

/// Why a record is on a reader's queue: the duty that owes it, in this trust's word, and the clause.
pub(crate) fn why(profile: &Profile, item: &wardbook_app::queue::QueueItem) -> String {
    let duty = item.owner.as_ref().and_then(|owner| Duty::parse(&owner.duty));
    duty.map(|duty| format!("It comes to you as {} ({})", profile.title(duty), item.why)).unwrap_or_default()
}

/// As it stands inside a sentence; abbreviations (`IT lead`) stay as they are.
fn small(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}

/// A deadline as seen now.
pub(crate) fn due(app: &App, at: Option<Instant>) -> Option<Due> {
    at.map(|at| Due::at(at.as_micros(), app.clock().now().as_micros()))
}

/// An instant in words.
pub(crate) fn when(at: Instant) -> String {
    when_text(at.as_micros())
}

/// Several codes in the words of a table.
pub(crate) fn texts(table: &[Choice], codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| text(table, code).to_owned()).collect()
}

/// What a report is about, as a heading.
pub(crate) fn kind(types: &[String]) -> String {
    texts(choices::TYPES, types).join(", ")
}

/// Pupils as named.
pub(crate) fn pupils(list: &[PupilShown]) -> Vec<String> {
    list.iter()
        .map(|pupil| [Some(pupil.name.as_str()), pupil.year_group.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", "))
        .collect()
}

/// Adults as named, with their part.
pub(crate) fn staff(list: &[StaffShown]) -> Vec<String> {
    list.iter().map(|adult| format!("{}: {}", adult.name, text(choices::STAFF_PARTS, &adult.part).to_lowercase())).collect()
}

/// The reporter as named.
pub(crate) fn reporter(shown: &ReporterShown) -> String {
    [Some(shown.name.as_str()), shown.role.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn row(key: &str, values: impl IntoIterator<Item = String>) -> SummaryRow {
    SummaryRow::new(key, values.into_iter().filter(|value| !value.trim().is_empty()).collect())
}

/// The form as this reader may see it; in the reporter's own copy nothing of what came after.
pub(crate) fn report_sections(app: &App, directory: &Directory, shown: &ReportShown) -> Vec<Section> {
    let mut sections = vec![
        Section { heading: "What it is".to_owned(), rows: what_it_is(directory, shown) },
        Section { heading: "Who is involved".to_owned(), rows: who_is_involved(shown) },
        Section { heading: "Data".to_owned(), rows: data(shown) },
        Section { heading: "This report".to_owned(), rows: about_the_report(app, directory, shown) },
    ];
    if !shown.timeline.is_empty() {
        sections.push(Section { heading: "What happened to it".to_owned(), rows: shown.timeline.iter().map(entry).collect() });
    }
    sections
}

fn what_it_is(directory: &Directory, shown: &ReportShown) -> Vec<SummaryRow> {
    let mut kinds = texts(choices::TYPES, &shown.types);
    kinds.extend(shown.other_type.clone());
    let about = text(choices::ABOUT, &shown.about).to_owned();
    vec![
        row("School", [school_name(directory, &shown.school)]),
        row("Who it is about", [about].into_iter().chain(shown.about_name.clone())),
        row("Kind", kinds),
        row("When", [shown.incident_at.map_or("Not known".to_owned(), when)]),
        row("Where", shown.location.clone()),
        row("What happened", [shown.what_happened.clone()]),
    ]
}

fn who_is_involved(shown: &ReportShown) -> Vec<SummaryRow> {
    vec![
        row("Pupils", none_named(pupils(&shown.pupils))),
        row("Other staff", none_named(staff(&shown.staff))),
        row("Could a child be hurt or in danger", [text(choices::DANGER, &shown.danger).to_owned()]),
        row("Already told", none_named(shown.reported_to.clone().into_iter().collect())),
        row("Done straight away", shown.immediate_action.clone()),
    ]
}

fn data(shown: &ReportShown) -> Vec<SummaryRow> {
    vec![
        row("Data affected", texts(choices::DATA, &shown.data_affected)),
        row("People affected", shown.individuals_affected.map(|number| number.to_string())),
        row("Data protection officer told", shown.dpo_told.as_deref().map(|told| text(choices::DPO_TOLD, told).to_owned())),
    ]
}

fn about_the_report(app: &App, directory: &Directory, shown: &ReportShown) -> Vec<SummaryRow> {
    let mut rows = vec![row("Reported", [when(shown.reported_at)])];
    rows.extend(shown.source_reference.clone().map(|reference| row("Reference on paper", [reference])));
    rows.extend(shown.reporter.as_ref().map(|named| row("Reported by", [reporter(named)])));
    rows.extend(shown.owner.as_ref().map(|owner| row("It went to", [address(app, directory, owner)])));
    rows.extend(shown.assessment.as_ref().and_then(|assessed| assessed.action.clone()).map(|action| row("Action to be taken", [action])));
    rows
}

fn entry(entry: &TimelineEntry) -> SummaryRow {
    let by = entry.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
    row(&entry.what, [format!("{}{by}", when(entry.at))].into_iter().chain(entry.text.clone()))
}

fn none_named(list: Vec<String>) -> Vec<String> {
    if list.is_empty() { vec!["None".to_owned()] } else { list }
}
