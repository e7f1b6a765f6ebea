//! What is found, and what is not.

use super::*;
use crate::{
    directory::{
        SchoolRecorded, SchoolRow,
        tests::{directory, person},
    },
    profile::tests::{CLPT, shipped},
};

fn with_school(mut directory: Directory, code: &str) -> Directory {
    let row = SchoolRow { code: code.into(), name: "Oakfield".into(), head_staff_id: None, dsl_staff_id: None, deputy_staff_id: None };
    directory.apply(&SchoolRecorded { row, source: None, row_digest: None }.into());
    directory
}

fn full() -> Directory {
    let duties = Duty::ALL.iter().enumerate();
    let people: Vec<_> = duties
        .map(|(index, duty)| {
            let address = crate::Address::of(*duty, "SCH01");
            person(u8::try_from(index).unwrap() + 1, duty.label(), &[(*duty, address.school.as_deref())])
        })
        .collect();
    with_school(directory(&people), "SCH01")
}

fn changed(find: &str, put: &str) -> Profile {
    assert!(CLPT.contains(find), "{find}");
    Profile::parse(&CLPT.replacen(find, put, 1)).unwrap()
}

fn texts(found: &[Finding], severity: Severity) -> Vec<String> {
    found.iter().filter(|finding| finding.severity == severity).map(ToString::to_string).collect()
}

#[test]
fn the_shipped_profiles_have_no_fault_beside_what_their_policies_chose() {
    for profile in shipped() {
        let found = check(profile, Some(&full()));
        assert_eq!(texts(&found, Severity::Error), Vec::<String>::new(), "{}", profile.id);
        assert_eq!(texts(&found, Severity::Note), Vec::<String>::new(), "{}", profile.id);
        let warnings = texts(&found, Severity::Warning);
        assert_eq!(warnings.len(), profile.differs.len(), "ED-4: {warnings:?}");
        assert!(warnings.iter().all(|text| text.starts_with("Warning: differs from guidance (")), "{warnings:?}");
    }
}

#[test]
fn a_chain_that_ends_too_early_is_told_on_paper() {
    let [clpt, _] = shipped();
    let quiet = check(clpt, None).len();
    let long = "chain = [\"hr\", \"trust-lead\", \"chair\", \"chair-of-trustees\"]";
    let alone = check(&changed(long, "chain = [\"hr\"]"), None);
    assert_eq!(
        texts(&alone, Severity::Error),
        ["Error: cases, Disciplinary matter (P0-BRE-1): nobody stands in for the Human resources: what is about them reaches nobody"]
    );
    let early = check(&changed(long, "chain = [\"hr\", \"trust-lead\"]"), None);
    assert_eq!((texts(&early, Severity::Error).len(), early.len()), (0, quiet + 1));
    assert!(early.iter().any(|finding| finding.text.contains("ends with the Trust lead")));
}

#[test]
fn routes_that_are_never_taken_and_types_that_never_come_are_told() {
    let found = check(&changed("types = [\"ai_concern\"]\nchain", "types = [\"image\", \"low_level_concern\"]\nchain"), None);
    let told: Vec<&Finding> = found.iter().filter(|finding| finding.text.starts_with("never comes here")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Whatever may hold an image of a child, Low-level concern about an adult"), "{}", told[0].text);
    let twice = "[[route]]\nclass = \"it\"\nchain = [\"headteacher\", \"chair\"]\nclause = \"P0-ROUTE-2\"\n\n[[case]]";
    let found = check(&changed("[[case]]", twice), None);
    assert_eq!(found.iter().filter(|finding| finding.text.contains("never used")).count(), 1);
}

#[test]
fn titles_types_and_contacts_are_looked_at() {
    let unused = check(&changed("deputy-head = \"DHT\"", "deputy-head = \"DHT\"\ngovernor = \"Foundation governor\""), None);
    assert_eq!(texts(&unused, Severity::Note), ["Note: titles: \"Foundation governor\" (governor) stands in no chain"]);
    let same = check(&changed("deputy-dsl = \"Deputy DSL\"", "deputy-dsl = \"DSL\""), None);
    assert!(same.iter().any(|finding| finding.text.contains("both called \"DSL\"")));
    let lado = check(&changed("code = \"lado\"\nname", "code = \"officer\"\nname"), None);
    assert!(lado.iter().any(|finding| finding.what == "contact"));
    let wide = check(&changed("class = \"data-protection\"\nfact", "class = \"it\"\nfact"), None);
    assert!(wide.iter().any(|finding| finding.text.contains("email_received_in_error is not narrower")));
    let silent = check(&changed("types = [\"other\"]", "types = [\"misuse_of_ict\"]"), None);
    assert_eq!(texts(&silent, Severity::Note), ["Note: advice: no first steps for: Other"]);
}

#[test]
fn people_make_chains_run_out_and_stand_in_for_themselves() {
    let [clpt, _] = shipped();
    let empty = check(clpt, Some(&Directory::default()));
    assert!(texts(&empty, Severity::Error)[0].contains("no school is entered"));
    let nobody = check(clpt, Some(&with_school(Directory::default(), "SCH01")));
    let errors = texts(&nobody, Severity::Error);
    assert_eq!(errors.len(), clpt.routes.len() + clpt.cases.len(), "one line for each route: {errors:?}");
    assert!(errors[0].starts_with("Error: SCH01, reports, Conduct of an adult (P0-LLC-2): runs out: nobody is the Headteacher, the DSL,"));

    let small = directory(&[person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01")), (Duty::Dsl, Some("SCH01"))])]);
    let found = check(clpt, Some(&with_school(small, "SCH01")));
    let of_conduct: Vec<&Finding> = found.iter().filter(|finding| finding.what == "reports, Conduct of an adult").collect();
    assert_eq!(of_conduct.len(), 2, "a line for what fails and a line for what is weak");
    assert_eq!(of_conduct[0].severity, Severity::Error);
    assert!(of_conduct[0].text.starts_with("what is about the Headteacher or the DSL reaches nobody: ring The designated officer"));
    assert_eq!(of_conduct[1].text, "Uma Jones is the Headteacher and the DSL: what is about them goes to nobody");
    assert_eq!(of_conduct[0].types.len(), 13 + clpt.extra_types.len(), "every type may be about an adult");
    let facts = found.iter().find(|finding| finding.what.starts_with("first facts")).unwrap();
    assert_eq!(facts.severity, Severity::Warning, "the owner has them anyway");
}

#[test]
fn llc_4_a_receiver_who_works_for_the_subject_is_told() {
    let [clpt, coastal] = shipped();
    let mut people = full();
    let number = |duty: Duty| Duty::ALL.iter().position(|listed| *listed == duty).unwrap() + 1;
    let dsl = crate::PersonId::from_bytes([u8::try_from(number(Duty::Dsl)).unwrap(); 16]);
    let staff = people.people.get_mut(&dsl).unwrap().staff.as_mut().unwrap();
    staff.line_manager_id = Some(format!("S{}", number(Duty::Headteacher)));
    let told = |profile| {
        let found = check(profile, Some(&people));
        found.into_iter().filter(|finding| finding.text.contains("works for them (LLC-4)")).map(|finding| finding.what).collect::<Vec<_>>()
    };
    assert_eq!(told(clpt), ["reports, Conduct of an adult", "cases, Low-level concern"]);
    assert_eq!(told(coastal), ["reports, Conduct of an adult: Child in contact with staff on personal social media"]);
}

#[test]
fn notices_that_leave_people_without_word_or_drown_them_are_told() {
    let with = |keys: &str| Profile::parse(&format!("{CLPT}\n[notices]\n{keys}\n")).unwrap();
    let said = |keys: &str, severity| {
        let found = texts(&check(&with(keys), None), severity);
        found.into_iter().filter(|text| text.contains("notices")).collect::<Vec<_>>()
    };
    assert_eq!(said("quiet-from = \"15:00\"\nquiet-until = \"07:30\"\ndigest-at = [\"08:00\", \"12:00\"]", Severity::Warning).len(), 1);
    assert_eq!(said("budget = 13", Severity::Warning).len(), 1);
    assert_eq!(said("digest-at = [\"08:00\"]", Severity::Note).len(), 1);
    assert_eq!(said("budget = 12", Severity::Warning), Vec::<String>::new());
}
