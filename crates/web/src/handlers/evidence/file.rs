//! One file of a report or a case: what is known of it, what may be shown of it, its download, what an e-mail says, and quarantine.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::evidence::{EvidenceShown, MessageShown, Previewed};
use wardbook_app::shown::reference;
use wardbook_domain::Instant;
use wardbook_domain::case::Message;
use wardbook_domain::evidence::{MediaType, Quarantine};

use super::{Kind, OfCase, record_path, under_of};
use crate::api::evidence::SANDBOX;
use crate::handlers::answer::{Answer, page, see_other};
use crate::handlers::command::{self, Command, page_errors, sentence_start, token};
use crate::handlers::fields::Fields;
use crate::handlers::visitor::{Asked, Here, Posted, Visitor as _};
use crate::handlers::words;
use crate::pages::Chrome;
use crate::pages::evidence::{ConfirmMessage, FilePage, InQuarantine, QuarantineForm, TextPage};
use crate::pages::forms::FormErrors;
use crate::pages::summary::SummaryRow;

/// `GET .../{id}/evidence/{evidence}`: the file, always as a download. It is a copy that leaves: a code is asked for first.
pub(crate) async fn download<K: Kind>(here: Here, Path((id, evidence)): Path<(String, String)>) -> Answer {
    let under = under_of::<K>(&here, &id)?;
    let number = parse_id(&evidence).map_err(|error| here.refuse(error))?;
    // Who may not have it is not asked for a code.
    here.web.may_have_file(&here.caller, under, number).await.map_err(|error| here.refuse(error))?;
    here.prove(&format!("{}/evidence/{evidence}/about", record_path::<K>(&id)))?;
    let file = crate::api::evidence::download(&here.web, &here.caller, under, &evidence).await;
    file.map_err(|error| here.refuse(error))
}

/// `GET .../{id}/evidence/{evidence}/about`.
pub(crate) async fn about<K: Kind>(here: Here, Path((id, evidence)): Path<(String, String)>, Asked(query): Asked) -> Answer {
    draw::<K>(&here, (&id, &evidence), StatusCode::OK, command::done(&query), (String::new(), FormErrors::default())).await
}

/// `POST .../{id}/evidence/{evidence}/quarantine`.
pub(crate) async fn quarantine<K: Kind>(Path((id, evidence)): Path<(String, String)>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let (under, number) = (under_of::<K>(&here, &id)?, parse_id(&evidence).map_err(|error| here.refuse(error))?);
    let href = format!("{}/evidence/{evidence}/about", record_path::<K>(&id));
    // It takes a key away from the service.
    here.prove(&href)?;
    let ask = Quarantine { reason: fields.one("quarantine_reason") };
    match here.web.quarantine(&here.caller, under, number, &ask, command.conditions()).await {
        Ok(_) => Ok(see_other(&format!("{href}?done=quarantined"))),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &[("reason", "quarantine_reason", "the reason")]);
            draw::<K>(&here, (&id, &evidence), StatusCode::UNPROCESSABLE_ENTITY, None, (ask.reason, errors)).await
        }
        Err(error) => Err(here.refuse_at(error, &href)),
    }
}

async fn draw<K: Kind>(
    here: &Here,
    (id, evidence): (&str, &str),
    status: StatusCode,
    banner: Option<String>,
    (reason, errors): (String, FormErrors),
) -> Answer {
    let refuse = |error| here.refuse(error);
    let under = under_of::<K>(here, id)?;
    let about = here.web.file_about(&here.caller, under, parse_id(evidence).map_err(refuse)?).await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, &about.shown).map_err(refuse)?;
    let (path, shown) = (record_path::<K>(id), &about.shown);
    let file = format!("{path}/evidence/{evidence}");
    let free = shown.quarantined.is_none();
    let is_mail = shown.belongs_to == "case" && shown.media_type == MediaType::Mail.as_str();
    let page_of_file = FilePage {
        chrome: Chrome { banner, ..here.chrome() },
        errors,
        caption: sentence_start(&format!("a file of {} {}", K::WORD, reference(&under.id()))),
        back: (format!("Back to the {}", K::WORD), path),
        name: shown.name.clone(),
        facts: facts(shown),
        download: free.then(|| file.clone()),
        preview: about.preview.is_some().then(|| format!("{file}/preview")),
        message: (free && is_mail).then(|| (format!("{file}/message"), shown.message.is_some())),
        quarantined: shown.quarantined.as_ref().map(|it| InQuarantine {
            by: format!("{}, {}", it.by, words::when(it.at)),
            reason: it.reason.clone(),
            copies: about.copies.clone().unwrap_or_default(),
        }),
        quarantine: about.may_quarantine.then(|| QuarantineForm {
            action: format!("{file}/quarantine"),
            token: token(here, &seen),
            reason,
        }),
    };
    Ok(page(status, &page_of_file))
}

/// `GET .../{id}/evidence/{evidence}/preview`: the beginning of a text, or the page with an image on it.
pub(crate) async fn preview<K: Kind>(here: Here, Path((id, evidence)): Path<(String, String)>) -> Answer {
    let refuse = |error| here.refuse(error);
    let under = under_of::<K>(&here, &id)?;
    let number = parse_id(&evidence).map_err(refuse)?;
    let (shown, previewed) = here.web.preview_file(&here.caller, under, number).await.map_err(refuse)?;
    let file = format!("{}/evidence/{evidence}", record_path::<K>(&id));
    let (text, cut, image) = match &previewed {
        Previewed::Text(text, cut) => (Some(text.to_string()), *cut, None),
        Previewed::Image(..) => (None, false, Some(format!("{file}/image"))),
    };
    let caption = sentence_start(&format!("a file of {} {}", K::WORD, reference(&under.id())));
    let shown_page = TextPage { chrome: here.chrome(), caption, back: format!("{file}/about"), name: shown.name, text, cut, image };
    Ok(page(StatusCode::OK, &shown_page))
}

/// `GET .../{id}/evidence/{evidence}/image`: an image for the page before, judged again by its bytes.
pub(crate) async fn image<K: Kind>(here: Here, Path((id, evidence)): Path<(String, String)>) -> Answer {
    let refuse = |error| here.refuse(error);
    let under = under_of::<K>(&here, &id)?;
    let number = parse_id(&evidence).map_err(refuse)?;
    let (_, previewed) = here.web.preview_file(&here.caller, under, number).await.map_err(refuse)?;
    let Previewed::Image(media_type, content) = previewed else { return Err(refuse(AppError::NotFound)) };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX)),
    ];
    Ok((headers, axum::body::Bytes::from_owner(Bytes(content))).into_response())
}

/// The bytes of an image: wiped when they have gone.
struct Bytes(zeroize::Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// `GET /cases/{id}/evidence/{evidence}/message`: what an e-mail seems to say.
pub(crate) async fn message(here: Here, Path((id, evidence)): Path<(String, String)>, Asked(query): Asked) -> Answer {
    let number = parse_id(&evidence).map_err(|error| here.refuse(error))?;
    let case = parse_id(&id).map_err(|error| here.refuse(error))?;
    let (_, proposed) = here.web.message(&here.caller, case, number).await.map_err(|error| here.refuse(error))?;
    let found = proposed.is_some();
    let typed = TypedMessage::of(&proposed.unwrap_or_default());
    ask(&here, (&id, &evidence), StatusCode::OK, command::done(&query), (typed, found, FormErrors::default())).await
}

/// `POST /cases/{id}/evidence/{evidence}/message`: what somebody confirms that it says.
pub(crate) async fn confirm(Path((id, evidence)): Path<(String, String)>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let case = parse_id(&id).map_err(|error| here.refuse(error))?;
    let number = parse_id(&evidence).map_err(|error| here.refuse(error))?;
    let href = format!("/cases/{id}/evidence/{evidence}/about");
    let typed = TypedMessage::read(&fields);
    let mut errors = FormErrors::default();
    let said = typed.said(&mut errors);
    if !errors.any() {
        match here.web.confirm_message(&here.caller, case, number, &said, command.conditions()).await {
            Ok(_) => return Ok(see_other(&format!("{href}?done=confirmed"))),
            Err(AppError::Invalid(invalid)) => {
                let places = [
                    ("sender", "sender", "the sender"),
                    ("recipients", "recipients", "this list"),
                    ("recipients_count", "recipients_count", "this number"),
                    ("attachments", "attachments", "this list"),
                    ("attachments_count", "attachments_count", "this number"),
                    ("sent_at", "time_wrong", "the time"),
                    ("evidence", "sender", "the file"),
                ];
                errors = page_errors(invalid, &places);
            }
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    ask(&here, (&id, &evidence), StatusCode::UNPROCESSABLE_ENTITY, None, (typed, true, errors)).await
}

/// What the form about an e-mail holds, as typed.
#[derive(Default)]
struct TypedMessage {
    sender: String,
    sent_at: String,
    time_wrong: bool,
    recipients: String,
    recipients_count: String,
    attachments: String,
    attachments_count: String,
}

impl TypedMessage {
    fn of(proposed: &Message) -> Self {
        Self {
            sender: proposed.sender.clone(),
            sent_at: proposed.sent_at.map(|at| at.to_string()).unwrap_or_default(),
            time_wrong: false,
            recipients: proposed.recipients.join("\n"),
            recipients_count: proposed.recipients_count.to_string(),
            attachments: proposed.attachments.join("\n"),
            attachments_count: proposed.attachments_count.to_string(),
        }
    }

    fn read(fields: &Fields) -> Self {
        Self {
            sender: fields.one("sender"),
            sent_at: fields.one("sent_at"),
            time_wrong: fields.get("time_wrong").is_some(),
            recipients: fields.one("recipients"),
            recipients_count: fields.one("recipients_count"),
            attachments: fields.one("attachments"),
            attachments_count: fields.one("attachments_count"),
        }
    }

    fn said(&self, errors: &mut FormErrors) -> Message {
        let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let mut number = |field: &str, text: &str| {
            text.trim().parse().unwrap_or_else(|_| {
                errors.add(field, "Give the number in digits");
                0
            })
        };
        Message {
            recipients_count: number("recipients_count", &self.recipients_count),
            attachments_count: number("attachments_count", &self.attachments_count),
            sender: self.sender.trim().to_owned(),
            sent_at: Instant::parse(&self.sent_at).filter(|_| !self.time_wrong),
            recipients: lines(&self.recipients),
            attachments: lines(&self.attachments),
        }
    }
}

async fn ask(
    here: &Here,
    (id, evidence): (&str, &str),
    status: StatusCode,
    banner: Option<String>,
    (typed, found, errors): (TypedMessage, bool, FormErrors),
) -> Answer {
    let refuse = |error| here.refuse(error);
    let under = under_of::<OfCase>(here, id)?;
    let about = here.web.file_about(&here.caller, under, parse_id(evidence).map_err(refuse)?).await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, &about.shown).map_err(refuse)?;
    let confirm = ConfirmMessage {
        chrome: Chrome { banner, ..here.chrome() },
        errors,
        caption: about.shown.name,
        path: format!("/cases/{id}/evidence/{evidence}"),
        token: token(here, &seen),
        found,
        sender: typed.sender,
        sent: Instant::parse(&typed.sent_at).map(|at| (typed.sent_at.clone(), words::when(at))),
        time_wrong: typed.time_wrong,
        recipients: typed.recipients,
        recipients_count: typed.recipients_count,
        attachments: typed.attachments,
        attachments_count: typed.attachments_count,
    };
    Ok(page(status, &confirm))
}

/// What was written down of a file, a row each.
fn facts(shown: &EvidenceShown) -> Vec<SummaryRow> {
    let one = |key: &str, value: String| SummaryRow::new(key, vec![value]);
    let mut rows = vec![one("Kind", kind(shown)), one("Size", size(shown.size))];
    let said = [("What it is", &shown.what), ("Who gave it", &shown.given_by), ("How it came", &shown.how)];
    rows.extend(said.into_iter().filter_map(|(key, value)| value.clone().map(|value| one(key, value))));
    rows.push(one("Taken in by", format!("{}, {}", shown.collected_by, words::when(shown.collected_at))));
    rows.push(one("SHA-256 as it came", shown.sha256.clone()));
    rows.extend(shown.message.iter().flat_map(says));
    rows
}

fn says(message: &MessageShown) -> Vec<SummaryRow> {
    let Message { sender, sent_at, recipients, recipients_count, attachments, attachments_count } = &message.says;
    let listed = |list: &[String], count: u32| {
        let more = (count as usize).saturating_sub(list.len());
        list.iter().cloned().chain((more > 0).then(|| format!("and {more} more"))).collect::<Vec<_>>()
    };
    let mut rows = vec![SummaryRow::new("The e-mail is from", vec![sender.clone()])];
    rows.extend(sent_at.map(|at| SummaryRow::new("Sent", vec![words::when(at)])));
    rows.push(SummaryRow::new(format!("To ({recipients_count})"), listed(recipients, *recipients_count)));
    if *attachments_count > 0 {
        rows.push(SummaryRow::new(format!("Attached ({attachments_count})"), listed(attachments, *attachments_count)));
    }
    rows.push(SummaryRow::new("Confirmed by", vec![format!("{}, {}", message.by, words::when(message.at))]));
    rows
}

fn kind(shown: &EvidenceShown) -> String {
    MediaType::parse(&shown.media_type).map_or_else(|| shown.media_type.clone(), |kind| sentence_start(kind.label()))
}

/// The intake of a file in a few lines, for a list (EVI-3).
pub(super) fn intake(shown: &EvidenceShown) -> Vec<String> {
    let from = [&shown.given_by, &shown.how].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
    let mut lines = vec![format!("{}, {}", kind(shown), size(shown.size))];
    if !from.is_empty() {
        lines.push(format!("From: {from}"));
    }
    lines.push(format!("Taken in by {}, {}", shown.collected_by, words::when(shown.collected_at)));
    lines.push(format!("SHA-256 {}", shown.sha256));
    lines
}

/// A size in words that a person can compare.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_in_words() {
        for (bytes, words) in
            [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (1_001, "2 kB"), (1_250_000, "1.2 MB"), (524_288_000, "524.2 MB")]
        {
            assert_eq!(size(bytes), words);
        }
    }
}
