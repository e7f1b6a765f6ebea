//! Files of a case: what is taken in and from whom (EVI-3), what a mail is said to say, and what went into quarantine. No file is taken
//! in where an image of a child is what the case is about, or where one was named and nobody has acted (IMG-1, P1-NUDE-1).

use super::{Case, CaseEvent, Matter};
use crate::redacted::redacted;
use crate::{
    Instant, PersonId, RecordId,
    event::event,
    evidence::Quarantine,
    field::{Checks, Invalid},
    report::{Refused, image_guidance},
};

/// Files of one case at most.
pub const FILES_MAX: usize = 200;
/// Recipients and attachments of a mail that are listed; their numbers say how many there were.
pub const LISTED_MAX: usize = 100;
/// Characters of each.
pub const LISTED_CHARS_MAX: usize = 320;

event! {
    /// A file was added to the case. It has a stream and a key of its own (EVI-3).
    pub struct EvidenceAdded = "case.evidence_added" v 1 {
        record {
            /// The evidence stream.
            evidence: RecordId,
            /// The file's name as given.
            name: String,
            /// Its media type, as found in its bytes.
            media_type: String,
            /// Its true size in bytes.
            size: u64,
            /// SHA-256 of the content as it came, in hexadecimal digits.
            sha256: String,
            /// What it is, in the collector's words.
            what: Option<String>,
            /// Who gave it to the collector, in their words.
            given_by: Option<String>,
            /// How it came to them, in their words.
            how: Option<String>,
            /// Who brought it in.
            collector: PersonId,
            /// Their name as it was then.
            collected_by: String,
            /// When.
            collected_at: Instant,
            /// How it came in: `upload`.
            method: String,
        }
    }
}

event! {
    /// A file went into quarantine: nobody opens it here any more.
    pub struct EvidenceQuarantined = "case.evidence_quarantined" v 1 {
        record {
            /// The evidence stream.
            evidence: RecordId,
            /// Why.
            reason: String,
            /// Who did it, by name as it was then.
            by: String,
            /// When.
            quarantined_at: Instant,
        }
    }
}

event! {
    /// Somebody confirmed what a mail among the files says: the program proposed it, they stand for it.
    pub struct MessageConfirmed = "case.message_confirmed" v 1 {
        record {
            /// The evidence stream.
            evidence: RecordId,
            /// Who sent it.
            sender: String,
            /// When.
            sent_at: Option<Instant>,
            /// To whom, the first of them.
            recipients: Vec<String>,
            /// To how many.
            recipients_count: u32,
            /// What was attached, the first of them.
            attachments: Vec<String>,
            /// How many were.
            attachments_count: u32,
            /// Whether it is what the program proposed.
            as_proposed: bool,
            /// Who confirmed it, by name as it was then.
            by: String,
            /// When.
            confirmed_at: Instant,
        }
    }
}

/// What a mail says, as somebody confirms it.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who sent it.
    pub sender: String,
    /// When.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Instant>,
    /// To whom; the first hundred.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// To how many.
    #[serde(default)]
    pub recipients_count: u32,
    /// The names of what was attached; the first hundred.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// How many were.
    #[serde(default)]
    pub attachments_count: u32,
}

/// A file of a case, with what became of it.
#[derive(Clone, PartialEq)]
pub struct CaseFile {
    /// How it was taken in.
    pub added: EvidenceAdded,
    /// What it says, where it is a mail and somebody confirmed that; the last time counts.
    pub message: Option<MessageConfirmed>,
    /// When it went into quarantine, and why.
    pub quarantined: Option<EvidenceQuarantined>,
}

/// The files of a case, in order.
#[derive(Clone, Default, PartialEq)]
pub struct Files(pub Vec<CaseFile>);

redacted!(CaseFile, Files, Message);

impl Files {
    /// The file of this id.
    pub fn find(&self, evidence: &RecordId) -> Option<&CaseFile> {
        self.0.iter().find(|file| file.added.evidence == *evidence)
    }

    /// Folds an event about files.
    pub(super) fn take(&mut self, event: CaseEvent) {
        match event {
            CaseEvent::EvidenceAdded(added) => self.0.push(CaseFile { added: *added, message: None, quarantined: None }),
            CaseEvent::MessageConfirmed(confirmed) => {
                if let Some(file) = self.of(confirmed.evidence) {
                    file.message = Some(*confirmed);
                }
            }
            CaseEvent::EvidenceQuarantined(quarantined) => {
                if let Some(file) = self.of(quarantined.evidence) {
                    file.quarantined.get_or_insert(*quarantined);
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, evidence: RecordId) -> Option<&mut CaseFile> {
        self.0.iter_mut().find(|file| file.added.evidence == evidence)
    }
}

/// Whether a case takes one more file; `image_named` says that its report has an image in it that stands against any file. Also a closed
/// one does: what is found later belongs to it.
pub fn may_take_file(case: &Case, image_named: bool) -> Result<(), Refused> {
    if image_named || case.matters().contains(&Matter::Image) {
        return Err(Refused::State(image_guidance::REFUSED));
    }
    if case.files.0.len() >= FILES_MAX {
        return Err(Refused::State("this case has as many files as a case may have"));
    }
    Ok(())
}

/// Puts a file into quarantine, once.
pub fn quarantine_file(case: &Case, evidence: RecordId, ask: &Quarantine, by: &str, now: Instant) -> Result<EvidenceQuarantined, Refused> {
    ask.check()?;
    match case.files.find(&evidence) {
        None => Err(Refused::State("this file is not among the case's")),
        Some(CaseFile { quarantined: Some(_), .. }) => Err(Refused::State("this file is in quarantine already")),
        Some(_) => Ok(EvidenceQuarantined { evidence, reason: ask.reason.clone(), by: by.to_owned(), quarantined_at: now }),
    }
}

/// Confirms what a mail says; `proposed` is what the program found in it.
pub fn confirm_message(
    case: &Case,
    evidence: RecordId,
    ask: &Message,
    proposed: Option<&Message>,
    by: &str,
    now: Instant,
) -> Result<MessageConfirmed, Refused> {
    let mut checks = Checks::default();
    checks.text("sender", &ask.sender, LISTED_CHARS_MAX);
    for (field, list, count) in
        [("recipients", &ask.recipients, ask.recipients_count), ("attachments", &ask.attachments, ask.attachments_count)]
    {
        if list.len() > LISTED_MAX {
            checks.fail(field, format!("lists {}; at most {LISTED_MAX} are kept, and their number says how many there were", list.len()));
        }
        if (count as usize) < list.len() {
            checks.fail(format!("{field}_count"), "is less than are listed");
        }
        for entry in list {
            checks.text(field, entry, LISTED_CHARS_MAX);
        }
    }
    if ask.sent_at.is_some_and(|sent| sent > now.plus_seconds(86_400)) {
        checks.fail("sent_at", "is in the future");
    }
    checks.done()?;
    match case.files.find(&evidence) {
        None => return Err(Refused::State("this file is not among the case's")),
        Some(CaseFile { quarantined: Some(_), .. }) => return Err(Refused::State("this file is in quarantine")),
        Some(file) if file.added.media_type != crate::evidence::MediaType::Mail.as_str() => {
            return Err(Invalid::one("evidence", "is no mail").into());
        }
        Some(_) => {}
    }
    let Message { sender, sent_at, recipients, recipients_count, attachments, attachments_count } = ask.clone();
    Ok(MessageConfirmed {
        evidence,
        sender,
        sent_at,
        recipients,
        recipients_count,
        attachments,
        attachments_count,
        as_proposed: proposed == Some(ask),
        by: by.to_owned(),
        confirmed_at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::tests::opened;

    const NOW: Instant = Instant::from_micros(1_793_000_000_000_000);

    fn added(n: u8, media_type: &str) -> EvidenceAdded {
        EvidenceAdded {
            evidence: RecordId::from_bytes([n; 16]),
            name: "a.eml".into(),
            media_type: media_type.into(),
            size: 3,
            sha256: "00".repeat(32),
            what: None,
            given_by: Some("A parent".into()),
            how: Some("By e-mail".into()),
            collector: PersonId::from_bytes([1; 16]),
            collected_by: "Uma Jones".into(),
            collected_at: NOW,
            method: "upload".into(),
        }
    }

    fn case(files: &[(u8, &str)]) -> Case {
        let open = Case::evolve(None, CaseEvent::from(opened())).unwrap();
        files.iter().fold(open, |case, (n, kind)| Case::evolve(Some(case), added(*n, kind).into()).unwrap())
    }

    fn id(n: u8) -> RecordId {
        RecordId::from_bytes([n; 16])
    }

    #[test]
    fn img_1_no_file_beside_an_image_and_not_without_end() {
        assert!(may_take_file(&case(&[]), false).is_ok());
        assert_eq!(may_take_file(&case(&[]), true), Err(Refused::State(image_guidance::REFUSED)));
        let mut full = case(&[(1, "text/plain")]);
        full.files.0 = vec![full.files.0[0].clone(); FILES_MAX];
        assert!(matches!(may_take_file(&full, false), Err(Refused::State(_))));
    }

    #[test]
    fn img_2_a_file_goes_into_quarantine_once_with_a_reason() {
        let ask = |reason: &str| Quarantine { reason: reason.into() };
        let case = case(&[(1, "image/png"), (2, "image/png")]);
        assert!(matches!(quarantine_file(&case, id(1), &ask(" "), "George Xu", NOW), Err(Refused::Invalid(_))));
        assert!(matches!(quarantine_file(&case, id(9), &ask("x"), "George Xu", NOW), Err(Refused::State(_))));
        let done = quarantine_file(&case, id(1), &ask("Named by a parent."), "George Xu", NOW).unwrap();
        let case = Case::evolve(Some(case), done.into()).unwrap();
        let quarantined = |n| case.files.find(&id(n)).unwrap().quarantined.is_some();
        assert!(quarantined(1) && !quarantined(2));
        assert!(matches!(quarantine_file(&case, id(1), &ask("again"), "George Xu", NOW), Err(Refused::State(_))));
        assert!(confirm_message(&case, id(1), &Message { sender: "x".into(), ..Message::default() }, None, "x", NOW).is_err());
    }

    #[test]
    fn what_a_mail_says_is_confirmed_by_a_person() {
        let case = case(&[(1, "message/rfc822"), (2, "text/plain")]);
        let proposed = Message {
            sender: "lark@example.org".into(),
            sent_at: Some(NOW),
            recipients: vec!["office@example.org".into()],
            recipients_count: 1,
            attachments: vec![],
            attachments_count: 0,
        };
        let confirm = |n, ask: &Message| confirm_message(&case, id(n), ask, Some(&proposed), "Uma Jones", NOW);
        assert!(confirm(1, &proposed).unwrap().as_proposed);
        let other = Message { sender: "Mrs Lark".into(), ..proposed.clone() };
        assert!(!confirm(1, &other).unwrap().as_proposed, "they say otherwise, and that is kept");
        assert!(matches!(confirm(2, &proposed), Err(Refused::Invalid(_))), "no mail");
        for wrong in [
            Message { sender: String::new(), ..proposed.clone() },
            Message { recipients_count: 0, ..proposed.clone() },
            Message { sent_at: Some(NOW.plus_seconds(90_000)), ..proposed.clone() },
            Message { attachments: vec!["x".into(); LISTED_MAX + 1], attachments_count: 500, ..proposed.clone() },
            Message { attachments: vec!["x".repeat(LISTED_CHARS_MAX + 1)], attachments_count: 1, ..proposed.clone() },
        ] {
            assert!(matches!(confirm(1, &wrong), Err(Refused::Invalid(_))), "{wrong:?}");
        }
        let folded = Case::evolve(Some(case.clone()), confirm(1, &proposed).unwrap().into()).unwrap();
        assert_eq!(folded.files.find(&id(1)).unwrap().message.as_ref().unwrap().sender, "lark@example.org");
    }
}
