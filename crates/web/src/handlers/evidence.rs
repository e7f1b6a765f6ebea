//! `/reports/{id}/evidence` and `/cases/{id}/evidence`: the question about images, the upload, the download, and what a DSL did about an
//! image. `file.rs` has the pages of one file.
//!
//! The page with the file is only ever the answer to the question, so that no link leads past it. Handlers are generic over the kind of
//! record ([`Kind`]); to let another kind of record have files: a type that implements it, and its routes.

pub(crate) mod file;

use axum::extract::{FromRequest as _, FromRequestParts as _, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::evidence::{EvidenceShown, FULL, FilePlace, NewFile, Taken, Under, Welcome};
use wardbook_app::reports::Conditions;
use wardbook_app::shown::{AddressShown, CaseShown, ReportShown, reference};
use wardbook_domain::evidence::{Given, MediaType};
use wardbook_domain::report::{ImageAnswer, NameImage, TakeUpImage};

use super::answer::{Answer, Stop, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::Web;
use crate::pages::evidence::{AskImage, CaseFiles, FileRow, Files, ImageGuidance, ImagePart, SendFile};
use crate::pages::forms::FormErrors;
use crate::upload::{Failed, File, UPLOAD_WAIT, Upload, Wrong, said};

/// Hexadecimal digits of a command's id.
const DIGITS: usize = 32;

/// A kind of record that has files.
pub(crate) trait Kind: Send + Sync + 'static {
    /// Its part of the path.
    const PART: &'static str;
    /// What it is called.
    const WORD: &'static str;
    /// Whether it is asked from whom a file comes.
    const SOURCE: bool;
    /// The record of this id.
    fn under(id: [u8; 16]) -> Under;
}

/// Files of a report.
pub(crate) enum OfReport {}
/// Files of a case.
pub(crate) enum OfCase {}

impl Kind for OfReport {
    const PART: &'static str = "reports";
    const WORD: &'static str = "report";
    const SOURCE: bool = false;
    fn under(id: [u8; 16]) -> Under {
        Under::Report(id)
    }
}

impl Kind for OfCase {
    const PART: &'static str = "cases";
    const WORD: &'static str = "case";
    const SOURCE: bool = true;
    fn under(id: [u8; 16]) -> Under {
        Under::Case(id)
    }
}

/// The record of a path, for handlers of one kind.
fn under_of<K: Kind>(here: &Here, id: &str) -> Result<Under, Stop> {
    parse_id(id).map(K::under).map_err(|error| here.refuse(error))
}

/// The record's page.
fn record_path<K: Kind>(id: &str) -> String {
    format!("/{}/{id}", K::PART)
}

/// Whose page it is: the record, and whether it takes a file from this person.
struct Place {
    /// The record's page.
    path: String,
    word: &'static str,
    source: bool,
    under: Under,
    of: FilePlace,
}

impl Place {
    async fn find<K: Kind>(here: &Here, id: &str, key: Option<&str>) -> Result<Self, Stop> {
        let under = under_of::<K>(here, id)?;
        let of = here.web.file_place(&here.caller, under, key).await.map_err(|error| here.refuse(error))?;
        Ok(Self { path: record_path::<K>(id), word: K::WORD, source: K::SOURCE, under, of })
    }

    /// Where this person came from: the record, or their receipt.
    fn back(&self) -> (String, String) {
        if self.of.is_reader {
            (format!("Back to the {}", self.word), self.path.clone())
        } else {
            ("Back to your receipt".to_owned(), self.path.replace("/reports/", "/receipts/"))
        }
    }

    /// `Report 1234-ABCD`.
    fn caption(&self) -> String {
        format!("{} {}", self.word, reference(&self.under.id()))
    }

    fn guidance(&self, here: &Here, status: StatusCode) -> Response {
        let (back, caption) = (self.back(), command::sentence_start(&self.caption()));
        page(status, &ImageGuidance { chrome: here.chrome(), caption, back, heading: "Do not look at it".to_owned() })
    }

    /// The page in place of the next step, where no file is taken in.
    fn refusal(&self, here: &Here) -> Option<Response> {
        match self.of.welcome {
            Welcome::Yes => None,
            Welcome::Image => Some(self.guidance(here, StatusCode::OK)),
            Welcome::Full => Some(here.refuse_at(AppError::State(FULL.to_owned()), &self.back().1).into_response()),
        }
    }

    fn question(&self, here: &Here, status: StatusCode, banner: Option<String>, typed: (String, String), errors: FormErrors) -> Response {
        let chrome = crate::pages::Chrome { banner, ..here.chrome() };
        let (image, device) = typed;
        let (path, caption, back) = (self.path.clone(), self.caption(), self.back());
        page(status, &AskImage { chrome, errors, path, caption, back, command: fresh(here), image, device })
    }

    fn file(&self, here: &Here, status: StatusCode, given: Given, errors: FormErrors) -> Response {
        let (chrome, path, caption) = (here.chrome(), self.path.clone(), self.caption());
        let text = |answer: Option<String>| answer.unwrap_or_default();
        let (source, limit) = (self.source, here.web.files().limit());
        let (what, given_by, how) = (text(given.what), text(given.given_by), text(given.how));
        page(status, &SendFile { chrome, errors, path, caption, command: fresh(here), what, given_by, how, source, limit })
    }
}

/// The id of a command that the next page sends.
fn fresh(here: &Here) -> String {
    hex::encode(here.web.entropy().bytes::<16>())
}

fn is_command(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `GET .../{id}/evidence`: the question.
pub(crate) async fn ask<K: Kind>(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    let place = Place::find::<K>(&here, &id, None).await?;
    let typed = Default::default();
    let question = || place.question(&here, StatusCode::OK, command::done(&query), typed, FormErrors::default());
    Ok(place.refusal(&here).unwrap_or_else(question))
}

/// `POST .../{id}/evidence`: the answer. No leads to the file, yes and unsure to a DSL.
pub(crate) async fn answer<K: Kind>(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let key = fields.one("command");
    if !is_command(&key) {
        return Err(here.expired());
    }
    let place = Place::find::<K>(&here, &id, None).await?;
    let (image, device) = (fields.one("image"), fields.one("device"));
    let mut errors = FormErrors::default();
    match ImageAnswer::parse(&image) {
        None => errors.add("image", "Answer yes, not sure or no"),
        Some(ImageAnswer::No) => {
            let file = || place.file(&here, StatusCode::OK, Given::default(), FormErrors::default());
            return Ok(place.refusal(&here).unwrap_or_else(file));
        }
        Some(answer) => {
            let ask = NameImage { answer, device: Some(device.clone()) };
            let conditions = Conditions { key: Some(&key), if_match: None };
            match here.web.name_image(&here.caller, place.under, &ask, conditions).await {
                Ok(_) => return Ok(see_other(&format!("{}/evidence/named", place.path))),
                Err(AppError::Invalid(invalid)) => errors = page_errors(invalid, &[("device", "device", "this")]),
                Err(error) => return Err(here.refuse_at(error, &place.back().1)),
            }
        }
    }
    Ok(place.question(&here, StatusCode::UNPROCESSABLE_ENTITY, None, (image, device), errors))
}

/// `GET .../{id}/evidence/named`: what to do about an image.
pub(crate) async fn named<K: Kind>(here: Here, Path(id): Path<String>) -> Answer {
    Ok(Place::find::<K>(&here, &id, None).await?.guidance(&here, StatusCode::OK))
}

/// `POST .../{id}/evidence/file`: the file, after token, command and answer.
pub(crate) async fn upload<K: Kind>(State(web): State<Web>, Path(id): Path<String>, request: Request) -> Answer {
    let (mut parts, body) = request.into_parts();
    let here = Here::from_request_parts(&mut parts, &web).await?;
    here.check_origin(&parts.headers, &parts.uri)?;
    let place = Place::find::<K>(&here, &id, None).await?;
    let _room = web.transfers.upload(here.caller.person).map_err(|error| here.refuse(error))?;
    let multipart = Multipart::from_request(Request::from_parts(parts, body), &web).await.map_err(|_| here.expired())?;
    let mut given = Given::default();
    let reading = sent(&here, &place, multipart, &mut given);
    let taken = match tokio::time::timeout(UPLOAD_WAIT, reading).await {
        Ok(Ok(taken)) => taken,
        Ok(Err(Unread::Stop(stop))) => return Err(stop),
        Ok(Err(Unread::Failed(failed))) => return wrong_file(&here, &place, given, failed),
        Err(_) => return wrong_file(&here, &place, given, Failed::Wrong(Wrong::TooSlow)),
    };
    match here.web.add_evidence(&here.caller, place.under, taken).await {
        Ok(shown) => Ok(see_other(&place.after(&shown))),
        Err(error) => wrong_file(&here, &place, given, error.into()),
    }
}

enum Unread {
    Stop(Stop),
    Failed(Failed),
}

impl<E: Into<Failed>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads the parts in their order; what the token or the record forbids is not read.
async fn sent(here: &Here, place: &Place, parts: Multipart, given: &mut Given) -> Result<Taken, Unread> {
    let mut upload = Upload::new(parts);
    here.check_token(&upload.text("csrf").await?).map_err(Unread::Stop)?;
    let key = upload.text("command").await?;
    let no = ImageAnswer::parse(&upload.text("image").await?) == Some(ImageAnswer::No);
    if !no || !is_command(&key) {
        return Err(Unread::Stop(here.expired()));
    }
    let now = here.web.file_place(&here.caller, place.under, Some(&key)).await.map_err(|error| Unread::Stop(here.refuse(error)))?;
    if let Some(refusal) = (Place { path: place.path.clone(), of: now, ..*place }).refusal(here) {
        return Err(Unread::Stop(refusal.into()));
    }
    let File { name, mut content } = loop {
        if let Some(file) = said(upload.next().await?, given).await? {
            break file;
        }
    };
    // A browser sends an empty file without a name where none was chosen.
    if name.is_empty() && content.is_empty().await? {
        return Err(Wrong::Expected("file").into());
    }
    let conditions = Conditions { key: Some(&key), if_match: None };
    Ok(here.web.take_file(&here.caller, place.under, NewFile { name, given: given.clone() }, conditions, &mut content).await?)
}

impl Place {
    /// Where a file that was taken in leads: back, or for an e-mail of a case to what it says.
    fn after(&self, shown: &EvidenceShown) -> String {
        match (self.of.is_reader, self.under) {
            (false, _) => format!("{}/evidence?done=added", self.path),
            (true, Under::Case(_)) if shown.media_type == MediaType::Mail.as_str() => {
                format!("{}/evidence/{}/message?done=added-to-case", self.path, shown.id)
            }
            (true, Under::Case(_)) => format!("{}?done=added-to-case", self.path),
            (true, Under::Report(_)) => format!("{}?done=added", self.path),
        }
    }
}

fn wrong_file(here: &Here, place: &Place, given: Given, failed: Failed) -> Answer {
    let wrong = match failed {
        Failed::Wrong(wrong) => wrong,
        Failed::App(AppError::Invalid(invalid)) => {
            let places = [("file", "file", "the file"), ("what", "what", "this"), ("given_by", "given_by", "this"), ("how", "how", "this")];
            return Ok(place.file(here, StatusCode::UNPROCESSABLE_ENTITY, given, page_errors(invalid, &places)));
        }
        Failed::App(error) => return Err(here.refuse_at(error, &place.back().1)),
    };
    let (field, text, status) = match wrong {
        Wrong::TooLarge => ("file", format!("The file {}", here.web.files().too_large()), StatusCode::PAYLOAD_TOO_LARGE),
        Wrong::Text(field @ ("what" | "given_by" | "how")) => (field, "This is too long".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        Wrong::TooSlow => ("file", "It took too long; try again with a better connection".to_owned(), StatusCode::REQUEST_TIMEOUT),
        Wrong::Expected("file") => ("file", "Choose a file".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        Wrong::Broken => ("file", "The file broke off before its end; send it again".to_owned(), StatusCode::BAD_REQUEST),
        Wrong::Expected(_) | Wrong::Text(_) => return Err(here.expired()),
    };
    let mut errors = FormErrors::default();
    errors.add(field, text);
    Ok(place.file(here, status, given, errors))
}

/// `POST /reports/{id}/image/taken-up`.
pub(crate) async fn take_up_image(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let ask = TakeUpImage { action: fields.one("image_action") };
    match here.web.take_up_image(&here.caller, number, &ask, command.conditions()).await {
        Ok(_) => Ok(see_other(&format!("{href}?done=acted"))),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &[("action", "image_action", "what you did")]);
            super::reports::draw_wrong(&here, &id, errors).await
        }
        Err(error) => Err(here.refuse_at(error, &href)),
    }
}

/// The part of a report's page about its files; none in the reporter's own copy.
pub(super) fn part(here: &Here, shown: &ReportShown, seen: &str) -> Option<Files> {
    let row = |file: &wardbook_app::shown::EvidenceListed| FileRow {
        name: file.name.clone(),
        href: format!("/reports/{}/evidence/{}/about", shown.id, file.id),
        facts: vec![format!("{}, {}", file.added_by, words::when(file.added_at))],
        quarantined: file.quarantined,
    };
    let holds = |shown: &AddressShown| shown.address().is_some_and(|address| here.caller.holds(&address));
    let at_filing = shown.image.as_deref().and_then(ImageAnswer::parse).is_some_and(ImageAnswer::may_show_a_child);
    let named = shown.image_open || at_filing;
    (!shown.own_words).then(|| Files {
        id: shown.id.clone(),
        rows: shown.evidence.iter().map(row).collect(),
        add: (!named).then(|| format!("/reports/{}/evidence", shown.id)),
        image: named.then(|| ImagePart { act: shown.image_for.iter().any(holds).then(|| token(here, seen)) }),
    })
}

/// The part of a case's page about its files, with what was written down when each was taken in (EVI-3).
pub(super) fn part_of_case(shown: &CaseShown) -> CaseFiles {
    let row = |file: &EvidenceShown| FileRow {
        name: file.name.clone(),
        href: format!("/cases/{}/evidence/{}/about", shown.id, file.id),
        facts: file::intake(file),
        quarantined: file.quarantined.is_some(),
    };
    CaseFiles { rows: shown.evidence.iter().map(row).collect(), add: format!("/cases/{}/evidence", shown.id) }
}
