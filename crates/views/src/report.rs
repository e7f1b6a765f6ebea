//! Reports: who may open which, and who filed which.

use wardbook_domain::{
    Address, Instant, PersonId, RecordClass,
    event::AnyEvent,
    need_to_know,
    report::{ReportEvent, RouteTaken},
};

use crate::{
    At, Change, Holder, Row, View,
    queue::{COVERED, ESCALATED, excluded, no_longer_aside, put, routed_anew, stands_aside},
};

/// The register of reports by the addresses that may open them.
pub(crate) const READABLE: &str = "readable";
/// The register of protected disclosures by the independent member who may open them.
pub(crate) const INDEPENDENT: &str = "independent";
/// The register of a person's own reports.
pub(crate) const OWN: &str = "own";
/// The register of reports by the person who typed them in for somebody else: in no list, and theirs to read as they typed it.
pub(crate) const TYPED: &str = "typed";

pub(crate) struct Reports;

impl View for Reports {
    fn name(&self) -> &'static str {
        crate::REPORT
    }

    fn version(&self) -> u32 {
        5
    }

    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change> {
        let AnyEvent::Report(event) = event else { return vec![] };
        match event {
            ReportEvent::Filed(filed) => {
                let since = filed.reported_at.as_micros();
                let typed = |person| {
                    Change::Put(Row { register: TYPED, class: Some(filed.class), holder: Holder::Person(person), since, due: None })
                };
                // Who typed a row of an import in read it on paper; what becomes of it here is not theirs.
                let typed = filed.typed_by.filter(|_| filed.source.is_none()).map(typed);
                let known = known(filed.class, &filed.school, &filed.route, filed.reporter_person, filed.reported_at);
                known.into_iter().chain(typed).collect()
            }
            // Whom an assessment finds it to be about loses the report at once.
            ReportEvent::Assessed(found) => excluded(found.class, &found.subjects, &found.possible_subjects, at.recorded_at),
            ReportEvent::Rerouted(event) => {
                let standing = &event.standing;
                let again = known(standing.class, &standing.school, &event.route, standing.reporter, standing.since);
                routed_anew(&[READABLE, OWN]).into_iter().chain(again).collect()
            }
            ReportEvent::ImageReported(image) => vec![put(READABLE, image.class, &image.dsl, image.said_at.as_micros(), None)],
            ReportEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
            ReportEvent::AsideEnded(ended) => no_longer_aside(ended.person),
            ReportEvent::CoverPassed(passed) => vec![put(COVERED, passed.class, &passed.to, passed.since.as_micros(), None)],
            ReportEvent::CoverReturned(_) => vec![Change::DropRegister(COVERED)],
            ReportEvent::Escalated(gone) => vec![put(ESCALATED, gone.class, &gone.to, gone.escalated_at.as_micros(), None)],
            ReportEvent::DisclosureProtected(made) => vec![put(INDEPENDENT, made.class, &made.independent, made.said_at.as_micros(), None)],
            _ => vec![],
        }
    }
}

fn known(class: RecordClass, school: &str, route: &RouteTaken, reporter: Option<PersonId>, since: Instant) -> Vec<Change> {
    let since = since.as_micros();
    let seconds: Vec<Address> = route.second.iter().cloned().collect();
    let readers = need_to_know::readers(class, school, &route.owner, &seconds).into_iter();
    let own = |person| Change::Put(Row { register: OWN, class: Some(class), holder: Holder::Person(person), since, due: None });
    readers
        .map(|address| put(READABLE, class, &address, since, None))
        .chain(reporter.map(own))
        .chain(excluded(class, &route.subjects, &route.possible_subjects, since))
        .collect()
}
