//! The work on a case as its reader may see it: facts, steps, actions, who was told, questions, people, decisions, links, what is open.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    CaseId, Instant,
    case::{self, Case, Stands, What},
    clock::Date,
    profile::Profile,
    report::Report,
};

use super::reference;

/// A fact that is asked of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FactShown {
    /// Its code.
    pub code: String,
    /// The question.
    pub question: String,
    /// More about it.
    pub hint: Option<String>,
    /// `text`, `yes_no`, `yes_no_unsure`, `choice`, `day`, `number` or `asset`.
    pub kind: String,
    /// The codes and words of a choice.
    pub choices: Vec<(String, String)>,
    /// Whether the case may not be closed without it.
    pub required: bool,
    /// The answers with which the case may be closed; any, where none is listed.
    pub settled: Vec<String>,
    /// The clause that asks for it.
    pub clause: String,
    /// The answer, where it is known.
    pub answer: Option<String>,
    /// The answer in words.
    pub words: Option<String>,
    /// Who said so.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
}

/// A step that is asked of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepShown {
    /// Its code.
    pub code: String,
    /// What is to be done.
    pub what: String,
    /// `open`, `done` or `set_aside`.
    pub state: String,
    /// When it is late.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// The clause that asks for it.
    pub clause: String,
    /// Whom it asks to tell, any of them, by the codes of the told list.
    pub tells: Vec<String>,
    /// What it asks to decide.
    pub decides: Option<String>,
    /// The codes and words of that decision.
    pub options: Vec<(String, String)>,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionShown {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// The id of the person on whose queue it is, where it was given to one.
    pub person: Option<String>,
    /// By the end of which day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// `open`, `done` or `not_done`.
    pub state: String,
}

/// Somebody who was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseToldShown {
    /// Their code on the told list.
    pub whom: String,
    /// Their words on it as they were then.
    pub label: String,
    /// The name of who was told.
    pub name: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// How.
    pub how: Option<String>,
    /// By whom.
    pub told_by: String,
    /// The reference that was given.
    pub reference: Option<String>,
}

/// A question to whoever reported it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuestionShown {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Instant,
    /// The answer; none while it waits.
    pub answer: Option<String>,
}

/// Somebody with their part in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonPlacedShown {
    /// The name.
    pub name: String,
    /// The part's code.
    pub part: String,
    /// The part in words.
    pub part_label: String,
    /// More about it.
    pub detail: Option<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionShown {
    /// What it is about.
    pub about: String,
    /// The question in words.
    pub question: String,
    /// The answer's code.
    pub decision: String,
    /// The answer in words.
    pub words: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// The statutory guidance that was in force.
    pub guidance_edition: String,
    /// The profile that was in force.
    pub profile: String,
}

/// A copy on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CopyShown {
    /// Its number.
    pub number: u32,
    /// `record` or `safeguarding`.
    pub kind: String,
    /// The same in words.
    pub kind_label: String,
    /// The code of its purpose.
    pub purpose: String,
    /// The same in words.
    pub purpose_label: String,
    /// The marking that it bears, in words.
    pub marking_label: String,
    /// Who made it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

/// A link to another case that the reader may open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkShown {
    /// The other case.
    pub case: String,
    /// Its reference.
    pub reference: String,
    /// How this one stands to it, by code: a relation, `goes_on_in`, or `took_in`.
    pub relation: String,
    /// The same in words.
    pub label: String,
    /// Why.
    pub reason: String,
}

/// Something that is open on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenShown {
    /// `clock`, `step`, `action`, `take_up`, `review`, `facts`, `question` or `close`.
    pub kind: String,
    /// The code of a step, the id of an action or a question; empty for the rest.
    pub of: String,
    /// In words.
    pub words: String,
    /// When it is late.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// The clause that asks for it; empty where a person planned it.
    pub clause: String,
    /// Whether the case cannot be closed while it is open.
    pub blocks_closing: bool,
}

/// A list of codes and words.
fn pairs(list: &[case::rules::Choice]) -> Vec<(String, String)> {
    list.iter().map(|one| (one.code.clone(), one.label.clone())).collect()
}

pub(super) fn facts(case: &Case, profile: &Profile) -> Vec<FactShown> {
    let shown = |asked: case::Asked<'_>| FactShown {
        code: asked.rule.code.clone(),
        question: asked.rule.question.clone(),
        hint: asked.rule.hint.clone(),
        kind: asked.rule.kind.to_string(),
        choices: pairs(&asked.rule.choices),
        required: asked.rule.required,
        settled: asked.rule.settled.clone(),
        clause: asked.rule.clause.clone(),
        answer: asked.known.map(|fact| fact.answer.answer.clone()),
        words: asked.known.map(|fact| fact.answer.words.clone()),
        by: asked.known.map(|fact| fact.by.clone()),
        at: asked.known.map(|fact| fact.at),
    };
    case::asked(case, profile).map(shown).collect()
}

pub(super) fn steps(case: &Case, profile: &Profile) -> Vec<StepShown> {
    let shown = |step: case::Step<'_>| StepShown {
        code: step.rule.code.clone(),
        what: step.rule.what.clone(),
        state: match step.stands {
            Stands::Open => "open",
            Stands::Done { .. } => "done",
            Stands::SetAside => "set_aside",
        }
        .to_owned(),
        due_at: step.due_at.ok().flatten(),
        clause: step.rule.clause.clone(),
        tells: step.rule.tells().map(str::to_owned).collect(),
        decides: step.rule.decide.clone(),
        options: pairs(&step.rule.options),
    };
    case::steps(case, profile).map(shown).collect()
}

pub(super) fn actions(case: &Case) -> Vec<ActionShown> {
    let ended = |action| case.work.completed.iter().find(|(known, _)| *known == action).map(|(_, done)| *done);
    let shown = |planned: &case::Planned| ActionShown {
        id: planned.action.to_string(),
        what: planned.what.clone(),
        owner: planned.owner.clone(),
        person: case.work.has(planned.action).map(|person| person.to_string()),
        due_on: planned.due_on,
        state: match ended(planned.action) {
            None => "open",
            Some(true) => "done",
            Some(false) => "not_done",
        }
        .to_owned(),
    };
    case.work.planned.iter().map(shown).collect()
}

pub(super) fn told(case: &Case) -> Vec<CaseToldShown> {
    let shown = |of: &case::ToldOf| CaseToldShown {
        whom: of.told.whom.clone(),
        label: of.label.clone(),
        name: of.name.clone(),
        at: of.told.at,
        how: of.told.how.clone(),
        told_by: of.told_by.clone(),
        reference: of.told.reference.clone(),
    };
    case.work.told.iter().map(shown).collect()
}

pub(super) fn questions(case: &Case) -> Vec<QuestionShown> {
    let answer = |question| case.work.answered.iter().find(|(known, _)| *known == question).map(|(_, answer)| answer.clone());
    let shown = |asked: &case::QuestionAsked| QuestionShown {
        id: asked.question.to_string(),
        question: asked.text.clone(),
        asked_at: asked.asked_at,
        answer: answer(asked.question),
    };
    case.work.questions.iter().map(shown).collect()
}

/// The questions that wait beside a report. Those that wait no more are not shown there: one may go for many reasons.
pub(super) fn waiting(report: &Report) -> Vec<QuestionShown> {
    let shown = |asked: &wardbook_domain::report::QuestionAsked| QuestionShown {
        id: asked.question.to_string(),
        question: asked.text.clone(),
        asked_at: asked.asked_at,
        answer: None,
    };
    report.open_questions().map(shown).collect()
}

pub(super) fn people(case: &Case) -> Vec<PersonPlacedShown> {
    let shown = |placed: &case::PersonPlaced| PersonPlacedShown {
        name: placed.name.clone(),
        part: placed.part.to_string(),
        part_label: placed.part.label().to_owned(),
        detail: placed.detail.clone(),
    };
    case.work.people.iter().map(shown).collect()
}

pub(super) fn copies(case: &Case, profile: &Profile) -> Vec<CopyShown> {
    case.work.copies.iter().map(|copy| copy_shown(copy, profile)).collect()
}

/// Copies of a report: each is a print of the record.
pub(super) fn copies_of_report(report: &Report, profile: &Profile) -> Vec<CopyShown> {
    let as_of_a_case = |copy: &wardbook_domain::report::CopyMade| case::CopyMade {
        number: copy.number,
        kind: case::CopyKind::Record,
        purpose: copy.purpose.clone(),
        marking: copy.marking,
        by: copy.by.clone(),
        made_at: copy.made_at,
    };
    report.copies.iter().map(|copy| copy_shown(&as_of_a_case(copy), profile)).collect()
}

fn copy_shown(copy: &case::CopyMade, profile: &Profile) -> CopyShown {
    CopyShown {
        number: copy.number,
        kind: copy.kind.to_string(),
        kind_label: copy.kind.label().to_owned(),
        purpose: copy.purpose.clone(),
        purpose_label: profile.purpose_label(&copy.purpose),
        marking_label: copy.marking.label().to_owned(),
        by: copy.by.clone(),
        at: copy.made_at,
    }
}

pub(super) fn decisions(case: &Case) -> Vec<DecisionShown> {
    let shown = |decided: &case::Decided| DecisionShown {
        about: decided.about.clone(),
        question: decided.question.clone(),
        decision: decided.decision.clone(),
        words: decided.words.clone(),
        reason: decided.reason.clone(),
        by: decided.by.clone(),
        at: decided.decided_at,
        guidance_edition: decided.guidance_edition.clone(),
        profile: decided.profile.clone(),
    };
    case.work.decided.iter().map(shown).collect()
}

pub(super) fn links(case: &Case, known: &BTreeSet<CaseId>) -> Vec<LinkShown> {
    let link = |case: CaseId, relation: &str, label: &str, reason: &str| LinkShown {
        case: case.to_string(),
        reference: reference(case.as_bytes()),
        relation: relation.to_owned(),
        label: label.to_owned(),
        reason: reason.to_owned(),
    };
    let work = &case.work;
    let linked = work.links.iter().map(|one| (one.case, link(one.case, one.relation.as_str(), one.relation.label(), &one.reason)));
    let merged = work.merged.iter().map(|one| (one.into, link(one.into, "goes_on_in", "Goes on in", &one.reason)));
    let taken = work.took_in.iter().map(|one| (one.case, link(one.case, "took_in", "Took in", &one.reason)));
    linked.chain(merged).chain(taken).filter(|(case, _)| known.contains(case)).map(|(_, link)| link).collect()
}

pub(super) fn open(case: &Case, profile: &Profile) -> Vec<OpenShown> {
    let shown = |open: case::Open| {
        let (kind, of) = match open.what {
            What::Clock => ("clock", String::new()),
            What::Step(code) => ("step", code),
            What::Action(id) => ("action", id),
            What::TakeUp => ("take_up", String::new()),
            What::Review => ("review", String::new()),
            What::Facts => ("facts", String::new()),
            What::Question(id) => ("question", id),
            What::Close => ("close", String::new()),
        };
        let (words, due_at, clause, blocks_closing) = (open.words, open.due_at, open.clause, open.blocks_closing);
        OpenShown { kind: kind.to_owned(), of, words, due_at, clause, blocks_closing }
    };
    case::open_ends(case, profile).into_iter().map(shown).collect()
}
