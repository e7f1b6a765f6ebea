//! Closing a case and opening it again: nothing that the matter asks for is left open, or somebody said why.

use super::{
    events::{Closed, Outcome},
    link::Relation,
    next::{What, open_ends},
};
use crate::{
    Instant,
    event::event,
    field::Checks,
    redacted::redacted,
    report::{Refused, RouteTaken, Standing},
};

/// A closing as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
}

/// A reopening as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// Why.
    pub reason: String,
}

redacted!(Close, Reopen);

event! {
    /// A closed case was opened again, and goes to where it was.
    pub struct Reopened = "case.reopened" v 1 {
        record {
            /// How it stands.
            standing: Standing,
            /// Where it is.
            route: RouteTaken,
            /// Why.
            reason: String,
            /// Who opened it again, by name as it was then.
            by: String,
            /// When.
            reopened_at: Instant,
        }
    }
}

/// Closes an open case with outcome and reason, where nothing is left open that its matter asks for. What was opened by mistake, and what is
/// the same as another case, is closed as it is.
pub fn close(case: &super::Case, close: &Close, by: &super::By<'_>) -> Result<Closed, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &close.reason, 20_000);
    case.refuse_closed()?;
    if close.outcome == Outcome::Duplicate {
        let linked = case.work.links.iter().any(|link| link.relation == Relation::DuplicateOf);
        if !linked {
            checks.fail("outcome", "needs a link that says which case it is the same as; or merge the two");
        }
    } else {
        for open in open_ends(case, by.profile).iter().filter(|open| open.blocks_closing).take(20) {
            checks.fail(open.what.field(), format!("is open: {}", open.words));
        }
    }
    checks.done()?;
    Ok(Closed { outcome: close.outcome, reason: close.reason.clone(), by: by.name.to_owned(), closed_at: by.now })
}

impl What {
    /// The field of a refusal that is about it.
    pub(super) fn field(&self) -> String {
        match self {
            Self::Step(code) => format!("steps.{code}"),
            Self::Action(id) => format!("actions.{id}"),
            Self::Question(id) => format!("questions.{id}"),
            Self::Facts => "facts".to_owned(),
            Self::Clock | Self::TakeUp | Self::Review | Self::Close => "case".to_owned(),
        }
    }
}

/// Opens a closed case again. One that goes on in another stays closed.
pub fn reopen(case: &super::Case, ask: &Reopen, by: &super::By<'_>) -> Result<Reopened, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.done()?;
    if case.is_open() {
        return Err(Refused::State("this case is open"));
    }
    if case.work.merged.is_some() {
        return Err(Refused::State("this case goes on in another: work on that one"));
    }
    let standing = Standing {
        class: case.opened.class,
        school: case.opened.school.clone(),
        since: by.now,
        due_at: case.legal_clock(),
        owed: true,
        reporter: None,
    };
    Ok(Reopened { standing, route: case.route().clone(), reason: ask.reason.clone(), by: by.name.to_owned(), reopened_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, Matter, tests};

    fn ask(outcome: Outcome, reason: &str) -> Close {
        Close { outcome, reason: reason.into() }
    }

    fn fields(refused: Result<Closed, Refused>) -> Vec<String> {
        let Err(Refused::Invalid(invalid)) = refused else { panic!("refused by fields") };
        invalid.0.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn closing_needs_a_reason_and_happens_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::LowLevelConcern);
        assert!(matches!(close(&case, &ask(Outcome::ActionTaken, " "), &by), Err(Refused::Invalid(_))));
        let closed = Case::evolve(Some(case.clone()), close(&case, &ask(Outcome::ActionTaken, "done"), &by).unwrap().into()).unwrap();
        assert!(!closed.is_open());
        assert!(matches!(close(&closed, &ask(Outcome::ActionTaken, "again"), &by), Err(Refused::State(_))));
        let again =
            Case::evolve(Some(closed.clone()), reopen(&closed, &Reopen { reason: "It was found.".into() }, &by).unwrap().into()).unwrap();
        assert!(again.is_open());
        assert!(matches!(reopen(&again, &Reopen { reason: "r".into() }, &by), Err(Refused::State(_))));
    }

    #[test]
    fn safeguarding_is_not_closed_without_its_copy_or_a_reason() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Safeguarding);
        case.work.matter = Some(Matter::OnlineSafety);
        let facts = [("illegal_or_serious", "no"), ("risk", "contact"), ("support", "By the mentor.")];
        let case = tests::with(tests::with(case, &by, tests::facts(&facts)), &by, tests::tell("parents"));
        assert_eq!(fields(close(&case, &ask(Outcome::ActionTaken, "r"), &by)), ["steps.safeguarding_record"]);
        let copied = tests::with(case.clone(), &by, tests::tell("safeguarding_record"));
        assert!(close(&copied, &ask(Outcome::ActionTaken, "r"), &by).is_ok());
        let aside = tests::with(case, &by, tests::set_aside("safeguarding_record"));
        assert!(close(&aside, &ask(Outcome::ActionTaken, "r"), &by).is_ok());
    }

    #[test]
    fn every_open_end_is_named_and_a_duplicate_has_none_but_its_link() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::Loss);
        let case = tests::with(case, &by, tests::plan("Wipe it"));
        let fields = fields(close(&case, &ask(Outcome::ActionTaken, "r"), &by));
        assert!(
            ["steps.dpo", "steps.police_question", "facts"].iter().all(|field| fields.iter().any(|known| known == field)),
            "{fields:?}"
        );
        assert!(fields.iter().any(|field| field.starts_with("actions.")), "{fields:?}");
        let duplicate = ask(Outcome::Duplicate, "The same as the one of Monday.");
        let Err(Refused::Invalid(invalid)) = close(&case, &duplicate, &by) else { panic!("which one?") };
        assert_eq!(invalid.0[0].field, "outcome");
        let (one, two) = (crate::CaseId::from_bytes([1; 16]), crate::CaseId::from_bytes([2; 16]));
        let link = super::super::Link { case: two.to_string(), relation: Relation::DuplicateOf, reason: "r".into() };
        let (linked, _) = super::super::link((one, &case), (two, &tests::open(CaseKind::Other)), &link, &by).unwrap();
        let case = Case::evolve(Some(case), linked.unwrap().into()).unwrap();
        assert!(close(&case, &duplicate, &by).is_ok());
    }
}
