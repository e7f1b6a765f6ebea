//! What people are shown of a file, and where an image was named.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Instant, RecordId,
    case::{CaseFile, Message, MessageConfirmed},
    evidence::Added,
    report::image_guidance::{CALL_AT_ONCE, FOR_EVERYBODY, Line},
};

use super::Under;

/// A file: what was written down when it was taken in (EVI-3), and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceShown {
    /// 32 hex digits.
    pub id: String,
    /// `report` or `case`.
    pub belongs_to: String,
    /// That report or case.
    pub record: String,
    /// Its name, without a path and with the extension of its kind.
    pub name: String,
    /// Its kind, as found in its bytes.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the content as it came, in hexadecimal digits.
    pub sha256: String,
    /// What it is, in the collector's words.
    pub what: Option<String>,
    /// Who gave it to the collector, in their words.
    pub given_by: Option<String>,
    /// How it came to them, in their words.
    pub how: Option<String>,
    /// Who brought it in.
    pub collected_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub collected_at: Instant,
    /// How it came in.
    pub method: String,
    /// What an e-mail seems to say, to be confirmed by a person; in the answer to its sending alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Message>,
    /// What a person confirmed that it says, where it is an e-mail of a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageShown>,
    /// That it is in quarantine: nobody opens it here any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<QuarantinedShown>,
}

/// What a person confirmed that an e-mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageShown {
    /// What it says.
    #[serde(flatten)]
    pub says: Message,
    /// Whether it is what the program proposed.
    pub as_proposed: bool,
    /// Who confirmed it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

/// A quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarantinedShown {
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

impl From<(&str, &str, Instant)> for QuarantinedShown {
    fn from((by, reason, at): (&str, &str, Instant)) -> Self {
        Self { by: by.to_owned(), reason: reason.to_owned(), at }
    }
}

impl EvidenceShown {
    pub(super) fn of(id: [u8; 16], added: &Added) -> Self {
        Self {
            id: RecordId::from_bytes(id).to_string(),
            belongs_to: added.belongs_to.to_string(),
            record: added.record.to_string(),
            name: added.name.clone(),
            media_type: added.media_type.clone(),
            size: added.size,
            sha256: added.sha256.clone(),
            what: added.what.clone(),
            given_by: added.given_by.clone(),
            how: added.how.clone(),
            collected_by: added.collected_by.clone(),
            collected_at: added.collected_at,
            method: added.method.clone(),
            proposed: None,
            message: None,
            quarantined: None,
        }
    }

    /// A file of a case, as the case itself says it.
    pub(crate) fn of_case(under: Under, file: &CaseFile) -> Self {
        let added = &file.added;
        Self {
            id: added.evidence.to_string(),
            belongs_to: under.kind().to_string(),
            record: under.record().to_string(),
            name: added.name.clone(),
            media_type: added.media_type.clone(),
            size: added.size,
            sha256: added.sha256.clone(),
            what: added.what.clone(),
            given_by: added.given_by.clone(),
            how: added.how.clone(),
            collected_by: added.collected_by.clone(),
            collected_at: added.collected_at,
            method: added.method.clone(),
            proposed: None,
            message: file.message.as_ref().map(message),
            quarantined: file.quarantined.as_ref().map(|it| (it.by.as_str(), it.reason.as_str(), it.quarantined_at).into()),
        }
    }
}

fn message(confirmed: &MessageConfirmed) -> MessageShown {
    let MessageConfirmed { sender, sent_at, recipients, recipients_count, attachments, attachments_count, as_proposed, .. } =
        confirmed.clone();
    let says = Message { sender, sent_at, recipients, recipients_count, attachments, attachments_count };
    MessageShown { says, as_proposed, by: confirmed.by.clone(), at: confirmed.confirmed_at }
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
