//! `/people`: what an administrator asks, what a second person releases, and what the trust lead is told.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::accounts::{Change, Changed, Days, NewUser, Waiting, WaitingFor};
use wardbook_domain::directory::{CodeFor, Directory};
use wardbook_domain::profile::Profile;
use wardbook_domain::{AccessId, Address, Duty, PersonId, Scope};

use super::access;
use super::answer::{Answer, Stop, capital, page, see_other};
use super::command::page_errors;
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use crate::Web;
use crate::pages::account::SecretOnce;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::people::{AddPerson, ChangeRow, Changes, EndDuty, Move, People, PersonRow, Recover, Settle, WaitingList, WaitingRow};

const PEOPLE_A_PAGE: usize = 100;
const CHANGES_A_PAGE: usize = 200;

/// Only an administrator; to all others the page does not exist.
fn administrator(here: &Here) -> Result<(), Stop> {
    if here.caller.has(Duty::Administrator) { Ok(()) } else { Err(here.refuse(AppError::NotFound)) }
}

/// A duty with the trust's word for it and the school's name.
pub(crate) fn address_in_words(profile: &Profile, directory: &Directory, address: &Address) -> String {
    let title = profile.title(address.duty);
    match &address.school {
        Some(code) => format!("{title}, {}", directory.schools.get(code).map_or(code.as_str(), |school| school.name.as_str())),
        None if address.duty.scope() == Scope::Trust => title.to_owned(),
        None => format!("{title}, the whole trust"),
    }
}

/// `GET /people`, in pages.
pub(crate) async fn list(here: Here, Asked(query): Asked) -> Answer {
    administrator(&here)?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let asked = here.web.asked_by(&here.caller).await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let mut people: Vec<_> = directory.people.iter().collect();
    people.sort_by_key(|(id, person)| (person.name.to_lowercase(), **id));
    let from: usize = query.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let next = from.saturating_add(PEOPLE_A_PAGE);
    let rows = people.iter().skip(from).take(PEOPLE_A_PAGE).map(|(id, person)| PersonRow {
        id: id.to_string(),
        name: person.name.clone(),
        duties: person.holdings.keys().map(|held| address_in_words(&profile, &directory, held)).collect(),
    });
    let page_of_people = People {
        chrome: chrome(&here, &query),
        rows: rows.collect(),
        asked: asked.iter().map(|waiting| row(&profile, &directory, waiting)).collect(),
        next: (next < people.len()).then(|| format!("/people?from={next}")),
    };
    Ok(page(StatusCode::OK, &page_of_people))
}

fn chrome(here: &Here, query: &Fields) -> crate::pages::Chrome {
    let banner = match query.get("done") {
        Some("waiting") => Some("Recorded. It waits for a second person"),
        Some("given" | "agreed") => Some("Recorded. It is so from now on"),
        Some("ended") => Some("The duty has ended"),
        Some("refused") => Some("Recorded. It was not given"),
        _ => None,
    };
    crate::pages::Chrome { banner: banner.map(str::to_owned), ..here.chrome() }
}

/// `GET /people/add`.
pub(crate) async fn show_add(here: Here) -> Answer {
    administrator(&here)?;
    Ok(page(StatusCode::OK, &add_page(&here, FormErrors::default(), &Fields::default()).await?))
}

async fn add_page(here: &Here, errors: FormErrors, fields: &Fields) -> Result<AddPerson, Stop> {
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let duties = Duty::ALL.iter().filter(|duty| duty.scope() != Scope::Case);
    Ok(AddPerson {
        chrome: here.chrome(),
        errors,
        email: fields.one("email"),
        name: fields.one("name"),
        duty: fields.one("duty"),
        school: fields.one("school"),
        starts_on: fields.one("starts_on"),
        ends_on: fields.one("ends_on"),
        reason: fields.one("reason"),
        duties: duties.map(|duty| Choice::owned(duty.as_str(), profile.title(*duty))).collect(),
        schools: directory.schools.values().map(|school| Choice::owned(school.code.clone(), school.name.clone())).collect(),
    })
}

/// `POST /people/add`.
pub(crate) async fn add(Posted(here, fields): Posted<Here>) -> Answer {
    administrator(&here)?;
    let mut errors = FormErrors::default();
    let days = Days {
        starts_on: fields.day("starts_on", "the first day", &mut errors),
        ends_on: fields.day("ends_on", "the last day", &mut errors),
    };
    let duty = Duty::parse(&fields.one("duty"));
    if duty.is_none() {
        errors.add("duty", "Choose a duty");
    }
    let (Some(duty), false) = (duty, errors.any()) else {
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &add_page(&here, errors, &fields).await?));
    };
    let school = fields.get("school").filter(|school| !school.is_empty()).map(str::to_owned);
    let user = NewUser { email: fields.one("email").trim().to_owned(), name: fields.one("name"), duty, school };
    match here.web.ask_user(&here.caller, &user, days, &fields.one("reason")).await {
        Ok(asked) => Ok(see_other(if asked.code_waits || asked.duty_waits { "/people?done=waiting" } else { "/people?done=given" })),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &REASON_AND_PERSON);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &add_page(&here, errors, &fields).await?))
        }
        Err(error) => Err(here.refuse(error)),
    }
}

const REASON_AND_PERSON: [(&str, &str, &str); 6] = [
    ("email", "email", "the email address"),
    ("name", "name", "the name"),
    ("duty", "duty", "the duty"),
    ("school", "school", "the school"),
    ("ends_on", "ends_on", "the last day"),
    ("reason", "reason", "the reason"),
];

/// The person of a path; no such person is one answer with everything that is not there.
async fn person(here: &Here, id: &str) -> Result<(PersonId, String), Stop> {
    administrator(here)?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let found = PersonId::parse(id).and_then(|id| directory.people.get(&id).map(|person| (id, person.name.clone())));
    found.ok_or_else(|| here.refuse(AppError::NotFound))
}

/// `GET /people/{id}/recover`.
pub(crate) async fn show_recover(here: Here, Path(id): Path<String>) -> Answer {
    let (_, name) = person(&here, &id).await?;
    let form = Recover { chrome: here.chrome(), errors: FormErrors::default(), id, name, reason: String::new() };
    Ok(page(StatusCode::OK, &form))
}

/// `POST /people/{id}/recover`.
pub(crate) async fn recover(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (person, name) = person(&here, &id).await?;
    let reason = fields.one("reason");
    match here.web.ask_recovery(&here.caller, person, &reason).await {
        Ok(()) => Ok(see_other("/people?done=waiting")),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &REASON_AND_PERSON);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &Recover { chrome: here.chrome(), errors, id, name, reason }))
        }
        Err(error) => Err(here.refuse(error)),
    }
}

/// `GET /people/{id}/end-duty`.
pub(crate) async fn show_end_duty(here: Here, Path(id): Path<String>) -> Answer {
    let (person, name) = person(&here, &id).await?;
    Ok(page(StatusCode::OK, &end_page(&here, FormErrors::default(), (person, name), &Fields::default()).await?))
}

async fn end_page(here: &Here, errors: FormErrors, (id, name): (PersonId, String), fields: &Fields) -> Result<EndDuty, Stop> {
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let held = directory.people.get(&id).into_iter().flat_map(|person| person.holdings.keys());
    let mut duties: Vec<Choice> =
        held.map(|held| Choice::owned(access::value(held), address_in_words(&profile, &directory, held))).collect();
    duties.push(Choice::new(ALL, "Every duty: they have left"));
    Ok(EndDuty { chrome: here.chrome(), errors, id: id.to_string(), name, duties, duty: fields.one("duty"), reason: fields.one("reason") })
}

/// The choice that ends every duty.
const ALL: &str = "all";

/// `POST /people/{id}/end-duty`.
pub(crate) async fn end_duty(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (person, name) = person(&here, &id).await?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let chosen = fields.one("duty");
    let held = directory.people.get(&person).and_then(|known| known.holdings.keys().find(|held| access::value(held) == chosen));
    if held.is_none() && chosen != ALL {
        let mut errors = FormErrors::default();
        errors.add("duty", "Choose the duty that ends");
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &end_page(&here, errors, (person, name), &fields).await?));
    }
    match here.web.end_duty_of(Some(&here.caller), person, held, &fields.one("reason")).await {
        Ok(()) => Ok(see_other("/people?done=ended")),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &REASON_AND_PERSON);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &end_page(&here, errors, (person, name), &fields).await?))
        }
        Err(error) => Err(here.refuse(error)),
    }
}

/// What moves the same way stands together: a chain for many types is one line to read and not one for each.
fn together(moves: &[String]) -> Vec<Move> {
    let mut all: Vec<Move> = vec![];
    for line in moves {
        let (what, change) = line.rsplit_once(": ").unwrap_or((line, ""));
        let (now, then) = change.split_once(" → ").unwrap_or((change, ""));
        match all.iter_mut().find(|known| known.now == now && known.then == then) {
            Some(known) => known.of.push(capital(what)),
            None => all.push(Move { now: now.to_owned(), then: then.to_owned(), of: vec![capital(what)] }),
        }
    }
    all
}

fn row(profile: &Profile, directory: &Directory, waiting: &Waiting) -> WaitingRow {
    let what = match &waiting.what {
        WaitingFor::Duty(address) => format!("{}: {}", waiting.person, address_in_words(profile, directory, address)),
        WaitingFor::Code(CodeFor::Enrolment) => format!("{}: a code to choose a first password", waiting.person),
        WaitingFor::Code(CodeFor::Recovery) => format!("{}: a code to recover the account", waiting.person),
        WaitingFor::Profile(name, _) => format!("The trust’s rules {name}, which change who receives reports"),
    };
    let moves = if let WaitingFor::Profile(_, moves) = &waiting.what { together(moves) } else { vec![] };
    let asked_by = waiting.asked_by.clone().unwrap_or_else(|| "A list that was brought in".to_owned());
    WaitingRow { id: waiting.id.to_string(), what, moves, reason: waiting.reason.clone(), asked_by }
}

/// `GET /people/waiting`.
pub(crate) async fn waiting(here: Here, Asked(query): Asked) -> Answer {
    if !here.caller.may_agree() {
        return Err(here.refuse(AppError::NotFound));
    }
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let waiting = here.web.waiting(&here.caller).await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let rows = waiting.iter().map(|waiting| row(&profile, &directory, waiting)).collect();
    Ok(page(StatusCode::OK, &WaitingList { chrome: chrome(&here, &query), rows }))
}

/// `GET /people/waiting/{id}`: to agree needs a code of the last minutes.
pub(crate) async fn show_waiting(here: Here, Path(id): Path<String>) -> Answer {
    let form = settle_page(&here, FormErrors::default(), &id, String::new()).await?;
    if form.releasable {
        here.prove(&format!("/people/waiting/{id}"))?;
    }
    Ok(page(StatusCode::OK, &form))
}

async fn settle_page(here: &Here, errors: FormErrors, id: &str, reason: String) -> Result<Settle, Stop> {
    let (web, caller): (&Web, _) = (&here.web, &here.caller);
    let waiting = web.waiting(caller).await.map_err(|error| here.refuse(error))?;
    let own = web.asked_by(caller).await.map_err(|error| here.refuse(error))?;
    let directory = web.directory().await.map_err(|error| here.refuse(error))?;
    let found = |list: &[Waiting]| list.iter().find(|waiting| waiting.id.to_string() == id).cloned();
    let releasable = found(&waiting);
    let asked = releasable.clone().or_else(|| found(&own)).ok_or_else(|| here.refuse(AppError::NotFound))?;
    let releasing = match asked.what {
        WaitingFor::Duty(_) => "If you agree, the duty is held from now on.",
        WaitingFor::Profile(..) => "If you agree, these rules are in force from now on, and open reports go to whoever receives them then.",
        WaitingFor::Code(_) => "If you agree, the code is shown to you once. Hand it to the person yourself.",
    };
    let row = row(&web.profile(), &directory, &asked);
    Ok(Settle { chrome: here.chrome(), errors, row, releasable: releasable.is_some(), releasing: releasing.to_owned(), reason })
}

/// The same words for everybody: who signs in here for another trust is theirs to know.
fn where_used(web: &Web) -> &'static str {
    if web.is_alone() { "/enrol" } else { "/enrol (or, if they sign in to Wardbook already, at “Your trusts” on their account page)" }
}

fn request(here: &Here, id: &str) -> Result<AccessId, Stop> {
    AccessId::parse(id).ok_or_else(|| here.refuse(AppError::NotFound))
}

/// `POST /people/waiting/{id}/release`.
pub(crate) async fn release(Path(id): Path<String>, Posted(here, _): Posted<Here>) -> Answer {
    let request = request(&here, &id)?;
    let whom = settle_page(&here, FormErrors::default(), &id, String::new()).await?.row.what;
    here.prove(&format!("/people/waiting/{id}"))?;
    let released = here.web.release(&here.standing, request).await.map_err(|error| here.refuse_at(error, "/people/waiting"))?;
    let Some(code) = released else { return Ok(see_other("/people/waiting?done=agreed")) };
    let shown = SecretOnce {
        chrome: here.chrome(),
        title: whom,
        secret: code.secret,
        paragraphs: vec![
            "This code is shown this once. Give it to the person yourself: face to face, or by a telephone number that you know to be theirs."
                .to_owned(),
            format!("They use it at {} until {}. It works once.", where_used(&here.web), code.expires_at.in_london_short()),
        ],
        link: ("Back to what waits".to_owned(), "/people/waiting".to_owned()),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /people/waiting/{id}/refuse`.
pub(crate) async fn refuse(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let request = request(&here, &id)?;
    let reason = fields.one("reason");
    match here.web.refuse_request(&here.caller, request, &reason).await {
        Ok(()) if here.caller.may_agree() => Ok(see_other("/people/waiting?done=refused")),
        Ok(()) => Ok(see_other("/people?done=refused")),
        Err(AppError::Invalid(invalid)) => {
            let errors = page_errors(invalid, &REASON_AND_PERSON);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &settle_page(&here, errors, &id, reason).await?))
        }
        Err(error) => Err(here.refuse_at(error, "/people/waiting")),
    }
}

/// `GET /people/changes`.
pub(crate) async fn changes(here: Here) -> Answer {
    let changes = here.web.changes(&here.caller, here.session(), CHANGES_A_PAGE).await.map_err(|error| here.refuse(error))?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let profile = here.web.profile();
    let rows = changes.iter().map(|change| change_row(&profile, &directory, change)).collect();
    Ok(page(StatusCode::OK, &Changes { chrome: here.chrome(), rows }))
}

fn change_row(profile: &Profile, directory: &Directory, change: &Change) -> ChangeRow {
    let name = |person: PersonId| directory.people.get(&person).map_or_else(|| "Somebody".to_owned(), |known| known.name.clone());
    let address = |address: &Address| address_in_words(profile, directory, address);
    let code = |code_for: CodeFor| match code_for {
        CodeFor::Enrolment => "a code to choose a first password",
        CodeFor::Recovery => "a code to recover the account",
    };
    let (what, reason) = match &change.event {
        Changed::DutyAsked(e) => (format!("{}: asked for the duty {}", name(e.person), address(&e.address)), e.reason.clone()),
        Changed::DutyGranted(e) => (format!("{}: given the duty {}", name(e.person), address(&e.address)), e.reason.clone()),
        Changed::DutyEnded(e) => (format!("{}: the duty {} ended", name(e.person), address(&e.address)), e.reason.clone()),
        Changed::CodeAsked(e) => (format!("{}: asked for {}", name(e.person), code(e.code_for)), e.reason.clone()),
        Changed::CodeReleased(e) => (format!("{}: a one-time code was released", name(e.person)), String::new()),
        Changed::RequestRefused(e) => (format!("{}: a request was turned down", name(e.person)), e.reason.clone()),
        Changed::Enrolled(e) => (format!("{}: used {}", name(e.person), code(e.code_for)), String::new()),
        Changed::CoverArranged(e) => {
            (format!("{} covers {} for {}", name(e.covered_by), address(&e.address), name(e.person)), e.reason.clone())
        }
        Changed::CoverEnded(e) => (format!("A cover for {} ended", name(e.person)), e.reason.clone()),
        Changed::GlassBroken(e) => (format!("{} opened the queue of {}", name(e.person), address(&e.address)), e.reason.clone()),
        Changed::GlassClosed(e) => (format!("{} closed a queue that they had opened", name(e.person)), String::new()),
        Changed::GlassReviewed(e) => (format!("An opening by {} was reviewed", name(e.person)), e.finding.clone()),
        Changed::School(_) | Changed::Person(_) | Changed::Pupil(_) | Changed::Asset(_) | Changed::Loan(_) => {
            (String::new(), String::new())
        }
    };
    let by = change.actor.map_or_else(|| "The machine, or a list".to_owned(), name);
    ChangeRow { when: change.at.in_london_short(), what, reason, by }
}
