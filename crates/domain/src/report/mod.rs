//! A report: one filled ICT Concern / Misuse Form (P0-FORM-1 to P0-FORM-9), from filing to assessment.
//!
//! To extend: a new field of the form is a new version of [`Filed`] in `events.rs` and a check in `form.rs`; a new act is an event,
//! a command in `decide.rs` and an arm in [`Report::evolve`].

mod aside;
mod copy;
pub mod danger;
mod decide;
mod due;
mod escalate;
mod events;
mod files;
mod form;
mod hand;
pub mod image_guidance;
mod next;
mod older;
mod questions;
pub mod signing;
#[cfg(test)]
pub(crate) use form::tests::form;
mod words;

pub use aside::{
    AsideBecause, AsideEnded, ClockPassed, CoverPassed, CoverReturned, DisclosureProtected, EndAside, StandAside, StoodAside, end_aside,
    independent_member, stand_aside,
};
pub use copy::{CopyMade, MakeReportCopy, make_copy};
pub use decide::{
    Assess, Assessment, CORRECTABLE, Correct, DecideClock, MoveClock, Refused, Settle, assess, correct, decide_clock, move_clock, receive,
    settle,
};
pub use due::{DueMoved, due, due_after, due_at_filing};
pub use escalate::{Escalated, escalate};
pub(crate) use events::may_be_breach;
pub use events::{
    Assessed, Category, ClockDecided, ClockMoved, Corrected, EvidenceAdded, EvidenceQuarantined, ExtraTaken, Filed, History, ImageReported,
    ImageTakenUp, ReadBefore, Received, ReportEvent, Rerouted, RouteTaken, Standing, SubjectsSettled, Told,
};
pub use files::{
    FILES_MAX, FilesKnown, IMAGES_MAX, NameImage, TakeUpImage, image_at_filing, may_take_file, name_image, names_image, quarantine_file,
    take_up_image,
};
pub(crate) use form::TYPES_MAX;
pub use form::{AdultNamed, Form, OnBehalf, OwnReport, PupilNamed, ReporterNamed, StaffNamed};
pub use hand::{HandReportOver, HandedOver, Snoozed, hand_over, hand_over_to, may_snooze, snooze, stays_in_hand};
pub use next::{About as NextAbout, CLOCK, DECIDE_CLOCK, FOR_AN_ABSENCE, NOBODY_ACTED, NextStep, comes_as, next_step};
pub use older::{AssessedV1, FiledV1};
pub use questions::{QuestionAnswered, QuestionAsked, answer_question, may_be_asked};
pub use signing::{Declaration, Signed};
pub use words::{
    About, AboutWhom, AssessmentCategory, Channel, ClockDecision, Danger, DataAffected, DpoTold, ImageAnswer, OwnReportTo, Part,
    ReportType, ToldWhom,
};

use crate::redacted::redacted;
use crate::{Address, Instant, PersonId, RecordClass};

/// A report as folded from its events, as far as their groups could be opened.
#[derive(Clone, PartialEq)]
pub struct Report {
    /// The form as filed.
    pub filed: Filed,
    /// When and by which duty it was received (P0-FORM-8).
    pub received: Option<Received>,
    /// The assessment (P0-FORM-9).
    pub assessed: Option<Assessed>,
    /// Corrections in order; the filed text stays as it was.
    pub corrections: Vec<Corrected>,
    /// Where it is now, where that is not where it was filed to.
    pub rerouted: Option<Rerouted>,
    /// Whether a person settled whom it is about: names are then matched no more.
    pub settled: bool,
    /// People whom it is about, by now.
    pub subjects: Vec<PersonId>,
    /// People whom it may be about, by now.
    pub possible_subjects: Vec<PersonId>,
    /// Corrections of the earliest staff knowledge, in order.
    pub clock_moves: Vec<ClockMoved>,
    /// What a person decided about the provisional clock, last.
    pub clock_decided: Option<ClockDecided>,
    /// Images that could show a child without clothes, named at filing or since.
    pub images: Vec<ImageReported>,
    /// What a DSL did about them.
    pub images_taken_up: Vec<ImageTakenUp>,
    /// How many of the images were named before a DSL last acted.
    pub images_acted_on: usize,
    /// Files.
    pub evidence: Vec<EvidenceAdded>,
    /// Which of them are in quarantine.
    pub quarantined: Vec<EvidenceQuarantined>,
    /// Who stands aside.
    pub aside: Vec<StoodAside>,
    /// Who reads it during an absence, by the cover that may not.
    pub covers: Vec<CoverPassed>,
    /// Who decides about its clock during an absence, by the cover that may not.
    pub clock_covers: Vec<ClockPassed>,
    /// To whom it went on, as nobody acted in time.
    pub escalated: Vec<Escalated>,
    /// A protected disclosure: who alone may know the reporter (OTH-5).
    pub protected: Option<DisclosureProtected>,
    /// Questions to whoever reported it, in order.
    pub questions: Vec<QuestionAsked>,
    /// Those that wait no more.
    pub answers: Vec<QuestionAnswered>,
    /// The duty that has it in hand.
    pub handed_over: Option<HandedOver>,
    /// Which one ended when it was last sent on, where none came after.
    pub handed_before: Option<HandedOver>,
    /// How it was put off.
    pub snoozed: Option<Snoozed>,
    /// By when it comes back, where that was said since anything else said it.
    due_moved: Option<DueMoved>,
    /// Copies on paper, in order.
    pub copies: Vec<CopyMade>,
}

redacted!(Report);

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportState {
    /// Brought in from old papers: imported, not assessed here.
    Imported,
    /// Filed; nobody has confirmed that it was received.
    Filed,
    /// Received, to be assessed.
    Received,
    /// Assessed.
    Assessed,
}

impl ReportState {
    /// The code sent in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Filed => "filed",
            Self::Received => "received",
            Self::Assessed => "assessed",
        }
    }
}

impl Report {
    /// A report as filed.
    pub fn new(filed: Filed) -> Self {
        let (subjects, possible_subjects) = (filed.route.subjects.clone(), filed.route.possible_subjects.clone());
        Self {
            filed,
            received: None,
            assessed: None,
            corrections: vec![],
            rerouted: None,
            settled: false,
            subjects,
            possible_subjects,
            clock_moves: vec![],
            clock_decided: None,
            images: vec![],
            images_taken_up: vec![],
            images_acted_on: 0,
            evidence: vec![],
            quarantined: vec![],
            aside: vec![],
            covers: vec![],
            clock_covers: vec![],
            escalated: vec![],
            protected: None,
            questions: vec![],
            answers: vec![],
            handed_over: None,
            handed_before: None,
            snoozed: None,
            due_moved: None,
            copies: vec![],
        }
    }

    /// Folds one event; none before the report is filed. An event that makes no sense here leaves the report as it is.
    #[must_use]
    pub fn evolve(report: Option<Self>, event: ReportEvent) -> Option<Self> {
        match (report, event) {
            (None, ReportEvent::Filed(filed)) => Some(Self::new(*filed)),
            (Some(mut report), event) => {
                report.take(event);
                Some(report)
            }
            (None, _) => None,
        }
    }

    fn take(&mut self, event: ReportEvent) {
        match event {
            ReportEvent::Filed(_) => {}
            ReportEvent::Received(received) => self.received = Some(*received),
            ReportEvent::Assessed(assessed) => {
                self.subjects.extend(&assessed.subjects);
                self.possible_subjects.extend(&assessed.possible_subjects);
                self.assessed = Some(*assessed);
            }
            ReportEvent::Corrected(corrected) => self.corrections.push(*corrected),
            ReportEvent::SubjectsSettled(settled) => {
                (self.subjects, self.possible_subjects) = (settled.subjects, settled.possible_subjects);
                self.settled = true;
            }
            ReportEvent::Rerouted(rerouted) => {
                self.subjects.clone_from(&rerouted.route.subjects);
                self.possible_subjects.clone_from(&rerouted.route.possible_subjects);
                self.rerouted = Some(*rerouted);
                // Whoever it goes to now says anew in whose hands it is and whether it can wait; see `stays_in_hand` for whom it stays with.
                self.handed_before = self.handed_over.take();
                (self.snoozed, self.due_moved) = (None, None);
            }
            // What is said about the clock is by when it comes back from then on, as the queue has it.
            ReportEvent::ClockMoved(moved) => {
                self.clock_moves.push(*moved);
                (self.snoozed, self.due_moved) = (None, None);
            }
            ReportEvent::ClockDecided(decided) => {
                self.clock_decided = Some(*decided);
                (self.snoozed, self.due_moved) = (None, None);
            }
            ReportEvent::ImageReported(image) => self.images.push(*image),
            ReportEvent::ImageTakenUp(done) => {
                self.images_taken_up.push(*done);
                self.images_acted_on = self.images.len();
            }
            ReportEvent::EvidenceAdded(added) => self.evidence.push(*added),
            ReportEvent::EvidenceQuarantined(quarantined) => self.quarantined.push(*quarantined),
            ReportEvent::QuestionAsked(asked) => self.questions.push(*asked),
            ReportEvent::QuestionAnswered(answered) => self.answers.push(*answered),
            ReportEvent::StoodAside(aside) => {
                self.aside.retain(|known| known.person != aside.person);
                self.aside.push(*aside);
            }
            ReportEvent::AsideEnded(ended) => self.aside.retain(|known| known.person != ended.person),
            ReportEvent::CoverPassed(passed) => self.covers.push(*passed),
            ReportEvent::ClockPassed(passed) => self.clock_covers.push(*passed),
            ReportEvent::Escalated(gone) => self.escalated.push(*gone),
            // Given back to its owner, it is in nobody else's hands.
            ReportEvent::HandedOver(handed) => {
                self.handed_before = None;
                self.handed_over = (handed.to != self.route().owner).then_some(*handed);
            }
            ReportEvent::Snoozed(snoozed) => (self.snoozed, self.due_moved) = (Some(*snoozed), None),
            ReportEvent::DueMoved(moved) => self.due_moved = Some(*moved),
            ReportEvent::CopyMade(made) => self.copies.push(*made),
            ReportEvent::CoverReturned(returned) => {
                self.covers.retain(|known| known.cover != returned.cover);
                self.clock_covers.retain(|known| known.cover != returned.cover);
            }
            ReportEvent::DisclosureProtected(protected) => self.protected = Some(*protected),
        }
    }

    /// Its class by now: conduct once a person found that it is about an adult, else as it was filed. It says who may open it; its keys
    /// stay those of the audience for which it was sealed at filing, and the service opens them for whoever may know it.
    pub fn class(&self) -> RecordClass {
        let conduct = [AssessmentCategory::LowLevelConcern, AssessmentCategory::DisciplinaryMatter];
        let settled = self.settled && !(self.subjects.is_empty() && self.possible_subjects.is_empty());
        let is_conduct = |assessed: &Assessed| {
            let names = !(assessed.subjects.is_empty() && assessed.possible_subjects.is_empty());
            names || assessed.categories.iter().any(|found| conduct.contains(&found.category))
        };
        if settled || self.assessed.as_ref().is_some_and(is_conduct) { RecordClass::Conduct } else { self.filed.class }
    }

    /// Where it is now and why.
    pub fn route(&self) -> &RouteTaken {
        self.rerouted.as_ref().map_or(&self.filed.route, |rerouted| &rerouted.route)
    }

    /// Who stands aside: it does not exist for them.
    pub fn aside(&self) -> Vec<PersonId> {
        self.aside.iter().map(|aside| aside.person).collect()
    }

    /// Who comes in for its owner, and why: during an absence, and where nobody acted in time.
    pub fn stand_ins(&self) -> impl Iterator<Item = (&Address, &str)> {
        let covers = self.covers.iter().map(|passed| (&passed.to, FOR_AN_ABSENCE));
        covers.chain(self.escalated.iter().map(|gone| (&gone.to, NOBODY_ACTED)))
    }

    /// Who reads along: a DSL from filing, those who were told of an image, the next of the chain during an absence or where nobody acted in
    /// time, and the independent member where it is a protected disclosure.
    pub fn second_readers(&self) -> Vec<Address> {
        let named = self.images.iter().map(|image| &image.dsl);
        let stand_ins = self.stand_ins().map(|(to, _)| to);
        let independent = self.protected.iter().map(|protected| &protected.independent);
        let mut all: Vec<Address> = self.route().second.iter().chain(named).chain(stand_ins).chain(independent).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The duties that have the first facts now, the owner of the clock among them.
    pub fn facts_to(&self) -> Vec<Address> {
        let (facts, clock) = match &self.rerouted {
            Some(rerouted) => (&rerouted.facts_to, &rerouted.clock_owner),
            None => (&self.filed.facts_to, &self.filed.clock_owner),
        };
        facts.iter().chain(clock).chain(self.clock_covers.iter().map(|passed| &passed.to)).cloned().collect()
    }

    /// Who decides about the provisional breach clock: whose it is, and whoever stands in for a cover that may not know the report.
    pub fn clock_deciders(&self) -> impl Iterator<Item = &Address> {
        self.clock_owner().into_iter().chain(self.clock_covers.iter().map(|passed| &passed.to))
    }

    /// Who has the provisional breach clock on their board.
    pub fn clock_owner(&self) -> Option<&Address> {
        self.rerouted.as_ref().map_or(&self.filed.clock_owner, |rerouted| &rerouted.clock_owner).as_ref()
    }

    /// Where the report stands.
    pub const fn state(&self) -> ReportState {
        match (self.filed.from_old_papers, &self.received, &self.assessed) {
            (true, ..) => ReportState::Imported,
            (_, _, Some(_)) => ReportState::Assessed,
            (_, Some(_), None) => ReportState::Received,
            (_, None, None) => ReportState::Filed,
        }
    }

    /// Whether it still waits for its receiver: to be received, or to be assessed.
    pub const fn is_owed(&self) -> bool {
        matches!(self.state(), ReportState::Filed | ReportState::Received)
    }

    /// A correctable field as it now reads: the last correction, else as filed.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.corrections.iter().rev().find(|c| c.field == field).map(|c| c.text.as_str()).or_else(|| self.filed.text(field))
    }

    /// The earliest staff knowledge as it now stands (BRE-3).
    pub fn aware_at(&self) -> Instant {
        self.clock_moves.last().map_or(self.filed.aware_at, |moved| moved.corrected_aware_at)
    }

    /// When it happened, or the first instant of the day on which it did, as far as that is known.
    pub fn happened_at(&self) -> Option<Instant> {
        self.filed.incident_at.or(self.filed.incident_on.map(crate::clock::start_of))
    }

    /// When the notice to the ICO would be due were this a personal-data breach: the clock starts with what the school knew,
    /// not when somebody triages (BRE-3, design §1.8). None where no data can be affected, or a person ended the clock.
    pub fn provisional_ico_due(&self) -> Option<Instant> {
        (self.filed.may_be_breach() && !self.clock_ended()).then(|| crate::clock::ico_notice_due(self.aware_at()))
    }

    /// Whether a person found that it is no breach.
    pub fn clock_ended(&self) -> bool {
        self.clock_decided.as_ref().is_some_and(|decided| decided.decision == ClockDecision::Ended)
    }

    /// Who must act on the images that are open: the DSLs who were told, or whoever reads along since the report went elsewhere.
    pub fn image_actors(&self) -> Vec<Address> {
        let told = self.images.iter().skip(self.images_acted_on).map(|image| &image.dsl);
        let since = self.rerouted.iter().filter(|rerouted| rerouted.image_open);
        let since = since.map(|rerouted| rerouted.route.second.as_ref().unwrap_or(&rerouted.route.owner));
        let mut all: Vec<Address> = told.chain(since).filter(|_| self.image_open()).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a child could be in danger, by the answer on the form: then whoever receives it does so now (design §6).
    pub fn could_be_danger(&self) -> bool {
        self.filed.danger != Danger::No
    }

    /// Whether a DSL still has to act on an image that was named at filing or since.
    pub const fn image_open(&self) -> bool {
        self.images.len() > self.images_acted_on
    }

    /// The case that took the clock over, where the assessment found a breach.
    pub fn breach_case(&self) -> Option<crate::CaseId> {
        let categories = self.assessed.as_ref().map(|assessed| assessed.categories.as_slice()).unwrap_or_default();
        categories.iter().find(|category| category.category == AssessmentCategory::DataBreach).map(|category| category.case)
    }
}
