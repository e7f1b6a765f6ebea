use super::*;
use crate::{
    FieldGroup, Instant, PersonId,
    case::{Case, CaseEvent, CasePart, Noted, PersonPlaced},
    event::Payload as _,
    report::{Report, ReportEvent, ReportType, form},
    routing::tests::{filed, opened},
};

fn shipped() -> &'static Profile {
    &crate::profile::tests::shipped()[0]
}

fn person(name: &str) -> Ask {
    Ask { person: Some(name.into()), ..Ask::default() }
}

fn reference(text: &str) -> Ask {
    Ask { reference: Some(text.into()), ..Ask::default() }
}

fn text(text: &str) -> Ask {
    Ask { words: Some(text.into()), ..Ask::default() }
}

fn finds(ask: &Ask, matter: &Matter) -> bool {
    ask.check(shipped()).unwrap().finds(matter)
}

#[test]
fn a_name_is_found_by_its_parts_in_any_order_without_case_accents_and_titles() {
    let matter =
        Matter { names: vec!["Zsófia Szabó-Hussain".into(), "Angus Mac Donald".into(), "Síle O’Brien".into()], ..Matter::default() };
    for found in ["zsofia", "SZABO", "hussain zsó", "Ms Szabó", "szabohussain", "macdonald", "mac donald", "o'brien", "obrien s", "Sile"]
    {
        assert!(finds(&person(found), &matter), "{found}");
    }
    for other in ["sofia", "hussain angus", "brien", "donaldson", "zsofia szabo angus"] {
        assert!(!finds(&person(other), &matter), "{other}: all parts belong to one name, and each begins a part");
    }
}

#[test]
fn an_id_of_a_list_is_found_whole() {
    let matter = Matter { ids: vec!["SCH01-0042".into()], ..Matter::default() };
    assert!(finds(&person("sch01 0042"), &matter) && finds(&person("SCH010042"), &matter));
    assert!(!finds(&person("SCH01"), &matter));
}

#[test]
fn a_reference_is_found_whole_with_and_without_dashes() {
    let matter = Matter { references: vec!["OP-2025/014".into(), "CAD 1234/30OCT".into()], ..Matter::default() };
    for found in ["op2025014", "OP 2025-014", "cad-1234-30oct"] {
        assert!(finds(&reference(found), &matter), "{found}");
    }
    assert!(!finds(&reference("2025014"), &matter));
    assert!(reference("7a3f09bc").check(shipped()).unwrap().is_reference("7A3F-09BC"));
    assert!(!person("uma").check(shipped()).unwrap().is_reference(""));
}

#[test]
fn every_word_that_is_sought_begins_a_word_that_stands_there() {
    let matter = Matter {
        texts: vec!["The tablet went astray.".into(), "Déjà vu in the café".into()],
        names: vec!["Uma Jones".into()],
        ..Matter::default()
    };
    for found in ["astray", "TABLET cafe", "deja tab", "jones tablet"] {
        assert!(finds(&text(found), &matter), "{found}");
    }
    assert!(!finds(&text("tablets"), &matter) && !finds(&text("stray"), &matter) && !finds(&text("tablet lost"), &matter));
}

#[test]
fn days_and_kinds_narrow_and_everything_that_is_asked_must_fit() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let matter = Matter {
        days: vec![day("2026-10-29"), day("2026-10-30")],
        kinds: vec!["loss_of_data".into(), "data_breach".into()],
        names: vec!["Uma Jones".into()],
        ..Matter::default()
    };
    let within = |from: Option<&str>, to: Option<&str>| Ask { from: from.map(day), to: to.map(day), ..Ask::default() };
    assert!(finds(&within(Some("2026-10-30"), None), &matter) && finds(&within(None, Some("2026-10-29")), &matter));
    assert!(!finds(&within(Some("2026-10-31"), None), &matter) && !finds(&within(None, Some("2026-10-28")), &matter));
    let kind = |code: &str| Ask { kind: Some(code.into()), ..Ask::default() };
    assert!(finds(&kind("data_breach"), &matter) && !finds(&kind("other"), &matter));
    assert!(finds(&Ask { kind: Some("loss_of_data".into()), ..person("jones") }, &matter));
    assert!(!finds(&Ask { kind: Some("loss_of_data".into()), ..person("smith") }, &matter));
}

#[test]
fn what_cannot_be_searched_for_is_refused_by_field() {
    let wrong = |ask: &Ask| ask.check(shipped()).unwrap_err().0.into_iter().map(|error| error.field).collect::<Vec<_>>();
    assert_eq!(wrong(&Ask::default()), ["search"]);
    assert_eq!(wrong(&text("  ")), ["search"]);
    assert_eq!(wrong(&person("Mrs J")), ["person"], "half the school");
    assert_eq!(wrong(&reference("-7")), ["reference"]);
    assert_eq!(wrong(&text("a -")), ["words"]);
    assert_eq!(wrong(&text(&"x".repeat(201))), ["words"]);
    assert_eq!(wrong(&Ask { kind: Some("no_such".into()), ..Ask::default() }), ["kind"]);
    let (from, to) = ("2026-10-30".parse().ok(), "2026-10-29".parse().ok());
    assert_eq!(wrong(&Ask { from, to, ..Ask::default() }), ["to"]);
    let own = shipped().extra_types[0].code.clone();
    assert!(Ask { kind: Some(own), ..Ask::default() }.check(shipped()).is_ok(), "a type of the trust's own");
}

fn nobody(_: PersonId) -> Option<String> {
    None
}

#[test]
fn llc_6_the_reporter_s_name_is_found_by_those_alone_who_may_know_it() {
    let mut form = form(&[ReportType::LossOfEquipment]);
    form.location = Some("Platform four".into());
    let mut as_filed = filed(&form);
    as_filed.reporter = Some(crate::report::ReporterNamed { staff_id: Some("ST-9".into()), name: "Hana Kemp".into(), role: None });
    let report = Report::new(as_filed);
    let (whole, without) =
        (of_report(&report, [], &FieldGroup::ALL, nobody), of_report(&report, [], &[FieldGroup::Record, FieldGroup::Facts], nobody));
    assert!(finds(&person("kemp"), &whole) && finds(&person("st9"), &whole) && finds(&text("kemp"), &whole));
    assert!(!finds(&person("kemp"), &without) && !finds(&person("st9"), &without) && !finds(&text("kemp"), &without));
    assert!(finds(&text("platform"), &without));
}

#[test]
fn own_words_are_those_that_were_filed_and_nothing_that_came_after() {
    let mut report = Report::new(filed(&form(&[ReportType::LossOfEquipment])));
    let corrected = |text: &str| {
        let fields = serde_json::json!({ "field": "location", "text": text, "reason": "Miswritten", "corrected_by": "x" });
        let serde_json::Value::Object(fields) = fields else { unreachable!("an object was written") };
        ReportEvent::read(crate::report::Corrected::TYPE.name, 1, fields).unwrap()
    };
    let events = [corrected("Staffroom")];
    report = Report::evolve(Some(report), events[0].clone()).unwrap();
    report.subjects.push(PersonId::from_bytes([7; 16]));
    let known = |person: PersonId| (person == PersonId::from_bytes([7; 16])).then(|| "Quentin Ellison".to_owned());
    let (whole, own) = (of_report(&report, &events, &FieldGroup::ALL, known), of_own_words(&report));
    assert!(finds(&text("staffroom"), &whole) && finds(&person("ellison"), &whole), "whom it was settled on is found by name");
    assert!(!finds(&text("staffroom"), &own) && !finds(&text("miswritten"), &own) && !finds(&person("ellison"), &own));
}

#[test]
fn a_case_is_found_by_its_notes_and_by_its_kind_and_types() {
    let noted = Noted { text: "Rang the rail company.".into(), by: "x".into(), noted_at: Instant::from_micros(0) };
    let placed = PersonPlaced {
        name: "Ondřej Lípa".into(),
        part: CasePart::Witness,
        detail: Some("the conductor".into()),
        by: "x".into(),
        placed_at: Instant::from_micros(0),
    };
    let events: [CaseEvent; 3] = [opened().into(), noted.into(), placed.into()];
    let case = events.iter().fold(None, |case, event| Case::evolve(case, event.clone())).unwrap();
    let matter = of_case(&case, &events, &FieldGroup::ALL, nobody);
    assert!(finds(&text("rail company"), &matter) && finds(&text("conductor"), &matter) && finds(&person("lipa ondrej"), &matter));
    for code in case.opened.types.iter().map(|kind| kind.as_str()).chain([case.opened.kind.as_str(), case.matter().as_str()]) {
        assert!(finds(&Ask { kind: Some(code.into()), ..Ask::default() }, &matter), "{code}");
    }
}
