//! Who may read what beside the holders of a duty: the people of one record, covers for absences, break-glass.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, CommandToken, FormErrors};

/// `GET /reports/{id}/people` and `GET /cases/{id}/people`.
#[derive(Debug, Clone, Template)]
#[template(path = "readers.html")]
pub struct People {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of whichever form was sent.
    pub errors: FormErrors,
    /// The record's page, to which the forms post: `/cases/{id}`.
    pub href: String,
    /// `Report` or `Case`.
    pub what: &'static str,
    /// The record's reference.
    pub reference: String,
    /// Hidden fields of every form.
    pub token: CommandToken,
    /// Who stands aside.
    pub aside: Vec<PersonRow>,
    /// Who is named on the case.
    pub named: Vec<PersonRow>,
    /// Whether this reader decides about others, or stands aside themself only.
    pub decides: bool,
    /// Whether people can be named on it: a case of which this reader decides.
    pub names: bool,
    /// What was typed so far.
    pub typed: Typed,
}

/// Somebody on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// 32 hex digits.
    pub person: String,
    /// Their name.
    pub name: String,
    /// In what part, in words.
    pub part: String,
    /// Why.
    pub reason: String,
}

/// What was typed into the forms of [`People`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Why the reader stands aside.
    pub own_reason: String,
    /// Who has a conflict of interest.
    pub conflict_person: String,
    /// Why.
    pub conflict_reason: String,
    /// Whom to name.
    pub name_person: String,
    /// What for.
    pub named_for: String,
    /// Why.
    pub name_reason: String,
    /// Their last day.
    pub name_until: String,
    /// Why somebody is taken off or no longer stands aside.
    pub end_reason: String,
}

/// `GET /access`.
#[derive(Debug, Clone, Template)]
#[template(path = "access.html")]
pub struct Access {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of whichever form was sent.
    pub errors: FormErrors,
    /// Hidden fields of every form.
    pub token: CommandToken,
    /// Covers, in force or to come.
    pub covers: Vec<CoverRow>,
    /// The duties for which this person may arrange a cover.
    pub duties: Vec<Choice>,
    /// Openings by break-glass.
    pub glasses: Vec<GlassRow>,
    /// The queues that this person could open; none where they may not.
    pub queues: Vec<Choice>,
    /// What was typed so far.
    pub typed: AccessTyped,
}

/// A cover in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverRow {
    /// 32 hex digits.
    pub id: String,
    /// Who is absent and who covers, in a sentence.
    pub text: String,
    /// From when until when.
    pub when: String,
    /// Why.
    pub reason: String,
}

/// An opening in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlassRow {
    /// 32 hex digits.
    pub id: String,
    /// Who opened what, in a sentence.
    pub text: String,
    /// From when until when.
    pub when: String,
    /// Why.
    pub reason: String,
    /// What the review found; empty where there is none yet.
    pub review: String,
    /// Whether this person may close it now.
    pub may_close: bool,
    /// Whether this person is to review it.
    pub may_review: bool,
}

/// What was typed into the forms of [`Access`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessTyped {
    /// The duty to be covered.
    pub cover_duty: String,
    /// Who covers.
    pub cover_person: String,
    /// The first day.
    pub cover_from: String,
    /// The last day.
    pub cover_until: String,
    /// Why.
    pub cover_reason: String,
    /// The queue to be opened.
    pub glass_duty: String,
    /// For how many hours.
    pub glass_hours: String,
    /// Why.
    pub glass_reason: String,
    /// Whether it was right.
    pub review_justified: String,
    /// What was found.
    pub review_finding: String,
}
