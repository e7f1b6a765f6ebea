//! The routes of the shipped profiles, written out: who owns a report of each type, by whom it is about. `tests/routes/*.txt` is for
//! people to read and to argue with; `WARDBOOK_WRITE_CONTRACTS=1 cargo test -p wardbook-domain routes_are` writes it anew.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use super::*;
use crate::{
    directory::tests::{directory, person},
    profile::tests::shipped,
    report::{StaffNamed, form},
};

/// Duties whose holders a report may be about; the rest stand for "another adult".
const DUTIES: [Duty; 13] = [
    Duty::Headteacher,
    Duty::DeputyHead,
    Duty::Dsl,
    Duty::DeputyDsl,
    Duty::OnlineSafetyLead,
    Duty::ItLead,
    Duty::Dpo,
    Duty::Hr,
    Duty::TrustSafeguardingLead,
    Duty::TrustLead,
    Duty::Chair,
    Duty::ChairOfTrustees,
    Duty::Governor,
];

const NAMES: [&str; 13] = [
    "Uma Jones",
    "Bea Ashworth",
    "George Xu",
    "Hana Okafor",
    "Ola Nwosu",
    "Milo Kemp",
    "Dara Quill",
    "Rhys Tudor",
    "Tess Garner",
    "Ciara Finch",
    "Piet Vogel",
    "Sana Malik",
    "Ewan Brodie",
];

fn number(duty: Duty) -> u8 {
    u8::try_from(DUTIES.iter().position(|listed| *listed == duty).unwrap() + 1).unwrap()
}

/// One person for each duty, and a teacher.
pub(super) fn one_each() -> Directory {
    let mut people: Vec<_> = (1u8..)
        .zip(DUTIES.into_iter().zip(NAMES))
        .map(|(n, (duty, name))| {
            let address = Address::of(duty, "SCH01");
            person(n, name, &[(duty, address.school.as_deref())])
        })
        .collect();
    people.push(person(50, "Nell Prior", &[]));
    directory(&people)
}

pub(super) fn codes_of(profile: &Profile) -> Vec<String> {
    let form = ReportType::ALL.iter().map(|kind| kind.as_str().to_owned());
    form.chain(profile.extra_types.iter().map(|kind| kind.code.clone())).collect()
}

fn form_with(code: &str, subjects: &[u8], profile: &Profile) -> Form {
    let mut form = form(&[]);
    match ReportType::parse(code) {
        Some(kind) => form.types.push(kind),
        None => form.extra_types.push(code.to_owned()),
    }
    let named = |n: &u8| StaffNamed { staff_id: Some(format!("S{n}")), name: "x".into(), part: Part::Subject };
    form.staff = subjects.iter().map(named).collect();
    profile.with_boxes(&form).unwrap().0
}

pub(super) fn routed(code: &str, subjects: &[u8], profile: &Profile) -> Routed {
    let form = form_with(code, subjects, profile);
    route_report(&form, class(&form, profile), ReportedBy::default(), &one_each(), profile)
}

fn line(first: &str, routed: &Routed) -> String {
    let list = |all: Vec<&Address>| match all.as_slice() {
        [] => "-".to_owned(),
        all => all.iter().map(|address| address.duty.as_str()).collect::<Vec<_>>().join(", "),
    };
    let [second, clock] = [&routed.route.second, &routed.clock_owner].map(|address| list(address.iter().collect()));
    let (owner, facts) = (routed.route.owner.duty.as_str(), list(routed.facts_to.iter().collect()));
    format!("{first:34} {owner:24} {second:24} {facts:36} {clock}").trim_end().to_owned()
}

/// Whom a report may be about, with the words of the table.
fn subjects() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![("another adult".to_owned(), vec![50])];
    all.extend(DUTIES.iter().map(|duty| (duty.as_str().to_owned(), vec![number(*duty)])));
    let several = |duties: &[Duty]| {
        let words = duties.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(" and ");
        (words, duties.iter().map(|duty| number(*duty)).collect())
    };
    all.push(several(&[Duty::Headteacher, Duty::Dsl]));
    all.push(several(&[Duty::Headteacher, Duty::Chair]));
    all.push(("all of them".into(), DUTIES.iter().map(|duty| number(*duty)).collect()));
    all
}

fn written(profile: &Profile) -> String {
    let heads = format!("{:24} {:24} {:36} clock", "owner", "reads along", "first facts");
    let mut out = format!("{}: who receives a report, where each duty is held by one person.\n\n", profile.name());
    let _ = writeln!(out, "No adult is its subject.\n\n{:34} {heads}", "type (class)");
    for code in codes_of(profile) {
        let form = form_with(&code, &[], profile);
        let label = format!("{code} ({})", class(&form, profile));
        // A long type has a line of its own.
        let label = if label.len() > 34 { format!("{label}\n{:34}", "") } else { label };
        let routed = routed(&code, &[], profile);
        out.push_str(&line(&label, &routed));
        out.push('\n');
    }
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for code in codes_of(profile) {
        let lines: Vec<String> = subjects().iter().map(|(words, people)| line(words, &routed(&code, people, profile))).collect();
        groups.entry(lines.join("\n")).or_default().push(code);
    }
    let mut groups: Vec<_> = groups.into_iter().map(|(lines, codes)| (codes, lines)).collect();
    groups.sort();
    for (codes, lines) in groups {
        let _ = writeln!(
            out,
            "\nAn adult is its subject (conduct), type is one of:\n  {}\n\n{:34} {heads}\n{lines}",
            codes.join("\n  "),
            "about"
        );
    }
    out
}

#[test]
fn routes_are_as_written_down() {
    for profile in shipped() {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/routes/{}.txt", profile.id));
        let now = written(profile);
        if std::env::var_os("WARDBOOK_WRITE_CONTRACTS").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept == now, "{} differs; write it anew, then read the diff:\n{now}", path.display());
    }
}

#[test]
fn whoever_it_is_about_somebody_else_owns_it_until_nobody_is_left() {
    for profile in shipped() {
        for (code, (words, people)) in codes_of(profile).iter().flat_map(|code| subjects().into_iter().map(move |subject| (code, subject)))
        {
            let routed = routed(code, &people, profile);
            let to = std::iter::once(&routed.route.owner).chain(&routed.route.second).chain(&routed.clock_owner).chain(&routed.facts_to);
            for address in to.filter(|_| words != "all of them") {
                let holders = one_each().holders(address);
                assert!(holders.iter().any(|holder| !people.contains(&holder.as_bytes()[0])), "{code} about {words} reaches {address:?}");
            }
        }
    }
}

#[test]
fn the_policies_own_words_hold() {
    let [clpt, coastal] = shipped();
    let owner = |profile: &Profile, code: &str, about: &[Duty]| {
        let people: Vec<u8> = about.iter().map(|duty| number(*duty)).collect();
        routed(code, &people, profile).route.owner.duty
    };
    for code in codes_of(clpt) {
        assert_eq!(owner(clpt, &code, &[Duty::Headteacher]), Duty::Dsl, "P0-LLC-2 {code}");
        assert_eq!(owner(clpt, &code, &[Duty::Dsl]), Duty::Headteacher, "P0-LLC-2 {code}");
        assert_eq!(owner(clpt, &code, &[Duty::Headteacher, Duty::Dsl]), Duty::TrustSafeguardingLead, "{code}");
    }
    for code in codes_of(coastal).iter().filter(|code| *code != "child_contact_social_media") {
        assert_eq!(owner(coastal, code, &[Duty::Headteacher]), Duty::Chair, "LLC-4 {code}");
        assert_eq!(owner(coastal, code, &[Duty::Headteacher, Duty::Chair]), Duty::TrustLead, "LLC-4 {code}");
    }
    assert_eq!(owner(coastal, "child_contact_social_media", &[]), Duty::Dsl, "P1-ROUTE-5");
    assert_eq!(owner(coastal, "child_contact_social_media", &[Duty::DeputyHead]), Duty::Dsl, "P1-ROUTE-5");
    assert_eq!(owner(coastal, "online_safety_concern", &[]), Duty::OnlineSafetyLead, "P1-ROUTE-1");
    for code in ["phishing_link", "malware", "email_missent", "loss_of_data", "theft_of_equipment"] {
        assert_eq!(owner(coastal, code, &[]), Duty::ItLead, "P1-ROUTE-2 {code}");
        assert_eq!(owner(clpt, code.replace("email_missent", "loss_of_data").as_str(), &[]), Duty::Headteacher, "P0-ROUTE-2 {code}");
    }
    for profile in [clpt, coastal] {
        assert_eq!(owner(profile, "child_on_child_abuse_online", &[]), Duty::Dsl, "P0-ROUTE-1");
        let malware = routed("malware", &[number(Duty::Headteacher)], profile);
        assert!(malware.facts_to.contains(&Address::of(Duty::ItLead, "SCH01")), "P1-ROUTE-2: IT hears of it whoever it is about");
        assert_eq!(malware.clock_owner, Some(Address::trust_wide(Duty::Dpo)));
    }
}

#[test]
fn p1_nude_1_what_may_hold_an_image_goes_to_the_dsl_and_no_further() {
    let [_, coastal] = shipped();
    let mut form = form_with("online_safety_concern", &[], coastal);
    for (answer, owner) in [(ImageAnswer::Yes, Duty::Dsl), (ImageAnswer::Unsure, Duty::Dsl), (ImageAnswer::No, Duty::OnlineSafetyLead)] {
        form.image = Some(answer);
        let routed = route_report(&form, class(&form, coastal), ReportedBy::default(), &one_each(), coastal);
        assert_eq!(routed.route.owner.duty, owner, "{answer}");
    }
    let mut misuse = form_with("misuse_of_ict", &[], coastal);
    misuse.image = Some(ImageAnswer::Yes);
    let routed = route_report(&misuse, class(&misuse, coastal), ReportedBy::default(), &one_each(), coastal);
    assert_eq!((routed.route.owner.duty, routed.route.clause.as_str()), (Duty::Dsl, "P1-NUDE-1"));
}
