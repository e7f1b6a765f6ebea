//! Timelines: what happened to a record, in words.

use wardbook_domain::{case::CaseEvent, event::AnyEvent, report::ReportEvent};
use wardbook_views::Meta;

use super::TimelineEntry;

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
        ReportEvent::CoverPassed(e) => (format!("Read along by the {} during an absence", e.to.duty.label().to_lowercase()), None, None),
        ReportEvent::CoverReturned(_) => ("The absence is over, or covered".to_owned(), None, None),
        ReportEvent::DisclosureProtected(e) => {
            ("A protected disclosure: the reporter's name is kept".to_owned(), None, Some(e.reason.clone()))
        }
        ReportEvent::EvidenceAdded(e) => ("File added".to_owned(), Some(&e.added_by), Some(e.name.clone())),
    };
    Some(TimelineEntry { at: meta.at, what, by: by.cloned(), text })
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

/// An entry of a case's timeline.
pub(super) fn case_entry((meta, event): &(Meta, AnyEvent)) -> Option<TimelineEntry> {
    let AnyEvent::Case(event) = event else { return None };
    let (what, by, text) = match event {
        CaseEvent::Opened(e) => (format!("Case opened: {}", e.kind.label()), Some(&e.opened_by), e.action.clone()),
        CaseEvent::Noted(e) => ("Note".to_owned(), Some(&e.by), Some(e.text.clone())),
        CaseEvent::Closed(e) => (format!("Case closed: {}", e.outcome.label()), Some(&e.by), Some(e.reason.clone())),
        CaseEvent::Corrected(e) => (format!("Corrected: {}", e.field), Some(&e.by), Some(e.reason.clone())),
        CaseEvent::ClockMoved(e) => {
            (format!("The school was aware from {}", e.corrected_aware_at.in_london()), Some(&e.by), Some(e.reason.clone()))
        }
        CaseEvent::StoodAside(e) => (format!("{}: {}", e.because.label(), e.name), Some(&e.by), Some(e.reason.clone())),
        CaseEvent::AsideEnded(e) => ("Somebody no longer stands aside".to_owned(), Some(&e.by), Some(e.reason.clone())),
        CaseEvent::CoverPassed(e) => (format!("Read along by the {} during an absence", e.to.duty.label().to_lowercase()), None, None),
        CaseEvent::CoverReturned(_) => ("The absence is over, or covered".to_owned(), None, None),
        CaseEvent::PersonNamed(e) => {
            (format!("Named on it: {} ({})", e.name, e.named_for.label().to_lowercase()), Some(&e.by), Some(e.reason.clone()))
        }
        CaseEvent::PersonRemoved(e) => ("Somebody is no longer named on it".to_owned(), e.by.as_ref(), Some(e.reason.clone())),
        CaseEvent::Rerouted(e) => ("Sent to another owner".to_owned(), None, Some(sent_on(&e.reason, &e.read_before))),
    };
    Some(TimelineEntry { at: meta.at, what, by: by.cloned(), text })
}
