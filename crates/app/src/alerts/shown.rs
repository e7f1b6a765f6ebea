//! What people are shown of alerts.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, Instant, RecordId,
    alert::{Alert, Decided, Group, may_decide},
};

use crate::{load::Record, shown::AddressShown};

/// A list of alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertsShown {
    /// The groups: of those that wait the gravest first, of those that are decided each alert for itself and the latest first.
    pub groups: Vec<AlertGroupShown>,
    /// Whether there are more: of those that wait, once some of these are decided.
    pub more: bool,
    /// The cursor of the next page of decided ones.
    pub next: Option<String>,
}

/// Alerts that repeat one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertGroupShown {
    /// The school's code.
    pub school: String,
    /// The product.
    pub source: String,
    /// The product's words for what it is.
    pub category: String,
    /// `pupil`, `adult` or `unknown`.
    pub about: String,
    /// Who was signed in: their name, else what the product has.
    pub who: Option<String>,
    /// A pupil's year group.
    pub year_group: Option<String>,
    /// The devices.
    pub devices: Vec<String>,
    /// When the first of them happened.
    #[schema(value_type = String, format = DateTime)]
    pub first_at: Instant,
    /// When the last of them happened.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Instant,
    /// The gravest severity, 1 to 5.
    pub severity: Option<u8>,
    /// Who receives them.
    pub owner: AddressShown,
    /// Whether the caller decides about them.
    pub may_decide: bool,
    /// What was decided, of decided ones.
    pub decision: Option<DecisionShown>,
    /// The alerts, the first one first.
    pub alerts: Vec<AlertSeen>,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertSeen {
    /// 32 hex digits.
    pub id: String,
    /// The product's own reference.
    pub reference: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// The device.
    pub device: Option<String>,
    /// The severity, 1 to 5.
    pub severity: Option<u8>,
    /// What was typed or shown.
    pub excerpt: Option<String>,
    /// The address of the site.
    pub address: Option<String>,
    /// What the product did.
    pub action: Option<String>,
}

/// What was decided about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionShown {
    /// `dismissed` or `raised`.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// How many were dismissed together.
    pub together: Option<u32>,
    /// The report that was filed.
    pub report: Option<String>,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertsDecided {
    /// How many alerts are decided.
    pub decided: usize,
    /// The report that was filed; whether the caller may open it is for its receiver's duty to say.
    pub report: Option<String>,
}

impl AlertGroupShown {
    pub(super) fn of(group: &Group<'_>, duties: &BTreeMap<RecordId, Duty>) -> Self {
        let decides = |(id, alert): &(RecordId, &Alert)| duties.get(id).is_some_and(|duty| may_decide(alert, *duty));
        Self {
            last_at: group.last_at(),
            severity: group.severity(),
            may_decide: group.alerts().iter().all(decides),
            ..Self::with(group.first(), group.alerts())
        }
    }

    pub(super) fn decided(id: RecordId, record: &Record<Alert>, duty: Duty) -> Self {
        let alert = &record.folded;
        let shown = Self::with(alert, &[(id, alert)]);
        Self { may_decide: may_decide(alert, duty), decision: alert.decided.as_ref().map(DecisionShown::of), ..shown }
    }

    fn with(first: &Alert, alerts: &[(RecordId, &Alert)]) -> Self {
        let received = &first.received;
        let mut devices: Vec<String> = alerts.iter().filter_map(|(_, alert)| alert.received.device.clone()).collect();
        devices.sort_unstable();
        devices.dedup();
        Self {
            school: received.school.clone(),
            source: received.source.clone(),
            category: received.category.clone(),
            about: received.about.to_string(),
            who: received.name.clone().or_else(|| received.user.clone()),
            year_group: received.year_group.clone(),
            devices,
            first_at: first.occurred_at(),
            last_at: first.occurred_at(),
            severity: received.severity,
            owner: first.owner().into(),
            may_decide: false,
            decision: None,
            alerts: alerts.iter().map(|(id, alert)| AlertSeen::of(*id, alert)).collect(),
        }
    }
}

impl AlertSeen {
    fn of(id: RecordId, alert: &Alert) -> Self {
        let received = &alert.received;
        Self {
            id: id.to_string(),
            reference: received.source_reference.clone(),
            at: received.occurred_at,
            device: received.device.clone(),
            severity: received.severity,
            excerpt: received.excerpt.clone(),
            address: received.address.clone(),
            action: received.action.clone(),
        }
    }
}

impl DecisionShown {
    fn of(decided: &Decided) -> Self {
        match decided {
            Decided::Dismissed(said) => Self {
                decision: "dismissed".into(),
                reason: said.reason.clone(),
                by: said.decided_by.clone(),
                at: said.decided_at,
                together: Some(said.together),
                report: None,
            },
            Decided::Raised(said) => Self {
                decision: "raised".into(),
                reason: said.reason.clone(),
                by: said.decided_by.clone(),
                at: said.decided_at,
                together: None,
                report: Some(said.report.to_string()),
            },
        }
    }
}
