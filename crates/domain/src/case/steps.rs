//! The steps of a case: which its matter asks for, which are done, which are late, and which a person set aside with a reason.

use super::{
    matter::Matter,
    rules::{StepRule, steps_of},
};
use crate::{
    Instant,
    calendar::{YearMissing, end_of_working_day},
    event::event,
    field::{Checks, Invalid},
    profile::Profile,
    redacted::redacted,
    report::Refused,
};

/// A step set aside, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStepAside {
    /// The step's code.
    pub step: String,
    /// Why it is not taken.
    pub reason: String,
}

redacted!(SetStepAside);

event! {
    /// A step was set aside: it is not taken, and somebody said why.
    pub struct StepSetAside = "case.step_set_aside" v 1 {
        record {
            /// The step's code.
            step: String,
            /// What it asked for, in words.
            what: String,
            /// Why it is not taken.
            reason: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            set_aside_at: Instant,
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// It is to be taken.
    Open,
    /// It was taken.
    Done {
        /// When.
        at: Instant,
    },
    /// It is not taken, and somebody said why.
    SetAside,
}

/// A step as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// The rule.
    pub rule: &'a StepRule,
    /// How it stands.
    pub stands: Stands,
    /// When it is late; the error where the calendar does not know the year.
    pub due_at: Result<Option<Instant>, YearMissing>,
}

/// The steps that are asked of a case by now, in order.
pub fn steps<'a>(case: &'a super::Case, profile: &'a Profile) -> impl Iterator<Item = Step<'a>> {
    let decision = |about: &str| {
        let last = case.work.decided.iter().rev().find(|decided| decided.about == about);
        last.map(|decided| decided.decision.as_str())
    };
    let asked = move |rule: &&StepRule| {
        rule.when.as_ref().is_none_or(|when| when.holds(case.fact(&when.fact)))
            && rule.unless.as_ref().is_none_or(|unless| !unless.holds(case.fact(&unless.fact)))
            && rule.decided.as_ref().is_none_or(|decided| decided.holds(decision(&decided.fact)))
    };
    // Whoever owns the case need not be told of it.
    let owner = case.route().owner.duty.as_str();
    let told_already = move |rule: &&StepRule| !rule.tells().any(|whom| whom == owner);
    steps_of(case, profile).filter(asked).filter(told_already).map(|rule| Step {
        rule,
        stands: stands(case, rule),
        due_at: due(case, rule),
    })
}

fn stands(case: &super::Case, rule: &StepRule) -> Stands {
    let told = rule.tells().filter_map(|whom| case.work.told.iter().find(|told| told.told.whom == whom)).map(|told| told.recorded_at).min();
    let decided = rule.decide.as_ref().and_then(|about| case.work.decided.iter().find(|decided| decided.about == *about));
    if let Some(at) = told.or(decided.map(|decided| decided.decided_at)) {
        return Stands::Done { at };
    }
    let aside = case.work.steps_aside.iter().any(|aside| aside.step == rule.code);
    if aside { Stands::SetAside } else { Stands::Open }
}

/// A step counts from when a matter was first said that asks for it, or from when what asks for it was known or decided. That it is said to
/// be another matter, which asks for it too, gives nobody more time.
fn due(case: &super::Case, rule: &StepRule) -> Result<Option<Instant>, YearMissing> {
    let known = rule.when.iter().filter_map(|when| case.work.facts.get(&when.fact)).map(|fact| fact.at);
    let decided = rule.decided.iter().filter_map(|on| case.work.decided.iter().rev().find(|decided| decided.about == on.fact));
    let from = known.chain(decided.map(|decided| decided.decided_at)).fold(asked_since(case, rule), Instant::max);
    match (rule.hours, rule.working_days) {
        (Some(hours), _) => Ok(Some(from.plus_seconds(i64::from(hours) * 3600))),
        (None, Some(days)) => end_of_working_day(from, days).map(Some),
        (None, None) => Ok(None),
    }
}

fn asked_since(case: &super::Case, rule: &StepRule) -> Instant {
    let mut since = None;
    for (matter, at) in &case.work.classified {
        since = if rule.is_of(case.opened.kind, *matter) { since.or(Some(*at)) } else { None };
    }
    let image = case.image_named_at().filter(|_| rule.matters.contains(&Matter::Image));
    let since = [since, image].into_iter().flatten().min();
    let again = case.work.reopened.as_ref().map(|again| again.reopened_at);
    [since, again].into_iter().flatten().fold(case.opened.opened_at, Instant::max)
}

/// Sets a step aside.
pub fn set_step_aside(case: &super::Case, ask: &SetStepAside, by: &super::By<'_>) -> Result<StepSetAside, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.done()?;
    case.refuse_closed()?;
    let step = steps(case, by.profile).find(|step| step.rule.code == ask.step);
    let step = step.ok_or_else(|| Invalid::one("step", "is not asked of this case"))?;
    if step.stands != Stands::Open {
        return Err(Refused::State("this step is taken, or set aside, already"));
    }
    let (code, what) = (step.rule.code.clone(), step.rule.what.clone());
    Ok(StepSetAside { step: code, what, reason: ask.reason.clone(), by: by.name.to_owned(), set_aside_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, Matter, tests};

    fn codes(case: &Case, profile: &Profile) -> Vec<String> {
        steps(case, profile).filter(|step| step.stands == Stands::Open).map(|step| step.rule.code.clone()).collect()
    }

    fn lost() -> Case {
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::Loss);
        case
    }

    #[test]
    fn p1_police_1_the_police_question_stays_until_it_is_decided_or_is_no_question() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = lost();
        assert!(codes(&case, &profile).contains(&"police_question".to_owned()), "not known yet counts as the worse");
        let case = tests::with(case, &by, tests::facts(&[("illegal_or_serious", "no")]));
        assert!(!codes(&case, &profile).contains(&"police_question".to_owned()), "P2-ILLEGAL-1: inappropriate and legal");
        let case = tests::with(case, &by, tests::facts(&[("illegal_or_serious", "yes")]));
        assert!(codes(&case, &profile).contains(&"police_question".to_owned()));
        let case = tests::with(case, &by, tests::decide("police", "told"));
        assert!(!codes(&case, &profile).contains(&"police_question".to_owned()));
    }

    #[test]
    fn p0_route_2_a_loss_goes_to_the_dpo_unless_no_personal_data_can_be_affected() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = lost();
        let dpo = |case: &Case| steps(case, &profile).find(|step| step.rule.code == "dpo").map(|step| (step.stands, step.due_at));
        assert_eq!(dpo(&case), Some((Stands::Open, Ok(Some(case.since().plus_seconds(4 * 3600))))));
        assert_eq!(dpo(&tests::with(case.clone(), &by, tests::facts(&[("personal_data", "no")]))), None);
        let told = tests::with(case, &by, tests::tell("dpo"));
        assert!(matches!(dpo(&told), Some((Stands::Done { .. }, _))));
    }

    #[test]
    fn whoever_owns_a_case_need_not_be_told_of_it() {
        let profile = crate::profile::tests::clpt();
        let mut case = lost();
        assert!(codes(&case, &profile).contains(&"dpo".to_owned()));
        case.opened.route.owner = crate::Address::trust_wide(crate::Duty::Dpo);
        assert!(!codes(&case, &profile).contains(&"dpo".to_owned()));
    }

    #[test]
    fn a_step_is_set_aside_with_a_reason_and_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let ask = |step: &str, reason: &str| SetStepAside { step: step.into(), reason: reason.into() };
        let case = lost();
        assert!(matches!(set_step_aside(&case, &ask("dpo", " "), &by), Err(Refused::Invalid(_))));
        assert!(matches!(set_step_aside(&case, &ask("parents", "r"), &by), Err(Refused::Invalid(_))), "not asked of a loss");
        let event = set_step_aside(&case, &ask("dpo", "It was switched off and empty."), &by).unwrap();
        let case = Case::evolve(Some(case), event.into()).unwrap();
        assert!(matches!(set_step_aside(&case, &ask("dpo", "again"), &by), Err(Refused::State(_))));
    }

    #[test]
    fn img_3_an_image_is_referred_at_once_until_nothing_makes_it_urgent() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Safeguarding);
        case.work.matter = Some(Matter::Image);
        let open = |case: &Case| codes(case, &profile).contains(&"image_referral".to_owned());
        assert!(open(&case) && !open(&tests::with(case.clone(), &by, tests::facts(&[("image_trigger", "none")]))));
        let case = tests::with(case, &by, tests::facts(&[("image_trigger", "under_13")]));
        assert!(open(&case) && !open(&tests::with(case, &by, tests::tell("social_care"))));
    }
}
