//! Timelines: what happened to a record, in words.

use std::collections::BTreeSet;

use wardbook_domain::{
    Address, CaseId, Instant,
    case::{self, CaseEvent},
    event::AnyEvent,
    report::ReportEvent,
};
use wardbook_views::Meta;

use super::TimelineEntry;

const QUARANTINED: &str = "A file was put into quarantine";

/// An entry of a report's timeline.
pub(super) fn report_entry((meta, event): &(Meta, AnyEvent)) -> Option<TimelineEntry> {
    let AnyEvent::Report(event) = event else { return None };
    let (what, by, text) = match event {
        ReportEvent::Filed(_) => ("Report filed".to_owned(), None, None),
        ReportEvent::Received(e) => (format!("Received by the {}", e.received_as.label().to_lowercase()), Some(&e.received_by), None),
        ReportEvent::Assessed(e) => {
            let categories: Vec<&str> = e.categories.iter().map(|c| c.category.label()).collect();
            (format!("Assessed: {}", categories.join(", ")), Some(&e.assessed_by), Some(e.reason.clone()))
        }
        ReportEvent::Corrected(e) => (format!("Corrected: {}", e.field.replace('_', " ")), Some(&e.corrected_by), Some(e.reason.clone())),
        ReportEvent::SubjectsSettled(e) => ("Settled whom it is about".to_owned(), Some(&e.settled_by), Some(e.reason.clone())),
        ReportEvent::Rerouted(e) => ("Sent to another receiver".to_owned(), None, Some(sent_on(&e.reason, &e.read_before))),
        ReportEvent::ClockMoved(e) => {
            let what = format!("The school was aware from {}", e.corrected_aware_at.in_london());
            (what, Some(&e.moved_by), Some(e.reason.clone()))
        }
        ReportEvent::ClockDecided(e) => (e.decision.label().to_owned(), Some(&e.decided_by), Some(e.reason.clone())),
        ReportEvent::ImageReported(e) => {
            let where_it_is = e.device.as_ref().map(|device| format!("Where it is: {device}"));
            ("An image could show a child without clothes; nothing was taken in".to_owned(), Some(&e.said_by), where_it_is)
        }
        ReportEvent::ImageTakenUp(e) => ("The image was acted on".to_owned(), Some(&e.by), Some(e.action.clone())),
        ReportEvent::StoodAside(e) => (format!("{}: {}", e.because.label(), e.name), Some(&e.by), Some(e.reason.clone())),
        ReportEvent::AsideEnded(e) => ("Somebody no longer stands aside".to_owned(), Some(&e.by), Some(e.reason.clone())),
        ReportEvent::CoverPassed(e) => (covered(&e.to), None, None),
        ReportEvent::ClockPassed(e) => {
            (format!("Its breach clock is for the {} during an absence", e.to.duty.label().to_lowercase()), None, None)
        }
        ReportEvent::Escalated(e) => {
            let (what, text) = late(&e.to, &e.what, e.was_due);
            (what, None, Some(text))
        }
        ReportEvent::CoverReturned(_) => ("The absence is over, or covered".to_owned(), None, None),
        ReportEvent::DisclosureProtected(e) => {
            ("A protected disclosure: the reporter's name is kept".to_owned(), None, Some(e.reason.clone()))
        }
        ReportEvent::EvidenceAdded(e) => ("File added".to_owned(), Some(&e.added_by), Some(e.name.clone())),
        ReportEvent::EvidenceQuarantined(e) => (QUARANTINED.to_owned(), Some(&e.by), Some(e.reason.clone())),
        ReportEvent::QuestionAsked(e) => {
            (format!("The {} asks whoever reported it", e.asked_by.label().to_lowercase()), None, Some(e.text.clone()))
        }
        ReportEvent::QuestionAnswered(e) => ("A question was answered".to_owned(), None, e.answer.clone()),
        ReportEvent::HandedOver(e) => {
            (format!("Handed over to the {}", e.to.duty.label().to_lowercase()), Some(&e.by), Some(e.reason.clone()))
        }
        ReportEvent::Snoozed(e) => (format!("Put off until {}", e.until.in_london()), Some(&e.by), Some(e.reason.clone())),
        ReportEvent::CopyMade(e) => (format!("Copy {} made on paper, marked {}", e.number, e.marking.label()), Some(&e.by), None),
        // What moved it says so itself.
        ReportEvent::DueMoved(_) => return None,
    };
    Some(TimelineEntry { at: meta.at, what, by: by.cloned(), text })
}

/// What an event of a report did, in words.
pub(crate) fn of_report(event: &(Meta, AnyEvent)) -> Option<String> {
    report_entry(event).map(|entry| entry.what)
}

/// What an event of a case did, in words, for who may open the cases in `known`.
pub(crate) fn of_case(event: &(Meta, AnyEvent), known: &BTreeSet<CaseId>) -> Option<String> {
    case_entry(event, known).map(|entry| entry.what)
}

/// Why a record was sent on, and what those who lost it had read: the new receiver must know what is known.
fn sent_on(reason: &str, read_before: &[wardbook_domain::report::ReadBefore]) -> String {
    let line = |read: &wardbook_domain::report::ReadBefore| match (read.first_at, read.last_at) {
        (Some(first), Some(last)) => {
            format!("{} had seen it on {} pages, from {} to {}.", read.name, read.pages, first.in_london(), last.in_london())
        }
        _ => format!("{} had not opened it.", read.name),
    };
    let lines = read_before.iter().map(line);
    std::iter::once(format!("{}{}.", reason[..1].to_uppercase(), &reason[1..])).chain(lines).collect::<Vec<_>>().join(" ")
}

/// The other case that an event names.
pub(crate) fn other_case(event: &AnyEvent) -> Option<CaseId> {
    match event {
        AnyEvent::Case(CaseEvent::Linked(e)) => Some(e.case),
        AnyEvent::Case(CaseEvent::Merged(e)) => Some(e.into),
        AnyEvent::Case(CaseEvent::TookIn(e)) => Some(e.case),
        _ => None,
    }
}

/// A record that the next of its chain reads for the time of an absence.
fn covered(to: &Address) -> String {
    format!("Read along by the {} during an absence", to.duty.label().to_lowercase())
}

/// A record that went on as nobody acted in time: what happened, and when that was due.
fn late(to: &Address, what: &str, was_due: Instant) -> (String, String) {
    (format!("Late, and sent on to the {}: {what}", to.duty.label().to_lowercase()), format!("It was due on {}.", was_due.in_london()))
}

/// An entry of a case's timeline. What names a case that the reader may not open is left out: that it is there would tell of it.
pub(super) fn case_entry((meta, event): &(Meta, AnyEvent), known: &BTreeSet<CaseId>) -> Option<TimelineEntry> {
    if other_case(event).is_some_and(|other| !known.contains(&other) && !matches!(event, AnyEvent::Case(CaseEvent::Merged(_)))) {
        return None;
    }
    let AnyEvent::Case(event) = event else { return None };
    let (what, by, text) = of_access(event).or_else(|| of_work(event)).or_else(|| of_course(event))?;
    Some(TimelineEntry { at: meta.at, what, by, text })
}

/// The timeline of a case; what was corrected since says so where it stands.
pub(super) fn case_timeline(events: &[(Meta, AnyEvent)], known: &BTreeSet<CaseId>) -> Vec<TimelineEntry> {
    let said: Vec<&CaseEvent> =
        events.iter().filter_map(|(_, event)| if let AnyEvent::Case(event) = event { Some(event) } else { None }).collect();
    let mark = |later| if later { " (corrected later)" } else { "" };
    // A case's stream holds nothing but events of cases.
    let entries = events.iter().zip(case::corrected_later(&said));
    let marked = entries.filter_map(|(event, later)| {
        let entry = case_entry(event, known)?;
        Some(TimelineEntry { what: format!("{}{}", entry.what, mark(later)), ..entry })
    });
    marked.collect()
}

type Told = (String, Option<String>, Option<String>);

#[expect(clippy::unnecessary_wraps, reason = "the arms of a match that may tell nothing")]
fn told(what: impl Into<String>, by: &str, text: impl Into<Option<String>>) -> Option<Told> {
    Some((what.into(), Some(by.to_owned()), text.into()))
}

/// Who may read it.
fn of_access(event: &CaseEvent) -> Option<Told> {
    match event {
        CaseEvent::StoodAside(e) => told(format!("{}: {}", e.because.label(), e.name), &e.by, e.reason.clone()),
        CaseEvent::AsideEnded(e) => told("Somebody no longer stands aside", &e.by, e.reason.clone()),
        CaseEvent::CoverPassed(e) => Some((covered(&e.to), None, None)),
        CaseEvent::CoverReturned(_) => Some(("The absence is over, or covered".to_owned(), None, None)),
        CaseEvent::PersonNamed(e) => {
            told(format!("Named on it: {} ({})", e.name, e.named_for.label().to_lowercase()), &e.by, e.reason.clone())
        }
        CaseEvent::PersonRemoved(e) => Some(("Somebody is no longer named on it".to_owned(), e.by.clone(), Some(e.reason.clone()))),
        CaseEvent::Rerouted(e) => Some(("Sent to another owner".to_owned(), None, Some(sent_on(&e.reason, &e.read_before)))),
        CaseEvent::HandedOver(e) => told(format!("Handed over to {}", e.name), &e.by, e.reason.clone()),
        CaseEvent::Escalated(e) => {
            let (what, text) = late(&e.to, &e.what, e.was_due);
            Some((what, None, Some(text)))
        }
        CaseEvent::Marked(e) => told(format!("Marked {}", e.marking.label()), &e.by, e.reason.clone()),
        _ => None,
    }
}

/// What was done on it.
fn of_work(event: &CaseEvent) -> Option<Told> {
    match event {
        CaseEvent::Noted(e) => told("Note", &e.by, e.text.clone()),
        CaseEvent::TakenUp(e) => told("Taken up", &e.by, None),
        CaseEvent::FactsRecorded(e) => told("Facts written down", &e.by, facts(e)),
        CaseEvent::StepSetAside(e) => told(format!("Not done: {}", e.what), &e.by, e.reason.clone()),
        CaseEvent::Planned(e) => {
            let due = e.due_on.map(|day| format!(", by {}", wardbook_domain::clock::day_in_words(day))).unwrap_or_default();
            told(format!("Planned: {} ({}{due})", e.what, e.owner), &e.by, e.reason.clone())
        }
        CaseEvent::Completed(e) => {
            told(format!("{}: {}", if e.done { "Done" } else { "Ended, not done" }, e.what), &e.by, e.result.clone())
        }
        CaseEvent::Given(e) => Some((
            match e.actions.len() {
                0 => format!("No action is with {} any more", e.name),
                1 => format!("An action is with {}", e.name),
                more => format!("{more} actions are with {}", e.name),
            },
            None,
            None,
        )),
        CaseEvent::ToldOf(e) => told(format!("Told: {}", e.label), &e.by, whom(e)),
        CaseEvent::QuestionAsked(e) => told("Asked whoever reported it", &e.by, e.text.clone()),
        CaseEvent::QuestionAnswered(e) => {
            let text = format!("{} {}", e.text, e.answer);
            Some(("Answer of whoever reported it".to_owned(), e.by.clone().or_else(|| Some("Whoever reported it".to_owned())), Some(text)))
        }
        CaseEvent::PersonPlaced(e) => told(format!("{}: {}", e.part.label(), e.name), &e.by, e.detail.clone()),
        CaseEvent::Decided(e) => {
            told(format!("Decided: {}", e.words), &e.by, format!("{} ({}; {}, {})", e.reason, e.question, e.guidance_edition, e.profile))
        }
        CaseEvent::Snoozed(e) => told(format!("Put off until {}", e.until.in_london()), &e.by, e.reason.clone()),
        CaseEvent::CopyMade(e) => told(format!("{}: copy {}", e.kind.label(), e.number), &e.by, None),
        CaseEvent::Reviewed(e) => told("Reviewed", &e.by, e.finding.clone()),
        CaseEvent::EvidenceAdded(e) => told("File added", &e.collected_by, e.name.clone()),
        CaseEvent::EvidenceQuarantined(e) => told(QUARANTINED, &e.by, e.reason.clone()),
        CaseEvent::MessageConfirmed(e) => told(format!("Confirmed what an e-mail says: sent by {}", e.sender), &e.by, None),
        _ => None,
    }
}

/// How it began, went and ended.
fn of_course(event: &CaseEvent) -> Option<Told> {
    match event {
        CaseEvent::Opened(e) => told(format!("Case opened: {}", e.kind.label()), &e.opened_by, e.action.clone()),
        CaseEvent::Closed(e) => told(format!("Case closed: {}", e.outcome.label()), &e.by, e.reason.clone()),
        CaseEvent::Reopened(e) => told("Case opened again", &e.by, e.reason.clone()),
        CaseEvent::Corrected(e) => {
            told(format!("Corrected: {}", case::what_was_corrected(&e.field)), &e.by, format!("{}\n{}", e.text, e.reason))
        }
        CaseEvent::ClockMoved(e) => {
            told(format!("The school was aware from {}", e.corrected_aware_at.in_london()), &e.by, e.reason.clone())
        }
        // What follows from the report needs no line of its own.
        CaseEvent::Classified(e) => e
            .reason
            .as_ref()
            .and_then(|reason| told(format!("It is now: {}", e.matter.label_in(&e.guidance_edition)), &e.by, reason.clone())),
        CaseEvent::Linked(e) => told(format!("Linked: {} another case", e.relation.label().to_lowercase()), &e.by, e.reason.clone()),
        CaseEvent::Merged(e) => told("It goes on in another case", &e.by, e.reason.clone()),
        CaseEvent::TookIn(e) => told("Another case goes on in this one", &e.by, e.reason.clone()),
        _ => None,
    }
}

fn facts(recorded: &case::FactsRecorded) -> String {
    let lines = recorded.answers.iter().map(|answer| format!("{} {}", answer.question, answer.words));
    lines.chain(recorded.reason.clone()).collect::<Vec<_>>().join("\n")
}

fn whom(told: &case::ToldOf) -> String {
    let name = told.name.as_ref().map(|name| format!("{name}. "));
    let when = told.told.at.map(|at| format!("{}. ", at.in_london()));
    let how = told.told.how.as_ref().map(|how| format!("{how}, by {}.", told.told_by));
    let reference = told.told.reference.as_ref().map(|reference| format!(" Reference {reference}."));
    [name, when, how, reference].into_iter().flatten().collect()
}
