//! `/reads` and the like: who has looked at what, and who signed in, as far as the reader of the page may know of it.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::App;
use wardbook_app::accounts::ELSEWHERE;
use wardbook_app::cases::parse_id;
use wardbook_app::reads::{ReadShown, Reads};
use wardbook_app::reports::RECEIPT;
use wardbook_app::shown::reference;
use wardbook_domain::reading::{COPY, FIGURES_TAKEN, Mark, OVERVIEW, READS};
use wardbook_domain::{Duty, PersonId};

use super::answer::{Answer, capital, page};
use super::fields::Fields;
use super::queue::ROWS;
use super::visitor::{Asked, Here, Visitor as _};
use super::words;
use crate::pages::due::rfc3339;
use crate::pages::reads::{ReadRow, ReadsPage};

const OF_A_RECORD: &str =
    "Everybody who had this record, or its line on a list, in front of them. The person whom it is about sees none of this.";
const OF_ALL: &str = "Of a record that you may not know you see when it was looked at, in which duty, and what kind of record it is.";
const MINE: &str = "Your own looks at records that you may know, and your sign-ins.";
const SIGN_INS: &str =
    "Everybody’s sign-ins, and the attempts that failed, counted by the minute. Where no account was meant, nobody stands beside them.";
const OF_A_PERSON: &str = "Their looks at records that you may know.";

/// A list of looks and what stands around it.
struct List {
    reads: Reads,
    heading: String,
    about: &'static str,
    path: String,
    back: Option<(String, String)>,
    others: Vec<(&'static str, &'static str)>,
}

/// `GET /reads`: the reader's own looks; everybody's for a data protection officer and an auditor.
pub(crate) async fn all(here: Here, Asked(query): Asked) -> Answer {
    let lists = [
        (Reads::All, "Who has looked at what", OF_ALL, "/reads", "See everybody’s looks"),
        (Reads::Mine, "What you have looked at", MINE, "/reads?mine=yes", "See your own looks"),
        (Reads::SignIns, "Sign-ins", SIGN_INS, "/reads?sign_ins=yes", "See everybody’s sign-ins"),
    ];
    let watches = App::watches_reads(&here.caller);
    let wanted = match (query.get("mine"), query.get("sign_ins")) {
        _ if !watches => Reads::Mine,
        (Some("yes"), _) => Reads::Mine,
        (_, Some("yes")) => Reads::SignIns,
        _ => Reads::All,
    };
    let others = lists.iter().filter(|(reads, ..)| watches && *reads != wanted).map(|(.., path, text)| (*text, *path)).collect();
    let (reads, heading, about, path, _) = lists.into_iter().find(|(reads, ..)| *reads == wanted).expect("each list stands here");
    let path = if watches { path } else { "/reads" }.to_owned();
    draw(&here, &query, List { reads, heading: heading.to_owned(), about, path, back: None, others }).await
}

/// `GET /reports/{id}/reads`.
pub(crate) async fn of_report(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    of_record(&here, &id, &query, ("reports", "Back to the report")).await
}

/// `GET /cases/{id}/reads`.
pub(crate) async fn of_case(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    of_record(&here, &id, &query, ("cases", "Back to the case")).await
}

async fn of_record(here: &Here, id: &str, query: &Fields, (part, back): (&str, &str)) -> Answer {
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    let list = List {
        reads: Reads::Record(number),
        heading: format!("Who has looked at {}", reference(&number)),
        about: OF_A_RECORD,
        path: format!("/{part}/{id}/reads"),
        back: Some((back.to_owned(), format!("/{part}/{id}"))),
        others: vec![],
    };
    draw(here, query, list).await
}

/// `GET /people/{id}/reads`: for the person, a data protection officer and an auditor.
pub(crate) async fn of_person(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let person = PersonId::from_bytes(number);
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let own = person == here.caller.person;
    let name = directory.people.get(&person).map_or("", |known| known.name.as_str());
    let list = List {
        reads: Reads::Person(person),
        heading: if own { "What you have looked at".to_owned() } else { format!("What {name} has looked at") },
        about: if own { MINE } else { OF_A_PERSON },
        path: format!("/people/{id}/reads"),
        back: Some(("Back to all looks".to_owned(), "/reads".to_owned())),
        others: vec![],
    };
    draw(&here, &query, list).await
}

async fn draw(here: &Here, query: &Fields, list: List) -> Answer {
    let unusual = query.get("unusual") == Some("true");
    let found = here.web.reads(&here.caller, list.reads, unusual, query.get("cursor"), Some(ROWS)).await;
    let found = found.map_err(|error| here.refuse(error))?;
    let join = if list.path.contains('?') { '&' } else { '?' };
    let only = format!("{}{join}unusual=true", list.path);
    let (filter, onward) = if unusual { (list.path.clone(), format!("{only}&")) } else { (only, format!("{}{join}", list.path)) };
    let reads = ReadsPage {
        chrome: here.chrome(),
        heading: list.heading,
        about: list.about.to_owned(),
        back: list.back,
        others: list.others.into_iter().map(|(text, href)| (text.to_owned(), href.to_owned())).collect(),
        sign_ins: list.reads == Reads::SignIns,
        unusual,
        filter,
        rows: found.items.iter().map(|read| row(here, read, list.reads)).collect(),
        next: found.next.map(|cursor| format!("{onward}cursor={cursor}")),
    };
    Ok(page(StatusCode::OK, &reads))
}

fn row(here: &Here, read: &ReadShown, of: Reads) -> ReadRow {
    let profile = here.web.profile();
    let mine = read.reader.as_deref() == Some(here.caller.person.to_string().as_str());
    let signed_in = read.kind != "look";
    let who = match &read.reader_name {
        _ if mine => "You".to_owned(),
        Some(name) => name.clone(),
        None if of == Reads::SignIns => "Nobody of ours".to_owned(),
        None if signed_in => "You".to_owned(),
        None => "Not shown".to_owned(),
    };
    let may_see = App::watches_reads(&here.caller) && !mine;
    let is_alert = read.record_kind.as_deref() == Some("alert");
    let part = if read.record_kind.as_deref() == Some("case") { "cases" } else { "reports" };
    // Their own papers open as their receipt.
    let part = if read.page.as_deref() == Some(RECEIPT) { "receipts" } else { part };
    ReadRow {
        when: words::when(read.at),
        at: rfc3339(read.at.as_micros()),
        who,
        who_href: read.reader.as_ref().filter(|_| may_see).map(|reader| format!("/people/{reader}/reads")),
        duty: read.duty.as_deref().and_then(Duty::parse).map(|duty| profile.title(duty).to_owned()).unwrap_or_default(),
        what: what(read),
        record: read.reference.clone().or_else(|| read.class.as_deref().map(capital)).unwrap_or_default(),
        // Alerts have one page for all of them.
        record_href: read.record.as_ref().map(|record| if is_alert { "/alerts".to_owned() } else { format!("/{part}/{record}") }),
        purpose: read.purpose_label.clone().unwrap_or_default(),
        unusual: read.unusual.iter().filter_map(|code| Mark::parse(code)).map(|mark| mark.label().to_owned()).collect(),
    }
}

/// What happened, in words; pages are named in traces by a few fixed words.
fn what(read: &ReadShown) -> String {
    let detail = read.detail.as_deref().map(words::small).unwrap_or_default();
    match (read.kind.as_str(), read.page.as_deref()) {
        ("sign_in", _) => format!("Signed in{} ({detail})", at_sites(&read.sites)),
        ("sign_in_failed", _) => {
            let often = match read.attempts {
                None | Some(1) => "once".to_owned(),
                Some(times) => format!("{times} times"),
            };
            format!("Failed to sign in{}, {often}: {detail}", at_sites(&read.sites))
        }
        (_, None) => "Looked".to_owned(),
        (_, Some("report" | "case")) => "Opened it".to_owned(),
        (_, Some(RECEIPT)) => "Opened the receipt".to_owned(),
        (_, Some("evidence")) => "Opened a file of it".to_owned(),
        (_, Some("preview")) => "Looked at a file of it".to_owned(),
        (_, Some("file")) => "Read what was written down about a file of it".to_owned(),
        (_, Some("breach")) => "Opened its first facts".to_owned(),
        (_, Some(COPY)) => "Made a copy of it on paper".to_owned(),
        (_, Some(READS)) => "Looked who had looked".to_owned(),
        (_, Some(OVERVIEW)) => "Saw the overview".to_owned(),
        (_, Some(FIGURES_TAKEN)) => "Took the published figures away".to_owned(),
        (_, Some(list)) => format!("Saw it on a list ({list})"),
    }
}

/// Where somebody said that they were, in words.
fn at_sites(sites: &[String]) -> String {
    let words: Vec<&str> = sites.iter().map(|site| if site == ELSEWHERE { "none of our schools" } else { site }).collect();
    if words.is_empty() { String::new() } else { format!(" at {}", words.join(" and ")) }
}
