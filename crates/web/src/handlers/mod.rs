//! What fills the pages: parse, authenticate, hand on to a use case, draw its answer.
//!
//! * `visitor.rs`: who asks, and whether a form is theirs; `fields.rs`: what a form sends; `limits.rs`: how often somebody may try.
//! * `moment.rs`: dates and times as typed; `answer.rs`: pages, ways on, refusals; `words.rs`: records in words;
//!   `command.rs`: acts on a record.
//! * `everywhere.rs`: somebody who works in several trusts.
//! * A file a subject: `account/`, `people.rs`, `readers.rs`, `access.rs`, `notices.rs`, `today.rs`, `queue.rs`, `reports.rs`, `cases.rs`,
//!   `acts/` for what is done on a case, `alerts.rs`, `assets.rs`, `breaches.rs`, `look.rs`, `reads.rs`, `search.rs`, `overview.rs`, `board/`
//!   for the published figures, `paper.rs`, `evidence/` for files, `file/` for the form, and `demo/` for what only a demonstration has.
//!
//! To add a page: a handler in the file of its subject that takes [`visitor::Here`], a line in [`router`].

mod access;
pub(crate) mod account;
mod acts;
mod alerts;
mod answer;
mod assets;
mod board;
mod breaches;
pub(crate) mod cases;
mod command;
mod copies;
pub(crate) mod demo;
mod everywhere;
mod evidence;
mod fields;
mod file;
pub(crate) mod limits;
mod look;
mod moment;
mod notices;
mod overview;
pub(crate) mod paper;
mod people;
mod queue;
mod readers;
mod reads;
pub(crate) mod reports;
mod search;
mod today;
pub(crate) mod visitor;
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
        .merge(accounts())
        .route("/what-we-keep", get(account::what_we_keep))
        .route("/form.pdf", get(paper::blank_form))
        .route("/queue", get(queue::show))
        .route("/file", get(file::start))
        .route("/file/{draft}/delete", post(file::delete))
        .route("/file/{draft}/submit", post(file::submit))
        .route("/file/{draft}/{step}", get(file::show).post(file::answer))
        .route("/receipts/{id}", get(file::receipt))
        .route("/reports/{id}", get(reports::show))
        .route("/reports/{id}/answer", post(reports::answer))
        .route("/reports/{id}/receive", post(reports::receive))
        .route("/reports/{id}/assess", post(reports::assess))
        .route("/reports/{id}/settle", post(reports::settle))
        .merge(files())
        .route("/reports/{id}/image/taken-up", post(evidence::take_up_image))
        .route("/reports/{id}/people", get(readers::of_report))
        .route("/reports/{id}/recuse", post(readers::report_aside))
        .route("/reports/{id}/end-recusal", post(readers::report_end_aside))
        .route("/cases/{id}/people", get(readers::of_case))
        .route("/cases/{id}/recuse", post(readers::case_aside))
        .route("/cases/{id}/end-recusal", post(readers::case_end_aside))
        .route("/cases/{id}/share", post(readers::name))
        .route("/cases/{id}/unshare", post(readers::remove))
        .route("/access", get(access::show))
        .route("/access/cover", post(access::cover))
        .route("/access/cover/{id}/end", post(access::end_cover))
        .route("/access/glass", post(access::break_glass))
        .route("/access/glass/{id}/close", post(access::close_glass))
        .route("/access/glass/{id}/review", post(access::review_glass))
        .route("/notices", get(notices::show))
        .route("/notices/{id}/again", post(notices::again))
        .route("/calendar/{file}", get(account::calendar::feed))
        .route("/look", get(look::show).post(look::answer))
        .route("/covered", get(look::covered))
        .route("/reads", get(reads::all))
        .route("/search", get(search::show).post(search::start))
        .route("/search/{id}", get(search::found))
        .route("/overview", get(overview::show))
        .route("/board", get(board::show).post(board::publish))
        .route("/board/figures.csv", get(board::export::as_csv))
        .route("/board/figures.xlsx", get(board::export::as_xlsx))
        .route("/reports/{id}/reads", get(reads::of_report))
        .route("/cases/{id}/reads", get(reads::of_case))
        .route("/people/{id}/reads", get(reads::of_person))
        .route("/alerts", get(alerts::list))
        .route("/alerts/dismiss", post(alerts::dismiss))
        .route("/alerts/raise", post(alerts::raise))
        .route("/assets", get(assets::list).post(assets::search))
        .route("/breaches", get(breaches::list))
        .route("/breaches/{id}", get(breaches::show))
        .route("/breaches/{id}/aware", post(breaches::aware))
        .route("/breaches/{id}/decision", post(breaches::decide))
        .route("/cases", get(cases::list))
        .route("/cases/{id}", get(cases::show))
        .route("/today", get(today::show))
        .route("/before-you-go", get(queue::before_you_go))
        .route("/cases/{id}/act/{verb}", get(acts::show).post(acts::act))
        .route("/reports/{id}/act/{verb}", get(acts::report::show).post(acts::report::act))
        .route("/cases/{id}/note", post(cases::note))
        .route("/cases/{id}/close", post(cases::close))
        .route("/cases/{id}/correct", post(cases::correct))
        .method_not_allowed_fallback(nothing_there)
}

/// Files of reports and cases.
fn files() -> Router<Web> {
    use evidence::{OfCase, OfReport, answer, ask, file, named, upload};
    Router::new()
        .route("/reports/{id}/evidence", get(ask::<OfReport>).post(answer::<OfReport>))
        .route("/reports/{id}/evidence/file", post(upload::<OfReport>).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/reports/{id}/evidence/named", get(named::<OfReport>))
        .route("/reports/{id}/evidence/{evidence}", get(file::download::<OfReport>))
        .route("/reports/{id}/evidence/{evidence}/about", get(file::about::<OfReport>))
        .route("/reports/{id}/evidence/{evidence}/preview", get(file::preview::<OfReport>))
        .route("/reports/{id}/evidence/{evidence}/image", get(file::image::<OfReport>))
        .route("/reports/{id}/evidence/{evidence}/quarantine", post(file::quarantine::<OfReport>))
        .route("/cases/{id}/evidence", get(ask::<OfCase>).post(answer::<OfCase>))
        .route("/cases/{id}/evidence/file", post(upload::<OfCase>).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/cases/{id}/evidence/named", get(named::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}", get(file::download::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}/about", get(file::about::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}/preview", get(file::preview::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}/image", get(file::image::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}/quarantine", post(file::quarantine::<OfCase>))
        .route("/cases/{id}/evidence/{evidence}/message", get(file::message).post(file::confirm))
        .method_not_allowed_fallback(nothing_there)
}

fn accounts() -> Router<Web> {
    use account::{calendar, factor, held, password, sign_in, trusts};
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-in/code", get(sign_in::show_code).post(sign_in::give_code))
        .route("/sign-in/browser", get(sign_in::show_browser).post(sign_in::know_browser))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/enrol", get(password::show_enrol).post(password::enrol))
        .route("/account", get(account::show))
        .route("/account/read", post(account::read))
        .route("/account/password", get(password::show).post(password::change))
        .route("/account/factor", get(factor::show).post(factor::set))
        .route("/account/confirm", get(factor::show_confirm).post(factor::confirm))
        .route("/account/sessions", get(held::sessions))
        .route("/account/sessions/end", post(held::end_session))
        .route("/account/calendar", get(calendar::show))
        .route("/account/calendar/new", get(calendar::new).post(calendar::make))
        .route("/account/calendar/end", post(calendar::end))
        .route("/account/tokens", get(held::tokens))
        .route("/account/tokens/new", get(held::new_token).post(held::make_token))
        .route("/account/tokens/end", post(held::end_token))
        .route("/account/trusts", get(trusts::show).post(trusts::choose))
        .route("/account/trusts/join", post(trusts::join))
        .route("/people", get(people::list))
        .route("/people/add", get(people::show_add).post(people::add))
        .route("/people/waiting", get(people::waiting))
        .route("/people/waiting/{id}", get(people::show_waiting))
        .route("/people/waiting/{id}/release", post(people::release))
        .route("/people/waiting/{id}/refuse", post(people::refuse))
        .route("/people/changes", get(people::changes))
        .route("/people/{id}/recover", get(people::show_recover).post(people::recover))
        .route("/people/{id}/end-duty", get(people::show_end_duty).post(people::end_duty))
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
