//! In whose hands a report is, and until when it waits. What nobody has read yet is not put off: only who has read it knows that it can wait.

use super::{Refused, Report, ReportState, escalate::assess_due};
use crate::{
    Address, Instant, RecordClass,
    case::Snooze,
    directory::Directory,
    event::event,
    field::{Checks, Invalid},
    need_to_know,
    profile::Profile,
    redacted::redacted,
    routing::{Subjects, is_reached},
};

/// A hand-over as handed in: to a duty that may read the report anyhow, so that it goes on with whoever holds that duty.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandReportOver {
    /// The duty's code.
    pub duty: String,
    /// The school's code; none for a duty of the whole trust.
    #[serde(default)]
    pub school: Option<String>,
    /// Why, and what they need to know.
    pub reason: String,
}

redacted!(HandReportOver);

event! {
    /// The report is in another duty's hands from now on; its owner stays answerable.
    pub struct HandedOver = "report.handed_over" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// To whom.
            to: Address,
            /// By when its next step is due.
            due_at: Option<Instant>,
            /// Why, and what they need to know.
            reason: String,
            /// Who handed it over, by name as it was then.
            by: String,
            /// When.
            handed_over_at: Instant,
        }
    }
}

event! {
    /// The report was put off: it comes back at this instant.
    pub struct Snoozed = "report.snoozed" v 1 {
        record {
            /// Until when.
            until: Instant,
            /// Why it can wait.
            reason: String,
            /// Who put it off, by name as it was then.
            by: String,
            /// When.
            snoozed_at: Instant,
        }
    }
}

/// The duties to which a report can be handed over: those that may read it beside whoever has it now, and that somebody holds whom it does
/// not concern. An adult's conduct has no other reader.
pub fn hand_over_to(report: &Report, directory: &Directory) -> Vec<Address> {
    if !report.is_owed() {
        return vec![];
    }
    let (route, school) = (report.route(), &report.filed.school);
    let (certain, possible) = (report.subjects.clone(), report.possible_subjects.clone());
    let subjects = Subjects { certain, possible, aside: report.aside() };
    // Who reads it for the time of an absence loses it when that is over: it is not theirs to be handed.
    let for_now: Vec<&Address> = report.covers.iter().map(|passed| &passed.to).collect();
    let seconds: Vec<Address> = report.second_readers().into_iter().filter(|second| !for_now.contains(&second)).collect();
    let mut readers = need_to_know::readers(report.class(), school, &route.owner, &seconds);
    // Its owner has it unless another has; from them it can be given back.
    let now_with = report.in_hand().unwrap_or(&route.owner);
    readers.retain(|reader| reader != now_with && is_reached(reader, &subjects, directory));
    readers
}

/// Hands a report over.
pub fn hand_over(report: &Report, ask: &HandReportOver, directory: &Directory, by: &str, now: Instant) -> Result<HandedOver, Refused> {
    let mut checks = Checks::default();
    checks.text("duty", &ask.duty, 100);
    checks.text("reason", &ask.reason, 2_000);
    checks.done()?;
    refuse_done(report)?;
    let is_asked = |reader: &Address| reader.duty.as_str() == ask.duty && reader.school == ask.school;
    let to = hand_over_to(report, directory).into_iter().find(is_asked);
    let to = to.ok_or_else(|| Invalid::one("duty", "is none that may read this report, or has it in hand already"))?;
    Ok(HandedOver {
        class: report.class(),
        to,
        due_at: report.due_at(),
        reason: ask.reason.clone(),
        by: by.to_owned(),
        handed_over_at: now,
    })
}

/// The hand-over that still stands once a report was sent on, where it stays with its owner and whoever has it in hand may keep it: that
/// somebody turned out to be concerned, or not to be, takes it out of no other hands. `after` is the report as it was sent on.
#[must_use]
pub fn stays_in_hand(before: &Report, after: &Report, directory: &Directory) -> Option<HandedOver> {
    let handed = before.handed_over.as_ref().filter(|_| before.is_owed() && before.route().owner == after.route().owner)?;
    let stays = before.class() == after.class() && hand_over_to(after, directory).contains(&handed.to);
    stays.then(|| HandedOver { due_at: after.due_at(), ..handed.clone() })
}

/// Puts a report off, once somebody has received it and no child is in danger; never past the day by which it is assessed, nor past a clock
/// of the law.
pub fn snooze(report: &Report, ask: &Snooze, profile: &Profile, by: &str, now: Instant) -> Result<Snoozed, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    if ask.until <= now {
        checks.fail("until", "is in the past");
    } else if report.provisional_ico_due().is_some_and(|due| ask.until > due) {
        checks.fail("until", "is after the clock of the law runs out: that cannot be put off");
    } else if assess_due(report, profile).is_some_and(|due| ask.until > due) {
        checks.fail("until", "is after the day by which it must be assessed");
    }
    checks.done()?;
    refuse_done(report)?;
    if !may_snooze(report) {
        return Err(Refused::State("a report can be put off only when it has been received, and no child could be in danger"));
    }
    Ok(Snoozed { until: ask.until, reason: ask.reason.clone(), by: by.to_owned(), snoozed_at: now })
}

/// Whether a report can wait at all.
pub fn may_snooze(report: &Report) -> bool {
    report.state() == ReportState::Received && !report.could_be_danger() && !report.image_open()
}

fn refuse_done(report: &Report) -> Result<(), Refused> {
    if report.is_owed() { Ok(()) } else { Err(Refused::State("this report has been assessed: act on its cases")) }
}

impl Report {
    /// Until when it is put off.
    pub fn snoozed_until(&self) -> Option<Instant> {
        self.snoozed.as_ref().map(|snoozed| snoozed.until).filter(|_| self.is_owed())
    }

    /// Which duty has it in hand, where it was handed over.
    pub fn in_hand(&self) -> Option<&Address> {
        self.handed_over.as_ref().map(|handed| &handed.to).filter(|_| self.is_owed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Duty, PersonId,
        directory::tests::{directory, person},
        report::{ClockDecision, CoverPassed, Danger, DecideClock, ReportEvent, ReportType, decide_clock, form, receive},
        routing::tests::filed,
    };

    fn school() -> Directory {
        directory(&[
            person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
            person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
            person(3, "Ivy Patel", &[(Duty::DeputyDsl, Some("SCH01"))]),
        ])
    }

    fn now() -> Instant {
        Instant::parse("2026-10-30T16:12Z").unwrap()
    }

    fn report(kind: ReportType) -> Report {
        let mut report = Report::new(filed(&form(&[kind])));
        report.filed.danger = Danger::No;
        (report.filed.filed_at, report.filed.aware_at) = (now(), now());
        report
    }

    fn received(kind: ReportType) -> Report {
        let report = report(kind);
        let received = receive(&report, now(), report.route().owner.duty, "George Xu").unwrap();
        Report::evolve(Some(report), ReportEvent::from(received)).unwrap()
    }

    fn to(duty: Duty) -> HandReportOver {
        HandReportOver { duty: duty.to_string(), school: Some("SCH01".into()), reason: "On a course.".into() }
    }

    #[test]
    fn a_report_is_handed_to_a_duty_that_may_read_it_and_to_no_other() {
        let report = report(ReportType::OnlineSafetyConcern);
        let offered = |report: &Report| hand_over_to(report, &school()).iter().map(|to| to.duty).collect::<Vec<_>>();
        assert_eq!(offered(&report), [Duty::DeputyDsl, Duty::Headteacher]);
        for duty in [Duty::ItLead, Duty::Dsl] {
            assert!(matches!(hand_over(&report, &to(duty), &school(), "George Xu", now()), Err(Refused::Invalid(_))), "{duty}");
        }
        let handed = hand_over(&report, &to(Duty::DeputyDsl), &school(), "George Xu", now()).unwrap();
        let report = Report::evolve(Some(report), ReportEvent::from(handed)).unwrap();
        assert_eq!(report.in_hand().map(|to| to.duty), Some(Duty::DeputyDsl));
        assert_eq!(offered(&report), [Duty::Dsl, Duty::Headteacher], "who has it is offered no more, and can give it back");
    }

    #[test]
    fn a_report_is_given_back_to_its_owner_and_then_is_in_nobody_s_hands_but_theirs() {
        let report = report(ReportType::OnlineSafetyConcern);
        let handed = hand_over(&report, &to(Duty::DeputyDsl), &school(), "George Xu", now()).unwrap();
        let report = Report::evolve(Some(report), ReportEvent::from(handed)).unwrap();
        let back = hand_over(&report, &to(Duty::Dsl), &school(), "Ivy Patel", now()).unwrap();
        let report = Report::evolve(Some(report), ReportEvent::from(back)).unwrap();
        assert_eq!(report.in_hand(), None);
    }

    #[test]
    fn a_report_that_stays_with_its_owner_stays_in_hand_but_not_with_whom_it_concerns() {
        let before = report(ReportType::OnlineSafetyConcern);
        let handed = hand_over(&before, &to(Duty::DeputyDsl), &school(), "George Xu", now()).unwrap();
        let before = Report::evolve(Some(before), ReportEvent::from(handed)).unwrap();
        let sent_on = |subjects: &[u8], owner: Duty| {
            let mut after = before.clone();
            (after.handed_over, after.subjects) = (None, subjects.iter().map(|n| PersonId::from_bytes([*n; 16])).collect());
            after.filed.route.owner = Address::of(owner, "SCH01");
            stays_in_hand(&before, &after, &school()).map(|handed| (handed.to.duty, handed.reason))
        };
        assert_eq!(sent_on(&[1], Duty::Dsl), Some((Duty::DeputyDsl, "On a course.".to_owned())));
        assert_eq!(sent_on(&[3], Duty::Dsl), None, "they are the one whom it is about");
        assert_eq!(sent_on(&[2], Duty::Headteacher), None, "its new owner says in whose hands it is");
    }

    #[test]
    fn who_reads_it_for_an_absence_alone_is_not_handed_it() {
        let mut report = report(ReportType::OnlineSafetyConcern);
        let chair = Address::of(Duty::Chair, "SCH01");
        let directory =
            directory(&[person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]), person(4, "Ines Marlow", &[(Duty::Chair, Some("SCH01"))])]);
        let passed =
            CoverPassed { class: report.class(), cover: crate::AccessId::from_bytes([9; 16]), to: chair, since: now(), due_at: None };
        report.covers = vec![passed];
        assert_eq!(hand_over_to(&report, &directory), []);
    }

    #[test]
    fn a_decision_about_the_clock_ends_that_a_report_was_put_off() {
        let profile = crate::profile::tests::clpt();
        let report = received(ReportType::LossOfData);
        let ask = Snooze { until: now().plus_seconds(3_600), reason: "r".into() };
        let put_off = snooze(&report, &ask, &profile, "Dora Pike", now()).unwrap();
        let report = Report::evolve(Some(report), ReportEvent::from(put_off)).unwrap();
        let ask = DecideClock { decision: ClockDecision::Confirmed, reason: "It is one.".into() };
        let decided = decide_clock(&report, &ask, "Dora Pike", now()).unwrap();
        let after = Report::evolve(Some(report), ReportEvent::from(decided)).unwrap();
        assert_eq!((after.snoozed_until(), after.due_at()), (None, after.provisional_ico_due()), "as the queue has it");
    }

    #[test]
    fn a_report_is_handed_to_nobody_whom_it_concerns_and_one_about_an_adult_to_nobody() {
        let mut concerns = report(ReportType::OnlineSafetyConcern);
        concerns.possible_subjects = vec![PersonId::from_bytes([3; 16])];
        assert!(!hand_over_to(&concerns, &school()).iter().any(|to| to.duty == Duty::DeputyDsl));
        assert_eq!(hand_over_to(&report(ReportType::LowLevelConcern), &school()), []);
    }

    #[test]
    fn only_what_was_received_waits_and_not_where_a_child_could_be_in_danger() {
        let profile = crate::profile::tests::clpt();
        let ask = Snooze { until: now().plus_seconds(3_600), reason: "The supplier rings at five.".into() };
        let put_off = |report: &Report| snooze(report, &ask, &profile, "George Xu", now());
        assert!(matches!(put_off(&report(ReportType::FilteringOrMonitoringFailure)), Err(Refused::State(_))), "nobody has read it");
        let waits = received(ReportType::FilteringOrMonitoringFailure);
        let after = Report::evolve(Some(waits.clone()), ReportEvent::from(put_off(&waits).unwrap())).unwrap();
        assert_eq!((after.snoozed_until(), after.due_at()), (Some(ask.until), Some(ask.until)));
        let mut danger = waits;
        danger.filed.danger = Danger::Unsure;
        assert!(matches!(put_off(&danger), Err(Refused::State(_))));
    }

    #[test]
    fn bre_2_neither_the_law_s_clock_nor_the_day_of_assessment_is_put_off() {
        let profile = crate::profile::tests::clpt();
        let until = |until| Snooze { until, reason: "r".into() };
        for kind in [ReportType::LossOfData, ReportType::FilteringOrMonitoringFailure] {
            let report = received(kind);
            let ends = [report.provisional_ico_due(), assess_due(&report, &profile)].into_iter().flatten().min().unwrap();
            let asked = |at| snooze(&report, &until(at), &profile, "George Xu", now());
            assert!(asked(ends).is_ok());
            assert!(matches!(asked(ends.plus_seconds(1)), Err(Refused::Invalid(_))));
            assert!(matches!(asked(now()), Err(Refused::Invalid(_))), "now is no later");
        }
    }
}
