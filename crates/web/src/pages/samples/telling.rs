//! Samples of the form's pages that tell before they ask, and of its beginning.

use super::super::choices;
use super::super::due::when_text;
use super::super::file::{DraftRow, FileAdvice, FileBehalf, FileDrafts, FileEmergency, OwnReportRow, Question, Step};
use super::super::forms::{Choice, FormErrors};
use super::super::moment::Moment;
use super::filing::step;
use super::{NOW_US, Rendered, chrome, errors, render, strings};

/// Pages that tell, and the beginning of a form.
pub(super) fn telling() -> Vec<Rendered> {
    let none = FormErrors::default;
    let behalf = |errors| FileBehalf {
        chrome: chrome(),
        errors,
        step: Step::new("d1", Question::Behalf, &Question::ALL, false),
        channel: "paper".to_owned(),
        name: "Petra Lane".to_owned(),
        unnamed: vec![],
        role: "parent".to_owned(),
        told: moment("told_"),
    };
    let drafts = |drafts| FileDrafts { chrome: chrome(), waits: 1, drafts, start: "/file/new/danger".to_owned() };
    vec![
        render("file-behalf", &behalf(none())),
        render("file-behalf-error", &behalf(errors(&[("channel", "Choose how it reached you"), ("told_date", "Give the date")]))),
        render("file-emergency", &emergency(none())),
        render(
            "file-emergency-error",
            &emergency(errors(&[("own_police_time", "Give the time as hours and minutes, for example 14 05"), ("image", "Choose")])),
        ),
        render("file-advice", &advice(none(), Some("unsure".to_owned()))),
        render("file-advice-no-image", &advice(none(), None)),
        render(
            "file-drafts",
            &drafts(vec![DraftRow {
                id: "d1".to_owned(),
                kind: "Equipment is lost".to_owned(),
                started: when_text(NOW_US),
                kept: when_text(NOW_US),
                href: "/file/d1/when".to_owned(),
            }]),
        ),
        render("file-drafts-none", &drafts(vec![])),
    ]
}

fn emergency(errors: FormErrors) -> FileEmergency {
    let row = |to: &Choice| OwnReportRow {
        to: to.value.to_string(),
        at: moment(&format!("own_{}_", to.value)),
        reference: "CAD 1234".to_owned(),
    };
    FileEmergency {
        chrome: chrome(),
        errors,
        step: step(Question::Emergency),
        dsl: "DSL".to_owned(),
        head: "headteacher".to_owned(),
        school: Some("Gull Lane Primary School".to_owned()),
        calls: vec![
            ("Police".to_owned(), "999 in an emergency, 101 otherwise".to_owned()),
            ("Children’s social care".to_owned(), "01632 960 123".to_owned()),
        ],
        image: "yes".to_owned(),
        own: strings(&["police"]),
        own_rows: choices::OWN_REPORTS.iter().map(row).collect(),
    }
}

fn advice(errors: FormErrors, image: Option<String>) -> FileAdvice {
    FileAdvice {
        chrome: chrome(),
        errors,
        step: step(Question::Advice),
        advice: vec![(strings(&["Tell IT support at once.", "Change the password of every account on it."]), "P2-LOST-1".to_owned())],
        goes_to: strings(&["It goes to the designated safeguarding lead (DSL) of the school, not to the headteacher."]),
        image,
    }
}

pub(super) fn moment(prefix: &str) -> Moment {
    Moment { prefix: prefix.to_owned(), ..Moment::default() }
}
