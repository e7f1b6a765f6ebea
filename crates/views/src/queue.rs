//! The queue: what is owed, by which duty, since when and by when.

use wardbook_domain::{
    Address, Instant, PersonId, RecordClass,
    case::{Case, CaseEvent},
    clock::ico_notice_due,
    event::AnyEvent,
    report::{Danger, Report, ReportEvent, RouteTaken},
};

use crate::{At, Change, Holder, Row, View};

/// The register of what is owed by those who receive a record.
pub(crate) const OWED: &str = "owed";
/// The register of provisional breach clocks that somebody must confirm or end.
pub(crate) const CLOCK: &str = "clock";
/// The register of clocks about which somebody decides during an absence.
pub(crate) const CLOCK_COVERED: &str = "clock-covered";
/// The register of first facts to be read.
pub(crate) const FACTS: &str = "facts";
/// The register of images about which a DSL must act.
pub(crate) const IMAGE: &str = "image";
/// The register that marks records which cannot wait, as a child could be in danger: what is owed or covered comes first as long as its
/// record is marked.
pub(crate) const URGENT: &str = "urgent";
/// The register of those who read along during an absence, as the cover may not.
pub(crate) const COVERED: &str = "covered";
/// The register of those to whom a case went on, as something of it was late.
pub(crate) const ESCALATED: &str = "escalated";
/// The register of duties that have a report in hand.
pub(crate) const HANDED: &str = "handed";
/// The register of people who have a case in hand.
pub(crate) const IN_HAND: &str = "in_hand";
/// The register of people of whom something is asked: about what they reported, or an action of a case that was given to them.
pub(crate) const ASKED: &str = "asked";
/// The register of people to whom a record does not exist, as they are, or may be, whom it is about.
pub(crate) const EXCLUDED: &str = "excluded";
/// The register of people to whom a record does not exist, as they stand aside from it.
pub(crate) const ASIDE: &str = "aside";

pub(crate) struct Queue;

impl View for Queue {
    fn name(&self) -> &'static str {
        crate::QUEUE
    }

    fn version(&self) -> u32 {
        10
    }

    fn changes(&self, event: &AnyEvent, _at: &At) -> Vec<Change> {
        match event {
            AnyEvent::Report(event) => of_report(event),
            AnyEvent::Case(event) => of_case(event),
            _ => vec![],
        }
    }
}

fn of_report(event: &ReportEvent) -> Vec<Change> {
    match event {
        ReportEvent::Filed(filed) if filed.from_old_papers => vec![],
        ReportEvent::Filed(filed) => {
            let due = micros(Report::new(filed.as_ref().clone()).provisional_ico_due());
            let since = filed.reported_at.as_micros();
            let mark = Row { register: URGENT, class: Some(filed.class), holder: Holder::Service, since, due: None };
            // Before the rows whose place it decides.
            let mut changes: Vec<Change> = (filed.danger != Danger::No).then_some(Change::Put(mark)).into_iter().collect();
            changes.extend(owed(filed.class, &filed.route, since, due));
            changes.extend(filed.clock_owner.iter().map(|owner| put(CLOCK, filed.class, owner, since, due)));
            changes.extend(facts(&filed.facts_to, filed.clock_owner.as_ref()).map(|address| put(FACTS, filed.class, address, since, None)));
            changes
        }
        ReportEvent::Assessed(assessed) => {
            let breach = assessed.categories.iter().any(|c| c.category == wardbook_domain::report::AssessmentCategory::DataBreach);
            let mut changes = vec![Change::DropRegister(OWED), Change::DropRegister(FACTS)];
            changes.extend([URGENT, ESCALATED, HANDED].map(Change::DropRegister));
            changes.push(Change::InTurn(COVERED));
            // The case takes the clock over; where none was opened, somebody still has to end the clock with a reason.
            changes.extend([CLOCK, CLOCK_COVERED].into_iter().filter(|_| breach).map(Change::DropRegister));
            changes.extend(excluded(assessed.class, &assessed.subjects, &assessed.possible_subjects, 0));
            changes
        }
        ReportEvent::Rerouted(event) => {
            let standing = &event.standing;
            let (class, since, due) = (standing.class, standing.since.as_micros(), micros(standing.due_at));
            let mut changes = routed_anew(&[OWED, CLOCK, FACTS, IMAGE, HANDED]);
            if standing.owed {
                changes.extend(owed(class, &event.route, since, due));
                changes.extend(facts(&event.facts_to, event.clock_owner.as_ref()).map(|address| put(FACTS, class, address, since, None)));
            }
            changes.extend(event.clock_owner.iter().filter(|_| due.is_some()).map(|owner| put(CLOCK, class, owner, since, due)));
            let dsl = event.route.second.as_ref().unwrap_or(&event.route.owner);
            changes.extend(event.image_open.then(|| first(IMAGE, class, dsl, since)));
            changes.extend(excluded(class, &event.route.subjects, &event.route.possible_subjects, since));
            changes
        }
        ReportEvent::ClockMoved(moved) => {
            let due = micros(Some(ico_notice_due(moved.corrected_aware_at)));
            [OWED, CLOCK, CLOCK_COVERED, HANDED].iter().map(|register| Change::SetDue(register, due)).collect()
        }
        ReportEvent::ClockDecided(decided) => {
            let (Some(due), Some(owner)) = (decided.due_at, &decided.clock_owner) else {
                let set = [OWED, HANDED].into_iter().map(|register| Change::SetDue(register, None));
                return set.chain([CLOCK, CLOCK_COVERED].map(Change::DropRegister)).collect();
            };
            let due = micros(Some(due));
            let set = [OWED, HANDED, CLOCK_COVERED].into_iter().map(|register| Change::SetDue(register, due));
            set.chain([put(CLOCK, decided.class, owner, decided.decided_at.as_micros(), due)]).collect()
        }
        ReportEvent::ImageReported(image) => vec![first(IMAGE, image.class, &image.dsl, image.said_at.as_micros())],
        ReportEvent::ImageTakenUp(_) => vec![Change::DropRegister(IMAGE)],
        ReportEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
        ReportEvent::AsideEnded(ended) => no_longer_aside(ended.person),
        ReportEvent::CoverPassed(passed) => {
            vec![pressing(COVERED, passed.class, &passed.to, passed.since.as_micros(), micros(passed.due_at))]
        }
        ReportEvent::ClockPassed(passed) => {
            vec![put(CLOCK_COVERED, passed.class, &passed.to, passed.since.as_micros(), micros(passed.due_at))]
        }
        ReportEvent::CoverReturned(_) => [COVERED, CLOCK_COVERED].map(Change::DropRegister).to_vec(),
        ReportEvent::Escalated(gone) => {
            vec![pressing(ESCALATED, gone.class, &gone.to, gone.escalated_at.as_micros(), micros(Some(gone.was_due)))]
        }
        ReportEvent::HandedOver(handed) => {
            let row = pressing(HANDED, handed.class, &handed.to, handed.handed_over_at.as_micros(), micros(handed.due_at));
            vec![Change::DropRegister(HANDED), row]
        }
        // It is never put off past the clock of the law.
        ReportEvent::Snoozed(snoozed) => {
            let due = micros(Some(snoozed.until));
            [OWED, HANDED].iter().map(|register| Change::SetDue(register, due)).collect()
        }
        ReportEvent::DueMoved(moved) => {
            let due = micros(moved.due_at);
            [OWED, HANDED, COVERED].iter().map(|register| Change::SetDue(register, due)).collect()
        }
        ReportEvent::QuestionAsked(asked) => {
            asked.reporter_person.into_iter().map(|person| person_row(ASKED, asked.class, person, asked.asked_at, None)).collect()
        }
        ReportEvent::QuestionAnswered(answered) if !answered.others_wait => vec![Change::DropRegister(ASKED)],
        ReportEvent::QuestionAnswered(_)
        | ReportEvent::Received(_)
        | ReportEvent::Corrected(_)
        | ReportEvent::SubjectsSettled(_)
        | ReportEvent::EvidenceAdded(_)
        | ReportEvent::EvidenceQuarantined(_)
        | ReportEvent::CopyMade(_)
        | ReportEvent::DisclosureProtected(_) => vec![],
    }
}

fn of_case(event: &CaseEvent) -> Vec<Change> {
    match event {
        CaseEvent::Opened(opened) => {
            let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at());
            owed(opened.class, &opened.route, opened.opened_at.as_micros(), micros(due))
        }
        CaseEvent::Rerouted(event) => {
            let standing = &event.standing;
            let again = owed(standing.class, &event.route, standing.since.as_micros(), micros(standing.due_at));
            routed_anew(&[OWED]).into_iter().chain(again).collect()
        }
        CaseEvent::ClockMoved(moved) => vec![Change::SetDue(OWED, micros(Some(ico_notice_due(moved.corrected_aware_at))))],
        CaseEvent::Closed(_) | CaseEvent::Merged(_) => vec![Change::Drop],
        CaseEvent::Reopened(event) => {
            let standing = &event.standing;
            owed(standing.class, &event.route, standing.since.as_micros(), micros(standing.due_at))
        }
        CaseEvent::DueMoved(moved) => {
            let due = micros(moved.due_at);
            [OWED, COVERED, IN_HAND].iter().map(|register| Change::SetDue(register, due)).collect()
        }
        CaseEvent::HandedOver(handed) => {
            let row = person_row(IN_HAND, handed.class, handed.person, handed.handed_over_at, handed.due_at);
            vec![Change::DropRegister(IN_HAND), row]
        }
        CaseEvent::Given(given) if given.actions.is_empty() => {
            vec![Change::DropOne(ASKED, given.class, Holder::Person(given.person))]
        }
        CaseEvent::Given(given) => vec![person_row(ASKED, given.class, given.person, given.since, given.due_at)],
        CaseEvent::Escalated(gone) => {
            vec![put(ESCALATED, gone.class, &gone.to, gone.escalated_at.as_micros(), Some(gone.was_due.as_micros()))]
        }
        CaseEvent::StoodAside(aside) => vec![stands_aside(aside.class, aside.person, aside.said_at)],
        CaseEvent::AsideEnded(ended) => no_longer_aside(ended.person),
        CaseEvent::CoverPassed(passed) => {
            vec![pressing(COVERED, passed.class, &passed.to, passed.since.as_micros(), micros(passed.due_at))]
        }
        CaseEvent::CoverReturned(_) => vec![Change::DropRegister(COVERED)],
        // What changes by when it comes back says so in an event of its own.
        _ => vec![],
    }
}

fn person_row(register: &'static str, class: RecordClass, person: PersonId, since: Instant, due: Option<Instant>) -> Change {
    Change::Put(Row { register, class: Some(class), holder: Holder::Person(person), since: since.as_micros(), due: micros(due) })
}

pub(crate) fn micros(at: Option<Instant>) -> Option<i64> {
    at.map(Instant::as_micros)
}

fn row(register: &'static str, class: RecordClass, address: &Address, since: i64, due: Option<i64>) -> Row {
    Row { register, class: Some(class), holder: Holder::Address(address.clone()), since, due }
}

pub(crate) fn put(register: &'static str, class: RecordClass, address: &Address, since: i64, due: Option<i64>) -> Change {
    Change::Put(row(register, class, address, since, due))
}

/// A row that cannot wait.
fn first(register: &'static str, class: RecordClass, address: &Address, since: i64) -> Change {
    Change::PutFirst(row(register, class, address, since, None))
}

/// A row that cannot wait where its record is marked so.
pub(crate) fn pressing(register: &'static str, class: RecordClass, address: &Address, since: i64, due: Option<i64>) -> Change {
    Change::PutFirstIf(URGENT, row(register, class, address, since, due))
}

/// Who has first facts to read: whoever decides about the clock reads them there, and is done with the decision.
fn facts<'a>(facts_to: &'a [Address], clock_owner: Option<&'a Address>) -> impl Iterator<Item = &'a Address> {
    facts_to.iter().filter(move |address| Some(*address) != clock_owner)
}

fn owed(class: RecordClass, route: &RouteTaken, since: i64, due: Option<i64>) -> Vec<Change> {
    let addresses = std::iter::once(&route.owner).chain(&route.second);
    let rows = addresses.map(|address| pressing(OWED, class, address, since, due));
    rows.chain(excluded(class, &route.subjects, &route.possible_subjects, since)).collect()
}

/// Drops what a route put into these registers, and whom it excluded; who stands aside stays so.
pub(crate) fn routed_anew(registers: &[&'static str]) -> Vec<Change> {
    registers.iter().chain(&[EXCLUDED]).map(|register| Change::DropRegister(register)).collect()
}

/// A row for somebody who stands aside.
pub(crate) fn stands_aside(class: RecordClass, person: PersonId, since: Instant) -> Change {
    Change::Put(Row { register: ASIDE, class: Some(class), holder: Holder::Person(person), since: since.as_micros(), due: None })
}

/// The rows of somebody who stands aside no more, whatever the record's class.
pub(crate) fn no_longer_aside(person: PersonId) -> Vec<Change> {
    RecordClass::ALL.iter().map(|class| Change::DropOne(ASIDE, *class, Holder::Person(person))).collect()
}

/// A row for everyone to whom the record must not exist.
pub(crate) fn excluded(class: RecordClass, subjects: &[PersonId], possible: &[PersonId], since: i64) -> Vec<Change> {
    let row = |person: &PersonId| Row { register: EXCLUDED, class: Some(class), holder: Holder::Person(*person), since, due: None };
    subjects.iter().chain(possible).map(|person| Change::Put(row(person))).collect()
}
