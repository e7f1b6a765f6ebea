//! What people are shown of a file, and where an image was named.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Instant, RecordId,
    evidence::Added,
    report::image_guidance::{CALL_AT_ONCE, FOR_EVERYBODY, Line},
};

/// A file: what was written down when it was taken in (EVI-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceShown {
    /// 32 hex digits.
    pub id: String,
    /// The report that it belongs to.
    pub report: String,
    /// Its name, without a path and with the extension of its kind.
    pub name: String,
    /// Its kind, as found in its first bytes.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the content as it came, in hexadecimal digits.
    pub sha256: String,
    /// What it is, in the giver's words.
    pub what: Option<String>,
    /// Who brought it in.
    pub collected_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub collected_at: Instant,
    /// How it came.
    pub method: String,
}

impl EvidenceShown {
    pub(super) fn of(id: [u8; 16], added: &Added) -> Self {
        Self {
            id: RecordId::from_bytes(id).to_string(),
            report: added.report.to_string(),
            name: added.name.clone(),
            media_type: added.media_type.clone(),
            size: added.size,
            sha256: added.sha256.clone(),
            what: added.what.clone(),
            collected_by: added.collected_by.clone(),
            collected_at: added.collected_at,
            method: added.method.clone(),
        }
    }
}

/// Nothing was taken in: a DSL has been asked to act, and this is what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImageNamed {
    /// Always false: nothing of the file is kept.
    pub stored: bool,
    /// What to do now.
    pub guidance: Vec<GuidanceLine>,
    /// When to call the police and children's social care at once.
    pub call_at_once: Vec<GuidanceLine>,
}

/// A line of guidance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GuidanceLine {
    /// What to do.
    pub text: String,
    /// Where it comes from.
    pub clause: String,
}

impl From<&Line> for GuidanceLine {
    fn from(line: &Line) -> Self {
        Self { text: line.text.to_owned(), clause: line.clause.to_owned() }
    }
}

impl ImageNamed {
    pub(super) fn told() -> Self {
        let lines = |lines: &[Line]| lines.iter().map(GuidanceLine::from).collect();
        Self { stored: false, guidance: lines(FOR_EVERYBODY), call_at_once: lines(CALL_AT_ONCE) }
    }
}
