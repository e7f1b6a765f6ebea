//! Repeats, decisions and receivers of alerts.

use proptest::prelude::*;

use super::*;
use crate::{
    Duty, RecordClass, RecordId, ReportId,
    directory::{
        Directory, PupilRow,
        tests::{directory, person},
    },
    profile::{Profile, tests::shipped},
    report::{Form, Part, Refused},
    routing::{self, AlertUser, alert_user, reroute_alert, route_alert},
};

const HOUR: i64 = 3_600;

fn id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

fn person_id(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

fn at(hours: i64) -> Instant {
    Instant::parse("2026-10-01T08:00Z").unwrap().plus_seconds(hours * HOUR)
}

fn people() -> Directory {
    directory(&[
        person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
        person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
        person(3, "Bea Ashworth-Fletcher", &[(Duty::DeputyDsl, Some("SCH01"))]),
        person(4, "Hana Okafor", &[]),
        person(5, "Hana Kemp", &[]),
    ])
}

fn pupil(n: u8) -> PupilRow {
    PupilRow {
        pupil_id: format!("SCH01-P{n:03}"),
        legal_name: format!("Pupil {n}"),
        known_name: None,
        date_of_birth: None,
        year_group: Some("Year 5".into()),
        school: "SCH01".into(),
        on_roll: None,
        off_roll: None,
        next_school: None,
    }
}

/// An alert of this user, as it would come in.
fn alert_of(user: &AlertUser, given: Option<&str>, category: &str, hours: i64, directory: &Directory, profile: &Profile) -> Alert {
    let received = AlertReceived {
        class: RecordClass::Safeguarding,
        school: "SCH01".into(),
        occurred_at: at(hours),
        category: category.into(),
        severity: Some(3),
        device: Some("PC-1".into()),
        user: given.map(str::to_owned),
        about: user.about,
        listed_id: user.listed_id.clone(),
        name: user.name.clone(),
        year_group: (user.about == AlertAbout::Pupil).then(|| "Year 5".into()),
        excerpt: Some("i dont want to be here".into()),
        address: None,
        action: None,
        route: route_alert(user, "SCH01", directory, profile),
        source: "Securus".into(),
        source_reference: format!("M{hours}"),
        row_digest: "ab".into(),
        received_at: at(hours + 1),
    };
    Alert::evolve(None, AlertEvent::from(received)).unwrap()
}

fn of_pupil(n: u8, category: &str, hours: i64) -> Alert {
    let row = pupil(n);
    alert_of(&AlertUser::pupil(&row), Some(&row.pupil_id), category, hours, &people(), &shipped()[0])
}

fn of_adult(user: &str, directory: &Directory, profile: &Profile) -> Alert {
    alert_of(&alert_user(Some(user), directory), Some(user), "weapons", 0, directory, profile)
}

fn grouped(alerts: &[(u8, Alert)]) -> Vec<Vec<u8>> {
    let groups = groups(alerts.iter().map(|(n, alert)| (id(*n), alert)), &shipped()[0]);
    groups.iter().map(|group| group.alerts().iter().map(|(id, _)| id.as_bytes()[0]).collect()).collect()
}

fn ask(decision: AlertDecision, alerts: &[u8]) -> DecideAlerts {
    DecideAlerts { alerts: alerts.iter().map(|n| id(*n)).collect(), decision, reason: "Looked at it.".into() }
}

#[test]
fn fil_1_repeats_of_one_pupil_and_category_within_a_day_are_one_group() {
    let alerts = [
        (1, of_pupil(1, "self-harm", 0)),
        (2, of_pupil(1, "Self-Harm ", 24)),
        (3, of_pupil(1, "self-harm", 49)),
        (4, of_pupil(1, "gambling", 1)),
        (5, of_pupil(2, "self-harm", 1)),
    ];
    assert_eq!(grouped(&alerts), [vec![1, 2], vec![4], vec![5], vec![3]], "a gap of more than a day begins another");
    let shared = |n: u8, device: Option<&str>| {
        let mut alert = of_pupil(1, "self-harm", i64::from(n));
        (alert.received.user, alert.received.device) = (None, device.map(str::to_owned));
        (n, alert)
    };
    let of_devices = [shared(1, Some("PC-1")), shared(2, Some("pc-1")), shared(3, Some("PC-2")), shared(4, None), shared(5, None)];
    assert_eq!(grouped(&of_devices), [vec![1, 2], vec![3], vec![4], vec![5]], "the device stands for whoever it was");
}

#[test]
fn the_gravest_group_stands_first_then_the_one_that_waits_longest() {
    let mut alerts = [(1, of_pupil(1, "a", 5)), (2, of_pupil(2, "a", 1)), (3, of_pupil(3, "a", 9)), (4, of_pupil(4, "a", 0))];
    alerts[2].1.received.severity = Some(5);
    alerts[3].1.received.severity = None;
    assert_eq!(grouped(&alerts), [[3], [2], [1], [4]]);
}

proptest! {
    #[test]
    fn every_alert_is_in_one_group_whatever_their_order(
        seen in prop::collection::vec((0u8..3, 0u8..2, 0i64..120), 1..20),
        turn in 0usize..20,
    ) {
        let mut alerts: Vec<(u8, Alert)> = (1..).zip(&seen).map(|(n, (who, what, hours))| (n, of_pupil(*who, &what.to_string(), *hours))).collect();
        let first = grouped(&alerts);
        let mut all: Vec<u8> = first.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (1..=u8::try_from(seen.len()).unwrap()).collect::<Vec<u8>>());
        let middle = turn % alerts.len();
        alerts.rotate_left(middle);
        prop_assert_eq!(grouped(&alerts), first);
    }
}

#[test]
fn fil_1_the_dsl_receives_alerts_whatever_the_trust_s_route_for_concerns_is() {
    for profile in shipped() {
        let route = route_alert(&AlertUser::pupil(&pupil(1)), "SCH01", &people(), profile);
        assert_eq!((route.owner.duty, route.subjects.len()), (Duty::Dsl, 0), "{}", profile.id);
    }
}

#[test]
fn an_alert_of_an_adult_never_goes_to_that_adult() {
    for profile in shipped() {
        let people = people();
        for user in ["S2", "p2@example.org", "SCHOOL\\P2", "george.xu", "George Xu"] {
            let alert = of_adult(user, &people, profile);
            assert_eq!((alert.received.about, alert.owner().duty), (AlertAbout::Adult, Duty::DeputyDsl), "{user}");
            assert!(alert.may_be_about(person_id(2)), "{user}");
        }
        let both = of_adult("hana", &people, profile);
        assert_eq!((both.route.possible_subjects.len(), both.owner().duty), (2, Duty::Dsl), "two of that name");
        let nobody = of_adult("year5-ipad", &people, profile);
        assert_eq!((nobody.received.about, nobody.route.possible_subjects.len()), (AlertAbout::Unknown, 0));
    }
}

#[test]
fn an_alert_of_a_dsl_s_own_device_is_kept_from_them_whoever_was_signed_in() {
    let (people, profile) = (people(), &shipped()[0]);
    let user = alert_user(None, &people).or_holder(Some(person_id(2)), &people);
    let alert = alert_of(&user, None, "weapons", 0, &people, profile);
    assert_eq!((alert.owner().duty, alert.route.possible_subjects.as_slice()), (Duty::DeputyDsl, &[person_id(2)][..]));
    let known = alert_user(Some("S4"), &people).or_holder(Some(person_id(2)), &people);
    assert_eq!(known.listed_id.as_deref(), Some("S4"), "who is known to have been signed in is whom it is about");
    assert_eq!(AlertUser::pupil(&pupil(1)).or_holder(Some(person_id(2)), &people).about, AlertAbout::Pupil);
}

#[test]
fn an_alert_is_sent_on_when_its_receiver_turns_out_to_be_the_person() {
    let profile = &shipped()[0];
    let before = directory(&[
        person(3, "Bea Ashworth-Fletcher", &[(Duty::DeputyDsl, Some("SCH01"))]),
        person(6, "Noa Ilves", &[(Duty::Dsl, Some("SCH01"))]),
    ]);
    let alert = of_adult("george.xu", &before, profile);
    assert_eq!((alert.received.about, alert.owner().duty), (AlertAbout::Unknown, Duty::Dsl));
    assert_eq!(reroute_alert(&alert, &before, profile), None, "nothing has changed");
    let after = directory(&[
        person(3, "Bea Ashworth-Fletcher", &[(Duty::DeputyDsl, Some("SCH01"))]),
        person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
    ]);
    let route = reroute_alert(&alert, &after, profile).unwrap();
    assert_eq!((route.owner.duty, route.possible_subjects.as_slice()), (Duty::DeputyDsl, &[person_id(2)][..]));
    let moved = AlertRerouted { class: RecordClass::Safeguarding, school: "SCH01".into(), occurred_at: at(0), route };
    let alert = Alert::evolve(Some(alert), moved.into()).unwrap();
    assert_eq!(reroute_alert(&alert, &after, profile), None);
    let dismissed = dismiss(&alert, &ask(AlertDecision::Dismiss, &[1]), "Bea", at(2)).unwrap();
    let alert = Alert::evolve(Some(alert), dismissed.into()).unwrap();
    assert_eq!(reroute_alert(&alert, &before, profile), None, "what is decided stays where it is");
    assert_eq!(reroute_alert(&of_pupil(1, "x", 0), &directory(&[]), profile), None, "P0-FM-1: every DSL of the school reads it");
}

#[test]
fn fil_1_the_dsls_decide_and_a_head_reads() {
    let alert = of_pupil(1, "x", 0);
    assert_eq!(alert.owner().duty, Duty::Dsl);
    for (duty, decides) in [
        (Duty::Dsl, true),
        (Duty::DeputyDsl, true),
        (Duty::TrustSafeguardingLead, true),
        (Duty::Headteacher, false),
        (Duty::ItLead, false),
        (Duty::OnlineSafetyLead, false),
    ] {
        assert_eq!(may_decide(&alert, duty), decides, "{duty}");
    }
    let about_dsls =
        directory(&[person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]), person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))])]);
    let of_head = of_adult("S2", &about_dsls, &shipped()[0]);
    assert!(of_head.owner().duty == Duty::Headteacher && may_decide(&of_head, Duty::Headteacher), "as the stand-in");
}

/// The duty to which an alert goes on, and how it stands then.
fn goes_on(alert: &Alert, now: Instant) -> Option<(Duty, Alert)> {
    let gone = escalate(alert, &people(), &shipped()[0], now)?;
    assert_eq!((gone.clause.as_str(), gone.was_due), ("FIL-1", due_at(&alert.received, &shipped()[0])));
    let duty = gone.to.duty;
    Some((duty, Alert::evolve(Some(alert.clone()), gone.into()).unwrap()))
}

#[test]
fn fil_1_an_alert_that_nobody_decides_about_goes_on_to_the_next() {
    let alert = of_pupil(1, "self-harm", 0);
    let due = due_at(&alert.received, &shipped()[0]);
    assert!(due > alert.received.received_at.plus_seconds(4 * HOUR), "a working day");
    assert_eq!(goes_on(&alert, due.plus_seconds(-1)), None);
    let (duty, after) = goes_on(&alert, due).unwrap();
    assert_eq!(duty, Duty::Headteacher, "every DSL of the school was asked already");
    assert!(may_decide(&after, duty), "and may decide about it");
    assert_eq!(goes_on(&after, due.plus_seconds(60)), None, "one step at a time");
    assert_eq!(goes_on(&after, due.plus_seconds(30 * 24 * HOUR)), None, "and nobody else is there");
    let dismissed = dismiss(&alert, &ask(AlertDecision::Dismiss, &[1]), "George Xu", at(2)).unwrap();
    assert_eq!(goes_on(&Alert::evolve(Some(alert.clone()), dismissed.into()).unwrap(), due), None, "what is decided is not late");
    let mut history = alert;
    history.received.received_at = history.occurred_at().plus_seconds(8 * 24 * HOUR);
    assert_eq!(goes_on(&history, due.plus_seconds(30 * 24 * HOUR)), None, "an old export calls nobody");
}

#[test]
fn the_gravest_alert_goes_on_within_the_hour_and_never_to_whom_it_is_about() {
    let mut grave = of_pupil(1, "self-harm", 0);
    grave.received.severity = Some(SEVERITY_MAX);
    let came_in = grave.received.received_at;
    assert_eq!(goes_on(&grave, came_in.plus_seconds(HOUR - 1)), None);
    assert_eq!(goes_on(&grave, came_in.plus_seconds(HOUR)).unwrap().0, Duty::Headteacher);
    let of_head = of_adult("S1", &people(), &shipped()[0]);
    assert!(of_head.may_be_about(person_id(1)));
    assert_eq!(goes_on(&of_head, at(30 * 24)), None, "the head is whom it is about, and nobody else is there");
}

#[test]
fn an_alert_is_dismissed_once_and_a_dismissal_is_corrected_by_raising_it() {
    let waiting = of_pupil(1, "x", 0);
    let dismissed = dismiss(&waiting, &ask(AlertDecision::Dismiss, &[1, 2, 3]), "George Xu", at(1)).unwrap();
    assert_eq!((dismissed.together, dismissed.decided_by.as_str(), dismissed.owner.duty), (3, "George Xu", Duty::Dsl));
    let alert = Alert::evolve(Some(waiting), dismissed.into()).unwrap();
    assert!(!alert.waits() && matches!(dismiss(&alert, &ask(AlertDecision::Dismiss, &[1]), "x", at(2)), Err(Refused::State(_))));
    let report = ReportId::from_bytes([9; 16]);
    let raised = raise(&alert, &ask(AlertDecision::Raise, &[1]), report, "George Xu", at(2)).unwrap();
    let alert = Alert::evolve(Some(alert), raised.into()).unwrap();
    assert!(matches!(&alert.decided, Some(Decided::Raised(raised)) if raised.report == report));
    assert!(matches!(raise(&alert, &ask(AlertDecision::Raise, &[1]), report, "x", at(3)), Err(Refused::State(_))));
}

fn wrong(form: Result<Form, Refused>) -> String {
    match form {
        Err(Refused::Invalid(invalid)) => invalid.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn raised_alerts_become_one_report_with_the_pupils_they_are_about() {
    let (people, profile) = (people(), &shipped()[0]);
    let alerts = [of_pupil(2, "self-harm", 3), of_pupil(1, "self-harm", 0), of_pupil(1, "self-harm", 1)];
    let form = report_of(&alerts.iter().collect::<Vec<_>>(), "Third time this week.", &people).unwrap();
    assert_eq!(form.check(at(10)), Ok(()));
    assert_eq!((form.school.as_str(), form.incident_at, form.pupils.len()), ("SCH01", Some(at(0)), 2));
    let named: Vec<_> = form.pupils.iter().map(|pupil| (pupil.name.as_str(), pupil.year_group.as_deref())).collect();
    assert!(named.contains(&("Pupil 1", Some("Year 5"))), "{named:?}");
    assert!(form.what_happened.starts_with("3 monitoring alerts were raised as a concern: Third time this week."));
    assert!(form.what_happened.contains("i dont want to be here") && form.what_happened.contains("Securus M0"));
    assert_eq!((routing::class(&form, profile), form.staff.len()), (RecordClass::Safeguarding, 0));
    assert!(wrong(report_of(&[], "x", &people)).contains("names no alert"));
    let mut elsewhere = of_pupil(1, "x", 0);
    elsewhere.received.school = "SCH02".into();
    assert!(wrong(report_of(&[&alerts[0], &elsewhere], "x", &people)).contains("several schools"));
    let adult = of_adult("S4", &people, profile);
    assert!(wrong(report_of(&[&alerts[0], &adult], "x", &people)).contains("about the adult apart"));
}

#[test]
fn a_report_of_an_adult_s_alerts_reaches_nobody_whom_they_may_be_about() {
    let people = people();
    let holder = alert_user(None, &people).or_holder(Some(person_id(2)), &people);
    for profile in shipped() {
        let of_device = alert_of(&holder, None, "weapons", 0, &people, profile);
        let users = ["S2", "p2@example.org", "SCHOOL\\P2", "george.xu", "hana", "okafor"];
        for alert in users.map(|user| of_adult(user, &people, profile)).into_iter().chain([of_device]) {
            let form = report_of(&[&alert], "x", &people).unwrap();
            assert_eq!((form.check(at(10)), routing::class(&form, profile)), (Ok(()), RecordClass::Conduct));
            assert!(form.staff.iter().all(|adult| adult.part == Part::Subject));
            let found = routing::subjects(&form, routing::ReportedBy::default(), &people, profile);
            let about = [alert.route.subjects.as_slice(), &alert.route.possible_subjects].concat();
            assert!(!about.is_empty() && about.iter().all(|person| found.may_be(*person)), "{:?}", alert.received.user);
        }
    }
}

#[test]
fn a_story_stays_within_what_a_form_takes() {
    let long = |n: i64| {
        let mut alert = of_pupil(1, &"c".repeat(200), n);
        alert.received.excerpt = Some("é".repeat(4_000));
        alert.received.address = Some("a".repeat(2_000));
        alert
    };
    let alerts: Vec<Alert> = (0..100).map(long).collect();
    let form = report_of(&alerts.iter().collect::<Vec<_>>(), &"r".repeat(2_000), &people()).unwrap();
    assert_eq!(form.check(at(1_000)), Ok(()));
    assert!(form.what_happened.ends_with("and 75 more like these."));
}

#[test]
fn what_cannot_be_asked_is_refused_by_field() {
    let fields = |ask: &DecideAlerts| match ask.check() {
        Ok(()) => vec![],
        Err(crate::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
    };
    assert_eq!(fields(&ask(AlertDecision::Dismiss, &[1, 2])), Vec::<String>::new());
    assert_eq!(fields(&ask(AlertDecision::Raise, &[1, 1])), ["alerts"]);
    assert_eq!(fields(&DecideAlerts { reason: " ".into(), ..ask(AlertDecision::Raise, &[]) }), ["reason", "alerts"]);
    let row = AlertRow {
        alert_id: "M1".into(),
        occurred_at: at(0),
        school: "SCH01".into(),
        device: None,
        user: None,
        severity: Some(5),
        category: "x".into(),
        excerpt: None,
        address: None,
        action: None,
    };
    assert_eq!(row.check(at(0)), Ok(()));
    let late = AlertRow { severity: Some(6), category: String::new(), ..row };
    let crate::Invalid(errors) = late.check(at(-1)).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["category", "severity", "occurred_at"]);
}
