//! Actions of a case: what is to be done, by whom, by which day, and what came of it.

use crate::{
    ActionId, Instant,
    clock::{Date, day_of},
    event::event,
    field::{Checks, Invalid},
    redacted::redacted,
    report::Refused,
};

/// An action as handed in; with the id of an open one, a change of it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The open action that is planned anew; none for a new one.
    #[serde(default)]
    pub action: Option<String>,
    /// What is to be done.
    pub what: String,
    /// Who does it, by name or post; empty where it is given to a person.
    #[serde(default)]
    pub owner: String,
    /// To whom of those who may read the case it is given: a person id, a staff id or an e-mail address. It then stands on their queue.
    #[serde(default)]
    pub person: Option<String>,
    /// By the end of which day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// Why, where an action is planned anew.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The end of an action as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// Which, 32 hex digits.
    pub action: String,
    /// What came of it, or why it is not done.
    pub result: String,
    /// Whether it was done.
    #[serde(default = "yes")]
    pub done: bool,
}

const fn yes() -> bool {
    true
}

redacted!(Plan, Complete);

event! {
    /// An action was planned, or planned anew.
    pub struct Planned = "case.planned" v 1 {
        record {
            /// Its id.
            action: ActionId,
            /// What is to be done.
            what: String,
            /// Who does it.
            owner: String,
            /// By the end of which day.
            due_on: Option<Date>,
            /// Why, where it was planned anew or follows from something.
            reason: Option<String>,
            /// Who planned it, by name as it was then.
            by: String,
            /// When.
            planned_at: Instant,
        }
    }
}

event! {
    /// An action came to its end.
    pub struct Completed = "case.completed" v 1 {
        record {
            /// Which.
            action: ActionId,
            /// What was to be done.
            what: String,
            /// Whether it was done.
            done: bool,
            /// What came of it, or why it was not done.
            result: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            completed_at: Instant,
        }
    }
}

/// At most so many actions are open on one case.
const OPEN_MAX: usize = 100;

/// Plans an action, or plans one anew.
pub fn plan(case: &super::Case, ask: &Plan, by: &super::By<'_>) -> Result<Planned, Refused> {
    let mut checks = Checks::default();
    checks.text("what", &ask.what, 2_000);
    checks.text("owner", &ask.owner, 200);
    let again = ask.action.as_deref().filter(|text| !text.is_empty());
    if again.is_some() {
        checks.text("reason", ask.reason.as_deref().unwrap_or(""), 2_000);
    } else if ask.due_on.is_some_and(|day| day < day_of(by.now)) {
        checks.fail("due_on", "is over already");
    }
    checks.at_most("reason", ask.reason.as_deref().unwrap_or(""), 2_000);
    checks.done()?;
    case.refuse_closed()?;
    let action = match again {
        Some(text) => open_action(case, text)?.action,
        None if case.work.open_actions().count() >= OPEN_MAX => {
            return Err(Refused::State("as many actions are open on this case as may be"));
        }
        None => by.action,
    };
    let (what, owner, reason) = (ask.what.clone(), ask.owner.clone(), ask.reason.clone());
    Ok(Planned { action, what, owner, due_on: ask.due_on, reason, by: by.name.to_owned(), planned_at: by.now })
}

/// Ends an action.
pub fn complete(case: &super::Case, ask: &Complete, by: &super::By<'_>) -> Result<Completed, Refused> {
    let mut checks = Checks::default();
    checks.text("result", &ask.result, 20_000);
    checks.done()?;
    let open = open_action(case, &ask.action)?;
    Ok(Completed {
        action: open.action,
        what: open.what.clone(),
        done: ask.done,
        result: ask.result.clone(),
        by: by.name.to_owned(),
        completed_at: by.now,
    })
}

fn open_action<'a>(case: &'a super::Case, text: &str) -> Result<&'a Planned, Invalid> {
    let found = ActionId::parse(text).and_then(|id| case.work.open_actions().find(|open| open.action == id));
    found.ok_or_else(|| Invalid::one("action", "is not an open action of this case"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    fn ask(what: &str, due_on: Option<&str>) -> Plan {
        Plan { due_on: due_on.map(|day| day.parse().unwrap()), ..tests::plan_of(what) }
    }

    #[test]
    fn an_action_is_planned_planned_anew_with_a_reason_and_ended_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        assert!(matches!(plan(&case, &ask(" ", None), &by), Err(Refused::Invalid(_))));
        assert!(matches!(plan(&case, &ask("Wipe it", Some("2026-10-29")), &by), Err(Refused::Invalid(_))), "a day that is over");
        let case = Case::evolve(Some(case.clone()), plan(&case, &ask("Wipe it", Some("2026-11-02")), &by).unwrap().into()).unwrap();
        let id = case.work.open_actions().next().unwrap().action.to_string();
        let anew = Plan { action: Some(id.clone()), ..ask("Wipe it from afar", Some("2026-11-03")) };
        assert!(matches!(plan(&case, &anew, &by), Err(Refused::Invalid(_))), "moving it needs a reason");
        let anew = Plan { reason: Some("It is switched off.".into()), ..anew };
        let case = Case::evolve(Some(case.clone()), plan(&case, &anew, &by).unwrap().into()).unwrap();
        assert_eq!(case.work.open_actions().count(), 1);
        let end = Complete { action: id, result: "Wiped at 09:12.".into(), done: true };
        let case = Case::evolve(Some(case.clone()), complete(&case, &end, &by).unwrap().into()).unwrap();
        assert_eq!(case.work.open_actions().count(), 0);
        assert!(matches!(complete(&case, &end, &by), Err(Refused::Invalid(_))));
    }
}
