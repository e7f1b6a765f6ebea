//! Actions that are given to somebody who reads the case: they stand on that person's queue until they end, or are not theirs any more.

use std::collections::BTreeMap;

use super::plan::{Plan, Planned, plan};
use crate::{
    ActionId, Instant, PersonId, RecordClass,
    calendar::end_of,
    directory::Directory,
    event::event,
    field::Invalid,
    need_to_know::{Access, Viewer, access},
    report::Refused,
};

event! {
    /// Which open actions of a case are with somebody from now on: all of theirs, or none any more.
    pub struct Given = "case.given" v 1 {
        record {
            /// The case's class.
            class: RecordClass,
            /// Who.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// Their open actions, in the order in which they were planned.
            actions: Vec<ActionId>,
            /// Since when the first of them waits; when the last went, where there are none.
            since: Instant,
            /// By when the first of them is due, or comes back where the case is put off.
            due_at: Option<Instant>,
        }
    }
}

/// An action as handed in, with the person to whom it is given, where it is given to one: somebody who may read the case.
pub fn give(case: &super::Case, ask: &Plan, directory: &Directory, by: &super::By<'_>) -> Result<(Planned, Option<PersonId>), Refused> {
    let Some(text) = ask.person.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok((plan(case, ask, by)?, None));
    };
    if !ask.owner.trim().is_empty() {
        return Err(Invalid::one("owner", "is for whoever does not read the case: leave it empty where somebody is chosen who does").into());
    }
    let person = directory.find(text).ok_or_else(|| Invalid::one("person", "is nobody of the directory"))?;
    if !is_open_to(case, person, directory, by.now) {
        return Err(Invalid::one("person", "may not read this case: name them on it, or hand it over, first").into());
    }
    let owner = directory.name_of(person);
    Ok((plan(case, &Plan { owner, ..ask.clone() }, by)?, Some(person)))
}

/// Everybody to whom an action could be given, by name: who reads the case by a duty that they hold, is named on it or has it in hand.
pub fn readers(case: &super::Case, directory: &Directory, now: Instant) -> Vec<(PersonId, String)> {
    let readers = directory.people.keys().filter(|person| is_open_to(case, **person, directory, now));
    let mut readers: Vec<_> = readers.map(|person| (*person, directory.name_of(*person))).collect();
    readers.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    readers
}

/// Whose actions change, once `case` is as it is after an act: `given` says to whom one of them was given, or that it is with nobody. What
/// ended is with nobody any more, nor is what somebody may no longer read. Once a case was opened again all of it is said again, as its rows
/// went with its closing.
pub fn given(case: &super::Case, given: Option<(ActionId, Option<PersonId>)>, directory: &Directory, now: Instant) -> Vec<Given> {
    if !case.is_open() {
        return vec![];
    }
    let mut all: BTreeMap<PersonId, Vec<&Planned>> = case.work.given.keys().map(|person| (*person, vec![])).collect();
    for planned in case.work.open_actions() {
        let to = match given {
            Some((action, to)) if action == planned.action => to,
            _ => case.work.has(planned.action),
        };
        if let Some(person) = to.filter(|person| is_open_to(case, *person, directory, now)) {
            all.entry(person).or_default().push(planned);
        }
    }
    let with = |(person, planned): (PersonId, Vec<&Planned>)| Given {
        class: case.opened.class,
        person,
        name: directory.name_of(person),
        actions: planned.iter().map(|planned| planned.action).collect(),
        since: planned.iter().map(|planned| planned.planned_at).min().unwrap_or(now),
        // What was put off waits with its case.
        due_at: planned
            .iter()
            .filter_map(|planned| planned.due_on)
            .min()
            .map(|day| case.snoozed_until().map_or(end_of(day), |until| until.max(end_of(day)))),
    };
    let changes = |now: &Given| match case.work.given.get(&now.person) {
        Some(_) if case.work.given_again && !now.actions.is_empty() => true,
        Some(known) => (&known.actions, known.due_at) != (&now.actions, now.due_at),
        None => !now.actions.is_empty(),
    };
    all.into_iter().map(with).filter(changes).collect()
}

/// The same where actions came along with another case, to those who had them there and may read this one.
pub fn given_along(from: &super::Case, into: super::Case, directory: &Directory, now: Instant) -> Vec<Given> {
    let mut into = into;
    let had: Vec<(ActionId, PersonId)> =
        from.work.open_actions().filter_map(|planned| Some((planned.action, from.work.has(planned.action)?))).collect();
    for (action, person) in had {
        for event in given(&into, Some((action, Some(person))), directory, now) {
            into.work.give(event);
        }
    }
    let was = |person: &PersonId| from.work.given.contains_key(person);
    into.work.given.into_values().filter(|given| was(&given.person) && !given.actions.is_empty()).collect()
}

fn is_open_to(case: &super::Case, person: PersonId, directory: &Directory, now: Instant) -> bool {
    // What somebody covers, or opened by break-glass, is over before the action may be.
    let Some(known) = directory.people.get(&person).filter(|_| !directory.has_left(person)) else { return false };
    let viewer = Viewer { person, duties: &known.duties };
    matches!(case.known(now, |known| access(viewer, known)), Access::Groups(..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseEvent, CaseKind, Complete, Snoozed, complete, tests};

    const DSL: PersonId = PersonId::from_bytes([2; 16]);
    const DEPUTY_HEAD: PersonId = PersonId::from_bytes([3; 16]);

    fn after(case: &Case, events: impl IntoIterator<Item = CaseEvent>) -> Case {
        events.into_iter().fold(Some(case.clone()), Case::evolve).unwrap()
    }

    fn safeguarding() -> Case {
        let mut case = tests::open(CaseKind::Safeguarding);
        case.opened.class = RecordClass::Safeguarding;
        case
    }

    fn gives(case: &Case, what: &str, person: PersonId, action: u8) -> Result<Case, Refused> {
        let (profile, directory) = (crate::profile::tests::clpt(), tests::directory());
        let by = super::super::By { action: ActionId::from_bytes([action; 16]), ..tests::by(&profile) };
        let ask = Plan { person: Some(person.to_string()), owner: String::new(), ..tests::plan_of(what) };
        let (planned, to) = give(case, &ask, &directory, &by)?;
        let change = Some((planned.action, to));
        let case = after(case, [planned.into()]);
        let events = given(&case, change, &directory, by.now);
        Ok(after(&case, events.into_iter().map(CaseEvent::from)))
    }

    #[test]
    fn an_action_is_given_to_whoever_may_read_the_case_and_to_nobody_else() {
        let case = safeguarding();
        let with_dsl = gives(&case, "Ring the mother", DSL, 1).unwrap();
        assert_eq!(with_dsl.work.open_actions().next().unwrap().owner, "George Xu");
        assert_eq!(with_dsl.work.given[&DSL].actions.len(), 1);
        assert_eq!(with_dsl.work.given[&DSL].due_at, Some(end_of("2026-11-02".parse().unwrap())));
        assert!(matches!(gives(&case, "Ring the mother", DEPUTY_HEAD, 1), Err(Refused::Invalid(_))), "reads no safeguarding case");
        let mut about_dsl = case;
        about_dsl.opened.route.subjects = vec![DSL];
        assert!(matches!(gives(&about_dsl, "Ring the mother", DSL, 1), Err(Refused::Invalid(_))));
        let names: Vec<String> = readers(&about_dsl, &tests::directory(), tests::now()).into_iter().map(|(_, name)| name).collect();
        assert!(!names.contains(&"George Xu".to_owned()) && names.contains(&"Uma Jones".to_owned()), "{names:?}");
    }

    #[test]
    fn what_ended_or_may_not_be_read_any_more_is_with_nobody() {
        let (profile, directory) = (crate::profile::tests::clpt(), tests::directory());
        let by = tests::by(&profile);
        let case = gives(&gives(&safeguarding(), "Ring the mother", DSL, 1).unwrap(), "Write to the mother", DSL, 2).unwrap();
        assert_eq!(case.work.given[&DSL].actions.len(), 2);
        assert!(given(&case, None, &directory, by.now).is_empty(), "nothing changed");
        let ask = Complete { action: ActionId::from_bytes([1; 16]).to_string(), result: "Done.".into(), done: true };
        let ended = after(&case, [complete(&case, &ask, &by).unwrap().into()]);
        let change = given(&ended, None, &directory, by.now);
        assert!(matches!(&change[..], [one] if one.actions == [ActionId::from_bytes([2; 16])]), "{}", change.len());
        let mut about_dsl = case;
        about_dsl.opened.route.subjects = vec![DSL];
        assert!(matches!(&given(&about_dsl, None, &directory, by.now)[..], [one] if one.person == DSL && one.actions.is_empty()));
    }

    #[test]
    fn what_is_put_off_waits_with_its_case_and_comes_back_with_it() {
        let (profile, directory) = (crate::profile::tests::clpt(), tests::directory());
        let by = tests::by(&profile);
        let case = gives(&safeguarding(), "Ring the mother", DSL, 1).unwrap();
        let until = by.now.plus_seconds(7 * 86_400);
        let mut put_off = case.clone();
        put_off.work.snoozed = Some(Snoozed { until, reason: "They answer then.".into(), by: by.name.to_owned(), snoozed_at: by.now });
        let change = given(&put_off, None, &directory, by.now);
        assert!(matches!(&change[..], [one] if one.person == DSL && one.due_at == Some(until)));
        let put_off = after(&put_off, change.into_iter().map(CaseEvent::from));
        let acted = tests::with(put_off, &by, tests::plan("Write to the mother"));
        assert!(matches!(&given(&acted, None, &directory, by.now)[..], [one] if one.due_at == case.work.given[&DSL].due_at));
    }

    #[test]
    fn what_goes_along_into_another_case_stays_with_whoever_may_read_that() {
        let (directory, now) = (tests::directory(), tests::now());
        let from = gives(&safeguarding(), "Ring the mother", DSL, 1).unwrap();
        let planned = from.work.open_actions().next().unwrap().clone();
        let into = after(&safeguarding(), [CaseEvent::from(planned.clone())]);
        let along = given_along(&from, into.clone(), &directory, now);
        assert!(matches!(&along[..], [one] if one.person == DSL && one.actions == [planned.action]));
        let mut about_dsl = into;
        about_dsl.opened.route.subjects = vec![DSL];
        assert!(given_along(&from, about_dsl, &directory, now).is_empty());
    }
}
