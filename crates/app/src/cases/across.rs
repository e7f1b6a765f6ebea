//! Acts on a case that concern another record too: a question to whoever reported it, a link, a merger, another kind of case. Both are
//! written in one append, or neither.

use std::collections::BTreeSet;

use wardbook_domain::{
    ActionId, CaseId, PersonId, QuestionId, RecordId,
    case::{self, AnswerQuestion, Ask, By, Case, CaseEvent, Link, Merge, Opened, Reclassified, Reclassify, TookIn},
    event::Written,
    field::Invalid,
    need_to_know::Access,
    report::{self, Report, ReportEvent},
    routing::{self, Subjects},
};
use wardbook_ledger::CommandRef;
use wardbook_views::{Reading, Wanted, audience_of};

use super::{CaseAct, acts::may_named};
use crate::{
    App, AppError, Caller,
    book::StreamWrite,
    load::{Loaded, Record, fold_case, fold_report},
    shown,
};

/// How many of the caller's newest cases a reference is looked for in.
const REFERENCES_MAX: u32 = 2_000;

/// What an act comes to: events of the case itself, and writes to other records.
#[derive(Debug, Default)]
pub(super) struct Comes {
    pub(super) events: Vec<CaseEvent>,
    pub(super) beside: Vec<StreamWrite>,
    /// To whom an action is given, or that it is with nobody, where the act says so.
    pub(super) given: Option<(ActionId, Option<PersonId>)>,
}

impl App {
    pub(super) async fn decide_across(
        &self,
        caller: &Caller,
        id: [u8; 16],
        record: &Record<Case>,
        ask: &CaseAct,
        by: &By<'_>,
        command: &CommandRef,
    ) -> Result<Comes, AppError> {
        let case = &record.folded;
        match ask {
            CaseAct::Ask(ask) => self.put_question(id, case, ask, by).await,
            CaseAct::Answer(ask) => self.heard_answer(case, ask, by).await,
            CaseAct::Link(ask) => self.link_cases(caller, id, case, ask, by).await,
            CaseAct::Merge(ask) => self.merge_cases(caller, id, case, ask, by).await,
            CaseAct::Reclassify(ask) => self.reclassify_case(id, case, ask, by, command).await,
            CaseAct::Plan(ask) => {
                let (planned, to) = case::give(case, ask, &*self.directory().await?, by)?;
                let given = Some((planned.action, to));
                Ok(Comes { events: vec![planned.into()], given, ..Comes::default() })
            }
            CaseAct::HandOver(ask) => {
                let directory = self.directory().await?;
                Ok(Comes { events: vec![case::hand_over(case, ask, &directory, by)?.into()], ..Comes::default() })
            }
            other => Ok(Comes { events: vec![self.decide_access(caller, case, other, by).await?], ..Comes::default() }),
        }
    }

    async fn report_of(&self, case: &Case) -> Result<Option<(Loaded, Report)>, AppError> {
        let stream = self.load(*case.opened.report.as_bytes()).await?;
        let report = self.open_unsealed(&stream).await?.and_then(|events| fold_report(&events));
        Ok(report.map(|report| (stream, report)))
    }

    async fn write_beside(
        &self,
        id: [u8; 16],
        stream: &Loaded,
        events: impl IntoIterator<Item = Written>,
    ) -> Result<StreamWrite, AppError> {
        let events = events.into_iter().collect();
        Ok(StreamWrite { stream: id, expected: stream.version(), keys: self.keys_of(stream).await?, events })
    }

    async fn put_question(&self, id: [u8; 16], case: &Case, ask: &Ask, by: &By<'_>) -> Result<Comes, AppError> {
        let asked = case::ask(case, ask, by)?;
        let reached =
            self.report_of(case).await?.and_then(|(stream, report)| Some((stream, report::may_be_asked(&report)?, report.class())));
        let Some((stream, reporter, class)) = reached else {
            return Err(AppError::State("whoever reported it cannot be asked here: speak with them, and note what they say".into()));
        };
        let question = report::QuestionAsked {
            class,
            question: asked.question,
            case: CaseId::from_bytes(id),
            text: asked.text.clone(),
            asked_by: case.route().owner.duty,
            asked_at: asked.asked_at,
            reporter_person: Some(reporter),
        };
        let beside = self.write_beside(*case.opened.report.as_bytes(), &stream, [ReportEvent::from(question).written()]).await?;
        Ok(Comes { events: vec![asked.into()], beside: vec![beside], ..Comes::default() })
    }

    /// What somebody heard from whoever reported it: the question no longer waits beside their words.
    async fn heard_answer(&self, case: &Case, ask: &AnswerQuestion, by: &By<'_>) -> Result<Comes, AppError> {
        let answered = case::answer(case, ask, Some(by.name), by.now)?;
        let mut beside = vec![];
        if let Some((id, stream, report)) = self.asked_beside(case, answered.question).await? {
            let over = report::answer_question(&report, answered.question, None, by.now)?;
            beside.push(self.write_beside(id, &stream, [ReportEvent::from(over).written()]).await?);
        }
        Ok(Comes { events: vec![answered.into()], beside, ..Comes::default() })
    }

    /// The report beside whose words a question waits: that of the case, or of one that goes on in it.
    async fn asked_beside(&self, case: &Case, question: QuestionId) -> Result<Option<([u8; 16], Loaded, Report)>, AppError> {
        let (mut cases, mut met) = (vec![case.clone()], BTreeSet::new());
        while let Some(case) = cases.pop() {
            if let Some((stream, report)) = self.report_of(&case).await?
                && report.open_questions().any(|asked| asked.question == question)
            {
                return Ok(Some((*case.opened.report.as_bytes(), stream, report)));
            }
            for taken in case.work.took_in.iter().map(|took| took.case).filter(|taken| met.insert(*taken)) {
                cases.extend(self.open_case(*taken.as_bytes()).await?.map(|(_, case)| case));
            }
        }
        Ok(None)
    }

    /// A case as it stands; none where it is sealed, or no case.
    pub(crate) async fn open_case(&self, id: [u8; 16]) -> Result<Option<(Loaded, Case)>, AppError> {
        let stream = self.load(id).await?;
        let case = self.open_unsealed(&stream).await?.and_then(|events| fold_case(&events));
        Ok(case.map(|case| (stream, case)))
    }

    /// The answer of whoever reported it, written beside their own words and into the case that asked, or the one that took the question
    /// along. Who they are is not in the case.
    pub(crate) async fn answer_in_case(
        &self,
        asked: &report::QuestionAsked,
        answer: &AnswerQuestion,
    ) -> Result<Option<StreamWrite>, AppError> {
        let mut id = *asked.case.as_bytes();
        let Some((mut stream, mut case)) = self.open_case(id).await? else { return Ok(None) };
        // Each case was open when it took another in, and is closed by going on itself: the way ends.
        while let Some(merged) = &case.work.merged {
            let into = *merged.into.as_bytes();
            let Some(next) = self.open_case(into).await? else { break };
            if !next.1.work.open_questions().any(|open| open.question == asked.question) {
                break;
            }
            (id, (stream, case)) = (into, next);
        }
        let answered = CaseEvent::from(case::answer(&case, answer, None, self.clock.now())?);
        self.write_beside(id, &stream, [answered.written()]).await.map(Some)
    }

    /// Another case on which the caller may act, by its id or the reference that people quote.
    async fn other_case(&self, caller: &Caller, text: &str, field: &str, ask: &CaseAct) -> Result<([u8; 16], Record<Case>), AppError> {
        let unknown = || AppError::from(Invalid::one(field, "is no case that you may work on"));
        let id = match RecordId::parse(text.trim()) {
            Some(id) => *id.as_bytes(),
            None => self.case_by_reference(caller, text).await?.ok_or_else(unknown)?,
        };
        let record = match self.case_for(caller, id).await {
            Err(AppError::NotFound) => return Err(unknown()),
            other => other?,
        };
        let Access::Groups(_, duty) = record.access else { return Err(unknown()) };
        let acts = duty != wardbook_domain::Duty::Investigator || may_named(ask, &record.folded, caller.person);
        if acts { Ok((id, record)) } else { Err(unknown()) }
    }

    async fn case_by_reference(&self, caller: &Caller, text: &str) -> Result<Option<[u8; 16]>, AppError> {
        let wanted: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let addresses = self.addresses(caller).await?;
        let reading = Reading { addresses: &addresses, person: caller.person, only: None };
        let rows = wardbook_views::list(&self.db, self.trust, &self.blinds, Wanted::Cases, reading, None, REFERENCES_MAX).await?;
        let mut ids = rows.iter().map(|row| *row.stream.as_bytes());
        Ok(ids.find(|id| shown::reference(id).replace('-', "") == wanted))
    }

    async fn link_cases(&self, caller: &Caller, id: [u8; 16], case: &Case, ask: &Link, by: &By<'_>) -> Result<Comes, AppError> {
        let (other, record) = self.other_case(caller, &ask.case, "case", &CaseAct::Link(ask.clone())).await?;
        let (here, there) = case::link((CaseId::from_bytes(id), case), (CaseId::from_bytes(other), &record.folded), ask, by)?;
        let mut beside = vec![];
        if let Some(there) = there {
            beside.push(self.write_beside(other, &record.stream, [CaseEvent::from(there).written()]).await?);
        }
        Ok(Comes { events: here.into_iter().map(CaseEvent::from).collect(), beside, ..Comes::default() })
    }

    async fn merge_cases(&self, caller: &Caller, id: [u8; 16], case: &Case, ask: &Merge, by: &By<'_>) -> Result<Comes, AppError> {
        let (other, record) = self.other_case(caller, &ask.into, "into", &CaseAct::Merge(ask.clone())).await?;
        let (merged, took) = case::merge((CaseId::from_bytes(id), case), (CaseId::from_bytes(other), &record.folded), ask, by)?;
        let mut events = vec![CaseEvent::from(took)];
        events.extend(case::clock_taken(case, &record.folded, ask, by).map(CaseEvent::from));
        events.extend(case::questions_taken(case).into_iter().map(CaseEvent::from));
        events.extend(self.given_along(case, &record.folded, &events).await?);
        events.extend(self.due_after(&record.folded, &events));
        let beside = self.write_beside(other, &record.stream, events.iter().map(CaseEvent::written)).await?;
        Ok(Comes { events: vec![merged.into()], beside: vec![beside], ..Comes::default() })
    }

    /// Whose actions go along into another case that has taken these in.
    async fn given_along(&self, from: &Case, into: &Case, taken: &[CaseEvent]) -> Result<Vec<CaseEvent>, AppError> {
        let Some(into) = taken.iter().cloned().fold(Some(into.clone()), Case::evolve) else { return Ok(vec![]) };
        let directory = self.directory().await?;
        Ok(case::given_along(from, into, &directory, self.clock.now()).into_iter().map(CaseEvent::from).collect())
    }

    /// Another matter: here, or in a case of the kind that the matter needs, to which duties and clocks move along.
    async fn reclassify_case(
        &self,
        id: [u8; 16],
        case: &Case,
        ask: &Reclassify,
        by: &By<'_>,
        command: &CommandRef,
    ) -> Result<Comes, AppError> {
        let kind = match case::reclassify(case, ask, by)? {
            Reclassified::Here(classified) => return Ok(Comes { events: vec![classified.into()], ..Comes::default() }),
            Reclassified::Elsewhere(kind) => kind,
        };
        let directory = self.directory().await?;
        let route = case.route();
        let found = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: case.aside() };
        let routed = routing::route_case(kind, route, &case.opened.school, &found, &directory, by.profile);
        let opened = moved_on(case, kind, ask, routed, by);
        let (here, there) = (CaseId::from_bytes(id), self.created_id(command, 0));
        let merged =
            case::Merged { into: CaseId::from_bytes(there), reason: ask.reason.clone(), by: by.name.to_owned(), merged_at: by.now };
        // What the owner there must not know stays here.
        let (actions, questions, known) = if case::carries_story(case.opened.class, opened.class) {
            let known = case::known_taken(case).into_iter().chain(case::files_taken(case, ask.matter)).collect();
            (case.work.open_actions().map(case::ActionTaken::from).collect(), case::questions_taken(case), known)
        } else {
            (vec![], vec![], vec![])
        };
        let took = TookIn { case: here, actions, reason: ask.reason.clone(), by: by.name.to_owned(), took_in_at: by.now };
        let audience = audience_of(opened.class);
        let mut events: Vec<CaseEvent> =
            vec![opened.clone().into(), by.classified(ask.matter, Some(ask.reason.clone())).into(), took.into()];
        events.extend(known);
        events.extend(questions.into_iter().map(CaseEvent::from));
        events.extend(case.aside.iter().map(|aside| CaseEvent::from(case::StoodAside { class: opened.class, ..aside.clone() })));
        let fresh = Case::evolve(None, opened.into()).expect("an opening opens");
        let given = self.given_along(case, &fresh, &events[1..]).await?;
        events.extend(given);
        events.extend(self.due_after(&fresh, &events[1..]));
        let keys = self.new_keys(&[audience, audience]).await?;
        let written = events.iter().map(CaseEvent::written).collect();
        Ok(Comes {
            events: vec![merged.into()],
            beside: vec![StreamWrite { stream: there, expected: 0, keys, events: written }],
            ..Comes::default()
        })
    }
}

/// The case of another kind. A story that its owner must not know stays where it is; they get what was written for them.
fn moved_on(case: &Case, kind: case::CaseKind, ask: &Reclassify, route: report::RouteTaken, by: &By<'_>) -> Opened {
    let class = kind.class(case.opened.class);
    let story = case::carries_story(case.opened.class, class);
    let opened = case.opened.clone();
    let summary = if story { case.summary().to_owned() } else { ask.shared.clone().unwrap_or_default() };
    Opened {
        kind,
        class,
        types: if story { opened.types } else { vec![] },
        summary,
        action: opened.action.filter(|_| story),
        pupils: if story { opened.pupils } else { vec![] },
        staff: if story { opened.staff } else { vec![] },
        aware_at: case.aware_at(),
        opened_at: by.now,
        opened_by: by.name.to_owned(),
        route,
        reporter: opened.reporter.filter(|_| story),
        ..opened
    }
}
