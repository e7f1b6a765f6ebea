//! For which school a report is: the reporter's own where there is one, else they choose.

use std::collections::BTreeSet;

use wardbook_app::Caller;
use wardbook_domain::directory::Directory;

use crate::pages::forms::Choice;

/// The schools that a reporter may file for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schools {
    /// Code and name.
    pub(super) choices: Vec<Choice>,
}

impl Schools {
    /// The school of the reporter's staff entry and of their duties where that is one; every school for those with a duty for the
    /// whole trust, with several schools or with none.
    pub(super) fn of(caller: &Caller, directory: &Directory) -> Self {
        let mut own: BTreeSet<&str> = caller.duties.iter().filter_map(|held| held.school.as_deref()).collect();
        own.extend(caller.school.as_deref());
        own.retain(|code| directory.schools.contains_key(*code));
        let trust_wide = caller.duties.iter().any(|held| held.school.is_none());
        let one = own.len() == 1 && !trust_wide;
        let choices = directory.schools.values().filter(|school| !one || own.contains(school.code.as_str()));
        Self { choices: choices.map(|school| Choice::owned(&school.code, &school.name)).collect() }
    }

    /// Whether the question is asked.
    pub(super) fn several(&self) -> bool {
        self.choices.len() != 1
    }

    /// The school of the report: the only one, or the one chosen.
    pub(super) fn chosen<'a>(&'a self, typed: &'a str) -> &'a str {
        match self.choices.as_slice() {
            [only] => &only.value,
            _ => typed,
        }
    }

    /// The school in words; the code where it is none of these.
    pub(super) fn name<'a>(&'a self, typed: &'a str) -> &'a str {
        crate::pages::choices::text(&self.choices, self.chosen(typed))
    }
}
