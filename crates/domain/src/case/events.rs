//! The events of a case's stream, version 1.

use super::{
    aside::{AsideEnded, CoverPassed, CoverReturned, PersonNamed, PersonRemoved, StoodAside},
    closing::Reopened,
    copy::CopyMade,
    decision::Decided,
    escalate::Escalated,
    facts::FactsRecorded,
    files::{EvidenceAdded, EvidenceQuarantined, MessageConfirmed},
    given::Given,
    hand::{HandedOver, Reviewed, Snoozed, TakenUp},
    link::{Linked, Merged, TookIn},
    mark::Marked,
    matter::Classified,
    next::DueMoved,
    people::PersonPlaced,
    plan::{Completed, Planned},
    question::{QuestionAnswered, QuestionAsked},
    steps::StepSetAside,
    tell::ToldOf,
};
use crate::{
    Instant, RecordClass, ReportId,
    event::{event, stream_events},
    report::{AssessmentCategory, PupilNamed, ReadBefore, ReportType, ReporterNamed, RouteTaken, StaffNamed, Standing},
    words::words,
};

words! {
    /// The kind of a case.
    pub enum CaseKind {
        Safeguarding = "safeguarding", "Safeguarding concern";
        LowLevelConcern = "low_level_concern", "Low-level concern";
        DataBreach = "data_breach", "Data breach";
        Disciplinary = "disciplinary", "Disciplinary matter";
        Training = "training", "Training need";
        PolicyReview = "policy_review", "Policy review";
        Other = "other", "Other matter";
    }
}

impl CaseKind {
    /// The kind that a category of the assessment opens.
    pub const fn of(category: AssessmentCategory) -> Self {
        match category {
            AssessmentCategory::SafeguardingConcern => Self::Safeguarding,
            AssessmentCategory::LowLevelConcern => Self::LowLevelConcern,
            AssessmentCategory::DataBreach => Self::DataBreach,
            AssessmentCategory::DisciplinaryMatter => Self::Disciplinary,
            AssessmentCategory::TrainingNeed => Self::Training,
            AssessmentCategory::PolicyReview => Self::PolicyReview,
            AssessmentCategory::Other => Self::Other,
        }
    }

    /// The record class of a case of this kind opened from a report of class `report`. A kind that names no class of its own keeps
    /// the report's: a training need that came of a low-level concern still names the adult.
    pub const fn class(self, report: RecordClass) -> RecordClass {
        match self {
            Self::Safeguarding => RecordClass::Safeguarding,
            Self::LowLevelConcern => RecordClass::Conduct,
            Self::DataBreach => RecordClass::DataProtection,
            Self::Disciplinary => RecordClass::Hr,
            Self::Training | Self::PolicyReview | Self::Other => report,
        }
    }
}

words! {
    /// How a case ended.
    pub enum Outcome {
        ActionTaken = "action_taken", "Action taken, nothing more to do";
        NoFurtherAction = "no_further_action", "No further action needed";
        Referred = "referred", "Referred to someone outside";
        Unfounded = "unfounded", "Looked into, nothing in it";
        Duplicate = "duplicate", "The same as another case";
    }
}

event! {
    /// A case was opened from a report. It carries what its owner needs, under its own key: opening a case never opens its report.
    pub struct Opened = "case.opened" v 1 {
        record {
            /// The kind.
            kind: CaseKind,
            /// The class.
            class: RecordClass,
            /// The school's code.
            school: String,
            /// The report that it came from.
            report: ReportId,
            /// The types of the report.
            types: Vec<ReportType>,
            /// What the matter is, for the owner: the story where the class is the report's own, else the assessor's reason.
            summary: String,
            /// Action to be taken, from the assessment.
            action: Option<String>,
            /// Pupils named, as then.
            pupils: Vec<PupilNamed>,
            /// Adults named, as then.
            staff: Vec<StaffNamed>,
            /// Earliest staff knowledge (BRE-3).
            aware_at: Instant,
            /// When it was opened.
            opened_at: Instant,
            /// Who opened it, by name as it was then.
            opened_by: String,
            /// Where it went.
            route: RouteTaken,
            /// The paper's own reference, where the report was imported.
            source_reference: Option<String>,
        }
        reporter {
            /// The reporter, where the case's owner may know (LLC-6).
            reporter: Option<ReporterNamed>,
        }
    }
}

event! {
    /// A note was added.
    pub struct Noted = "case.noted" v 1 {
        record {
            /// The note.
            text: String,
            /// Who wrote it, by name as it was then.
            by: String,
            /// When.
            noted_at: Instant,
        }
    }
}

event! {
    /// The case was closed, with outcome and reason.
    pub struct Closed = "case.closed" v 1 {
        record {
            /// The outcome.
            outcome: Outcome,
            /// Why.
            reason: String,
            /// Who closed it, by name as it was then.
            by: String,
            /// When.
            closed_at: Instant,
        }
    }
}

event! {
    /// A field was corrected, with the reason; what stood there stays (design §1.1).
    pub struct Corrected = "case.corrected" v 1 {
        record {
            /// The field's name.
            field: String,
            /// The text as it should have been.
            text: String,
            /// Why.
            reason: String,
            /// Who corrected it, by name as it was then.
            by: String,
            /// When.
            corrected_at: Instant,
        }
    }
}

event! {
    /// The earliest staff knowledge was corrected, with the reason (BRE-3, TIM-4).
    pub struct ClockMoved = "case.clock_moved" v 1 {
        record {
            /// The instant as it should have been.
            corrected_aware_at: Instant,
            /// Why.
            reason: String,
            /// Who moved it, by name as it was then.
            by: String,
            /// When.
            moved_at: Instant,
        }
    }
}

event! {
    /// The case went to another owner, as a duty changed hands.
    pub struct Rerouted = "case.rerouted" v 1 {
        record {
            /// How it stands.
            standing: Standing,
            /// Its kind.
            kind: CaseKind,
            /// Where it is now, and whom it must not reach.
            route: RouteTaken,
            /// What the former owners had read.
            read_before: Vec<ReadBefore>,
            /// Why.
            reason: String,
        }
    }
}

stream_events! {
    /// Everything that can happen to a case.
    pub enum CaseEvent {
        /// Opened.
        Opened(Opened),
        /// A note.
        Noted(Noted),
        /// Closed.
        Closed(Closed),
        /// Corrected.
        Corrected(Corrected),
        /// The earliest staff knowledge was corrected.
        ClockMoved(ClockMoved),
        /// It went to another owner.
        Rerouted(Rerouted),
        /// Somebody stands aside.
        StoodAside(StoodAside),
        /// Somebody no longer does.
        AsideEnded(AsideEnded),
        /// The next of the chain reads it during an absence.
        CoverPassed(CoverPassed),
        /// That is over.
        CoverReturned(CoverReturned),
        /// Somebody was named on it.
        PersonNamed(PersonNamed),
        /// Somebody is no longer named on it.
        PersonRemoved(PersonRemoved),
        /// What it deals with was said.
        Classified(Classified),
        /// Its owner took it up.
        TakenUp(TakenUp),
        /// Facts were written down.
        FactsRecorded(FactsRecorded),
        /// A step is not taken, with the reason.
        StepSetAside(StepSetAside),
        /// An action was planned.
        Planned(Planned),
        /// An action came to its end.
        Completed(Completed),
        /// Which actions are with somebody changed.
        Given(Given),
        /// Somebody was told.
        ToldOf(ToldOf),
        /// A question was put to whoever reported it.
        QuestionAsked(QuestionAsked),
        /// A question was answered.
        QuestionAnswered(QuestionAnswered),
        /// Somebody has a part in it.
        PersonPlaced(PersonPlaced),
        /// Something was decided.
        Decided(Decided),
        /// It was linked to another case.
        Linked(Linked),
        /// It goes on in another case.
        Merged(Merged),
        /// Another case goes on in it.
        TookIn(TookIn),
        /// Its marking was changed.
        Marked(Marked),
        /// It is in somebody's hands.
        HandedOver(HandedOver),
        /// A copy was made on paper.
        CopyMade(CopyMade),
        /// It was put off.
        Snoozed(Snoozed),
        /// It was reviewed.
        Reviewed(Reviewed),
        /// Something is late, and the next of the chain reads along.
        Escalated(Escalated),
        /// It was opened again.
        Reopened(Reopened),
        /// It comes back at another instant.
        DueMoved(DueMoved),
        /// A file was added.
        EvidenceAdded(EvidenceAdded),
        /// A file went into quarantine.
        EvidenceQuarantined(EvidenceQuarantined),
        /// What a mail says was confirmed.
        MessageConfirmed(MessageConfirmed),
    }
}
