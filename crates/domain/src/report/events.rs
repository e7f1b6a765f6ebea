//! The events of a report's stream, version 1.

use serde::{Deserialize, Serialize};

use super::{
    form::{PupilNamed, ReporterNamed, StaffNamed},
    words::{About, AssessmentCategory, Channel, Danger, DataAffected, DpoTold, ReportType},
};
use crate::{
    Address, CaseId, Duty, Instant, PersonId, RecordClass,
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

event! {
    /// A report was filed: the form word for word, and where it went.
    pub struct Filed = "report.filed" v 1 {
        record {
            /// The class of the record (design §6): which audience it is sealed for.
            class: RecordClass,
            /// The types ticked (P0-FORM-2).
            types: Vec<ReportType>,
            /// What `other` is.
            other_type: Option<String>,
            /// The picker's answer.
            about: About,
            /// The story (P0-FORM-3).
            what_happened: String,
            /// Where (P0-FORM-3).
            location: Option<String>,
            /// When it happened.
            incident_at: Option<Instant>,
            /// When the school was told.
            reported_at: Instant,
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
            /// Where it went.
            route: RouteTaken,
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
            /// Earliest staff knowledge (BRE-3).
            aware_at: Instant,
            /// The types of loss, theft or unauthorised access, and no other type.
            loss_types: Vec<ReportType>,
            /// Data ticks (P0-FORM-6).
            data_affected: Vec<DataAffected>,
            /// How many people's data.
            individuals_affected: Option<u32>,
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

    /// Whether personal data may be affected: data ticked, or a loss, theft or unauthorised access unless "no data" is ticked.
    pub fn may_be_breach(&self) -> bool {
        let ticked = self.data_affected.iter().any(|data| *data != DataAffected::NoData);
        ticked || (!self.loss_types.is_empty() && !self.data_affected.contains(&DataAffected::NoData))
    }
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
    /// The report was assessed (P0-FORM-9, P0-FORM-10): one case for each category.
    pub struct Assessed = "report.assessed" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The categories and their cases.
            categories: Vec<Category>,
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

stream_events! {
    /// Everything that can happen to a report.
    pub enum ReportEvent {
        /// Filed.
        Filed(Filed),
        /// Received.
        Received(Received),
        /// Assessed.
        Assessed(Assessed),
        /// Corrected.
        Corrected(Corrected),
    }
}
