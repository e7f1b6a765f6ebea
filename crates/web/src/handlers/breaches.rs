//! `/breaches`: the board of breach clocks, one clock with its first facts, and what may be done about it.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::breaches::BreachShown;
use wardbook_app::cases::parse_id;
use wardbook_domain::Instant;
use wardbook_domain::clock::Date;
use wardbook_domain::report::{ClockDecision, DecideClock, MoveClock};

use super::answer::{Answer, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::everywhere::{Cursors, Place, cursor};
use super::moment::{Needs, Said, Typed as At};
use super::queue::ROWS;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::Web;
use crate::pages::breaches::{AwareForm, Breach, Breaches, ClockRow, DecideForm, DecidedRow, MovedRow, OldBreaches, OldClock};
use crate::pages::choices;
use crate::pages::due::{Due, when_with_zone};
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::summary::{StateTag, TagColour};

/// `GET /breaches`: of every trust in which they work.
pub(crate) async fn list(here: Here, Asked(query): Asked) -> Answer {
    let refuse = |error| here.refuse(error);
    let old_papers = query.get("old_papers") == Some("yes");
    let (mut found, mut cursors) = (vec![], Cursors::of(if old_papers { "/breaches?old_papers=yes" } else { "/breaches" }));
    let places = here.everywhere();
    for Place { web, caller, number, .. } in &places {
        let Some(cursor) = cursor(&query, *number) else { continue };
        let list = web.breaches(caller, old_papers, cursor, Some(ROWS)).await.map_err(refuse)?;
        found.extend(cursors.take(*number, list).into_iter().map(|item| (*number, item)));
    }
    if places.len() > 1 {
        // As each trust sorts its own: ended ones last.
        found.sort_by_key(|(_, item)| (item.due_at.unwrap_or(Instant::from_micros(i64::MAX)), item.aware_at));
    }
    let (mut rows, mut old) = (vec![], vec![]);
    for (number, item) in &found {
        let place = &places[*number];
        let directory = place.web.directory().await.map_err(refuse)?;
        let school = place.school(words::school_name(&directory, &item.school));
        if old_papers { old.push(old_clock(school, item)) } else { rows.push(row(place.web, school, item)) }
    }
    let (chrome, next) = (here.chrome(), cursors.next());
    Ok(if old_papers {
        page(StatusCode::OK, &OldBreaches { chrome, rows: old, next })
    } else {
        page(StatusCode::OK, &Breaches { chrome, rows, next })
    })
}

fn row(web: &Web, school: String, item: &BreachShown) -> ClockRow {
    ClockRow {
        href: format!("/breaches/{}", item.id),
        reference: item.reference.clone(),
        what: what(item),
        school,
        state: state(&item.state),
        due: due(web, item),
    }
}

fn old_clock(school: String, item: &BreachShown) -> OldClock {
    OldClock {
        href: format!("/breaches/{}", item.id),
        reference: item.source_reference.clone().unwrap_or_else(|| item.reference.clone()),
        what: what(item),
        school,
        aware: zoned(item.aware_at),
        due: item.due_at.map(zoned).unwrap_or_default(),
    }
}

fn what(item: &BreachShown) -> String {
    if item.what.is_empty() { "Personal data may be affected".to_owned() } else { item.what.join(", ") }
}

/// By when, where a clock runs: with the zone, so that the hour is plain in spring and autumn.
fn due(web: &Web, item: &BreachShown) -> Option<Due> {
    let running = item.due_at.filter(|_| item.state != "imported")?;
    words::due(web, Some(running)).map(|due| Due { date: zoned(running), ..due })
}

fn zoned(at: Instant) -> String {
    when_with_zone(at.as_micros())
}

fn state(code: &str) -> StateTag {
    match code {
        "provisional" => StateTag::new("Provisional: nobody has decided yet", TagColour::Blue),
        "confirmed" => StateTag::new("Confirmed as a breach", TagColour::Yellow),
        "ended" => StateTag::new("Ended: no breach", TagColour::Grey),
        "open" => StateTag::new("Breach case open", TagColour::Yellow),
        "closed" => StateTag::new("Breach case closed", TagColour::Grey),
        _ => StateTag::new("Imported, not assessed here", TagColour::Grey),
    }
}

/// What the forms of the page hold when it is shown again.
#[derive(Default)]
struct Typed {
    aware: AwareForm,
    decide: DecideForm,
    errors: FormErrors,
}

/// `GET /breaches/{id}`.
pub(crate) async fn show(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, &id, StatusCode::OK, command::done(&query), Typed::default()).await
}

/// `POST /breaches/{id}/aware`: an hour that happened twice is asked about, one that never happened is asked again (TIM-2).
pub(crate) async fn aware(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, number) = (Command::read(&here, &fields)?, parse_id(&id).map_err(|error| here.refuse(error))?);
    let field = |name: &str| fields.one(name);
    // A reading that was chosen counts only for the time for which it was asked, which the form sends again.
    let at = At::read(&fields, "", &At { which: field("which"), ..At::read(&fields, "", &At::default()) });
    let (reason, mut errors) = (field("aware_reason"), FormErrors::default());
    at.check("", Needs::Time, &mut errors);
    if reason.trim().is_empty() {
        errors.add("aware_reason", "Say why it is corrected");
    }
    if let (false, Some(aware_at)) = (errors.any(), at.said(Needs::Time).and_then(Said::instant)) {
        let ask = MoveClock { aware_at, reason: reason.clone() };
        match here.web.move_clock(&here.caller, number, &ask, command.conditions()).await {
            Ok(_) => return Ok(see_other(&format!("/breaches/{id}?done=moved"))),
            Err(AppError::Invalid(invalid)) => {
                errors = page_errors(invalid, &[("aware_at", "time", "this time"), ("reason", "aware_reason", "the reason")]);
            }
            Err(error) => return Err(here.refuse_at(error, &format!("/breaches/{id}"))),
        }
    }
    let readings = at.moment("").readings;
    let aware =
        AwareForm { at: [at.day, at.month, at.year, at.hour, at.minute], readings, which: at.which, reason, ..AwareForm::default() };
    draw(&here, &id, StatusCode::UNPROCESSABLE_ENTITY, None, Typed { aware, errors, ..Typed::default() }).await
}

/// `POST /breaches/{id}/decision`.
pub(crate) async fn decide(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, number) = (Command::read(&here, &fields)?, parse_id(&id).map_err(|error| here.refuse(error))?);
    let (chosen, reason, mut errors) = (fields.one("decision"), fields.one("decision_reason"), FormErrors::default());
    let decision = ClockDecision::parse(&chosen);
    if decision.is_none() {
        errors.add("decision", "Choose whether it is a breach");
    }
    if reason.trim().is_empty() {
        errors.add("decision_reason", "Say why");
    }
    if let (false, Some(decision)) = (errors.any(), decision) {
        let ask = DecideClock { decision, reason: reason.clone() };
        match here.web.decide_clock(&here.caller, number, &ask, command.conditions()).await {
            Ok(_) => return Ok(see_other(&format!("/breaches/{id}?done=decided"))),
            Err(AppError::Invalid(invalid)) => errors = page_errors(invalid, &[("reason", "decision_reason", "the reason")]),
            Err(error) => return Err(here.refuse_at(error, &format!("/breaches/{id}"))),
        }
    }
    let decide = DecideForm { decision: chosen, reason, ..DecideForm::default() };
    draw(&here, &id, StatusCode::UNPROCESSABLE_ENTITY, None, Typed { decide, errors, ..Typed::default() }).await
}

async fn draw(here: &Here, id: &str, status: StatusCode, banner: Option<String>, typed: Typed) -> Answer {
    let refuse = |error| here.refuse(error);
    let shown = here.web.breach(&here.caller, parse_id(id).map_err(refuse)?).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, &shown).map_err(refuse)?;
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let Typed { aware, decide, errors } = typed;
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let breach = Breach {
        chrome,
        errors,
        id: shown.id.clone(),
        reference: shown.reference.clone(),
        what: what(&shown),
        school: words::school_name(&directory, &shown.school),
        state: state(&shown.state),
        due: due(&here.web, &shown),
        instants: instants(&shown),
        data: words::texts(choices::DATA, &shown.data_affected),
        people: shown.individuals_affected.map_or_else(|| "Not known".to_owned(), |number| number.to_string()),
        moved: moved(&shown),
        decided: shown.decided.as_ref().map(|decided| DecidedRow {
            decision: ClockDecision::parse(&decided.decision).map_or_else(|| decided.decision.clone(), |word| word.label().to_owned()),
            reason: decided.reason.clone(),
            by: format!("{}, {}", decided.by, zoned(decided.at)),
        }),
        aware: may("move_clock").then(|| AwareForm { token: token(here, &seen), ..aware }),
        decide: may("decide").then(|| DecideForm { token: token(here, &seen), decisions: decisions(&shown), ..decide }),
        open: open(&shown),
        imported: shown.state == "imported",
    };
    Ok(page(status, &breach))
}

fn open(shown: &BreachShown) -> Option<(String, String)> {
    let (text, part) = if shown.record == "case" { ("Open the case", "cases") } else { ("Open the report", "reports") };
    shown.may_open.then(|| (text.to_owned(), format!("/{part}/{}", shown.id)))
}

/// What is open to decide: what was decided last is not decided again.
fn decisions(shown: &BreachShown) -> Vec<Choice> {
    let last = shown.decided.as_ref().map(|decided| decided.decision.as_str());
    let open = ClockDecision::ALL.iter().filter(|word| Some(word.as_str()) != last);
    open.map(|word| Choice::owned(word.as_str(), word.label())).collect()
}

/// Occurred, discovered, reported and aware stand apart (BRE-3); the due instant stands with its offset.
fn instants(shown: &BreachShown) -> Vec<(String, String)> {
    let unknown = || "Not known".to_owned();
    let day = |date: Date| format!("{}; the hour was not written down", date.strftime("%A %-d %B %Y"));
    let mut rows = vec![
        ("It happened", shown.occurred_at.map_or_else(unknown, zoned)),
        ("Somebody at the school found out", shown.discovered_at.map_or_else(|| "When it was reported".to_owned(), zoned)),
        ("It was reported", shown.reported_on.map_or_else(|| zoned(shown.reported_at), day)),
        ("The school knew: the clock starts", zoned(shown.aware_at)),
    ];
    let due = if shown.state == "imported" { "The notice would have been due" } else { "The notice is due: 72 hours later" };
    rows.extend(shown.due_at.map(|at| (due, format!("{} ({})", zoned(at), offset(at)))));
    rows.into_iter().map(|(what, when)| (what.to_owned(), when)).collect()
}

/// `UTC+1` in summer, `UTC` in winter.
fn offset(at: Instant) -> &'static str {
    if at.in_london().ends_with("(BST)") { "UTC+1" } else { "UTC+0" }
}

fn moved(shown: &BreachShown) -> Vec<MovedRow> {
    let row = |moved: &wardbook_app::breaches::ClockMove| MovedRow {
        from: zoned(moved.from),
        to: zoned(moved.to),
        reason: moved.reason.clone(),
        by: format!("{}, {}", moved.by, zoned(moved.at)),
    };
    shown.moved.iter().map(row).collect()
}
