//! A report that nobody receives or assesses goes on to the next of its chain, who reads it along with its owner: nothing waits over a
//! weekend unseen, and an absent receiver never stops a clock (BRE-12). How long that is, is the profile's to say.

use super::{
    Report, ReportState,
    next::{ASSESS, CLOCK, RECEIVE},
};
use crate::{
    Address, Instant, RecordClass, calendar::end_of_working_day, directory::Directory, event::event, profile::Profile, routing::Way,
};

event! {
    /// Nobody acted on the report in time, so that the next of the chain reads it along and is asked to act.
    pub struct Escalated = "report.escalated" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// To whom.
            to: Address,
            /// What is late, in words.
            what: String,
            /// The clause that asks for it.
            clause: String,
            /// When it was due.
            was_due: Instant,
            /// When it went on.
            escalated_at: Instant,
        }
    }
}

/// What is late on a report that is owed.
pub(super) struct Late {
    what: &'static str,
    clause: String,
    pub(super) due: Instant,
}

/// To whom a late report goes on, where it does: once to each of the chain, a working day apart; where a child could be in danger, as many
/// minutes apart as it may wait.
pub fn escalate(report: &Report, directory: &Directory, profile: &Profile, now: Instant) -> Option<Escalated> {
    let late = late(report, profile).into_iter().filter(|late| late.due <= now).min_by_key(|late| late.due)?;
    // What is about an adult's conduct is for its one receiver (P0-LLC-5): it goes on only where nobody of theirs is there to act.
    let way = Way::of_report(report, profile);
    if report.class() == RecordClass::Conduct && !report.could_be_danger() && way.owner_is_there(directory, now) {
        return None;
    }
    let next = |last: Instant| {
        if report.could_be_danger() {
            last.plus_seconds(profile.receiving.danger_seconds())
        } else {
            end_of_working_day(last, 1).unwrap_or(last)
        }
    };
    if report.escalated.last().is_some_and(|last| next(last.escalated_at) > now) {
        return None;
    }
    let to = way.next(&report.second_readers(), directory, now)?;
    Some(Escalated { class: report.class(), to, what: late.what.to_owned(), clause: late.clause, was_due: late.due, escalated_at: now })
}

/// By when a report that was received is assessed; none where there is nothing to assess.
pub(super) fn assess_due(report: &Report, profile: &Profile) -> Option<Instant> {
    let received = report.received.as_ref().filter(|_| report.state() == ReportState::Received)?;
    Some(profile.receiving.assess_by(received.received_at))
}

/// Everything that is asked of whoever receives it, with the instant by which it is.
pub(super) fn late(report: &Report, profile: &Profile) -> Vec<Late> {
    let filed_at = report.filed.filed_at;
    if !report.is_owed() {
        return vec![];
    }
    let mut all = vec![match assess_due(report, profile) {
        None => Late { what: "receive it", clause: RECEIVE.to_owned(), due: profile.receiving.receive_by(filed_at) },
        Some(due) => Late { what: "assess it", clause: ASSESS.to_owned(), due },
    }];
    if report.could_be_danger() {
        let (what, clause) = ("act on it: a child could be in danger", report.route().clause.clone());
        all.push(Late { what, clause, due: filed_at.plus_seconds(profile.receiving.danger_seconds()) });
    }
    // One that had run out before the paper was brought in is its receiver's to end.
    let clock = report.provisional_ico_due().filter(|due| *due > filed_at);
    all.extend(clock.map(|due| Late { what: "confirm or end its breach clock", clause: CLOCK.to_owned(), due }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Duty,
        directory::tests::{directory, person},
        report::{Danger, ReportEvent, ReportType, form},
        routing::tests::filed,
    };

    fn school() -> Directory {
        directory(&[
            person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
            person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
            person(3, "Ivy Patel", &[(Duty::DeputyHead, Some("SCH01"))]),
            person(4, "Lena Way", &[(Duty::TrustLead, None)]),
        ])
    }

    fn report(kind: ReportType, danger: Danger) -> Report {
        let mut report = Report::new(filed(&form(&[kind])));
        report.filed.danger = danger;
        report.filed.filed_at = Instant::parse("2026-10-30T16:12Z").unwrap();
        report.filed.aware_at = report.filed.filed_at;
        report
    }

    fn gone(report: &Report, at: Instant) -> Option<(Duty, String)> {
        escalate(report, &school(), &crate::profile::tests::clpt(), at).map(|gone| (gone.to.duty, gone.clause))
    }

    #[test]
    fn nobody_s_holiday_keeps_a_report_waiting() {
        let report = report(ReportType::FilteringOrMonitoringFailure, Danger::No);
        let filed_at = report.filed.filed_at;
        let due = end_of_working_day(filed_at, 1).unwrap();
        assert_eq!(gone(&report, due.plus_seconds(-1)), None);
        let (to, clause) = gone(&report, due).unwrap();
        assert_ne!(to, report.route().owner.duty);
        assert_eq!(clause, "P0-FORM-8");
        let first = escalate(&report, &school(), &crate::profile::tests::clpt(), due).unwrap();
        let after = Report::evolve(Some(report), ReportEvent::from(first)).unwrap();
        assert!(after.second_readers().iter().any(|reader| reader.duty == to), "and reads it");
        assert_eq!(gone(&after, due.plus_seconds(3600)), None, "one step at a time");
        let second = gone(&after, due.plus_seconds(5 * 86_400)).unwrap();
        assert_ne!(second.0, to, "then to the next");
    }

    #[test]
    fn where_a_child_could_be_in_danger_it_goes_on_within_the_hour() {
        let report = report(ReportType::OnlineSafetyConcern, Danger::Unsure);
        let filed_at = report.filed.filed_at;
        assert_eq!(gone(&report, filed_at.plus_seconds(59 * 60)), None);
        assert!(gone(&report, filed_at.plus_seconds(60 * 60)).is_some());
    }

    #[test]
    fn p0_llc_5_conduct_stays_with_its_receiver_while_they_are_there() {
        let mut report = report(ReportType::LowLevelConcern, Danger::No);
        let later = report.filed.filed_at.plus_seconds(10 * 86_400);
        report.filed.route.owner = Address::of(Duty::Headteacher, "SCH01");
        assert_eq!(gone(&report, later), None);
        let without = directory(&[person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))])]);
        let gone = escalate(&report, &without, &crate::profile::tests::clpt(), later).unwrap();
        assert_eq!(gone.to.duty, Duty::Dsl);
        report.subjects = vec![crate::PersonId::from_bytes([2; 16])];
        assert_eq!(escalate(&report, &without, &crate::profile::tests::clpt(), later), None, "and never to whom it is about");
    }
}
