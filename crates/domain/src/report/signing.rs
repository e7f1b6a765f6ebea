//! Signing: a typed declaration, bound to the exact text that was signed (P0-FORM-7, P0-FORM-12).
//!
//! The digest is SHA-256 over `wardbook declaration v1`, a line feed, and the canonical JSON of an object with `what` (`report` or
//! `assessment`), `signed` (the fields, those that were left empty left out), `statement`, `name` and `at`. Whoever holds the record can
//! compute it again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Assessed, Filed};
use crate::redacted::redacted;
use crate::{Instant, canonical::canonical};

/// What the reporter declares.
pub const REPORT_STATEMENT: &str = "What I have written here is true as far as I know.";
/// What somebody declares who types a report in for another person.
pub const TYPED_STATEMENT: &str = "I have typed in what I was given, as it was given to me.";
/// What the person who assesses declares.
pub const ASSESSMENT_STATEMENT: &str = "This is my assessment, and these are my reasons.";

/// What is declared with a report: that of its reporter, or of the person who types it in.
pub const fn report_statement(typed_in: bool) -> &'static str {
    if typed_in { TYPED_STATEMENT } else { REPORT_STATEMENT }
}

/// A declaration as typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The name as typed in place of a signature.
    pub name: String,
}

redacted!(Declaration);

/// A declaration with the digest of what was signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The words that were signed under.
    pub statement: String,
    /// The name as typed.
    pub name: String,
    /// When.
    pub signed_at: Instant,
    /// SHA-256 in hexadecimal digits.
    pub digest: String,
}

redacted!(Signed);

/// Binds a declaration to what is signed; `what` is `report` or `assessment`, `signed` its fields without the declaration itself.
pub fn sign(what: &str, signed: &Value, statement: &str, declaration: &Declaration, at: Instant) -> Signed {
    let name = declaration.name.trim();
    let text = json!({ "what": what, "signed": signed, "statement": statement, "name": name, "at": at });
    let digest = Sha256::new().chain_update(b"wardbook declaration v1\n").chain_update(canonical(&text)).finalize();
    let hex = digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Signed { statement: statement.to_owned(), name: name.to_owned(), signed_at: at, digest: hex }
}

/// What a reporter signs: every answer of the form as it is kept.
pub fn report_text(filed: &Filed) -> Value {
    let extra: Vec<&str> = filed.extra_types.iter().map(|kind| kind.code.as_str()).collect();
    without_empty(json!({
        "school": filed.school,
        "reporter": filed.reporter,
        "channel": filed.channel,
        "reported_at": filed.reported_at,
        "reported_on": filed.reported_on,
        "incident_at": filed.incident_at,
        "incident_on": filed.incident_on,
        "discovered_at": filed.discovered_at,
        "types": filed.types,
        "extra_types": extra,
        "other_type": filed.other_type,
        "about": filed.about,
        "what_happened": filed.what_happened,
        "location": filed.location,
        "pupils": filed.pupils,
        "staff": filed.staff,
        "danger": filed.danger,
        "reported_to": filed.reported_to,
        "immediate_action": filed.immediate_action,
        "data_affected": filed.data_affected,
        "individuals_affected": filed.individuals_affected,
        "dpo_told": filed.dpo_told,
        "self_referral": filed.self_referral,
        "image": filed.image,
        "own_reports": filed.own_reports,
    }))
}

/// What the person who assesses signs: Part B as it is kept.
pub fn assessment_text(assessed: &Assessed) -> Value {
    let categories: Vec<&str> = assessed.categories.iter().map(|category| category.category.as_str()).collect();
    without_empty(json!({
        "categories": categories,
        "other": assessed.other,
        "reason": assessed.reason,
        "action": assessed.action,
        "shared": assessed.shared,
        "told": assessed.told,
        "follow_up": assessed.follow_up,
        "review_on": assessed.review_on,
        "assessed_by": assessed.assessed_by,
    }))
}

/// A field that was left empty counts as none, so that a question that a later release adds changes no digest.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().map(|(name, value)| (name, without_empty(value))).filter(|(_, value)| !is_empty(value));
            Value::Object(kept.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether the declaration fits the text that it is kept with.
pub fn holds(signed: &Signed, what: &str, text: &Value) -> bool {
    let again = sign(what, text, &signed.statement, &Declaration { name: signed.name.clone() }, signed.signed_at);
    again.digest == signed.digest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Format vector: computed apart, in Python, from the words of this module's header.
    #[test]
    fn the_digest_is_that_of_the_written_format() {
        let at = Instant::parse("2026-10-30T16:12Z").unwrap();
        let declaration = Declaration { name: " Hana Kemp ".into() };
        let signed = sign(
            "report",
            &json!({ "school": "SCH01", "what_happened": "A laptop was left on the train." }),
            REPORT_STATEMENT,
            &declaration,
            at,
        );
        assert_eq!(signed.name, "Hana Kemp");
        assert_eq!(signed.digest, VECTOR);
    }

    const VECTOR: &str = "3d8aac30d3389ce7b31a2041df89576fcce6c9b7f95386b4a6689687a8eb9379";

    #[test]
    fn a_declaration_holds_for_its_record_and_for_no_other() {
        let filed = crate::routing::tests::filed(&crate::report::form(&[crate::report::ReportType::LossOfData]));
        let at = Instant::parse("2026-10-30T16:12Z").unwrap();
        let signed = sign("report", &report_text(&filed), REPORT_STATEMENT, &Declaration { name: "Hana Kemp".into() }, at);
        assert!(holds(&signed, "report", &report_text(&filed)));
        let mut changed = filed.clone();
        changed.location = Some("Library".into());
        assert!(!holds(&signed, "report", &report_text(&changed)));
        assert!(!holds(&signed, "assessment", &report_text(&filed)));
        assert_eq!(report_text(&filed).get("location"), None, "what was left empty is left out");
    }

    #[test]
    fn every_change_of_text_name_or_time_changes_the_digest() {
        let at = Instant::parse("2026-10-30T16:12Z").unwrap();
        let sign = |text: &str, name: &str, at| {
            sign("report", &json!({ "what_happened": text }), REPORT_STATEMENT, &Declaration { name: name.into() }, at).digest
        };
        let first = sign("a", "Hana", at);
        assert_eq!(first, sign("a", "Hana", at));
        for other in [sign("b", "Hana", at), sign("a", "Uma", at), sign("a", "Hana", at.plus_seconds(1))] {
            assert_ne!(first, other);
        }
    }
}
