//! Filing a report: a question a page, every answer kept as typed, checked where it was given and once more at the end.
//!
//! * `draft.rs`: the answers as typed; `check.rs`: what is wrong with them; `form.rs`: the domain's form made of them;
//!   `kinds.rs`: boxes and the profile's types; `schools.rs`: for which school.
//! * `draw.rs`: the questions; `summary.rs`: the answers on the check page; `drafts.rs`: the list of drafts; `receipt.rs`.
//!
//! The first question has the path `/file/new/...`: a draft is kept with the first answer, so that looking at the form keeps nothing.
//! To add a question: see [`crate::pages::file::Question`]; its fields in `draft.rs`, its rules in `check.rs`, its page in `draw.rs`.

mod check;
mod draft;
mod drafts;
mod draw;
mod form;
mod kinds;
mod receipt;
mod schools;
mod summary;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::receivers::has_first_steps;
use wardbook_app::reports::Conditions;
use wardbook_domain::profile::Profile;
use wardbook_domain::report::Form;
use wardbook_domain::report::danger::asks_about_an_image;

use self::draft::Draft;
pub(crate) use self::drafts::{delete, start};
pub(crate) use self::receipt::receipt;
use self::schools::Schools;
use self::summary::Signing;
use super::answer::{Answer, Stop, see_other};
use super::visitor::{Asked, Here, Posted};
use crate::pages::choices::WHEN;
use crate::pages::file::Question;
use crate::pages::forms::{Choice, FormErrors};

/// In place of a draft's id until the first answer is kept.
const NEW: &str = "new";

/// A draft with what its questions need.
struct Filing {
    here: Here,
    /// Id in the path: 32 hexadecimal digits, or [`NEW`].
    id: String,
    draft: Draft,
    schools: Schools,
    profile: Arc<Profile>,
    /// The reporter came from the check page.
    changing: bool,
}

impl Filing {
    async fn load(here: Here, id: String, changing: bool) -> Result<Self, Stop> {
        let (id, draft) = if id == NEW { (id, Draft::default()) } else { kept(&here, &id).await? };
        let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
        let (schools, profile) = (Schools::of(&here.caller, &directory), here.web.profile());
        Ok(Self { here, id, draft, schools, profile, changing })
    }

    /// The domain's form as far as it is filled in.
    fn form(&self, declaration: Option<&str>) -> Form {
        form::form(&self.draft, &self.schools, &self.profile, declaration)
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
        for question in self.flow() {
            if let Some(first) = check::question(question, self).list.first() {
                errors.add(format!("{}?change=1", self.path(question.slug())), first.text.clone());
            }
        }
        errors
    }

    /// The questions that are asked, in order, as far as the answers say by now.
    fn flow(&self) -> Vec<Question> {
        Question::ALL.into_iter().filter(|question| self.asks(*question)).collect()
    }

    fn asks(&self, question: Question) -> bool {
        match question {
            Question::Behalf => self.draft.typing_in,
            Question::School => self.schools.several(),
            Question::Emergency => self.draft.is_danger(),
            Question::Advice => self.asks_image_at(Question::Advice) || has_first_steps(&self.profile, &self.form(None)),
            // Safeguarding is never held up by questions about data (P2-URGENT-1).
            Question::Data => self.draft.danger != "yes" || self.draft.says_data(),
            _ => true,
        }
    }

    /// Whether a page can be opened: a question that is not asked can still be answered where that makes sense.
    fn opens(&self, question: Question) -> bool {
        matches!(question, Question::Behalf | Question::Data) || self.asks(question)
    }

    /// Whether the image question stands on this page: with what to do first, else with the first steps.
    fn asks_image_at(&self, question: Question) -> bool {
        let at = if self.asks(Question::Emergency) { Question::Emergency } else { Question::Advice };
        at == question && asks_about_an_image(&self.form(None), &self.profile)
    }

    /// Whoever types in what somebody else gave them does not do so as it happens.
    fn when_choices(&self) -> Vec<Choice> {
        WHEN.iter().filter(|choice| !(self.draft.typing_in && choice.is("now"))).cloned().collect()
    }

    /// Where an answer that is right leads: on through the form, or back to the check page, past what a changed answer must tell first.
    fn after(&self, question: Question) -> String {
        let next = self.flow().into_iter().find(|asked| *asked > question);
        match next {
            Some(next) if !self.changing => self.path(next.slug()),
            Some(next) if next.tells() && matches!(question, Question::Danger | Question::Kind) => {
                format!("{}?change=1", self.path(next.slug()))
            }
            _ => self.path("check"),
        }
    }

    /// The first question without a right answer; the check page where there is none.
    fn resume(&self) -> String {
        let open = self.flow().into_iter().find(|question| check::question(*question, self).any());
        self.path(open.map_or("check", Question::slug))
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

/// `GET /file/{draft}/{step}`.
pub(crate) async fn show(here: Here, Path((id, step)): Path<(String, String)>, Asked(query): Asked) -> Answer {
    let filing = Filing::load(here, id, query.get("change").is_some()).await?;
    if step == "check" && filing.id != NEW {
        return Ok(summary::check(&filing, StatusCode::OK, filing.all_errors(), Signing::default()));
    }
    match Question::from_slug(&step).filter(|question| filing.opens(*question)) {
        Some(question) => draw::question(&filing, question, StatusCode::OK, FormErrors::default()).await,
        None => Err(filing.here.refuse(AppError::NotFound)),
    }
}

/// `POST /file/{draft}/{step}`: keeps the answer as typed, then shows what is wrong with it or leads on.
pub(crate) async fn answer(Path((id, step)): Path<(String, String)>, Asked(query): Asked, Posted(here, fields): Posted<Here>) -> Answer {
    let mut filing = Filing::load(here, id, query.get("change").is_some()).await?;
    let Some(question) = Question::from_slug(&step).filter(|question| filing.opens(*question)) else {
        return Err(filing.here.refuse(AppError::NotFound));
    };
    filing.draft.take(question, &fields, filing.now());
    filing.keep().await?;
    let change = if filing.changing { "?change=1" } else { "" };
    if question == Question::Staff && fields.get("add").is_some() {
        filing.draft.add_person();
        filing.keep().await?;
        return Ok(see_other(&format!("{}{change}", filing.path(question.slug()))));
    }
    let errors =
        if question == Question::Behalf && !filing.draft.typing_in { FormErrors::default() } else { check::question(question, &filing) };
    if errors.any() {
        return draw::question(&filing, question, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    Ok(see_other(&filing.after(question)))
}

/// `POST /file/{draft}/submit`. The draft's id is the command's: pressed twice it is one report.
pub(crate) async fn submit(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let filing = Filing::load(here, id, false).await?;
    let mut errors = filing.all_errors();
    let signing = Signing { declaration: fields.one("declaration"), protected: fields.all("protected") };
    if signing.declaration.trim().is_empty() {
        errors.add("declaration", "Type your name to sign");
    }
    if errors.any() {
        return Ok(summary::check(&filing, StatusCode::UNPROCESSABLE_ENTITY, errors, signing));
    }
    let Here { web, caller, .. } = &filing.here;
    let conditions = Conditions { key: Some(&filing.id), if_match: None };
    let mut form = filing.form(Some(&signing.declaration));
    form.protected_disclosure = !signing.protected.is_empty();
    match web.file_report(caller, &form, conditions).await {
        Ok(shown) => {
            // The report is in the book: a draft that stays behind leads to the same receipt, and expires.
            if let Err(error) = web.drop_draft(caller, number).await {
                tracing::warn!(%error, "web.file.draft_stays");
            }
            Ok(see_other(&format!("/receipts/{}", shown.id)))
        }
        Err(AppError::Invalid(invalid)) => {
            let errors = check::at_questions(invalid, &filing);
            Ok(summary::check(&filing, StatusCode::UNPROCESSABLE_ENTITY, errors, signing))
        }
        // Filed by another press with other answers: what was filed stands.
        Err(AppError::OtherBody) => Err(filed(&filing.here, &filing.id, AppError::OtherBody).await),
        Err(error) => Err(filing.here.refuse(error)),
    }
}
