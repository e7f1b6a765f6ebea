//! A case: what was opened to deal with a report (P0-FORM-9), from taking it up to closing it with outcome and reason.
//!
//! `matter` says what happened, `rules` what must be known and done about it, `facts`, `steps`, `plan`, `tell`, `question`, `decision`,
//! `people`, `link`, `mark`, `copy`, `correcting`, `files` and `hand` are the acts, `given` whose queue an action is on, `carry` what goes along into another case, `next` what is open, `escalate`
//! to whom it goes on where that is late, `closing` when it may end, `work` how it all is folded.
//!
//! To extend: a new act is a file with what is handed in, its event and its function, an arm in [`work::Work`] and a variant in `events.rs`.

mod aside;
mod carry;
mod closing;
mod copy;
mod correcting;
mod decide;
mod decision;
mod escalate;
mod events;
mod facts;
mod files;
mod given;
mod hand;
mod link;
mod mark;
mod matter;
mod next;
mod people;
mod plan;
mod question;
pub mod rules;
mod steps;
mod tell;
#[cfg(test)]
pub(crate) mod tests;
mod work;

pub use aside::{
    AsideEnded, CoverPassed, CoverReturned, NamePerson, NamedFor, PersonNamed, PersonRemoved, RemovePerson, StoodAside, name_person,
    names_over, remove_person,
};
pub use carry::{clock_taken, files_taken, known_taken, left_behind, questions_taken};
pub use closing::{Close, Reopen, Reopened, close, reopen};
pub use copy::{CopyKind, CopyMade, MakeCopy, make_copy};
pub use correcting::{Correctable, correct, correctable, corrected_later, what_was_corrected};
pub use decide::{Note, move_clock, note};
pub use decision::{Decide, Decided, decide};
pub use escalate::{Escalated, escalate};
pub use events::{CaseEvent, CaseKind, ClockMoved, Closed, Corrected, Noted, Opened, Outcome, Rerouted};
pub use facts::{Answer, Asked, AssessCase, Fact, FactsRecorded, asked, assess, equipment};
pub use files::{
    CaseFile, EvidenceAdded, EvidenceQuarantined, FILES_MAX, Files, LISTED_CHARS_MAX, LISTED_MAX, Message, MessageConfirmed,
    confirm_message, may_take_file, quarantine_file,
};
pub use given::{Given, give, given, given_along, readers};
pub use hand::{HandOver, HandedOver, Review, Reviewed, Snooze, Snoozed, TakenUp, hand_over, receive, review, snooze};
pub use link::{ActionTaken, Link, Linked, Merge, Merged, Relation, TookIn, link, merge};
pub use mark::{Mark, Marked, Marking, mark};
pub use matter::{Adults, Classified, Matter, Reclassified, Reclassify, Reported, reclassify};
pub use next::{DueMoved, Open, What, cannot_wait, comes_as, due, open_ends};
pub use people::{CasePart, PersonPlaced, Place, place};
pub use plan::{Complete, Completed, Plan, Planned, complete, plan};
pub use question::{AnswerQuestion, Ask, QuestionAnswered, QuestionAsked, answer, ask};
pub use steps::{SetStepAside, Stands, Step, StepSetAside, set_step_aside, steps};
pub use tell::{SAFEGUARDING_RECORD, Tell, ToldOf, tell};
pub use work::Work;

use crate::redacted::redacted;
use crate::{
    ActionId, Address, Instant, PersonId, QuestionId,
    field::Invalid,
    profile::Profile,
    report::{FOR_AN_ABSENCE, NOBODY_ACTED, Refused},
};

/// Who acts, when, under which profile, with ids for what the act creates.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The person.
    pub person: PersonId,
    /// The duties that they hold themself: neither covered nor opened by break-glass.
    pub own: &'a [Address],
    /// Their name.
    pub name: &'a str,
    /// Now.
    pub now: Instant,
    /// The profile in force.
    pub profile: &'a Profile,
    /// The id of an action that the act creates.
    pub action: ActionId,
    /// The id of a question that the act creates.
    pub question: QuestionId,
}

impl By<'_> {
    /// Refuses somebody who would let themself in for longer than their duty does.
    fn refuse_themself(&self, person: PersonId) -> Result<(), Invalid> {
        let problem = "is you: somebody else names you, or the owner of the record hands it to you";
        if person == self.person { Err(Invalid::one("person", problem)) } else { Ok(()) }
    }

    /// Says what a case deals with.
    pub fn classified(&self, matter: Matter, reason: Option<String>) -> Classified {
        Classified {
            matter,
            reason,
            guidance_edition: self.profile.guidance_edition.clone(),
            profile: self.profile.name(),
            by: self.name.to_owned(),
            classified_at: self.now,
        }
    }
}

/// A case as folded from its events.
#[derive(Clone, PartialEq)]
pub struct Case {
    /// How it was opened.
    pub opened: Opened,
    /// Notes in order.
    pub notes: Vec<Noted>,
    /// How it was closed.
    pub closed: Option<Closed>,
    /// Corrections in order.
    pub corrections: Vec<Corrected>,
    /// Corrections of the earliest staff knowledge, in order.
    pub clock_moves: Vec<ClockMoved>,
    /// Where it is now, where that is not where it was opened.
    pub rerouted: Option<Rerouted>,
    /// Who stands aside.
    pub aside: Vec<StoodAside>,
    /// Who reads it during an absence, by the cover that may not.
    pub covers: Vec<CoverPassed>,
    /// Who is named on it and may read it, whatever duty they hold.
    pub named: Vec<PersonNamed>,
    /// What was done on it.
    pub work: Work,
    /// Its files.
    pub files: Files,
}

redacted!(Case);

impl Case {
    /// A case as opened.
    fn new(opened: Opened) -> Self {
        let (notes, corrections, clock_moves, aside, covers, named) = (vec![], vec![], vec![], vec![], vec![], vec![]);
        Self {
            opened,
            notes,
            closed: None,
            corrections,
            clock_moves,
            rerouted: None,
            aside,
            covers,
            named,
            work: Work::default(),
            files: Files::default(),
        }
    }

    /// Folds one event; an event that makes no sense here leaves the case as it is.
    #[must_use]
    pub fn evolve(case: Option<Self>, event: CaseEvent) -> Option<Self> {
        match (case, event) {
            (None, CaseEvent::Opened(opened)) => Some(Self::new(*opened)),
            (Some(mut case), event) => {
                case.take(event);
                Some(case)
            }
            (None, _) => None,
        }
    }

    fn take(&mut self, event: CaseEvent) {
        self.take_access(&event);
        self.work.take(event.clone(), self.opened.opened_at);
        match event {
            CaseEvent::Noted(noted) => self.notes.push(*noted),
            CaseEvent::Closed(closed) => self.closed = Some(*closed),
            CaseEvent::Corrected(corrected) => {
                self.take_correction(&corrected);
                self.corrections.push(*corrected);
            }
            CaseEvent::ClockMoved(moved) => self.clock_moves.push(*moved),
            CaseEvent::Rerouted(rerouted) => self.rerouted = Some(*rerouted),
            CaseEvent::Reopened(_) => self.closed = None,
            event => self.files.take(event),
        }
    }

    /// Folds an event about who may read it.
    fn take_access(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::StoodAside(aside) => {
                self.aside.retain(|known| known.person != aside.person);
                self.aside.push(aside.as_ref().clone());
            }
            CaseEvent::AsideEnded(ended) => self.aside.retain(|known| known.person != ended.person),
            CaseEvent::CoverPassed(passed) => self.covers.push(passed.as_ref().clone()),
            CaseEvent::CoverReturned(returned) => self.covers.retain(|known| known.cover != returned.cover),
            CaseEvent::PersonNamed(named) => {
                self.named.retain(|known| known.person != named.person);
                self.named.push(named.as_ref().clone());
            }
            CaseEvent::PersonRemoved(removed) => self.named.retain(|known| known.person != removed.person),
            _ => {}
        }
    }

    /// Who stands aside: it does not exist for them.
    pub fn aside(&self) -> Vec<crate::PersonId> {
        self.aside.iter().map(|aside| aside.person).collect()
    }

    /// Who is named on it.
    pub fn named(&self) -> Vec<crate::PersonId> {
        self.named.iter().map(|named| named.person).collect()
    }

    /// Who is named on it on this day, whoever has it in hand among them: a last day that is over counts at once, whatever has been written
    /// down since.
    pub fn named_on(&self, day: crate::clock::Date) -> Vec<PersonId> {
        let named = self.named.iter().filter(|named| named.until.is_none_or(|last| day <= last));
        named.map(|named| named.person).chain(self.in_hand()).collect()
    }

    /// Who reads along: a DSL, the next of the chain during an absence, and those to whom it went on as something was late.
    pub fn second_readers(&self) -> Vec<crate::Address> {
        self.route().second.iter().chain(self.stand_ins().map(|(to, _)| to)).cloned().collect()
    }

    /// Who comes in for its owner, and why: during an absence, and where nobody acted in time.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&Address, &str)> {
        let covers = self.covers.iter().map(|passed| (&passed.to, FOR_AN_ABSENCE));
        covers.chain(self.work.escalated.iter().map(|gone| (&gone.to, NOBODY_ACTED)))
    }

    /// Who has it in hand, where it was handed over and they may know it.
    pub fn in_hand(&self) -> Option<PersonId> {
        let person = self.work.handed_over.as_ref()?.person;
        let route = self.route();
        let hidden = [route.subjects.as_slice(), &route.possible_subjects].iter().any(|people| people.contains(&person));
        (!hidden && !self.aside().contains(&person)).then_some(person)
    }

    /// What it deals with; of a case that was opened before matters were said, what follows from its report.
    pub fn matter(&self) -> Matter {
        let opened = &self.opened;
        let derived = Reported {
            types: &opened.types,
            own: None,
            staff: &opened.staff,
            adults: Adults::Employees,
            pupils: !opened.pupils.is_empty(),
            image: false,
            self_referral: false,
        };
        self.work.matter.unwrap_or_else(|| Matter::of(opened.kind, &derived))
    }

    /// What need-to-know asks of it.
    pub fn known<T>(&self, now: Instant, ask: impl FnOnce(&crate::need_to_know::Known<'_>) -> T) -> T {
        let (opened, route) = (&self.opened, self.route());
        let (seconds, aside, named) = (self.second_readers(), self.aside(), self.named_on(crate::clock::day_of(now)));
        ask(&crate::need_to_know::Known {
            class: opened.class,
            school: &opened.school,
            owner: &route.owner,
            seconds: &seconds,
            subjects: &route.subjects,
            possible_subjects: &route.possible_subjects,
            aside: &aside,
            named: &named,
            identity_for: None, // a protected reporter is not in the case at all
            authors: &[],       // who reported keeps the receipt of the report; the case is not theirs to see
        })
    }

    /// Since when its steps count: since it was opened, opened again, or said to be another matter.
    pub fn since(&self) -> Instant {
        let later = [self.work.classified_at, self.work.reopened.as_ref().map(|again| again.reopened_at)];
        later.into_iter().flatten().fold(self.opened.opened_at, Instant::max)
    }

    /// The answer of a fact.
    pub fn fact(&self, code: &str) -> Option<&str> {
        self.work.facts.get(code).map(|fact| fact.answer.answer.as_str())
    }

    /// The names of the adults whom it is about, as far as it carries them.
    pub fn named_subjects(&self) -> impl Iterator<Item = &str> {
        let subjects = self.opened.staff.iter().filter(|adult| adult.part == crate::report::Part::Subject);
        subjects.map(|adult| adult.name.as_str())
    }

    /// Its protective marking (P0-MARK-1).
    pub fn marking(&self) -> Marking {
        self.work.marked.as_ref().map_or(Marking::of(self.opened.class), |marked| marked.marking)
    }

    fn refuse_closed(&self) -> Result<(), Refused> {
        if self.is_open() { Ok(()) } else { Err(Refused::State("this case is closed: open it again first")) }
    }

    /// Where it is now and why, with the people whom it must not reach.
    pub fn route(&self) -> &crate::report::RouteTaken {
        self.rerouted.as_ref().map_or(&self.opened.route, |rerouted| &rerouted.route)
    }

    /// The earliest staff knowledge as it now stands (BRE-3).
    pub fn aware_at(&self) -> Instant {
        self.clock_moves.last().map_or(self.opened.aware_at, |moved| moved.corrected_aware_at)
    }

    /// Whether the case is still open.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none() && self.work.merged.is_none()
    }

    /// The summary as it now reads.
    pub fn summary(&self) -> &str {
        self.corrections.iter().rev().find(|c| c.field == "summary").map_or(&self.opened.summary, |c| &c.text)
    }

    /// By when it comes back to its owner, as last said; the clock of the law where nothing was said yet.
    pub fn due_at(&self) -> Option<Instant> {
        if self.is_open() { self.work.due_at.unwrap_or_else(|| self.legal_due()) } else { None }
    }
}

/// Whether a case of this class carries the report's story and names. A story about an adult's conduct or a child's safety stays with
/// its own class: the owner of another gets what the assessor wrote for them (design: the DPO never gets a low-level concern's story).
/// Human resources never get a story that is not theirs: somebody decides what they are told.
pub const fn carries_story(report: crate::RecordClass, case: crate::RecordClass) -> bool {
    use crate::RecordClass::{DataProtection, Hr, It};
    matches!(report, DataProtection | It) && !matches!(case, Hr) || report as u8 == case as u8
}
