//! Acts on a record: a command that is safe to send twice and bound to what its sender was shown.

use axum::http::StatusCode;
use wardbook_app::reports::Conditions;
use wardbook_domain::field::Invalid;

use super::answer::{Stop, capital, page};
use super::fields::Fields;
use super::visitor::{Here, Visitor as _};
use crate::pages::forms::{CommandToken, FormErrors};
use crate::pages::message::Message;

/// Hexadecimal digits of a command's id.
const DIGITS: usize = 32;

/// The hidden fields of a form, as sent.
#[derive(Debug)]
pub(crate) struct Command {
    id: String,
    seen: String,
}

impl Command {
    /// Reads the hidden fields; a form without them is none of ours.
    pub(crate) fn read(here: &Here, fields: &Fields) -> Result<Self, Stop> {
        let (id, seen) = (fields.one("command"), fields.one("seen"));
        // A star would match whatever stands there: only a digest says what was seen.
        let ours = id.len() == DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && seen.starts_with('"');
        if ours { Ok(Self { id, seen }) } else { Err(page(StatusCode::FORBIDDEN, &Message::form_expired(here.chrome())).into()) }
    }

    pub(crate) fn conditions(&self) -> Conditions<'_> {
        Conditions { key: Some(&self.id), if_match: Some(&self.seen) }
    }
}

/// The hidden fields of a form on a page that shows what `seen` is the digest of.
pub(crate) fn token(here: &Here, seen: &str) -> CommandToken {
    CommandToken { command: hex::encode(here.web.entropy().bytes::<16>()), seen: seen.to_owned() }
}

/// What the use case found wrong, at the fields of the page: `places` gives for a field of the use case the page's field and how the
/// sentence about it begins.
pub(crate) fn page_errors(Invalid(list): Invalid, places: &[(&str, &str, &str)]) -> FormErrors {
    let mut errors = FormErrors::default();
    for error in list {
        let place = places.iter().find(|(field, _, _)| *field == error.field);
        let (field, start) = place.map_or((error.field.as_str(), "this"), |(_, field, start)| (*field, *start));
        errors.add(field, capital(&format!("{start} {}", error.problem)));
    }
    errors
}

/// A text as the beginning of a sentence.
pub(crate) fn sentence_start(text: &str) -> String {
    capital(text)
}

/// What a page says about the command before it, by a word in its query: fixed sentences, never a text from an address.
pub(crate) fn done(query: &Fields) -> Option<String> {
    let sentence = match query.get("done")? {
        "received" => "You have confirmed that you received this report",
        "assessed" => "The assessment is recorded and its cases are open",
        "noted" => "The note is recorded",
        "closed" => "The case is closed",
        "settled" => "Whom it is about is recorded",
        "assessed-away" => "The assessment is recorded. It is about an adult, so it went to whoever receives that, and is no longer yours",
        "settled-away" => "Recorded. It is no longer yours to see",
        "deleted" => "The draft is deleted",
        "dismissed" => "The alerts are dismissed",
        "raised" => "The concern is filed as a report. Confirm that you have received it, then assess it",
        "moved" => "The correction is recorded and the clock runs from there",
        "decided" => "The decision is recorded",
        "added" => "The file is kept with the report",
        "added-to-case" => "The file is kept with the case",
        "quarantined" => "The file is in quarantine. Nobody can open it here any more",
        "confirmed" => "What the e-mail says is recorded",
        "acted" => "What you did is recorded",
        "people" => "Who may read it is recorded",
        "act" => "It is recorded",
        "answered" => "Your answer is recorded",
        "away" => "It is recorded. It is no longer yours to see",
        "aside" => "You stand aside. It is no longer yours to see",
        "covered" => "The cover is arranged",
        "cover-ended" => "The cover has ended",
        "glass-broken" => "The queue is open to you. Others have been told",
        "glass-closed" => "The queue is closed again",
        "glass-reviewed" => "The review is recorded",
        "corrected" => "The correction is recorded",
        "published" => "The figures are published",
        _ => return None,
    };
    Some(sentence.to_owned())
}
