//! The closed lists of the form.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// The thirteen types of P0-FORM-2; one or more are ticked.
    pub enum ReportType {
        LossOfEquipment = "loss_of_equipment", "Loss of equipment";
        LossOfData = "loss_of_data", "Loss of data";
        TheftOfEquipment = "theft_of_equipment", "Theft of equipment";
        TheftOfData = "theft_of_data", "Theft of data";
        UnauthorisedAccess = "unauthorised_access", "Unauthorised access";
        MisuseOfIct = "misuse_of_ict", "Misuse of ICT";
        OnlineSafetyConcern = "online_safety_concern", "Online safety concern";
        ChildOnChildAbuseOnline = "child_on_child_abuse_online", "Child-on-child abuse online";
        HarmfulChallengeOrHoax = "harmful_challenge_or_hoax", "Harmful online challenge or hoax";
        BreachOfAup = "breach_of_aup", "Breach of the acceptable use policy";
        LowLevelConcern = "low_level_concern", "Low-level concern about an adult";
        FilteringOrMonitoringFailure = "filtering_or_monitoring_failure", "Filtering or monitoring system failure";
        Other = "other", "Other";
    }
}

words! {
    /// Data affected (P0-FORM-6); one or more are ticked.
    pub enum DataAffected {
        Pupil = "pupil_personal_data", "Pupil personal data";
        Staff = "staff_personal_data", "Staff personal data";
        ParentCarer = "parent_carer_data", "Parent or carer data";
        Sensitive = "sensitive_or_confidential_data", "Sensitive or confidential data";
        Financial = "financial_data", "Financial data";
        NoData = "no_data", "No data involved";
        Other = "other", "Other data";
    }
}

words! {
    /// "Reported to the DPO" (P0-FORM-6).
    pub enum DpoTold {
        Yes = "yes", "Yes";
        No = "no", "No";
        NotApplicable = "not_applicable", "Not applicable";
    }
}

words! {
    /// "Could a child be hurt or in danger?" (design §6).
    pub enum Danger {
        Yes = "yes", "Yes";
        Unsure = "unsure", "Not sure";
        No = "no", "No";
    }
}

words! {
    /// A named adult's part in the matter.
    pub enum Part {
        Subject = "subject", "The concern is about them";
        Witness = "witness", "Saw or heard it";
        Other = "other", "Involved in another way";
    }
}

words! {
    /// How the report reached the school.
    pub enum Channel {
        Online = "online", "Online";
        Paper = "paper", "On paper";
        Phone = "phone", "By phone";
        InPerson = "in_person", "In person";
    }
}

words! {
    /// "Could it show a child without clothes?", asked before every upload (IMG-1, P1-NUDE-1).
    pub enum ImageAnswer {
        Yes = "yes", "Yes";
        Unsure = "unsure", "Not sure";
        No = "no", "No";
    }
}

impl ImageAnswer {
    /// Whether nothing may be taken in and a DSL must act.
    pub const fn may_show_a_child(self) -> bool {
        !matches!(self, Self::No)
    }
}

words! {
    /// To whom a person made a report of their own (OTH-3, OTH-4): what is recorded here takes no such duty away.
    pub enum OwnReportTo {
        Police = "police", "The police";
        SocialCare = "social_care", "Children's social care";
        Other = "other", "Somebody else";
    }
}

words! {
    /// "Has this been reported to" (P0-FORM-11); a profile adds to the list.
    pub enum ToldWhom {
        Headteacher = "headteacher", "Headteacher";
        Dsl = "dsl", "DSL";
        Dpo = "dpo", "DPO";
        Governors = "governors", "Governors";
        Police = "police", "Police";
        LocalAuthority = "local_authority", "Local authority";
        Ico = "ico", "ICO";
        Parents = "parents", "Parents";
        Other = "other", "Somebody else";
    }
}

words! {
    /// What a person decided about a provisional breach clock.
    pub enum ClockDecision {
        Confirmed = "confirmed", "It is a personal-data breach: the clock runs on";
        Ended = "ended", "It is not a personal-data breach: the clock ends";
    }
}

words! {
    /// The picker before the story: whom the report is about (design §6).
    pub enum AboutWhom {
        Nobody = "nobody", "No adult in particular";
        Headteacher = "headteacher", "The headteacher";
        Dsl = "dsl", "The designated safeguarding lead";
        Another = "another", "Another adult";
        Myself = "myself", "Myself";
    }
}

words! {
    /// The initial assessment (P0-FORM-9); each opens its own case.
    pub enum AssessmentCategory {
        SafeguardingConcern = "safeguarding_concern", "Safeguarding concern";
        LowLevelConcern = "low_level_concern", "Low-level concern";
        DataBreach = "data_breach", "Data breach";
        DisciplinaryMatter = "disciplinary_matter", "Disciplinary matter";
        TrainingNeed = "training_need", "Training need identified";
        PolicyReview = "policy_review", "Policy review needed";
        Other = "other", "Other";
    }
}

/// Whom the report is about, with the name that was given where it is another adult.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct About {
    /// The picker's answer.
    pub whom: AboutWhom,
    /// The name as given, for `another`.
    #[serde(default)]
    pub name: Option<String>,
}

impl Default for About {
    fn default() -> Self {
        Self { whom: AboutWhom::Nobody, name: None }
    }
}
