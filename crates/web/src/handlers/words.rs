//! Records in words: schools and duties by name, people as named; `words/report.rs`: the sections of a report.

mod report;

use wardbook_app::App;
use wardbook_app::queue::{GIVEN, IN_HAND};
use wardbook_app::shown::{AddressShown, ExtraTypeShown, PupilShown, ReporterShown, SignedShown, StaffShown};
use wardbook_domain::clock::Date;
use wardbook_domain::directory::Directory;
use wardbook_domain::profile::Profile;
use wardbook_domain::{Duty, Instant};

use crate::pages::choices::{self, text};
use crate::pages::due::{Due, day_text, when_text};
use crate::pages::file::SignedView;
use crate::pages::forms::Choice;

pub(crate) use self::report::report_sections;

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
    let Some(duty) = item.owner.as_ref().and_then(|owner| Duty::parse(&owner.duty)) else { return String::new() };
    let title = profile.title(duty);
    if item.why == IN_HAND {
        format!("You have it in hand for the {title}.")
    } else if item.why == GIVEN {
        format!("It is an action that was given to you for the {title}.")
    } else {
        format!("It comes to you as {title} ({}).", item.why)
    }
}

/// As it stands inside a sentence; abbreviations (`IT lead`) stay as they are.
pub(crate) fn small(label: &str) -> String {
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

/// A day without a time, in words.
pub(crate) fn day(day: Date) -> String {
    day_text(day)
}

/// Several codes in the words of a table.
pub(crate) fn texts(table: &[Choice], codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| text(table, code).to_owned()).collect()
}

/// What a report is about, as a heading: the profile's types, and the boxes that none of them ticked.
pub(crate) fn kind(types: &[String], extra: &[ExtraTypeShown]) -> String {
    let own = extra.iter().map(|kind| kind.label.clone());
    let boxes = types.iter().filter(|code| extra.iter().all(|kind| kind.counts_as != **code));
    own.chain(boxes.map(|code| text(choices::TYPES, code).to_owned())).collect::<Vec<_>>().join(", ")
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

/// What was declared, when, and the digest in groups that a person can compare.
pub(crate) fn signed(shown: &SignedShown) -> SignedView {
    let digits = shown.digest.as_bytes().chunks(8).map(|group| String::from_utf8_lossy(group).into_owned());
    SignedView { statement: shown.statement.clone(), name: shown.name.clone(), when: when(shown.at), digest: digits.collect() }
}

/// A list, or the word for an empty one.
pub(crate) fn none_named(list: Vec<String>) -> Vec<String> {
    if list.is_empty() { vec!["None".to_owned()] } else { list }
}
