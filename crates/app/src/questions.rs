//! Answers of whoever reported it to what a case asks them: into the case, and beside their own words, in one append.

use wardbook_domain::{
    QuestionId,
    case::AnswerQuestion,
    field::Invalid,
    report::{self, ReportEvent},
};

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    cases::last_of,
    directory::TRIES,
    load::authors,
    reports::{Conditions, RECEIPT},
    shown::ReportShown,
};

impl App {
    /// Answers a question about the caller's own report. Neither their name nor their duty is written into the case.
    pub async fn answer_question(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &AnswerQuestion,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.answer", conditions.key, &body);
        for _ in 0..TRIES {
            // Of what is hidden from them by now their own words are read and no more: it has no question for them, as if somebody else had
            // heard the answer, and neither answer nor delay tells what became of it.
            let record = self.report_for(caller, id).await?;
            if self.repeated(&command).await?.is_some() {
                return self.report(caller, id, RECEIPT).await;
            }
            let question = QuestionId::parse(&ask.question).filter(|_| authors(&record.folded).contains(&caller.person));
            let asked = question.and_then(|question| record.folded.open_questions().find(|asked| asked.question == question));
            let asked = asked.filter(|asked| asked.reporter_person == Some(caller.person));
            let asked = asked.ok_or_else(|| Invalid::one("question", "does not wait for an answer"))?;
            let answered = report::answer_question(&record.folded, asked.question, Some(&ask.answer), self.clock.now())?;
            let keys = self.keys_of(&record.stream).await?;
            let events = vec![ReportEvent::from(answered).written()];
            let mut writes = vec![StreamWrite { stream: id, expected: record.stream.version(), keys, events }];
            writes.extend(self.answer_in_case(asked, ask).await?);
            let act = Act { actor: None, duty: None, command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(last_of(&appended, &writes)).await;
                    return self.report(caller, id, RECEIPT).await;
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }
}
