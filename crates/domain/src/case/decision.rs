//! Decisions of a case, each with its reason, the edition of the guidance and the profile in force (ED-1). A later decision takes the place
//! of an earlier one; both stay.

use super::rules::steps_of;
use crate::{Instant, event::event, field::Checks, redacted::redacted, report::Refused};

/// A decision as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// What is decided: the code of a step's question, or `other`.
    pub about: String,
    /// The answer: a code of the step's options; in words, where it is about something else.
    pub decision: String,
    /// Why.
    pub reason: String,
}

redacted!(Decide);

event! {
    /// Something was decided.
    pub struct Decided = "case.decided" v 1 {
        record {
            /// What: the code of a step's question, or `other`.
            about: String,
            /// The question in words.
            question: String,
            /// The answer's code, or the answer itself.
            decision: String,
            /// The answer in words.
            words: String,
            /// Why.
            reason: String,
            /// The statutory guidance in force, by edition.
            guidance_edition: String,
            /// The profile in force, as `id@version`.
            profile: String,
            /// Who decided, by name as it was then.
            by: String,
            /// When.
            decided_at: Instant,
        }
    }
}

/// What a decision is about that no step asks for.
const OTHER: &str = "other";

/// Writes a decision down.
pub fn decide(case: &super::Case, ask: &Decide, by: &super::By<'_>) -> Result<Decided, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.text("decision", &ask.decision, 2_000);
    let rule = steps_of(case, by.profile).find(|rule| rule.decide.as_deref() == Some(ask.about.as_str()));
    let (mut question, mut words) = ("Decision".to_owned(), ask.decision.clone());
    match rule {
        Some(rule) => match rule.options.iter().find(|option| option.code == ask.decision) {
            Some(option) => (question, words) = (rule.what.clone(), option.label.clone()),
            None => checks.fail("decision", format!("is one of {}", list(rule))),
        },
        None if ask.about != OTHER => checks.fail("about", "is nothing that is asked of this case"),
        None => {}
    }
    checks.done()?;
    case.refuse_closed()?;
    Ok(Decided {
        about: ask.about.clone(),
        question,
        decision: ask.decision.clone(),
        words,
        reason: ask.reason.clone(),
        guidance_edition: by.profile.guidance_edition.clone(),
        profile: by.profile.name(),
        by: by.name.to_owned(),
        decided_at: by.now,
    })
}

fn list(rule: &super::rules::StepRule) -> String {
    rule.options.iter().map(|option| option.code.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseKind, Matter, tests};

    #[test]
    fn ed_1_a_decision_has_its_reason_its_guidance_and_its_profile() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::Loss);
        let ask =
            |about: &str, decision: &str, reason: &str| Decide { about: about.into(), decision: decision.into(), reason: reason.into() };
        for (about, decision, reason) in [("police", "told", " "), ("police", "perhaps", "r"), ("weather", "fine", "r")] {
            assert!(matches!(decide(&case, &ask(about, decision, reason), &by), Err(Refused::Invalid(_))), "{about} {decision}");
        }
        let decided = decide(&case, &ask("police", "not_told", "It was found."), &by).unwrap();
        assert_eq!((decided.guidance_edition.as_str(), decided.words.as_str()), ("KCSIE 2026", "The police are not told"));
        assert_eq!(decided.profile, profile.name());
        assert!(decide(&case, &ask(OTHER, "Lend a spare one", "Lessons go on."), &by).is_ok());
    }
}
