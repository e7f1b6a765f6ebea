//! The overview of a head and of the trust: open, late, by type, school and month; schools compared; who has gone quiet.
//!
//! It is counted from what its reader may know and nothing else, so that no number of it tells of a record that is hidden from them
//! (design §1.4). It is theirs alone: what governors read is the published cube, and this is never exported as that (STA-1).

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Address, Duty,
    clock::Date,
    report::ReportType,
    silence::{self, silence},
    term::Term,
};

/// Months that are looked back on, this one among them.
const MONTHS: usize = 12;
/// No rate is given for fewer adults (STA-2).
const ADULTS_MIN: u32 = 10;

/// Whether somebody with this duty has an overview: heads and those who answer for the trust. What stands in it is what they may know.
pub const fn may_see(duty: Duty) -> bool {
    matches!(duty, Duty::Headteacher | Duty::DeputyHead | Duty::TrustSafeguardingLead | Duty::TrustLead | Duty::Dpo)
}

/// The duty in which somebody looks at their overview.
pub fn seen_as<'a>(duties: impl IntoIterator<Item = &'a Address>) -> Option<Duty> {
    duties.into_iter().map(|held| held.duty).find(|duty| may_see(*duty))
}

/// A record as the overview counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The school's code.
    pub school: String,
    /// The types of the report.
    pub types: Vec<ReportType>,
    /// The day on which the school was told.
    pub day: Date,
    /// Whether it counts as reported; a case does only where its reader may not know the report that it came from.
    pub reported: bool,
    /// Whether something is still to be done: a report not assessed, a case not closed.
    pub open: bool,
    /// Whether it is open past its due instant.
    pub late: bool,
    /// Days from being told to the first action, once there was one.
    pub first_action_days: Option<u32>,
    /// Who reported it, where the reader may know that and it is known.
    pub by: Option<ReportedBy>,
}

crate::words::words! {
    /// A group of people who report: one that falls silent is pointed out, as a school is.
    pub enum ReportedBy {
        Colleague = "colleague", "Colleagues";
        Others = "others", "Pupils, parents and others, for whom somebody typed it in";
    }
}

/// A school with its adults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolAdults {
    /// Its code.
    pub code: String,
    /// How many adults the directory has there.
    pub adults: u32,
}

/// The overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Overview {
    /// Open records.
    pub open: u32,
    /// Of these, past their due instant.
    pub late: u32,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// By type, each that occurs; a report with two types counts under both.
    pub by_type: Vec<TypeLine>,
    /// By school.
    pub by_school: Vec<SchoolLine>,
    /// By month, oldest first.
    pub by_month: Vec<MonthLine>,
    /// Who has gone quiet.
    pub quiet: Vec<Quiet>,
}

/// A type of the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TypeLine {
    /// The type.
    pub r#type: ReportType,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// Open now.
    pub open: u32,
    /// Late now.
    pub late: u32,
}

/// A school of the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchoolLine {
    /// The school's code.
    pub school: String,
    /// Reports of the last twelve months.
    pub reported: u32,
    /// Open now.
    pub open: u32,
    /// Late now.
    pub late: u32,
    /// Adults in the directory.
    pub adults: u32,
    /// Reports of the last twelve months for each hundred adults, in tenths; none where there are fewer than ten adults (STA-2).
    pub per_hundred_adults_tenths: Option<u32>,
    /// Days to the first action: half of the reports of the last twelve months had one by then, half later; none where there was no action.
    pub first_action_days: Option<u32>,
}

/// A month of the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthLine {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// Reports.
    pub reported: u32,
}

/// A school, a type, or a group of people, from which fewer reports come than its own past lets expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quiet {
    /// The school's code, where it is a school.
    pub school: Option<String>,
    /// The type, where it is a type.
    pub r#type: Option<ReportType>,
    /// The group of people, where it is one.
    pub group: Option<ReportedBy>,
    /// Reports of this term so far.
    pub now: u32,
    /// How many there usually are by this day of a term, in tenths.
    pub usual_tenths: u32,
}

/// Counts an overview. `schools` are those that are shown; a record of another school adds a line of its own.
pub fn overview(records: &[Counted], schools: &[SchoolAdults], today: Date) -> Overview {
    let months = months(today);
    let (year, month) = months[0];
    let recent = |record: &&Counted| record.reported && (record.day.year(), record.day.month()) >= (year, month) && record.day <= today;
    let of_month =
        |month: &(i16, i8)| count(records.iter().filter(|record| recent(record) && (record.day.year(), record.day.month()) == *month));
    Overview {
        open: count(records.iter().filter(|record| record.open)),
        late: count(records.iter().filter(|record| record.late)),
        reported: count(records.iter().filter(recent)),
        by_type: ReportType::ALL.iter().filter_map(|kind| type_line(*kind, records, &recent)).collect(),
        by_school: school_lines(records, schools, &recent),
        by_month: months.iter().map(|month| MonthLine { year: month.0, month: month.1, reported: of_month(month) }).collect(),
        quiet: quiet(records, schools, today),
    }
}

fn count<'a>(records: impl Iterator<Item = &'a Counted>) -> u32 {
    u32::try_from(records.count()).unwrap_or(u32::MAX)
}

/// The last twelve months, oldest first.
fn months(today: Date) -> Vec<(i16, i8)> {
    let mut months: Vec<(i16, i8)> = std::iter::successors(Some((today.year(), today.month())), |(year, month)| {
        Some(if *month == 1 { (year - 1, 12) } else { (*year, month - 1) })
    })
    .take(MONTHS)
    .collect();
    months.reverse();
    months
}

fn type_line(kind: ReportType, records: &[Counted], recent: &impl Fn(&&Counted) -> bool) -> Option<TypeLine> {
    let of_kind = || records.iter().filter(|record| record.types.contains(&kind));
    let line = TypeLine {
        r#type: kind,
        reported: count(of_kind().filter(recent)),
        open: count(of_kind().filter(|record| record.open)),
        late: count(of_kind().filter(|record| record.late)),
    };
    (line.reported + line.open > 0).then_some(line)
}

fn school_lines(records: &[Counted], schools: &[SchoolAdults], recent: &impl Fn(&&Counted) -> bool) -> Vec<SchoolLine> {
    let mut adults: BTreeMap<&str, u32> = schools.iter().map(|school| (school.code.as_str(), school.adults)).collect();
    for record in records {
        adults.entry(&record.school).or_default();
    }
    let line = |(school, adults): (&str, u32)| {
        let of_school = || records.iter().filter(|record| record.school == school);
        let reported = count(of_school().filter(recent));
        let mut days: Vec<u32> = of_school().filter(recent).filter_map(|record| record.first_action_days).collect();
        days.sort_unstable();
        SchoolLine {
            school: school.to_owned(),
            reported,
            open: count(of_school().filter(|record| record.open)),
            late: count(of_school().filter(|record| record.late)),
            adults,
            // Rounded to the nearest tenth.
            per_hundred_adults_tenths: (adults >= ADULTS_MIN).then(|| (reported.saturating_mul(2000) / adults).div_ceil(2)),
            first_action_days: days.get(days.len().saturating_sub(1) / 2).copied(),
        }
    };
    adults.into_iter().map(line).collect()
}

/// Schools, types and groups of people that have gone quiet, by terms since the first of which there is anything.
fn quiet(records: &[Counted], schools: &[SchoolAdults], today: Date) -> Vec<Quiet> {
    let reported: Vec<&Counted> = records.iter().filter(|record| record.reported && record.day <= today).collect();
    let now = Term::of(today);
    let Some(first) = reported.iter().map(|record| Term::of(record.day)).min() else { return vec![] };
    let past: Vec<Term> = std::iter::successors(Some(now.before()), |term| Some(term.before()))
        .take(silence::TERMS_MAX)
        .take_while(|term| *term >= first)
        .collect();
    let (gone, whole) = now.days_by(today);
    let find = |is_of: &dyn Fn(&Counted) -> bool| {
        let in_term = |term: Term| count(reported.iter().copied().filter(|record| is_of(record) && Term::of(record.day) == term));
        let past: Vec<u32> = past.iter().map(|term| in_term(*term)).collect();
        silence(&past, in_term(now), gone, whole)
    };
    let quiet =
        |found: silence::Silence| Quiet { school: None, r#type: None, group: None, now: found.now, usual_tenths: found.usual_tenths };
    let of_schools = schools.iter().filter_map(|school| {
        let found = find(&|record| record.school == school.code)?;
        Some(Quiet { school: Some(school.code.clone()), ..quiet(found) })
    });
    let of_groups = ReportedBy::ALL.iter().filter_map(|group| {
        let found = find(&|record| record.by == Some(*group))?;
        Some(Quiet { group: Some(*group), ..quiet(found) })
    });
    let of_types = ReportType::ALL.iter().filter_map(|kind| {
        let found = find(&|record| record.types.contains(kind))?;
        Some(Quiet { r#type: Some(*kind), ..quiet(found) })
    });
    of_schools.chain(of_groups).chain(of_types).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "2026-10-30";

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn report(school: &str, kind: ReportType, on: &str) -> Counted {
        Counted {
            school: school.into(),
            types: vec![kind],
            day: day(on),
            reported: true,
            open: false,
            late: false,
            first_action_days: None,
            by: None,
        }
    }

    fn adults(code: &str, adults: u32) -> SchoolAdults {
        SchoolAdults { code: code.into(), adults }
    }

    #[test]
    fn open_and_late_are_counted_now_and_reports_over_twelve_months() {
        let other = ReportType::Other;
        let records = [
            Counted { open: true, late: true, ..report("A", ReportType::LossOfData, "2025-10-31") },
            Counted { open: true, ..report("A", other, "2026-10-30") },
            report("A", other, "2025-11-01"),
            report("A", other, "2026-10-31"),
            Counted { reported: false, open: true, ..report("A", other, "2026-10-01") },
        ];
        let found = overview(&records, &[adults("A", 40)], day(TODAY));
        assert_eq!(
            (found.open, found.late, found.reported),
            (3, 1, 2),
            "what is dated ahead, or came of a known report, is not counted twice"
        );
        let months: Vec<_> = found.by_month.iter().map(|line| (line.year, line.month, line.reported)).collect();
        assert_eq!((months.len(), months[0], months[11]), (12, (2025, 11, 1), (2026, 10, 1)));
        let types: Vec<_> = found.by_type.iter().map(|line| (line.r#type, line.reported, line.open, line.late)).collect();
        assert_eq!(types, [(ReportType::LossOfData, 0, 1, 1), (other, 2, 2, 0)]);
    }

    #[test]
    fn schools_are_compared_by_adults_and_by_days_to_the_first_action() {
        let acted = |days: u32| Counted { first_action_days: Some(days), ..report("A", ReportType::Other, TODAY) };
        let records =
            [acted(0), acted(9), acted(1), acted(2), report("A", ReportType::Other, TODAY), report("Z", ReportType::Other, TODAY)];
        let found = overview(&records, &[adults("A", 30), adults("B", 9), adults("C", 10)], day(TODAY));
        let lines: Vec<_> =
            found.by_school.iter().map(|line| (line.school.as_str(), line.per_hundred_adults_tenths, line.first_action_days)).collect();
        assert_eq!(
            lines,
            [("A", Some(167), Some(1)), ("B", None, None), ("C", Some(0), None), ("Z", None, None)],
            "STA-2: no rate on a base below ten"
        );
    }

    #[test]
    fn a_report_with_two_types_counts_under_both_and_once_in_all() {
        let both = Counted { types: vec![ReportType::LossOfData, ReportType::LossOfEquipment], ..report("A", ReportType::Other, TODAY) };
        let found = overview(&[both], &[], day(TODAY));
        assert_eq!((found.reported, found.by_type.len()), (1, 2));
    }

    #[test]
    fn a_school_and_a_type_that_go_quiet_are_named() {
        let mut records = vec![];
        for term in ["2025-10-01", "2026-02-01", "2026-05-01"] {
            records.extend((0..12).map(|_| report("A", ReportType::MisuseOfIct, term)));
            records.extend((0..12).map(|_| report("B", ReportType::Other, term)));
        }
        records.extend((0..6).map(|_| report("B", ReportType::Other, TODAY)));
        let found = overview(&records, &[adults("A", 30), adults("B", 30)], day(TODAY));
        let quiet: Vec<_> =
            found.quiet.iter().map(|quiet| (quiet.school.as_deref(), quiet.r#type, quiet.now, quiet.usual_tenths)).collect();
        assert_eq!(quiet, [(Some("A"), None, 0, 59), (None, Some(ReportType::MisuseOfIct), 0, 59)]);
        assert_eq!(overview(&records[..24], &[adults("A", 30)], day("2025-12-01")).quiet, vec![], "no past, no silence");
    }

    #[test]
    fn a_group_of_people_that_goes_quiet_is_named_and_who_is_not_known_counts_for_none() {
        let by = |by, on: &str| Counted { by, ..report("A", ReportType::Other, on) };
        let mut records = vec![];
        for term in ["2025-10-01", "2026-02-01", "2026-05-01"] {
            records.extend((0..12).map(|_| by(Some(ReportedBy::Others), term)));
        }
        records.extend((0..12).map(|_| by(Some(ReportedBy::Colleague), TODAY)));
        records.extend((0..12).map(|_| by(None, TODAY)));
        let quiet: Vec<_> = overview(&records, &[adults("A", 30)], day(TODAY)).quiet;
        assert!(matches!(&quiet[..], [one] if one.group == Some(ReportedBy::Others) && one.now == 0), "{quiet:?}");
    }

    #[test]
    fn only_heads_and_those_who_answer_for_the_trust_have_an_overview() {
        let may: Vec<Duty> = Duty::ALL.iter().copied().filter(|duty| may_see(*duty)).collect();
        assert_eq!(may, [Duty::Headteacher, Duty::DeputyHead, Duty::TrustSafeguardingLead, Duty::TrustLead, Duty::Dpo]);
        assert!(may.iter().all(|duty| duty.opens_records()));
        assert_eq!(seen_as(&[Address::of(Duty::Governor, "A"), Address::of(Duty::Headteacher, "A")]), Some(Duty::Headteacher));
    }
}
