//! Older versions of a report's events. They are read for ever, brought up to date where they are read, and never written again.

use super::{
    events::{Assessed, Category, Filed, RouteTaken, may_be_breach},
    form::{PupilNamed, ReporterNamed, StaffNamed},
    words::{About, Channel, Danger, DataAffected, DpoTold, ReportType},
};
use crate::{Address, Duty, Instant, PersonId, RecordClass, event::event};

event! {
    /// A report was filed, as it was written before types of profiles, declarations and old papers.
    pub struct FiledV1 = "report.filed" v 1 {
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

event! {
    /// The report was assessed, as it was written before the rest of Part B.
    pub struct AssessedV1 = "report.assessed" v 1 {
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

impl From<FiledV1> for Filed {
    fn from(old: FiledV1) -> Self {
        // Such a report had no board; its clock belongs to the DPO, as every clock of that time did.
        let clock_owner = may_be_breach(&old.data_affected, &old.loss_types).then(|| Address::trust_wide(Duty::Dpo));
        Self {
            class: old.class,
            types: old.types,
            extra_types: vec![],
            other_type: old.other_type,
            about: old.about,
            what_happened: old.what_happened,
            location: old.location,
            incident_on: None,
            reported_on: None,
            channel: old.channel,
            pupils: old.pupils,
            staff: old.staff,
            danger: old.danger,
            reported_to: old.reported_to,
            immediate_action: old.immediate_action,
            dpo_told: old.dpo_told,
            self_referral: old.self_referral,
            image: None,
            own_reports: vec![],
            route: old.route,
            facts_to: vec![],
            clock_owner,
            signed: None,
            history: None,
            source: old.source,
            source_reference: old.source_reference,
            row_digest: old.row_digest,
            reporter: old.reporter,
            reporter_person: old.reporter_person,
            typed_by: old.typed_by,
            school: old.school,
            filed_at: old.filed_at,
            incident_at: old.incident_at,
            discovered_at: None,
            reported_at: old.reported_at,
            aware_at: old.aware_at,
            loss_types: old.loss_types,
            fact_types: vec![],
            data_affected: old.data_affected,
            individuals_affected: old.individuals_affected,
            from_old_papers: false,
        }
    }
}

impl From<AssessedV1> for Assessed {
    fn from(old: AssessedV1) -> Self {
        Self {
            class: old.class,
            categories: old.categories,
            other: None,
            subjects: old.subjects,
            possible_subjects: old.possible_subjects,
            shared: old.shared,
            reason: old.reason,
            action: old.action,
            told: vec![],
            follow_up: None,
            review_on: None,
            signed: None,
            assessed_by: old.assessed_by,
        }
    }
}
