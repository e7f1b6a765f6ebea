//! `/api/v1/reports/{id}/evidence`, `/cases/{id}/evidence`, `/evidence/{id}` and `/image`: files of reports and cases, and what happens in
//! place of a file.

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures::stream;
use wardbook_app::{
    AppError, Caller,
    cases::parse_id,
    evidence::{Content, EvidenceShown, FULL, ImageNamed, NewFile, Under, Welcome},
    import::parse_named,
    reports::Conditions,
};
use wardbook_domain::{
    case::Message,
    evidence::{Given, Quarantine},
    report::{ImageAnswer, NameImage, TakeUpImage, image_guidance},
};

use super::{Sent, record, wrong};
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
    transfers::Transfer,
    upload::{Failed, File, UPLOAD_WAIT, Upload, Wrong, said},
};

/// The parts of an upload, in this order.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the body; the parts are read one by one")]
pub(crate) struct EvidenceParts {
    /// Comes first: could it show anyone under 18 without clothes, or partly without? `yes` and `unsure` take nothing in.
    image: ImageAnswer,
    /// What it is: a scan of the paper, a photograph of the damage.
    what: Option<String>,
    /// Who gave it to you; needed for a case.
    given_by: Option<String>,
    /// How it came to you; needed for a case.
    how: Option<String>,
    /// PDF, JPEG, PNG, HEIC, plain text, e-mail (eml), DOCX or XLSX.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Adds a file to a report, after the question about images.
///
/// The reporter and whoever reads the report may add one. On `yes` and `unsure` the rest of the body is not read and nothing of it is
/// kept: a designated safeguarding lead is asked to act, and the answer, 200, says what to do. Of an e-mail the answer proposes what it
/// says.
#[utoipa::path(post, path = "/api/v1/reports/{id}/evidence", tag = "evidence",
    request_body(content = EvidenceParts, content_type = "multipart/form-data"),
    params(("id" = String, Path, description = "32 hex digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = EvidenceShown), (status = 200, body = ImageNamed), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 408, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn add(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    add_under(&web, &caller, Under::Report(parse_id(&id)?), headers.conditions(), request).await
}

/// Adds a file to a case, after the question about images: from whom it comes and how is asked too (EVI-3).
///
/// Whoever reads the case may add one. On `yes` and `unsure` the rest of the body is not read and nothing of it is kept: a designated
/// safeguarding lead is asked to act, and the answer, 200, says what to do. None is taken in where an image was named and nobody has
/// acted. Of an e-mail the answer proposes what it says; `POST /api/v1/evidence/{id}/message` confirms it.
#[utoipa::path(post, path = "/api/v1/cases/{id}/evidence", tag = "evidence",
    request_body(content = EvidenceParts, content_type = "multipart/form-data"),
    params(("id" = String, Path, description = "32 hex digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 201, body = EvidenceShown), (status = 200, body = ImageNamed), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 408, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn add_to_case(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    add_under(&web, &caller, Under::Case(parse_id(&id)?), headers.conditions(), request).await
}

async fn add_under(web: &Web, caller: &Caller, under: Under, conditions: Conditions<'_>, request: Request) -> Result<Response, Problem> {
    match web.file_place(caller, under, conditions.key).await?.welcome {
        Welcome::Yes => {}
        Welcome::Image => return Err(AppError::State(image_guidance::REFUSED.to_owned()).into()),
        Welcome::Full => return Err(AppError::State(FULL.to_owned()).into()),
    }
    let _room = web.transfers.upload(caller.person)?;
    let read = read(web, caller, under, conditions, request);
    let read = tokio::time::timeout(UPLOAD_WAIT, read).await.unwrap_or(Err(Failed::Wrong(Wrong::TooSlow)));
    let failed = |failed| problem(web, failed);
    match read.map_err(failed)? {
        Read::Image(answer) => {
            let named = web.name_image(caller, under, &NameImage { answer, device: None }, conditions).await?;
            record(web, caller, StatusCode::OK, &named)
        }
        Read::File(taken) => {
            let shown = web.add_evidence(caller, under, *taken).await.map_err(|error| failed(error.into()))?;
            let location = match under {
                Under::Report(_) => format!("/api/v1/reports/{}/evidence/{}", shown.record, shown.id),
                Under::Case(_) => format!("/api/v1/evidence/{}", shown.id),
            };
            let mut response = record(web, caller, StatusCode::CREATED, &shown)?;
            let location = HeaderValue::from_str(&location).expect("a path of hex digits is a header value");
            response.headers_mut().insert(header::LOCATION, location);
            Ok(response)
        }
    }
}

/// What an upload comes to; the file is read only after the answer was no.
enum Read {
    Image(ImageAnswer),
    File(Box<wardbook_app::evidence::Taken>),
}

async fn read(web: &Web, caller: &Caller, under: Under, conditions: Conditions<'_>, request: Request) -> Result<Read, Failed> {
    let parts = Multipart::from_request(request, web).await.map_err(|_| Wrong::Broken)?;
    let mut upload = Upload::new(parts);
    let image = ImageAnswer::parse(upload.text("image").await?.trim()).ok_or(Wrong::Expected("image"))?;
    if image.may_show_a_child() {
        return Ok(Read::Image(image));
    }
    let mut given = Given::default();
    let File { name, mut content } = loop {
        if let Some(file) = said(upload.next().await?, &mut given).await? {
            break file;
        }
    };
    Ok(Read::File(Box::new(web.take_file(caller, under, NewFile { name, given }, conditions, &mut content).await?)))
}

fn problem(web: &Web, failed: Failed) -> Problem {
    let found = match failed {
        Failed::App(error) => return error.into(),
        Failed::Wrong(found) => found,
    };
    match found {
        Wrong::Expected("image") => wrong("image", "is the first part: yes, unsure or no"),
        Wrong::Expected("file") => wrong("file", "comes after image and, where they are there, what, given_by and how; nothing else does"),
        Wrong::Expected(name) | Wrong::Text(name) => wrong(name, "is too long, or is no text"),
        Wrong::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The file is too large")
            .detail(format!("It {}.", web.files().too_large())),
        Wrong::Broken => wrong("body", "is not in parts (multipart/form-data), or broke off before its end"),
        Wrong::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The upload took too long"),
    }
}

/// A file of a report as it came. Only those who read the report may have it; the reporter may not.
///
/// It is always a download: nothing of it is shown. Needs a token that may take copies away.
#[utoipa::path(get, path = "/api/v1/reports/{id}/evidence/{evidence}", tag = "evidence",
    params(("id" = String, Path, description = "32 hex digits"), ("evidence" = String, Path, description = "32 hex digits")),
    responses((status = 200, content_type = "application/octet-stream", description = "The file"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    Path((id, evidence)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(download(&web, &caller, Under::Report(parse_id(&id)?), &evidence).await?)
}

/// A file of a report or a case as it came, for those who read that. In quarantine it is 410: nobody opens it here any more.
///
/// It is always a download: nothing of it is shown. Needs a token that may take copies away.
#[utoipa::path(get, path = "/api/v1/evidence/{id}", tag = "evidence",
    params(("id" = String, Path, description = "32 hex digits")),
    responses((status = 200, content_type = "application/octet-stream", description = "The file"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn show_file(State(web): State<Web>, Bearer(caller): Bearer, Path(id): Path<String>) -> Result<Response, Problem> {
    let under = web.record_of_file(&caller, parse_id(&id)?).await?;
    Ok(download(&web, &caller, under, &id).await?)
}

/// Puts a file into quarantine, for the designated safeguarding lead who reads the record: after it nobody opens the file here, this
/// service included. Nothing is destroyed; the recovery shares open it. Needs a token that may take copies away and quarantine.
#[utoipa::path(post, path = "/api/v1/evidence/{id}/quarantine", tag = "evidence", request_body = Quarantine,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = EvidenceShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn quarantine(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Quarantine = parse_named(&body)?;
    let evidence = parse_id(&id)?;
    let under = web.record_of_file(&caller, evidence).await?;
    let shown = web.quarantine(&caller, under, evidence, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// Confirms what an e-mail among a case's files says, as its sending proposed it or otherwise.
#[utoipa::path(post, path = "/api/v1/evidence/{id}/message", tag = "evidence", request_body = Message,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = EvidenceShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn confirm_message(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: Message = parse_named(&body)?;
    let evidence = parse_id(&id)?;
    let Under::Case(case) = web.record_of_file(&caller, evidence).await? else {
        // What is kept with a report is confirmed where somebody works on it: in a case.
        return Err(AppError::NotFound.into());
    };
    let shown = web.confirm_message(&caller, case, evidence, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

/// The file as a download, for the API and the page.
pub(crate) async fn download(web: &Web, caller: &Caller, under: Under, evidence: &str) -> Result<Response, AppError> {
    let room = web.transfers.download(caller.person)?;
    let (shown, content) = web.evidence(caller, under, parse_id(evidence)?).await?;
    let text = shown.media_type == wardbook_domain::evidence::MediaType::Text.as_str();
    let media_type = format!("{}{}", shown.media_type, if text { "; charset=utf-8" } else { "" });
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_LENGTH, content.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&shown.name)),
        (header::ETAG, web.etag(caller, &shown)?),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
    ];
    Ok((headers, leaving(content, room)).into_response())
}

/// What a browser may do with the bytes of a file: nothing.
pub(crate) const SANDBOX: &str = "default-src 'none'; sandbox";

/// A content on its way out; its room is given back when the last of it has gone, or nobody fetches it any more.
fn leaving(content: Content, room: Transfer) -> Body {
    let pieces = stream::unfold((content, room), |(mut content, room)| async move {
        let piece = content.next().await?.map(|piece| axum::body::Bytes::from_owner(Piece(piece)));
        Some((piece, (content, room)))
    });
    Body::from_stream(pieces)
}

/// A piece of a content: wiped when it has gone.
struct Piece(zeroize::Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// `attachment` with the name twice (RFC 6266): in ASCII for old programs, and as it is.
fn disposition(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

/// Says that somebody has an image, or knows of one, that could show a child without clothes. Nothing of it is sent.
///
/// A designated safeguarding lead is asked to act; the answer says what to do.
#[utoipa::path(post, path = "/api/v1/reports/{id}/image", tag = "evidence", request_body = NameImage,
    params(("id" = String, Path, description = "32 hex digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = ImageNamed), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)),
    security(("bearer" = [])))]
pub(crate) async fn name_image(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: NameImage = parse_named(&body)?;
    let named = web.name_image(&caller, Under::Report(parse_id(&id)?), &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &named)
}

/// Writes down what the designated safeguarding lead did about an image, without looking at it.
#[utoipa::path(post, path = "/api/v1/reports/{id}/image/taken-up", tag = "evidence", request_body = TakeUpImage,
    params(("id" = String, Path, description = "32 hex digits"),
        ("If-Match" = Option<String>, Header, description = "The ETag of what was shown"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the command safe to repeat")),
    responses((status = 200, body = wardbook_app::shown::ReportShown), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn take_up_image(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    headers: Headers,
    Path(id): Path<String>,
    Sent(body): Sent,
) -> Result<Response, Problem> {
    let ask: TakeUpImage = parse_named(&body)?;
    let shown = web.take_up_image(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
    record(&web, &caller, StatusCode::OK, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(disposition("scan 1.pdf"), "attachment; filename=\"scan 1.pdf\"; filename*=UTF-8''scan%201.pdf");
        let hostile = disposition("a\"; x=\"\r\n\u{e9}%.pdf");
        assert_eq!(hostile, "attachment; filename=\"a__ x______.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%22%0D%0A%C3%A9%25.pdf");
        assert!(HeaderValue::from_str(&hostile).is_ok());
    }
}
