//! `docs/coverage.md`: from each clause of the policies P0 and P1 to the scenario that holds it and the page on which people meet it, made
//! from `tests/system/coverage.toml`.

use std::fmt::Write as _;

use serde::Deserialize;
use wardbook_system_tests::registry::{Door, Route, routes};

use super::{compare, file, is_test};

/// The clauses that there are, by family and number: what the digest of the policies lists.
const CLAUSES: [(&str, usize); 36] = [
    ("P0-FORM", 12),
    ("P0-ROUTE", 3),
    ("P0-LLC", 6),
    ("P0-BRE", 1),
    ("P0-COC", 1),
    ("P0-HOAX", 1),
    ("P0-MARK", 1),
    ("P0-ASSET", 1),
    ("P0-AUA", 1),
    ("P0-TRAIN", 1),
    ("P0-FM", 1),
    ("P0-AUTH", 1),
    ("P0-SEND", 1),
    ("P0-BACKUP", 1),
    ("P0-PRINT", 1),
    ("P0-WEAR", 1),
    ("P0-A11Y", 1),
    ("P1-ROUTE", 5),
    ("P1-STAFF", 2),
    ("P1-PUPIL", 2),
    ("P1-POLICE", 1),
    ("P1-EVID", 1),
    ("P1-NUDE", 1),
    ("P1-SEARCH", 1),
    ("P1-LEAVER", 1),
    ("P1-LOG", 2),
    ("P1-LOAN", 1),
    ("P1-AUA", 1),
    ("P1-FM", 2),
    ("P1-4C", 1),
    ("P1-DPIA", 1),
    ("P1-REL", 1),
    ("P1-SOCIAL", 1),
    ("P1-POSTS", 1),
    ("P1-MFA", 1),
    ("P1-SYS", 1),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    id: String,
    asks: String,
    #[serde(default)]
    scenarios: Vec<String>,
    #[serde(default)]
    page: Option<String>,
    #[serde(default)]
    issue: Option<u32>,
}

fn table() -> Table {
    toml::from_str(&std::fs::read_to_string(file("tests/system/coverage.toml")).unwrap()).unwrap()
}

/// The text of a test with what stands above it.
fn text_of(path: &str, name: &str) -> String {
    let source = std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let start = source.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{path} has no {name}"));
    let above: Vec<&str> =
        source[..start].lines().rev().skip(1).take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
    let end = source[start..].find("\n}\n").map_or(source.len(), |end| start + end);
    format!("{}\n{}", above.join("\n"), &source[start..end])
}

/// A scenario is a test over HTTP, or a program of the browser, that cites its clause.
fn check(clause: &Clause, scenario: &str) {
    let id = &clause.id;
    let Some((path, name)) = scenario.split_once("::") else {
        let text = std::fs::read_to_string(file(scenario)).unwrap_or_else(|error| panic!("{id}: {scenario}: {error}"));
        assert!(scenario.starts_with("tests/browser/") && text.contains(id.as_str()), "{id}: {scenario} does not cite it");
        return;
    };
    let over_http = ["crates/web/tests/pages/", "tests/system/tests/scenarios/", "crates/wardbook/tests/cli/"];
    assert!(over_http.iter().any(|folder| path.starts_with(folder)), "{id}: {path} is no scenario over HTTP");
    assert!(is_test(path, name), "{id}: {path} has no test {name}");
    let text = text_of(path, name);
    let snake = id.to_lowercase().replace('-', "_");
    assert!(text.contains(id.as_str()) || text.contains(&snake), "{id}: {scenario} does not cite it");
}

#[test]
fn every_clause_has_its_scenario_and_page_or_its_open_issue() {
    let (table, routes) = (table(), routes());
    let listed: Vec<&str> = table.clause.iter().map(|clause| clause.id.as_str()).collect();
    let wanted = CLAUSES.iter().flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}-{number}")));
    for id in wanted {
        assert_eq!(listed.iter().filter(|listed| **listed == id).count(), 1, "{id}");
    }
    let mut out = String::from(
        "# Clauses, scenarios, pages\n\nMade from `tests/system/coverage.toml` by `tests/system/tests/contracts/coverage.rs`: every clause of the \
         policies P0 and P1, in our words, with the scenario over HTTP that holds it and the page on which people meet it. A clause that waits \
         for its capability names the open issue.\n\n| clause | asks | scenario | page |\n| --- | --- | --- | --- |\n",
    );
    for clause in &table.clause {
        let id = &clause.id;
        assert!(id.starts_with("P0-") || id.starts_with("P1-"), "{id}");
        if let Some(issue) = clause.issue {
            assert!(clause.scenarios.is_empty() && clause.page.is_none(), "{id} waits, or it does not");
            let _ = writeln!(out, "| {id} | {} | waits for issue {issue} | |", clause.asks);
            continue;
        }
        assert!(!clause.scenarios.is_empty(), "{id} has no scenario and no open issue");
        clause.scenarios.iter().for_each(|scenario| check(clause, scenario));
        let page = clause.page.as_deref().unwrap_or_default();
        let is_page = |route: &Route| route.path == page && route.method == "GET" && route.door() == Door::Page;
        // A path that takes a verb is asked with some of them.
        let of_verb = |route: &Route| page.strip_suffix("{verb}").is_some_and(|start| route.path.starts_with(start));
        assert!(routes.iter().any(|route| is_page(route) || of_verb(route)), "{id}: {page} is no page");
        let scenarios: Vec<String> = clause.scenarios.iter().map(|scenario| format!("`{scenario}`")).collect();
        let _ = writeln!(out, "| {id} | {} | {} | `{page}` |", clause.asks, scenarios.join("<br>"));
    }
    compare("docs/coverage.md", &out);
}
