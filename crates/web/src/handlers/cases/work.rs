//! What is done and to be done on a case, as its page shows it.

use wardbook_app::assets::AssetShown;
use wardbook_app::shown::{CaseShown, OpenShown};
use wardbook_domain::directory::Directory;

use super::super::assets::card;
use super::super::visitor::Here;
use super::super::words;
use crate::pages::assets::AssetCard;
use crate::pages::cases::{ActLink, OtherCase, ToDo};
use crate::pages::summary::{Section, SummaryRow};

/// Acts with a page of their own that are not about something that is open, in the order of a case's course.
const ACTS: [(&str, &str); 15] = [
    ("assess", "Add what is known"),
    ("plan", "Plan an action"),
    ("tell", "Write down who was told"),
    ("ask", "Ask whoever reported it"),
    ("decide", "Write down a decision"),
    ("place", "Add somebody in this case"),
    ("hand-over", "Hand it over"),
    ("snooze", "Put it off"),
    ("review", "Review it"),
    ("link", "Link it to another case"),
    ("merge", "Let it go on in another case"),
    ("reclassify", "Say that it is something else"),
    ("mark", "Change the protective marking"),
    ("print", "Print it"),
    ("reopen", "Open it again"),
];

/// The acts that are open to this reader now.
pub(super) fn acts(shown: &CaseShown) -> Vec<ActLink> {
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let links = ACTS.iter().filter(|(verb, _)| may(verb) && (*verb != "assess" || !shown.facts.is_empty()));
    links.map(|(verb, text)| ActLink { href: format!("/cases/{}/act/{verb}", shown.id), text: (*text).to_owned() }).collect()
}

/// In whose hands it is, and until when it is put off.
pub(super) fn in_hand(shown: &CaseShown) -> Vec<String> {
    let hand = shown.in_hand.as_ref().map(|name| format!("{name} has it in hand."));
    let reason = shown.put_off_reason.clone().unwrap_or_default();
    let off = shown.put_off_until.map(|until| format!("Put off until {}: {reason}", words::when(until)));
    hand.into_iter().chain(off).collect()
}

/// What is to be done, with where it is done.
pub(super) fn to_do(here: &Here, shown: &CaseShown) -> Vec<ToDo> {
    shown.open.iter().map(|open| one(here, shown, open)).collect()
}

fn one(here: &Here, shown: &CaseShown, open: &OpenShown) -> ToDo {
    let may = |verb: &str| shown.may.iter().any(|may| may == verb);
    let act = |verb: &str, of: &str| {
        let query = if of.is_empty() { String::new() } else { format!("?of={of}") };
        may(verb).then(|| format!("/cases/{}/act/{verb}{query}", shown.id))
    };
    let step = shown.steps.iter().find(|step| open.kind == "step" && step.code == open.of);
    let (href, action) = match (open.kind.as_str(), step) {
        ("clock", _) => (Some(format!("/breaches/{}", shown.id)), "Open the breach clock"),
        ("step", Some(step)) => match &step.decides {
            Some(about) => (act("decide", about), "Decide"),
            None => (act("tell", &open.of), "Write down who was told"),
        },
        ("action", _) => (act("complete", &open.of).filter(|_| may("plan") || is_theirs(here, shown, &open.of)), "Say what came of it"),
        ("take_up", _) => (act("receive", ""), "Take it up"),
        ("review", _) => (act("review", ""), "Review it"),
        ("facts", _) => (act("assess", ""), "Add what is known"),
        ("question", _) => (act("answer", &open.of), "Write down their answer"),
        _ => (may("close").then(|| "#close".to_owned()), "Close it"),
    };
    let other = match open.kind.as_str() {
        "step" => act("set-aside", &open.of).map(|href| (href, "Not needed".to_owned())),
        "action" => act("plan", &open.of).map(|href| (href, "Change".to_owned())),
        _ => None,
    };
    ToDo {
        words: open.words.clone(),
        due: words::due(&here.web, open.due_at),
        clause: open.clause.clone(),
        href,
        action: action.to_owned(),
        other,
    }
}

/// Whether an action was given to whoever looks at it.
fn is_theirs(here: &Here, shown: &CaseShown, action: &str) -> bool {
    let me = here.caller.person.to_string();
    shown.actions.iter().any(|one| one.id == action && one.person.as_deref() == Some(me.as_str()))
}

/// What was done, by kind; a kind of which there is nothing has no heading.
pub(super) fn sections(directory: &Directory, shown: &CaseShown) -> Vec<Section> {
    filled(all(directory, shown).into_iter().map(|(section, _)| section))
}

/// The same for a child's safeguarding record: what is known, done and said, and nothing about how we work.
pub(super) fn summarised(directory: &Directory, shown: &CaseShown) -> Vec<Section> {
    filled(all(directory, shown).into_iter().filter_map(|(section, goes)| goes.then_some(section)))
}

/// Every kind, with whether it goes into a child's safeguarding record.
fn all(directory: &Directory, shown: &CaseShown) -> Vec<(Section, bool)> {
    let equipment = shown.asset.as_ref().map(|asset| equipment(directory, asset)).unwrap_or_default();
    let people = shown.people.iter().map(|one| row(&one.part_label, [Some(one.name.clone()), one.detail.clone()])).collect();
    let decisions = shown.decisions.iter().map(|one| row(&one.question, [Some(one.words.clone()), Some(one.reason.clone())])).collect();
    let section = |heading: &str, rows| Section { heading: heading.to_owned(), rows };
    vec![
        (section("What is known", facts(shown)), true),
        (section("The equipment", equipment), false),
        (section("Steps", steps(shown)), false),
        (section("Actions", actions(shown)), true),
        (section("Who was told", told(shown)), true),
        (section("Questions to whoever reported it", questions(shown)), false),
        (section("People", people), true),
        (section("Decisions", decisions), true),
    ]
}

fn filled(sections: impl Iterator<Item = Section>) -> Vec<Section> {
    sections.filter(|section| !section.rows.is_empty()).collect()
}

fn row<const N: usize>(key: &str, values: [Option<String>; N]) -> SummaryRow {
    SummaryRow::new(key, values.into_iter().flatten().collect())
}

fn facts(shown: &CaseShown) -> Vec<SummaryRow> {
    let known = shown.facts.iter().filter(|fact| fact.words.is_some());
    known.map(|fact| row(&fact.question, [fact.words.clone()])).collect()
}

/// As the register had it on the day: what it is, whether it was encrypted, who answered for it and who had it (P1-LOAN-1).
fn equipment(directory: &Directory, asset: &AssetShown) -> Vec<SummaryRow> {
    let AssetCard { title, encrypted, rows, notes } = card(directory, asset);
    let notes = (!notes.is_empty()).then(|| SummaryRow::new("To note", notes));
    let first = [SummaryRow::new("In the register", vec![title]), SummaryRow::new("Encryption", vec![encrypted.text])];
    first.into_iter().chain(rows).chain(notes).collect()
}

fn steps(shown: &CaseShown) -> Vec<SummaryRow> {
    let ended = shown.steps.iter().filter(|step| step.state != "open");
    let state = |code: &str| if code == "done" { "Done" } else { "Not needed; the reason stands below" };
    ended.map(|step| row(&step.what, [Some(state(&step.state).to_owned())])).collect()
}

fn actions(shown: &CaseShown) -> Vec<SummaryRow> {
    let state = |code: &str| match code {
        "open" => "Open",
        "done" => "Done",
        _ => "Ended, not done",
    };
    let due = |day: Option<wardbook_domain::clock::Date>| day.map(|day| format!("by {}", words::day(day)));
    let line = |action: &wardbook_app::shown::ActionShown| {
        row(&action.what, [Some(action.owner.clone()), due(action.due_on), Some(state(&action.state).to_owned())])
    };
    shown.actions.iter().map(line).collect()
}

fn told(shown: &CaseShown) -> Vec<SummaryRow> {
    let line = |told: &wardbook_app::shown::CaseToldShown| {
        let how = told.how.as_ref().map(|how| format!("{how}, by {}", told.told_by));
        let reference = told.reference.as_ref().map(|reference| format!("Reference {reference}"));
        row(&told.label, [told.name.clone(), told.at.map(words::when), how, reference])
    };
    shown.told.iter().map(line).collect()
}

fn questions(shown: &CaseShown) -> Vec<SummaryRow> {
    let answer = |answer: &Option<String>| answer.clone().unwrap_or_else(|| "Not answered yet".to_owned());
    shown.questions.iter().map(|question| row(&question.question, [Some(answer(&question.answer))])).collect()
}

/// Other cases that this reader may open.
pub(super) fn links(shown: &CaseShown) -> Vec<OtherCase> {
    let line = |link: &wardbook_app::shown::LinkShown| OtherCase {
        label: link.label.clone(),
        href: format!("/cases/{}", link.case),
        reference: link.reference.clone(),
        reason: link.reason.clone(),
    };
    shown.links.iter().map(line).collect()
}
