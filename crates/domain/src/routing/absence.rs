//! Absences pass item by item: what the cover may not know goes to the next of the chain, and neither the absent person's list nor the
//! cover's differs by it.

use super::{Subjects, codes, report_chain};
use crate::{
    AccessId, Address, Duty, Instant, RecordClass,
    case::Case,
    directory::Directory,
    profile::Profile,
    report::{ExtraTaken, Report},
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
    let filed = &report.filed;
    let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
    let codes = codes(&filed.types, filed.extra_types.iter().map(|kind: &ExtraTaken| kind.code.as_str()), filed.image);
    let chain = report_chain(report.class(), &codes, profile).0;
    let route = report.route();
    let seconds: Vec<&Address> = route.second.iter().chain(report.images.iter().map(|image| &image.dsl)).collect();
    let mut all: Vec<Passed> = passed(&route.owner, chain, &filed.school, &subjects, directory, now).into_iter().collect();
    for second in seconds {
        all.extend(passed(second, &super::SECONDS, &filed.school, &subjects, directory, now));
    }
    tidy(all)
}

/// For an open case.
pub fn case_in_absence(case: &Case, directory: &Directory, profile: &Profile, now: Instant) -> Vec<Passed> {
    let (opened, route) = (&case.opened, case.route());
    let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: case.aside() };
    let Some(chain) = case_chain(case, profile) else { return vec![] };
    tidy(passed(&route.owner, chain, &opened.school, &subjects, directory, now).into_iter().collect())
}

/// To whom an open case goes on when something of it is late: the next of its chain who is there, may know it and does not read it already.
pub fn next_of_case(case: &Case, known: &[&Address], directory: &Directory, profile: &Profile, now: Instant) -> Option<Address> {
    let route = case.route();
    let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: case.aside() };
    let reached = |address: &Address| directory.present(address, now).iter().any(|person| !subjects.may_be(*person));
    let mut chain = case_chain(case, profile)?.iter().map(|duty| Address::of(*duty, &case.opened.school));
    chain.find(|next| *next != route.owner && !known.contains(&next) && reached(next))
}

/// To whom a report goes on when nobody acted in time: the next of its chain who is there, may know it and does not read it already.
pub fn next_of_report(report: &Report, directory: &Directory, profile: &Profile, now: Instant) -> Option<Address> {
    let filed = &report.filed;
    let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
    let codes = codes(&filed.types, filed.extra_types.iter().map(|kind: &ExtraTaken| kind.code.as_str()), filed.image);
    let known = report.second_readers();
    let reached = |address: &Address| directory.present(address, now).iter().any(|person| !subjects.may_be(*person));
    let mut chain = report_chain(report.class(), &codes, profile).0.iter().map(|duty| Address::of(*duty, &filed.school));
    chain.find(|next| *next != report.route().owner && !known.contains(next) && reached(next))
}

/// Whether somebody who receives the report and may know it is there.
pub fn owner_is_there(report: &Report, directory: &Directory, now: Instant) -> bool {
    let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
    directory.present(&report.route().owner, now).iter().any(|person| !subjects.may_be(*person))
}

/// Whether somebody who owns the case and may know it is there.
pub fn is_there(case: &Case, directory: &Directory, now: Instant) -> bool {
    let route = case.route();
    let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: case.aside() };
    directory.present(&route.owner, now).iter().any(|person| !subjects.may_be(*person))
}

/// The chain of a case: its kind's, else that of its class. HR's records come of cases with a route of their own.
fn case_chain<'a>(case: &Case, profile: &'a Profile) -> Option<&'a [Duty]> {
    let own = profile.cases.iter().find(|one| one.kind == case.opened.kind).map(|one| one.chain.as_slice());
    let of_class = || (case.opened.class != RecordClass::Hr).then(|| report_chain(case.opened.class, &[], profile).0);
    own.or_else(of_class)
}

fn tidy(mut all: Vec<Passed>) -> Vec<Passed> {
    all.sort_unstable_by(|a, b| (&a.cover, &a.to).cmp(&(&b.cover, &b.to)));
    all.dedup();
    all
}

/// Where nobody who does this duty now may know the record though one of its absent holders may: the next of the chain.
fn passed(address: &Address, chain: &[Duty], school: &str, subjects: &Subjects, directory: &Directory, now: Instant) -> Option<Passed> {
    let cover = directory.access.covers_at(now).find(|cover| {
        let arranged = &cover.arranged;
        address.is_covered_by(&arranged.address) && subjects.may_be(arranged.covered_by) && !subjects.may_be(arranged.person)
    })?;
    let reached = |address: &Address| directory.present(address, now).iter().any(|person| !subjects.may_be(*person));
    if reached(address) {
        return None;
    }
    let to = chain.iter().map(|duty| Address::of(*duty, school)).find(|next| next != address && reached(next))?;
    Some(Passed { cover: cover.arranged.cover, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PersonId,
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
