//! The board of breach clocks, and one clock with its first facts: no story, no person.

use askama::Template;

use super::Chrome;
use super::due::Due;
use super::forms::{Choice, CommandToken, FormErrors};
use super::summary::StateTag;

/// `GET /breaches`.
#[derive(Debug, Clone, Template)]
#[template(path = "breaches.html")]
pub struct Breaches {
    /// Around the page.
    pub chrome: Chrome,
    /// The clocks of this page, most urgent first; ended ones last.
    pub rows: Vec<ClockRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One clock on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Where its first facts are.
    pub href: String,
    /// The record's reference.
    pub reference: String,
    /// Types of loss, malware or breach, in words.
    pub what: String,
    /// Name of the school.
    pub school: String,
    /// Where it stands.
    pub state: StateTag,
    /// By when the notice is due; none where no clock runs any more.
    pub due: Option<Due>,
}

impl Breaches {
    /// The heading: how many clocks run on this page, in words.
    pub fn heading(&self) -> String {
        let running = self.rows.iter().filter(|row| row.due.is_some()).count();
        let more = if self.next.is_some() { " on this page" } else { "" };
        match running {
            0 if !self.chrome.can.breaches => "No breach clock is yours to watch".to_owned(),
            0 => "No breach clock runs".to_owned(),
            1 => format!("1 breach clock runs{more}"),
            n => format!("{n} breach clocks run{more}"),
        }
    }
}

/// `GET /breaches?old_papers=yes`.
#[derive(Debug, Clone, Template)]
#[template(path = "breaches_old.html")]
pub struct OldBreaches {
    /// Around the page.
    pub chrome: Chrome,
    /// The clocks, as they would have run.
    pub rows: Vec<OldClock>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A clock of old papers: it would have run, and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldClock {
    /// Where its first facts are.
    pub href: String,
    /// The paper's own reference, else ours.
    pub reference: String,
    /// Types of loss, malware or breach, in words.
    pub what: String,
    /// Name of the school.
    pub school: String,
    /// Earliest staff knowledge, in words.
    pub aware: String,
    /// When the notice would have been due, in words.
    pub due: String,
}

/// `GET /breaches/{id}`.
#[derive(Debug, Clone, Template)]
#[template(path = "breach.html")]
pub struct Breach {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors of whichever form was sent.
    pub errors: FormErrors,
    /// Id in the path; the forms post to `/breaches/{id}/...`.
    pub id: String,
    /// The record's reference.
    pub reference: String,
    /// Types of loss, malware or breach, in words.
    pub what: String,
    /// Name of the school.
    pub school: String,
    /// Where it stands.
    pub state: StateTag,
    /// By when the notice is due; none where no clock runs any more.
    pub due: Option<Due>,
    /// The instants apart (BRE-3): what each is, and the instant in words.
    pub instants: Vec<(String, String)>,
    /// Data affected, a tick each.
    pub data: Vec<String>,
    /// How many people's data, in words.
    pub people: String,
    /// Earlier values of the earliest staff knowledge, oldest first.
    pub moved: Vec<MovedRow>,
    /// What was decided about the clock.
    pub decided: Option<DecidedRow>,
    /// `POST /breaches/{id}/aware`, where this reader may move it.
    pub aware: Option<AwareForm>,
    /// `POST /breaches/{id}/decision`, where this reader may decide.
    pub decide: Option<DecideForm>,
    /// Words and path of the record behind it, where this reader may open that.
    pub open: Option<(String, String)>,
    /// Words of the note about imported papers.
    pub imported: bool,
}

/// A correction of the earliest staff knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedRow {
    /// What stood there before, in words.
    pub from: String,
    /// What stood there afterwards, in words.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who and when, in words.
    pub by: String,
}

/// A decision about a provisional clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedRow {
    /// Which, in words.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Who and when, in words.
    pub by: String,
}

/// Fields of `POST /breaches/{id}/aware`: `command`, `seen`, `day`, `month`, `year`, `hour`, `minute`, `which`, `aware_reason`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwareForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// Day, month, year, hour, minute as typed.
    pub at: [String; 5],
    /// The two readings of an hour that happened twice; empty for any other.
    pub readings: Vec<Choice>,
    /// Which of them.
    pub which: String,
    /// Why.
    pub reason: String,
}

/// Fields of `POST /breaches/{id}/decision`: `command`, `seen`, `decision`, `decision_reason`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecideForm {
    /// Hidden fields.
    pub token: CommandToken,
    /// The decisions that are open.
    pub decisions: Vec<Choice>,
    /// The chosen one; empty for none yet.
    pub decision: String,
    /// Why.
    pub reason: String,
}

impl Breach {
    /// Whether the form that moves the clock has an error, so that it stands open.
    pub fn aware_has_error(&self) -> bool {
        self.errors.has_any(&["date", "day", "month", "year", "time", "hour", "minute", "which", "aware_reason"])
    }
}
