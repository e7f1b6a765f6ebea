//! The pages of the form, drawn from a draft.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::draft::{Draft, PEOPLE_MAX};
use super::{Filing, when};
use crate::handlers::answer::page;
use crate::handlers::visitor::Visitor as _;
use crate::handlers::words;
use crate::pages::choices::{self, text};
use crate::pages::file::{
    FileAbout, FileCheck, FileDanger, FileData, FileKind, FilePupils, FileSchool, FileStaff, FileTold, FileWhat, FileWhen, FileWhere,
    Question, Step,
};
use crate::pages::forms::FormErrors;
use crate::pages::summary::{Section, SummaryRow};

/// A question with its answer so far.
pub(super) fn question(filing: &Filing, question: Question, status: StatusCode, errors: FormErrors) -> Response {
    let chrome = filing.here.chrome();
    let step = Step::new(&filing.id, question, filing.schools.several(), filing.changing);
    let Draft {
        school,
        about,
        about_name,
        types,
        other_type,
        when,
        at,
        which,
        what_happened,
        location,
        pupils_involved,
        pupils,
        staff_involved,
        danger,
        already_reported,
        reported_to,
        immediate_action,
        data_affected,
        individuals_affected,
        dpo_told,
        just_now: _,
        people: _,
    } = filing.draft.clone();
    let draw = |template: &dyn DynPage| template.draw(status);
    match question {
        Question::School => draw(&FileSchool { chrome, errors, step, schools: filing.schools.choices.clone(), school }),
        Question::About => draw(&FileAbout { chrome, errors, step, about, about_name }),
        Question::Kind => draw(&FileKind { chrome, errors, step, types, other_type }),
        Question::When => {
            let (readings, example) = (when::readings(&at), example(filing));
            draw(&FileWhen { chrome, errors, step, when, at: at.parts(), example, readings, which })
        }
        Question::What => draw(&FileWhat { chrome, errors, step, what_happened }),
        Question::Where => draw(&FileWhere { chrome, errors, step, location }),
        Question::Pupils => draw(&FilePupils { chrome, errors, step, pupils_involved, pupils }),
        Question::Staff => {
            let people = filing.draft.rows();
            draw(&FileStaff { chrome, errors, step, staff_involved, can_add: people.len() < PEOPLE_MAX, people })
        }
        Question::Danger => draw(&FileDanger { chrome, errors, step, danger }),
        Question::Told => draw(&FileTold { chrome, errors, step, already_reported, reported_to, immediate_action }),
        Question::Data => draw(&FileData { chrome, errors, step, data_affected, individuals_affected, dpo_told }),
    }
}

/// Any page of the form.
trait DynPage {
    fn draw(&self, status: StatusCode) -> Response;
}

impl<T: Template> DynPage for T {
    fn draw(&self, status: StatusCode) -> Response {
        page(status, self)
    }
}

/// A date of the weeks before.
fn example(filing: &Filing) -> String {
    let past = filing.now().plus_seconds(-40 * 86_400);
    let (year, month) = past.london_month();
    format!("27 {month} {year}")
}

/// All answers with the way to change each.
pub(super) fn check(filing: &Filing, status: StatusCode, errors: FormErrors) -> Response {
    page(status, &FileCheck { chrome: filing.here.chrome(), errors, draft: filing.id.clone(), sections: sections(filing) })
}

fn sections(filing: &Filing) -> Vec<Section> {
    let draft = &filing.draft;
    let row = |key: &str, question: Question, values: Vec<String>| {
        let values = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
        SummaryRow::new(key, values).change(format!("{}?change=1", filing.path(question.slug())))
    };
    let section = |heading: &str, rows| Section { heading: heading.to_owned(), rows };
    let school = filing.schools.name(&draft.school).to_owned();
    // Where there is one school alone there is nothing to change.
    let school =
        if filing.schools.several() { row("School", Question::School, vec![school]) } else { SummaryRow::new("School", vec![school]) };
    let what_it_is = vec![
        school,
        row("Who it is about", Question::About, about(draft)),
        row("Kind", Question::Kind, kinds(draft)),
        row("When", Question::When, happened(draft)),
        row("Where", Question::Where, vec![draft.location.clone()]),
        row("What happened", Question::What, vec![draft.what_happened.clone()]),
    ];
    let who = vec![
        row("Pupils", Question::Pupils, pupils(draft)),
        row("Other staff", Question::Staff, staff(draft)),
        row("Could a child be hurt or in danger", Question::Danger, vec![text(choices::DANGER, &draft.danger).to_owned()]),
        row("Already told", Question::Told, told(draft)),
        row("Done straight away", Question::Told, vec![draft.immediate_action.clone()]),
    ];
    let data = vec![
        row("Data affected", Question::Data, words::texts(choices::DATA, &draft.data_affected)),
        row("People affected", Question::Data, vec![draft.individuals_affected.clone()]),
        row("Data protection officer told", Question::Data, vec![text(choices::DPO_TOLD, &draft.dpo_told).to_owned()]),
    ];
    vec![section("What it is", what_it_is), section("Who is involved", who), section("Data", data)]
}

fn about(draft: &Draft) -> Vec<String> {
    let mut lines = vec![text(choices::ABOUT, &draft.about).to_owned()];
    lines.extend((draft.about == "another").then(|| draft.about_name.clone()));
    lines
}

fn kinds(draft: &Draft) -> Vec<String> {
    let mut lines = words::texts(choices::TYPES, &draft.types);
    lines.extend(draft.types.iter().any(|kind| kind == "other").then(|| draft.other_type.clone()));
    lines
}

fn happened(draft: &Draft) -> Vec<String> {
    match draft.incident_at() {
        Some(at) => vec![words::when(at)],
        None if draft.when == "unknown" => vec![text(choices::WHEN, &draft.when).to_owned()],
        None => vec![],
    }
}

fn pupils(draft: &Draft) -> Vec<String> {
    if draft.pupils_involved == "no" {
        return vec!["None".to_owned()];
    }
    draft.pupil_lines().into_iter().map(|(name, year)| [Some(name), year].into_iter().flatten().collect::<Vec<_>>().join(", ")).collect()
}

fn staff(draft: &Draft) -> Vec<String> {
    if draft.staff_involved == "no" {
        return vec!["None".to_owned()];
    }
    let line = |(_, person): (usize, &super::draft::Person)| {
        let part = text(choices::STAFF_PARTS, &person.part).to_lowercase();
        if part.is_empty() { person.name.clone() } else { format!("{}: {part}", person.name.trim()) }
    };
    draft.named().map(line).collect()
}

fn told(draft: &Draft) -> Vec<String> {
    match draft.already_reported.as_str() {
        "no" => vec!["Nobody".to_owned()],
        "yes" => vec![draft.reported_to.clone()],
        _ => vec![],
    }
}
