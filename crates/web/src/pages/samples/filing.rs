//! Samples of the form's pages, empty, filled in and wrong.

use super::super::choices;
use super::super::due::when_text;
use super::super::file::{
    DateTimeParts, FileAbout, FileCheck, FileDanger, FileData, FileKind, FilePupils, FileSchool, FileStaff, FileTold, FileWhat, FileWhen,
    KindGroup, Question, Receipt, SignedView, StaffRow, Step,
};
use super::super::forms::{Choice, FormErrors};
use super::super::moment::Moment;
use super::super::summary::{Section, SummaryRow};
use super::telling::moment;
use super::{HOSTILE, NOW_US, Rendered, chrome, errors, render, strings};

pub(super) fn step(question: Question) -> Step {
    Step::new("d1", question, &Question::ALL[1..], false)
}

pub(super) fn filing() -> Vec<Rendered> {
    let none = FormErrors::default;
    vec![
        render(
            "file-school",
            &FileSchool {
                chrome: chrome(),
                errors: none(),
                step: step(Question::School),
                schools: vec![
                    Choice::owned("SCH01", "Gull Lane Primary School"),
                    Choice::owned("SCH02", "Breakwater Academy"),
                    Choice::owned("SCH03", "St Elmo’s Church of England Primary School"),
                ],
                school: "SCH01".to_owned(),
            },
        ),
        render(
            "file-about",
            &FileAbout {
                chrome: chrome(),
                errors: none(),
                step: step(Question::About),
                choices: choices::ABOUT.to_vec(),
                about: "another".to_owned(),
                about_name: "Maya Nolan".to_owned(),
            },
        ),
        render(
            "file-kind",
            &FileKind {
                chrome: chrome(),
                errors: none(),
                step: step(Question::Kind),
                groups: groups(),
                types: strings(&["online_safety_concern"]),
                other_type: String::new(),
            },
        ),
        render(
            "file-when",
            &FileWhen {
                chrome: chrome(),
                errors: none(),
                step: step(Question::When),
                when: "earlier".to_owned(),
                choices: choices::WHEN.to_vec(),
                at: Moment::default(),
                example: "27 3 2026".to_owned(),
                found: Some((strings(&["yes"]), moment("found_"))),
            },
        ),
        render(
            "file-what",
            &FileWhat {
                chrome: chrome(),
                errors: none(),
                step: step(Question::What),
                what_happened: String::new(),
                location: String::new(),
                image: true,
            },
        ),
        render(
            "file-pupils",
            &FilePupils {
                chrome: chrome(),
                errors: none(),
                step: step(Question::Pupils),
                pupils_involved: "yes".to_owned(),
                pupils: "Sam Okafor, Year 5".to_owned(),
            },
        ),
        render(
            "file-staff",
            &FileStaff {
                chrome: chrome(),
                errors: none(),
                step: step(Question::Staff),
                staff_involved: "yes".to_owned(),
                people: vec![StaffRow { name: "Tess Evans".to_owned(), part: "witness".to_owned() }, StaffRow::default()],
                can_add: true,
            },
        ),
        render("file-danger", &FileDanger { chrome: chrome(), errors: none(), step: step(Question::Danger), danger: String::new() }),
        render(
            "file-told",
            &FileTold {
                chrome: chrome(),
                errors: none(),
                step: step(Question::Told),
                already_reported: "yes".to_owned(),
                reported_to: String::new(),
                immediate_action: String::new(),
            },
        ),
        render(
            "file-data",
            &FileData {
                chrome: chrome(),
                errors: none(),
                step: Step::new("d1", Question::Data, &Question::ALL[1..], true),
                data_affected: vec![],
                individuals_affected: String::new(),
                dpo_told: String::new(),
            },
        ),
        render("file-check", &check(none())),
        render(
            "receipt",
            &Receipt {
                chrome: chrome(),
                id: "r1".to_owned(),
                find: Some("the designated safeguarding lead (DSL) of the school".to_owned()),
                nobody_there: None,
                image: true,
                add_file: Some("/reports/r1/evidence".to_owned()),
                self_referral: false,
                signed: Some(signed()),
                number: "WB-7KQ4-2M9D".to_owned(),
                filed: when_text(NOW_US),
                school: "Gull Lane Primary School".to_owned(),
                goes_to: "the designated safeguarding lead of the school".to_owned(),
                next: strings(&[
                    "They confirm that they have it, today where a child could be in danger.",
                    "They decide what it is and what is done about it.",
                    "They may ask you a question. You will not always hear the outcome.",
                ]),
                danger: true,
            },
        ),
        render(
            "receipt-nobody-there",
            &Receipt {
                chrome: chrome(),
                id: "r1".to_owned(),
                number: "WB-7KQ4-2M9D".to_owned(),
                filed: when_text(NOW_US),
                school: "Gull Lane Primary School".to_owned(),
                goes_to: "the person whose duty it is under your trust’s policy".to_owned(),
                find: Some("the designated safeguarding lead (DSL) of the school".to_owned()),
                nobody_there: Some(("The designated officer (LADO)".to_owned(), "01632 960 999, today".to_owned())),
                next: vec![],
                danger: false,
                image: false,
                add_file: None,
                self_referral: true,
                signed: None,
            },
        ),
    ]
}

fn groups() -> Vec<KindGroup> {
    let lost = [&choices::TYPES[..2], &[Choice::new("email_missent", "E-mail sent to the wrong person")]].concat();
    vec![
        KindGroup { heading: "Lost, stolen or sent to the wrong person", choices: lost },
        KindGroup { heading: "Everything else", choices: choices::TYPES[2..].to_vec() },
    ]
}

fn check(errors: FormErrors) -> FileCheck {
    FileCheck {
        chrome: chrome(),
        errors,
        draft: "d1".to_owned(),
        back: "/file/d1/data".to_owned(),
        sections: form_sections(true),
        statement: wardbook_domain::report::signing::REPORT_STATEMENT,
        declaration: String::new(),
        protected: vec![],
        data_left_out: false,
    }
}

fn signed() -> SignedView {
    SignedView {
        statement: wardbook_domain::report::signing::REPORT_STATEMENT.to_owned(),
        name: "Hana Kemp".to_owned(),
        when: when_text(NOW_US),
        digest: vec!["3d8aac30".to_owned(); 8],
    }
}

pub(super) fn filing_with_errors() -> Vec<Rendered> {
    vec![
        render(
            "file-about-error",
            &FileAbout {
                chrome: chrome(),
                errors: errors(&[("about", "Choose who it is about")]),
                step: step(Question::About),
                choices: choices::ABOUT.to_vec(),
                about: String::new(),
                about_name: String::new(),
            },
        ),
        render(
            "file-kind-error",
            &FileKind {
                chrome: chrome(),
                errors: errors(&[("other_type", "Say what it is")]),
                step: step(Question::Kind),
                groups: groups(),
                types: strings(&["other"]),
                other_type: String::new(),
            },
        ),
        render(
            "file-when-error",
            &FileWhen {
                chrome: chrome(),
                errors: errors(&[
                    ("day", "There are 31 days in October"),
                    ("time", "Give the time as hours and minutes, for example 14 05"),
                ]),
                step: step(Question::When),
                when: "earlier".to_owned(),
                choices: choices::WHEN.to_vec(),
                at: Moment {
                    at: DateTimeParts {
                        day: "32".to_owned(),
                        month: "10".to_owned(),
                        year: "2026".to_owned(),
                        hour: "x".to_owned(),
                        minute: String::new(),
                    },
                    readings: vec![Choice::new("0", "The first: British Summer Time"), Choice::new("1", "The second: Greenwich Mean Time")],
                    ..Moment::default()
                },
                example: "27 3 2026".to_owned(),
                found: None,
            },
        ),
        render(
            "file-what-error",
            &FileWhat {
                chrome: chrome(),
                errors: errors(&[("what_happened", "This is longer than 20,000 characters")]),
                step: step(Question::What),
                what_happened: format!("\nfirst line typed was empty\n{HOSTILE}"),
                location: "Library".to_owned(),
                image: false,
            },
        ),
        render(
            "file-staff-error",
            &FileStaff {
                chrome: chrome(),
                errors: errors(&[("staff_name_1", "Give the person’s name")]),
                step: step(Question::Staff),
                staff_involved: "yes".to_owned(),
                people: vec![StaffRow::default()],
                can_add: false,
            },
        ),
        render(
            "file-data-error",
            &FileData {
                chrome: chrome(),
                errors: errors(&[
                    ("data_affected", "Tick what data is affected, or that none is"),
                    ("individuals_affected", "Give the number of people in figures"),
                    ("dpo_told", "Choose whether the data protection officer has been told"),
                ]),
                step: step(Question::Data),
                data_affected: vec![],
                individuals_affected: "lots".to_owned(),
                dpo_told: String::new(),
            },
        ),
        render(
            "file-check-error",
            &FileCheck {
                data_left_out: true,
                ..check(errors(&[("/file/d1/what", "Say what happened"), ("declaration", "Type your name to sign")]))
            },
        ),
    ]
}

pub(super) fn form_sections(changing: bool) -> Vec<Section> {
    let row = |key: &str, slug: &str, values: &[&str]| {
        let row = SummaryRow::new(key, strings(values));
        if changing { row.change(format!("/file/d1/{slug}?change=1")) } else { row }
    };
    vec![
        Section {
            heading: "What it is".to_owned(),
            rows: vec![
                row("School", "school", &["Gull Lane Primary School"]),
                row("Who it is about", "about", &["Nobody in particular"]),
                row("Kind", "kind", &["An online safety concern", "Filtering or monitoring failed"]),
                row("When", "when", &["Friday 30 October 2026 at 11:20am"]),
                row("Where", "where", &["Library, on a loan tablet"]),
                row(
                    "What happened",
                    "what",
                    &[
                        "A Year 5 pupil showed me a chat on his tablet.\n\nSomebody he does not know had asked him for a photo. The filter had let the site through.",
                        HOSTILE,
                    ],
                ),
            ],
        },
        Section {
            heading: "Who is involved".to_owned(),
            rows: vec![
                row("Pupils", "pupils", &["Sam Okafor, Year 5"]),
                row("Other staff", "staff", &["Tess Evans: saw or heard it"]),
                row("Could a child be hurt or in danger", "danger", &["I am not sure"]),
                row("Already told", "told", &["The librarian"]),
                row("Done straight away", "told", &[]),
            ],
        },
        Section {
            heading: "Data".to_owned(),
            rows: vec![
                row("Data affected", "data", &["No data is involved"]),
                row("People affected", "data", &[]),
                row("Data protection officer told", "data", &["Not applicable"]),
            ],
        },
    ]
}
