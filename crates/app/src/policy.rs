//! The need-to-know table and the profile's routes in words that a DPO can read.

use std::fmt::Write as _;

use wardbook_domain::{
    Duty, RecordClass,
    need_to_know::{TABLE, may_have_facts},
    profile::Profile,
};

/// The table as Markdown, for `wardbook policy show` and `docs/need-to-know.md`.
pub fn need_to_know_table() -> String {
    let mut out = String::from("| record class | duty | held | opens | clause |\n| --- | --- | --- | --- | --- |\n");
    for class in RecordClass::ALL {
        let _ = writeln!(out, "| {} | the owner: the receiver that the profile names | as routed | everything | P0-LLC-2 |", class.label());
        for rule in TABLE.iter().filter(|rule| rule.class == *class) {
            let held = rule.duty.scope().label();
            let _ = writeln!(out, "| {} | {} | {held} | everything | {} |", class.label(), rule.duty.label(), rule.clause);
        }
    }
    let facts: Vec<&str> = Duty::ALL.iter().filter(|duty| may_have_facts(**duty)).map(|duty| duty.label()).collect();
    let _ = writeln!(
        out,
        "\nFirst facts of a record that stays closed (school, instants, type of loss, ticks and numbers; no story, no person) go where the \
         profile sends them, to none but: {}.",
        facts.join(", ")
    );
    out.push_str(
        "\nThe person concerned, and everyone whose name could be theirs, opens nothing, in any duty; a reporter keeps their own words.\n",
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
