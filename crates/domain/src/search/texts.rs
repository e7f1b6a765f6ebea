//! What people wrote, event by event. Every event stands here with what of it is searched, so that a new one cannot be forgotten.

use crate::{case::CaseEvent, report::ReportEvent};

/// The texts of an event of a report, the form apart.
pub(super) fn of_report(event: &ReportEvent) -> Vec<&str> {
    match event {
        ReportEvent::Assessed(e) => {
            let optional = [&e.action, &e.other, &e.shared, &e.follow_up].into_iter().flatten();
            let told = e.told.iter().filter_map(|told| told.how.as_deref());
            std::iter::once(e.reason.as_str()).chain(optional.map(String::as_str)).chain(told).collect()
        }
        ReportEvent::Corrected(e) => vec![&e.text, &e.reason],
        ReportEvent::StoodAside(e) => vec![&e.reason],
        ReportEvent::AsideEnded(e) => vec![&e.reason],
        ReportEvent::DisclosureProtected(e) => vec![&e.reason],
        ReportEvent::SubjectsSettled(e) => vec![&e.reason],
        ReportEvent::ClockMoved(e) => vec![&e.reason],
        ReportEvent::ClockDecided(e) => vec![&e.reason],
        ReportEvent::ImageReported(e) => e.device.iter().map(String::as_str).collect(),
        ReportEvent::ImageTakenUp(e) => vec![&e.action],
        ReportEvent::EvidenceAdded(e) => vec![&e.name],
        ReportEvent::EvidenceQuarantined(e) => vec![&e.reason],
        ReportEvent::QuestionAsked(e) => vec![&e.text],
        ReportEvent::HandedOver(e) => vec![&e.reason],
        ReportEvent::Snoozed(e) => vec![&e.reason],
        ReportEvent::QuestionAnswered(e) => e.answer.iter().map(String::as_str).collect(),
        // The form is looked at as it was filed; the others hold no words of a person's own.
        ReportEvent::Filed(_)
        | ReportEvent::Received(_)
        | ReportEvent::Rerouted(_)
        | ReportEvent::CoverPassed(_)
        | ReportEvent::ClockPassed(_)
        | ReportEvent::Escalated(_)
        | ReportEvent::CopyMade(_)
        | ReportEvent::DueMoved(_)
        | ReportEvent::CoverReturned(_) => vec![],
    }
}

/// The texts of an event of a case.
pub(super) fn of_case(event: &CaseEvent) -> Vec<&str> {
    match event {
        CaseEvent::Opened(e) => std::iter::once(e.summary.as_str()).chain(e.action.as_deref()).collect(),
        CaseEvent::Noted(e) => vec![&e.text],
        CaseEvent::Closed(e) => vec![&e.reason],
        CaseEvent::Corrected(e) => vec![&e.text, &e.reason],
        CaseEvent::ClockMoved(e) => vec![&e.reason],
        CaseEvent::StoodAside(e) => vec![&e.reason],
        CaseEvent::AsideEnded(e) => vec![&e.reason],
        CaseEvent::PersonNamed(e) => vec![&e.reason],
        CaseEvent::PersonRemoved(e) => vec![&e.reason],
        CaseEvent::Classified(e) => e.reason.as_deref().into_iter().collect(),
        CaseEvent::FactsRecorded(e) => e.answers.iter().map(|answer| answer.words.as_str()).chain(e.reason.as_deref()).collect(),
        CaseEvent::StepSetAside(e) => vec![&e.reason],
        CaseEvent::Planned(e) => [e.what.as_str(), &e.owner].into_iter().chain(e.reason.as_deref()).collect(),
        CaseEvent::Completed(e) => vec![&e.result],
        CaseEvent::ToldOf(e) => [e.label.as_str(), &e.told_by].into_iter().chain(e.told.how.as_deref()).collect(),
        CaseEvent::QuestionAsked(e) => vec![&e.text],
        CaseEvent::QuestionAnswered(e) => vec![&e.answer],
        CaseEvent::PersonPlaced(e) => e.detail.as_deref().into_iter().collect(),
        CaseEvent::Decided(e) => vec![&e.words, &e.reason],
        CaseEvent::Merged(e) => vec![&e.reason],
        CaseEvent::TookIn(e) => e.actions.iter().map(|taken| taken.what.as_str()).collect(),
        CaseEvent::Marked(e) => vec![&e.reason],
        CaseEvent::HandedOver(e) => vec![&e.reason],
        CaseEvent::Snoozed(e) => vec![&e.reason],
        CaseEvent::Reviewed(e) => vec![&e.finding],
        CaseEvent::Reopened(e) => vec![&e.reason],
        CaseEvent::EvidenceAdded(e) => {
            std::iter::once(e.name.as_str()).chain([&e.what, &e.given_by, &e.how].into_iter().flatten().map(String::as_str)).collect()
        }
        CaseEvent::EvidenceQuarantined(e) => vec![&e.reason],
        CaseEvent::MessageConfirmed(e) => {
            std::iter::once(&e.sender).chain(&e.recipients).chain(&e.attachments).map(String::as_str).collect()
        }
        // What follows by itself holds no words of a person's own. Why two cases are linked is shown to those alone who may open both, so
        // that no search may find it.
        CaseEvent::Linked(_)
        | CaseEvent::Rerouted(_)
        | CaseEvent::CoverPassed(_)
        | CaseEvent::CoverReturned(_)
        | CaseEvent::TakenUp(_)
        | CaseEvent::Given(_)
        | CaseEvent::Escalated(_)
        | CaseEvent::CopyMade(_)
        | CaseEvent::DueMoved(_) => vec![],
    }
}
