//! `/reports/{id}/people` and `/cases/{id}/people`: who stands aside from a record, and who is named on a case.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::{CaseAct, parse_id};
use wardbook_app::shown::{AsideShown, CaseShown, NamedShown, ReportShown};
use wardbook_domain::case::{NamePerson, NamedFor, RemovePerson};
use wardbook_domain::report::{AsideBecause, EndAside, StandAside};

use super::answer::{Answer, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::access::{People, PersonRow, Typed};
use crate::pages::forms::FormErrors;

/// Which kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Report,
    Case,
}

impl Kind {
    fn href(self, id: &str) -> String {
        match self {
            Self::Report => format!("/reports/{id}"),
            Self::Case => format!("/cases/{id}"),
        }
    }
}

/// `GET /reports/{id}/people`.
pub(crate) async fn of_report(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, Kind::Report, &id, StatusCode::OK, command::done(&query), Typed::default(), FormErrors::default()).await
}

/// `GET /cases/{id}/people`.
pub(crate) async fn of_case(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, Kind::Case, &id, StatusCode::OK, command::done(&query), Typed::default(), FormErrors::default()).await
}

/// `POST /reports/{id}/recuse`.
pub(crate) async fn report_aside(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (ask, typed, places) = asked_aside(&fields);
    let command = Command::read(&here, &fields)?;
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let outcome = here.web.stand_aside(&here.caller, number, &ask, command.conditions()).await.map(|shown| shown.is_some());
    answer(&here, Kind::Report, &id, outcome, typed, &places).await
}

/// `POST /reports/{id}/end-recusal`.
pub(crate) async fn report_end_aside(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let command = Command::read(&here, &fields)?;
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let ask = EndAside { person: fields.one("person"), reason: fields.one("end_reason") };
    let outcome = here.web.end_aside(&here.caller, number, &ask, command.conditions()).await.map(|_| true);
    let place = format!("end_reason_{}", ask.person);
    answer(&here, Kind::Report, &id, outcome, Typed::default(), &[("reason", &place, "the reason"), ("person", &place, "this person")])
        .await
}

/// `POST /cases/{id}/recuse`.
pub(crate) async fn case_aside(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (ask, typed, places) = asked_aside(&fields);
    act(&here, &id, &fields, CaseAct::Recuse(ask), typed, &places).await
}

/// `POST /cases/{id}/end-recusal`.
pub(crate) async fn case_end_aside(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let ask = EndAside { person: fields.one("person"), reason: fields.one("end_reason") };
    let place = format!("end_reason_{}", ask.person);
    let places = [("reason", place.as_str(), "the reason"), ("person", place.as_str(), "this person")];
    act(&here, &id, &fields, CaseAct::EndRecusal(ask), Typed::default(), &places).await
}

/// `POST /cases/{id}/share`.
pub(crate) async fn name(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let typed = Typed {
        name_person: fields.one("name_person"),
        named_for: fields.one("named_for"),
        name_reason: fields.one("name_reason"),
        name_until: fields.one("name_until"),
        ..Typed::default()
    };
    let mut errors = FormErrors::default();
    let until = fields.day("name_until", "the last day", &mut errors);
    let Some(named_for) = NamedFor::parse(&typed.named_for) else {
        errors.add("named_for", "Choose what they do");
        return draw(&here, Kind::Case, &id, StatusCode::UNPROCESSABLE_ENTITY, None, typed, errors).await;
    };
    if errors.any() {
        return draw(&here, Kind::Case, &id, StatusCode::UNPROCESSABLE_ENTITY, None, typed, errors).await;
    }
    let ask = NamePerson { person: typed.name_person.clone(), named_for, reason: typed.name_reason.clone(), until };
    let places =
        [("person", "name_person", "this person"), ("reason", "name_reason", "the reason"), ("until", "name_until", "the last day")];
    act(&here, &id, &fields, CaseAct::Share(ask), typed, &places).await
}

/// `POST /cases/{id}/unshare`.
pub(crate) async fn remove(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let ask = RemovePerson { person: fields.one("person"), reason: fields.one("end_reason") };
    let place = format!("end_reason_{}", ask.person);
    let places = [("reason", place.as_str(), "the reason"), ("person", place.as_str(), "this person")];
    act(&here, &id, &fields, CaseAct::Unshare(ask), Typed::default(), &places).await
}

type Places = [(&'static str, &'static str, &'static str); 2];

/// Standing aside oneself, or somebody else's conflict where a person is named.
fn asked_aside(fields: &Fields) -> (StandAside, Typed, Places) {
    if fields.get("conflict_reason").is_none() {
        let own_reason = fields.one("own_reason");
        let ask = StandAside { person: None, reason: own_reason.clone() };
        return (ask, Typed { own_reason, ..Typed::default() }, [("reason", "own_reason", "the reason"), ("person", "own_reason", "this")]);
    }
    let (conflict_person, conflict_reason) = (fields.one("conflict_person"), fields.one("conflict_reason"));
    let ask = StandAside { person: Some(conflict_person.clone()), reason: conflict_reason.clone() };
    let places = [("reason", "conflict_reason", "the conflict"), ("person", "conflict_person", "this person")];
    (ask, Typed { conflict_person, conflict_reason, ..Typed::default() }, places)
}

async fn act(here: &Here, id: &str, fields: &Fields, ask: CaseAct, typed: Typed, places: &[(&str, &str, &str)]) -> Answer {
    let command = Command::read(here, fields)?;
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    let outcome = Box::pin(here.web.act_on_case(&here.caller, number, &ask, command.conditions())).await.map(|shown| shown.is_some());
    answer(here, Kind::Case, id, outcome, typed, places).await
}

/// Back to the page, to the queue where the record is the reader's no more, or the page again with what is wrong.
async fn answer(here: &Here, kind: Kind, id: &str, outcome: Result<bool, AppError>, typed: Typed, places: &[(&str, &str, &str)]) -> Answer {
    let href = format!("{}/people", kind.href(id));
    match outcome {
        Ok(true) => Ok(see_other(&format!("{href}?done=people"))),
        Ok(false) => Ok(see_other("/queue?done=aside")),
        Err(AppError::Invalid(invalid)) => {
            draw(here, kind, id, StatusCode::UNPROCESSABLE_ENTITY, None, typed, page_errors(invalid, places)).await
        }
        Err(error) => Err(here.refuse_at(error, &href)),
    }
}

async fn draw(here: &Here, kind: Kind, id: &str, status: StatusCode, banner: Option<String>, typed: Typed, errors: FormErrors) -> Answer {
    let refuse = |error| here.refuse(error);
    let number = parse_id(id).map_err(refuse)?;
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let href = kind.href(id);
    let people = match kind {
        Kind::Report => {
            let shown: ReportShown = here.web.report(&here.caller, number, "people").await.map_err(refuse)?;
            if shown.own_words {
                return Err(here.refuse(AppError::NotFound)); // their own words say nothing of others
            }
            let token = token(here, &here.web.etag(&here.caller, &shown).map_err(refuse)?);
            let aside = shown.aside.iter().map(aside).collect();
            let (what, reference, decides) = ("Report", shown.reference, true);
            People { chrome, errors, href, what, reference, token, aside, named: vec![], decides, names: false, typed }
        }
        Kind::Case => {
            let shown: CaseShown = here.web.case(&here.caller, number).await.map_err(refuse)?;
            let token = token(here, &here.web.etag(&here.caller, &shown).map_err(refuse)?);
            let decides = shown.may.iter().any(|may| may == "share");
            let away = shown.aside.iter().map(aside).collect();
            let named = shown.named.iter().map(named).collect();
            let (what, reference) = ("Case", shown.reference);
            People { chrome, errors, href, what, reference, token, aside: away, named, decides, names: decides, typed }
        }
    };
    Ok(page(status, &people))
}

fn aside(shown: &AsideShown) -> PersonRow {
    let part = AsideBecause::parse(&shown.because).map_or("", AsideBecause::label).to_owned();
    PersonRow { person: shown.person.clone(), name: shown.name.clone(), part, reason: shown.reason.clone() }
}

fn named(shown: &NamedShown) -> PersonRow {
    let part = NamedFor::parse(&shown.named_for).map_or("", NamedFor::label);
    let until = shown.until.map(|day| format!(" until {}", words::day(day))).unwrap_or_default();
    PersonRow { person: shown.person.clone(), name: shown.name.clone(), part: format!("{part}{until}"), reason: shown.reason.clone() }
}
