//! The table as a person reads it: a block for each record class, a part for each route, a line for each relationship.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use wardbook_system_tests::{Answer, registry::Route};

use crate::world::{Actor, Relation};

/// Which duties heard which status.
type Heard = BTreeMap<String, BTreeSet<String>>;

/// Who heard what, by class, route and relationship.
#[derive(Default)]
pub(crate) struct Table {
    blocks: BTreeMap<String, BTreeMap<String, BTreeMap<Relation, Heard>>>,
}

const HEAD: &str = "\
# Who hears what
#
# Made by asking every route as every duty in every relationship (tests/system/tests/matrix). Read a change of it as a change of who may
# know what, then write it anew with WARDBOOK_WRITE_CONTRACTS=1 cargo test --workspace --test matrix.
#
# A record route is asked about a report of the class at SCH01, its case and its file. `own school` holds the duty there or for the trust,
# `other school` at SCH02; `its subject` and `possible subject` hold the duty and are the people concerned; `stood aside` holds it and stands
# aside from the record; `former holder` held it once, and is still at the school; `reported it` filed the report; `other trust` holds it in
# another trust; `nobody` has no session and no token. Who is asked before a page whether their screen is private, and why they look, has
# answered.
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

    /// What was heard at each route of a block, in the words of the file.
    fn lines(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let words = |relations: &BTreeMap<Relation, Heard>| {
            let mut by_line: Vec<(String, Vec<&str>)> = vec![];
            for (relation, heard) in relations {
                let line = line(heard);
                match by_line.iter_mut().find(|(known, _)| *known == line) {
                    Some((_, relations)) => relations.push(relation.words()),
                    None => by_line.push((line, vec![relation.words()])),
                }
            }
            let lines = by_line.iter().map(|(line, relations)| format!("    {}: {line}\n", relations.join(", ")));
            lines.collect::<String>()
        };
        let of_block = |routes: &BTreeMap<String, _>| {
            routes.iter().map(|(route, relations)| (route.clone(), words(relations))).collect::<BTreeMap<String, String>>()
        };
        self.blocks.iter().map(|(block, routes)| (block.clone(), of_block(routes))).collect()
    }

    /// The table as text: routes of a block at which the same is heard stand together.
    fn text(&self) -> String {
        let mut made = HEAD.to_owned();
        for (block, routes) in self.lines() {
            let _ = write!(made, "\n## {block}\n");
            let mut groups: Vec<(String, Vec<String>)> = vec![];
            for (route, lines) in routes {
                let (path, method) = route.split_once(' ').unwrap();
                let route = format!("{method} {path}");
                match groups.iter_mut().find(|(known, _)| *known == lines) {
                    Some((_, routes)) => routes.push(route),
                    None => groups.push((lines, vec![route])),
                }
            }
            for (lines, routes) in groups {
                let _ = write!(made, "\n{}\n{lines}", routes.join("\n"));
            }
        }
        made
    }

    /// Compares the whole table with the file, or writes it.
    pub(crate) fn compare(&self) {
        let kept = std::fs::read_to_string(path()).unwrap_or_default();
        let commands = kept.find(COMMANDS).map_or("", |at| &kept[at..]);
        let made = format!("{}\n{commands}", self.text());
        if std::env::var_os("WARDBOOK_WRITE_CONTRACTS").is_some() {
            std::fs::write(path(), &made).unwrap();
            return;
        }
        self.compare_part();
        assert!(kept == made, "matrix.txt is right in all that it says, but it has more, or stands in another order; write it anew");
    }

    /// Compares some routes with the file.
    pub(crate) fn compare_part(&self) {
        let kept = read(&std::fs::read_to_string(path()).unwrap_or_default());
        for (block, routes) in self.lines() {
            for (route, heard) in routes {
                let (path, method) = route.split_once(' ').unwrap();
                let kept = kept.get(&(block.clone(), format!("{method} {path}"))).map_or("    (not in the table)\n", String::as_str);
                assert!(kept == heard, "{block}: {method} {path}\nmatrix.txt says:\n{kept}heard:\n{heard}");
            }
        }
    }
}

/// What the file says of each route of each block.
fn read(text: &str) -> BTreeMap<(String, String), String> {
    let (mut all, mut block, mut routes) = (BTreeMap::new(), String::new(), vec![]);
    let mut last_was_heard = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut block);
        } else if line.starts_with("    ") {
            for route in &routes {
                let heard: &mut String = all.entry((block.clone(), String::clone(route))).or_default();
                let _ = writeln!(heard, "{line}");
            }
            last_was_heard = true;
        } else if !line.is_empty() {
            if std::mem::take(&mut last_was_heard) {
                routes.clear();
            }
            routes.push(line.to_owned());
        }
    }
    all
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("matrix.txt")
}

/// `200: dsl, headteacher; everyone else: 404`.
fn line(heard: &Heard) -> String {
    let most = heard.iter().max_by_key(|(status, duties)| (duties.len(), *status == "404")).map(|(status, _)| status.clone()).unwrap();
    if heard.len() == 1 {
        return most;
    }
    let named = heard.iter().filter(|(status, _)| **status != most);
    let named: Vec<String> =
        named.map(|(status, duties)| format!("{status}: {}", duties.iter().cloned().collect::<Vec<_>>().join(", "))).collect();
    format!("{}; everyone else: {most}", named.join("; "))
}
