//! Which events notify whom.
//!
//! A record's new owner, its second reader, whoever decides about its clock or has first facts to read; whoever decides about a monitoring
//! alert, by its severity; and reminders before a record's clock runs out. Who was given access, and the trust lead (issue: the person and the trust lead are told). Nobody is told what they did
//! themself, and a record that goes elsewhere is news only where it was not before.

use super::{Notice, Recipient, Rule, Urgency};
use crate::{
    Address, Duty, Instant, PersonId,
    alert::{self, Alert, AlertEvent, SEVERITY_MAX},
    case::{Case, CaseEvent},
    clock::ico_notice_due,
    directory::{Directory, DirectoryEvent},
    event::AnyEvent,
    report::{Danger, Report, ReportEvent, RouteTaken},
    settings::SettingsEvent,
};

/// A clock that runs out within so many seconds cannot wait.
const CLOSE_SECONDS: i64 = 12 * 3600;
/// A clock that runs out within so many seconds is told of on that day.
const SOON_SECONDS: i64 = 24 * 3600;

/// What a record was before the event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// The duties that had it: they are not told of it again when it moves.
    pub told: Vec<Address>,
    /// Whether a child could be in danger.
    pub danger: bool,
    /// The duty in whose hands it was when it was sent on, and since when, where it has not been handed over since.
    pub in_hand: Option<(Address, Instant)>,
}

impl Before {
    /// Of a report.
    pub fn of_report(report: &Report) -> Self {
        let mut told = report.second_readers();
        told.extend(report.facts_to());
        told.extend(report.image_actors());
        told.push(report.route().owner.clone());
        let in_hand = report.handed_before.as_ref().map(|handed| (handed.to.clone(), handed.handed_over_at));
        Self { told, danger: report.could_be_danger(), in_hand }
    }

    /// Of a monitoring alert.
    pub fn of_alert(alert: &Alert) -> Self {
        let mut told = alert.second_readers();
        told.push(alert.owner().clone());
        Self { told, danger: alert::is_grave(&alert.received), in_hand: None }
    }

    /// Of a case.
    pub fn of_case(case: &Case) -> Self {
        let mut told = case.second_readers();
        told.push(case.route().owner.clone());
        Self { told, danger: false, in_hand: None }
    }
}

/// Whether [`notices`] asks how the record stood before this event.
pub const fn asks_before(event: &AnyEvent) -> bool {
    matches!(
        event,
        AnyEvent::Report(ReportEvent::Rerouted(_) | ReportEvent::CoverPassed(_) | ReportEvent::Escalated(_) | ReportEvent::HandedOver(_))
            | AnyEvent::Case(CaseEvent::Rerouted(_))
            | AnyEvent::Alert(AlertEvent::Rerouted(_) | AlertEvent::CoverPassed(_) | AlertEvent::Escalated(_))
    )
}

/// Whom an event notifies. `before` is needed where [`asks_before`] says so; `directory` says what was arranged before.
pub fn notices(event: &AnyEvent, at: Instant, actor: Option<PersonId>, before: &Before, directory: &Directory) -> Vec<Notice> {
    let given = Given { at, actor };
    let mut all = match event {
        AnyEvent::Report(event) => of_report(event, given, before),
        AnyEvent::Case(event) => of_case(event, given, before),
        AnyEvent::Directory(event) => of_directory(event, given, directory),
        AnyEvent::Settings(SettingsEvent::ProfileProposed(proposed)) if !proposed.moves.is_empty() => {
            vec![given.to_lead(Rule::Request, Urgency::Today)]
        }
        AnyEvent::Alert(event) => of_alert(event, given, before),
        AnyEvent::Settings(_) | AnyEvent::Evidence(_) | AnyEvent::Trace(_) | AnyEvent::Cube(_) => vec![],
    };
    all.retain(|notice| notice.except.is_none_or(|person| notice.to != Recipient::Person(person)));
    all
}

/// When it happened and who did it.
#[derive(Clone, Copy)]
struct Given {
    at: Instant,
    actor: Option<PersonId>,
}

impl Given {
    fn to(self, rule: Rule, to: Recipient, urgency: Urgency) -> Notice {
        Notice { rule, to, urgency, at: self.at, clock: None, except: self.actor }
    }

    fn to_duty(self, rule: Rule, address: &Address, urgency: Urgency) -> Notice {
        self.to(rule, Recipient::Duty(address.clone()), urgency)
    }

    fn to_lead(self, rule: Rule, urgency: Urgency) -> Notice {
        self.to_duty(rule, &Address::trust_wide(Duty::TrustLead), urgency)
    }

    /// A person is told of what concerns their own access whoever did it: so they hear of what somebody does in their name.
    fn to_person(self, rule: Rule, person: PersonId, urgency: Urgency) -> Notice {
        Notice { except: None, ..self.to(rule, Recipient::Person(person), urgency) }
    }
}

fn of_report(event: &ReportEvent, given: Given, before: &Before) -> Vec<Notice> {
    match event {
        ReportEvent::Filed(filed) if filed.from_old_papers => vec![],
        ReportEvent::Filed(filed) => {
            let due = Report::new(filed.as_ref().clone()).provisional_ico_due();
            let danger = filed.danger != Danger::No;
            let mut all = owed(given, &filed.route, due, danger, &[]);
            all.extend(filed.clock_owner.iter().map(|owner| given.to_duty(Rule::Clock, owner, by_clock(due, given.at))));
            all.extend(facts(given, &filed.facts_to, filed.clock_owner.as_ref(), &[]));
            all.extend(reminders(given, due, false));
            all
        }
        ReportEvent::Rerouted(event) => {
            let (due, told) = (event.standing.due_at, before.told.as_slice());
            let mut all = vec![];
            if event.standing.owed {
                all.extend(owed(given, &event.route, due, before.danger, told));
                all.extend(facts(given, &event.facts_to, event.clock_owner.as_ref(), told));
            }
            let clock = event.clock_owner.iter().filter(|owner| due.is_some() && !told.contains(owner));
            all.extend(clock.map(|owner| given.to_duty(Rule::Clock, owner, by_clock(due, given.at))));
            let dsl = event.route.second.as_ref().unwrap_or(&event.route.owner);
            all.extend((event.image_open && !told.contains(dsl)).then(|| given.to_duty(Rule::Image, dsl, Urgency::Now)));
            all
        }
        ReportEvent::ImageReported(image) => vec![given.to_duty(Rule::Image, &image.dsl, Urgency::Now)],
        ReportEvent::ClockMoved(moved) => reminders(given, Some(ico_notice_due(moved.corrected_aware_at)), true),
        ReportEvent::CoverPassed(passed) => {
            let urgency = if before.danger { Urgency::Now } else { by_clock(passed.due_at, given.at) };
            vec![given.to_duty(Rule::Covered, &passed.to, urgency)]
        }
        ReportEvent::ClockPassed(passed) => vec![given.to_duty(Rule::Clock, &passed.to, by_clock(passed.due_at, given.at))],
        ReportEvent::Escalated(gone) => {
            let urgency = if before.danger { Urgency::Now } else { Urgency::Today };
            vec![given.to_duty(Rule::Owed, &gone.to, urgency)]
        }
        // It stays in the hands in which it was: they know.
        ReportEvent::HandedOver(handed) if before.in_hand.as_ref() == Some(&(handed.to.clone(), handed.handed_over_at)) => vec![],
        ReportEvent::HandedOver(handed) => {
            let urgency = if before.danger { Urgency::Now } else { by_clock(handed.due_at, given.at) };
            vec![given.to_duty(Rule::Owed, &handed.to, urgency)]
        }
        // Whoever is asked finds it on their queue: a record tells no person by name.
        ReportEvent::QuestionAsked(_)
        | ReportEvent::QuestionAnswered(_)
        | ReportEvent::Snoozed(_)
        | ReportEvent::CopyMade(_)
        | ReportEvent::DueMoved(_)
        | ReportEvent::Received(_)
        | ReportEvent::Assessed(_)
        | ReportEvent::Corrected(_)
        | ReportEvent::StoodAside(_)
        | ReportEvent::AsideEnded(_)
        | ReportEvent::CoverReturned(_)
        | ReportEvent::DisclosureProtected(_)
        | ReportEvent::SubjectsSettled(_)
        | ReportEvent::ClockDecided(_)
        | ReportEvent::ImageTakenUp(_)
        | ReportEvent::EvidenceAdded(_)
        | ReportEvent::EvidenceQuarantined(_) => vec![],
    }
}

fn of_case(event: &CaseEvent, given: Given, before: &Before) -> Vec<Notice> {
    match event {
        CaseEvent::Opened(opened) => {
            let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at());
            let mut all = owed(given, &opened.route, due, false, &[]);
            all.extend(reminders(given, due, false));
            all
        }
        CaseEvent::Rerouted(event) => owed(given, &event.route, event.standing.due_at, false, &before.told),
        CaseEvent::ClockMoved(moved) => reminders(given, Some(ico_notice_due(moved.corrected_aware_at)), true),
        CaseEvent::CoverPassed(passed) => vec![given.to_duty(Rule::Covered, &passed.to, by_clock(passed.due_at, given.at))],
        CaseEvent::Reopened(event) => owed(given, &event.route, event.standing.due_at, false, &[]),
        CaseEvent::Escalated(gone) => vec![given.to_duty(Rule::Owed, &gone.to, Urgency::Today)],
        // Only a clock of the law reminds by mail; what a person planned waits on the queue. The rest is somebody's work on it, or says who may not
        // know it. Whoever has it in hand finds it on their queue.
        _ => vec![],
    }
}

/// Who decides about a monitoring alert: the gravest cannot wait, the next are for the same day. History calls nobody.
fn of_alert(event: &AlertEvent, given: Given, before: &Before) -> Vec<Notice> {
    let soon = |otherwise| if before.danger { Urgency::Now } else { otherwise };
    let (to, urgency) = match event {
        AlertEvent::Received(received) if alert::is_history(received) => return vec![],
        AlertEvent::Received(received) => (&received.route.owner, by_severity(received.severity)),
        AlertEvent::Rerouted(moved) if before.told.contains(&moved.route.owner) => return vec![],
        AlertEvent::Rerouted(moved) => (&moved.route.owner, soon(Urgency::Digest)),
        AlertEvent::CoverPassed(passed) => (&passed.to, soon(Urgency::Digest)),
        AlertEvent::Escalated(gone) => (&gone.to, soon(Urgency::Today)),
        AlertEvent::CoverReturned(_) | AlertEvent::Dismissed(_) | AlertEvent::Raised(_) => return vec![],
    };
    vec![given.to_duty(Rule::Alert, to, urgency)]
}

fn by_severity(severity: Option<u8>) -> Urgency {
    match severity {
        Some(SEVERITY_MAX) => Urgency::Now,
        Some(grave) if grave + 1 == SEVERITY_MAX => Urgency::Today,
        _ => Urgency::Digest,
    }
}

/// Who receives a record: its owner and its second reader, where they did not have it before.
fn owed(given: Given, route: &RouteTaken, due: Option<Instant>, danger: bool, told: &[Address]) -> Vec<Notice> {
    let urgency = if danger { Urgency::Now } else { by_clock(due, given.at) };
    let addresses = std::iter::once(&route.owner).chain(&route.second).filter(|address| !told.contains(address));
    addresses.map(|address| given.to_duty(Rule::Owed, address, urgency)).collect()
}

/// First facts, to whoever does not decide about the clock as well.
fn facts(given: Given, facts_to: &[Address], clock_owner: Option<&Address>, told: &[Address]) -> Vec<Notice> {
    let readers = facts_to.iter().filter(|address| Some(*address) != clock_owner && !told.contains(address));
    readers.map(|address| given.to_duty(Rule::Facts, address, Urgency::Digest)).collect()
}

/// What runs a clock is for the same day, and cannot wait where little of it is left.
fn by_clock(due: Option<Instant>, at: Instant) -> Urgency {
    match due {
        Some(due) if due < at.plus_seconds(CLOSE_SECONDS) => Urgency::Now,
        Some(_) => Urgency::Today,
        None => Urgency::Digest,
    }
}

/// Reminders of a clock, to whoever owes the record by then: a day before, twelve hours before, and when it has run out. Where it was
/// moved so that little or nothing is left of it, at once.
fn reminders(given: Given, due: Option<Instant>, moved: bool) -> Vec<Notice> {
    let Some(due) = due else { return vec![] };
    let remind = |rule, at, urgency| Notice {
        rule,
        to: Recipient::Owing,
        urgency,
        at,
        clock: Some(due),
        except: given.actor.filter(|_| at == given.at),
    };
    let (soon, close) = (due.plus_seconds(-SOON_SECONDS), due.plus_seconds(-CLOSE_SECONDS));
    let mut all = vec![];
    if soon > given.at {
        all.push(remind(Rule::DueSoon, soon, Urgency::Today));
    } else if moved && close > given.at {
        all.push(remind(Rule::DueSoon, given.at, Urgency::Today));
    }
    if close > given.at {
        all.push(remind(Rule::DueClose, close, Urgency::Now));
    } else if moved && due > given.at {
        all.push(remind(Rule::DueClose, given.at, Urgency::Now));
    }
    if due > given.at || moved {
        all.push(remind(Rule::Overdue, due.max(given.at), Urgency::Today));
    }
    all
}

fn of_directory(event: &DirectoryEvent, given: Given, directory: &Directory) -> Vec<Notice> {
    let both = |rule, person, urgency| vec![given.to_person(rule, person, urgency), given.to_lead(rule, urgency)];
    match event {
        DirectoryEvent::DutyAsked(asked) => both(Rule::Request, asked.person, Urgency::Today),
        DirectoryEvent::CodeAsked(asked) => both(Rule::Request, asked.person, Urgency::Today),
        DirectoryEvent::CodeReleased(released) => both(Rule::Access, released.person, Urgency::Today),
        DirectoryEvent::Enrolled(enrolled) => both(Rule::Access, enrolled.person, Urgency::Today),
        DirectoryEvent::DutyGranted(granted) => both(Rule::Access, granted.person, Urgency::Digest),
        DirectoryEvent::DutyEnded(ended) => both(Rule::Access, ended.person, Urgency::Digest),
        DirectoryEvent::RequestRefused(refused) => both(Rule::Access, refused.person, Urgency::Digest),
        DirectoryEvent::CoverArranged(arranged) => {
            let soon = arranged.from < given.at.plus_seconds(SOON_SECONDS);
            let urgency = if soon { Urgency::Today } else { Urgency::Digest };
            let mut all = vec![given.to(Rule::Cover, Recipient::Person(arranged.covered_by), urgency)];
            all.push(given.to(Rule::Cover, Recipient::Person(arranged.person), Urgency::Digest));
            all
        }
        DirectoryEvent::CoverEnded(ended) => {
            let covered_by = directory.access.covers.get(&ended.cover).map(|cover| cover.arranged.covered_by);
            let people = covered_by.into_iter().chain([ended.person]);
            people.map(|person| given.to(Rule::Cover, Recipient::Person(person), Urgency::Today)).collect()
        }
        DirectoryEvent::GlassBroken(broken) => {
            // Those who are to hear of it: see `arrange::hears_of_glass`.
            let chair = broken.address.school.as_deref().map(|school| Address::of(Duty::Chair, school));
            let wide = [Address::trust_wide(Duty::TrustLead), Address::trust_wide(Duty::ChairOfTrustees)];
            let mut all: Vec<Address> = std::iter::once(broken.address.clone()).chain(chair).chain(wide).collect();
            all.sort_unstable();
            all.dedup();
            all.iter().map(|address| given.to_duty(Rule::Glass, address, Urgency::Today)).collect()
        }
        DirectoryEvent::School(_)
        | DirectoryEvent::Person(_)
        | DirectoryEvent::Pupil(_)
        | DirectoryEvent::Asset(_)
        | DirectoryEvent::Loan(_)
        | DirectoryEvent::GlassClosed(_)
        | DirectoryEvent::GlassReviewed(_) => vec![],
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
