//! `/board`: the published figures, and how they are published; `export.rs`: the same as files.

pub(crate) mod export;

use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cube::{Figures, Publication};
use wardbook_domain::cube::{HIDDEN, Publish};
use wardbook_domain::field::Invalid;
use wardbook_domain::term::Term;

use super::answer::{Answer, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::board::{Board, PublishForm, TermRow, TermTable};
use crate::pages::charts::Chart;
use crate::pages::forms::{Choice, FormErrors};

/// Stands between a term and the number that is corrected.
const OF: char = '/';

/// `GET /board`.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    draw(&here, StatusCode::OK, command::done(&query), PublishForm::default(), FormErrors::default()).await
}

/// `POST /board`: publishes a term, or a correction of one.
pub(crate) async fn publish(Posted(here, fields): Posted<Here>) -> Answer {
    if !wardbook_app::App::publishes_figures(&here.caller) {
        return Err(here.refuse(AppError::NotFound));
    }
    let command = Command::read(&here, &fields)?;
    let form = PublishForm { what: fields.one("publish_what"), reason: fields.one("publish_reason"), ..PublishForm::default() };
    let mut errors = FormErrors::default();
    if form.what.is_empty() {
        errors.add("publish_what", "Choose what you publish");
    }
    if form.reason.trim().is_empty() {
        errors.add("publish_reason", "Say why");
    }
    if !errors.any() {
        match here.web.publish_figures(&here.caller, &ask(&form), command.conditions()).await {
            Ok(_) => return Ok(see_other("/board?done=published")),
            Err(AppError::Invalid(invalid)) => errors = at_fields(invalid),
            Err(error) => return Err(here.refuse_at(error, "/board")),
        }
    }
    draw(&here, StatusCode::UNPROCESSABLE_ENTITY, None, form, errors).await
}

fn at_fields(invalid: Invalid) -> FormErrors {
    page_errors(invalid, &[("term", "publish_what", "this term"), ("reason", "publish_reason", "the reason")])
}

fn ask(form: &PublishForm) -> Publish {
    let (term, corrects) = form.what.split_once(OF).map_or((form.what.as_str(), None), |(term, number)| (term, number.parse().ok()));
    Publish { term: term.to_owned(), reason: form.reason.clone(), corrects }
}

async fn draw(here: &Here, status: StatusCode, banner: Option<String>, form: PublishForm, errors: FormErrors) -> Answer {
    let figures = here.web.figures(&here.caller).await.map_err(|error| here.refuse(error))?;
    let seen = here.web.etag(&here.caller, &figures).map_err(|error| here.refuse(error))?;
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let publishes = wardbook_app::App::publishes_figures(&here.caller);
    let standing = || figures.publications.iter().filter(|publication| publication.stands);
    let board = Board {
        chrome,
        errors,
        hidden: figures.hidden.clone(),
        chart: chart(&figures),
        terms: standing().map(term_table).collect(),
        corrected: figures.publications.iter().filter(|publication| !publication.stands).map(corrected).collect(),
        publish: publishes.then(|| PublishForm { token: token(here, &seen), options: options(&figures), ..form }),
    };
    Ok(page(status, &board))
}

/// Oldest first, as time goes.
fn chart(figures: &Figures) -> Chart {
    let standing = figures.publications.iter().rev().filter(|publication| publication.stands);
    let values = standing.map(|publication| (term_label(&publication.term), number(publication.total), publication.total));
    let described = "A bar for each published term: its reports in all, conduct and allegations apart. The tables below have the numbers.";
    Chart::new("terms", "Reports by term", described.to_owned(), values.collect())
}

fn options(figures: &Figures) -> Vec<Choice> {
    let first = figures.publishable.iter().map(|term| Choice::owned(term.clone(), term_label(term)));
    let again = figures.publications.iter().filter(|publication| publication.stands).map(|publication| {
        let words = format!("A correction of {} (number {})", words::small(&term_label(&publication.term)), publication.number);
        Choice::owned(format!("{}{OF}{}", publication.term, publication.number), words)
    });
    first.chain(again).collect()
}

fn term_table(publication: &Publication) -> TermTable {
    let row = |(column, kind): (usize, &wardbook_domain::report::ReportType)| {
        let counts: Vec<Option<u32>> = publication.schools.iter().map(|school| school.counts[column]).collect();
        let total = publication.type_totals[column];
        // A type of which there was nothing has no row.
        let any = total != Some(0) || counts.iter().any(|count| *count != Some(0));
        any.then(|| TermRow { label: kind.label().to_owned(), counts: counts.into_iter().map(number).collect(), total: number(total) })
    };
    TermTable {
        code: publication.term.clone(),
        heading: term_label(&publication.term),
        published: published(publication),
        reason: publication.reason.clone(),
        schools: publication.schools.iter().map(|school| school.name.clone()).collect(),
        rows: publication.types.iter().enumerate().filter_map(row).collect(),
        totals: TermRow {
            label: "All types".to_owned(),
            counts: publication.schools.iter().map(|school| number(school.total)).collect(),
            total: number(publication.total),
        },
        conduct: number(publication.conduct),
    }
}

fn published(publication: &Publication) -> String {
    let number = match publication.corrects {
        Some(corrected) => format!("Number {}, which corrects number {corrected}", publication.number),
        None => format!("Number {}", publication.number),
    };
    format!("{number}, published by {} on {}", publication.published_by, words::when(publication.published_at))
}

fn corrected(publication: &Publication) -> String {
    format!("{}: {}. {}", term_label(&publication.term), published(publication), publication.reason)
}

/// A term in words.
fn term_label(code: &str) -> String {
    Term::parse(code).map_or_else(|| code.to_owned(), Term::label)
}

/// A number, or the letter of a hidden one.
fn number(count: Option<u32>) -> String {
    count.map_or_else(|| HIDDEN.to_owned(), |count| count.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_a_term_or_the_number_that_is_corrected() {
        let of = |what: &str| {
            let asked = ask(&PublishForm { what: what.to_owned(), ..PublishForm::default() });
            (asked.term, asked.corrects)
        };
        assert_eq!(of("2026-summer"), ("2026-summer".to_owned(), None));
        assert_eq!(of("2026-summer/2"), ("2026-summer".to_owned(), Some(2)));
    }
}
