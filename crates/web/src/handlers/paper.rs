//! What is set on paper: the blank form, for whoever has no screen and for the day when there is none, and copies of cases.
//!
//! One rendering of each at a time, on a thread of its own kind. The form is public and tells of no matter, and the last one is kept: it is
//! set anew only when the profile or a list changes. Of a copy nothing is kept.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use wardbook_domain::Duty;
use wardbook_domain::profile::Profile;
use wardbook_domain::report::{AssessmentCategory, DataAffected, ReportType, ToldWhom};
use wardbook_pdf::{BlankForm, NAME_CHARS_MAX, PdfError, RecordCopy, TRUST_CHARS_MAX, TYPE_CHARS_MAX, TYPES_MAX, Titles};

use super::answer::{Answer, page, refusal, see_other};
use super::visitor::{Stranger, Visitor as _};
use crate::Web;
use crate::assets::has_already;
use crate::pages::message::Message;
use crate::problem::log;

/// The form as last rendered, and the one place at which a copy is set.
#[derive(Default)]
pub(crate) struct Papers {
    form: Mutex<Option<(BlankForm, Sheet)>>,
    copy: Mutex<()>,
}

#[derive(Clone)]
struct Sheet {
    body: Bytes,
    etag: Arc<str>,
}

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaperError {
    #[error("the paper was not made")]
    Pdf(#[from] PdfError),
    #[error("the rendering was cut short")]
    Thread(#[from] tokio::task::JoinError),
}

impl Papers {
    /// A copy of a case as PDF.
    pub(crate) async fn copy(&self, copy: RecordCopy) -> Result<Vec<u8>, PaperError> {
        let _turn = self.copy.lock().await;
        Ok(tokio::task::spawn_blocking(move || wardbook_pdf::record_copy(&copy)).await??)
    }

    async fn form(&self, form: BlankForm) -> Result<Sheet, PaperError> {
        let mut last = self.form.lock().await;
        if let Some((known, sheet)) = last.as_ref()
            && *known == form
        {
            return Ok(sheet.clone());
        }
        let (form, bytes) = tokio::task::spawn_blocking(move || {
            let bytes = wardbook_pdf::blank_form(&form);
            (form, bytes)
        })
        .await?;
        let body = Bytes::from(bytes?);
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16])).into();
        let sheet = Sheet { body, etag };
        *last = Some((form, sheet.clone()));
        Ok(sheet)
    }
}

/// `GET /form.pdf`: the blank form, for everybody; 304 for who has it. On a host of several trusts it is somebody's trust's, who signs in.
pub(crate) async fn blank_form(State(web): State<Web>, stranger: Stranger, headers: HeaderMap) -> Answer {
    if !web.is_alone() {
        let session = stranger.session.clone().unwrap_or_default();
        let theirs = web.trusts_of_session(&session).await.map_err(|error| refusal(stranger.chrome(), error, "/"))?;
        if theirs.is_empty() {
            return Ok(see_other("/sign-in?next=/form.pdf"));
        }
    }
    let sheet = match web.papers.form(form_of(&web)).await {
        Ok(sheet) => sheet,
        Err(error) => {
            log(&error);
            return Ok(page(StatusCode::INTERNAL_SERVER_ERROR, &Message::our_fault(stranger.chrome())));
        }
    };
    // Asked for again each time, so that nobody prints last year's form.
    let common = [(header::ETAG, sheet.etag.to_string()), (header::CACHE_CONTROL, "public, no-cache".to_owned())];
    if has_already(&headers, &sheet.etag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let file = [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline; filename=\"ict-concern-form.pdf\"")];
    Ok((common, file, sheet.body).into_response())
}

fn form_of(web: &Web) -> BlankForm {
    form_under(web.trust_name(), &web.profile())
}

fn form_under(trust: &str, profile: &Profile) -> BlankForm {
    let extra = profile.extra_types.iter().map(|kind| kind.label.as_str());
    let title = |duty| short(profile.title(duty), NAME_CHARS_MAX);
    BlankForm {
        trust: short(trust, TRUST_CHARS_MAX),
        profile: short(&profile.name(), NAME_CHARS_MAX),
        titles: Titles { head: title(Duty::Headteacher), dsl: title(Duty::Dsl), dpo: title(Duty::Dpo) },
        types: ReportType::ALL
            .iter()
            .map(|word| word.label())
            .chain(extra)
            .take(TYPES_MAX)
            .map(|label| short(label, TYPE_CHARS_MAX))
            .collect(),
        data: DataAffected::ALL.iter().map(|word| word.label().to_owned()).collect(),
        assessments: AssessmentCategory::ALL.iter().map(|word| word.label().to_owned()).collect(),
        // The form's own nine; whom else a trust tells is written behind "somebody else", and ticked when it is typed in.
        told: ToldWhom::ALL.iter().map(|word| word.label().to_owned()).collect(),
    }
}

/// Shortened where it is longer than its place on the paper: a long name is no reason to have no form.
pub(super) fn short(text: &str, max: usize) -> String {
    if text.chars().count() <= max { text.to_owned() } else { text.chars().take(max - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_a_shipped_profile_is_shortened_on_paper() {
        for (name, text) in wardbook_app::setup::SHIPPED_PROFILES {
            let form = form_under("The Creative Learning Partnership Trust", &Profile::parse(text).unwrap());
            assert!(!format!("{form:?}").contains('…'), "{name}: {form:?}");
            assert!(form.types.len() > ReportType::ALL.len() && form.types.len() < TYPES_MAX, "{name}: all its types are on it");
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_shortened_visibly() {
        assert_eq!(short("Gŵyr", 4), "Gŵyr");
        assert_eq!(short("Gŵyr a", 4), "Gŵy…");
    }
}
