//! The answers are those of the routing itself.

use super::*;
use crate::{
    directory::{
        SchoolRecorded, SchoolRow,
        tests::{directory, person},
    },
    profile::tests::shipped,
    report::{Part as AdultsPart, StaffNamed},
    routing::{ReportedBy, route_report},
};

fn small() -> Directory {
    let mut directory = directory(&[
        person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01")), (Duty::Dsl, Some("SCH01"))]),
        person(2, "George Xu", &[(Duty::TrustLead, None)]),
        person(3, "Milo Kemp", &[(Duty::Dpo, None), (Duty::ItLead, None)]),
    ]);
    let row = SchoolRow { code: "SCH01".into(), name: "Oakfield".into(), head_staff_id: None, dsl_staff_id: None, deputy_staff_id: None };
    directory.apply(&SchoolRecorded { row, source: None, row_digest: None }.into());
    directory
}

fn receives(explanation: &Explanation, part: Part) -> Vec<Duty> {
    let steps = explanation.steps.iter().filter(|step| step.part == part);
    let mut all: Vec<Duty> = steps.filter(|step| [Stand::Receives, Stand::Waits].contains(&step.stand)).map(|step| step.duty).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn what_is_explained_is_what_happens() {
    let directory = small();
    for profile in shipped() {
        let codes = ReportType::ALL.iter().map(|kind| kind.as_str()).chain(profile.extra_types.iter().map(|kind| kind.code.as_str()));
        for (code, n) in codes.flat_map(|code| [0, 1, 2, 3].map(|n| (code, n))) {
            let subject = [None, Some(Duty::Headteacher), Some(Duty::TrustLead), Some(Duty::Dpo)][n];
            let question = Question { kind: code, subject, school: None };
            let explained = explain(profile, Some(&directory), question).unwrap();
            let mut form = form(profile, code, "SCH01").unwrap();
            if subject.is_some() {
                form.staff.push(StaffNamed { staff_id: Some(format!("S{n}")), name: "x".into(), part: AdultsPart::Subject });
            }
            let class = routing::class(&form, profile);
            let routed = route_report(&form, class, ReportedBy::default(), &directory, profile);
            let duties = |addresses: Vec<&Address>| addresses.into_iter().map(|address| address.duty).collect::<Vec<_>>();
            assert_eq!(explained.class, class, "{code}");
            assert_eq!(receives(&explained, Part::Owner), [routed.route.owner.duty], "{code} about {subject:?}");
            assert_eq!(receives(&explained, Part::Second), duties(routed.route.second.iter().collect()), "{code} about {subject:?}");
            let mut facts = duties(routed.facts_to.iter().collect());
            facts.sort_unstable();
            assert_eq!(receives(&explained, Part::Facts), facts, "{code} about {subject:?}");
            assert_eq!(receives(&explained, Part::Clock), duties(routed.clock_owner.iter().collect()), "{code} about {subject:?}");
        }
    }
}

#[test]
fn every_step_says_why() {
    let [clpt, coastal] = shipped();
    let question = Question { kind: "low_level_concern", subject: Some(Duty::Headteacher), school: Some("SCH01") };
    let explained = explain(clpt, Some(&small()), question).unwrap();
    let stands: Vec<(Duty, Stand)> = explained.steps.iter().map(|step| (step.duty, step.stand)).collect();
    let expected = [
        (Duty::Headteacher, Stand::Subject),
        (Duty::Dsl, Stand::Subject),
        (Duty::TrustSafeguardingLead, Stand::Vacant),
        (Duty::TrustLead, Stand::Receives),
        (Duty::Chair, Stand::Vacant),
        (Duty::ChairOfTrustees, Stand::Vacant),
    ];
    assert_eq!(stands, expected);
    assert_eq!(explained.steps[1].people, ["Uma Jones"]);
    assert!(explained.steps.iter().all(|step| step.clause == "P0-LLC-2"));
    assert_eq!(explained.ring, None);
    let on_paper = explain(coastal, None, Question { school: None, ..question }).unwrap();
    let receives: Vec<&str> = on_paper.steps.iter().filter(|step| step.stand == Stand::Receives).map(|step| step.title.as_str()).collect();
    assert_eq!((receives, on_paper.school), (vec!["Chair of governors"], None));
    assert!(on_paper.steps.iter().all(|step| step.people.is_empty()), "nobody is named where nobody was asked for");
}

#[test]
fn where_nobody_is_left_it_says_whom_to_ring() {
    let mut alone = directory(&[person(1, "Uma Jones", &[(Duty::Hr, None)])]);
    alone.schools = small().schools;
    let profile = crate::profile::Profile::parse(&crate::profile::tests::CLPT.replace(
        "chain = [\"headteacher\", \"dsl\", \"trust-safeguarding-lead\", \"trust-lead\", \"chair\", \"chair-of-trustees\"]",
        "chain = [\"hr\"]",
    ));
    let question = Question { kind: "low_level_concern", subject: Some(Duty::Hr), school: None };
    let explained = explain(&profile.unwrap(), Some(&alone), question).unwrap();
    assert_eq!(explained.steps[0].stand, Stand::Subject);
    assert!(explained.ring.unwrap().contains("LADO"), "LLC-4");
}

#[test]
fn a_wrong_question_names_its_field() {
    let profile = &shipped()[0];
    let ask = |kind, school, directory: &Directory| {
        explain(profile, Some(directory), Question { kind, subject: None, school })
            .map(|_| ())
            .map_err(|Invalid(list)| list[0].field.clone())
    };
    let mut two = small();
    let row = SchoolRow { code: "SCH02".into(), name: "Elm".into(), head_staff_id: None, dsl_staff_id: None, deputy_staff_id: None };
    two.apply(&SchoolRecorded { row, source: None, row_digest: None }.into());
    assert_eq!(ask("time_travel", None, &small()), Err("type".into()));
    assert_eq!(ask("malware", Some("SCH09"), &small()), Err("school".into()));
    assert_eq!(ask("malware", None, &two), Err("school".into()));
    assert_eq!(ask("malware", None, &Directory::default()), Err("school".into()));
    assert_eq!(ask("image", Some("SCH02"), &two), Ok(()));
}

#[test]
fn every_step_says_when() {
    let question = Question { kind: "malware", subject: Some(Duty::Headteacher), school: None };
    let explained = explain(&shipped()[0], None, question).unwrap();
    let said = |part, stand| {
        let step = explained.steps.iter().find(|step| step.part == part && step.stand == stand);
        step.map(|step| step.when.as_str()).unwrap_or_default()
    };
    assert_eq!(said(Part::Owner, Stand::Receives), "at once, at filing");
    assert_eq!(said(Part::Owner, Stand::Subject), "never, of this report");
    assert_eq!(said(Part::Owner, Stand::StandsIn), "when the one before is the subject or absent, or the post is vacant");
    assert_eq!(said(Part::Facts, Stand::Receives), "at once, at filing");
    let danger =
        explain(&shipped()[0], None, Question { kind: "child_on_child_abuse_online", subject: Some(Duty::Dpo), ..question }).unwrap();
    let second = danger.steps.iter().find(|step| step.part == Part::Second && step.stand == Stand::Receives).unwrap();
    assert!(second.when.ends_with("where a child could be in danger"));
    let lost = explain(&shipped()[0], None, Question { kind: "loss_of_data", ..question }).unwrap();
    let clock = lost.steps.iter().find(|step| step.part == Part::Clock && step.stand == Stand::Receives).unwrap();
    assert!(clock.when.ends_with("72 hours from first knowledge"), "BRE-2");
}
