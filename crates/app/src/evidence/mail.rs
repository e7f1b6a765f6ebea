//! What a mail says: read in memory, proposed by the program and confirmed by a person (design §1.9).
//!
//! A mail comes from anybody. Its size is bounded before it is read, what is found is bounded after, and it is read on a thread of its
//! own: what a hostile one does to the reader ends there, and then nothing is proposed.

use mail_parser::{Address, HeaderValue, MessageParser, MimeHeaders as _, PartType};
use wardbook_domain::{
    Instant, RecordId,
    case::{CaseEvent, LISTED_CHARS_MAX, LISTED_MAX, Message, confirm_message},
    evidence::MediaType,
};
use zeroize::Zeroizing;

use super::{EvidenceShown, Under, preview::beginning, under::Holding};
use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed},
    directory::TRIES,
    reports::Conditions,
};

/// The largest mail that is looked into: 20 MiB.
pub(super) const MAIL_BYTES_MAX: usize = 20 << 20;

/// What a mail says; none where it cannot be read.
pub(super) async fn proposed(content: Zeroizing<Vec<u8>>) -> Option<Message> {
    match tokio::task::spawn_blocking(move || read(&content)).await {
        Ok(found) => found,
        Err(stopped) => {
            // The text of a panic may quote the mail.
            tracing::error!(panicked = stopped.is_panic(), "app.evidence.mail: a mail could not be read");
            None
        }
    }
}

/// A mail as read. Mails inside mails are taken apart one by one when it goes: left to themselves they go one inside the other, and a
/// mail with thousands of them would end the process (its stack is spent).
struct Parsed<'a>(mail_parser::Message<'a>);

impl Drop for Parsed<'_> {
    fn drop(&mut self) {
        let mut left = vec![std::mem::take(&mut self.0.parts)];
        while let Some(parts) = left.pop() {
            left.extend(parts.into_iter().filter_map(|part| match part.body {
                PartType::Message(inside) => Some(inside.parts),
                _ => None,
            }));
        }
    }
}

fn read(content: &[u8]) -> Option<Message> {
    let parsed = Parsed(MessageParser::default().parse(content)?);
    let mail = &parsed.0;
    let sender = mail.from().map(addresses).unwrap_or_default().0.into_iter().next()?;
    let sent_at = mail.date().filter(|date| date.is_valid()).and_then(|date| date.to_timestamp().checked_mul(1_000_000));
    let (mut recipients, mut recipients_count) = (vec![], 0);
    for field in ["To", "Cc", "Bcc"] {
        for value in mail.header_values(field) {
            let HeaderValue::Address(address) = value else { continue };
            let (found, count) = addresses(address);
            recipients_count += count;
            recipients.extend(found.into_iter().take(LISTED_MAX - recipients.len()));
        }
    }
    let attachments = mail.attachments().take(LISTED_MAX).map(|part| text(part.attachment_name().unwrap_or("without a name")));
    let attachments: Vec<String> = attachments.collect();
    Some(Message {
        sender,
        sent_at: sent_at.map(Instant::from_micros),
        recipients,
        recipients_count: u32::try_from(recipients_count).unwrap_or(u32::MAX),
        attachments,
        attachments_count: u32::try_from(mail.attachment_count()).unwrap_or(u32::MAX),
    })
}

/// The first addresses of a field, as they are written, and how many there are.
fn addresses(field: &Address<'_>) -> (Vec<String>, usize) {
    let words = |addr: &mail_parser::Addr<'_>| match (addr.name(), addr.address()) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    };
    let found: Vec<String> = field.iter().filter_map(words).take(LISTED_MAX).map(|one| text(&one)).collect();
    (found, field.iter().count())
}

/// A text of a mail as it may be kept: one line without what cannot be seen, of a bounded length.
fn text(given: &str) -> String {
    let seen = |c: char| {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || hidden { ' ' } else { c }
    };
    let line: String = given.chars().take(4 * LISTED_CHARS_MAX).map(seen).collect();
    let line: String = line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LISTED_CHARS_MAX).collect();
    if line.is_empty() { "without words".to_owned() } else { line }
}

impl App {
    /// What a mail among a case's files says, for those who read the case, with its trace; none where it cannot be read.
    pub async fn message(&self, caller: &Caller, case: [u8; 16], evidence: [u8; 16]) -> Result<(EvidenceShown, Option<Message>), AppError> {
        let under = Under::Case(case);
        let opened = self.open_file(caller, under, evidence).await?;
        if opened.added.media_type != MediaType::Mail.as_str() {
            return Err(AppError::State("this file is no e-mail".to_owned()));
        }
        let content = beginning(&opened.openable, MAIL_BYTES_MAX).await?;
        self.trace_file(caller, under, evidence, "evidence", &opened).await?;
        let whole = content.len() as u64 == opened.added.size;
        let proposed = if whole { proposed(content).await } else { None };
        Ok((EvidenceShown::of(evidence, &opened.added), proposed))
    }

    /// Writes down what a person confirms that a mail says.
    pub async fn confirm_message(
        &self,
        caller: &Caller,
        case: [u8; 16],
        evidence: [u8; 16],
        ask: &Message,
        conditions: Conditions<'_>,
    ) -> Result<EvidenceShown, AppError> {
        let under = Under::Case(case);
        let body = [case.as_slice(), &evidence, &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "evidence.message", conditions.key, &body);
        let id = RecordId::from_bytes(evidence);
        let mut read = None;
        for _ in 0..TRIES {
            let (holding, _) = self.file_for(caller, under, evidence).await?;
            let Holding::Case(record) = &holding else { return Err(AppError::NotFound) };
            if self.repeated(&command).await?.is_none() {
                self.check_match(caller, conditions.if_match, &self.file_shown(under, &holding, evidence).await?)?;
                let proposed = match &read {
                    Some(proposed) => proposed,
                    None => read.insert(self.message(caller, case, evidence).await?.1),
                };
                let event = confirm_message(&record.folded, id, ask, proposed.as_ref(), &caller.name, self.clock.now())?;
                let write = self.on_record(under, &holding, CaseEvent::from(event).written()).await?;
                match self.append(&Act { actor: Some(caller.person), duty: holding.duty(), command }, &[write]).await {
                    Ok(appended) => self.shown_by_views(appended.first_position).await,
                    Err(AppendFailed::Conflict) => continue,
                    Err(AppendFailed::Other(error)) => return Err(error),
                }
            }
            return Ok(self.file_about(caller, under, evidence).await?.shown);
        }
        Err(AppError::Stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"Received: from mail.example.org by mx.school.example;\r\n\tFri, 30 Oct 2026 16:00:01 +0000\r\n\
        From: =?utf-8?q?Fr=C3=A9d=C3=A9ric_Lark?= <lark@example.org>\r\nTo: office@school.example, \"Uma Jones\" <uma@school.example>\r\n\
        Cc: Governors: a@gov.example, b@gov.example;\r\nDate: Fri, 30 Oct 2026 16:00:00 +0100\r\nSubject: The photographs\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n\
        --x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"scan\xe2\x80\xae.pdf\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--x--\r\n";

    #[test]
    fn a_mail_proposes_sender_time_recipients_attachments_and_counts() {
        let found = read(MAIL).unwrap();
        assert_eq!(found.sender, "Fr\u{e9}d\u{e9}ric Lark <lark@example.org>");
        assert_eq!(found.sent_at, Instant::parse("2026-10-30T15:00Z"));
        assert_eq!(found.recipients, ["office@school.example", "Uma Jones <uma@school.example>", "a@gov.example", "b@gov.example"]);
        assert_eq!((found.recipients_count, found.attachments_count), (4, 1));
        assert_eq!(found.attachments, ["scan .pdf"], "nothing that turns the reading direction");
    }

    /// Whatever somebody sends: bounded in time and size, and never a panic.
    #[test]
    fn hostile_mails_are_read_within_bounds() {
        let nested = |depth: usize| {
            let mut mail = b"From: a@x\r\nDate: Fri, 30 Oct 2026 16:00:00 +0000\r\nMIME-Version: 1.0\r\n".to_vec();
            for n in 0..depth {
                mail.extend(format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n").into_bytes());
            }
            mail
        };
        let forwarded = |depth: usize| {
            let mut mail = b"From: a@x\r\nDate: Fri, 30 Oct 2026 16:00:00 +0000\r\n".to_vec();
            for _ in 0..depth {
                mail.extend(b"Content-Type: message/rfc822\r\n\r\nFrom: b@x\r\n");
            }
            mail
        };
        let head = b"From: a@x\r\nDate: Fri, 30 Oct 2026 16:00:00 +0000\r\n".to_vec();
        let with = |rest: &[u8]| [head.as_slice(), rest].concat();
        let hostile = [
            nested(20_000),
            forwarded(20_000),
            with(&[b"To: ".as_slice(), &b"a@x, ".repeat(400_000)].concat()),
            with(&[b"To: ".as_slice(), &b"g: ".repeat(200_000)].concat()),
            with(&[b"To: ".as_slice(), &b"(".repeat(500_000)].concat()),
            with(&[b"To: ".as_slice(), &b"\"".repeat(500_001)].concat()),
            with(&b"X-Field: y\r\n".repeat(200_000)),
            with(&[b"Subject: ".as_slice(), &b"x".repeat(5 << 20)].concat()),
            with(&[b"Subject:".as_slice(), &b" =?utf-8?q?=FF?=\r\n".repeat(100_000)].concat()),
            with(&[b"Content-Type: text/plain; charset=".as_slice(), &b"\xff".repeat(10_000), b"\r\n\r\n\xff\xfe\xfd"].concat()),
            with(b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGE-+////-"),
            with(&[b"Content-Type: text/plain; ".as_slice(), &b"a*0*=x; ".repeat(50_000)].concat()),
            with(&[b"Content-Transfer-Encoding: base64\r\n\r\n".as_slice(), &b"====".repeat(500_000)].concat()),
            with(&[b"Content-Type: multipart/mixed; boundary=x\r\n\r\n".as_slice(), &b"--x\r\n\r\n".repeat(200_000)].concat()),
            b"Date: Mon, 99 Zzz 99999999999 99:99:99 +9999\r\nFrom: a@x\r\n\r\n".to_vec(),
            b"From:\r\nDate:\r\n\r\n".to_vec(),
            b"From: \xff\xff\xff\r\n".to_vec(),
            vec![],
            vec![b'\n'; 100_000],
        ];
        for (n, mail) in hostile.iter().enumerate() {
            if let Some(found) = read(mail) {
                assert!(found.recipients.len() <= LISTED_MAX && found.attachments.len() <= LISTED_MAX, "{n}");
                let all = found.recipients.iter().chain(&found.attachments).chain([&found.sender]);
                for text in all {
                    assert!(text.chars().count() <= LISTED_CHARS_MAX && !text.contains(char::is_control) && !text.is_empty(), "{n}");
                }
                assert!(found.recipients_count as usize >= found.recipients.len());
            }
        }
    }

    /// Every mail that is a broken copy of a good one.
    #[test]
    fn broken_copies_never_panic() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap()
        };
        for cut in 0..MAIL.len() {
            read(&MAIL[..cut]);
            read(&MAIL[cut..]);
        }
        for _ in 0..5_000 {
            let mut mail = MAIL.to_vec();
            for _ in 0..=random() % 8 {
                let at = random() % mail.len();
                match random() % 4 {
                    0 => mail[at] = u8::try_from(random() % 256).unwrap(),
                    1 => drop(mail.drain(at..(at + random() % 40).min(mail.len()))),
                    2 => {
                        let piece = MAIL[random() % MAIL.len()..].to_vec();
                        let keep = random() % 200;
                        mail.splice(at..at, piece.into_iter().take(keep));
                    }
                    _ => mail.insert(at, b"\r\n:;=?\"()<>,\\\0"[random() % 14]),
                }
                if mail.is_empty() {
                    break;
                }
            }
            read(&mail);
        }
    }
}
