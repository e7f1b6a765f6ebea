//! What was done on a case, as folded from its events: everything between opening and closing.

use std::collections::BTreeMap;

use super::{
    CaseEvent, CopyMade, Decided, Escalated, Fact, Given, HandedOver, Linked, Marked, Matter, Merged, PersonPlaced, Planned, QuestionAsked,
    Reopened, Reviewed, Snoozed, StepSetAside, TakenUp, ToldOf, TookIn,
};
use crate::{ActionId, Instant, PersonId, QuestionId, clock::Date, redacted::redacted};

/// The work on a case.
#[derive(Clone, PartialEq, Default)]
pub struct Work {
    /// The matter, where it was said.
    pub matter: Option<Matter>,
    /// When that was.
    pub classified_at: Option<Instant>,
    /// Everything that it was said to be, in order.
    pub classified: Vec<(Matter, Instant)>,
    /// Who took it up.
    pub taken_up: Option<TakenUp>,
    /// When somebody first acted on it.
    pub acted_at: Option<Instant>,
    /// What is known, by the codes of the facts.
    pub facts: BTreeMap<String, Fact>,
    /// Steps that were set aside.
    pub steps_aside: Vec<StepSetAside>,
    /// Actions as last planned, in order.
    pub planned: Vec<Planned>,
    /// Actions that came to their end.
    pub completed: Vec<(ActionId, bool)>,
    /// Who has which open actions; once they have none, that.
    pub given: BTreeMap<PersonId, Given>,
    /// Whether nobody's actions were said anew since it was opened again.
    pub given_again: bool,
    /// Who was told.
    pub told: Vec<ToldOf>,
    /// Questions, in order.
    pub questions: Vec<QuestionAsked>,
    /// Questions that were answered, with the answer.
    pub answered: Vec<(QuestionId, String)>,
    /// Who has a part in it.
    pub people: Vec<PersonPlaced>,
    /// Decisions; of those about one thing the last counts.
    pub decided: Vec<Decided>,
    /// Links to other cases.
    pub links: Vec<Linked>,
    /// The case in which it goes on.
    pub merged: Option<Merged>,
    /// The cases that go on in this one.
    pub took_in: Vec<TookIn>,
    /// The marking, where it was changed.
    pub marked: Option<Marked>,
    /// In whose hands it is.
    pub handed_over: Option<HandedOver>,
    /// Until when it is put off.
    pub snoozed: Option<Snoozed>,
    /// The last review, with the day of the next.
    pub reviewed: Option<Reviewed>,
    /// To whom it went on, as something was late.
    pub escalated: Vec<Escalated>,
    /// When it was last opened again.
    pub reopened: Option<Reopened>,
    /// Copies on paper, in order.
    pub copies: Vec<CopyMade>,
    /// By when it comes back, as last said.
    pub due_at: Option<Option<Instant>>,
}

redacted!(Work);

impl Work {
    /// The day of the next review.
    pub fn review_on(&self) -> Option<Date> {
        self.reviewed.as_ref().and_then(|reviewed| reviewed.next_on)
    }

    /// Actions that have not come to their end.
    pub fn open_actions(&self) -> impl Iterator<Item = &Planned> {
        self.planned.iter().filter(|planned| !self.completed.iter().any(|(action, _)| *action == planned.action))
    }

    /// Questions that wait for an answer.
    pub fn open_questions(&self) -> impl Iterator<Item = &QuestionAsked> {
        self.questions.iter().filter(|asked| !self.answered.iter().any(|(question, _)| *question == asked.question))
    }

    /// With whom an action is, where it was given to a person.
    pub fn has(&self, action: ActionId) -> Option<PersonId> {
        self.given.values().find(|given| given.actions.contains(&action)).map(|given| given.person)
    }

    /// The open actions that are with this person, what is due first before all others.
    pub fn actions_of(&self, person: PersonId) -> Vec<&Planned> {
        let mut actions: Vec<&Planned> = self.open_actions().filter(|planned| self.has(planned.action) == Some(person)).collect();
        actions.sort_by_key(|planned| (planned.due_on.is_none(), planned.due_on));
        actions
    }

    pub(super) fn give(&mut self, given: Given) {
        self.given_again = false;
        self.given.insert(given.person, given);
    }

    fn plan(&mut self, planned: Planned) {
        self.planned.retain(|known| known.action != planned.action);
        self.planned.push(planned);
    }

    /// Folds an event of the work of a case that was opened then: what was done before, in a case that goes on in it, takes nothing up here.
    pub(super) fn take(&mut self, event: CaseEvent, opened_at: Instant) {
        if let Some(at) = acted(&event).filter(|at| *at >= opened_at) {
            // Acting on it takes it up, and ends that it was put off.
            self.acted_at.get_or_insert(at);
            self.snoozed = None;
        }
        match event {
            CaseEvent::Classified(said) => {
                (self.matter, self.classified_at) = (Some(said.matter), Some(said.classified_at));
                self.classified.push((said.matter, said.classified_at));
            }
            CaseEvent::TakenUp(taken) => self.taken_up = Some(*taken),
            CaseEvent::FactsRecorded(recorded) => {
                for answer in recorded.answers {
                    let fact = Fact { by: recorded.by.clone(), at: recorded.recorded_at, answer };
                    self.facts.insert(fact.answer.fact.clone(), fact);
                }
            }
            CaseEvent::StepSetAside(aside) => self.steps_aside.push(*aside),
            CaseEvent::Planned(planned) => self.plan(*planned),
            CaseEvent::Completed(completed) => self.completed.push((completed.action, completed.done)),
            CaseEvent::Given(given) => self.give(*given),
            CaseEvent::ToldOf(told) => self.told.push(*told),
            CaseEvent::QuestionAsked(asked) => self.questions.push(*asked),
            CaseEvent::QuestionAnswered(answered) => self.answered.push((answered.question, answered.answer)),
            CaseEvent::PersonPlaced(placed) => {
                self.people.retain(|known| known.name != placed.name);
                self.people.push(*placed);
            }
            CaseEvent::Decided(decided) => self.decided.push(*decided),
            CaseEvent::Linked(linked) => self.links.push(*linked),
            CaseEvent::Merged(merged) => self.merged = Some(*merged),
            CaseEvent::TookIn(took) => {
                took.planned().for_each(|planned| self.plan(planned));
                self.took_in.push(*took);
            }
            CaseEvent::Marked(marked) => self.marked = Some(*marked),
            CaseEvent::HandedOver(handed) => self.handed_over = Some(*handed),
            CaseEvent::Snoozed(snoozed) => self.snoozed = Some(*snoozed),
            CaseEvent::Reviewed(reviewed) => self.reviewed = Some(*reviewed),
            CaseEvent::Escalated(escalated) => self.escalated.push(*escalated),
            CaseEvent::Reopened(reopened) => {
                (self.escalated, self.due_at, self.given_again) = (vec![], None, true);
                self.reopened = Some(*reopened);
            }
            CaseEvent::CopyMade(made) => self.copies.push(*made),
            CaseEvent::DueMoved(moved) => self.due_at = Some(moved.due_at),
            _ => {}
        }
    }
}

/// When a person acted on it by this event; none for what follows by itself.
fn acted(event: &CaseEvent) -> Option<Instant> {
    match event {
        CaseEvent::Noted(event) => Some(event.noted_at),
        CaseEvent::TakenUp(event) => Some(event.received_at),
        CaseEvent::FactsRecorded(event) => Some(event.recorded_at),
        CaseEvent::StepSetAside(event) => Some(event.set_aside_at),
        // One with a reason follows from something else, or was planned before.
        CaseEvent::Planned(event) => event.reason.is_none().then_some(event.planned_at),
        CaseEvent::Completed(event) => Some(event.completed_at),
        CaseEvent::ToldOf(event) => Some(event.recorded_at),
        CaseEvent::QuestionAsked(event) => Some(event.asked_at),
        CaseEvent::Decided(event) => Some(event.decided_at),
        CaseEvent::Reviewed(event) => Some(event.reviewed_at),
        CaseEvent::Reopened(event) => Some(event.reopened_at),
        _ => None,
    }
}
