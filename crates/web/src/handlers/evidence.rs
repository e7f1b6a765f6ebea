//! `/reports/{id}/evidence`: the question about images, the upload, the download, and what a DSL did about an image.
//!
//! The page with the file is only ever the answer to the question, so that no link leads past it.

use axum::extract::{FromRequest as _, FromRequestParts as _, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::evidence::{Answered, FilePlace, NewEvidence, TOO_LARGE, Welcome};
use wardbook_app::reports::Conditions;
use wardbook_app::shown::{ReportShown, reference};
use wardbook_domain::report::{ImageAnswer, NameImage, TakeUpImage};
use wardbook_domain::{Address, Duty};

use super::answer::{Answer, Stop, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::Web;
use crate::pages::evidence::{AskImage, FileRow, Files, ImageGuidance, ImagePart, SendFile};
use crate::pages::forms::FormErrors;
use crate::upload::{File, UPLOAD_WAIT, Upload, Wrong};

/// Hexadecimal digits of a command's id.
const DIGITS: usize = 32;

/// Whose page it is: the report, and whether it takes a file from this person.
struct Place {
    id: String,
    report: [u8; 16],
    of: FilePlace,
}

impl Place {
    async fn find(here: &Here, id: String, key: Option<&str>) -> Result<Self, Stop> {
        let report = parse_id(&id).map_err(|error| here.refuse(error))?;
        let of = here.web.file_place(&here.caller, report, key).await.map_err(|error| here.refuse(error))?;
        Ok(Self { id, report, of })
    }

    /// Where this person came from: the report, or their receipt.
    fn back(&self) -> (String, String) {
        let (text, part) = if self.of.is_reader { ("Back to the report", "reports") } else { ("Back to your receipt", "receipts") };
        (text.to_owned(), format!("/{part}/{}", self.id))
    }

    fn guidance(&self, here: &Here, status: StatusCode) -> Response {
        let (back, reference) = (self.back(), reference(&self.report));
        page(status, &ImageGuidance { chrome: here.chrome(), reference, back, heading: "Do not look at it".to_owned() })
    }

    /// The page in place of the next step, where no file is taken in.
    fn refusal(&self, here: &Here) -> Option<Response> {
        match self.of.welcome {
            Welcome::Yes => None,
            Welcome::Image => Some(self.guidance(here, StatusCode::OK)),
            Welcome::Full => {
                let full = AppError::State("this report has as many files as a report may have".to_owned());
                Some(here.refuse_at(full, &self.back().1).into_response())
            }
        }
    }

    fn question(&self, here: &Here, status: StatusCode, banner: Option<String>, typed: (String, String), errors: FormErrors) -> Response {
        let chrome = crate::pages::Chrome { banner, ..here.chrome() };
        let (image, device) = typed;
        let (id, reference, back) = (self.id.clone(), reference(&self.report), self.back());
        page(status, &AskImage { chrome, errors, id, reference, back, command: fresh(here), image, device })
    }

    fn file(&self, here: &Here, status: StatusCode, what: String, errors: FormErrors) -> Response {
        let (chrome, id, reference) = (here.chrome(), self.id.clone(), reference(&self.report));
        page(status, &SendFile { chrome, errors, id, reference, command: fresh(here), what })
    }
}

/// The id of a command that the next page sends.
fn fresh(here: &Here) -> String {
    hex::encode(here.web.entropy().bytes::<16>())
}

fn is_command(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `GET /reports/{id}/evidence`: the question.
pub(crate) async fn ask(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    let place = Place::find(&here, id, None).await?;
    let typed = Default::default();
    let question = || place.question(&here, StatusCode::OK, command::done(&query), typed, FormErrors::default());
    Ok(place.refusal(&here).unwrap_or_else(question))
}

/// `POST /reports/{id}/evidence`: the answer. No leads to the file, yes and unsure to a DSL.
pub(crate) async fn answer(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let key = fields.one("command");
    if !is_command(&key) {
        return Err(here.expired());
    }
    let place = Place::find(&here, id, None).await?;
    let (image, device) = (fields.one("image"), fields.one("device"));
    let mut errors = FormErrors::default();
    match ImageAnswer::parse(&image) {
        None => errors.add("image", "Answer yes, not sure or no"),
        Some(ImageAnswer::No) => {
            let file = || place.file(&here, StatusCode::OK, String::new(), FormErrors::default());
            return Ok(place.refusal(&here).unwrap_or_else(file));
        }
        Some(answer) => {
            let ask = NameImage { answer, device: Some(device.clone()) };
            let conditions = Conditions { key: Some(&key), if_match: None };
            match here.web.name_image(&here.caller, place.report, &ask, conditions).await {
                Ok(_) => return Ok(see_other(&format!("/reports/{}/evidence/named", place.id))),
                Err(AppError::Invalid(invalid)) => errors = page_errors(invalid, &[("device", "device", "this")]),
                Err(error) => return Err(here.refuse_at(error, &place.back().1)),
            }
        }
    }
    Ok(place.question(&here, StatusCode::UNPROCESSABLE_ENTITY, None, (image, device), errors))
}

/// `GET /reports/{id}/evidence/named`: what to do about an image.
pub(crate) async fn named(here: Here, Path(id): Path<String>) -> Answer {
    Ok(Place::find(&here, id, None).await?.guidance(&here, StatusCode::OK))
}

/// `POST /reports/{id}/evidence/file`: the file, after token, command and answer.
pub(crate) async fn upload(State(web): State<Web>, Path(id): Path<String>, request: Request) -> Answer {
    let (mut parts, body) = request.into_parts();
    let here = Here::from_request_parts(&mut parts, &web).await?;
    here.check_origin(&parts.headers, &parts.uri)?;
    let place = Place::find(&here, id, None).await?;
    let _room = web.transfers.upload(here.caller.person).map_err(|error| here.refuse(error))?;
    let multipart = Multipart::from_request(Request::from_parts(parts, body), &web).await.map_err(|_| here.expired())?;
    let reading = sent(&here, &place, multipart);
    match tokio::time::timeout(UPLOAD_WAIT, reading).await {
        Ok(Ok((key, new))) => keep(&here, &place, &key, new).await,
        Ok(Err(Unread::Stop(stop))) => Err(stop),
        Ok(Err(Unread::Wrong(wrong))) => Ok(wrong_file(&here, &place, wrong)),
        Err(_) => Ok(wrong_file(&here, &place, Wrong::TooSlow)),
    }
}

enum Unread {
    Stop(Stop),
    Wrong(Wrong),
}

impl From<Wrong> for Unread {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// Reads the parts in their order; what the token or the report forbids is not read.
async fn sent(here: &Here, place: &Place, parts: Multipart) -> Result<(String, NewEvidence), Unread> {
    let mut upload = Upload::new(parts);
    here.check_token(&upload.text("csrf").await?).map_err(Unread::Stop)?;
    let key = upload.text("command").await?;
    let no = ImageAnswer::parse(&upload.text("image").await?) == Some(ImageAnswer::No);
    if !no || !is_command(&key) {
        return Err(Unread::Stop(here.expired()));
    }
    let now = here.web.file_place(&here.caller, place.report, Some(&key)).await.map_err(|error| Unread::Stop(here.refuse(error)))?;
    if let Some(refusal) = (Place { id: place.id.clone(), report: place.report, of: now }).refusal(here) {
        return Err(Unread::Stop(refusal.into()));
    }
    let File { what, name, content } = upload.file().await?;
    Ok((key, NewEvidence { image: ImageAnswer::No, name, what, content }))
}

async fn keep(here: &Here, place: &Place, key: &str, new: NewEvidence) -> Answer {
    let what = new.what.clone().unwrap_or_default();
    // A browser sends an empty file without a name where none was chosen.
    if new.name.is_empty() && new.content.is_empty() {
        let mut errors = FormErrors::default();
        errors.add("file", "Choose a file");
        return Ok(place.file(here, StatusCode::UNPROCESSABLE_ENTITY, what, errors));
    }
    let conditions = Conditions { key: Some(key), if_match: None };
    match here.web.add_evidence(&here.caller, place.report, new, conditions).await {
        Ok(Answered::Kept(_)) if place.of.is_reader => Ok(see_other(&format!("/reports/{}?done=added", place.id))),
        Ok(Answered::Kept(_)) => Ok(see_other(&format!("/reports/{}/evidence?done=added", place.id))),
        Ok(Answered::Image(_)) => Ok(see_other(&format!("/reports/{}/evidence/named", place.id))),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &[("file", "file", "the file"), ("what", "what", "this")]);
            Ok(place.file(here, StatusCode::UNPROCESSABLE_ENTITY, what, errors))
        }
        Err(error) => Err(here.refuse_at(error, &place.back().1)),
    }
}

fn wrong_file(here: &Here, place: &Place, wrong: Wrong) -> Response {
    let (field, text, status) = match wrong {
        Wrong::TooLarge => ("file", format!("The file {TOO_LARGE}"), StatusCode::PAYLOAD_TOO_LARGE),
        Wrong::Text("what") => ("what", "This is too long".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        Wrong::TooSlow => ("file", "It took too long; try again with a better connection".to_owned(), StatusCode::REQUEST_TIMEOUT),
        Wrong::Expected("file") => ("file", "Choose a file".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        Wrong::Broken => ("file", "The file broke off before its end; send it again".to_owned(), StatusCode::BAD_REQUEST),
        Wrong::Expected(_) | Wrong::Text(_) => return here.expired().into_response(),
    };
    let mut errors = FormErrors::default();
    errors.add(field, text);
    place.file(here, status, String::new(), errors)
}

/// `GET /reports/{id}/evidence/{evidence}`: the file, always as a download.
pub(crate) async fn download(here: Here, Path((id, evidence)): Path<(String, String)>) -> Answer {
    let file = crate::api::evidence::download(&here.web, &here.caller, &id, &evidence).await;
    file.map_err(|error| here.refuse(error))
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
        href: format!("/reports/{}/evidence/{}", shown.id, file.id),
        by: format!("{}, {}", file.added_by, words::when(file.added_at)),
    };
    let holds = |address: &wardbook_app::shown::AddressShown| {
        let Some(duty) = Duty::parse(&address.duty) else { return false };
        let address = Address { duty, school: address.school.clone() };
        here.caller.duties.iter().any(|held| address.is_covered_by(held))
    };
    let at_filing = shown.image.as_deref().and_then(ImageAnswer::parse).is_some_and(ImageAnswer::may_show_a_child);
    let named = shown.image_open || at_filing;
    (!shown.own_words).then(|| Files {
        id: shown.id.clone(),
        rows: shown.evidence.iter().map(row).collect(),
        add: (!named).then(|| format!("/reports/{}/evidence", shown.id)),
        image: named.then(|| ImagePart { act: shown.image_for.iter().any(holds).then(|| token(here, seen)) }),
    })
}
