//! What holds of every directory and every form: no record reaches only its subject, and none of it reaches a subject at all.

use std::collections::BTreeSet;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{reroute_tests::sent, table::codes_of, tests::filed_in, *};
use crate::{
    directory::{DirectoryEvent, tests::person},
    need_to_know::{self, Access, Known, Viewer},
    profile::tests::shipped,
    report::{About, DataAffected, StaffNamed, form},
};

const SCHOOLS: [&str; 3] = ["SCH01", "SCH02", "SCH03"];
/// Few names, so that some fit several people and some nobody.
const NAMES: [&str; 11] = [
    "Sunil Young",
    "Ian McDonald",
    "Uma Jones",
    "Ursula Jones",
    "George Xu",
    "Bea Ashworth",
    "Jo Ashworth",
    "Tess Garner",
    "Zsófia Szabó",
    "Hana Okafor",
    "Milo Kemp",
];
const GIVEN: [&str; 16] = [
    "SY",
    "Mr SY",
    "HT",
    "H/T",
    "Heads",
    "Mc Donald",
    "UJ",
    "Mrs Jones",
    "Uma",
    "the Head",
    "our DSL",
    "Miss J",
    "Mr Nobody",
    "Ashwort",
    "szabo",
    "Milo Kemp",
];

/// A person before they are numbered: a name, and duties with a school, or for the whole trust.
type RawPerson = (&'static str, Vec<(Duty, usize, bool)>);

/// An adult named on a form: whom by staff id, else what name; and their part.
type RawAdult = (Option<u8>, &'static str, Part);

#[derive(Debug, Clone)]
struct Raw {
    profile: usize,
    school: usize,
    codes: Vec<usize>,
    about: (AboutWhom, &'static str),
    adults: Vec<RawAdult>,
    own: bool,
    by: (Option<u8>, Option<&'static str>),
    danger: Option<Danger>,
    image: Option<ImageAnswer>,
    data: Vec<DataAffected>,
}

fn people() -> impl Strategy<Value = Vec<RawPerson>> {
    let duty = (select(Duty::ALL), 0..SCHOOLS.len(), any::<bool>());
    vec((select(&NAMES[..]), vec(duty, 0..4)), 2..=12)
}

fn raw() -> impl Strategy<Value = Raw> {
    let adult = (option::of(1u8..=13), select(&GIVEN[..]), select(Part::ALL));
    let matter = (0..2usize, 0..SCHOOLS.len(), vec(0..25usize, 1..4), (select(AboutWhom::ALL), select(&GIVEN[..])));
    let who = (vec(adult, 0..3), any::<bool>(), (option::of(1u8..=12), option::of(select(&NAMES[..]))));
    let how = (option::of(select(Danger::ALL)), option::of(select(ImageAnswer::ALL)), vec(select(DataAffected::ALL), 0..2));
    (matter, who, how).prop_map(|((profile, school, codes, about), (adults, own, by), (danger, image, data))| Raw {
        profile,
        school,
        codes,
        about,
        adults,
        own,
        by,
        danger,
        image,
        data,
    })
}

fn events(people: &[RawPerson]) -> Vec<Vec<DirectoryEvent>> {
    let one = |(n, (name, duties)): (u8, &RawPerson)| {
        let duties: Vec<(Duty, Option<&str>)> = duties
            .iter()
            .map(|(duty, school, wide)| match duty.scope() {
                crate::Scope::Trust => (*duty, None),
                crate::Scope::Either if *wide => (*duty, None),
                _ => (*duty, Some(SCHOOLS[*school])),
            })
            .collect();
        person(n, name, &duties)
    };
    (1u8..).zip(people).map(one).collect()
}

fn directory_of(people: &[RawPerson]) -> Directory {
    crate::directory::tests::directory(&events(people))
}

fn form_of(raw: &Raw, profile: &Profile) -> Form {
    let mut form = form(&[]);
    form.school = SCHOOLS[raw.school].into();
    let all = codes_of(profile);
    let picked: BTreeSet<&String> = raw.codes.iter().map(|index| &all[index % all.len()]).collect();
    for code in picked {
        match ReportType::parse(code) {
            Some(kind) => form.types.push(kind),
            None => form.extra_types.push(code.clone()),
        }
    }
    let (whom, name) = raw.about;
    form.about = About { whom, name: (whom == AboutWhom::Another).then(|| name.into()) };
    let adult = |(id, name, part): &RawAdult| StaffNamed { staff_id: id.map(|n| format!("S{n}")), name: (*name).into(), part: *part };
    form.staff = raw.adults.iter().map(adult).collect();
    (form.self_referral, form.danger, form.image) = (raw.own, raw.danger, raw.image);
    form.data_affected.clone_from(&raw.data);
    form
}

fn by<'a>(raw: &'a Raw, directory: &Directory) -> ReportedBy<'a> {
    let person = raw.by.0.map(|n| PersonId::from_bytes([n; 16])).filter(|id| directory.people.contains_key(id));
    ReportedBy { person, name: raw.by.1 }
}

fn report_of(raw: &Raw, directory: &Directory, profile: &Profile) -> Report {
    Report::new(filed_in(&form_of(raw, profile), by(raw, directory), directory, profile))
}

fn subjects_of(route: &RouteTaken) -> Subjects {
    Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: vec![] }
}

/// The first duty of a chain that somebody holds to whom the record may come.
fn first_free(chain: &[Duty], school: &str, found: &Subjects, directory: &Directory) -> Option<Address> {
    chain.iter().map(|duty| Address::of(*duty, school)).find(|address| is_reached(address, found, directory))
}

fn chain_of(report: &Report, profile: &Profile) -> Vec<Duty> {
    let filed = &report.filed;
    let codes = codes(&filed.types, filed.extra_types.iter().map(|kind| kind.code.as_str()), filed.image);
    report_chain(report.class(), &codes, profile).0.to_vec()
}

fn looks(report: &Report, person: PersonId, duties: &BTreeSet<Address>) -> (Access, Option<Duty>) {
    let (seconds, route) = (report.second_readers(), report.route());
    let authors: Vec<PersonId> = report.filed.reporter_person.into_iter().collect();
    let known = Known {
        class: report.class(),
        school: &report.filed.school,
        owner: &route.owner,
        seconds: &seconds,
        subjects: &report.subjects,
        possible_subjects: &report.possible_subjects,
        aside: &[],
        named: &[],
        identity_for: None,
        authors: &authors,
    };
    let viewer = Viewer { person, duties };
    (need_to_know::access(viewer, &known), need_to_know::facts(viewer, &known, &report.facts_to()))
}

/// Every duty at every school and for the whole trust.
fn all_duties() -> BTreeSet<Address> {
    let at_schools = Duty::ALL.iter().flat_map(|duty| SCHOOLS.map(|school| Address { duty: *duty, school: Some(school.to_owned()) }));
    at_schools.chain(Duty::ALL.iter().map(|duty| Address::trust_wide(*duty))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(512), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_free_duty_owns_it_and_somebody_free_can_read(people in people(), raw in raw()) {
        let (directory, profile) = (directory_of(&people), &shipped()[raw.profile]);
        let report = report_of(&raw, &directory, profile);
        let (route, found, school) = (report.route(), subjects_of(report.route()), &report.filed.school);
        let readers: Vec<PersonId> = directory
            .people
            .iter()
            .filter(|(id, person)| matches!(looks(&report, **id, &person.duties).0, Access::Groups(..)))
            .map(|(id, _)| *id)
            .collect();
        prop_assert!(readers.iter().all(|reader| !found.may_be(*reader)), "a subject reads it");
        match first_free(&chain_of(&report, profile), school, &found, &directory) {
            Some(free) => {
                prop_assert_eq!(&route.owner, &free);
                prop_assert!(directory.holders(&free).iter().any(|holder| readers.contains(holder)));
            }
            // Nobody is there: it waits for somebody, and where no post is vacant no subject reads it either.
            None => prop_assert!(directory.holders(&route.owner).iter().all(|holder| found.may_be(*holder))),
        }
        let dsl = first_dsl(school, &found, &directory);
        if report.filed.danger != Danger::No && dsl.is_some() {
            prop_assert!(route.second == dsl || Some(&route.owner) == dsl.as_ref(), "a DSL knows where a child could be in danger");
        }
    }

    #[test]
    fn the_clock_and_the_first_facts_reach_somebody_free(people in people(), raw in raw()) {
        let (directory, profile) = (directory_of(&people), &shipped()[raw.profile]);
        let report = report_of(&raw, &directory, profile);
        let (found, school) = (subjects_of(report.route()), &report.filed.school);
        prop_assert_eq!(report.clock_owner().is_some(), report.filed.may_be_breach());
        if let Some(clock) = report.clock_owner() {
            let free = first_free(profile.clock_chain(), school, &found, &directory);
            prop_assert!(free.is_none() || free.as_ref() == Some(clock));
        }
        let filed = &report.filed;
        let codes = codes(&filed.types, filed.extra_types.iter().map(|kind| kind.code.as_str()), None);
        for facts in profile.facts.iter().filter(|facts| facts.types.iter().any(|code| codes.contains(code))) {
            if let Some(free) = first_free(&facts.chain, school, &found, &directory) {
                prop_assert!(filed.facts_to.contains(&free), "{}", facts.clause);
            }
        }
        for (id, person) in &directory.people {
            let has_facts = looks(&report, *id, &person.duties).1.is_some();
            prop_assert!(!(has_facts && found.may_be(*id)));
        }
    }

    #[test]
    fn a_subject_knows_nothing_in_any_duties(people in people(), raw in raw(), held in vec(any::<bool>(), 64)) {
        let (directory, profile) = (directory_of(&people), &shipped()[raw.profile]);
        let report = report_of(&raw, &directory, profile);
        let some: BTreeSet<Address> = all_duties().into_iter().zip(held).filter(|(_, held)| *held).map(|(address, _)| address).collect();
        for person in report.subjects.iter().chain(&report.possible_subjects) {
            for duties in [&some, &all_duties(), &BTreeSet::new()] {
                let (access, facts) = looks(&report, *person, duties);
                let own = report.filed.reporter_person == Some(*person);
                prop_assert_eq!(access, if own { Access::OwnWords } else { Access::Nothing });
                prop_assert_eq!(facts, None);
            }
        }
    }

    #[test]
    fn a_route_is_a_function_of_its_inputs(people in people(), raw in raw()) {
        let profile = &shipped()[raw.profile];
        let directory = directory_of(&people);
        let backwards: Vec<_> = events(&people).into_iter().rev().collect();
        let backwards = crate::directory::tests::directory(&backwards);
        let (one, other) = (report_of(&raw, &directory, profile), report_of(&raw, &backwards, profile));
        prop_assert!(one == other, "the order in which people were entered changes where a report goes");
        prop_assert_eq!(reroute_report(&one, &directory, profile), None, "where it was just sent is where it belongs");
    }

    #[test]
    fn sending_on_ends_and_makes_no_owner_worse(before in people(), after in people(), raw in raw(), settled in any::<bool>()) {
        let (profile, then, now) = (&shipped()[raw.profile], directory_of(&before), directory_of(&after));
        let mut report = report_of(&raw, &then, profile);
        report.settled = settled;
        let was = report.clone();
        let Some(routed) = reroute_report(&report, &now, profile) else {
            prop_assert!(is_reached(&was.route().owner, &subjects_of(was.route()), &now) || first_free(&chain_of(&was, profile), &was.filed.school, &subjects_of(was.route()), &now).is_none());
            return Ok(());
        };
        report = sent(report, &routed);
        prop_assert_eq!(reroute_report(&report, &now, profile), None, "sent on once is enough");
        let (found, school) = (subjects_of(&routed.route), &was.filed.school);
        prop_assert!(was.subjects.iter().chain(&was.possible_subjects).all(|person| found.may_be(*person)), "a subject stays one");
        let kept = is_reached(&was.route().owner, &found, &now);
        match first_free(&chain_of(&was, profile), school, &found, &now) {
            _ if kept => prop_assert_eq!(&routed.route.owner, &was.route().owner, "who may keep it keeps it"),
            Some(free) => prop_assert_eq!(&routed.route.owner, &free),
            None => prop_assert!(!is_reached(&routed.route.owner, &found, &now)),
        }
        for (id, person) in &now.people {
            let (access, facts) = looks(&report, *id, &person.duties);
            prop_assert!(!found.may_be(*id) || (!matches!(access, Access::Groups(..)) && facts.is_none()));
        }
    }
}
