//! `/access`: covers for absences, and break-glass.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::access::{CoverShown, GlassShown};
use wardbook_app::cases::parse_id;
use wardbook_app::shown::AddressShown;
use wardbook_domain::clock::start_of;
use wardbook_domain::directory::{
    Directory,
    arrange::{ArrangeCover, BreakGlass, ReviewGlass},
};
use wardbook_domain::{Address, Duty, PersonId};

use super::answer::{Answer, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::access::{Access, AccessTyped, CoverRow, GlassRow};
use crate::pages::forms::{Choice, FormErrors};

const PAGE: &str = "/access";

/// `GET /access`; with `cover` the form to have that duty covered is open.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    let typed = AccessTyped { cover_duty: query.one("cover"), ..AccessTyped::default() };
    draw(&here, StatusCode::OK, command::done(&query), typed, FormErrors::default()).await
}

/// `POST /access/cover`.
pub(crate) async fn cover(Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let typed = AccessTyped {
        cover_duty: fields.one("cover_duty"),
        cover_person: fields.one("cover_person"),
        cover_from: fields.one("cover_from"),
        cover_until: fields.one("cover_until"),
        cover_reason: fields.one("cover_reason"),
        ..AccessTyped::default()
    };
    let mut errors = FormErrors::default();
    let from = fields.day("cover_from", "the day", &mut errors);
    let last = fields.day("cover_until", "the day", &mut errors).and_then(|last| last.tomorrow().ok());
    if typed.cover_until.trim().is_empty() {
        errors.add("cover_until", "Give the day as a date");
    }
    let (person, rest) = typed.cover_duty.split_once('/').unwrap_or_default();
    let address = place(rest);
    if address.is_none() {
        errors.add("cover_duty", "Choose the duty");
    }
    let (Some(address), Some(after), false) = (address, last, errors.any()) else {
        return draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, typed, errors).await;
    };
    let ask = ArrangeCover {
        person: (person != here.caller.person.to_string()).then(|| person.to_owned()),
        duty: address.duty,
        school: address.school,
        covered_by: typed.cover_person.clone(),
        // A first day that is today begins now.
        from: from.map(start_of).filter(|from| *from > here.web.clock().now()),
        until: start_of(after),
        reason: typed.cover_reason.clone(),
    };
    let places = [
        ("duty", "cover_duty", "this duty"),
        ("school", "cover_duty", "this duty"),
        ("person", "cover_duty", "this duty"),
        ("covered_by", "cover_person", "who covers"),
        ("until", "cover_until", "the last day"),
        ("reason", "cover_reason", "the reason"),
    ];
    let outcome = here.web.arrange_cover(&here.caller, &ask, command.conditions()).await.map(|_| "covered");
    answer(&here, outcome, typed, &places).await
}

/// `POST /access/cover/{id}/end`.
pub(crate) async fn end_cover(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let outcome = here.web.end_cover(&here.caller, number, &fields.one("end_reason"), command.conditions()).await;
    let place = format!("end_{id}");
    answer(&here, outcome.map(|()| "cover-ended"), AccessTyped::default(), &[("reason", &place, "the reason")]).await
}

/// `POST /access/glass`.
pub(crate) async fn break_glass(Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let typed = AccessTyped {
        glass_duty: fields.one("glass_duty"),
        glass_hours: fields.one("glass_hours"),
        glass_reason: fields.one("glass_reason"),
        ..AccessTyped::default()
    };
    let mut errors = FormErrors::default();
    let Some(address) = place(&typed.glass_duty) else {
        errors.add("glass_duty", "Choose whose queue");
        return draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, typed, errors).await;
    };
    let hours = typed.glass_hours.trim().parse().unwrap_or(0); // 0 is refused below, in the words of the rule
    let ask = BreakGlass { duty: address.duty, school: address.school, hours, reason: typed.glass_reason.clone() };
    let places = [
        ("duty", "glass_duty", "this duty"),
        ("school", "glass_duty", "this duty"),
        ("hours", "glass_hours", "the number of hours"),
        ("reason", "glass_reason", "the reason"),
    ];
    let outcome = here.web.break_glass(&here.caller, &ask, command.conditions()).await.map(|_| "glass-broken");
    answer(&here, outcome, typed, &places).await
}

/// `POST /access/glass/{id}/close`.
pub(crate) async fn close_glass(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let outcome = here.web.close_glass(&here.caller, number, command.conditions()).await.map(|_| "glass-closed");
    answer(&here, outcome, AccessTyped::default(), &[]).await
}

/// `POST /access/glass/{id}/review`.
pub(crate) async fn review_glass(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let typed = AccessTyped { review_justified: fields.one("justified"), review_finding: fields.one("finding"), ..AccessTyped::default() };
    if !["yes", "no"].contains(&typed.review_justified.as_str()) {
        let mut errors = FormErrors::default();
        errors.add(format!("justified_{id}"), "Choose whether it was right");
        return draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, typed, errors).await;
    }
    let ask = ReviewGlass { justified: typed.review_justified == "yes", finding: typed.review_finding.clone() };
    let place = format!("finding_{id}");
    let outcome = here.web.review_glass(&here.caller, number, &ask, command.conditions()).await.map(|_| "glass-reviewed");
    answer(&here, outcome, typed, &[("finding", &place, "what you found"), ("glass", &place, "this opening")]).await
}

/// Reads `duty/school`, or `duty/` for the trust.
pub(super) fn place(text: &str) -> Option<Address> {
    let (duty, school) = text.split_once('/')?;
    Some(Address { duty: Duty::parse(duty)?, school: (!school.is_empty()).then(|| school.to_owned()) })
}

/// The other way round.
pub(super) fn value(address: &Address) -> String {
    format!("{}/{}", address.duty, address.school.as_deref().unwrap_or_default())
}

/// Whose duty is to be covered, as the form sends it.
pub(super) fn of_duty(person: PersonId, address: &Address) -> String {
    format!("{person}/{}", value(address))
}

async fn answer(here: &Here, outcome: Result<&str, AppError>, typed: AccessTyped, places: &[(&str, &str, &str)]) -> Answer {
    match outcome {
        Ok(done) => Ok(see_other(&format!("{PAGE}?done={done}"))),
        Err(AppError::Invalid(invalid)) => draw(here, StatusCode::UNPROCESSABLE_ENTITY, None, typed, page_errors(invalid, places)).await,
        Err(error) => Err(here.refuse_at(error, PAGE)),
    }
}

async fn draw(here: &Here, status: StatusCode, banner: Option<String>, typed: AccessTyped, errors: FormErrors) -> Answer {
    let refuse = |error| here.refuse(error);
    let directory = here.web.directory().await.map_err(refuse)?;
    let covers = here.web.covers(&here.caller).await.map_err(refuse)?;
    let glasses = here.web.glasses(&here.caller).await.map_err(refuse)?;
    let may_break = here.caller.duties.iter().any(|held| held.duty.opens_records());
    let queues = if may_break { here.web.queues_behind_glass(&here.caller).await.map_err(refuse)? } else { vec![] };
    let coverable = here.web.coverable(&here.caller).await.map_err(refuse)?;
    let in_words = |address: &Address| words::address(&here.web, &directory, &AddressShown::from(address));
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let access = Access {
        chrome,
        errors,
        // Nothing here depends on what was seen: every act names what it is about.
        token: token(here, "\"access\""),
        covers: covers.iter().map(|cover| cover_row(here, &directory, cover)).collect(),
        duties: coverable
            .iter()
            .map(|(person, name, address)| Choice::owned(of_duty(*person, address), format!("{name}, {}", in_words(address))))
            .collect(),
        glasses: glasses.iter().map(|glass| glass_row(here, &directory, glass)).collect(),
        queues: queues.iter().map(|address| Choice::owned(value(address), in_words(address))).collect(),
        typed,
    };
    Ok(page(status, &access))
}

fn cover_row(here: &Here, directory: &Directory, cover: &CoverShown) -> CoverRow {
    let duty = words::address(&here.web, directory, &cover.duty);
    CoverRow {
        id: cover.id.clone(),
        text: format!("{} covers for {}: {duty}", cover.covered_by, cover.person),
        when: format!("{} to {}", words::when(cover.from), words::when(cover.until)),
        reason: cover.reason.clone(),
    }
}

fn glass_row(here: &Here, directory: &Directory, glass: &GlassShown) -> GlassRow {
    let duty = words::address(&here.web, directory, &glass.duty);
    let review = glass.review.as_ref().map(|review| {
        let right = if review.justified { "it was right" } else { "it was not right" };
        format!("Reviewed by {}: {right}. {}", review.by, review.finding)
    });
    GlassRow {
        id: glass.id.clone(),
        text: format!("{} opened the queue of: {duty}", glass.person),
        when: format!("{} to {}", words::when(glass.from), words::when(glass.until)),
        reason: glass.reason.clone(),
        may_close: glass.own && glass.open,
        may_review: !glass.own && glass.review.is_none(),
        review: review.unwrap_or_default(),
    }
}
