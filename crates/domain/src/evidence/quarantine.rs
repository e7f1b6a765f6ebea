//! Quarantine of a file: one act, by the safeguarding lead who reads the record, after which nobody opens it here (IMG-1, IMG-2).
//!
//! Nothing is destroyed: the file stays sealed, and its key for the recovery identity alone, as the police may ask for it (SRC-2).

use super::FileOf;
use crate::{
    Address, Instant, RecordClass, RecordId,
    event::event,
    field::{Checks, Invalid},
    need_to_know::Viewer,
    redacted::redacted,
};

/// A quarantine as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quarantine {
    /// Why, in words; nothing that describes an image.
    pub reason: String,
}

redacted!(Quarantine);

impl Quarantine {
    /// Whether it says why.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("reason", &self.reason, 2_000);
        checks.done()
    }
}

event! {
    /// A file was put into quarantine: its key is for the recovery identity alone, and nobody opens it here any more.
    pub struct Quarantined = "evidence.quarantined" v 1 {
        record {
            /// The class of the record that it belongs to, then.
            class: RecordClass,
            /// What kind of record that is.
            belongs_to: FileOf,
            /// That record.
            record: RecordId,
            /// Why.
            reason: String,
            /// Who did it, by name as it was then.
            by: String,
            /// When.
            quarantined_at: Instant,
        }
    }
}

/// Whether this reader may put a file of a record into quarantine: a safeguarding lead among its readers (IMG-2). Where it has none, as
/// with an adult's conduct, it is its owner: somebody must be able to.
pub fn may_quarantine(viewer: Viewer<'_>, owner: &Address, readers: &[Address]) -> bool {
    let leads: Vec<&Address> = readers.iter().filter(|address| address.duty.leads_safeguarding()).collect();
    let acting = if leads.is_empty() { vec![owner] } else { leads };
    acting.into_iter().any(|address| viewer.holds(address))
}

/// Until when copies of the key store that were made before a quarantine may still hold the key, where the settings say for how many days
/// such copies are kept; none where they name none.
pub fn backups_hold(quarantined_at: Instant, kept_days: Option<u16>) -> Option<Instant> {
    kept_days.map(|days| quarantined_at.plus_seconds(i64::from(days) * 86_400))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Duty, PersonId, need_to_know::readers};

    fn may(held: Duty, class: RecordClass, owner: Duty, seconds: &[Duty]) -> bool {
        let at = |duty: &Duty| Address::of(*duty, "SCH01");
        let duties = BTreeSet::from([at(&held)]);
        let viewer = Viewer { person: PersonId::from_bytes([1; 16]), duties: &duties };
        let seconds: Vec<Address> = seconds.iter().map(at).collect();
        may_quarantine(viewer, &at(&owner), &readers(class, "SCH01", &at(&owner), &seconds))
    }

    #[test]
    fn img_2_the_safeguarding_lead_who_reads_it_puts_a_file_into_quarantine() {
        use Duty::{DeputyDsl, Dpo, Dsl, Headteacher, Investigator, TrustSafeguardingLead};
        for held in [Dsl, DeputyDsl, TrustSafeguardingLead] {
            assert!(may(held, RecordClass::Safeguarding, Dsl, &[]), "{held}");
            assert!(!may(held, RecordClass::DataProtection, Dpo, &[]), "{held} does not read it");
        }
        assert!(!may(Headteacher, RecordClass::Safeguarding, Dsl, &[]), "a reader who is no lead");
        assert!(may(Headteacher, RecordClass::Conduct, Headteacher, &[]), "nobody else reads it");
        assert!(may(Dsl, RecordClass::Conduct, Headteacher, &[Dsl]) && !may(Headteacher, RecordClass::Conduct, Headteacher, &[Dsl]));
        assert!(may(Dpo, RecordClass::DataProtection, Dpo, &[]) && !may(Headteacher, RecordClass::DataProtection, Dpo, &[]));
        assert!(!may(Investigator, RecordClass::Hr, Duty::Hr, &[]) && !may(Duty::Administrator, RecordClass::It, Duty::ItLead, &[]));
    }

    #[test]
    fn copies_of_the_keys_end_when_the_settings_say() {
        let at = Instant::parse("2026-10-30T16:12Z").unwrap();
        assert_eq!(backups_hold(at, None), None);
        assert_eq!(backups_hold(at, Some(30)), Some(Instant::parse("2026-11-29T16:12Z").unwrap()));
    }

    #[test]
    fn a_quarantine_says_why() {
        assert!(Quarantine { reason: " ".into() }.check().is_err() && Quarantine { reason: "Named by a parent.".into() }.check().is_ok());
    }
}
