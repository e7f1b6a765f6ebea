//! People's access: what an administrator asks, what a second person releases, and what the trust lead is told.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, FormErrors};

/// A person in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their duties in words.
    pub duties: Vec<String>,
}

/// `GET /people`, for administrators.
#[derive(Debug, Clone, Template)]
#[template(path = "people/list.html")]
pub struct People {
    /// Around the page.
    pub chrome: Chrome,
    /// People by name.
    pub rows: Vec<PersonRow>,
    /// What this administrator asked and nobody has settled.
    pub asked: Vec<WaitingRow>,
    /// Further people.
    pub next: Option<String>,
}

/// `GET/POST /people/add`. Fields: `email`, `name`, `duty`, `school`, `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "people/add.html")]
pub struct AddPerson {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the fields.
    pub errors: FormErrors,
    /// E-mail as typed.
    pub email: String,
    /// Name as typed.
    pub name: String,
    /// Duty as chosen.
    pub duty: String,
    /// School as chosen.
    pub school: String,
    /// First day as typed.
    pub starts_on: String,
    /// Last day as typed.
    pub ends_on: String,
    /// Reason as typed.
    pub reason: String,
    /// The duties.
    pub duties: Vec<Choice>,
    /// The schools.
    pub schools: Vec<Choice>,
}

/// `GET/POST /people/{id}/recover`. Fields: `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "people/recover.html")]
pub struct Recover {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `reason`.
    pub errors: FormErrors,
    /// The person's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// Reason as typed.
    pub reason: String,
}

/// `GET/POST /people/{id}/end-duty`. Fields: `duty`, `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "people/end_duty.html")]
pub struct EndDuty {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the fields.
    pub errors: FormErrors,
    /// The person's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// The duties that they hold.
    pub duties: Vec<Choice>,
    /// The one that was chosen.
    pub duty: String,
    /// Reason as typed.
    pub reason: String,
}

/// Reports and cases that go to others under a proposed profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// To whom they go now, in order.
    pub now: String,
    /// To whom from then on.
    pub then: String,
    /// Which these are.
    pub of: Vec<String>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Its id.
    pub id: String,
    /// What is asked, for whom.
    pub what: String,
    /// The receivers that move, where it is a profile.
    pub moves: Vec<Move>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
}

/// `GET /people/waiting`, for second persons.
#[derive(Debug, Clone, Template)]
#[template(path = "people/waiting.html")]
pub struct WaitingList {
    /// Around the page.
    pub chrome: Chrome,
    /// What waits.
    pub rows: Vec<WaitingRow>,
}

/// `GET /people/waiting/{id}`; `POST .../release` and `POST .../refuse` with `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "people/settle.html")]
pub struct Settle {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `reason`.
    pub errors: FormErrors,
    /// The request.
    pub row: WaitingRow,
    /// Whether it may be released; else it can only be withdrawn.
    pub releasable: bool,
    /// What releasing does, in a sentence.
    pub releasing: String,
    /// Reason as typed.
    pub reason: String,
}

/// A change of access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// When, in words.
    pub when: String,
    /// What.
    pub what: String,
    /// Why; empty where no reason belongs to it.
    pub reason: String,
    /// Who did it.
    pub by: String,
}

/// `GET /people/changes`, for the trust lead.
#[derive(Debug, Clone, Template)]
#[template(path = "people/changes.html")]
pub struct Changes {
    /// Around the page.
    pub chrome: Chrome,
    /// The newest first.
    pub rows: Vec<ChangeRow>,
}
