//! Where open records belong after duties changed hands and people came.

use super::{Routed, Subjects, codes, facts_to, first_dsl, is_reached, owner, reads_along, report_chain, taken};
use crate::{
    Address, PersonId, RecordClass,
    case::Case,
    directory::Directory,
    profile::Profile,
    report::{About, AboutWhom, ExtraTaken, Part, Report, RouteTaken, StaffNamed},
};

/// The people whom given names and ids may mean by now: for a report whose names nobody has settled, after the directory changed. Posts are
/// left out: "the headteacher" meant whoever was that on the day.
fn named_by_now(about: &About, staff: &[StaffNamed], directory: &Directory) -> Subjects {
    let mut found = Subjects::default();
    for adult in staff.iter().filter(|adult| adult.part == Part::Subject) {
        match adult.staff_id.as_deref().and_then(|id| directory.by_staff_id(id)) {
            Some(person) => found.certainly([person], directory),
            None => found.possible.extend(directory.could_be(&adult.name)),
        }
    }
    if about.whom == AboutWhom::Another {
        about.name.iter().for_each(|name| found.possible.extend(directory.could_be(name)));
    }
    found
}

/// Whom a report is, or may be, about by now, and who stands aside from it.
pub fn subjects_by_now(report: &Report, directory: &Directory) -> Subjects {
    let mut subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
    if !report.settled {
        let named = named_by_now(&report.filed.about, &report.filed.staff, directory);
        subjects.certain.extend(named.certain);
        subjects.possible.extend(named.possible);
    }
    subjects.tidy()
}

/// Where an open report belongs by now, where that is not where it is: a duty changed hands, its receiver turned out to be its subject, or
/// a name that was given fits somebody who was not in the directory before, or it turned out to be about an adult. A receiver who may keep
/// it keeps it.
pub fn reroute_report(report: &Report, directory: &Directory, profile: &Profile) -> Option<Routed> {
    let (filed, was) = (&report.filed, report.route());
    let subjects = subjects_by_now(report, directory);
    let school = &filed.school;
    let codes = codes(&filed.types, filed.extra_types.iter().map(|kind: &ExtraTaken| kind.code.as_str()), filed.image);
    let class = report.class();
    let (chain, clause) = report_chain(class, &codes, profile);
    let keep = |address: &Address| is_reached(address, &subjects, directory);
    // What turned out to be about an adult stays with its owner only where that duty receives such records.
    let may_own = |address: &Address| keep(address) && (class == filed.class || chain.contains(&address.duty));
    let owner = if may_own(&was.owner) { was.owner.clone() } else { owner(chain, school, &subjects, directory) };
    let second = match &was.second {
        Some(second) if keep(second) && *second != owner => Some(second.clone()),
        // Also where there was no DSL when it was filed.
        second if second.is_some() || reads_along(filed.danger, filed.image) => first_dsl(school, &subjects, directory),
        _ => None,
    };
    let second = second.filter(|second| *second != owner);
    // Clocks do not stay with a stand-in: the DPO who takes office has them all on one board.
    let clock_owner = report.clock_owner().map(|_| self::owner(profile.clock_chain(), school, &subjects, directory));
    let facts_to = facts_to(&codes, school, &subjects, directory, profile);
    let clause = if owner == was.owner { was.clause.clone() } else { clause.to_owned() };
    let route = RouteTaken { second, ..taken(owner, subjects, &clause, profile) };
    let same = route.owner == was.owner
        && route.second == was.second
        && clock_owner.as_ref() == report.clock_owner()
        && report.facts_to().iter().all(|address| facts_to.contains(address) || Some(address) == clock_owner.as_ref())
        && sorted(&route.subjects) == sorted(&report.subjects)
        && sorted(&route.possible_subjects) == sorted(&report.possible_subjects);
    (!same).then_some(Routed { route, facts_to, clock_owner })
}

fn sorted(people: &[PersonId]) -> Vec<PersonId> {
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    people
}

/// Where an open case belongs by now, where that is not where it is; `found` is whom its report is about by now, for the names that are
/// given there alone.
pub fn reroute_case(case: &Case, found: Option<&Subjects>, directory: &Directory, profile: &Profile) -> Option<RouteTaken> {
    let (opened, was) = (&case.opened, case.route());
    let mut subjects = Subjects { certain: was.subjects.clone(), possible: was.possible_subjects.clone(), aside: case.aside() };
    if let Some(found) = found {
        subjects.certain.extend(&found.certain);
        subjects.possible.extend(&found.possible);
    }
    let subjects = subjects.tidy();
    let same = sorted(&subjects.certain) == sorted(&was.subjects) && sorted(&subjects.possible) == sorted(&was.possible_subjects);
    if is_reached(&was.owner, &subjects, directory) {
        return (!same).then(|| taken(was.owner.clone(), subjects, &was.clause, profile));
    }
    let own = profile.cases.iter().find(|route| route.kind == opened.kind).map(|route| (route.chain.as_slice(), route.clause.as_str()));
    let (chain, clause) = match own {
        Some(own) => own,
        // A kind without a route stays with its class; HR's records come of cases with a route of their own.
        None if opened.class == RecordClass::Hr => return None,
        None => report_chain(opened.class, &[], profile),
    };
    let owner = owner(chain, &opened.school, &subjects, directory);
    (owner != was.owner || !same).then(|| taken(owner, subjects, clause, profile))
}
