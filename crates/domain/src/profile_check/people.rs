//! What becomes of a way with the people of one school.

use super::{Finding, Severity, Way};
use crate::{
    Address, Duty, PersonId,
    directory::Directory,
    profile::Profile,
    routing::{Subjects, is_reached, owner},
};

/// One school's holders of the duties of one way.
struct At<'a> {
    way: &'a Way<'a>,
    school: &'a str,
    profile: &'a Profile,
    directory: &'a Directory,
    /// Duties with who holds them, in order.
    held: Vec<(Duty, Vec<PersonId>)>,
}

/// One line for what makes this way fail at this school, and one for what makes it weak.
pub(super) fn at_school(way: &Way<'_>, school: &str, profile: &Profile, directory: &Directory) -> Vec<Finding> {
    let held = way.chain.iter().map(|duty| (*duty, directory.holders(&Address::of(*duty, school)))).collect();
    let at = At { way, school, profile, directory, held };
    let (bad, weak) = match at.vacant() {
        Some(text) => (vec![text], vec![]),
        None => (at.nobody().into_iter().collect(), [at.first_is_vacant().into_iter().collect(), at.twice(), at.works_for()].concat()),
    };
    let line = |severity, texts: Vec<String>| (!texts.is_empty()).then(|| way.finding(severity, Some(school), texts.join("; ")));
    [line(way.worst(), bad), line(Severity::Warning, weak)].into_iter().flatten().collect()
}

impl At<'_> {
    fn title(&self, duty: Duty) -> &str {
        self.profile.title(duty)
    }

    fn name(&self, person: PersonId) -> &str {
        &self.directory.people[&person].name
    }

    /// "the DSL, the Headteacher or the chair".
    fn list(&self, duties: &[Duty], joined: &str) -> String {
        let titles: Vec<String> = duties.iter().map(|duty| format!("the {}", self.title(*duty))).collect();
        match titles.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} {joined} {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// Where it goes when it is about these people.
    fn without(&self, people: &[PersonId]) -> (Address, Subjects) {
        let subjects = Subjects::of(people.iter().copied(), self.directory);
        (owner(self.way.chain, self.school, &subjects, self.directory), subjects)
    }

    fn vacant(&self) -> Option<String> {
        let all: Vec<Duty> = self.held.iter().map(|(duty, _)| *duty).collect();
        self.held.iter().all(|(_, people)| people.is_empty()).then(|| format!("runs out: nobody is {}", self.list(&all, "or")))
    }

    /// Duties such that what is about their holder reaches nobody.
    fn nobody(&self) -> Option<String> {
        let ends = |people: &[PersonId]| {
            let (owner, subjects) = self.without(people);
            !people.is_empty() && !is_reached(&owner, &subjects, self.directory)
        };
        let duties: Vec<Duty> = self.held.iter().filter(|(_, people)| ends(people)).map(|(duty, _)| *duty).collect();
        let ring = self.profile.contact("lado").map(|lado| format!(": ring {}", lado.name)).unwrap_or_default();
        (!duties.is_empty()).then(|| format!("what is about {} reaches nobody{ring}", self.list(&duties, "or")))
    }

    fn first_is_vacant(&self) -> Option<String> {
        let (first, people) = self.held.first()?;
        let next = self.without(&[]).0.duty;
        people.is_empty().then(|| format!("nobody is the {}: it goes to the {}", self.title(*first), self.title(next)))
    }

    /// People who stand in for themselves.
    fn twice(&self) -> Vec<String> {
        let mut people: Vec<PersonId> = self.held.iter().flat_map(|(_, people)| people).copied().collect();
        people.sort_unstable();
        people.dedup();
        let told = people.into_iter().filter_map(|person| {
            let duties: Vec<Duty> = self.held.iter().filter(|(_, people)| people.contains(&person)).map(|(duty, _)| *duty).collect();
            let (owner, subjects) = self.without(&[person]);
            let next = if is_reached(&owner, &subjects, self.directory) { self.title(owner.duty) } else { "nobody" };
            (duties.len() > 1).then(|| format!("{} is {}: what is about them goes to {next}", self.name(person), self.list(&duties, "and")))
        });
        told.collect()
    }

    /// Receivers of a matter of conduct who work for the one whom it is about (LLC-4).
    fn works_for(&self) -> Vec<String> {
        if !self.way.conduct {
            return vec![];
        }
        let told = self.held.iter().filter(|(_, people)| !people.is_empty()).filter_map(|(duty, people)| {
            let (owner, subjects) = self.without(people);
            let boss = |person: &PersonId| {
                let staff = self.directory.people[person].staff.as_ref()?;
                self.directory.by_staff_id(staff.line_manager_id.as_deref()?)
            };
            let receivers = self.directory.holders(&owner);
            let mut free = receivers.iter().filter(|person| !subjects.may_be(**person)).peekable();
            let all_do = free.peek().is_some() && free.all(|person| boss(person).is_some_and(|boss| people.contains(&boss)));
            let text =
                || format!("what is about the {} goes to the {}, who works for them (LLC-4)", self.title(*duty), self.title(owner.duty));
            all_do.then(text)
        });
        told.collect()
    }
}
