//! The message: nothing of it depends on what it is about, but its sentence on how urgent it is.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use wardbook_app::notices::Letter;
use wardbook_domain::notice::SUBJECT;

/// Writes a letter as a message; none where an address is none.
pub(crate) fn written(letter: &Letter, from: &Mailbox, public_url: Option<&str>) -> Option<Message> {
    let to = Mailbox::new(None, letter.to.parse().ok()?);
    let micros = u64::try_from(letter.at.as_micros()).unwrap_or(0);
    let link = public_url.map(|url| format!("\r\n\r\n{}/queue", url.trim_end_matches('/'))).unwrap_or_default();
    let body = format!("{}{link}", letter.urgency.label());
    let builder: MessageBuilder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(SUBJECT)
        .date(UNIX_EPOCH + Duration::from_micros(micros))
        // The same each time that it is handed over: a server or mailbox that has it knows a repeat.
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN);
    builder.body(body).ok()
}

#[cfg(test)]
mod tests {
    use wardbook_domain::{Instant, notice::Urgency};

    use super::*;

    fn message(urgency: Urgency, url: Option<&str>) -> String {
        let at = Instant::parse("2026-10-30T16:12:00Z").unwrap();
        let letter = Letter { id: "ab".repeat(16), to: "uma.jones@example.org".into(), urgency, at };
        let from = Mailbox::new(Some("Wardbook".into()), "wardbook@oakfield.example".parse().unwrap());
        String::from_utf8(written(&letter, &from, url).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_message_is_a_fixed_subject_a_fixed_sentence_and_one_link() {
        let text = message(Urgency::Now, Some("https://wardbook.example.org"));
        assert_eq!(
            text,
            "From: Wardbook <wardbook@oakfield.example>\r\n\
             To: uma.jones@example.org\r\n\
             Subject: Wardbook: please look at your queue\r\n\
             Date: Fri, 30 Oct 2026 16:12:00 +0000\r\n\
             Message-ID: <abababababababababababababababab@oakfield.example>\r\n\
             Auto-Submitted: auto-generated\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\
             \r\n\
             Something in your Wardbook queue needs you now.\r\n\
             \r\n\
             https://wardbook.example.org/queue"
        );
        assert!(
            message(Urgency::Digest, None).ends_with("\r\n\r\nThere is something new in your Wardbook queue. Please look when you can.")
        );
    }

    #[test]
    fn what_is_no_address_is_no_message() {
        let from = Mailbox::new(None, "wardbook@oakfield.example".parse().unwrap());
        for to in ["", "uma", "uma@example.org\r\nBcc: x@example.org", "uma@example.org, x@example.org"] {
            let letter = Letter { id: String::new(), to: to.into(), urgency: Urgency::Now, at: Instant::from_micros(0) };
            assert!(written(&letter, &from, None).is_none(), "{to:?}");
        }
    }
}
