//! Which report counts where.

use std::collections::BTreeMap;

use super::{CubePublished, SchoolNamed};
use crate::{RecordClass, report::ReportType};

/// The columns, in the order of the form; a low-level concern is conduct and has none.
pub const TYPES: [ReportType; 12] = [
    ReportType::LossOfEquipment,
    ReportType::LossOfData,
    ReportType::TheftOfEquipment,
    ReportType::TheftOfData,
    ReportType::UnauthorisedAccess,
    ReportType::MisuseOfIct,
    ReportType::OnlineSafetyConcern,
    ReportType::ChildOnChildAbuseOnline,
    ReportType::HarmfulChallengeOrHoax,
    ReportType::BreachOfAup,
    ReportType::FilteringOrMonitoringFailure,
    ReportType::Other,
];

/// A report of the term, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForCube {
    /// The school's code.
    pub school: String,
    /// Its types.
    pub types: Vec<ReportType>,
    /// Its class by now.
    pub class: RecordClass,
}

impl ForCube {
    /// Where it counts; none for conduct and allegations, which count for the whole trust alone.
    fn column(&self) -> Option<usize> {
        let conduct = matches!(self.class, RecordClass::Conduct | RecordClass::Hr) || self.types.contains(&ReportType::LowLevelConcern);
        let first = TYPES.iter().position(|kind| self.types.contains(kind));
        // A report has a type: one of which this release knows none is something else.
        (!conduct).then(|| first.unwrap_or(TYPES.len() - 1))
    }
}

/// The reports of a term, counted and not yet hidden: never stored, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Tally {
    /// A row each, by code.
    pub(super) schools: Vec<SchoolNamed>,
    /// By school and type.
    pub(super) cells: Vec<Vec<u32>>,
    /// Conduct and allegations.
    pub(super) conduct: u32,
}

crate::redacted::redacted!(Tally);

/// Counts the reports of a term. Every school of the directory has a row, and every school that a report or an earlier publication of the
/// term names.
pub fn tally(reports: &[ForCube], directory: &[SchoolNamed], former: &[CubePublished]) -> Tally {
    let mut schools: BTreeMap<&str, &str> = reports.iter().map(|report| (report.school.as_str(), report.school.as_str())).collect();
    let named = former.iter().flat_map(|cube| &cube.schools).chain(directory);
    schools.extend(named.map(|school| (school.code.as_str(), school.name.as_str())));
    let of = |code: &str, column: usize| {
        let counted = reports.iter().filter(|report| report.school == code && report.column() == Some(column)).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    let conduct = reports.iter().filter(|report| report.column().is_none()).count();
    Tally {
        cells: schools.keys().map(|code| (0..TYPES.len()).map(|column| of(code, column)).collect()).collect(),
        schools: schools.into_iter().map(|(code, name)| SchoolNamed { code: code.to_owned(), name: name.to_owned() }).collect(),
        conduct: u32::try_from(conduct).unwrap_or(u32::MAX),
    }
}
