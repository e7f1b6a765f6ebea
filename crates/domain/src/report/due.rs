//! By when a report comes back to its receivers, which is by when lists have it: what is asked of them first, or the end of a time for which
//! it was put off.
//!
//! A list knows no profile, so the instant is said by an event: at filing, and after everything that can move it, whether it did or not. That
//! some reports have the event and others have not would tell them apart at rest.

use super::{Report, ReportEvent, escalate::late};
use crate::{Instant, event::event, profile::Profile};

event! {
    /// By when the report comes back is another instant from now on.
    pub struct DueMoved = "report.due_moved" v 1 {
        record {
            /// The instant; none where nothing is due.
            due_at: Option<Instant>,
            /// When it was worked out.
            moved_at: Instant,
        }
    }
}

/// By when something is asked of its receivers: that they receive it, assess it, act as a child could be in danger, or decide about its
/// clock. Put off it comes back when that is over, which is never later than any of these.
pub fn due(report: &Report, profile: &Profile) -> Option<Instant> {
    let asked = late(report, profile).into_iter().map(|late| late.due);
    // A clock that had run out before the paper was brought in never makes it late for the next of the chain; it is due all the same.
    asked.chain(report.snoozed_until()).chain(report.provisional_ico_due()).min()
}

/// By when a report that was just filed comes back.
pub fn due_at_filing(report: &Report, profile: &Profile, now: Instant) -> Option<DueMoved> {
    report.is_owed().then(|| DueMoved { due_at: due(report, profile), moved_at: now })
}

/// The event that says by when a report comes back after these events, where they can move it.
pub fn due_after(report: &Report, events: &[ReportEvent], profile: &Profile, now: Instant) -> Option<DueMoved> {
    let after = events.iter().cloned().fold(Some(report.clone()), Report::evolve)?;
    events.iter().any(can_move).then(|| due_at_filing(&after, profile, now)).flatten()
}

fn can_move(event: &ReportEvent) -> bool {
    matches!(
        event,
        ReportEvent::Received(_)
            | ReportEvent::Snoozed(_)
            | ReportEvent::ClockMoved(_)
            | ReportEvent::ClockDecided(_)
            | ReportEvent::Rerouted(_)
    )
}

impl Report {
    /// By when it comes back to its receivers, as lists have it.
    pub fn due_at(&self) -> Option<Instant> {
        match &self.due_moved {
            Some(moved) => moved.due_at,
            None => [self.snoozed_until(), self.provisional_ico_due()].into_iter().flatten().min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::end_of_working_day,
        case::Snooze,
        report::{Danger, ReportType, form, receive, snooze},
        routing::tests::filed,
    };

    fn report(kind: ReportType, danger: Danger) -> Report {
        let mut report = Report::new(filed(&form(&[kind])));
        report.filed.danger = danger;
        (report.filed.filed_at, report.filed.aware_at) = (now(), now());
        report
    }

    /// A Friday afternoon.
    fn now() -> Instant {
        Instant::parse("2026-10-30T16:12Z").unwrap()
    }

    fn with(report: &Report, event: ReportEvent) -> Report {
        let profile = crate::profile::tests::clpt();
        let moved = due_after(report, std::slice::from_ref(&event), &profile, now());
        let after = Report::evolve(Some(report.clone()), event);
        moved.map(ReportEvent::from).into_iter().fold(after, Report::evolve).unwrap()
    }

    #[test]
    fn p0_form_8_and_9_it_is_due_to_be_received_and_then_to_be_assessed() {
        let profile = crate::profile::tests::clpt();
        let report = report(ReportType::FilteringOrMonitoringFailure, Danger::No);
        assert_eq!(due(&report, &profile), end_of_working_day(now(), 1).ok());
        let received = receive(&report, now().plus_seconds(600), report.route().owner.duty, "George Xu").unwrap();
        let after = with(&report, received.into());
        let days = profile.receiving.assess_working_days;
        assert_eq!(after.due_at(), end_of_working_day(now().plus_seconds(600), days).ok());
        let until = now().plus_seconds(3_600);
        let put_off = snooze(&after, &Snooze { until, reason: "r".into() }, &profile, "George Xu", now()).unwrap();
        assert_eq!(with(&after, put_off.into()).due_at(), Some(until));
    }

    #[test]
    fn a_child_in_danger_is_due_within_the_hour_and_a_breach_never_after_its_clock() {
        let profile = crate::profile::tests::clpt();
        let danger = report(ReportType::OnlineSafetyConcern, Danger::Yes);
        assert_eq!(due(&danger, &profile), Some(now().plus_seconds(3_600)));
        let breach = report(ReportType::LossOfData, Danger::No);
        assert!(due(&breach, &profile) <= breach.provisional_ico_due() && due(&breach, &profile).is_some());
        let mut old = breach;
        old.filed.aware_at = now().plus_seconds(-30 * 86_400);
        assert_eq!(due(&old, &profile), old.provisional_ico_due(), "late already");
    }

    #[test]
    fn it_is_said_of_every_report_and_after_whatever_can_move_it() {
        let profile = crate::profile::tests::clpt();
        for kind in [ReportType::LossOfData, ReportType::LowLevelConcern] {
            let report = report(kind, Danger::No);
            assert!(due_at_filing(&report, &profile, now()).is_some(), "whether a clock is first or not");
            assert_eq!(due_after(&report, &[], &profile, now()), None);
            let received = receive(&report, now(), report.route().owner.duty, "George Xu").unwrap();
            assert!(due_after(&report, &[received.into()], &profile, now()).is_some());
        }
        let mut old = report(ReportType::LossOfData, Danger::No).filed;
        old.from_old_papers = true;
        assert_eq!(due_at_filing(&Report::new(old), &profile, now()), None, "nobody is asked anything about old papers");
    }
}
