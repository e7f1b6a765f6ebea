//! Questions to whoever reported it, and the answers. The reporter sees the question beside their own words and nothing of the case.

use crate::{
    Instant, QuestionId,
    event::event,
    field::{Checks, Invalid},
    redacted::redacted,
    report::Refused,
};

/// A question as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The question, as the reporter will read it.
    pub question: String,
}

/// An answer as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    /// Which question, 32 hex digits.
    pub question: String,
    /// The answer.
    pub answer: String,
}

redacted!(Ask, AnswerQuestion);

event! {
    /// A question was put to whoever reported it.
    pub struct QuestionAsked = "case.question_asked" v 1 {
        record {
            /// Its id.
            question: QuestionId,
            /// The question.
            text: String,
            /// Who asked, by name as it was then.
            by: String,
            /// When.
            asked_at: Instant,
        }
    }
}

event! {
    /// A question was answered.
    pub struct QuestionAnswered = "case.question_answered" v 1 {
        record {
            /// Which.
            question: QuestionId,
            /// The question.
            text: String,
            /// The answer.
            answer: String,
            /// Whether whoever reported it wrote the answer, and not somebody who heard it from them.
            by_reporter: bool,
            /// Who wrote it down, by name as it was then; none where it was the reporter.
            by: Option<String>,
            /// When.
            answered_at: Instant,
        }
    }
}

/// At most so many questions wait for an answer on one case.
const OPEN_MAX: usize = 20;

/// Puts a question.
pub fn ask(case: &super::Case, ask: &Ask, by: &super::By<'_>) -> Result<QuestionAsked, Refused> {
    let mut checks = Checks::default();
    checks.text("question", &ask.question, 2_000);
    checks.done()?;
    case.refuse_closed()?;
    if case.work.open_questions().count() >= OPEN_MAX {
        return Err(Refused::State("as many questions wait for an answer as may be"));
    }
    Ok(QuestionAsked { question: by.question, text: ask.question.clone(), by: by.name.to_owned(), asked_at: by.now })
}

/// Answers a question: what somebody heard from whoever reported it, or, where nobody did, the reporter's own answer.
pub fn answer(case: &super::Case, ask: &AnswerQuestion, heard_by: Option<&str>, now: Instant) -> Result<QuestionAnswered, Refused> {
    let mut checks = Checks::default();
    checks.text("answer", &ask.answer, 20_000);
    checks.done()?;
    if heard_by.is_some() && case.work.merged.is_some() {
        return Err(Refused::State("the case goes on in another: answer it there"));
    }
    let id = QuestionId::parse(&ask.question);
    let open = id.and_then(|id| case.work.open_questions().find(|open| open.question == id));
    let open = open.ok_or_else(|| Invalid::one("question", "does not wait for an answer"))?;
    Ok(QuestionAnswered {
        question: open.question,
        text: open.text.clone(),
        answer: ask.answer.clone(),
        by_reporter: heard_by.is_none(),
        by: heard_by.map(str::to_owned),
        answered_at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    #[test]
    fn a_question_is_answered_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        assert!(matches!(super::ask(&case, &Ask { question: " ".into() }, &by), Err(Refused::Invalid(_))));
        let asked = super::ask(&case, &Ask { question: "Which carriage?".into() }, &by).unwrap();
        let case = Case::evolve(Some(case), asked.into()).unwrap();
        let id = case.work.open_questions().next().unwrap().question.to_string();
        let answer_of = |text: &str| AnswerQuestion { question: id.clone(), answer: text.into() };
        assert!(matches!(answer(&case, &answer_of(" "), None, by.now), Err(Refused::Invalid(_))));
        let answered = answer(&case, &answer_of("The last one."), None, by.now).unwrap();
        assert!(answered.by.is_none(), "the reporter's name is not in the case");
        let case = Case::evolve(Some(case), answered.into()).unwrap();
        assert!(matches!(answer(&case, &answer_of("Again."), Some(by.name), by.now), Err(Refused::Invalid(_))));
    }
}
