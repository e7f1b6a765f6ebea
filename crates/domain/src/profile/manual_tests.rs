//! `docs/profiles.md` says what is so.

use std::collections::BTreeSet;

use super::*;

const DOC: &str = include_str!("../../../../docs/profiles.md");

/// The profile that the manual shows.
fn example() -> &'static str {
    let (_, after) = DOC.split_once("```toml\n").unwrap();
    after.split_once("```").unwrap().0
}

/// The keys that the manual names for a table.
fn named(table: &str) -> BTreeSet<&'static str> {
    let (_, after) = DOC.split_once(&format!("\n### {table}\n")).unwrap();
    let section = after.split("\n#").next().unwrap();
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once("` |")?.0)).collect()
}

/// The keys that a table may have, from the refusal of one that it may not.
fn known(text: &str) -> BTreeSet<String> {
    let said = Profile::parse(text).unwrap_err().to_string();
    let (_, expected) = said.split_once("expected one of").or_else(|| said.split_once("expected")).unwrap();
    let line = expected.lines().next().unwrap();
    line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_a_profile_is_in_the_manual_with_an_example() {
    let tables = ["route", "case", "type", "case-fact", "case-step", "facts", "advice", "told", "contact", "differs", "purpose", "alerts"];
    let inside = tables.map(|table| (table, example().replacen(&format!("[[{table}]]\n"), &format!("[[{table}]]\nzzz = 1\n"), 1)));
    let single = ["passwords", "sessions", "reading", "notices"];
    let single = single.map(|table| (table, example().replacen(&format!("[{table}]\n"), &format!("[{table}]\nzzz = 1\n"), 1)));
    let all = inside.into_iter().chain(single).chain([("The head", format!("zzz = 1\n{}", example()))]);
    for (table, text) in all {
        let (named, known) = (named(table), known(&text));
        assert!(known.len() > 1, "{table}");
        assert_eq!(named, known.iter().map(String::as_str).collect(), "{table}");
        for key in &known {
            let shown = example().lines().any(|line| line.starts_with(&format!("{key} = ")) || line.contains(&format!("[{key}]")));
            assert!(shown, "{table}: the example has no {key}");
        }
    }
}

#[test]
fn the_example_is_a_profile_without_a_fault() {
    let profile = Profile::parse(example()).unwrap();
    assert_eq!(profile.name(), "oakfield@1");
    let found = crate::profile_check::check(&profile, None);
    assert!(found.iter().all(|finding| finding.severity != crate::profile_check::Severity::Error), "{found:?}");
}
