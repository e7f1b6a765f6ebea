//! The table as a person reads it: a block for each record class, a part for each route, a line for each relationship.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use wardbook_system_tests::{Answer, registry::Route};

use crate::world::{Actor, Relation};

/// Who heard what, by class, route and relationship.
#[derive(Default)]
pub(crate) struct Table {
    blocks: BTreeMap<String, BTreeMap<String, BTreeMap<Relation, BTreeMap<String, BTreeSet<String>>>>>,
}

const HEAD: &str = "\
# Who hears what
#
# Made by asking every route as every duty in every relationship (tests/system/tests/matrix). Read a change of it as a change of who may
# know what, then write it anew with WARDBOOK_WRITE_CONTRACTS=1 cargo test --workspace --test matrix.
#
# A record route is asked about a report of the class at SCH01, its case and its file. `own school` holds the duty there or for the trust,
# `other school` at SCH02; `its subject` and `possible subject` hold the duty and are the people concerned; `former holder` held it once;
# `reported it` filed the report; `other trust` is a headteacher of another trust; `nobody` has no session and no token.
#
# 404 no such thing, or not for you: one answer. 401, or `sign-in`: nobody is signed in. 412: may change it (it was asked with the mark of an
# older state, so that nothing changed). 400, 409, 422: may ask it, and this was not a good question.
";

/// Where the part that is kept by hand begins: the commands of the command line.
pub(crate) const COMMANDS: &str = "# Commands";

impl Table {
    pub(crate) fn put(&mut self, class: Option<&str>, route: &Route, actor: &Actor, answer: &Answer) {
        let block = class.map_or("Everything else".to_owned(), |class| format!("Records: {class}"));
        let heard = match answer.header("location") {
            "" => answer.status.as_u16().to_string(),
            location if location.starts_with("/sign-in") => "sign-in".to_owned(),
            _ => format!("{}", answer.status.as_u16()),
        };
        let who = actor.duty.map_or_else(String::new, |duty| duty.to_string());
        let relations = self.blocks.entry(block).or_default().entry(format!("{} {}", route.path, route.method)).or_default();
        relations.entry(actor.relation).or_default().entry(heard).or_default().insert(who);
    }

    fn parts(&self) -> Vec<(String, String)> {
        let mut parts = vec![];
        for (block, routes) in &self.blocks {
            for (route, relations) in routes {
                let (path, method) = route.split_once(' ').unwrap();
                let mut text = format!("{method} {path}\n");
                for (relation, heard) in relations {
                    let _ = writeln!(text, "    {:<17} {}", relation.words(), line(heard));
                }
                parts.push((block.clone(), text));
            }
        }
        parts
    }

    /// Compares the whole table with the file, or writes it.
    pub(crate) fn compare(&self) {
        let kept = std::fs::read_to_string(path()).unwrap_or_default();
        let commands = kept.find(COMMANDS).map_or("", |at| &kept[at..]);
        let (mut made, mut last) = (HEAD.to_owned(), String::new());
        for (block, text) in self.parts() {
            if block != last {
                let _ = write!(made, "\n## {block}\n");
            }
            let _ = write!(made, "\n{text}");
            last = block;
        }
        let _ = write!(made, "\n{commands}");
        if std::env::var_os("WARDBOOK_WRITE_CONTRACTS").is_some() {
            std::fs::write(path(), &made).unwrap();
            return;
        }
        let line = kept.lines().zip(made.lines()).position(|(a, b)| a != b).unwrap_or_else(|| kept.lines().count().min(made.lines().count()));
        let around = |text: &str| text.lines().skip(line.saturating_sub(6)).take(9).collect::<Vec<_>>().join("\n");
        assert!(kept == made, "matrix.txt is not what was heard, from line {}:\n{}\n--- heard:\n{}", line + 1, around(&kept), around(&made));
    }

    /// Compares some routes with the file.
    pub(crate) fn compare_part(&self) {
        let kept = std::fs::read_to_string(path()).unwrap_or_default();
        for (block, text) in self.parts() {
            let start = kept.find(&format!("## {block}\n")).unwrap_or_else(|| panic!("{block} is not in matrix.txt"));
            let rest = &kept[start + 3..];
            let block_text = &rest[..rest.find("\n## ").unwrap_or(rest.len())];
            assert!(block_text.contains(&format!("\n{text}")), "{block}: heard otherwise than matrix.txt says:\n{text}");
        }
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("matrix.txt")
}

/// `200: dsl, headteacher; everyone else: 404`.
fn line(heard: &BTreeMap<String, BTreeSet<String>>) -> String {
    let most = heard.iter().max_by_key(|(status, duties)| (duties.len(), *status == "404")).map(|(status, _)| status.clone()).unwrap();
    if heard.len() == 1 {
        return most;
    }
    let named = heard.iter().filter(|(status, _)| **status != most);
    let named: Vec<String> = named.map(|(status, duties)| format!("{status}: {}", duties.iter().cloned().collect::<Vec<_>>().join(", "))).collect();
    format!("{}; everyone else: {most}", named.join("; "))
}
