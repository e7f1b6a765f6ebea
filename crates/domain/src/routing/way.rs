//! The way of a record: whose it is, who comes next, and who of them is there and may know it. What was sent once goes on along it, during an
//! absence or where nobody acted in time.

use std::borrow::Cow;

use super::{Subjects, alerts, codes, report_chain};
use crate::{
    Address, Duty, Instant, RecordClass,
    alert::Alert,
    case::Case,
    directory::Directory,
    profile::Profile,
    report::{ExtraTaken, Report},
};

/// Where a record goes from whoever owns it.
pub struct Way<'a> {
    pub(super) owner: &'a Address,
    /// Who comes next, in order.
    pub(super) chain: Cow<'a, [Duty]>,
    school: &'a str,
    pub(super) subjects: Subjects,
}

impl<'a> Way<'a> {
    /// Of a report.
    pub fn of_report(report: &'a Report, profile: &'a Profile) -> Self {
        let filed = &report.filed;
        let codes = codes(&filed.types, filed.extra_types.iter().map(|kind: &ExtraTaken| kind.code.as_str()), filed.image);
        let chain = report_chain(report.class(), &codes, profile).0.into();
        let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
        Self { owner: &report.route().owner, chain, school: &filed.school, subjects }
    }

    /// Of a case: its kind's chain, else that of its class. HR's records come of cases with a route of their own, and go no further without.
    pub fn of_case(case: &'a Case, profile: &'a Profile) -> Self {
        let (opened, route) = (&case.opened, case.route());
        let own = profile.cases.iter().find(|one| one.kind == opened.kind).map(|one| one.chain.as_slice());
        let of_class = || (opened.class != RecordClass::Hr).then(|| report_chain(opened.class, &[], profile).0);
        let chain = own.or_else(of_class).unwrap_or_default().into();
        let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: case.aside() };
        Self { owner: &route.owner, chain, school: &opened.school, subjects }
    }

    /// Of a monitoring alert.
    pub fn of_alert(alert: &'a Alert, profile: &'a Profile) -> Self {
        let (route, chain) = (&alert.route, alerts::chain(profile).0.into());
        let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: vec![] };
        Self { owner: &route.owner, chain, school: &alert.received.school, subjects }
    }

    /// Whether somebody who owns it and may know it is there.
    pub fn owner_is_there(&self, directory: &Directory, now: Instant) -> bool {
        self.reaches(self.owner, directory, now)
    }

    /// To whom it goes on: the next who is there, may know it and does not read it along already.
    pub fn next(&self, readers: &[Address], directory: &Directory, now: Instant) -> Option<Address> {
        self.first(&self.chain, directory, now, |next| next != self.owner && !readers.contains(next))
    }

    /// The first of some duties who is there, may know it and is wanted.
    pub(super) fn first(&self, duties: &[Duty], directory: &Directory, now: Instant, wanted: impl Fn(&Address) -> bool) -> Option<Address> {
        let mut all = duties.iter().map(|duty| Address::of(*duty, self.school));
        all.find(|next| wanted(next) && self.reaches(next, directory, now))
    }

    /// Whether somebody who does this duty now may know it.
    pub(super) fn reaches(&self, address: &Address, directory: &Directory, now: Instant) -> bool {
        directory.present(address, now).iter().any(|person| !self.subjects.may_be(*person))
    }
}
