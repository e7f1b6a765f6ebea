//! What fills the pages: parse, authenticate, hand on to a use case, draw its answer.
//!
//! * `visitor.rs`: who asks, and whether a form is theirs; `fields.rs`: what a form sends; `limits.rs`: how often somebody may try.
//! * `moment.rs`: dates and times as typed; `answer.rs`: pages, ways on, refusals; `words.rs`: records in words;
//!   `command.rs`: acts on a record.
//! * A file a subject: `account.rs`, `queue.rs`, `reports.rs`, `cases.rs`, `look.rs`, `reads.rs`, `paper.rs`, `file/` for the form, and `demo/` for what only a
//!   demonstration has.
//!
//! To add a page: a handler in the file of its subject that takes [`visitor::Here`], a line in [`router`].

mod access;
mod account;
mod answer;
mod breaches;
mod cases;
mod command;
pub(crate) mod demo;
mod evidence;
mod fields;
mod file;
pub(crate) mod limits;
mod look;
mod moment;
pub(crate) mod paper;
mod people;
mod queue;
mod reads;
mod reports;
mod visitor;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use visitor::{Here, Stranger, Visitor as _};

use crate::Web;
use crate::pages::message::Message;
use crate::upload::UPLOAD_BYTES_MAX;

pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route("/", get(account::home))
        .route("/sign-in", get(account::show_sign_in).post(account::sign_in))
        .route("/sign-out", post(account::sign_out))
        .route("/enrol", get(account::show_enrol).post(account::enrol))
        .route("/what-we-keep", get(account::what_we_keep))
        .route("/form.pdf", get(paper::blank_form))
        .route("/queue", get(queue::show))
        .route("/file", get(file::start))
        .route("/file/{draft}/delete", post(file::delete))
        .route("/file/{draft}/submit", post(file::submit))
        .route("/file/{draft}/{step}", get(file::show).post(file::answer))
        .route("/receipts/{id}", get(file::receipt))
        .route("/reports/{id}", get(reports::show))
        .route("/reports/{id}/receive", post(reports::receive))
        .route("/reports/{id}/assess", post(reports::assess))
        .route("/reports/{id}/settle", post(reports::settle))
        .route("/reports/{id}/evidence", get(evidence::ask).post(evidence::answer))
        .route("/reports/{id}/evidence/file", post(evidence::upload).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/reports/{id}/evidence/named", get(evidence::named))
        .route("/reports/{id}/evidence/{evidence}", get(evidence::download))
        .route("/reports/{id}/image/taken-up", post(evidence::take_up_image))
        .route("/reports/{id}/people", get(people::of_report))
        .route("/reports/{id}/aside", post(people::report_aside))
        .route("/reports/{id}/end-aside", post(people::report_end_aside))
        .route("/cases/{id}/people", get(people::of_case))
        .route("/cases/{id}/aside", post(people::case_aside))
        .route("/cases/{id}/end-aside", post(people::case_end_aside))
        .route("/cases/{id}/name", post(people::name))
        .route("/cases/{id}/remove", post(people::remove))
        .route("/access", get(access::show))
        .route("/access/cover", post(access::cover))
        .route("/access/cover/{id}/end", post(access::end_cover))
        .route("/access/glass", post(access::break_glass))
        .route("/access/glass/{id}/close", post(access::close_glass))
        .route("/access/glass/{id}/review", post(access::review_glass))
        .route("/look", get(look::show).post(look::answer))
        .route("/covered", get(look::covered))
        .route("/reads", get(reads::all))
        .route("/reports/{id}/reads", get(reads::of_report))
        .route("/cases/{id}/reads", get(reads::of_case))
        .route("/people/{id}/reads", get(reads::of_person))
        .route("/breaches", get(breaches::list))
        .route("/breaches/{id}", get(breaches::show))
        .route("/breaches/{id}/aware", post(breaches::aware))
        .route("/breaches/{id}/decision", post(breaches::decide))
        .route("/cases", get(cases::list))
        .route("/cases/{id}", get(cases::show))
        .route("/cases/{id}/note", post(cases::note))
        .route("/cases/{id}/close", post(cases::close))
        .route("/cases/{id}/correct", post(cases::correct))
        .method_not_allowed_fallback(nothing_there)
}

/// The answer for paths that do not exist: a page for a browser, problem details for everything else.
pub(crate) async fn nothing_there(uri: Uri, headers: HeaderMap, here: Option<Here>, stranger: Stranger) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if uri.path().starts_with("/api/") || !accepts.contains("text/html") {
        return crate::problem::not_found().await.into_response();
    }
    let chrome = here.map_or_else(|| stranger.chrome(), |here| here.bare_chrome());
    stranger.remember_for_the_strip(answer::page(StatusCode::NOT_FOUND, &Message::cannot_show(chrome)))
}
