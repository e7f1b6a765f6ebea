//! What happens to open records when duties change hands and people come and go.

use super::{
    tests::{filed, opened, profile, school},
    *,
};
use crate::{
    Instant,
    case::Case,
    directory::{DutyEnded, DutyGranted, tests::person},
    report::{About, ReportEvent, Rerouted, StaffNamed, Standing, SubjectsSettled, form},
};

const HEAD: u8 = 1;
const DSL: u8 = 2;
const DEPUTY: u8 = 3;

fn id(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

fn granted(directory: &mut Directory, n: u8, duty: Duty) {
    let address = Address::of(duty, "SCH01");
    directory.apply(&DutyGranted::at_once(id(n), address, "appointed", true).into());
}

fn ended(directory: &mut Directory, n: u8, duty: Duty) {
    directory.apply(&DutyEnded { person: id(n), address: Address::of(duty, "SCH01"), reason: "left".into() }.into());
}

fn arrives(directory: &mut Directory, n: u8, name: &str) {
    for event in person(n, name, &[]) {
        directory.apply(&event);
    }
}

/// The report after it was sent where it belongs by now.
pub(super) fn sent(report: Report, routed: &Routed) -> Report {
    let filed = &report.filed;
    let standing = Standing {
        class: filed.class,
        school: filed.school.clone(),
        since: Instant::from_micros(0),
        due_at: None,
        owed: true,
        reporter: filed.reporter_person,
    };
    let event = Rerouted {
        standing,
        route: routed.route.clone(),
        facts_to: routed.facts_to.clone(),
        clock_owner: routed.clock_owner.clone(),
        image_open: report.image_open(),
        read_before: vec![],
        reason: "a duty changed hands".into(),
    };
    Report::evolve(Some(report), ReportEvent::from(event)).unwrap()
}

fn about_id(n: u8) -> Form {
    let mut form = form(&[ReportType::LowLevelConcern]);
    form.staff.push(StaffNamed { staff_id: Some(format!("S{n}")), name: "x".into(), part: Part::Subject });
    form
}

fn about_name(name: &str) -> Form {
    let mut form = form(&[ReportType::LowLevelConcern]);
    form.about = About { whom: AboutWhom::Another, name: Some(name.into()) };
    form
}

#[test]
fn a_deputy_who_becomes_head_loses_sight_of_the_concern_about_her() {
    let mut directory = school();
    let mut form = about_id(DEPUTY);
    form.types.push(ReportType::LossOfEquipment);
    let report = Report::new(filed(&form));
    assert_eq!(report.route().owner.duty, Duty::Headteacher);
    assert_eq!(reroute_report(&report, &directory, &profile()), None);
    let case = Case::evolve(
        None,
        crate::case::Opened { kind: CaseKind::LowLevelConcern, class: RecordClass::Conduct, route: report.route().clone(), ..opened() }
            .into(),
    );
    ended(&mut directory, HEAD, Duty::Headteacher);
    granted(&mut directory, DEPUTY, Duty::Headteacher);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!((routed.route.owner.duty, routed.route.clause.as_str()), (Duty::Dsl, "P0-LLC-2"));
    assert!(routed.facts_to.iter().all(|address| address.duty != Duty::Headteacher), "{:?}", routed.facts_to);
    assert_eq!(reroute_case(&case.unwrap(), None, &directory, &profile()).unwrap().owner.duty, Duty::Dsl);
    let report = sent(report, &routed);
    assert_eq!(reroute_report(&report, &directory, &profile()), None);
    // The former deputy moves on: the DSL may keep what came to them; first facts follow the post.
    ended(&mut directory, DEPUTY, Duty::Headteacher);
    granted(&mut directory, HEAD, Duty::Headteacher);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!((routed.route.owner.duty, routed.facts_to), (Duty::Dsl, vec![Address::of(Duty::Headteacher, "SCH01")]));
}

#[test]
fn what_a_vacant_post_held_goes_to_the_next_and_stays_there() {
    let mut directory = school();
    let report = Report::new(filed(&form(&[ReportType::ChildOnChildAbuseOnline])));
    let case =
        crate::case::Opened { kind: CaseKind::Safeguarding, class: RecordClass::Safeguarding, route: report.route().clone(), ..opened() };
    let case = Case::evolve(None, case.into()).unwrap();
    assert_eq!(report.route().owner.duty, Duty::Dsl);
    ended(&mut directory, DSL, Duty::Dsl);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!(routed.route.owner.duty, Duty::Headteacher, "no deputy DSL here");
    assert_eq!(routed.route.second, Some(Address::trust_wide(Duty::TrustSafeguardingLead)), "a DSL reads along");
    assert_eq!(reroute_case(&case, None, &directory, &profile()).unwrap().owner.duty, Duty::Headteacher);
    let report = sent(report, &routed);
    granted(&mut directory, 6, Duty::Dsl);
    assert_eq!(reroute_report(&report, &directory, &profile()), None, "who may keep it keeps it");
}

#[test]
fn a_dsl_who_comes_later_reads_along_where_a_child_could_be_in_danger() {
    let mut directory = school();
    ended(&mut directory, DSL, Duty::Dsl);
    directory.apply(&DutyEnded { person: id(4), address: Address::trust_wide(Duty::TrustSafeguardingLead), reason: "left".into() }.into());
    let mut form = about_id(6);
    form.danger = Some(Danger::Yes);
    let report = Report::new(super::tests::filed_in(&form, ReportedBy::default(), &directory, &profile()));
    assert_eq!(report.route().second, None, "there is none");
    granted(&mut directory, DEPUTY, Duty::Dsl);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!((routed.route.owner.duty, routed.route.second.clone()), (Duty::Headteacher, Some(Address::of(Duty::Dsl, "SCH01"))));
    assert_eq!(reroute_report(&sent(report, &routed), &directory, &profile()), None);
}

#[test]
fn a_dsl_who_reads_along_and_becomes_the_owner_leaves_the_reading_to_the_next() {
    let mut directory = school();
    let mut form = about_id(6);
    form.danger = Some(Danger::Yes);
    let report = Report::new(filed(&form));
    assert_eq!(report.route().second, Some(Address::of(Duty::Dsl, "SCH01")));
    ended(&mut directory, HEAD, Duty::Headteacher);
    granted(&mut directory, DEPUTY, Duty::DeputyDsl);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!(routed.route.owner.duty, Duty::Dsl);
    assert_eq!(routed.route.second, None, "the first DSL has it");
    assert_eq!(reroute_report(&sent(report, &routed), &directory, &profile()), None);
}

#[test]
fn a_name_given_earlier_fits_a_person_entered_later() {
    let mut directory = school();
    let report = Report::new(filed(&about_name("Mrs Fairclough")));
    assert_eq!(report.route().owner.duty, Duty::Headteacher);
    ended(&mut directory, HEAD, Duty::Headteacher);
    arrives(&mut directory, 9, "Ada Fairclough");
    granted(&mut directory, 9, Duty::Headteacher);
    let routed = reroute_report(&report, &directory, &profile()).unwrap();
    assert_eq!((routed.route.owner.duty, routed.route.possible_subjects), (Duty::Dsl, vec![id(9)]));
}

#[test]
fn settled_names_are_matched_no_more() {
    let mut directory = school();
    let open = Report::new(filed(&about_name("Mrs Fairclough")));
    let settled = SubjectsSettled {
        subjects: vec![id(6)],
        possible_subjects: vec![],
        reason: "her maiden name".into(),
        settled_by: "Uma Jones".into(),
    };
    let settled = Report::evolve(Some(open.clone()), settled.into()).unwrap();
    ended(&mut directory, HEAD, Duty::Headteacher);
    arrives(&mut directory, 9, "Ada Fairclough");
    granted(&mut directory, 9, Duty::Headteacher);
    assert_eq!(reroute_report(&open, &directory, &profile()).unwrap().route.owner.duty, Duty::Dsl);
    assert_eq!(reroute_report(&settled, &directory, &profile()), None, "the new head may read it: it is not about her");
}

#[test]
fn the_headteacher_of_an_old_report_is_not_the_new_head() {
    let mut directory = school();
    let mut picked = form(&[ReportType::LowLevelConcern]);
    picked.about.whom = AboutWhom::Headteacher;
    let reports = [picked, about_name("the headteacher"), about_name("our Head")].map(|form| Report::new(filed(&form)));
    ended(&mut directory, HEAD, Duty::Headteacher);
    arrives(&mut directory, 9, "Ada Fairclough");
    granted(&mut directory, 9, Duty::Headteacher);
    for report in reports {
        assert_eq!(report.route().owner.duty, Duty::Dsl);
        assert_eq!(reroute_report(&report, &directory, &profile()), None, "the DSL has it and may keep it");
        ended(&mut directory, DSL, Duty::Dsl);
        let routed = reroute_report(&report, &directory, &profile()).unwrap();
        let found = Subjects { certain: routed.route.subjects, possible: routed.route.possible_subjects, aside: vec![] };
        assert!(found.may_be(id(HEAD)) && !found.may_be(id(9)), "{found:?}");
        granted(&mut directory, DSL, Duty::Dsl);
    }
}
