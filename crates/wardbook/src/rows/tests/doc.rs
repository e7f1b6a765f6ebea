//! `docs/import.md` says what is so.

use std::collections::BTreeSet;

use wardbook_app::import::ImportKind;

use super::mapping;
use crate::rows::fields::{INSTANTS, Reads, fields, instants};

/// The manual.
pub(super) const DOC: &str = include_str!("../../../../../docs/import.md");

/// The mapping that the manual shows.
pub(super) fn example() -> &'static str {
    let (_, after) = DOC.split_once("```toml\n").unwrap();
    after.split_once("```").unwrap().0
}

/// The rows of a list's table: the field and what is said of it.
fn table(list: &str) -> Vec<(&'static str, &'static str)> {
    let (_, after) = DOC.split_once(&format!("\n### {list}\n")).unwrap();
    let section = after.split("\n#").next().unwrap();
    section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` |")).collect()
}

#[test]
fn the_fields_of_every_list_are_those_of_the_manual() {
    for (list, kind) in [
        ("schools", ImportKind::Schools),
        ("staff", ImportKind::Staff),
        ("pupils", ImportKind::Pupils),
        ("assets", ImportKind::Assets),
        ("loans", ImportKind::Loans),
        ("reports", ImportKind::Reports),
        ("alerts", ImportKind::Alerts),
    ] {
        let table = table(list);
        let known: BTreeSet<&str> = fields(kind).iter().map(|field| field.path).collect();
        assert_eq!(table.iter().map(|(field, _)| *field).collect::<BTreeSet<_>>(), known, "{list}");
        for field in fields(kind) {
            let (_, said) = table.iter().find(|(name, _)| *name == field.path).unwrap();
            assert_eq!(said.contains("**needed**"), field.needed, "{}", field.path);
            if let Reads::One(words) | Reads::Many(words) = field.reads {
                let codes: Vec<&str> = words().into_iter().map(|(code, _)| code).collect();
                assert!(said.contains(&codes.join(", ")), "{}", field.path);
            }
        }
    }
    assert!(INSTANTS.iter().chain(instants(ImportKind::Alerts)).all(|name| DOC.contains(&format!("`{name}`"))));
}

#[test]
fn the_example_is_a_mapping() {
    let read = mapping(example());
    assert_eq!((read.sheet.as_deref(), read.header_row), (Some("Log"), Some(3)));
    let header: Vec<String> =
        DOC.lines().find_map(|line| line.strip_prefix("| No. |")).unwrap().split('|').map(|name| name.trim().to_owned()).collect();
    let header = [vec!["No.".to_owned()], header].concat();
    assert_eq!(read.find(&header).unwrap().len(), 12, "the table beside it has its columns");
}
