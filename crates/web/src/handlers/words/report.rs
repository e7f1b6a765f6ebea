//! The sections of a report: the form as its reader may see it, its assessment, and what happened to it.

use wardbook_app::App;
use wardbook_app::shown::{AssessmentShown, HistoryShown, OwnReportShown, ReportShown, SignedShown, TimelineEntry, ToldShown};
use wardbook_domain::Instant;
use wardbook_domain::clock::Date;
use wardbook_domain::directory::Directory;

use super::{address, day, none_named, pupils, reporter, school_name, staff, texts, when};
use crate::pages::choices::{self, text};
use crate::pages::summary::{Section, SummaryRow};

/// The form as this reader may see it; in the reporter's own copy nothing of what came after.
pub(crate) fn report_sections(app: &App, directory: &Directory, shown: &ReportShown) -> Vec<Section> {
    let section = |heading: &str, rows| Section { heading: heading.to_owned(), rows };
    let mut sections = vec![
        section("Danger", danger(shown)),
        section("What it is", what_it_is(directory, shown)),
        section("Who is involved", who_is_involved(shown)),
        section("Data", data(shown)),
        section("This report", about_the_report(app, directory, shown)),
    ];
    sections.extend(shown.history.as_ref().map(|old| section("What the old papers say", history(old))));
    sections.extend(shown.assessment.as_ref().map(|assessed| section("Assessment", assessment(app, assessed))));
    if !shown.timeline.is_empty() {
        sections.push(section("What happened to it", shown.timeline.iter().map(entry).collect()));
    }
    sections
}

fn row(key: &str, values: impl IntoIterator<Item = String>) -> SummaryRow {
    SummaryRow::new(key, values.into_iter().filter(|value| !value.trim().is_empty()).collect())
}

/// An instant, else the day where only that is known.
fn moment(at: Option<Instant>, on: Option<Date>) -> Option<String> {
    on.map(day).or(at.map(when))
}

fn what_it_is(directory: &Directory, shown: &ReportShown) -> Vec<SummaryRow> {
    let own = shown.extra_types.iter().map(|kind| format!("{} (counts as: {})", kind.label, text(choices::TYPES, &kind.counts_as)));
    let boxes = shown.types.iter().filter(|code| shown.extra_types.iter().all(|kind| kind.counts_as != **code));
    let boxes = boxes.map(|code| text(choices::TYPES, code).to_owned());
    // Where a type of the profile counts as "other", its own words say what it is.
    let other = shown.other_type.clone().filter(|other| shown.extra_types.iter().all(|kind| kind.label != *other));
    let about = text(choices::ABOUT, &shown.about);
    let about = if shown.typed_in && shown.about == "myself" { "The person whose report it is" } else { about };
    let mut rows = vec![
        row("School", [school_name(directory, &shown.school)]),
        row("Who it is about", [about.to_owned()].into_iter().chain(shown.about_name.clone())),
        row("Kind", own.chain(boxes).chain(other)),
        row("When", [moment(shown.incident_at, shown.incident_on).unwrap_or("Not known".to_owned())]),
    ];
    rows.extend(shown.discovered_at.map(|at| row("Known at the school since", [when(at)])));
    rows.push(row("Where", shown.location.clone()));
    rows.push(row("What happened", [shown.what_happened.clone()]));
    rows
}

fn who_is_involved(shown: &ReportShown) -> Vec<SummaryRow> {
    vec![
        row("Pupils", none_named(pupils(&shown.pupils))),
        row("Other staff", none_named(staff(&shown.staff))),
        row("Already told", none_named(shown.reported_to.clone().into_iter().collect())),
        row("Done straight away", shown.immediate_action.clone()),
    ]
}

fn danger(shown: &ReportShown) -> Vec<SummaryRow> {
    let mut rows = vec![row("Could a child be hurt or in danger", [text(choices::DANGER, &shown.danger).to_owned()])];
    let image = "A picture or video that could show a child without clothes";
    rows.extend(shown.image.as_ref().map(|answer| row(image, [text(choices::IMAGE, answer).to_owned()])));
    if !shown.own_reports.is_empty() {
        rows.push(row("What the reporter reported themself", shown.own_reports.iter().map(own_report)));
    }
    rows
}

fn own_report(own: &OwnReportShown) -> String {
    let to = text(choices::OWN_REPORTS, &own.to).to_owned();
    let reference = own.reference.as_ref().map(|reference| format!("reference {reference}"));
    [Some(to), own.at.map(when), reference].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn data(shown: &ReportShown) -> Vec<SummaryRow> {
    vec![
        row("Data affected", texts(choices::DATA, &shown.data_affected)),
        row("People affected", shown.individuals_affected.map(|number| number.to_string())),
        row("Data protection officer told", shown.dpo_told.as_deref().map(|told| text(choices::DPO_TOLD, told).to_owned())),
    ]
}

fn about_the_report(app: &App, directory: &Directory, shown: &ReportShown) -> Vec<SummaryRow> {
    let mut rows = vec![row("The school was told", moment(Some(shown.reported_at), shown.reported_on))];
    if shown.filed_at != shown.reported_at {
        rows.push(row("Filed here", [when(shown.filed_at)]));
    }
    let channel = if shown.channel == "online" { "Online" } else { text(choices::CHANNELS, &shown.channel) };
    let by = match (&shown.source_reference, shown.typed_in) {
        (Some(_), _) => "Imported",
        (None, true) => "Typed in by somebody else",
        (None, false) => "",
    };
    rows.push(row("How", [channel.to_owned(), by.to_owned()]));
    rows.extend(shown.source_reference.clone().map(|reference| row("Reference on paper", [reference])));
    match &shown.reporter {
        Some(named) => rows.push(row("Reported by", [reporter(named)])),
        None if shown.own_words => rows.push(row("Reported by", ["Somebody who does not want to be named".to_owned()])),
        None => {}
    }
    rows.extend(shown.owner.as_ref().map(|owner| row("It went to", [address(app, directory, owner)])));
    rows.extend(shown.signed.iter().flat_map(signature));
    rows
}

fn signature(signed: &SignedShown) -> [SummaryRow; 2] {
    let holds = if signed.holds { "The text is the one that was signed." } else { "THE TEXT IS NOT THE ONE THAT WAS SIGNED." };
    let digest = super::signed(signed).digest.join(" ");
    let by = format!("{}, {}: {}", signed.name, when(signed.at), signed.statement);
    [row("Signed", [by]), row("Digest of the signed text", [digest, holds.to_owned()])]
}

fn history(old: &HistoryShown) -> Vec<SummaryRow> {
    let mut rows = vec![
        row("Outcome", old.outcome.clone()),
        row("Closed", moment(old.closed_at, old.closed_on)),
        row("Here", ["Imported, not assessed here".to_owned()]),
    ];
    let fields = old.row.as_object().into_iter().flatten();
    rows.push(row("The row as it was read", fields.map(|(name, value)| format!("{name}: {}", plain(value)))));
    rows
}

/// A value as a person reads it.
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "(empty)".to_owned(),
        serde_json::Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn assessment(app: &App, assessed: &AssessmentShown) -> Vec<SummaryRow> {
    let list = app.profile().told_list();
    let label = |code: &str| list.iter().find(|(known, _)| known == code).map_or(code.to_owned(), |(_, label)| label.clone());
    let told = |told: &ToldShown| {
        let reference = told.reference.as_ref().map(|reference| format!("reference {reference}"));
        [Some(label(&told.whom)), told.at.map(when), told.how.clone(), reference].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let categories = assessed.categories.iter().map(|category| text(choices::ASSESSMENT, &category.category).to_owned());
    let mut rows = vec![
        row("Assessed as", categories.chain(assessed.other.clone())),
        row("Why", [assessed.reason.clone()]),
        row("By", [assessed.by.clone()]),
        row("Action to be taken", assessed.action.clone()),
        row("Follow-up", assessed.follow_up.clone()),
        row("Looked at again on", assessed.review_on.map(day)),
        row("Told", none_named(assessed.told.iter().map(told).collect())),
    ];
    rows.extend(assessed.signed.iter().flat_map(signature));
    rows
}

fn entry(entry: &TimelineEntry) -> SummaryRow {
    let by = entry.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
    row(&entry.what, [format!("{}{by}", when(entry.at))].into_iter().chain(entry.text.clone()))
}
