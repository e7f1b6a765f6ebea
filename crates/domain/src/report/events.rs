//! The events of a report's stream in the versions that are written; `older.rs` has those that are only read.

use serde::{Deserialize, Serialize};

use super::{
    aside::{AsideEnded, ClockPassed, CoverPassed, CoverReturned, DisclosureProtected, StoodAside},
    copy::CopyMade,
    escalate::Escalated,
    form::{OwnReport, PupilNamed, ReporterNamed, StaffNamed},
    hand::{HandedOver, Snoozed},
    older::{AssessedV1, FiledV1},
    signing::Signed,
    words::{About, AssessmentCategory, Channel, ClockDecision, Danger, DataAffected, DpoTold, ImageAnswer, ReportType},
};
use crate::redacted::redacted;
use crate::{
    Address, CaseId, Duty, Instant, PersonId, RecordClass, RecordId,
    clock::Date,
    event::{event, stream_events},
};

/// Where a report or case was sent and why: the address, the people it must not reach, and the rule that chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTaken {
    /// The one owner.
    pub owner: Address,
    /// The DSL who reads along where a child could be in danger (design §6); none where the owner is that DSL.
    #[serde(default)]
    pub second: Option<Address>,
    /// People whom the matter is about: they know nothing of it.
    #[serde(default)]
    pub subjects: Vec<PersonId>,
    /// People whose name could be the one given: treated as subjects until a person settles it (design §6).
    #[serde(default)]
    pub possible_subjects: Vec<PersonId>,
    /// The clause of the route that was followed.
    pub clause: String,
    /// The profile in force, as `id@version`.
    pub profile: String,
}

/// A type that a profile added, as it was named on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraTaken {
    /// Its code in the profile.
    pub code: String,
    /// Its words.
    pub label: String,
    /// The box under which it counts (P0-FORM-2).
    pub counts_as: ReportType,
}

/// What old papers said about the end of a matter; nothing of it was decided here.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The outcome in the paper's words.
    pub outcome: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// The day it was closed, where the hour was not written down.
    pub closed_on: Option<Date>,
    /// The row as it was read: the evidence of what the paper said.
    pub row: serde_json::Value,
}

redacted!(History);

/// Somebody who was told (P0-FORM-11).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// A code of the told list: [`super::ToldWhom`] or one that the profile adds.
    pub whom: String,
    /// When.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// How and by whom.
    #[serde(default)]
    pub how: Option<String>,
    /// The reference that was given.
    #[serde(default)]
    pub reference: Option<String>,
}

redacted!(Told);

/// What a former receiver had read of a record by the time it was taken from them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBefore {
    /// The person.
    pub person: PersonId,
    /// Their name as it was then.
    pub name: String,
    /// On how many pages.
    pub pages: u32,
    /// First.
    pub first_at: Option<Instant>,
    /// Last.
    pub last_at: Option<Instant>,
}

redacted!(ReadBefore);

/// How a record stands when it is sent elsewhere: all that lists need to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its class.
    pub class: RecordClass,
    /// Its school's code.
    pub school: String,
    /// Since when it waits.
    pub since: Instant,
    /// When its clock runs out; none where it has none or it has ended.
    pub due_at: Option<Instant>,
    /// Whether something is owed for it.
    pub owed: bool,
    /// Who reported it.
    pub reporter: Option<PersonId>,
}

event! {
    /// A report was filed: the form word for word, and where it went.
    pub struct Filed = "report.filed" v 2 {
        record {
            /// The class of the record (design §6): which audience it is sealed for.
            class: RecordClass,
            /// The types ticked (P0-FORM-2).
            types: Vec<ReportType>,
            /// Types that the profile added, with the words of that day; the boxes under which they count are among `types`.
            extra_types: Vec<ExtraTaken>,
            /// What `other` is.
            other_type: Option<String>,
            /// The picker's answer.
            about: About,
            /// The story (P0-FORM-3).
            what_happened: String,
            /// Where (P0-FORM-3).
            location: Option<String>,
            /// The day it happened, where the hour is not known.
            incident_on: Option<Date>,
            /// The day the school was told, where the hour was not written down; `reported_at` is then its first instant.
            reported_on: Option<Date>,
            /// How it reached the school.
            channel: Channel,
            /// Pupils named (P0-FORM-4).
            pupils: Vec<PupilNamed>,
            /// Adults named (P0-FORM-4).
            staff: Vec<StaffNamed>,
            /// Could a child be hurt or in danger?
            danger: Danger,
            /// Already reported to (P0-FORM-5).
            reported_to: Option<String>,
            /// Immediate action (P0-FORM-5).
            immediate_action: Option<String>,
            /// DPO told (P0-FORM-6).
            dpo_told: Option<DpoTold>,
            /// The reporter reports themself.
            self_referral: bool,
            /// Whether an image could show a child without clothes (IMG-1).
            image: Option<ImageAnswer>,
            /// What the reporter reported outside the school themself.
            own_reports: Vec<OwnReport>,
            /// Where it went.
            route: RouteTaken,
            /// The duties that get the first facts (design §6), beside the owner of the clock.
            facts_to: Vec<Address>,
            /// Who has the provisional breach clock on their board; none where no personal data can be affected.
            clock_owner: Option<Address>,
            /// The reporter's declaration (P0-FORM-7).
            signed: Option<Signed>,
            /// What old papers said about the end of the matter, where this was brought in as history.
            history: Option<History>,
            /// The import source and the paper's own reference, for an imported row.
            source: Option<String>,
            /// The paper's own reference, for an imported row.
            source_reference: Option<String>,
            /// Keyed digest of the imported row, so that an equal row changes nothing.
            row_digest: Option<String>,
        }
        reporter {
            /// The reporter, or none for an anonymous report.
            reporter: Option<ReporterNamed>,
            /// The reporter as a person of the directory.
            reporter_person: Option<PersonId>,
            /// Who typed it in, when that is somebody else.
            typed_by: Option<PersonId>,
        }
        facts {
            /// The school's code.
            school: String,
            /// When it was filed here.
            filed_at: Instant,
            /// When it happened (BRE-3: occurred).
            incident_at: Option<Instant>,
            /// When somebody at the school first found out, where that was before it was reported (BRE-3: discovered).
            discovered_at: Option<Instant>,
            /// When the school was told (BRE-3: reported).
            reported_at: Instant,
            /// Earliest staff knowledge (BRE-3: aware).
            aware_at: Instant,
            /// The types of loss, theft or unauthorised access, and no other type.
            loss_types: Vec<ReportType>,
            /// The profile's types that tell of a loss, malware or a breach, and no other.
            fact_types: Vec<ExtraTaken>,
            /// Data ticks (P0-FORM-6).
            data_affected: Vec<DataAffected>,
            /// How many people's data.
            individuals_affected: Option<u32>,
            /// Whether it was brought in as history: nothing is owed for it.
            from_old_papers: bool,
        }
    }
}

impl Filed {
    /// A correctable field as it was filed.
    pub fn text(&self, field: &str) -> Option<&str> {
        match field {
            "what_happened" => Some(&self.what_happened),
            "location" => self.location.as_deref(),
            "reported_to" => self.reported_to.as_deref(),
            "immediate_action" => self.immediate_action.as_deref(),
            _ => None,
        }
    }

    /// Whether personal data may be affected: a kind of data ticked, or a loss, theft or unauthorised access whatever was ticked, as
    /// what was on a lost device is for somebody to establish. A question that was not answered says nothing.
    pub fn may_be_breach(&self) -> bool {
        may_be_breach(&self.data_affected, &self.loss_types)
    }
}

/// See [`Filed::may_be_breach`].
pub(crate) fn may_be_breach(data: &[DataAffected], losses: &[ReportType]) -> bool {
    !losses.is_empty() || data.iter().any(|data| *data != DataAffected::NoData)
}

event! {
    /// The receiver confirmed that the report reached them (P0-FORM-8).
    pub struct Received = "report.received" v 1 {
        record {
            /// When it was received.
            received_at: Instant,
            /// The duty in which it was received.
            received_as: Duty,
            /// Who received it, by name as it was then.
            received_by: String,
        }
    }
}

/// One category of an assessment and the case that it opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The category (P0-FORM-9).
    pub category: AssessmentCategory,
    /// The case that was opened for it.
    pub case: CaseId,
}

event! {
    /// The report was assessed (P0-FORM-9 to P0-FORM-12): one case for each category.
    pub struct Assessed = "report.assessed" v 2 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The categories and their cases.
            categories: Vec<Category>,
            /// What the category `other` is.
            other: Option<String>,
            /// Adults whom the matter was found to be about: they know nothing of it from now on.
            subjects: Vec<PersonId>,
            /// Adults whom it may be about, until a person settles it.
            possible_subjects: Vec<PersonId>,
            /// What the owners of cases of another class may know, where the report's own story stays with its class.
            shared: Option<String>,
            /// Why.
            reason: String,
            /// Action to be taken.
            action: Option<String>,
            /// Who has been told (P0-FORM-11).
            told: Vec<Told>,
            /// Follow-up actions (P0-FORM-10).
            follow_up: Option<String>,
            /// The day on which it is looked at again (P0-FORM-10).
            review_on: Option<Date>,
            /// The declaration of the person who assessed it (P0-FORM-12).
            signed: Option<Signed>,
            /// Who assessed it, by name as it was then.
            assessed_by: String,
        }
    }
}

event! {
    /// A field was corrected, with the reason; what was filed stays (design §1.1).
    pub struct Corrected = "report.corrected" v 1 {
        record {
            /// The field's name.
            field: String,
            /// The text as it should have been.
            text: String,
            /// Why.
            reason: String,
            /// Who corrected it, by name as it was then.
            corrected_by: String,
        }
    }
}

event! {
    /// A person settled whom the matter is about: from now on these, and only these, know nothing of it.
    pub struct SubjectsSettled = "report.subjects_settled" v 1 {
        record {
            /// People whom the matter is about.
            subjects: Vec<PersonId>,
            /// People whom it may still be about.
            possible_subjects: Vec<PersonId>,
            /// Why.
            reason: String,
            /// Who settled it, by name as it was then.
            settled_by: String,
        }
    }
}

event! {
    /// The report went to another receiver, as a duty changed hands or its receiver turned out to be its subject.
    pub struct Rerouted = "report.rerouted" v 1 {
        record {
            /// How it stands.
            standing: Standing,
            /// Where it is now, and whom it must not reach.
            route: RouteTaken,
            /// The duties that get the first facts.
            facts_to: Vec<Address>,
            /// Who has the provisional breach clock on their board.
            clock_owner: Option<Address>,
            /// Whether a DSL still has to act on an image.
            image_open: bool,
            /// What the former receivers had read.
            read_before: Vec<ReadBefore>,
            /// Why.
            reason: String,
        }
    }
}

event! {
    /// The earliest staff knowledge was corrected, with the reason; what stood there stays (BRE-3, TIM-4).
    pub struct ClockMoved = "report.clock_moved" v 1 {
        record {
            /// The instant as it should have been.
            corrected_aware_at: Instant,
            /// Why.
            reason: String,
            /// Who moved it, by name as it was then.
            moved_by: String,
            /// When.
            moved_at: Instant,
        }
    }
}

event! {
    /// A person confirmed or ended the provisional breach clock, with the reason.
    pub struct ClockDecided = "report.clock_decided" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// Who has the clock on their board.
            clock_owner: Option<Address>,
            /// When it runs out from now on; none where it was ended.
            due_at: Option<Instant>,
            /// Which.
            decision: ClockDecision,
            /// Why.
            reason: String,
            /// Who decided it, by name as it was then.
            decided_by: String,
            /// When.
            decided_at: Instant,
        }
    }
}

event! {
    /// Somebody has an image that could show a child without clothes: nothing was taken in, and a DSL must act (IMG-1, P1-NUDE-1).
    pub struct ImageReported = "report.image_reported" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// What was answered.
            answer: ImageAnswer,
            /// The DSL who must act: the first who is not its subject.
            dsl: Address,
            /// Where the device is, in words.
            device: Option<String>,
            /// Who said so, by name as it was then.
            said_by: String,
            /// When.
            said_at: Instant,
        }
    }
}

event! {
    /// A DSL acted on the image, without looking at it (IMG-1, IMG-2).
    pub struct ImageTakenUp = "report.image_taken_up" v 1 {
        record {
            /// What was done.
            action: String,
            /// Who did it, by name as it was then.
            by: String,
            /// When.
            at_instant: Instant,
        }
    }
}

event! {
    /// A file was added: a scan of the paper, a photograph, a document. It has a stream and a key of its own (EVI-3).
    pub struct EvidenceAdded = "report.evidence_added" v 1 {
        record {
            /// The evidence stream.
            evidence: RecordId,
            /// The file's name as given.
            name: String,
            /// Who added it, by name as it was then.
            added_by: String,
            /// When.
            added_at: Instant,
        }
    }
}

event! {
    /// A file went into quarantine: nobody opens it here any more.
    pub struct EvidenceQuarantined = "report.evidence_quarantined" v 1 {
        record {
            /// The evidence stream.
            evidence: RecordId,
            /// Why.
            reason: String,
            /// Who did it, by name as it was then.
            by: String,
            /// When.
            quarantined_at: Instant,
        }
    }
}

stream_events! {
    /// Everything that can happen to a report.
    pub enum ReportEvent {
        /// Filed.
        Filed(Filed) since FiledV1,
        /// Received.
        Received(Received),
        /// Assessed.
        Assessed(Assessed) since AssessedV1,
        /// Corrected.
        Corrected(Corrected),
        /// Somebody stands aside.
        StoodAside(StoodAside),
        /// Somebody no longer does.
        AsideEnded(AsideEnded),
        /// The next of the chain reads it during an absence.
        CoverPassed(CoverPassed),
        /// Somebody else decides about its clock during an absence.
        ClockPassed(ClockPassed),
        /// Nobody acted in time.
        Escalated(Escalated),
        /// That is over.
        CoverReturned(CoverReturned),
        /// The reporter's identity is for the independent member alone.
        DisclosureProtected(DisclosureProtected),
        /// Whom it is about was settled.
        SubjectsSettled(SubjectsSettled),
        /// It went to another receiver.
        Rerouted(Rerouted),
        /// The earliest staff knowledge was corrected.
        ClockMoved(ClockMoved),
        /// The provisional clock was confirmed or ended.
        ClockDecided(ClockDecided),
        /// An image that could show a child without clothes was named.
        ImageReported(ImageReported),
        /// A DSL acted on it.
        ImageTakenUp(ImageTakenUp),
        /// A file was added.
        EvidenceAdded(EvidenceAdded),
        /// A file went into quarantine.
        EvidenceQuarantined(EvidenceQuarantined),
        /// A case asks whoever reported it.
        QuestionAsked(super::questions::QuestionAsked),
        /// A question waits no more.
        QuestionAnswered(super::questions::QuestionAnswered),
        /// It is in another duty's hands.
        HandedOver(HandedOver),
        /// It was put off.
        Snoozed(Snoozed),
        /// A copy was made on paper.
        CopyMade(CopyMade),
        /// By when it comes back is another instant.
        DueMoved(super::due::DueMoved),
    }
}
