//! Absences pass item by item: what the cover may not know goes to the next of the chain, and neither the absent person's list nor the
//! cover's differs by it.

use super::Way;
use crate::{
    AccessId, Address, Duty, Instant, alert::Alert, case::Case, directory::Directory, duty::SAFEGUARDING_LEADS, profile::Profile,
    report::Report,
};

/// Who is to read a record along for the time of an absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The cover that may not know it.
    pub cover: AccessId,
    /// The next of the chain who is there and may know it.
    pub to: Address,
}

/// For an open report.
pub fn report_in_absence(report: &Report, directory: &Directory, profile: &Profile, now: Instant) -> Vec<Passed> {
    let (way, route) = (Way::of_report(report, profile), report.route());
    let seconds = route.second.iter().chain(report.images.iter().map(|image| &image.dsl));
    let mut all: Vec<Passed> = passed(&route.owner, &way.chain, &way, directory, now).into_iter().collect();
    all.extend(seconds.filter_map(|second| passed(second, &SAFEGUARDING_LEADS, &way, directory, now)));
    tidy(all)
}

/// For the provisional breach clock of a report, where somebody else than its receiver decides about it.
pub fn clock_in_absence(report: &Report, directory: &Directory, profile: &Profile, now: Instant) -> Vec<Passed> {
    let runs = report.breach_case().is_none() && report.provisional_ico_due().is_some();
    let clock = report.clock_owner().filter(|clock| runs && **clock != report.route().owner);
    let way = Way::of_report(report, profile);
    clock.and_then(|clock| passed(clock, profile.clock_chain(), &way, directory, now)).into_iter().collect()
}

/// For an open case.
pub fn case_in_absence(case: &Case, directory: &Directory, profile: &Profile, now: Instant) -> Vec<Passed> {
    let way = Way::of_case(case, profile);
    passed(way.owner, &way.chain, &way, directory, now).into_iter().collect()
}

/// For an alert that waits.
pub fn alert_in_absence(alert: &Alert, directory: &Directory, profile: &Profile, now: Instant) -> Vec<Passed> {
    let way = Way::of_alert(alert, profile);
    passed(way.owner, &way.chain, &way, directory, now).into_iter().collect()
}

fn tidy(mut all: Vec<Passed>) -> Vec<Passed> {
    all.sort_unstable_by(|a, b| (&a.cover, &a.to).cmp(&(&b.cover, &b.to)));
    all.dedup();
    all
}

/// Where nobody who does this duty now may know the record though one of its absent holders may: the next of the chain.
fn passed(address: &Address, chain: &[Duty], way: &Way<'_>, directory: &Directory, now: Instant) -> Option<Passed> {
    let cover = directory.access.covers_at(now).find(|cover| {
        let arranged = &cover.arranged;
        address.is_covered_by(&arranged.address) && way.subjects.may_be(arranged.covered_by) && !way.subjects.may_be(arranged.person)
    })?;
    if way.reaches(address, directory, now) {
        return None;
    }
    // Whose it is reads it anyway.
    let to = way.first(chain, directory, now, |next| next != address && next != way.owner)?;
    Some(Passed { cover: cover.arranged.cover, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PersonId, RecordClass,
        directory::{
            CoverArranged,
            tests::{directory, person},
        },
        report::{ReportType, form},
        routing::tests::{filed, profile},
    };

    fn id(n: u8) -> PersonId {
        PersonId::from_bytes([n; 16])
    }

    #[test]
    fn what_the_cover_may_not_know_goes_to_the_next_of_the_chain() {
        let profile = profile();
        let mut directory = directory(&[
            person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
            person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
            person(3, "Bea Ashworth", &[]),
        ]);
        let (cover, from) = (AccessId::from_bytes([9; 16]), Instant::from_micros(0));
        let until = from.plus_seconds(60);
        let address = Address::of(Duty::Dsl, "SCH01");
        let arranged =
            CoverArranged { cover, person: id(2), address: address.clone(), covered_by: id(3), from, until, reason: "away".into() };
        directory.apply(&arranged.into());
        let mut report = Report::new(filed(&form(&[ReportType::OnlineSafetyConcern])));
        report.filed.class = RecordClass::Safeguarding;
        report.filed.route.owner = address;
        report.filed.route.second = None;
        let look = |report: &Report, now| report_in_absence(report, &directory, &profile, now);
        (report.subjects, report.possible_subjects) = (vec![], vec![]);
        assert_eq!(look(&report, from), [], "the cover may know it");
        report.possible_subjects = vec![id(3)];
        let next = look(&report, from);
        assert_eq!(next.len(), 1);
        assert_eq!((next[0].cover, next[0].to.duty), (cover, Duty::Headteacher));
        assert_eq!(look(&report, until), [], "the absence is over");
        report.possible_subjects = vec![id(3), id(1)];
        assert_eq!(look(&report, from), [], "nobody else is there who may");
        report.possible_subjects = vec![id(3), id(2)];
        assert_eq!(look(&report, from), [], "it was never the absent person's");
    }
}
