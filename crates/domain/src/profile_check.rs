//! Whether a profile is wise, and whether its chains hold with the people who are there: `wardbook profile check`.
//!
//! Pure. A profile that cannot be used at all is refused by [`Profile::parse`]; what is found here a person may decide to live with.
//! To extend: a new thing to look for is a function that returns findings, in [`on_paper`] where the profile alone tells it, in
//! [`at_school`] where people are needed.

mod people;
#[cfg(test)]
mod tests;
mod ways;

use serde::{Deserialize, Serialize};

use crate::{Duty, directory::Directory, profile::Profile, words::words};
use ways::{Kind, Way, ways};

words! {
    /// How much a finding matters.
    pub enum Severity {
        Error = "error", "Error";
        Warning = "warning", "Warning";
        Note = "note", "Note";
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The school's code, where it is about the people of one.
    pub school: Option<String>,
    /// The route or the part of the profile, in words.
    pub what: String,
    /// The types of reports that it is about, by code.
    pub types: Vec<String>,
    /// What was found.
    pub text: String,
    /// The clause of the entry.
    pub clause: Option<String>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.severity.label())?;
        if let Some(school) = &self.school {
            write!(f, "{school}, ")?;
        }
        write!(f, "{}", self.what)?;
        if let Some(clause) = &self.clause {
            write!(f, " ({clause})")?;
        }
        write!(f, ": {}", self.text)
    }
}

/// Looks at a profile, and at the people of a directory where there is one: errors first, then by school, one line for each school and route.
pub fn check(profile: &Profile, directory: Option<&Directory>) -> Vec<Finding> {
    let ways = ways(profile);
    let mut found = on_paper(profile, &ways);
    if let Some(directory) = directory {
        if directory.schools.is_empty() {
            found.push(general(Severity::Error, "schools", "no school is entered yet: nobody can receive anything", None));
        }
        for school in directory.schools.keys() {
            found.extend(ways.iter().flat_map(|way| people::at_school(way, school, profile, directory)));
        }
    }
    found.sort_by_key(|finding| (finding.severity, finding.school.clone()));
    found
}

fn on_paper(profile: &Profile, ways: &[Way<'_>]) -> Vec<Finding> {
    let mut found: Vec<Finding> = ways.iter().filter_map(|way| ends(way, profile)).collect();
    found.extend(ways.iter().filter_map(|way| never(way, profile)));
    found.extend(titles(profile, ways));
    found.extend(types(profile));
    found.extend(notices(profile));
    if profile.contact("lado").is_none() {
        found.push(general(Severity::Warning, "contact", "no `lado`: nobody is named for when a chain has run out", Some("LLC-4")));
    }
    let differs =
        profile.differs.iter().map(|differs| general(Severity::Warning, "differs from guidance", &differs.text, Some(&differs.clause)));
    found.extend(differs);
    found
}

/// A chain that ends too early for somebody always to be left.
fn ends(way: &Way<'_>, profile: &Profile) -> Option<Finding> {
    let last = *way.chain.last()?;
    if way.chain.len() == 1 {
        let text = format!("nobody stands in for the {}: what is about them reaches nobody", profile.title(last));
        return Some(way.finding(way.worst(), None, text));
    }
    let text = || format!("the chain ends with the {}, before the chair of governors or of trustees", profile.title(last));
    let high_enough = [Duty::Chair, Duty::ChairOfTrustees].contains(&last);
    (!high_enough).then(|| way.finding(Severity::Warning, None, text()))
}

/// Types that an entry names and that never come to it.
fn never(way: &Way<'_>, profile: &Profile) -> Option<Finding> {
    if way.never.is_empty() {
        return (way.kind == Kind::Report && way.types.is_empty() && !way.catches_all)
            .then(|| way.finding(Severity::Warning, None, "an earlier route takes everything: this one is never used".into()));
    }
    let text = format!("never comes here: {}; an earlier route has it, or it is of a narrower class", ways::labels(&way.never, profile));
    Some(way.finding(Severity::Warning, None, text))
}

fn titles(profile: &Profile, ways: &[Way<'_>]) -> Vec<Finding> {
    let used = |duty: &Duty| ways.iter().any(|way| way.chain.contains(duty));
    let unused = profile.titles.iter().filter(|(duty, _)| !used(duty));
    let mut found: Vec<Finding> =
        unused.map(|(duty, title)| general(Severity::Note, "titles", &format!("\"{title}\" ({duty}) stands in no chain"), None)).collect();
    for (index, duty) in Duty::ALL.iter().enumerate().filter(|(_, duty)| used(duty)) {
        let same = Duty::ALL[..index].iter().find(|other| used(other) && profile.title(**other) == profile.title(*duty));
        if let Some(other) = same {
            let text = format!("{other} and {duty} are both called \"{}\": nobody can tell them apart", profile.title(*duty));
            found.push(general(Severity::Warning, "titles", &text, None));
        }
    }
    found
}

fn types(profile: &Profile) -> Vec<Finding> {
    let wider = profile.extra_types.iter().filter(|kind| kind.class.is_some_and(|class| class >= crate::routing::class_of(kind.counts_as)));
    let wider = wider.map(|kind| {
        let text = format!("the class of {} is not narrower than that of its box, and so changes nothing", kind.code);
        general(Severity::Warning, "type", &text, Some(&kind.clause))
    });
    let mut found: Vec<Finding> = wider.collect();
    let silent: Vec<String> =
        ways::codes(profile).into_iter().filter(|code| profile.advice_for(std::slice::from_ref(code)).next().is_none()).collect();
    if !silent.is_empty() {
        let text = format!("no first steps for: {}", ways::labels(&silent, profile));
        found.push(Finding { types: silent, ..general(Severity::Note, "advice", &text, None) });
    }
    found
}

/// Rules about e-mail that leave people without it for long, or with so much that nobody reads it.
fn notices(profile: &Profile) -> Vec<Finding> {
    let rules = &profile.notices;
    let mut found = vec![];
    if rules.quiet_minutes() > 16 * 60 {
        found.push(general(Severity::Warning, "notices", "more than 16 hours of a day are quiet", None));
    }
    if rules.budget > 12 {
        found.push(general(Severity::Warning, "notices", "more than 12 messages a day: nobody reads so many", None));
    }
    if rules.digest_at.len() == 1 {
        found.push(general(Severity::Note, "notices", "one digest a day: what is filed after it is told the next day", None));
    }
    found
}

fn general(severity: Severity, what: &str, text: &str, clause: Option<&str>) -> Finding {
    Finding { severity, school: None, what: what.into(), types: vec![], text: text.into(), clause: clause.map(str::to_owned) }
}
