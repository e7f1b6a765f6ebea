use super::*;
use crate::{RecordClass, report::ReportType};

pub(super) const NOW: &str = "2026-10-30T16:12Z";

pub(super) fn term() -> Term {
    Term::parse("2026-summer").unwrap()
}

fn report(school: &str, kind: ReportType, class: RecordClass) -> ForCube {
    ForCube { school: school.into(), types: vec![kind], class }
}

fn ask(term: &str, corrects: Option<u32>) -> Publish {
    Publish { term: term.into(), reason: "Termly report".into(), corrects }
}

fn by() -> Publisher<'static> {
    Publisher { person: PersonId::from_bytes([1; 16]), name: "Ines Okoye", now: Instant::parse(NOW).unwrap() }
}

fn cube(reports: &[ForCube], published: &[CubePublished]) -> CubePublished {
    let corrects = published.last().map(|cube| cube.number);
    let schools = ["A", "B"].map(|code| SchoolNamed { code: code.into(), name: format!("School {code}") });
    publish(&ask("2026-summer", corrects), term(), &tally(reports, &schools, published), published, by())
}

#[test]
fn each_report_counts_once_and_conduct_for_the_trust_alone() {
    let mut reports = vec![];
    reports.extend((0..7).map(|_| report("A", ReportType::LossOfData, RecordClass::DataProtection)));
    reports.push(ForCube { types: vec![ReportType::MisuseOfIct, ReportType::LossOfData], ..reports[0].clone() });
    reports.extend((0..6).map(|_| report("B", ReportType::MisuseOfIct, RecordClass::Conduct)));
    reports.push(report("B", ReportType::LowLevelConcern, RecordClass::It));
    reports.push(report("B", ReportType::Other, RecordClass::Hr));
    let cube = cube(&reports, &[]);
    let column = |kind: ReportType| cube.types.iter().position(|known| *known == kind).unwrap();
    assert_eq!(cube.cells[0][column(ReportType::LossOfData)], Some(8), "under the first type of the form");
    assert_eq!((cube.school_totals.as_slice(), cube.total, cube.conduct), ([Some(8), Some(0)].as_slice(), Some(8), Some(8)));
    assert!(!cube.types.contains(&ReportType::LowLevelConcern));
    let held: usize = ReportType::ALL.iter().filter(|kind| TYPES.contains(kind)).count();
    assert_eq!(held + 1, ReportType::ALL.len(), "every type but one has a column");
}

#[test]
fn sta_2_one_to_four_are_hidden_with_what_would_give_them_away() {
    let mut reports = vec![];
    reports.extend((0..3).map(|_| report("A", ReportType::LossOfData, RecordClass::It)));
    reports.extend((0..9).map(|_| report("A", ReportType::Other, RecordClass::It)));
    reports.extend((0..8).map(|_| report("B", ReportType::LossOfData, RecordClass::It)));
    reports.extend((0..7).map(|_| report("B", ReportType::Other, RecordClass::It)));
    let cube = cube(&reports, &[]);
    let inner: Vec<_> = cube.cells.iter().flatten().filter(|cell| **cell != Some(0)).collect();
    assert_eq!(inner, [&None; 4], "a second in its row, and a second in both columns");
    assert_eq!((cube.school_totals.as_slice(), cube.total), ([Some(12), Some(15)].as_slice(), Some(27)), "the totals stay");
    assert_eq!(cube.conduct, None, "nought is hidden too: it would tell of somebody that nothing was said");
}

#[test]
fn a_correction_hides_what_it_changes_by_a_few_and_shows_what_it_changes_by_more() {
    let many = |school: &str, kind, count: usize| (0..count).map(|_| report(school, kind, RecordClass::It)).collect::<Vec<_>>();
    let first = [many("A", ReportType::Other, 10), many("B", ReportType::LossOfData, 20)].concat();
    let one = cube(&first, &[]);
    assert_eq!((one.number, one.corrects, one.total), (1, None, Some(30)));
    let late = [first.clone(), many("A", ReportType::Other, 2)].concat();
    let two = cube(&late, std::slice::from_ref(&one));
    assert_eq!((two.number, two.corrects), (2, Some(1)));
    assert_eq!(
        (two.cells[0][11], two.school_totals[0], two.type_totals[11], two.total),
        (None, None, None, None),
        "12 beside 10 tells of two"
    );
    assert_eq!((two.cells[1][1], two.school_totals[1]), (Some(20), Some(20)), "what did not change is shown as before");
    let three = cube(&[late, many("B", ReportType::LossOfData, 30)].concat(), &[one, two]);
    assert_eq!((three.cells[1][1], three.school_totals[1], three.total), (Some(50), Some(50), None), "hidden once is hidden for good");
}

#[test]
fn conduct_that_changes_is_hidden_from_then_on() {
    let conduct = |count: usize| (0..count).map(|_| report("A", ReportType::LowLevelConcern, RecordClass::Conduct)).collect::<Vec<_>>();
    let one = cube(&conduct(6), &[]);
    let same = cube(&conduct(6), std::slice::from_ref(&one));
    let seven = cube(&conduct(7), std::slice::from_ref(&one));
    let again = cube(&conduct(7), &[one.clone(), seven.clone()]);
    assert_eq!((one.conduct, same.conduct, seven.conduct, again.conduct), (Some(6), Some(6), None, None));
    assert_eq!(cube(&conduct(4), &[]).conduct, None);
}

#[test]
fn a_term_is_published_once_when_it_is_over_and_again_only_as_a_correction() {
    let now = Instant::parse(NOW).unwrap();
    let published = cube(&[], &[]);
    let of = |ask: &Publish, published: &[CubePublished]| check(ask, published, now);
    assert_eq!(of(&ask("2026-summer", None), &[]), Ok(term()));
    assert!(matches!(of(&ask("2026-summer", None), std::slice::from_ref(&published)), Err(Refused::State(_))), "never twice");
    assert!(of(&ask("2026-spring", None), std::slice::from_ref(&published)).is_ok());
    assert_eq!(of(&ask("2026-summer", Some(1)), std::slice::from_ref(&published)), Ok(term()));
    assert!(matches!(of(&ask("2026-summer", Some(2)), std::slice::from_ref(&published)), Err(Refused::State(_))));
    assert!(matches!(of(&ask("2026-summer", Some(1)), &[]), Err(Refused::State(_))), "nothing to correct");
    let wrong = |ask: &Publish| match of(ask, &[]) {
        Err(Refused::Invalid(Invalid(list))) => list.into_iter().map(|error| error.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(&ask("2026-autumn", None)), ["term"], "it is not over");
    assert_eq!(wrong(&Publish { reason: " ".into(), ..ask("summer", None) }), ["reason", "term"]);
    assert!(check(&ask("2026-autumn", None), &[], Instant::parse("2027-01-01T00:00Z").unwrap()).is_ok());
}

#[test]
fn a_school_that_comes_or_goes_keeps_its_row() {
    let many = |school: &str, count: usize| (0..count).map(|_| report(school, ReportType::Other, RecordClass::It)).collect::<Vec<_>>();
    let one = cube(&[many("A", 6), many("GONE", 9)].concat(), &[]);
    assert_eq!(one.schools.iter().map(|school| school.code.as_str()).collect::<Vec<_>>(), ["A", "B", "GONE"]);
    let two = cube(&[many("A", 6), many("NEW", 3)].concat(), std::slice::from_ref(&one));
    assert_eq!(two.schools.iter().map(|school| school.code.as_str()).collect::<Vec<_>>(), ["A", "B", "GONE", "NEW"]);
    assert_eq!((two.cells[0][11], two.cells[3][11]), (Some(6), None));
}

#[test]
fn sta_1_governors_and_the_board_read_and_two_duties_publish() {
    let readers: Vec<Duty> = Duty::ALL.iter().copied().filter(|duty| may_read(*duty)).collect();
    assert_eq!(readers, [Duty::TrustLead, Duty::Dpo, Duty::Chair, Duty::ChairOfTrustees, Duty::FilteringTrustee, Duty::Governor]);
    assert!(Duty::ALL.iter().filter(|duty| may_publish(**duty)).all(|duty| may_read(*duty)));
}
