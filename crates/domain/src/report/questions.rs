//! Questions that a case puts to whoever reported it: they see the question beside their own words, and nothing of the case.

use super::{Refused, Report};
use crate::{CaseId, Duty, Instant, PersonId, QuestionId, RecordClass, event::event, field::Checks};

event! {
    /// A case asks whoever reported it.
    pub struct QuestionAsked = "report.question_asked" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The question's id.
            question: QuestionId,
            /// The case that asks.
            case: CaseId,
            /// The question.
            text: String,
            /// The duty that asks: no name is needed for an answer.
            asked_by: Duty,
            /// When.
            asked_at: Instant,
        }
        reporter {
            /// Who is asked.
            reporter_person: Option<PersonId>,
        }
    }
}

event! {
    /// A question waits no more.
    pub struct QuestionAnswered = "report.question_answered" v 1 {
        record {
            /// Which.
            question: QuestionId,
            /// The answer; none where somebody heard it and wrote it into the case.
            answer: Option<String>,
            /// Whether another question still waits.
            others_wait: bool,
            /// When.
            answered_at: Instant,
        }
    }
}

/// Who may be asked about a report: whoever filed it here, as long as they may know that there is more to know.
pub fn may_be_asked(report: &Report) -> Option<PersonId> {
    let hidden = [report.subjects.as_slice(), &report.possible_subjects, &report.aside()].concat();
    report.filed.reporter_person.filter(|person| !report.filed.from_old_papers && !hidden.contains(person))
}

/// Ends a question, with the reporter's own answer or without.
pub fn answer_question(report: &Report, question: QuestionId, answer: Option<&str>, now: Instant) -> Result<QuestionAnswered, Refused> {
    let mut checks = Checks::default();
    if let Some(answer) = answer {
        checks.text("answer", answer, 20_000);
    }
    if !report.open_questions().any(|asked| asked.question == question) {
        checks.fail("question", "does not wait for an answer");
    }
    checks.done()?;
    let others_wait = report.open_questions().any(|asked| asked.question != question);
    Ok(QuestionAnswered { question, answer: answer.map(str::to_owned), others_wait, answered_at: now })
}

impl Report {
    /// Questions that wait for an answer.
    pub fn open_questions(&self) -> impl Iterator<Item = &QuestionAsked> {
        self.questions.iter().filter(|asked| !self.answers.iter().any(|answered| answered.question == asked.question))
    }

    /// The answer of a question, where whoever reported it gave one.
    pub fn answer_of(&self, question: QuestionId) -> Option<&QuestionAnswered> {
        self.answers.iter().find(|answered| answered.question == question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{ReportEvent, ReportType, form},
        routing::tests::filed,
    };

    #[test]
    fn a_question_is_for_a_reporter_who_may_know_of_it_and_is_answered_once() {
        let reporter = PersonId::from_bytes([6; 16]);
        let mut report = Report::new(filed(&form(&[ReportType::LossOfEquipment])));
        report.filed.reporter_person = Some(reporter);
        assert_eq!(may_be_asked(&report), Some(reporter));
        let (question, now) = (QuestionId::from_bytes([1; 16]), Instant::from_micros(1));
        let asked = QuestionAsked {
            class: report.class(),
            question,
            case: CaseId::from_bytes([2; 16]),
            text: "Which carriage?".into(),
            asked_by: Duty::Dpo,
            asked_at: now,
            reporter_person: Some(reporter),
        };
        let report = Report::evolve(Some(report), ReportEvent::from(asked)).unwrap();
        assert!(answer_question(&report, question, Some(" "), now).is_err());
        let answered = answer_question(&report, question, Some("The last."), now).unwrap();
        assert!(!answered.others_wait);
        let mut report = Report::evolve(Some(report), answered.into()).unwrap();
        assert!(answer_question(&report, question, Some("Again."), now).is_err());
        report.subjects = vec![reporter];
        assert_eq!(may_be_asked(&report), None, "who becomes the subject learns nothing more (design §1.4)");
    }
}
