//! What a reader is asked to do next about a report, and the clause that asks for it.

use super::{Report, ReportState};
use crate::{Address, need_to_know::Viewer};

/// Asks for a receipt.
pub(super) const RECEIVE: &str = "P0-FORM-8";
/// Asks for an assessment.
pub(super) const ASSESS: &str = "P0-FORM-9";
/// Asks for a decision about the clock.
pub const CLOCK: &str = "BRE-2";

/// What is asked of whoever decides about a provisional breach clock.
pub const DECIDE_CLOCK: &str = "Confirm or end the breach clock";

/// Why a record comes to whoever reads it along for somebody who is away.
pub const FOR_AN_ABSENCE: &str = "for the time of an absence";
/// Why it comes to the next of its chain.
pub const NOBODY_ACTED: &str = "as nobody acted in time";

/// A next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextStep {
    /// What is to be done, in words; empty where nothing is asked of this reader.
    pub words: &'static str,
    /// The clause that asks for it; empty where none does.
    pub clause: &'static str,
    /// What it is about.
    pub about: About,
}

/// What a next step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum About {
    /// The report.
    #[default]
    Report,
    /// An image that could show a child without clothes: no clock says when, it is at once.
    Image,
    /// Its breach clock.
    Clock,
}

/// As which duty a report comes to this reader, and why.
pub fn comes_as<'a>(report: &'a Report, viewer: Viewer<'_>) -> (&'a Address, &'a str) {
    let route = report.route();
    let owner = (&route.owner, route.clause.as_str());
    let handed = report.in_hand().map(|to| (to, "handed over"));
    let second = route.second.iter().map(|second| (second, route.clause.as_str()));
    let clock = report.clock_deciders().map(|clock| (clock, CLOCK));
    viewer.first_held(owner, handed.into_iter().chain(second).chain(report.stand_ins()).chain(clock))
}

/// What this reader is asked to do next about a report that they may open.
pub fn next_step(report: &Report, viewer: Viewer<'_>) -> NextStep {
    let holds = |address: &Address| viewer.holds(address);
    // Who comes in for an absence, or because nobody acted in time, is to act as its owner would.
    let stands_in = || report.stand_ins().any(|(address, _)| holds(address));
    let receives = holds(&report.route().owner) || report.in_hand().is_some_and(holds) || stands_in();
    let danger = report.could_be_danger();
    let step = |words, clause| NextStep { words, clause, about: About::Report };
    match report.state() {
        _ if report.image_actors().iter().any(holds) => {
            NextStep { words: "Act on an image: do not look at it", clause: "IMG-1", about: About::Image }
        }
        ReportState::Filed if receives && danger => step("A child could be in danger: receive and assess it now", RECEIVE),
        ReportState::Received if receives && danger => step("A child could be in danger: assess it now", ASSESS),
        ReportState::Filed if receives => step("Confirm that you have received it", RECEIVE),
        ReportState::Received if receives => step("Assess it", ASSESS),
        ReportState::Filed | ReportState::Received if report.route().second.as_ref().is_some_and(holds) => {
            step(if danger { "Read it now: a child could be in danger" } else { "Read it along with its receiver" }, "")
        }
        _ if report.clock_deciders().any(holds) && report.provisional_ico_due().is_some() => {
            NextStep { words: DECIDE_CLOCK, clause: CLOCK, about: About::Clock }
        }
        _ => NextStep::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        Duty, Instant, PersonId,
        report::{Danger, ReportEvent, ReportType, form, receive},
        routing::tests::filed,
    };

    fn asked(report: &Report, duty: Duty) -> NextStep {
        let duties = BTreeSet::from([Address::of(duty, "SCH01")]);
        next_step(report, Viewer { person: PersonId::from_bytes([7; 16]), duties: &duties })
    }

    #[test]
    fn p0_form_8_its_receiver_confirms_and_then_assesses_and_nobody_else_is_asked() {
        let mut report = Report::new(filed(&form(&[ReportType::OnlineSafetyConcern])));
        report.filed.danger = Danger::No;
        let owner = report.route().owner.duty;
        assert_eq!((asked(&report, owner).words, asked(&report, owner).clause), ("Confirm that you have received it", RECEIVE));
        assert_eq!(asked(&report, Duty::Governor), NextStep::default());
        let received = receive(&report, Instant::parse("2026-10-30T16:12Z").unwrap(), owner, "George Xu").unwrap();
        let report = Report::evolve(Some(report), ReportEvent::from(received)).unwrap();
        assert_eq!((asked(&report, owner).words, asked(&report, owner).clause), ("Assess it", ASSESS));
    }

    #[test]
    fn bre_12_whoever_comes_in_as_nobody_acted_is_asked_as_its_owner_is_and_told_why() {
        let mut report = Report::new(filed(&form(&[ReportType::OnlineSafetyConcern])));
        report.filed.danger = Danger::No;
        let (to, at) = (Address::of(Duty::DeputyHead, "SCH01"), Instant::parse("2026-11-03T17:00Z").unwrap());
        assert_eq!(asked(&report, Duty::DeputyHead), NextStep::default());
        let gone = crate::report::Escalated {
            class: report.class(),
            to: to.clone(),
            what: "receive it".into(),
            clause: RECEIVE.into(),
            was_due: at,
            escalated_at: at,
        };
        let report = Report::evolve(Some(report), ReportEvent::from(gone)).unwrap();
        assert_eq!(asked(&report, Duty::DeputyHead).words, "Confirm that you have received it");
        let as_whom = |duty: Duty| {
            let duties = BTreeSet::from([Address::of(duty, "SCH01")]);
            let (address, why) = comes_as(&report, Viewer { person: PersonId::from_bytes([7; 16]), duties: &duties });
            (address.duty, why.to_owned())
        };
        assert_eq!(as_whom(Duty::DeputyHead), (Duty::DeputyHead, "as nobody acted in time".to_owned()));
        let owner = report.route().owner.duty;
        assert_eq!(as_whom(owner), (owner, report.route().clause.clone()));
    }

    #[test]
    fn bre_2_a_clock_comes_to_whoever_answers_for_it_as_that() {
        let mut report = Report::new(filed(&form(&[ReportType::LossOfData])));
        report.filed.clock_owner = Some(Address::trust_wide(Duty::Dpo));
        let duties = BTreeSet::from([Address::trust_wide(Duty::Dpo)]);
        let (address, why) = comes_as(&report, Viewer { person: PersonId::from_bytes([7; 16]), duties: &duties });
        assert_eq!((address.duty, why), (Duty::Dpo, CLOCK));
    }

    #[test]
    fn a_child_in_danger_is_said_first() {
        let mut report = Report::new(filed(&form(&[ReportType::OnlineSafetyConcern])));
        report.filed.danger = Danger::Yes;
        let step = asked(&report, report.route().owner.duty);
        assert!(step.words.starts_with("A child could be in danger") && step.clause == RECEIVE);
    }
}
