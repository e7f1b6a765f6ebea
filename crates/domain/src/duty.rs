//! Duties: what a person does for a school or the trust, and so what reaches them.

use crate::words::words;

words! {
    /// A duty that a person may hold; one person may hold several.
    pub enum Duty {
        Reporter = "reporter", "Reporter";
        Dsl = "dsl", "Designated safeguarding lead";
        DeputyDsl = "deputy-dsl", "Deputy designated safeguarding lead";
        Headteacher = "headteacher", "Headteacher";
        DeputyHead = "deputy-head", "Deputy headteacher";
        OnlineSafetyLead = "online-safety-lead", "Online safety lead";
        TrustSafeguardingLead = "trust-safeguarding-lead", "Trust safeguarding lead";
        TrustLead = "trust-lead", "Trust lead";
        Dpo = "dpo", "Data protection officer";
        Hr = "hr", "Human resources";
        ItLead = "it-lead", "IT lead";
        Chair = "chair", "Chair of governors";
        ChairOfTrustees = "chair-of-trustees", "Chair of trustees";
        FilteringTrustee = "filtering-and-monitoring-trustee", "Filtering and monitoring trustee";
        Governor = "governor", "Governor";
        Investigator = "investigator", "Named on a case";
        Auditor = "auditor", "Auditor";
        Administrator = "administrator", "Administrator";
    }
}

words! {
    /// Whether a duty is held at one school or for the whole trust.
    pub enum Scope {
        School = "school", "At one school";
        Trust = "trust", "For the whole trust";
        Either = "either", "At one school, or for the whole trust where no school is named";
        Case = "case", "On the case that names them, and nowhere else";
    }
}

/// Who leads safeguarding, nearest to the children first.
pub(crate) const SAFEGUARDING_LEADS: [Duty; 3] = [Duty::Dsl, Duty::DeputyDsl, Duty::TrustSafeguardingLead];

impl Duty {
    /// Whether this duty leads safeguarding at a school or for the trust.
    pub fn leads_safeguarding(self) -> bool {
        SAFEGUARDING_LEADS.contains(&self)
    }

    /// Whether holders of this duty may be sent records, and so open what is sealed: a second factor is required of them, and a second
    /// person where the duty is given.
    pub const fn opens_records(self) -> bool {
        !matches!(self, Self::Reporter | Self::FilteringTrustee | Self::Governor | Self::Auditor | Self::Administrator)
    }

    /// Where this duty may be held.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Dsl | Self::DeputyDsl | Self::Headteacher | Self::DeputyHead => Scope::School,
            Self::TrustSafeguardingLead
            | Self::TrustLead
            | Self::Dpo
            | Self::Hr
            | Self::ChairOfTrustees
            | Self::FilteringTrustee
            | Self::Auditor
            | Self::Administrator => Scope::Trust,
            Self::Investigator => Scope::Case,
            Self::Reporter | Self::OnlineSafetyLead | Self::ItLead | Self::Chair | Self::Governor => Scope::Either,
        }
    }
}

/// A duty at a school, or for the trust where `school` is none: where a report or case is sent. Never a person's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The duty.
    pub duty: Duty,
    /// The school's code; none for the whole trust.
    pub school: Option<String>,
}

impl Address {
    /// The duty at this school, or for the trust where the duty is held trust-wide.
    pub fn of(duty: Duty, school: &str) -> Self {
        let school = (duty.scope() != Scope::Trust).then(|| school.to_owned());
        Self { duty, school }
    }

    /// The duty for the whole trust.
    pub const fn trust_wide(duty: Duty) -> Self {
        Self { duty, school: None }
    }

    /// Whether a holding of `held` covers what is sent to `self`: the same duty, at the same school or trust-wide.
    pub fn is_covered_by(&self, held: &Self) -> bool {
        self.duty == held.duty && (held.school.is_none() || held.school == self.school)
    }
}
