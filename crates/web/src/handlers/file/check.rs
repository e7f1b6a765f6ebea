//! What is wrong with the answers. What only a page can ask for (an answer at all, a value of the list) is checked here; every rule of
//! the form itself is the domain's, asked about the whole form and told where the answer was given.

use wardbook_domain::Instant;
use wardbook_domain::field::{FieldError, Invalid};

use super::draft::Draft;
use super::form::form;
use super::schools::Schools;
use super::{Filing, when};
use crate::handlers::answer::capital;
use crate::pages::choices::{ABOUT, DANGER, DATA, DPO_TOLD, STAFF_PARTS, TYPES, WHEN, YES_REVEALS_NO, knows};
use crate::pages::file::Question;
use crate::pages::forms::{Choice, FormErrors};

/// Everything wrong with the answer to one question, in the order of its fields.
pub(super) fn question(question: Question, draft: &Draft, schools: &Schools, now: Instant) -> FormErrors {
    let mut errors = FormErrors::default();
    match question {
        Question::School => one_of(&mut errors, "school", &schools.choices, schools.chosen(&draft.school), "Choose the school"),
        Question::About => about(draft, &mut errors),
        Question::Kind => kind(draft, &mut errors),
        Question::When => {
            one_of(&mut errors, "when", WHEN, &draft.when, "Choose when it happened");
            if draft.when == "earlier" {
                when::check(&draft.at, &draft.which, &mut errors);
            }
        }
        Question::What => needed(&mut errors, "what_happened", &draft.what_happened, "Say what happened"),
        Question::Where => {}
        Question::Pupils => {
            one_of(&mut errors, "pupils_involved", YES_REVEALS_NO, &draft.pupils_involved, "Choose whether pupils were involved");
            if draft.pupils_involved == "yes" {
                needed(&mut errors, "pupils", &draft.pupils, "Give the pupils’ names, as well as you know them");
            }
        }
        Question::Staff => staff(draft, &mut errors),
        Question::Danger => one_of(&mut errors, "danger", DANGER, &draft.danger, "Choose whether a child could be hurt or in danger"),
        Question::Told => {
            one_of(&mut errors, "already_reported", YES_REVEALS_NO, &draft.already_reported, "Choose whether you have told anybody else");
            if draft.already_reported == "yes" {
                needed(&mut errors, "reported_to", &draft.reported_to, "Say whom you told");
            }
        }
        Question::Data => data(draft, &mut errors),
    }
    add_rules(question, draft, schools, now, &mut errors);
    errors.list.sort_by_key(|error| rank(&error.field));
    errors
}

/// The fields of the questions that have several, in the order of the page.
const ORDER: [&str; 8] = [
    "already_reported",
    "reported_to",
    "immediate_action",
    "data_affected",
    "individuals_affected",
    "dpo_told",
    "pupils_involved",
    "pupils",
];

/// Where a field stands on its page: rows of people by number, name before part.
fn rank(field: &str) -> (usize, bool) {
    let row = field.strip_prefix("staff_name_").or_else(|| field.strip_prefix("staff_part_"));
    let place = row.and_then(|row| row.parse().ok()).or_else(|| ORDER.iter().position(|known| *known == field));
    (place.unwrap_or(0), field.starts_with("staff_part_"))
}

fn about(draft: &Draft, errors: &mut FormErrors) {
    one_of(errors, "about", ABOUT, &draft.about, "Choose who it is about");
    if draft.about == "another" {
        needed(errors, "about_name", &draft.about_name, "Give their name, as well as you know it");
    }
}

fn kind(draft: &Draft, errors: &mut FormErrors) {
    some_of(errors, "types", TYPES, &draft.types, "Tick at least one kind");
    if draft.types.iter().any(|kind| kind == "other") {
        needed(errors, "other_type", &draft.other_type, "Say what it is");
    }
}

fn staff(draft: &Draft, errors: &mut FormErrors) {
    one_of(errors, "staff_involved", YES_REVEALS_NO, &draft.staff_involved, "Choose whether other staff were involved");
    if draft.staff_involved != "yes" {
        return;
    }
    if draft.people.iter().all(|person| person.name.trim().is_empty() && person.part.is_empty()) {
        errors.add("staff_name_1", "Give the person’s name, as well as you know it");
    }
    for (index, person) in draft.people.iter().enumerate() {
        let (named, row) = (!person.name.trim().is_empty(), index + 1);
        if !named && !person.part.is_empty() {
            errors.add(format!("staff_name_{row}"), "Give the person’s name, as well as you know it");
        }
        if named {
            one_of(errors, &format!("staff_part_{row}"), STAFF_PARTS, &person.part, "Choose their part in it");
        }
    }
}

fn data(draft: &Draft, errors: &mut FormErrors) {
    some_of(errors, "data_affected", DATA, &draft.data_affected, "Tick what data is affected, or that none is");
    let people = draft.individuals_affected.trim();
    if !people.is_empty() && (people.starts_with('+') || people.parse::<u32>().is_err()) {
        errors.add("individuals_affected", "Give the number of people in figures, for example 30");
    }
    one_of(errors, "dpo_told", DPO_TOLD, &draft.dpo_told, "Choose whether the data protection officer has been told");
}

fn needed(errors: &mut FormErrors, field: &str, value: &str, text: &str) {
    if value.trim().is_empty() {
        errors.add(field, text);
    }
}

fn one_of(errors: &mut FormErrors, field: &str, list: &[Choice], value: &str, text: &str) {
    if !knows(list, value) {
        errors.add(field, text);
    }
}

fn some_of(errors: &mut FormErrors, field: &str, list: &[Choice], values: &[String], text: &str) {
    if values.is_empty() || !values.iter().all(|value| knows(list, value)) {
        errors.add(field, text);
    }
}

/// Adds what the domain finds wrong with this question's answer, where nothing is said at that field yet.
fn add_rules(question: Question, draft: &Draft, schools: &Schools, now: Instant, errors: &mut FormErrors) {
    let Err(Invalid(list)) = form(draft, schools).check(now) else { return };
    for error in list {
        if let Some(place) = place(&error.field, draft).filter(|place| place.question == question)
            && !errors.has(&place.field)
            && !(question == Question::When && errors.any())
        {
            errors.add(place.field.clone(), place.sentence(&error));
        }
    }
}

/// What the domain refused at the end, each with the way to its question.
pub(super) fn at_questions(Invalid(list): Invalid, filing: &Filing) -> FormErrors {
    let mut errors = FormErrors::default();
    for error in list {
        match place(&error.field, &filing.draft) {
            Some(place) => errors.add(format!("{}?change=1", filing.path(place.question.slug())), place.sentence(&error)),
            None => errors.add(filing.path("check"), capital(&format!("{} {}", error.field, error.problem))),
        }
    }
    errors
}

/// Where a field of the domain's form is asked, and how a sentence about it begins.
struct Place {
    question: Question,
    field: String,
    start: String,
}

impl Place {
    fn sentence(&self, error: &FieldError) -> String {
        capital(&format!("{} {}", self.start, error.problem))
    }
}

fn place(field: &str, draft: &Draft) -> Option<Place> {
    let at = |question, field: &str, start: &str| Some(Place { question, field: field.to_owned(), start: start.to_owned() });
    let (list, index) =
        field.split_once('[').map_or((field, None), |(list, rest)| (list, rest.split(']').next().and_then(|n| n.parse::<usize>().ok())));
    match (list, index) {
        ("school", _) => at(Question::School, "school", "the school"),
        ("about.name", _) => at(Question::About, "about_name", "the name"),
        ("types", _) => at(Question::Kind, "types", "this list"),
        ("other_type", _) => at(Question::Kind, "other_type", "this"),
        ("incident_at" | "reported_at", _) => at(Question::When, "date", "this time"),
        ("what_happened", _) => at(Question::What, "what_happened", "this text"),
        ("location", _) => at(Question::Where, "location", "this text"),
        ("pupils", Some(index)) => at(Question::Pupils, "pupils", &format!("the name of pupil {}", index + 1)),
        ("pupils", None) => at(Question::Pupils, "pupils", "this list"),
        ("staff", Some(index)) => {
            let row = draft.named().nth(index).map_or(1, |(row, _)| row);
            at(Question::Staff, &format!("staff_name_{row}"), "the name")
        }
        ("staff", None) => at(Question::Staff, "staff_involved", "this list"),
        ("danger", _) => at(Question::Danger, "danger", "this"),
        ("reported_to", _) => at(Question::Told, "reported_to", "this text"),
        ("immediate_action", _) => at(Question::Told, "immediate_action", "this text"),
        ("data_affected", _) => at(Question::Data, "data_affected", "this"),
        ("individuals_affected", _) => at(Question::Data, "individuals_affected", "the number"),
        ("dpo_told", _) => at(Question::Data, "dpo_told", "this"),
        _ => None,
    }
}
