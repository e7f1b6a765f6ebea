//! What is published: an event of a stream of its own, which holds the numbers that are shown and no hidden one.

use serde::{Deserialize, Serialize};

use super::{Tally, table::TYPES};
use crate::{
    Instant, PersonId,
    event::{event, stream_events},
    report::ReportType,
    term::Term,
};

/// A school as it was named on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SchoolNamed {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

event! {
    /// The figures of a closed term were published. A number that is none is hidden (STA-2).
    pub struct CubePublished = "cube.published" v 1 {
        record {
            /// The term.
            term: Term,
            /// Which publication of this term it is, from 1.
            number: u32,
            /// The number that it corrects.
            corrects: Option<u32>,
            /// Why it was published, or what was wrong.
            reason: String,
            /// The schools, a row each.
            schools: Vec<SchoolNamed>,
            /// The types, a column each.
            types: Vec<ReportType>,
            /// Reports by school and type; each counts once, under the first type of the form that it has.
            cells: Vec<Vec<Option<u32>>>,
            /// Reports by school.
            school_totals: Vec<Option<u32>>,
            /// Reports by type.
            type_totals: Vec<Option<u32>>,
            /// Reports in all, conduct and allegations apart.
            total: Option<u32>,
            /// Reports about conduct and allegations, of the whole trust.
            conduct: Option<u32>,
            /// Who published it.
            published_by: PersonId,
            /// Their name as it was then.
            published_name: String,
            /// When.
            published_at: Instant,
        }
    }
}

stream_events! {
    /// Everything that can happen to the published figures.
    pub enum CubeEvent {
        /// A term was published.
        Published(CubePublished),
    }
}

impl CubePublished {
    /// What it shows at the places of another count of the same term: rows with their total, then the totals. A school that it did not
    /// know had no reports.
    pub(super) fn as_grid(&self, tally: &Tally) -> Vec<Option<u32>> {
        let column = |kind: &ReportType| self.types.iter().position(|known| known == kind);
        let mut values = vec![];
        for school in &tally.schools {
            let row = self.schools.iter().position(|known| known.code == school.code);
            let cell = |kind: &ReportType| match (row, column(kind)) {
                (Some(row), Some(column)) => self.cells[row][column],
                _ => Some(0),
            };
            values.extend(TYPES.iter().map(cell));
            values.push(row.map_or(Some(0), |row| self.school_totals[row]));
        }
        values.extend(TYPES.iter().map(|kind| column(kind).map_or(Some(0), |column| self.type_totals[column])));
        values.push(self.total);
        values
    }
}
