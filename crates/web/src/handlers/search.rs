//! `/search`: what somebody looks for is sent in a form and kept under an id that says nothing; its page stands at that id.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::search::{Found, Hit};
use wardbook_domain::case::{CaseKind, Matter};
use wardbook_domain::clock::Date;
use wardbook_domain::directory::Directory;
use wardbook_domain::profile::Profile;
use wardbook_domain::report::ReportType;
use wardbook_domain::search::Ask;

use super::answer::{Answer, page, see_other};
use super::command::page_errors;
use super::fields::Fields;
use super::queue::ROWS;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::search::{Found as FoundView, FoundRow, Search, Typed};
use crate::pages::summary::{StateTag, TagColour};

/// `GET /search`.
pub(crate) async fn show(here: Here) -> Answer {
    Ok(page(StatusCode::OK, &draw(&here, Typed::default(), FormErrors::default(), None)))
}

/// `POST /search`.
pub(crate) async fn start(Posted(here, fields): Posted<Here>) -> Answer {
    let typed = read(&fields);
    let (ask, mut errors) = asked(&typed);
    if !errors.any() {
        let purpose = Some(typed.purpose.clone()).filter(|purpose| !purpose.is_empty());
        match here.web.start_search(&here.caller.clone().with_purpose(purpose), &ask).await {
            Ok(kept) => return Ok(see_other(&format!("/search/{}", kept.id))),
            Err(AppError::LookFirst(_)) => errors.add("purpose", "Say why you search"),
            Err(AppError::Invalid(invalid)) => errors = page_errors(invalid, PLACES),
            Err(error) => return Err(here.refuse(error)),
        }
    }
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &draw(&here, typed, errors, None)))
}

/// Where the page says what the use case found wrong, and how its sentence begins.
const PLACES: &[(&str, &str, &str)] = &[
    ("search", "person", "this form"),
    ("person", "person", "this"),
    ("reference", "reference", "this"),
    ("words", "words", "this"),
    ("kind", "kind", "this"),
    ("to", "to_date", "this day"),
    ("Wardbook-Purpose", "purpose", "this"),
];

/// `GET /search/{id}`.
pub(crate) async fn found(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    let found = here.web.search(&here.caller, &id, query.get("cursor"), Some(ROWS)).await.map_err(|error| here.refuse(error))?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let view = FoundView {
        rows: found.items.iter().map(|hit| row(&directory, hit)).collect(),
        bound: bound(&found, query.get("cursor").is_some()),
        next: found.next.as_ref().map(|cursor| format!("/search/{id}?cursor={cursor}")),
    };
    Ok(page(StatusCode::OK, &draw(&here, again(&found.asked), FormErrors::default(), Some(view))))
}

fn draw(here: &Here, typed: Typed, errors: FormErrors, found: Option<FoundView>) -> Search {
    let profile = here.web.profile();
    let purposes = if here.web.asks_purpose_of_search(&here.caller) { profile.purposes() } else { vec![] };
    let purposes = purposes.into_iter().map(|(code, label)| Choice::owned(code, label)).collect();
    Search { chrome: here.chrome(), errors, typed, kinds: kinds(&profile), purposes, found }
}

/// Types of the form, the trust's own, and kinds of cases; a word that is both stands once.
fn kinds(profile: &Profile) -> Vec<Choice> {
    let types = ReportType::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()));
    let own = profile.extra_types.iter().map(|kind| (kind.code.clone(), kind.label.clone()));
    let matters = Matter::ALL.iter().map(|matter| (matter.as_str(), matter.label_in(&profile.guidance_edition)));
    let kinds = CaseKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).filter(|(code, _)| Matter::parse(code).is_none());
    let cases = kinds.chain(matters).filter(|(code, _)| ReportType::parse(code).is_none());
    let cases = cases.map(|(code, label)| (code.to_owned(), format!("Case: {}", words::small(label))));
    types.chain(own).chain(cases).map(|(code, label)| Choice::owned(code, label)).collect()
}

fn read(fields: &Fields) -> Typed {
    let day = |start: &str| ["day", "month", "year"].map(|part| fields.one(&format!("{start}_{part}")));
    Typed {
        person: fields.one("person"),
        reference: fields.one("reference"),
        words: fields.one("words"),
        kind: fields.one("kind"),
        from: day("from"),
        to: day("to"),
        purpose: fields.one("purpose"),
    }
}

fn asked(typed: &Typed) -> (Ask, FormErrors) {
    let mut errors = FormErrors::default();
    let mut day = |parts: &[String; 3], field: &str| {
        if let Ok(day) = date(parts) {
            return day;
        }
        errors.add(field, "Give a day that there is, for example 27 3 2026");
        None
    };
    let (from, to) = (day(&typed.from, "from_date"), day(&typed.to, "to_date"));
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let ask = Ask {
        person: given(&typed.person),
        reference: given(&typed.reference),
        from,
        to,
        kind: given(&typed.kind),
        words: given(&typed.words),
    };
    (ask, errors)
}

/// A day as typed in three parts; none where all are empty.
fn date(parts: &[String; 3]) -> Result<Option<Date>, ()> {
    let [day, month, year] = parts.each_ref().map(|part| part.trim());
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<i16>().map_err(drop);
    let small = |text: &str| text.parse::<i8>().map_err(drop);
    let year = number(year).and_then(|year| if (1900..=2200).contains(&year) { Ok(year) } else { Err(()) })?;
    Date::new(year, small(month)?, small(day)?).map(Some).map_err(drop)
}

/// The form as it was sent, to search again; the purpose is asked anew.
fn again(ask: &Ask) -> Typed {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<Date>| {
        day.map_or_else(Default::default, |day| [day.day().to_string(), day.month().to_string(), day.year().to_string()])
    };
    Typed {
        person: text(&ask.person),
        reference: text(&ask.reference),
        words: text(&ask.words),
        kind: text(&ask.kind),
        from: day(ask.from),
        to: day(ask.to),
        purpose: String::new(),
    }
}

fn bound(found: &Found, goes_on: bool) -> Option<String> {
    let records = match (found.searched, goes_on) {
        (count, false) => format!("the newest {count} records"),
        (count, true) => format!("the next {count} records"),
    };
    found.bounded.then(|| format!("This page searched {records} that you may read. There are older ones."))
}

fn row(directory: &Directory, hit: &Hit) -> FoundRow {
    let (part, record) = match hit.record.as_str() {
        "case" => ("cases", "Case"),
        "receipt" => ("receipts", "Your report"),
        _ => ("reports", "Report"),
    };
    FoundRow {
        href: format!("/{part}/{}", hit.id),
        record: record.to_owned(),
        what: hit.what.join(", "),
        reference: hit.reference.clone(),
        source_reference: hit.source_reference.clone(),
        school: words::school_name(directory, &hit.school),
        since: words::when(hit.since),
        state: hit.state.as_deref().map(state),
    }
}

fn state(code: &str) -> StateTag {
    match code {
        "filed" => StateTag::new("To be received", TagColour::Blue),
        "received" => StateTag::new("To be assessed", TagColour::Blue),
        "open" => StateTag::new("Open", TagColour::Yellow),
        "assessed" => StateTag::new("Assessed", TagColour::Grey),
        "closed" => StateTag::new("Closed", TagColour::Grey),
        _ => StateTag::new("Imported", TagColour::Grey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole_or_not_given_and_one_that_there_is_not_is_asked_again() {
        let day = |day: &str, month: &str, year: &str| date(&[day, month, year].map(str::to_owned));
        assert_eq!(day("", " ", ""), Ok(None));
        assert_eq!(day(" 7", "3", "2026"), Ok("2026-03-07".parse().ok()));
        for (d, m, y) in [("30", "2", "2026"), ("", "3", "2026"), ("1", "1", "26"), ("x", "1", "2026"), ("1", "1", "99999")] {
            assert_eq!(day(d, m, y), Err(()), "{d} {m} {y}");
        }
    }

    #[test]
    fn what_was_asked_stands_in_the_form_again() {
        let typed = Typed { person: "Uma".into(), from: ["7", "3", "2026"].map(str::to_owned), kind: "other".into(), ..Typed::default() };
        let (ask, errors) = asked(&typed);
        assert!(!errors.any());
        assert_eq!(again(&ask), typed);
    }
}
