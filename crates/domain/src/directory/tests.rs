use super::*;
use crate::Invalid;

pub(crate) fn person(n: u8, name: &str, duties: &[(Duty, Option<&str>)]) -> Vec<DirectoryEvent> {
    let person = PersonId::from_bytes([n; 16]);
    let recorded = PersonRecorded {
        person,
        name: name.into(),
        email: Some(format!("P{n}@Example.org")),
        staff: Some(StaffRow {
            staff_id: format!("S{n}"),
            name: name.into(),
            role: None,
            email: None,
            school: "SCH01".into(),
            started_on: None,
            engagement: None,
            employer: None,
            employer_contact: None,
            line_manager_id: None,
            date_of_birth: None,
        }),
        source: None,
        row_digest: None,
    };
    let grant = |(duty, school): &(Duty, Option<&str>)| {
        let address = Address { duty: *duty, school: school.map(str::to_owned) };
        DirectoryEvent::from(DutyGranted::at_once(person, address, "test", false))
    };
    std::iter::once(recorded.into()).chain(duties.iter().map(grant)).collect()
}

pub(crate) fn directory(people: &[Vec<DirectoryEvent>]) -> Directory {
    let mut directory = Directory::default();
    people.iter().flatten().for_each(|event| directory.apply(event));
    directory
}

#[test]
fn holders_cover_a_school_or_the_whole_trust() {
    let directory = directory(&[
        person(1, "Uma Jones", &[(Duty::ItLead, None)]),
        person(2, "George Xu", &[(Duty::ItLead, Some("SCH01"))]),
        person(3, "Bea Ashworth-Fletcher", &[(Duty::ItLead, Some("SCH02"))]),
    ]);
    let at = |school: &str| directory.holders(&Address::of(Duty::ItLead, school));
    assert_eq!(at("SCH01"), [PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16])]);
    assert_eq!(at("SCH03"), [PersonId::from_bytes([1; 16])]);
    assert_eq!(directory.by_email("p1@example.ORG"), Some(PersonId::from_bytes([1; 16])));
}

#[test]
fn names_that_could_be_meant_are_found_and_others_are_not() {
    let directory = directory(&[person(1, "Zsófia Szabó-Hussain", &[]), person(2, "Jo Ashworth", &[]), person(3, "Uma Jones", &[])]);
    let found = |given: &str| directory.could_be(given).iter().map(|id| id.as_bytes()[0]).collect::<Vec<_>>();
    assert_eq!(found("Miss Hussain"), [1]);
    assert_eq!(found("zsofia"), [1]);
    assert_eq!(found("Mrs Ashwort"), [2], "one slip");
    assert_eq!(found("the headteacher"), Vec::<u8>::new());
    assert_eq!(found("Uma"), [3]);
    assert_eq!(found("Mrs J."), [2, 3], "an initial could be either");
    assert_eq!(found("Mrs Q"), Vec::<u8>::new());
}

#[test]
fn initials_and_names_written_together_or_apart_are_found() {
    let directory = directory(&[
        person(1, "Sunil Young", &[]),
        person(2, "Bea Ashworth-Fletcher", &[]),
        person(3, "Ian McDonald", &[]),
        person(4, "Ria Vanderberg", &[]),
        person(5, "Anne Marie O'Toole", &[]),
        person(6, "Owen Fisher", &[]),
        person(7, "Li Ng", &[]),
    ]);
    let found = |given: &str| directory.could_be(given).iter().map(|id| id.as_bytes()[0]).collect::<Vec<_>>();
    for given in ["SY", "sy", "Mr SY", "SY (teacher)"] {
        assert_eq!(found(given), [1], "{given}");
    }
    for given in ["BF", "BA", "B.A.F", "baf"] {
        assert!(found(given).contains(&2), "{given}");
    }
    assert_eq!(found("Mc Donald"), [3]);
    assert_eq!(found("Mr Mc-Donald"), [3]);
    assert_eq!(found("Van der Berg"), [4]);
    assert_eq!(found("Annemarie"), [5]);
    assert_eq!(found("OF"), [6], "alone it is no ordinary word");
    assert_eq!(found("somebody of the office"), Vec::<u8>::new());
    assert_eq!(found("the cook and my sister"), Vec::<u8>::new());
    assert_eq!(found("Ng"), [7], "a short name is a name");
    assert_eq!(found("ZQ"), Vec::<u8>::new());
}

#[test]
fn a_school_s_row_grants_what_is_not_held_yet() {
    let mut directory = directory(&[person(1, "Uma Jones", &[]), person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))])]);
    let row = SchoolRow {
        code: "SCH01".into(),
        name: "Oakfield".into(),
        head_staff_id: Some("S1".into()),
        dsl_staff_id: Some("S2".into()),
        deputy_staff_id: Some("S9".into()),
    };
    directory.apply(&SchoolRecorded { row: row.clone(), source: None, row_digest: None }.into());
    let head = Address::of(Duty::Headteacher, "SCH01");
    assert_eq!(directory.grants_due(&row), [(PersonId::from_bytes([1; 16]), head.clone())]);
    assert_eq!(directory.ends_due(&row), []);
    let granted = DutyGranted::at_once(PersonId::from_bytes([1; 16]), head.clone(), "list", true);
    directory.apply(&granted.into());
    let successor = SchoolRow { head_staff_id: Some("S2".into()), ..row };
    assert_eq!(directory.ends_due(&successor), [(PersonId::from_bytes([1; 16]), head)], "a former head ends to be one");
}

#[test]
fn bad_rows_name_their_fields() {
    let bad = PupilRow {
        pupil_id: String::new(),
        legal_name: "A".into(),
        known_name: None,
        date_of_birth: Some("12/03/2018".into()),
        year_group: None,
        school: "S".into(),
        on_roll: None,
        off_roll: None,
        next_school: None,
    };
    let Invalid(list) = bad.check().unwrap_err();
    assert_eq!(list.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["pupil_id", "date_of_birth"]);
}
