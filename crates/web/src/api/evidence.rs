//! `/api/v1/reports/{id}/evidence` and `/image`: files of a report, and what happens in place of a file.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use wardbook_app::{
    AppError, Caller,
    cases::parse_id,
    evidence::{Answered, EvidenceShown, ImageNamed, NewEvidence, TOO_LARGE, Welcome},
    import::parse_named,
};
use wardbook_domain::report::{ImageAnswer, NameImage, TakeUpImage, image_guidance};
use zeroize::Zeroizing;

use super::{Sent, record, wrong};
use crate::{
    Web,
    auth::{Bearer, Headers},
    problem::Problem,
    transfers::Transfer,
    upload::{UPLOAD_WAIT, Upload, Wrong},
};

/// The parts of an upload, in this order.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the body; the parts are read one by one")]
pub(crate) struct EvidenceParts {
    /// Comes first: could it show anyone under 18 without clothes, or partly without? `yes` and `unsure` take nothing in.
    image: ImageAnswer,
    /// What it is: a scan of the paper, a photograph of the damage.
    what: Option<String>,
    /// PDF, JPEG, PNG, HEIC, plain text, DOCX or XLSX, at most 20 MiB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Adds a file to a report, after the question about images.
///
/// The reporter and whoever reads the report may add one. On `yes` and `unsure` the rest of the body is not read and nothing of it is
/// kept: a designated safeguarding lead is asked to act, and the answer, 200, says what to do.
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
    let (report, conditions) = (parse_id(&id)?, headers.conditions());
    match web.file_place(&caller, report, conditions.key).await?.welcome {
        Welcome::Yes => {}
        Welcome::Image => return Err(AppError::State(image_guidance::REFUSED.to_owned()).into()),
        Welcome::Full => return Err(AppError::State("this report has as many files as a report may have".to_owned()).into()),
    }
    let _room = web.transfers.upload(caller.person)?;
    let read = read(request, &web);
    let new = tokio::time::timeout(UPLOAD_WAIT, read).await.unwrap_or(Err(Wrong::TooSlow)).map_err(problem)?;
    let answered = match new {
        Read::Image(answer) => Answered::Image(web.name_image(&caller, report, &NameImage { answer, device: None }, conditions).await?),
        Read::File(new) => web.add_evidence(&caller, report, *new, conditions).await?,
    };
    match answered {
        Answered::Kept(shown) => {
            let location = format!("/api/v1/reports/{}/evidence/{}", shown.report, shown.id);
            let mut response = record(&web, &caller, StatusCode::CREATED, &*shown)?;
            let location = HeaderValue::from_str(&location).expect("a path of hex digits is a header value");
            response.headers_mut().insert(header::LOCATION, location);
            Ok(response)
        }
        Answered::Image(named) => record(&web, &caller, StatusCode::OK, &named),
    }
}

/// What an upload comes to; the file is read only after the answer was no.
enum Read {
    Image(ImageAnswer),
    File(Box<NewEvidence>),
}

async fn read(request: Request, web: &Web) -> Result<Read, Wrong> {
    let parts = Multipart::from_request(request, web).await.map_err(|_| Wrong::Broken)?;
    let mut upload = Upload::new(parts);
    let image = ImageAnswer::parse(upload.text("image").await?.trim()).ok_or(Wrong::Expected("image"))?;
    if image.may_show_a_child() {
        return Ok(Read::Image(image));
    }
    let file = upload.file().await?;
    Ok(Read::File(Box::new(NewEvidence { image, name: file.name, what: file.what, content: file.content })))
}

fn problem(found: Wrong) -> Problem {
    let large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The file is too large").detail(format!("It {TOO_LARGE}."));
    match found {
        Wrong::Expected("image") => wrong("image", "is the first part: yes, unsure or no"),
        Wrong::Expected("file") => wrong("file", "comes after image and, where it is there, what; nothing else does"),
        Wrong::Expected(name) | Wrong::Text(name) => wrong(name, "is too long, or is no text"),
        Wrong::TooLarge => large(),
        Wrong::Broken => wrong("body", "is not in parts (multipart/form-data), or broke off before its end"),
        Wrong::TooSlow => Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The upload took too long"),
    }
}

/// A file as it came. Only those who read the report may have it; the reporter may not.
///
/// It is always a download: nothing of it is shown, and there is no preview.
#[utoipa::path(get, path = "/api/v1/reports/{id}/evidence/{evidence}", tag = "evidence",
    params(("id" = String, Path, description = "32 hex digits"), ("evidence" = String, Path, description = "32 hex digits")),
    responses((status = 200, content_type = "application/octet-stream", description = "The file"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 410, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(
    State(web): State<Web>,
    Bearer(caller): Bearer,
    Path((id, evidence)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(download(&web, &caller, &id, &evidence).await?)
}

/// The file as a download, for the API and the page.
pub(crate) async fn download(web: &Web, caller: &Caller, id: &str, evidence: &str) -> Result<Response, AppError> {
    let room = web.transfers.download(caller.person)?;
    let (shown, content) = web.evidence(caller, parse_id(id)?, parse_id(evidence)?).await?;
    let text = shown.media_type == wardbook_domain::evidence::MediaType::Text.as_str();
    let media_type = format!("{}{}", shown.media_type, if text { "; charset=utf-8" } else { "" });
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_LENGTH, content.len().to_string()),
        (header::CONTENT_DISPOSITION, disposition(&shown.name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    let body = Bytes::from_owner(Leaving { content, _room: room });
    Ok((headers, Body::from(body)).into_response())
}

/// A content on its way out: wiped, and its room given back, when the last of it has gone.
struct Leaving {
    content: Zeroizing<Vec<u8>>,
    _room: Transfer,
}

impl AsRef<[u8]> for Leaving {
    fn as_ref(&self) -> &[u8] {
        &self.content
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
    let named = web.name_image(&caller, parse_id(&id)?, &ask, headers.conditions()).await?;
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
