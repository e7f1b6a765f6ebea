//! Who receives what, by clause, on one small school.

use super::*;
use crate::{
    Instant, ReportId,
    case::Opened,
    directory::tests::{directory, person},
    profile::tests::CLPT,
    report::{Channel, Filed, StaffNamed},
};

pub(super) fn profile() -> Profile {
    Profile::parse(CLPT).unwrap()
}

/// A filed report, for the tests of other modules.
pub(crate) fn filed(form: &Form) -> Filed {
    filed_in(form, ReportedBy::default(), &school(), &profile())
}

/// A report as it is filed by somebody, in a directory, under a profile.
pub(crate) fn filed_in(form: &Form, by: ReportedBy<'_>, directory: &Directory, profile: &Profile) -> Filed {
    let (form, extra_types) = profile.with_boxes(form).unwrap();
    let class = class(&form, profile);
    let routed = route_report(&form, class, by, directory, profile);
    Filed {
        class,
        types: form.types.clone(),
        other_type: form.other_type.clone(),
        about: form.about.clone(),
        what_happened: form.what_happened.clone(),
        location: form.location.clone(),
        incident_at: form.incident_at,
        reported_at: Instant::from_micros(0),
        channel: Channel::Online,
        pupils: form.pupils.clone(),
        staff: form.staff.clone(),
        danger: form.danger_or_default(),
        reported_to: None,
        immediate_action: None,
        dpo_told: None,
        self_referral: form.self_referral,
        extra_types,
        incident_on: None,
        reported_on: None,
        image: form.image,
        own_reports: vec![],
        route: routed.route,
        facts_to: routed.facts_to,
        clock_owner: routed.clock_owner,
        signed: None,
        history: None,
        source: None,
        source_reference: None,
        row_digest: None,
        reporter: None,
        reporter_person: by.person,
        typed_by: None,
        school: form.school.clone(),
        filed_at: Instant::from_micros(0),
        aware_at: Instant::from_micros(0),
        loss_types: losses(&form.types),
        fact_types: vec![],
        discovered_at: None,
        from_old_papers: false,
        data_affected: form.data_affected.clone(),
        individuals_affected: None,
    }
}

/// A case opened from a lost laptop.
pub(crate) fn opened() -> Opened {
    let form = form(&[ReportType::LossOfEquipment]);
    let filed = filed(&form);
    Opened {
        kind: CaseKind::Other,
        class: RecordClass::It,
        school: form.school,
        report: ReportId::from_bytes([1; 16]),
        types: form.types,
        summary: form.what_happened,
        action: None,
        pupils: vec![],
        staff: vec![],
        aware_at: Instant::from_micros(0),
        opened_at: Instant::from_micros(0),
        opened_by: "Uma Jones".into(),
        route: filed.route,
        source_reference: None,
        reporter: None,
    }
}

use crate::report::form as form_of;
fn form(types: &[ReportType]) -> Form {
    form_of(types)
}

/// Head, DSL and deputy of one school, a trust safeguarding lead, a DPO and a teacher.
pub(super) fn school() -> Directory {
    directory(&[
        person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
        person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
        person(3, "Bea Ashworth", &[(Duty::DeputyHead, Some("SCH01"))]),
        person(4, "Tess Garner", &[(Duty::TrustSafeguardingLead, None)]),
        person(5, "Milo Kemp", &[(Duty::Dpo, None)]),
        person(6, "Hana Okafor", &[]),
    ])
}

fn about(staff: u8, types: &[ReportType]) -> Form {
    let mut form = form(types);
    form.staff.push(StaffNamed { staff_id: Some(format!("S{staff}")), name: "x".into(), part: Part::Subject });
    form
}

fn owner_of(form: &Form) -> Duty {
    route_report(form, class(form, &profile()), ReportedBy::default(), &school(), &profile()).route.owner.duty
}

#[test]
fn p0_route_1_children_s_concerns_go_to_the_dsl() {
    for kind in [ReportType::OnlineSafetyConcern, ReportType::ChildOnChildAbuseOnline, ReportType::HarmfulChallengeOrHoax] {
        assert_eq!(owner_of(&form(&[kind])), Duty::Dsl, "{kind}");
    }
}

#[test]
fn p0_route_2_security_breaches_go_to_the_headteacher() {
    let types = LOSS_TYPES.iter().chain(&[ReportType::MisuseOfIct, ReportType::FilteringOrMonitoringFailure, ReportType::BreachOfAup]);
    for kind in types {
        assert_eq!(owner_of(&form(&[*kind])), Duty::Headteacher, "{kind}");
    }
}

#[test]
fn p0_llc_2_to_the_head_and_to_the_dsl_when_the_head_is_the_subject() {
    assert_eq!(owner_of(&about(6, &[ReportType::LowLevelConcern])), Duty::Headteacher);
    assert_eq!(owner_of(&about(1, &[ReportType::LowLevelConcern])), Duty::Dsl);
    assert_eq!(owner_of(&about(2, &[ReportType::LowLevelConcern])), Duty::Headteacher);
    assert_eq!(owner_of(&about(3, &[ReportType::LowLevelConcern])), Duty::Headteacher);
    let mut both = about(1, &[ReportType::LowLevelConcern]);
    both.staff.push(StaffNamed { staff_id: Some("S2".into()), name: "x".into(), part: Part::Subject });
    assert_eq!(owner_of(&both), Duty::TrustSafeguardingLead);
}

#[test]
fn an_adult_subject_makes_any_type_a_conduct_record() {
    assert_eq!(class(&about(6, &[ReportType::LossOfData]), &profile()), RecordClass::Conduct);
    let mut own = form(&[ReportType::LossOfData]);
    own.self_referral = true;
    assert_eq!(class(&own, &profile()), RecordClass::Conduct, "P0-LLC-6");
    assert_eq!(class(&form(&[ReportType::LossOfData, ReportType::OnlineSafetyConcern]), &profile()), RecordClass::Safeguarding);
    assert_eq!(class(&form(&[ReportType::LossOfEquipment, ReportType::LossOfData]), &profile()), RecordClass::DataProtection);
    let mut witness = about(6, &[ReportType::LossOfData]);
    witness.staff[0].part = Part::Witness;
    assert_eq!(class(&witness, &profile()), RecordClass::DataProtection);
}

#[test]
fn a_name_without_an_id_keeps_the_report_from_everyone_it_could_mean() {
    let mut named = form(&[ReportType::LowLevelConcern]);
    named.about = crate::report::About { whom: AboutWhom::Another, name: Some("Mrs Jones".into()) };
    let route = route_report(&named, class(&named, &profile()), ReportedBy::default(), &school(), &profile()).route;
    assert_eq!(route.owner.duty, Duty::Dsl);
    assert_eq!(route.possible_subjects, [PersonId::from_bytes([1; 16])]);
}

#[test]
fn the_picker_finds_the_duty_s_holder() {
    let mut head = form(&[ReportType::LowLevelConcern]);
    head.about.whom = AboutWhom::Headteacher;
    assert_eq!(owner_of(&head), Duty::Dsl);
    let mut dsl = form(&[ReportType::OnlineSafetyConcern]);
    dsl.about.whom = AboutWhom::Dsl;
    assert_eq!(owner_of(&dsl), Duty::Headteacher);
}

#[test]
fn a_head_who_is_also_the_dsl_is_one_person() {
    let directory = directory(&[
        person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01")), (Duty::Dsl, Some("SCH01"))]),
        person(4, "Tess Garner", &[(Duty::TrustSafeguardingLead, None)]),
    ]);
    let form = about(1, &[ReportType::LowLevelConcern]);
    let route = route_report(&form, class(&form, &profile()), ReportedBy::default(), &directory, &profile()).route;
    assert_eq!(route.owner, Address::trust_wide(Duty::TrustSafeguardingLead));
}

#[test]
fn an_empty_directory_leaves_the_report_with_the_first_duty() {
    let form = form(&[ReportType::OnlineSafetyConcern]);
    let route = route_report(&form, class(&form, &profile()), ReportedBy::default(), &Directory::default(), &profile()).route;
    assert_eq!(route.owner, Address::of(Duty::Dsl, "SCH01"));
}

#[test]
fn no_owner_of_any_type_and_subject_is_held_by_the_subject_alone() {
    let directory = school();
    for kind in ReportType::ALL {
        for subject in 1..=6 {
            let form = about(subject, &[*kind]);
            let route = route_report(&form, class(&form, &profile()), ReportedBy::default(), &directory, &profile()).route;
            let holders = directory.holders(&route.owner);
            assert!(holders.is_empty() || holders.iter().any(|p| p.as_bytes() != &[subject; 16]), "{kind} about {subject}");
        }
    }
}

#[test]
fn cases_go_to_their_own_owners_and_others_stay_with_the_assessor() {
    let directory = school();
    let filed = filed(&form(&[ReportType::LossOfData]));
    let case = |kind| route_case(kind, &filed.route, &filed.school, &Subjects::default(), &directory, &profile()).owner.duty;
    assert_eq!(case(CaseKind::DataBreach), Duty::Dpo);
    assert_eq!(case(CaseKind::Safeguarding), Duty::Dsl);
    assert_eq!(case(CaseKind::LowLevelConcern), Duty::Headteacher);
    assert_eq!(case(CaseKind::Training), Duty::Headteacher);
    assert_eq!(case(CaseKind::Disciplinary), Duty::Hr, "nobody holds it yet: it waits for its holder");
}

#[test]
fn whom_an_assessment_finds_never_gets_the_case() {
    let directory = school();
    let mut form = form(&[ReportType::MisuseOfIct]);
    form.staff.push(StaffNamed { staff_id: Some("S1".into()), name: "Uma Jones".into(), part: Part::Other });
    let filed = filed(&form);
    let mut ask = Assess {
        categories: vec![AssessmentCategory::LowLevelConcern],
        reason: "r".into(),
        action: None,
        shared: None,
        subjects: vec![],
        other: None,
        told: vec![],
        follow_up: None,
        review_on: None,
        declaration: None,
    };
    let found = assessed_subjects(&Report::new(filed.clone()), &ask, &directory, &profile());
    assert_eq!(found.possible, [PersonId::from_bytes([1; 16])], "no subject is named: every adult that is named could be the one");
    assert_eq!(route_case(CaseKind::LowLevelConcern, &filed.route, &filed.school, &found, &directory, &profile()).owner.duty, Duty::Dsl);
    ask.subjects.push(crate::report::AdultNamed { staff_id: Some("S6".into()), name: "Hana Okafor".into() });
    let found = assessed_subjects(&Report::new(filed.clone()), &ask, &directory, &profile());
    assert_eq!((found.certain, found.possible), (vec![PersonId::from_bytes([6; 16])], vec![]));
    ask.categories = vec![AssessmentCategory::TrainingNeed];
    ask.subjects.clear();
    assert_eq!(assessed_subjects(&Report::new(filed.clone()), &ask, &directory, &profile()), Subjects::default());
}

#[test]
fn where_a_child_could_be_in_danger_the_dsl_reads_along() {
    let route = |form: &Form| route_report(form, class(form, &profile()), ReportedBy::default(), &school(), &profile()).route;
    let mut lost = form(&[ReportType::LossOfData]);
    assert_eq!(route(&lost).second, None);
    lost.danger = Some(Danger::Unsure);
    assert_eq!(route(&lost).second, Some(Address::of(Duty::Dsl, "SCH01")));
    let mut misuse = form(&[ReportType::MisuseOfIct]);
    misuse.danger = Some(Danger::Yes);
    assert_eq!(
        (class(&misuse, &profile()), route(&misuse).owner.duty, route(&misuse).second),
        (RecordClass::Safeguarding, Duty::Dsl, None)
    );
    let mut dsl = about(2, &[ReportType::LowLevelConcern]);
    dsl.danger = Some(Danger::Yes);
    assert_eq!(route(&dsl).second, Some(Address::trust_wide(Duty::TrustSafeguardingLead)), "not the DSL whom it is about");
}

#[test]
fn posts_initials_and_doubles_count_as_the_person() {
    let route = |name: &str| {
        let mut form = form(&[ReportType::LowLevelConcern]);
        form.about = crate::report::About { whom: AboutWhom::Another, name: Some(name.into()) };
        route_report(&form, class(&form, &profile()), ReportedBy::default(), &school(), &profile()).route.owner.duty
    };
    for name in ["the Head", "our headteacher", "Mrs J", "Uma", "jones", "UJ", "Ms UJ", "HT", "H/T", "Heads"] {
        assert_eq!(route(name), Duty::Dsl, "{name}");
    }
    assert_eq!(route("Mr Nobody"), Duty::Headteacher);
    let mut people =
        vec![person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]), person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))])];
    people.push(person(9, "Uma JONES", &[]));
    let form = about(9, &[ReportType::LowLevelConcern]);
    let route = route_report(&form, class(&form, &profile()), ReportedBy::default(), &directory(&people), &profile()).route;
    assert_eq!((route.owner.duty, route.possible_subjects), (Duty::Dsl, vec![PersonId::from_bytes([1; 16])]), "one human, two entries");
    let mut own = form_of(&[ReportType::LowLevelConcern]);
    own.self_referral = true;
    let by = ReportedBy { person: None, name: Some("Uma Jones") };
    assert_eq!(
        route_report(&own, class(&own, &profile()), by, &school(), &profile()).route.owner.duty,
        Duty::Dsl,
        "a paper self-referral of the head"
    );
}

#[test]
fn whoever_files_is_never_sent_to_whom_it_is_about() {
    let about = |whom| Form { about: crate::report::About { whom, name: None }, ..form(&[ReportType::OnlineSafetyConcern]) };
    let told = |whom, directory: &Directory| [Duty::Dsl, Duty::Headteacher].map(|duty| told_instead(duty, &about(whom), directory));
    let usual = [Duty::Dsl, Duty::Headteacher];
    for whom in [AboutWhom::Nobody, AboutWhom::Another, AboutWhom::Myself] {
        assert_eq!(told(whom, &school()), usual, "{whom}");
    }
    assert_eq!(told(AboutWhom::Dsl, &school()), [Duty::Headteacher; 2]);
    assert_eq!(told(AboutWhom::Headteacher, &school()), [Duty::Dsl; 2]);
    let both = directory(&[
        person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01")), (Duty::Dsl, Some("SCH01"))]),
        person(4, "Tess Garner", &[(Duty::TrustSafeguardingLead, None)]),
    ]);
    assert_eq!(told(AboutWhom::Dsl, &both), [Duty::TrustSafeguardingLead; 2], "one person in both posts");
}
