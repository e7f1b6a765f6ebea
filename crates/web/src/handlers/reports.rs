//! `/reports/{id}`: a report and the acts that are open on it. `assess.rs`: Part B of the form; `settle.rs`: whom it is about; `copy.rs`: on
//! paper. What is handed over or put off is done in `acts/report.rs`.

mod assess;
pub(crate) mod copy;
mod settle;

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::shown::{QuestionShown, ReportShown};
use wardbook_domain::case::AnswerQuestion;
use wardbook_domain::directory::Directory;

pub(crate) use self::assess::assess;
pub(crate) use self::settle::settle;
use super::answer::{Answer, Stop, page, see_other};
use super::command::{self, Command, page_errors, token};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::cases::ActLink;
use crate::pages::choices::{self, text};
use crate::pages::forms::FormErrors;
use crate::pages::report::{AssessForm, CaseLink, QuestionForm, Report, SettleForm};
use crate::pages::summary::{StateTag, TagColour};

/// What the forms of the page hold when it is shown again.
#[derive(Debug, Default)]
struct Typed {
    assess: assess::Answers,
    settle: SettleForm,
    errors: FormErrors,
}

/// `GET /reports/{id}`.
pub(crate) async fn show(here: Here, Path(id): Path<String>, Asked(query): Asked) -> Answer {
    draw(&here, &id, StatusCode::OK, command::done(&query), Typed::default()).await
}

/// `POST /reports/{id}/receive`.
pub(crate) async fn receive(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    here.web.receive(&here.caller, number, command.conditions()).await.map_err(|error| here.refuse_at(error, &href))?;
    Ok(see_other(&format!("{href}?done=received")))
}

/// The report's page again, with what was wrong in a form of it that stands elsewhere in the code.
pub(super) async fn draw_wrong(here: &Here, id: &str, errors: FormErrors) -> Answer {
    draw(here, id, StatusCode::UNPROCESSABLE_ENTITY, None, Typed { errors, ..Typed::default() }).await
}

async fn draw(here: &Here, id: &str, status: StatusCode, banner: Option<String>, typed: Typed) -> Answer {
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    let shown = here.web.report(&here.caller, number, "report").await.map_err(|error| here.refuse(error))?;
    render(here, &shown, status, banner, typed).await
}

async fn render(here: &Here, shown: &ReportShown, status: StatusCode, banner: Option<String>, typed: Typed) -> Answer {
    let refuse = |error| here.refuse(error);
    let directory = here.web.directory().await.map_err(refuse)?;
    let seen = here.web.etag(&here.caller, shown).map_err(refuse)?;
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let open_names = here.web.open_names(&here.caller, shown).await.map_err(refuse)?;
    let mut chrome = here.chrome();
    chrome.banner = banner;
    let report = Report {
        chrome,
        errors: typed.errors,
        id: shown.id.clone(),
        reference: shown.reference.clone(),
        kind: words::kind(&shown.types, &shown.extra_types),
        state: state(shown),
        marking: shown.marking_label.clone(),
        due: words::due(&here.web, shown.due_at),
        sections: words::report_sections(&here.web, &directory, shown),
        files: super::evidence::part(here, shown, &seen),
        receive: may("receive").then(|| token(here, &seen)),
        assess: may("assess").then(|| AssessForm { token: token(here, &seen), ..typed.assess.form(&here.web.profile()) }),
        settle: may("settle").then(|| SettleForm { token: token(here, &seen), open_names, ..typed.settle }),
        cases: cases(here, shown).await?,
        questions: shown.questions.iter().map(|question| question_form(here, shown, question, &seen)).collect(),
        in_hand: in_hand(here, &directory, shown),
        acts: acts(shown),
        reads: (!shown.own_words).then(|| format!("/reports/{}/reads", shown.id)),
    };
    Ok::<_, Stop>(page(status, &report))
}

/// Acts with a page of their own.
const ACTS: [(&str, &str); 3] = [("hand-over", "Hand it over"), ("snooze", "Put it off"), ("print", "Print it")];

fn acts(shown: &ReportShown) -> Vec<ActLink> {
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let links = ACTS.iter().filter(|(verb, _)| may(verb));
    links.map(|(verb, text)| ActLink { href: format!("/reports/{}/act/{verb}", shown.id), text: (*text).to_owned() }).collect()
}

/// In whose hands it is, and until when it is put off.
fn in_hand(here: &Here, directory: &Directory, shown: &ReportShown) -> Vec<String> {
    let hand = shown.in_hand.as_ref().map(|to| format!("In hand: {}.", words::address(&here.web, directory, to)));
    let off = shown.put_off_until.map(|until| format!("Put off until {}.", words::when(until)));
    hand.into_iter().chain(off).collect()
}

fn question_form(here: &Here, shown: &ReportShown, question: &QuestionShown, seen: &str) -> QuestionForm {
    QuestionForm {
        id: question.id.clone(),
        text: question.question.clone(),
        asked: words::when(question.asked_at),
        token: shown.own_words.then(|| token(here, seen)),
    }
}

/// `POST /reports/{id}/answer`.
pub(crate) async fn answer(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let question = fields.one("question");
    let field = format!("answer_{question}");
    let ask = AnswerQuestion { question, answer: fields.one(&field) };
    match here.web.answer_question(&here.caller, number, &ask, command.conditions()).await {
        Ok(_) => Ok(see_other(&format!("{href}?done=answered"))),
        Err(AppError::Invalid(invalid)) => {
            let places = [("answer", field.as_str(), "the answer"), ("question", field.as_str(), "this question")];
            draw_wrong(&here, &id, page_errors(invalid, &places)).await
        }
        Err(error) => Err(here.refuse_at(error, &href)),
    }
}

fn state(shown: &ReportShown) -> StateTag {
    match shown.state.as_deref() {
        Some("imported") => StateTag::new("Imported, not assessed here", TagColour::Grey),
        Some("filed") => StateTag::new("Waiting to be received", TagColour::Blue),
        Some("received") => StateTag::new("Received", TagColour::Yellow),
        Some(_) => StateTag::new("Assessed", TagColour::Green),
        None => StateTag::new("Your copy", TagColour::Grey),
    }
}

/// The cases it became that this reader may open; one that they may not is not in the page.
async fn cases(here: &Here, shown: &ReportShown) -> Result<Vec<CaseLink>, Stop> {
    let mut links = vec![];
    for category in shown.assessment.iter().flat_map(|assessed| &assessed.categories) {
        let case = parse_id(&category.case).map_err(|error| here.refuse(error))?;
        if here.web.may_open_case(&here.caller, case).await.map_err(|error| here.refuse(error))? {
            let kind = text(choices::ASSESSMENT, &category.category).to_owned();
            links.push(CaseLink { href: format!("/cases/{}", category.case), kind });
        }
    }
    Ok(links)
}
