//! What is wrong with the answers. What only a page can ask for (an answer at all, a value of the list) is checked here; every rule of
//! the form itself is the domain's, asked about the whole form and told where the answer was given.

use wardbook_domain::field::{FieldError, Invalid};
use wardbook_domain::report::danger::asks_about_an_image;

use super::draft::Draft;
use super::{Filing, form, kinds};
use crate::handlers::answer::capital;
use crate::handlers::moment::Needs;
use crate::pages::choices::{ABOUT, CHANNELS, DANGER, DATA, DPO_TOLD, IMAGE, STAFF_PARTS, YES_REVEALS_NO, knows};
use crate::pages::file::Question;
use crate::pages::forms::{Choice, FormErrors};

/// Everything wrong with the answer to one question, in the order of its fields.
pub(super) fn question(question: Question, filing: &Filing) -> FormErrors {
    let (mut errors, draft) = (FormErrors::default(), &filing.draft);
    match question {
        Question::Behalf => behalf(draft, &mut errors),
        Question::School => {
            one_of(&mut errors, "school", &filing.schools.choices, filing.schools.chosen(&draft.school), "Choose the school");
        }
        Question::Danger => one_of(&mut errors, "danger", DANGER, &draft.danger, "Choose whether a child could be hurt or in danger"),
        Question::Emergency => {
            for own in draft.own.iter().filter(|own| own.ticked) {
                own.at.check(&format!("own_{}_", own.to), Needs::Both, &mut errors);
            }
            image(filing, &mut errors);
        }
        Question::Advice => {
            if filing.asks_image_at(Question::Advice) {
                image(filing, &mut errors);
            }
        }
        Question::About => about(draft, &mut errors),
        Question::Kind => kind(filing, &mut errors),
        Question::When => when(filing, &mut errors),
        Question::What => needed(&mut errors, "what_happened", &draft.what_happened, "Say what happened"),
        Question::Pupils => {
            one_of(&mut errors, "pupils_involved", YES_REVEALS_NO, &draft.pupils_involved, "Choose whether pupils were involved");
            if draft.pupils_involved == "yes" {
                needed(&mut errors, "pupils", &draft.pupils, "Give the pupils’ names, as well as you know them");
            }
        }
        Question::Staff => staff(draft, &mut errors),
        Question::Told => {
            one_of(&mut errors, "already_reported", YES_REVEALS_NO, &draft.already_reported, "Choose whether you have told anybody else");
            if draft.already_reported == "yes" {
                needed(&mut errors, "reported_to", &draft.reported_to, "Say whom you told");
            }
        }
        Question::Data => data(draft, &mut errors),
    }
    add_rules(question, filing, &mut errors);
    errors.list.sort_by_key(|error| rank(&error.field));
    errors
}

/// The fields of the questions that have several, in the order of the page; what is not here keeps its place before them.
const ORDER: [&str; 18] = [
    "channel",
    "behalf_name",
    "behalf_role",
    "told_",
    "own_police_",
    "own_social_care_",
    "own_other_",
    "image",
    "found_",
    "what_happened",
    "location",
    "pupils_involved",
    "pupils",
    "already_reported",
    "reported_to",
    "immediate_action",
    "data_affected",
    "individuals_affected",
];

/// Where a field stands on its page: rows of people by number, name before part; the parts of a moment together.
fn rank(field: &str) -> (usize, bool) {
    let row = field.strip_prefix("staff_name_").or_else(|| field.strip_prefix("staff_part_"));
    let known = |known: &str| field == known || known.ends_with('_') && field.starts_with(known);
    let place = row.and_then(|row| row.parse().ok()).or_else(|| ORDER.iter().position(|field| known(field)).map(|place| place + 1));
    let last = if field == "dpo_told" { ORDER.len() + 1 } else { 0 };
    (place.unwrap_or(last), field.starts_with("staff_part_"))
}

fn behalf(draft: &Draft, errors: &mut FormErrors) {
    let behalf = &draft.behalf;
    one_of(errors, "channel", CHANNELS, &behalf.channel, "Choose how it reached you");
    if behalf.unnamed.is_empty() {
        needed(errors, "behalf_name", &behalf.name, "Give the person’s name, or tick that they do not want to be named");
    } else if !behalf.name.trim().is_empty() {
        errors.add("behalf_name", "Take the name out where they do not want to be named");
    }
    behalf.told.check("told_", Needs::Day, errors);
}

/// Asked once, where it is needed first.
fn image(filing: &Filing, errors: &mut FormErrors) {
    let text = "Choose whether there is a picture or video that could show a child without clothes";
    if asks_about_an_image(&filing.form(None), &filing.profile) {
        one_of(errors, "image", IMAGE, &filing.draft.image, text);
    }
}

fn when(filing: &Filing, errors: &mut FormErrors) {
    let draft = &filing.draft;
    one_of(errors, "when", &filing.when_choices(), &draft.when, "Choose when it happened");
    if draft.when == "earlier" {
        draft.at.check("", Needs::Day, errors);
    }
    if !draft.found_earlier.is_empty() && form::asks_when_found(&filing.form(None), &filing.profile) {
        draft.found.check("found_", Needs::Time, errors);
    }
}

fn about(draft: &Draft, errors: &mut FormErrors) {
    one_of(errors, "about", ABOUT, &draft.about, "Choose who it is about");
    if draft.about == "another" {
        needed(errors, "about_name", &draft.about_name, "Give their name, as well as you know it");
    }
}

fn kind(filing: &Filing, errors: &mut FormErrors) {
    let draft = &filing.draft;
    if draft.types.is_empty() || !draft.types.iter().all(|code| kinds::knows(&filing.profile, code)) {
        errors.add("types", "Tick at least one kind");
    }
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
fn add_rules(question: Question, filing: &Filing, errors: &mut FormErrors) {
    let Err(Invalid(list)) = filing.form(None).check(filing.now()) else { return };
    for error in list {
        if let Some(place) = place(&error.field, filing).filter(|place| place.question == question)
            && !errors.has(&place.field)
            // What is said of a moment as a whole makes no sense while a part of it is wrong.
            && !(place.field.ends_with("date") && errors.any())
        {
            errors.add(place.field.clone(), place.sentence(&error));
        }
    }
}

/// What the domain refused at the end, each with the way to its question.
pub(super) fn at_questions(Invalid(list): Invalid, filing: &Filing) -> FormErrors {
    let mut errors = FormErrors::default();
    for error in list {
        match place(&error.field, filing) {
            Some(place) if place.field == "declaration" => errors.add(place.field.clone(), place.sentence(&error)),
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

fn place(field: &str, filing: &Filing) -> Option<Place> {
    let draft = &filing.draft;
    let at = |question, field: &str, start: &str| Some(Place { question, field: field.to_owned(), start: start.to_owned() });
    let (list, index) =
        field.split_once('[').map_or((field, None), |(list, rest)| (list, rest.split(']').next().and_then(|n| n.parse::<usize>().ok())));
    match (list, index) {
        ("school", _) => at(Question::School, "school", "the school"),
        ("on_behalf_of.name", _) => at(Question::Behalf, "behalf_name", "the name"),
        ("on_behalf_of.role", _) => at(Question::Behalf, "behalf_role", "the role"),
        ("reported_at" | "reported_on", _) => at(Question::Behalf, "told_date", "this time"),
        ("own_reports", index) => {
            let to = draft.own.iter().filter(|own| own.ticked).nth(index.unwrap_or(0)).map_or("police", |own| &own.to);
            let part = if field.ends_with("reference") { "reference" } else { "date" };
            at(Question::Emergency, &format!("own_{to}_{part}"), if part == "date" { "this time" } else { "the reference" })
        }
        ("about.name", _) => at(Question::About, "about_name", "the name"),
        ("types" | "extra_types", _) => at(Question::Kind, "types", "this list"),
        ("other_type", _) => at(Question::Kind, "other_type", "this"),
        ("incident_at" | "incident_on", _) => at(Question::When, if draft.when == "earlier" { "date" } else { "when" }, "this time"),
        ("discovered_at", _) => at(Question::When, "found_date", "this time"),
        ("what_happened", _) => at(Question::What, "what_happened", "this text"),
        ("location", _) => at(Question::What, "location", "this text"),
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
        // Not a question: it stands on the check page itself.
        ("declaration.name", _) => at(Question::Data, "declaration", "the name"),
        _ => None,
    }
}
