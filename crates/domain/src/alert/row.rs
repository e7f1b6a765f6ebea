//! A row of what a product sends, under Wardbook's own names.

use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    field::{Checks, Invalid},
    redacted::redacted,
    words::words,
};

/// The gravest severity; a product with other steps is brought to these by its values in the profile.
pub const SEVERITY_MAX: u8 = 5;
const LINE_MAX: usize = 200;
const ADDRESS_MAX: usize = 2_000;
const EXCERPT_MAX: usize = 4_000;

words! {
    /// The fields of an alert: what a profile's columns may fill.
    pub enum AlertField {
        AlertId = "alert_id", "The product's own reference";
        OccurredAt = "occurred_at", "When it happened";
        School = "school", "The school's code";
        Device = "device", "The device";
        User = "user", "Who was signed in";
        Severity = "severity", "The severity, 1 to 5";
        Category = "category", "What it is";
        Excerpt = "excerpt", "What was typed or shown";
        Address = "address", "The address of the site";
        Action = "action", "What the product did";
    }
}

/// An alert as sent, its columns read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRow {
    /// The product's own reference.
    pub alert_id: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// The school's code.
    pub school: String,
    /// The device.
    #[serde(default)]
    pub device: Option<String>,
    /// Who was signed in: a staff id, a pupil id, an e-mail, a log-on or a name.
    #[serde(default)]
    pub user: Option<String>,
    /// 1 to 5, of which 5 is the gravest.
    #[serde(default)]
    pub severity: Option<u8>,
    /// The product's words for what it is.
    pub category: String,
    /// What was typed or shown.
    #[serde(default)]
    pub excerpt: Option<String>,
    /// The address of the site.
    #[serde(default)]
    pub address: Option<String>,
    /// What the product did.
    #[serde(default)]
    pub action: Option<String>,
}

redacted!(AlertRow);

impl AlertRow {
    /// Checks every field and names those that are wrong.
    pub fn check(&self, now: Instant) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("alert_id", &self.alert_id, 100);
        checks.text("school", &self.school, 50);
        checks.text("category", &self.category, LINE_MAX);
        let lines = [
            ("device", &self.device, LINE_MAX),
            ("user", &self.user, LINE_MAX),
            ("action", &self.action, LINE_MAX),
            ("address", &self.address, ADDRESS_MAX),
            ("excerpt", &self.excerpt, EXCERPT_MAX),
        ];
        for (field, value, max) in lines {
            checks.at_most(field, value.as_deref().unwrap_or_default(), max);
        }
        if self.severity.is_some_and(|severity| !(1..=SEVERITY_MAX).contains(&severity)) {
            checks.fail("severity", format!("is from 1 to {SEVERITY_MAX}"));
        }
        if self.occurred_at > now {
            checks.fail("occurred_at", "lies in the future");
        }
        checks.done()
    }
}
