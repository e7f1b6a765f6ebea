use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::Address;

fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

const READER: u8 = 1;
const SUBJECT: u8 = 2;
const POSSIBLE: u8 = 3;
const ASIDE: u8 = 4;
const AUTHOR: u8 = 5;
const NAMED: u8 = 6;
const STRANGER: u8 = 7;

/// What a person sees of a look at a record of a class, whose people are those above.
fn sees(class: RecordClass, who: u8, duty: Duty, school: &str, reader: u8, reading_as: Option<Duty>) -> Option<Seen> {
    let owner = Address::of(Duty::Headteacher, "SCH01");
    let (subjects, possible, aside, named, authors) =
        ([person(SUBJECT)], [person(POSSIBLE)], [person(ASIDE)], [person(NAMED)], [person(AUTHOR), person(SUBJECT)]);
    let record = Known {
        class,
        school: "SCH01",
        owner: &owner,
        seconds: &[],
        subjects: &subjects,
        possible_subjects: &possible,
        aside: &aside,
        named: &named,
        identity_for: None,
        authors: &authors,
    };
    let duties = BTreeSet::from([Address::of(duty, school)]);
    seen(Viewer { person: person(who), duties: &duties }, Look { reader: person(reader), reading_as }, &record)
}

const HEAD: Option<Duty> = Some(Duty::Headteacher);

#[test]
fn whoever_may_know_the_record_sees_who_looked_at_it() {
    assert_eq!(sees(RecordClass::Conduct, STRANGER, Duty::Headteacher, "SCH01", READER, HEAD), Some(Seen::Whole));
    assert_eq!(sees(RecordClass::Conduct, NAMED, Duty::Reporter, "SCH01", READER, HEAD), Some(Seen::Whole));
    for (duty, school) in [(Duty::Headteacher, "SCH02"), (Duty::Dsl, "SCH01"), (Duty::Administrator, "SCH01"), (Duty::Governor, "SCH01")] {
        assert_eq!(sees(RecordClass::Conduct, STRANGER, duty, school, READER, HEAD), None, "{duty} {school}");
    }
}

#[test]
fn dpo_and_auditor_see_a_class_and_no_more_of_what_they_may_not_know() {
    for duty in [Duty::Dpo, Duty::Auditor] {
        assert_eq!(sees(RecordClass::Conduct, STRANGER, duty, "SCH01", READER, HEAD), Some(Seen::Class), "{duty}");
    }
    assert_eq!(sees(RecordClass::DataProtection, STRANGER, Duty::Dpo, "SCH01", READER, HEAD), Some(Seen::Whole));
    assert_eq!(sees(RecordClass::DataProtection, STRANGER, Duty::Auditor, "SCH01", READER, HEAD), Some(Seen::Class));
}

#[test]
fn own_looks_stay_while_the_record_may_be_known() {
    assert_eq!(sees(RecordClass::Conduct, READER, Duty::Headteacher, "SCH01", READER, HEAD), Some(Seen::Whole));
    assert_eq!(sees(RecordClass::Conduct, READER, Duty::Reporter, "SCH01", READER, HEAD), None, "the duty ended");
    assert_eq!(sees(RecordClass::Conduct, AUTHOR, Duty::Reporter, "SCH01", AUTHOR, HEAD), Some(Seen::Own));
    assert_eq!(sees(RecordClass::Conduct, SUBJECT, Duty::Headteacher, "SCH01", SUBJECT, HEAD), None, "it became hidden from them");
}

#[test]
fn who_reads_their_own_papers_is_nobody_else_s_to_see() {
    assert_eq!(sees(RecordClass::Conduct, AUTHOR, Duty::Reporter, "SCH01", AUTHOR, None), Some(Seen::Own));
    assert_eq!(sees(RecordClass::Conduct, SUBJECT, Duty::Reporter, "SCH01", SUBJECT, None), Some(Seen::Own), "frozen, as their receipt is");
    for duty in Duty::ALL {
        assert_eq!(sees(RecordClass::Conduct, STRANGER, *duty, "SCH01", AUTHOR, None), None, "{duty}: it would tell who wrote it");
    }
}

proptest! {
    #[test]
    fn the_person_concerned_sees_no_trace_of_their_record_in_any_form(
        who in prop_oneof![Just(SUBJECT), Just(POSSIBLE), Just(ASIDE)],
        class in prop::sample::select(RecordClass::ALL), duty in prop::sample::select(Duty::ALL),
        reading_as in prop::sample::select(Duty::ALL), reader in 1..9_u8, school in prop_oneof![Just("SCH01"), Just("SCH02")],
    ) {
        prop_assert_eq!(sees(class, who, duty, school, reader, Some(reading_as)), None);
    }

    #[test]
    fn nobody_sees_a_look_whole_without_access_to_the_record(
        who in 1..9_u8, class in prop::sample::select(RecordClass::ALL), duty in prop::sample::select(Duty::ALL),
        reader in 1..9_u8, at_their_papers in any::<bool>(), school in prop_oneof![Just("SCH01"), Just("SCH02")],
    ) {
        let reading_as = (!at_their_papers).then_some(Duty::Headteacher);
        let owner = Address::of(Duty::Headteacher, "SCH01");
        let named = [person(NAMED)];
        let known = Known { class, school: "SCH01", owner: &owner, seconds: &[], subjects: &[person(SUBJECT)],
            possible_subjects: &[person(POSSIBLE)], aside: &[person(ASIDE)], named: &named, identity_for: None, authors: &[] };
        let duties = BTreeSet::from([Address::of(duty, school)]);
        let groups = matches!(access(Viewer { person: person(who), duties: &duties }, &known), Access::Groups(..));
        match sees(class, who, duty, school, reader, reading_as) {
            Some(Seen::Whole) => prop_assert!(groups),
            Some(Seen::Own) => prop_assert_eq!(who, reader),
            Some(Seen::Class) => prop_assert!([Duty::Dpo, Duty::Auditor].contains(&duty)),
            None => {}
        }
    }

    #[test]
    fn a_time_of_day_has_one_answer_however_many_seconds_it_has(minute in 0..10_080_i64, second in 0..60_i64) {
        let rules = Reading::default();
        let start = Instant::parse("2026-11-02T00:00Z").unwrap().plus_seconds(minute * 60);
        prop_assert_eq!(is_out_of_hours(&rules, start), is_out_of_hours(&rules, start.plus_seconds(second)));
    }
}

#[test]
fn out_of_hours_is_reckoned_in_england() {
    let rules = Reading::default();
    let out = |text: &str| is_out_of_hours(&rules, Instant::parse(text).unwrap());
    assert!(out("2026-10-30T06:29Z") && !out("2026-10-30T06:30Z"), "winter time");
    assert!(!out("2026-10-30T19:59Z") && out("2026-10-30T20:00Z"));
    assert!(out("2026-07-01T05:29Z") && !out("2026-07-01T05:30Z"), "summer time");
    assert!(out("2026-10-31T12:00Z") && out("2026-11-01T12:00Z") && !out("2026-11-02T12:00Z"), "a weekend");
}

#[test]
fn each_mark_has_its_rule_and_a_list_opens_nothing() {
    let rules = Reading::default();
    let at = Instant::parse("2026-10-30T12:00Z").unwrap();
    let plain = Circumstances { at, opened: true, first: true, record_since: at, opened_in_hour: 1 };
    assert_eq!(marks(&rules, &plain), []);
    let old = Circumstances { record_since: at.plus_seconds(-366 * 86_400), ..plain };
    assert_eq!(marks(&rules, &old), [Mark::OldRecord]);
    assert_eq!(marks(&rules, &Circumstances { first: false, ..old }), []);
    assert_eq!(marks(&rules, &Circumstances { record_since: at.plus_seconds(-365 * 86_400), ..plain }), [], "not older than a year");
    let many = Circumstances { opened_in_hour: 31, ..plain };
    assert_eq!(marks(&rules, &many), [Mark::ManyRecords]);
    assert_eq!(marks(&rules, &Circumstances { opened_in_hour: 30, ..plain }), []);
    assert_eq!(marks(&rules, &Circumstances { opened: false, ..old }), []);
    assert_eq!(marks(&rules, &Circumstances { opened: false, ..many }), []);
    let late = Circumstances { at: at.plus_seconds(9 * 3600), opened_in_hour: 40, ..old };
    assert_eq!(marks(&rules, &late), Mark::ALL);
}

#[test]
fn a_purpose_is_asked_for_taken_or_refused() {
    let profile = Profile::parse(include_str!("../../../../ops/profiles/clpt.toml")).unwrap();
    assert_eq!(purpose(None, true, false, &profile), Err(PurposeWrong::Missing));
    assert_eq!(purpose(None, false, false, &profile), Ok("case_work".into()));
    assert_eq!(purpose(Some("audit"), true, false, &profile), Ok("audit".into()));
    assert_eq!(purpose(Some("audit"), false, false, &profile), Ok("audit".into()));
    assert_eq!(purpose(Some("nosiness"), false, false, &profile), Err(PurposeWrong::Unknown));
    assert_eq!(purpose(Some("break_glass"), true, false, &profile), Err(PurposeWrong::Unknown), "nobody chooses it");
    assert_eq!(purpose(Some("audit"), true, true, &profile), Ok("break_glass".into()));
}
