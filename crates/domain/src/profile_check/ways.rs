//! The ways that a profile lays: its routes, its cases and its first facts, each with the types that take it.

use super::{Finding, Severity};
use crate::{
    Duty, RecordClass,
    case::CaseKind,
    profile::{Profile, Route},
    report::ReportType,
    routing::{IMAGE, class_of},
};

/// What takes a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Report,
    Case,
    Facts,
}

/// One way.
#[derive(Debug)]
pub(super) struct Way<'a> {
    pub(super) kind: Kind,
    /// In words.
    pub(super) what: String,
    /// The types that take it, by code.
    pub(super) types: Vec<String>,
    /// Types that it names and that never take it.
    pub(super) never: Vec<String>,
    /// Whether it takes what nothing before it took.
    pub(super) catches_all: bool,
    /// Whether it is about an adult's conduct.
    pub(super) conduct: bool,
    pub(super) chain: &'a [Duty],
    pub(super) clause: &'a str,
}

impl Way<'_> {
    pub(super) fn finding(&self, severity: Severity, school: Option<&str>, text: String) -> Finding {
        let (what, types) = (self.what.clone(), self.types.clone());
        Finding { severity, school: school.map(str::to_owned), what, types, text, clause: Some(self.clause.to_owned()) }
    }

    /// How bad it is when this way ends at nobody: the owner has what first facts tell.
    pub(super) fn worst(&self) -> Severity {
        if self.kind == Kind::Facts { Severity::Warning } else { Severity::Error }
    }
}

/// Every type of the form and of the profile.
pub(super) fn codes(profile: &Profile) -> Vec<String> {
    let form = ReportType::ALL.iter().map(|kind| kind.as_str().to_owned());
    form.chain(profile.extra_types.iter().map(|kind| kind.code.clone())).collect()
}

/// Types in words.
pub(super) fn labels(codes: &[String], profile: &Profile) -> String {
    codes.iter().map(|code| profile.listed(code)).collect::<Vec<_>>().join(", ")
}

/// The ways of a profile, in its order.
pub(super) fn ways(profile: &Profile) -> Vec<Way<'_>> {
    let routes = (0..profile.routes.len()).map(|index| of_route(index, profile));
    let cases = profile.cases.iter().map(|case| {
        let conduct = [CaseKind::LowLevelConcern, CaseKind::Disciplinary].contains(&case.kind);
        bare(Kind::Case, format!("cases, {}", case.kind.label()), conduct, &case.chain, &case.clause)
    });
    let facts = profile.facts.iter().map(|facts| {
        let what = format!("first facts, {}", labels(&facts.types, profile));
        Way { types: facts.types.clone(), ..bare(Kind::Facts, what, false, &facts.chain, &facts.clause) }
    });
    routes.chain(cases).chain(facts).collect()
}

fn bare<'a>(kind: Kind, what: String, conduct: bool, chain: &'a [Duty], clause: &'a str) -> Way<'a> {
    Way { kind, what, types: vec![], never: vec![], catches_all: true, conduct, chain, clause }
}

fn of_route(index: usize, profile: &Profile) -> Way<'_> {
    let route = &profile.routes[index];
    let before: Vec<&Route> = profile.routes[..index].iter().filter(|other| other.class == route.class).collect();
    let taken = |code: &String| before.iter().any(|other| other.types.is_empty() || other.types.contains(code));
    let catches_all = route.types.is_empty() && !before.iter().any(|other| other.types.is_empty());
    // Among other types, a type may come with any class that is as narrow as its own or narrower.
    let comes = |code: &String| route.class <= widest(code, profile) && !taken(code);
    let (types, never) = if route.types.is_empty() {
        let own = codes(profile).into_iter();
        let own = own.filter(|code| route.class == RecordClass::Conduct || route.class == widest(code, profile));
        (own.filter(|code| !taken(code)).collect(), vec![])
    } else {
        route.types.iter().cloned().partition(comes)
    };
    let of = if route.types.is_empty() && !before.is_empty() { "all other types".to_owned() } else { String::new() };
    let of = if route.types.is_empty() { of } else { labels(&route.types, profile) };
    let separator = if of.is_empty() { "" } else { ": " };
    let what = format!("reports, {}{separator}{of}", route.class.label());
    let conduct = route.class == RecordClass::Conduct;
    Way { types, never, catches_all, ..bare(Kind::Report, what, conduct, &route.chain, &route.clause) }
}

/// The class of a report of this type alone, without an adult as its subject.
fn widest(code: &str, profile: &Profile) -> RecordClass {
    if code == IMAGE {
        return RecordClass::Safeguarding;
    }
    if let Some(kind) = ReportType::parse(code) {
        return class_of(kind);
    }
    let extra = profile.extra(code).expect("a validated profile names no type that it does not have");
    extra.class.map_or(class_of(extra.counts_as), |class| class.min(class_of(extra.counts_as)))
}
