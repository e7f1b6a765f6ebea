//! What waits for somebody beside the records of their queue: monitoring alerts to decide about, requests and profiles for a second person,
//! openings by break-glass to review. One row each on the queue, so that it is the one place at which somebody sees all that waits for them.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::Instant;

use crate::{App, AppError, Caller, alerts::COUNTED_MAX};

/// Something that waits and is no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Beside {
    /// `alerts`, `glass` (openings by break-glass) or `requests` (for a second person).
    pub what: String,
    /// How many; of alerts 100 or more are 100.
    pub count: usize,
    /// What is to be done, in words.
    pub next_action: String,
    /// Why it is theirs.
    pub why: String,
    /// The clause that asks for it; empty where none does.
    pub clause: String,
    /// The path of the page on which it is done.
    pub page: String,
    /// Whether one of them cannot wait: a monitoring alert of the gravest severity.
    pub urgent: bool,
    /// By when the oldest of them is due; none where nothing says so.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
}

impl App {
    /// What waits for the caller beside records, the most pressing first. Nothing is opened, so nothing is traced.
    pub async fn waiting_beside(&self, caller: &Caller) -> Result<Vec<Beside>, AppError> {
        let alerts = self.alerts_waiting(caller).await?.unwrap_or_default();
        let alerts_due = alerts.oldest.map(|oldest| self.profile().receiving.receive_by(oldest));
        let counts = [
            (&ALERTS, alerts.count, alerts_due, alerts.urgent),
            (&GLASS, self.glasses_to_review(caller).await?, None, false),
            (&REQUESTS, if caller.may_agree() { self.waiting(caller).await?.len() } else { 0 }, None, false),
        ];
        let rows = counts.into_iter().filter(|(_, count, ..)| *count > 0);
        Ok(rows.map(|(kind, count, due_at, urgent)| Beside { urgent, ..kind.row(count, due_at) }).collect())
    }
}

/// A kind of what waits beside records.
struct Kind {
    what: &'static str,
    /// What is to be done about one, and about several: `{}` stands for how many.
    one: &'static str,
    several: &'static str,
    why: &'static str,
    clause: &'static str,
    page: &'static str,
}

const ALERTS: Kind = Kind {
    what: "alerts",
    one: "Decide about a monitoring alert",
    several: "Decide about {} monitoring alerts",
    why: "Each may be about a child: you decide whether it is safeguarding.",
    clause: "FIL-1",
    page: "/alerts",
};
const GLASS: Kind = Kind {
    what: "glass",
    one: "Review an opening by break-glass",
    several: "Review {} openings by break-glass",
    why: "Somebody opened a queue that is not theirs.",
    clause: "",
    page: "/access",
};
const REQUESTS: Kind = Kind {
    what: "requests",
    one: "Settle a request that needs a second person",
    several: "Settle {} requests that need a second person",
    why: "Nobody gives a duty or a code, or changes who receives reports, alone: a second person agrees, or turns it down.",
    clause: "",
    page: "/people/waiting",
};

impl Kind {
    fn row(&self, count: usize, due_at: Option<Instant>) -> Beside {
        // Alerts are counted so far and no further; of the others there are never so many.
        let many = if count < COUNTED_MAX as usize { count.to_string() } else { format!("{count} or more") };
        Beside {
            what: self.what.to_owned(),
            count,
            next_action: if count == 1 { self.one.to_owned() } else { self.several.replace("{}", &many) },
            why: self.why.to_owned(),
            clause: self.clause.to_owned(),
            page: self.page.to_owned(),
            urgent: false,
            due_at,
        }
    }
}
