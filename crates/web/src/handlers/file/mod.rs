//! Filing a report: a question a page, every answer kept as typed, checked where it was given and once more at the end.
//!
//! * `draft.rs`: the answers as typed; `check.rs`: what is wrong with them; `form.rs`: the domain's form made of them;
//!   `when.rs`: dates and times; `schools.rs`: for which school; `draw.rs`: the pages.
//!
//! The first question has the path `/file/new/...`: a draft is kept with the first answer, so that looking at the form keeps nothing.
//! To add a question: see [`crate::pages::file::Question`]; its fields in `draft.rs`, its rules in `check.rs`, its page in `draw.rs`.

mod check;
pub(super) mod draft;
mod draw;
mod form;
mod schools;
pub(super) mod when;

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::reports::Conditions;
use wardbook_app::shown::ReportShown;

use self::draft::Draft;
use self::schools::Schools;
use super::answer::{Answer, Stop, page, see_other};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words;
use crate::pages::file::{Question, Receipt};
use crate::pages::forms::FormErrors;

/// In place of a draft's id until the first answer is kept.
const NEW: &str = "new";

/// A draft with what its questions need.
struct Filing {
    here: Here,
    /// Id in the path: 32 hexadecimal digits, or [`NEW`].
    id: String,
    draft: Draft,
    schools: Schools,
    /// The reporter came from the check page.
    changing: bool,
}

impl Filing {
    async fn load(here: Here, id: String, changing: bool) -> Result<Self, Stop> {
        let (id, draft) = if id == NEW { (id, Draft::default()) } else { kept(&here, &id).await? };
        let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
        let schools = Schools::of(&here.caller, &directory);
        Ok(Self { here, id, draft, schools, changing })
    }

    fn now(&self) -> wardbook_domain::Instant {
        self.here.web.clock().now()
    }

    fn path(&self, step: &str) -> String {
        format!("/file/{}/{step}", self.id)
    }

    async fn keep(&mut self) -> Result<(), Stop> {
        let Here { web, caller, .. } = &self.here;
        let kept = if self.id == NEW {
            web.start_draft(caller, &self.draft).await.map(|id| self.id = hex::encode(id))
        } else {
            match parse_id(&self.id) {
                Ok(id) => web.save_draft(caller, id, &self.draft).await,
                Err(error) => Err(error),
            }
        };
        kept.map_err(|error| self.here.refuse(error))
    }

    /// Every question with something wrong, in order, each with the way to it.
    fn all_errors(&self) -> FormErrors {
        let mut errors = FormErrors::default();
        for question in Question::ALL.into_iter().filter(|question| self.asks(*question)) {
            if let Some(first) = check::question(question, &self.draft, &self.schools, self.now()).list.first() {
                errors.add(format!("{}?change=1", self.path(question.slug())), first.text.clone());
            }
        }
        errors
    }

    fn asks(&self, question: Question) -> bool {
        question != Question::School || self.schools.several()
    }
}

/// A draft of this person with its id, which has one spelling only, as it becomes a command's; one that was filed leads to its receipt.
async fn kept(here: &Here, id: &str) -> Result<(String, Draft), Stop> {
    let number = parse_id(id).map_err(|error| here.refuse(error))?;
    let id = hex::encode(number);
    match here.web.draft(&here.caller, number).await {
        Ok(draft) => Ok((id, draft)),
        Err(AppError::NotFound) => Err(filed(here, &id, AppError::NotFound).await),
        Err(error) => Err(here.refuse(error)),
    }
}

/// The way to the receipt of a draft that was filed; else the refusal.
async fn filed(here: &Here, id: &str, otherwise: AppError) -> Stop {
    match here.web.filed_with(&here.caller, id).await {
        Ok(Some(report)) => see_other(&format!("/receipts/{}", hex::encode(report))).into(),
        Ok(None) => here.refuse(otherwise),
        Err(error) => here.refuse(error),
    }
}

/// `GET /file`: leads to the first question.
pub(crate) async fn start(here: Here) -> Answer {
    let filing = Filing::load(here, NEW.to_owned(), false).await?;
    Ok(see_other(&filing.path(Question::first(filing.schools.several()).slug())))
}

/// `GET /file/{draft}/{step}`.
pub(crate) async fn show(here: Here, Path((id, step)): Path<(String, String)>, Asked(query): Asked) -> Answer {
    let filing = Filing::load(here, id, query.get("change").is_some()).await?;
    if step == "check" && filing.id != NEW {
        return Ok(draw::check(&filing, StatusCode::OK, filing.all_errors()));
    }
    match Question::from_slug(&step).filter(|question| filing.asks(*question)) {
        Some(question) => Ok(draw::question(&filing, question, StatusCode::OK, FormErrors::default())),
        None => Err(filing.here.refuse(AppError::NotFound)),
    }
}

/// `POST /file/{draft}/{step}`: keeps the answer as typed, then shows what is wrong with it or leads on.
pub(crate) async fn answer(Path((id, step)): Path<(String, String)>, Asked(query): Asked, Posted(here, fields): Posted<Here>) -> Answer {
    let mut filing = Filing::load(here, id, query.get("change").is_some()).await?;
    let Some(question) = Question::from_slug(&step).filter(|question| filing.asks(*question)) else {
        return Err(filing.here.refuse(AppError::NotFound));
    };
    let now = filing.now();
    filing.draft.take(question, &fields, now);
    filing.keep().await?;
    let change = if filing.changing { "?change=1" } else { "" };
    if question == Question::Staff && fields.get("add").is_some() {
        filing.draft.add_person();
        filing.keep().await?;
        return Ok(see_other(&format!("{}{change}", filing.path(question.slug()))));
    }
    let errors = check::question(question, &filing.draft, &filing.schools, now);
    if errors.any() {
        return Ok(draw::question(&filing, question, StatusCode::UNPROCESSABLE_ENTITY, errors));
    }
    let next = question.next().filter(|_| !filing.changing).map_or("check", Question::slug);
    Ok(see_other(&filing.path(next)))
}

/// `POST /file/{draft}/submit`. The draft's id is the command's: pressed twice it is one report.
pub(crate) async fn submit(Path(id): Path<String>, Posted(here, _): Posted<Here>) -> Answer {
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let filing = Filing::load(here, id, false).await?;
    let errors = filing.all_errors();
    if errors.any() {
        return Ok(draw::check(&filing, StatusCode::UNPROCESSABLE_ENTITY, errors));
    }
    let Here { web, caller, .. } = &filing.here;
    let conditions = Conditions { key: Some(&filing.id), if_match: None };
    match web.file_report(caller, &form::form(&filing.draft, &filing.schools), conditions).await {
        Ok(shown) => {
            // The report is in the book: a draft that stays behind leads to the same receipt, and expires.
            if let Err(error) = web.drop_draft(caller, number).await {
                tracing::warn!(%error, "web.file.draft_stays");
            }
            Ok(see_other(&format!("/receipts/{}", shown.id)))
        }
        Err(AppError::Invalid(invalid)) => {
            let errors = check::at_questions(invalid, &filing);
            Ok(draw::check(&filing, StatusCode::UNPROCESSABLE_ENTITY, errors))
        }
        // Filed by another press with other answers: what was filed stands.
        Err(AppError::OtherBody) => Err(filed(&filing.here, &filing.id, AppError::OtherBody).await),
        Err(error) => Err(filing.here.refuse(error)),
    }
}

/// `GET /receipts/{id}`.
pub(crate) async fn receipt(here: Here, Path(id): Path<String>) -> Answer {
    let refuse = |error| here.refuse(error);
    let shown = here.web.report(&here.caller, parse_id(&id).map_err(refuse)?, "receipt").await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let goes_to = shown.owner.as_ref().map(|owner| words::duty_in_sentence(&here.web.profile(), owner));
    let receipt = Receipt {
        chrome: here.chrome(),
        number: shown.reference.clone(),
        evidence_href: format!("/reports/{}/evidence", shown.id),
        filed: words::when(shown.reported_at),
        school: words::school_name(&directory, &shown.school),
        // To a person who is themself concerned the receiver is not named, not even by duty.
        goes_to: goes_to.unwrap_or_else(|| "the person whose duty it is under your trust’s policy".to_owned()),
        danger: in_danger(&shown),
        next: next_steps(in_danger(&shown)),
    };
    Ok(page(StatusCode::OK, &receipt))
}

fn in_danger(shown: &ReportShown) -> bool {
    shown.danger != wardbook_domain::report::Danger::No.as_str()
}

fn next_steps(danger: bool) -> Vec<String> {
    let first =
        if danger { "They confirm that they have it, today, as a child could be in danger." } else { "They confirm that they have it." };
    [first, "They decide what it is and what is done about it.", "They may ask you a question. You will not always hear the outcome."]
        .map(str::to_owned)
        .to_vec()
}
