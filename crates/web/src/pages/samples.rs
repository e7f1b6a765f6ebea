//! One sample of every page and of its states, in invented words; tests and the browser checks walk them all.
#![expect(clippy::too_many_lines, reason = "a list of samples")]

mod access;
mod account;
mod alerts;
mod assets;
mod breaches;
mod demo;
mod evidence;
mod figures;
mod filing;
mod notices;
mod reading;
mod telling;

use askama::Template;

use super::acts::{Act, ActOn, Input, InputKind};
use super::cases::{ActLink, Case, CaseRow, Cases, CloseForm, CorrectForm, NoteForm, OtherCase, SummaryForm, TimelineEntry, ToDo};
use super::due::{Due, rfc3339, when_text};
use super::forms::{Choice, CommandToken, FormErrors};
use super::message::Message;
use super::moment::Moment;
use super::queue::{BeforeYouGo, BesideRow, LeftRow, Queue, QueueRow};
use super::report::{AssessForm, CaseLink, QuestionForm, Report, SettleForm, ToldRow};
use super::summary::{Section, StateTag, SummaryRow, TagColour};
use super::today::{ChangedRow, LateRow, Today};
use super::{Blank, Chrome, DemoStrip, NavFlags, choices};

/// Friday 30 October 2026, 16:12 in England.
pub(super) const NOW_US: i64 = 1_793_376_720_000_000;
const HOUR_US: i64 = 3_600_000_000;
/// Text that breaks a page which does not escape it.
pub(super) const HOSTILE: &str = "<b>bold</b> & \"quoted\" 'single' </textarea><script>alert(1)</script>";

/// A rendered page with the name of its file.
pub(super) struct Rendered {
    pub(super) name: &'static str,
    pub(super) html: String,
}

pub(super) fn stranger() -> Chrome {
    Chrome { trust_name: "Harbour Learning Trust".to_owned(), csrf: "form-token".to_owned(), ..Chrome::default() }
}

pub(super) fn chrome() -> Chrome {
    Chrome {
        person_name: Some("Nadia Nash".to_owned()),
        can: NavFlags {
            today: true,
            queue: true,
            cases: true,
            breaches: true,
            search: true,
            overview: true,
            board: true,
            assets: true,
            reads: true,
            file: true,
            access: true,
        },
        alerts: Some(3),
        blank: Some(Blank { minutes: 5, next: Some("%2Fqueue".to_owned()) }),
        ..stranger()
    }
}

pub(super) fn strip() -> DemoStrip {
    DemoStrip { now: "Fri 30 Oct 2026, 16:12".to_owned(), at: rfc3339(NOW_US), back: "/queue".to_owned() }
}

fn errors(pairs: &[(&str, &str)]) -> FormErrors {
    let mut errors = FormErrors::default();
    for (field, text) in pairs {
        errors.add(*field, *text);
    }
    errors
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn token() -> CommandToken {
    CommandToken { command: "command-id".to_owned(), seen: "seen-digest".to_owned() }
}

fn due(hours: i64) -> Due {
    Due::at(NOW_US + hours * HOUR_US, NOW_US)
}

fn alerts_waiting() -> BesideRow {
    BesideRow {
        owed: "Decide about 3 monitoring alerts".to_owned(),
        why: "Each may be about a child: you decide whether it is safeguarding. (FIL-1)".to_owned(),
        now: false,
        due: Some(due(2)),
        trust: "Seacliff Learning Trust".to_owned(),
        href: "/alerts".to_owned(),
    }
}

fn render(name: &'static str, page: &impl Template) -> Rendered {
    let html = page.render().expect("a page of plain fields renders");
    Rendered { name, html }
}

/// Every page, each state that looks different once.
pub(super) fn all() -> Vec<Rendered> {
    let mut pages = account::account();
    pages.extend(account::own());
    pages.extend(account::people());
    pages.extend(filing::filing());
    pages.extend(filing::filing_with_errors());
    pages.extend(telling::telling());
    pages.extend(working());
    pages.extend(access::access_pages());
    pages.extend(notices::notices());
    pages.extend(breaches::breaches());
    pages.extend(evidence::files());
    pages.extend(alerts::alerts());
    pages.extend(assets::assets());
    pages.extend(reading::reading());
    pages.extend(figures::figures());
    pages.extend(messages());
    pages.extend(demo::demo());
    pages
}

fn working() -> Vec<Rendered> {
    let row = |owed: &str, why: &str, hours: i64, school: &str, reference: &str, action: &str| QueueRow {
        owed: owed.to_owned(),
        why: why.to_owned(),
        now: false,
        due: Some(due(hours)),
        school: school.to_owned(),
        reference: reference.to_owned(),
        action: action.to_owned(),
        href: format!("/reports/{reference}"),
    };
    let report = |name, errors: FormErrors, receive, assess, state: &str, colour| {
        render(
            name,
            &Report {
                questions: vec![QuestionForm {
                    id: "q1".to_owned(),
                    text: HOSTILE.to_owned(),
                    asked: when_text(NOW_US),
                    token: Some(token()),
                }],
                chrome: chrome(),
                errors,
                id: "r1".to_owned(),
                reference: "R-2026-0142".to_owned(),
                kind: "Online safety concern".to_owned(),
                state: StateTag::new(state, colour),
                marking: Some("Confidential".to_owned()),
                due: Some(due(20)),
                sections: filing::form_sections(false),
                files: None,
                receive,
                assess,
                settle: Some(SettleForm { token: token(), open_names: strings(&["Mr Xu"]), ..SettleForm::default() }),
                cases: vec![CaseLink { href: "/cases/c1".to_owned(), kind: "Safeguarding concern".to_owned() }],
                in_hand: vec!["In hand: deputy designated safeguarding lead.".to_owned(), format!("Put off until {HOSTILE}.")],
                acts: vec![ActLink { href: "/reports/r1/act/print".to_owned(), text: "Print it".to_owned() }],
                reads: Some("/reports/r1/reads".to_owned()),
            },
        )
    };
    vec![
        render(
            "queue",
            &Queue {
                chrome: Chrome { banner: Some("Report R-2026-0139 was assessed".to_owned()), ..chrome() },
                owed: 5,
                overdue: 1,
                beside: vec![alerts_waiting()],
                rows: vec![
                    QueueRow {
                        now: true,
                        due: None,
                        ..row(
                            "A child could be in danger: receive and assess it now (Online safety concern)",
                            "It comes to you as DSL (P0-ROUTE-1)",
                            0,
                            "Gull Lane Primary School",
                            "R-2026-0141",
                            "Receive",
                        )
                    },
                    row(
                        "Assess a report",
                        "You received it; a child could be in danger",
                        -3,
                        "Gull Lane Primary School",
                        "R-2026-0140",
                        "Assess",
                    ),
                    row(
                        "Receive a report",
                        "You receive online safety reports at this school",
                        4,
                        "Gull Lane Primary School",
                        "R-2026-0142",
                        "Receive",
                    ),
                    row(
                        "Receive a report",
                        "The headteacher cannot receive it, so it comes to you",
                        20,
                        "St Elmo’s Church of England Primary School",
                        "R-2026-0143",
                        "Receive",
                    ),
                    QueueRow {
                        due: None,
                        ..row("Close or note a case", "You own this case", 0, "Breakwater Academy", "C-2026-0031", "Open")
                    },
                ],
                next: Some("/queue?after=c1".to_owned()),
            },
        ),
        render(
            "today-first",
            &Today { chrome: chrome(), since: None, only_you: vec![], late: vec![], changed: vec![], covers: vec![], bounded: None },
        ),
        render(
            "today",
            &Today {
                chrome: chrome(),
                since: Some(when_text(NOW_US - 20 * HOUR_US)),
                only_you: vec![QueueRow {
                    now: true,
                    ..row(
                        "Receive a low-level concern",
                        "It comes to you as Headteacher (P0-LLC-2)",
                        20,
                        "Gull Lane Primary School",
                        "R-2026-0142",
                        "Open",
                    )
                }],
                late: ["Milo Kemp", ""]
                    .map(|whose| LateRow {
                        row: row(
                            "Decide whether the ICO must be told",
                            "It comes to the DPO (P0-ROUTE-2)",
                            -3,
                            "Gull Lane",
                            "R-2026-0143",
                            "Open",
                        ),
                        whose: whose.to_owned(),
                    })
                    .to_vec(),
                changed: vec![ChangedRow {
                    href: "/cases/c1".to_owned(),
                    reference: "R-2026-0144".to_owned(),
                    about: HOSTILE.to_owned(),
                    what: "Told: Police".to_owned(),
                    when: when_text(NOW_US - HOUR_US),
                    more: 2,
                }],
                covers: vec![
                    "Bea Ashworth: Headteacher, Gull Lane Primary School, from Mon 2 Nov 2026, 08:00 until Fri 6 Nov 2026, 18:00"
                        .to_owned(),
                ],
                bounded: Some(1000),
            },
        ),
        render(
            "before-you-go-empty",
            &BeforeYouGo { chrome: chrome(), until: when_text(NOW_US), beside: vec![], rows: vec![], more: false },
        ),
        render(
            "before-you-go",
            &BeforeYouGo {
                chrome: chrome(),
                until: when_text(NOW_US + 64 * HOUR_US),
                beside: vec![alerts_waiting()],
                rows: vec![LeftRow {
                    row: row(
                        "Decide whether the ICO must be told, and tell it (Personal-data breach)",
                        "It comes to you as DPO (P0-ROUTE-2)",
                        -3,
                        "Gull Lane Primary School",
                        "R-2026-0142",
                        "Open",
                    ),
                    hand_over: Some("/cases/c1/act/hand-over".to_owned()),
                    cover: "/access?cover=p1/dpo/".to_owned(),
                }],
                more: true,
            },
        ),
        render(
            "queue-empty",
            &Queue { chrome: Chrome { demo: Some(strip()), ..chrome() }, owed: 0, overdue: 0, beside: vec![], rows: vec![], next: None },
        ),
        report("report-new", FormErrors::default(), Some(token()), None, "Waiting to be received", TagColour::Blue),
        report("report-received", FormErrors::default(), None, Some(assess_form()), "Received", TagColour::Yellow),
        report(
            "report-assess-error",
            errors(&[
                ("assessment", "Tick at least one"),
                ("reason", "Say why"),
                ("review_date", "Give a day that is not in the past"),
                ("told_police_time", "Give the time"),
                ("settle_names", "“Nobody Known” fits nobody in the directory"),
            ]),
            None,
            Some(AssessForm { action_to_be_taken: HOSTILE.to_owned(), told: strings(&["police"]), ..assess_form() }),
            "Received",
            TagColour::Yellow,
        ),
        render(
            "cases",
            &Cases {
                chrome: chrome(),
                rows: vec![
                    case_row("C-2026-0032", "Safeguarding concern", "Gull Lane Primary School", "Open", TagColour::Yellow, Some(due(44))),
                    case_row("C-2026-0031", "Training need", "Breakwater Academy", "Open", TagColour::Yellow, Some(due(-30))),
                    case_row("C-2026-0028", "Policy review", "St Elmo’s Church of England Primary School", "Closed", TagColour::Grey, None),
                ],
                next: None,
            },
        ),
        render("cases-empty", &Cases { chrome: chrome(), rows: vec![], next: None }),
        render("case-act", &act(FormErrors::default())),
        render(
            "case-act-error",
            &act(errors(&[("whom", "Choose who was told"), ("reason", "Say why"), ("at_time", "Give both or neither")])),
        ),
        render("case", &case(FormErrors::default())),
        render("case-close-error", &case(errors(&[("outcome", "Choose an outcome"), ("close_reason", "Say why this is the outcome")]))),
    ]
}

fn assess_form() -> AssessForm {
    let row = |code: &'static str, label: &'static str| ToldRow {
        option: Choice::new(code, label).reveals(),
        at: telling::moment(&format!("told_{code}_")),
        how: String::new(),
        reference: String::new(),
    };
    let told_rows = vec![row("police", "Police"), row("parents", "Parents")];
    AssessForm { token: token(), review: telling::moment("review_"), told_rows, ..AssessForm::default() }
}

fn case_row(reference: &str, kind: &str, school: &str, state: &str, colour: TagColour, due: Option<Due>) -> CaseRow {
    CaseRow {
        href: format!("/cases/{reference}"),
        reference: reference.to_owned(),
        kind: kind.to_owned(),
        school: school.to_owned(),
        state: StateTag::new(state, colour),
        opened: when_text(NOW_US),
        due,
    }
}

fn to_do(words: &str, clause: &str, due: Option<Due>, action: &str) -> ToDo {
    ToDo {
        words: words.to_owned(),
        due,
        clause: clause.to_owned(),
        href: Some("/cases/c1/act/decide?of=police".to_owned()),
        action: action.to_owned(),
        other: Some(("/cases/c1/act/set-aside?of=police_question".to_owned(), "Not needed".to_owned())),
    }
}

/// A page of one act with every kind of question.
fn act(errors: FormErrors) -> Act {
    let input = |id: &str, label: &str, value: &str, kind| Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: "In plain words".to_owned(),
        value: value.to_owned(),
        needed: true,
        kind,
    };
    let options = || vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
    Act {
        chrome: chrome(),
        errors,
        on: ActOn::Case,
        href: "/cases/c1".to_owned(),
        reference: "1A2B-3C4D".to_owned(),
        verb: "tell".to_owned(),
        title: "Who was told".to_owned(),
        intro: "Tell the data protection officer".to_owned(),
        token: token(),
        inputs: vec![
            input("whom", "Who was told?", "", InputKind::Select(options())),
            input("name", "Name", HOSTILE, InputKind::Line),
            input("at", "When?", "", InputKind::Moment(Moment { prefix: "at_".to_owned(), ..Moment::default() })),
            input("due_on", "By when?", "2026-11-02", InputKind::Day),
            input("done", "Is it done?", "yes", InputKind::Radios(options())),
            input("reason", "Why?", HOSTILE, InputKind::Text),
            input("of", "", "dpo", InputKind::Hidden),
        ],
        button: "Save who was told".to_owned(),
    }
}

fn case(errors: FormErrors) -> Case {
    let entry = |what: &str, who: &str, hours: i64, text: &str| TimelineEntry {
        what: what.to_owned(),
        who: who.to_owned(),
        at: rfc3339(NOW_US + hours * HOUR_US),
        when: when_text(NOW_US + hours * HOUR_US),
        text: text.to_owned(),
    };
    Case {
        chrome: chrome(),
        errors,
        id: "c1".to_owned(),
        reference: "C-2026-0032".to_owned(),
        kind: "Safeguarding concern".to_owned(),
        state: StateTag::new("Open", TagColour::Yellow),
        marking: "Confidential".to_owned(),
        due: Some(due(44)),
        in_hand: strings(&["Bea Jarvis has it in hand."]),
        to_do: vec![
            to_do("Decide whether the police are told, and say why", "P1-POLICE-1", Some(due(-2)), "Decide"),
            to_do("Ring the family (Nadia Nash)", "", Some(due(20)), "Say what came of it"),
            to_do(HOSTILE, "P0-COC-1", None, "Add what is known"),
        ],
        work: vec![
            Section { heading: "What is known".to_owned(), rows: vec![SummaryRow::new("Which online risk is it?", strings(&["Contact"]))] },
            Section { heading: "Who was told".to_owned(), rows: vec![SummaryRow::new("Parents", strings(&["By telephone", HOSTILE]))] },
        ],
        links: vec![OtherCase {
            label: "About the same event as".to_owned(),
            href: "/cases/c2".to_owned(),
            reference: "1A2B-3C4D".to_owned(),
            reason: HOSTILE.to_owned(),
        }],
        acts: vec![ActLink { href: "/cases/c1/act/plan".to_owned(), text: "Plan an action".to_owned() }],
        facts: vec![
            SummaryRow::new("School", strings(&["Gull Lane Primary School"])),
            SummaryRow::new("Owner", strings(&["Designated safeguarding lead"])),
            SummaryRow::new("Action to be taken", strings(&["Speak to the family; keep the tablet."])),
        ],
        report_href: Some("/reports/r1".to_owned()),
        files: evidence::case_files(),
        timeline: vec![
            entry("Report filed", "Bea Jarvis", -5, ""),
            entry("Report received", "Nadia Nash", -4, ""),
            entry("Assessed: safeguarding concern", "Nadia Nash", -3, "A stranger asked a child for a photo."),
            entry("Note", "Nadia Nash", -1, HOSTILE),
        ],
        summary: Some(SummaryForm { token: token(), purpose: "case_work".to_owned() }),
        note: Some(NoteForm { token: token(), note: String::new() }),
        close: Some(CloseForm { token: token(), outcomes: choices::OUTCOMES.to_vec(), ..CloseForm::default() }),
        correct: Some(CorrectForm {
            token: token(),
            fields: vec![Choice::new("summary", "The summary"), Choice::new("action", "Action to be taken")],
            ..CorrectForm::default()
        }),
    }
}

fn messages() -> Vec<Rendered> {
    vec![
        render("message-cannot-show", &Message::cannot_show(chrome())),
        render("message-unavailable", &Message::unavailable(chrome())),
        render("message-our-fault", &Message::our_fault(chrome())),
        render("message-too-many", &Message::too_many_attempts(stranger(), 15)),
        render("message-changed", &Message::changed_meanwhile(chrome(), "/cases/c1")),
        render("message-expired", &Message::form_expired(stranger())),
    ]
}
