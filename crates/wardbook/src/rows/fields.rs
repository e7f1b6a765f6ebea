//! The canonical fields of each list: what a mapping may fill, and how the text of a cell becomes each of them.
//!
//! A new field of a list: its row here, and in `docs/import.md`, which a test compares.

use wardbook_app::import::ImportKind;
use wardbook_domain::equipment::{AssetKind, Classification, Encrypted};
use wardbook_domain::report::{AboutWhom, Channel, Danger, DataAffected, DpoTold, Part, ReportType};

/// Codes with the labels that the form shows.
pub(crate) type Words = Vec<(&'static str, &'static str)>;

/// How a cell becomes the field.
#[derive(Clone, Copy)]
pub(crate) enum Reads {
    /// One line of text; several columns are joined by a blank.
    Line,
    /// A story; several columns are joined by a line end.
    Story,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// One word of a closed list.
    One(fn() -> Words),
    /// Several words of a closed list.
    Many(fn() -> Words),
}

/// A field.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// Its path; `[]` stands for a place in a list.
    pub(crate) path: &'static str,
    /// How it is read.
    pub(crate) reads: Reads,
    /// Whether no row goes without it.
    pub(crate) needed: bool,
}

/// The instants of a report that a mapping may fill from a date and a time; the last is a day only.
pub(crate) const INSTANTS: [&str; 3] = ["incident", "reported", CLOSED];
/// The instant of an alert, likewise.
const OCCURRED: [&str; 1] = ["occurred"];
/// When a matter of the past was closed.
pub(crate) const CLOSED: &str = "closed";

macro_rules! codes {
    ($words:ident) => {
        || $words::ALL.iter().map(|word| (word.as_str(), word.label())).collect()
    };
}

const fn needed(path: &'static str, reads: Reads) -> Field {
    Field { path, reads, needed: true }
}

const fn may(path: &'static str, reads: Reads) -> Field {
    Field { path, reads, needed: false }
}

const SCHOOLS: &[Field] = &[
    needed("code", Reads::Line),
    needed("name", Reads::Line),
    may("head_staff_id", Reads::Line),
    may("dsl_staff_id", Reads::Line),
    may("deputy_staff_id", Reads::Line),
];

const STAFF: &[Field] = &[
    needed("staff_id", Reads::Line),
    needed("name", Reads::Line),
    needed("school", Reads::Line),
    may("role", Reads::Line),
    may("email", Reads::Line),
    may("started_on", Reads::Day),
    may("engagement", Reads::Line),
    may("employer", Reads::Line),
    may("employer_contact", Reads::Line),
    may("line_manager_id", Reads::Line),
    may("date_of_birth", Reads::Day),
];

const PUPILS: &[Field] = &[
    needed("pupil_id", Reads::Line),
    needed("legal_name", Reads::Line),
    needed("school", Reads::Line),
    may("known_name", Reads::Line),
    may("date_of_birth", Reads::Day),
    may("year_group", Reads::Line),
    may("on_roll", Reads::Day),
    may("off_roll", Reads::Day),
    may("next_school", Reads::Line),
];

const ASSETS: &[Field] = &[
    needed("asset_number", Reads::Line),
    needed("description", Reads::Line),
    needed("school", Reads::Line),
    may("kind", Reads::One(codes!(AssetKind))),
    may("make", Reads::Line),
    may("serial", Reads::Line),
    may("location", Reads::Line),
    may("holder_staff_id", Reads::Line),
    may("encrypted", Reads::One(codes!(Encrypted))),
    may("classification", Reads::One(codes!(Classification))),
    may("review_on", Reads::Day),
];

const LOANS: &[Field] = &[
    needed("asset_number", Reads::Line),
    needed("declared_on", Reads::Day),
    may("borrower_staff_id", Reads::Line),
    may("borrower_pupil_id", Reads::Line),
    may("approved_by", Reads::Line),
    may("checked_on", Reads::Day),
    may("returned_on", Reads::Day),
];

const ALERTS: &[Field] = &[
    needed("alert_id", Reads::Line),
    needed("school", Reads::Line),
    needed("category", Reads::Line),
    may("device", Reads::Line),
    may("user", Reads::Line),
    may("severity", Reads::Number),
    may("excerpt", Reads::Story),
    may("address", Reads::Line),
    may("action", Reads::Line),
];

const REPORTS: &[Field] = &[
    needed("reference", Reads::Line),
    needed("school", Reads::Line),
    needed("types", Reads::Many(codes!(ReportType))),
    needed("what_happened", Reads::Story),
    may("other_type", Reads::Line),
    may("channel", Reads::One(codes!(Channel))),
    may("location", Reads::Line),
    may("reporter.name", Reads::Line),
    may("reporter.role", Reads::Line),
    may("reporter.staff_id", Reads::Line),
    may("about.whom", Reads::One(codes!(AboutWhom))),
    may("about.name", Reads::Line),
    may("pupils[].name", Reads::Line),
    may("pupils[].pupil_id", Reads::Line),
    may("pupils[].year_group", Reads::Line),
    may("staff[].name", Reads::Line),
    may("staff[].staff_id", Reads::Line),
    may("staff[].part", Reads::One(codes!(Part))),
    may("danger", Reads::One(codes!(Danger))),
    may("reported_to", Reads::Story),
    may("immediate_action", Reads::Story),
    may("data_affected", Reads::Many(codes!(DataAffected))),
    may("individuals_affected", Reads::Number),
    may("dpo_told", Reads::One(codes!(DpoTold))),
    may("self_referral", Reads::Flag),
    may("outcome", Reads::Story),
];

/// The fields of a list; none where nothing uses it yet.
pub(crate) fn fields(kind: ImportKind) -> &'static [Field] {
    match kind {
        ImportKind::Schools => SCHOOLS,
        ImportKind::Staff => STAFF,
        ImportKind::Pupils => PUPILS,
        ImportKind::Reports => REPORTS,
        ImportKind::Assets => ASSETS,
        ImportKind::Loans => LOANS,
        ImportKind::Alerts => ALERTS,
        ImportKind::Leavers => &[],
    }
}

/// The instants of a list.
pub(crate) fn instants(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::Reports => &INSTANTS,
        ImportKind::Alerts => &OCCURRED,
        _ => &[],
    }
}

/// The place of a field in a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// `school`
    Top(String),
    /// `reporter.name`
    Inside(String, String),
    /// `pupils[0].name`
    Entry(String, usize, String),
    /// `staff[].part`: of every entry, for a default.
    Each(String, String),
}

impl Place {
    /// The place that a path names.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let Some((outer, leaf)) = path.split_once('.') else { return Some(Self::Top(path.to_owned())) };
        let leaf = leaf.to_owned();
        let Some((list, at)) = outer.split_once('[') else { return Some(Self::Inside(outer.to_owned(), leaf)) };
        match at.strip_suffix(']')? {
            "" => Some(Self::Each(list.to_owned(), leaf)),
            at => at.parse().ok().map(|at| Self::Entry(list.to_owned(), at, leaf)),
        }
    }

    /// The path of the field, as the lists above have it.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Top(leaf) => leaf.clone(),
            Self::Inside(outer, leaf) => format!("{outer}.{leaf}"),
            Self::Entry(list, _, leaf) | Self::Each(list, leaf) => format!("{list}[].{leaf}"),
        }
    }

    /// Whether it is the name of a person, which makes that person.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self, Self::Inside(_, leaf) | Self::Entry(_, _, leaf) if leaf == "name")
    }
}
