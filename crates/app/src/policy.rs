//! The need-to-know table and the profile's routes in words that a DPO can read; a profile checked and explained with this trust's people.

use std::fmt::Write as _;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Duty, Invalid, RecordClass, cube, equipment,
    need_to_know::{TABLE, may_have_facts},
    overview,
    profile::Profile,
    profile_check::{Finding, check},
    profile_explain::{Explanation, Question, explain},
    reading,
};

use crate::{App, AppError};

/// What is asked before the table, and beside it, in words.
const RELATIONSHIPS: &str = "\
Asked in this order; the first that fits decides.

1. **Relationship.** Whom a record is about, everybody whose name that could be until a person settles it, and whoever stands aside (recused, \
or with a declared conflict of interest) opens nothing, in any duty, and is answered as if it did not exist. A reporter keeps their own words \
and receipt, frozen as they were filed.
2. **Duty at a school.** The table below: the owner, who reads along, then the rows. A duty for the whole trust covers each school; a duty at \
one school opens nothing of another.
3. **Names on a case.** Whoever the owner names on a case opens that case, not its report and not who reported it, until removed or their last \
day is over.
4. **Beside a duty.** Who covers for an absent holder opens what the duty opens, item by item: what the cover may not know goes to the next of \
the chain. Break-glass opens a duty's queue for at most four hours, is told to its holders, the trust lead and the chairs, and is reviewed by \
one of them. Neither opens what concerns the person who uses it.
5. **Group of fields.** The reporter's identity is a group of its own (LLC-6). In a protected disclosure (OTH-5) it is for the chair of \
governors, else the chair of trustees, alone.
6. **Purpose.** Where the profile asks for one, a page or answer without it is refused; each look is on record with it.

";

/// The table as Markdown, for `wardbook policy show` and `docs/need-to-know.md`.
pub fn need_to_know_table() -> String {
    let mut out = String::from(RELATIONSHIPS);
    out.push_str("| record class | duty | held | opens | clause |\n| --- | --- | --- | --- | --- |\n");
    for class in RecordClass::ALL {
        let label = class.label();
        let _ = writeln!(out, "| {label} | the owner: the receiver that the profile names | as routed | everything | P0-LLC-2 |");
        let _ = writeln!(
            out,
            "| {label} | who reads along: a DSL where a child could be in danger, the next of the chain in an absence or where nobody acted in time | as routed | everything | P0-ROUTE-1 |"
        );
        for rule in TABLE.iter().filter(|rule| rule.class == *class) {
            let held = rule.duty.scope().label();
            let _ = writeln!(out, "| {label} | {} | {held} | everything | {} |", rule.duty.label(), rule.clause);
        }
        let _ = writeln!(out, "| {label} | {} | on the case | everything but the reporter | P1-STAFF-1 |", Duty::Investigator.label());
    }
    let facts: Vec<&str> = Duty::ALL.iter().filter(|duty| may_have_facts(**duty)).map(|duty| duty.label()).collect();
    let _ = writeln!(
        out,
        "\nFirst facts of a record that stays closed (school, instants, type of loss, ticks and numbers; no story, no person) go where the \
         profile sends them, to none but: {}.",
        facts.join(", ")
    );
    let none: Vec<&str> = Duty::ALL.iter().filter(|duty| !duty.opens_records()).map(|duty| duty.label()).collect();
    let _ = writeln!(out, "\nThese duties are never sent a record: {}.", none.join(", "));
    let duties =
        |may: fn(Duty) -> bool| Duty::ALL.iter().filter(|duty| may(**duty)).map(|duty| duty.label()).collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        out,
        "\nAn overview, counted from what they may know and nothing else, is for: {}.\n\nThe published figures of closed terms, in which small \
         numbers are hidden and conduct is one number for the trust (STA-1, STA-2), are read by: {}. They are published, with a reason, by: {}.",
        duties(overview::may_see),
        duties(cube::may_read),
        duties(cube::may_publish)
    );
    let leads = duties(Duty::leads_safeguarding);
    let _ = writeln!(
        out,
        "\nThe list of equipment of their schools is read by: {}; one device is asked for by its tag by whoever opens records. All looks, each as \
         \"a conduct record\" and the like where the record is not theirs to know, are read by: {}. Monitoring alerts are decided by their owner \
         and by: {leads}; a file is put into quarantine by: {leads}.",
        duties(equipment::may_list),
        duties(reading::is_watcher)
    );
    out
}

/// The routes of a profile as Markdown.
pub fn routes_table(profile: &Profile) -> String {
    let mut out = format!("Profile {} ({}), {}\n\n", profile.name(), profile.title, profile.guidance_edition);
    out.push_str("| what | goes to, then stands in | clause |\n| --- | --- | --- |\n");
    let chain = |duties: &[wardbook_domain::Duty]| duties.iter().map(|duty| profile.title(*duty)).collect::<Vec<_>>().join(" → ");
    for route in &profile.routes {
        let types = if route.types.is_empty() {
            String::new()
        } else {
            format!(": {}", route.types.iter().map(|code| profile.listed(code)).collect::<Vec<_>>().join(", "))
        };
        let _ = writeln!(out, "| report, {}{types} | {} | {} |", route.class.label(), chain(&route.chain), route.clause);
    }
    for facts in &profile.facts {
        let types: Vec<&str> = facts.types.iter().map(|code| profile.listed(code)).collect();
        let _ = writeln!(out, "| first facts: {} | {} | {} |", types.join(", "), chain(&facts.chain), facts.clause);
    }
    for route in &profile.cases {
        let _ = writeln!(out, "| case, {} | {} | {} |", route.kind.label(), chain(&route.chain), route.clause);
    }
    out
}

/// Which profile is to be looked at, and whether with the people of this trust.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckAsk {
    /// The text of a profile; the one in force, where it is missing.
    #[serde(default)]
    pub profile: Option<String>,
    /// Whether its chains are tried on the people of this trust.
    #[serde(default)]
    pub people: bool,
}

/// What was found in a profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Checked {
    /// The profile, `id@version`.
    pub profile: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// A question about one type of report.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainAsk {
    /// The text of a profile; the one in force, where it is missing.
    #[serde(default)]
    pub profile: Option<String>,
    /// The type, by code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The duty of the person whom the report is about.
    #[serde(default)]
    pub subject_duty: Option<Duty>,
    /// The school's code; without it nobody's name is asked for.
    #[serde(default)]
    pub school: Option<String>,
}

impl App {
    /// Checks a profile.
    pub async fn check_profile(&self, ask: &CheckAsk) -> Result<Checked, AppError> {
        let profile = self.profile_or(ask.profile.as_deref())?;
        let people = if ask.people { Some(self.directory().await?) } else { None };
        Ok(Checked { profile: profile.name(), findings: check(&profile, people.as_deref()) })
    }

    /// Says where a report would go, and why.
    pub async fn explain_profile(&self, ask: &ExplainAsk) -> Result<Explanation, AppError> {
        let profile = self.profile_or(ask.profile.as_deref())?;
        let people = if ask.school.is_some() { Some(self.directory().await?) } else { None };
        let question = Question { kind: &ask.kind, subject: ask.subject_duty, school: ask.school.as_deref() };
        Ok(explain(&profile, people.as_deref(), question)?)
    }

    fn profile_or(&self, text: Option<&str>) -> Result<Arc<Profile>, AppError> {
        let Some(text) = text else { return Ok(self.profile()) };
        let profile = Profile::parse(text).map_err(|error| Invalid::one("profile", error.to_string()))?;
        Ok(Arc::new(profile))
    }
}
