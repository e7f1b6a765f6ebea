//! Samples of the pages about files: the question, the upload, one file, its preview, what an e-mail says, and the lists.

use super::{HOSTILE, NOW_US, Rendered, chrome, due, errors, render, strings, token};
use crate::pages::choices;
use crate::pages::due::when_with_zone;
use crate::pages::evidence::{
    AskImage, CaseFiles, ConfirmMessage, FilePage, FileRow, Files, ImageGuidance, ImagePart, InQuarantine, QuarantineForm, SendFile,
    TextPage,
};
use crate::pages::forms::FormErrors;
use crate::pages::report::Report;
use crate::pages::summary::{StateTag, SummaryRow, TagColour};

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn when(hours: i64) -> String {
    when_with_zone(NOW_US + hours * 3_600_000_000)
}

pub(super) fn files() -> Vec<Rendered> {
    let back = || ("Back to the report".to_owned(), "/reports/r1".to_owned());
    let ask = |errors| AskImage {
        chrome: chrome(),
        errors,
        path: "/reports/r1".to_owned(),
        caption: "report R-2026-0142".to_owned(),
        back: back(),
        command: "command-id".to_owned(),
        image: String::new(),
        device: String::new(),
    };
    let file = |source: bool, errors| SendFile {
        chrome: chrome(),
        errors,
        path: if source { "/cases/c1" } else { "/reports/r1" }.to_owned(),
        caption: if source { "case C-2026-0032" } else { "report R-2026-0142" }.to_owned(),
        command: "command-id".to_owned(),
        what: HOSTILE.to_owned(),
        given_by: HOSTILE.to_owned(),
        how: String::new(),
        source,
        limit: "500 MB".to_owned(),
    };
    let large = "The file is larger than 500 MB, which is the most that is taken in";
    let guidance =
        ImageGuidance { chrome: chrome(), caption: "Report R-2026-0142".to_owned(), back: back(), heading: "Do not look at it".to_owned() };
    vec![
        render("evidence-question", &ask(FormErrors::default())),
        render("evidence-question-error", &ask(errors(&[("image", "Answer yes, not sure or no")]))),
        render("evidence-file", &file(false, FormErrors::default())),
        render("evidence-file-error", &file(false, errors(&[("file", large)]))),
        render("evidence-file-case", &file(true, FormErrors::default())),
        render(
            "evidence-file-case-error",
            &file(true, errors(&[("given_by", "This is empty; please fill it in"), ("how", "This is empty; please fill it in")])),
        ),
        render("evidence-named", &guidance),
        render("evidence-about", &about(None, FormErrors::default())),
        render("evidence-about-error", &about(None, errors(&[("quarantine_reason", "The reason is empty; please fill it in")]))),
        render("evidence-quarantined", &about(Some(quarantined()), FormErrors::default())),
        render("evidence-text", &preview(Some(HOSTILE.repeat(20)))),
        render("evidence-image", &preview(None)),
        render("evidence-message", &message(true, FormErrors::default())),
        render("evidence-message-none", &message(false, FormErrors::default())),
        render(
            "evidence-message-error",
            &message(true, errors(&[("sender", "The sender is empty; please fill it in"), ("time_wrong", "The time is in the future")])),
        ),
        render("report-files", &report(None)),
        render("report-image", &report(Some(ImagePart { act: Some(token()) }))),
    ]
}

fn quarantined() -> InQuarantine {
    InQuarantine {
        by: format!("Nadia Nash, {}", when(-1)),
        reason: HOSTILE.to_owned(),
        copies: "No copies of the key store are configured, so none is known to hold its key.".to_owned(),
    }
}

fn about(quarantined: Option<InQuarantine>, errors: FormErrors) -> FilePage {
    let one = |key: &str, value: &str| SummaryRow::new(key, strings(&[value]));
    let free = quarantined.is_none();
    FilePage {
        chrome: chrome(),
        errors,
        caption: "A file of case C-2026-0032".to_owned(),
        back: ("Back to the case".to_owned(), "/cases/c1".to_owned()),
        name: format!("{}.eml", "a-very-long-name".repeat(12)),
        facts: vec![
            one("Kind", "E-mail (eml)"),
            one("Size", "1.2 MB"),
            one("What it is", HOSTILE),
            one("Who gave it", "Mrs Lark, a parent"),
            one("How it came", "By e-mail"),
            one("Taken in by", &format!("Nadia Nash, {}", when(-3))),
            one("SHA-256 as it came", DIGEST),
        ],
        download: free.then(|| "/cases/c1/evidence/e1".to_owned()),
        preview: free.then(|| "/cases/c1/evidence/e1/preview".to_owned()),
        message: free.then(|| ("/cases/c1/evidence/e1/message".to_owned(), false)),
        quarantine: free.then(|| QuarantineForm {
            action: "/cases/c1/evidence/e1/quarantine".to_owned(),
            token: token(),
            reason: HOSTILE.to_owned(),
        }),
        quarantined,
    }
}

fn preview(text: Option<String>) -> TextPage {
    TextPage {
        chrome: chrome(),
        caption: "A file of case C-2026-0032".to_owned(),
        back: "/cases/c1/evidence/e1/about".to_owned(),
        name: HOSTILE.to_owned(),
        cut: text.is_some(),
        image: text.is_none().then(|| "/cases/c1/evidence/e1/image".to_owned()),
        text,
    }
}

fn message(found: bool, errors: FormErrors) -> ConfirmMessage {
    ConfirmMessage {
        chrome: chrome(),
        errors,
        caption: "complaint.eml".to_owned(),
        path: "/cases/c1/evidence/e1".to_owned(),
        token: token(),
        found,
        sender: if found { HOSTILE } else { "" }.to_owned(),
        sent: found.then(|| ("2026-10-30T15:00:00Z".to_owned(), when(-5))),
        time_wrong: found,
        recipients: if found { "office@school.example\nUma Jones <uma@school.example>" } else { "" }.to_owned(),
        recipients_count: if found { "2" } else { "0" }.to_owned(),
        attachments: if found { HOSTILE } else { "" }.to_owned(),
        attachments_count: if found { "1" } else { "0" }.to_owned(),
    }
}

/// The files of the sample of a case.
pub(super) fn case_files() -> CaseFiles {
    let row = |name: &str, quarantined: bool| FileRow {
        name: name.to_owned(),
        href: "/cases/c1/evidence/e1/about".to_owned(),
        facts: vec![
            "E-mail (eml), 1.2 MB".to_owned(),
            format!("From: Mrs Lark, a parent; {HOSTILE}"),
            format!("Taken in by Nadia Nash, {}", when(-3)),
            format!("SHA-256 {DIGEST}"),
        ],
        quarantined,
    };
    CaseFiles {
        rows: vec![row("complaint.eml", false), row(&format!("{}.png", "a-very-long-name".repeat(12)), true)],
        add: "/cases/c1/evidence".to_owned(),
    }
}

fn report(image: Option<ImagePart>) -> Report {
    let row = |name: &str, quarantined: bool| FileRow {
        name: name.to_owned(),
        href: "/reports/r1/evidence/e1/about".to_owned(),
        facts: vec![format!("Bea Jarvis, {}", when(-3))],
        quarantined,
    };
    Report {
        questions: vec![],
        chrome: chrome(),
        errors: FormErrors::default(),
        id: "r1".to_owned(),
        reference: "R-2026-0142".to_owned(),
        kind: choices::text(choices::TYPES, "loss_of_data").to_owned(),
        state: StateTag::new("Received", TagColour::Yellow),
        marking: Some("Internal".to_owned()),
        due: Some(due(20)),
        sections: super::filing::form_sections(false),
        files: Some(Files {
            id: "r1".to_owned(),
            rows: vec![row("scan of the paper form.pdf", false), row(&format!("{}.pdf", "a-very-long-name".repeat(12)), true)],
            add: image.is_none().then(|| "/reports/r1/evidence".to_owned()),
            image,
        }),
        receive: None,
        assess: None,
        settle: None,
        cases: vec![],
        in_hand: vec![],
        acts: vec![],
        reads: Some("/reports/r1/reads".to_owned()),
    }
}
