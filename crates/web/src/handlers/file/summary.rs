//! The check page: every answer with the way to change it, and the declaration.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_domain::report::danger::asks_about_an_image;
use wardbook_domain::report::signing::report_statement;

use super::draft::Draft;
use super::{Filing, draw, form, kinds};
use crate::handlers::answer::page;
use crate::handlers::moment::{Needs, Said};
use crate::handlers::visitor::Visitor as _;
use crate::handlers::words;
use crate::pages::choices::{self, text};
use crate::pages::file::{FileCheck, Question};
use crate::pages::forms::FormErrors;
use crate::pages::summary::{Section, SummaryRow};

/// What is said with the signature; it is asked anew each time the page is sent.
#[derive(Debug, Default)]
pub(super) struct Signing {
    /// The name as typed.
    pub(super) declaration: String,
    /// Ticked for a protected disclosure (OTH-5).
    pub(super) protected: Vec<String>,
}

/// All answers with the way to change each, and what was said with the signature.
pub(super) fn check(filing: &Filing, status: StatusCode, errors: FormErrors, signing: Signing) -> Response {
    let last = filing.flow().last().copied().unwrap_or(Question::Told);
    let page_of = FileCheck {
        chrome: filing.here.chrome(),
        errors,
        draft: filing.id.clone(),
        back: filing.path(last.slug()),
        sections: sections(filing),
        statement: report_statement(filing.draft.typing_in),
        declaration: signing.declaration,
        protected: signing.protected,
        data_left_out: !filing.asks(Question::Data),
    };
    page(status, &page_of)
}

/// A row that leads to its question.
fn row(filing: &Filing, key: &str, question: Question, values: impl IntoIterator<Item = String>) -> SummaryRow {
    let values = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
    SummaryRow::new(key, values).change(format!("{}?change=1", filing.path(question.slug())))
}

fn sections(filing: &Filing) -> Vec<Section> {
    let section = |heading: &str, rows| Section { heading: heading.to_owned(), rows };
    let behalf = filing.draft.typing_in.then(|| section("Whose report it is", behalf(filing)));
    let rest = [
        section("Danger", danger(filing)),
        section("What it is", what_it_is(filing)),
        section("Who is involved", who(filing)),
        section("Data", data(filing)),
    ];
    behalf.into_iter().chain(rest).collect()
}

fn behalf(filing: &Filing) -> Vec<SummaryRow> {
    let behalf = &filing.draft.behalf;
    let row = |key: &str, value: String| row(filing, key, Question::Behalf, [value]);
    let unnamed = !behalf.unnamed.is_empty();
    vec![
        row("Reported by", if unnamed { "Somebody who does not want to be named".to_owned() } else { behalf.name.clone() }),
        row("Their role", behalf.role.clone()),
        row("How it reached you", text(choices::CHANNELS, &behalf.channel).to_owned()),
        row("When the school was told", moment(behalf.told.said(Needs::Day).unwrap_or(Said::Nothing))),
    ]
}

fn what_it_is(filing: &Filing) -> Vec<SummaryRow> {
    let draft = &filing.draft;
    let school = filing.schools.name(&draft.school).to_owned();
    // Where there is one school alone there is nothing to change.
    let school =
        if filing.schools.several() { row(filing, "School", Question::School, [school]) } else { SummaryRow::new("School", vec![school]) };
    let other = draft.types.iter().any(|kind| kind == "other").then(|| draft.other_type.clone());
    let kinds = kinds::labels(&filing.profile, &draft.types).into_iter().chain(other);
    let mut rows = vec![
        school,
        row(filing, "Who it is about", Question::About, about(draft)),
        row(filing, "Kind", Question::Kind, kinds),
        row(filing, "When", Question::When, [happened(draft)]),
        row(filing, "Where", Question::What, [draft.location.clone()]),
        row(filing, "What happened", Question::What, [draft.what_happened.clone()]),
    ];
    if form::asks_when_found(&filing.form(None), &filing.profile) && !draft.found_earlier.is_empty() {
        let found = draft.found.said(Needs::Time).unwrap_or(Said::Nothing);
        rows.insert(4, row(filing, "Known at the school since", Question::When, [moment(found)]));
    }
    rows
}

fn who(filing: &Filing) -> Vec<SummaryRow> {
    let draft = &filing.draft;
    vec![
        row(filing, "Pupils", Question::Pupils, pupils(draft)),
        row(filing, "Other staff", Question::Staff, staff(draft)),
        row(filing, "Already told", Question::Told, told(draft)),
        row(filing, "Done straight away", Question::Told, [draft.immediate_action.clone()]),
    ]
}

fn danger(filing: &Filing) -> Vec<SummaryRow> {
    let draft = &filing.draft;
    let mut rows =
        vec![row(filing, "Could a child be hurt or in danger", Question::Danger, [text(choices::DANGER, &draft.danger).to_owned()])];
    let form = filing.form(None);
    if asks_about_an_image(&form, &filing.profile) {
        let at = if filing.asks(Question::Emergency) { Question::Emergency } else { Question::Advice };
        let key = "A picture or video that could show a child without clothes";
        rows.push(row(filing, key, at, [text(choices::IMAGE, &draft.image).to_owned()]));
    }
    if filing.asks(Question::Emergency) {
        let own = form.own_reports.iter().map(|own| {
            let to = text(choices::OWN_REPORTS, own.to.as_str()).to_owned();
            let parts = [Some(to), own.at.map(words::when), own.reference.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        });
        rows.push(row(filing, "What you reported yourself", Question::Emergency, words::none_named(own.collect())));
    }
    rows
}

fn data(filing: &Filing) -> Vec<SummaryRow> {
    let draft = &filing.draft;
    let row = |key: &str, values: Vec<String>| row(filing, key, Question::Data, values);
    if !filing.asks(Question::Data) {
        return vec![row("Data affected", vec!["Not asked".to_owned()])];
    }
    vec![
        row("Data affected", words::texts(choices::DATA, &draft.data_affected)),
        row("People affected", vec![draft.individuals_affected.clone()]),
        row("Data protection officer told", vec![text(choices::DPO_TOLD, &draft.dpo_told).to_owned()]),
    ]
}

fn about(draft: &Draft) -> Vec<String> {
    let about = text(&draw::about_choices(draft.typing_in), &draft.about).to_owned();
    [about].into_iter().chain((draft.about == "another").then(|| draft.about_name.clone())).collect()
}

fn happened(draft: &Draft) -> String {
    match draft.happened() {
        Said::Nothing if draft.when == "unknown" => text(choices::WHEN, &draft.when).to_owned(),
        said => moment(said),
    }
}

fn moment(said: Said) -> String {
    match said {
        Said::Nothing => String::new(),
        Said::Day(day) => words::day(day),
        Said::At(at) => words::when(at),
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
