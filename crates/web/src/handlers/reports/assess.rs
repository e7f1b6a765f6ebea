//! `POST /reports/{id}/assess`: Part B of the form (P0-FORM-9 to P0-FORM-12).

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_domain::clock::{Date, start_of};
use wardbook_domain::field::Invalid;
use wardbook_domain::profile::Profile;
use wardbook_domain::report::{AdultNamed, Assess, AssessmentCategory, Declaration, Told};

use super::{Typed, draw};
use crate::handlers::answer::{Answer, see_other};
use crate::handlers::command::{Command, page_errors};
use crate::handlers::fields::Fields;
use crate::handlers::moment::{self, Needs, Said};
use crate::handlers::visitor::{Here, Posted};
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::report::{AssessForm, ToldRow};

/// Part B as typed.
#[derive(Debug, Default)]
pub(super) struct Answers {
    form: AssessForm,
    /// Every entry of the told list, as typed.
    told: Vec<(String, moment::Typed, String, String)>,
    review: moment::Typed,
}

/// `POST /reports/{id}/assess`.
pub(crate) async fn assess(Path(id): Path<String>, Posted(here, fields): Posted<Here>) -> Answer {
    let (command, href) = (Command::read(&here, &fields)?, format!("/reports/{id}"));
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    let answers = Answers::read(&fields, &here.web.profile());
    let (ask, mut errors) = answers.asked(start_of(wardbook_domain::clock::day_of(here.web.clock().now())));
    if !errors.any() {
        match here.web.assess(&here.caller, number, &ask, command.conditions()).await {
            Ok(Some(_)) => return Ok(see_other(&format!("{href}?done=assessed"))),
            Ok(None) => return Ok(see_other("/queue?done=assessed-away")),
            Err(AppError::Invalid(invalid)) => errors = at_fields(invalid, &ask),
            Err(error) => return Err(here.refuse_at(error, &href)),
        }
    }
    draw(&here, &id, StatusCode::UNPROCESSABLE_ENTITY, None, Typed { assess: answers, errors, ..Typed::default() }).await
}

/// Where the use case's fields stand on the page, and how a sentence about them begins.
const PLACES: &[(&str, &str, &str)] = &[
    ("categories", "assessment", "the assessment"),
    ("other", "assessment_other", "this"),
    ("reason", "reason", "the reason"),
    ("action", "action_to_be_taken", "the action"),
    ("follow_up", "follow_up", "the follow-up"),
    ("shared", "shared", "what others may know"),
    ("subjects", "subjects", "the names"),
    ("told", "told", "this list"),
    ("declaration.name", "declaration", "the name"),
];

fn at_fields(Invalid(list): Invalid, ask: &Assess) -> FormErrors {
    let (told, rest): (Vec<_>, Vec<_>) = list.into_iter().partition(|error| error.field.starts_with("told["));
    let mut errors = page_errors(Invalid(rest), PLACES);
    for error in told {
        let index = error.field.trim_start_matches("told[").split(']').next().and_then(|index| index.parse::<usize>().ok());
        let whom = index.and_then(|index| ask.told.get(index)).map(|told| told.whom.clone()).unwrap_or_default();
        let part = error.field.rsplit('.').next().unwrap_or("how");
        errors.add(format!("told_{whom}_{part}"), crate::handlers::answer::capital(&format!("this {}", error.problem)));
    }
    errors
}

impl Answers {
    fn read(fields: &Fields, profile: &Profile) -> Self {
        let form = AssessForm {
            assessment: fields.all("assessment"),
            assessment_other: fields.one("assessment_other"),
            reason: fields.one("reason"),
            action_to_be_taken: fields.one("action_to_be_taken"),
            follow_up: fields.one("follow_up"),
            shared: fields.one("shared"),
            subjects: fields.one("subjects"),
            told: fields.all("told"),
            declaration: fields.one("declaration"),
            ..AssessForm::default()
        };
        let entry = |(code, _): (String, String)| {
            let (prefix, which) = (format!("told_{code}_"), fields.one(&format!("told_{code}_which")));
            let at = moment::Typed { which, ..moment::Typed::read(fields, &prefix, &moment::Typed::default()) };
            let (how, reference) = (fields.one(&format!("{prefix}how")), fields.one(&format!("{prefix}reference")));
            (code, at, how, reference)
        };
        let told = profile.told_list().into_iter().map(entry).collect();
        Self { form, told, review: moment::Typed::read(fields, "review_", &moment::Typed::default()) }
    }

    /// As the page shows it.
    pub(super) fn form(&self, profile: &Profile) -> AssessForm {
        let row = |(code, label): (String, String)| {
            let (_, at, how, reference) = self.told.iter().find(|(known, ..)| *known == code).cloned().unwrap_or_default();
            ToldRow { option: Choice::owned(&code, label).reveals(), at: at.moment(&format!("told_{code}_")), how, reference }
        };
        let told_rows = profile.told_list().into_iter().map(row).collect();
        AssessForm { told_rows, review: self.review.moment("review_"), ..self.form.clone() }
    }

    /// The assessment as asked for, with what only the page can tell is wrong; `today` is the first instant of the day.
    fn asked(&self, today: wardbook_domain::Instant) -> (Assess, FormErrors) {
        let (form, mut errors) = (&self.form, FormErrors::default());
        let categories: Vec<_> = form.assessment.iter().filter_map(|code| AssessmentCategory::parse(code)).collect();
        if form.assessment.is_empty() {
            errors.add("assessment", "Tick at least one");
        } else if categories.len() < form.assessment.len() {
            errors.add("assessment", "Tick what is on the list");
        }
        let other = line(&form.assessment_other).filter(|_| categories.contains(&AssessmentCategory::Other));
        if categories.contains(&AssessmentCategory::Other) && other.is_none() {
            errors.add("assessment_other", "Say what it is");
        }
        if form.reason.trim().is_empty() {
            errors.add("reason", "Say why you assess it so");
        }
        let review_on = self.review_on(today, &mut errors);
        let told = self.told(&mut errors);
        if form.declaration.trim().is_empty() {
            errors.add("declaration", "Type your name to sign");
        }
        let names = form.subjects.lines().filter_map(line);
        let ask = Assess {
            categories,
            reason: form.reason.clone(),
            action: line(&form.action_to_be_taken),
            shared: line(&form.shared),
            subjects: names.map(|name| AdultNamed { staff_id: None, name }).collect(),
            other,
            told,
            follow_up: line(&form.follow_up),
            review_on,
            declaration: Some(Declaration { name: form.declaration.trim().to_owned() }),
        };
        (ask, errors)
    }

    fn review_on(&self, today: wardbook_domain::Instant, errors: &mut FormErrors) -> Option<Date> {
        if self.review == moment::Typed::default() {
            return None;
        }
        self.review.check("review_", Needs::Day, errors);
        let day = self.review.said(Needs::Day).and_then(Said::day);
        if day.is_some_and(|day| start_of(day) < today) {
            errors.add("review_date", "Give a day that is not in the past");
        }
        day
    }

    fn told(&self, errors: &mut FormErrors) -> Vec<Told> {
        let known = |code: &String| self.told.iter().any(|(entry, ..)| entry == code);
        if !self.form.told.iter().all(known) {
            errors.add("told", "Tick what is on the list");
        }
        let mut all = vec![];
        for (code, at, how, reference) in self.told.iter().filter(|(code, ..)| self.form.told.contains(code)) {
            at.check(&format!("told_{code}_"), Needs::Both, errors);
            let at = at.said(Needs::Both).and_then(Said::instant);
            all.push(Told { whom: code.clone(), at, how: line(how), reference: line(reference) });
        }
        all
    }
}

fn line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
