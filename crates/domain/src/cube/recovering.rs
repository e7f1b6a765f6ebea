//! Tries to work out hidden numbers from everything that was published together: by linear algebra, by bounds that narrow each other,
//! and, for small tables, by trying every number.
//!
//! It shares nothing with `hide.rs`: it reads publications as anybody can who has them. Terms have no number in common, as no report
//! counts in two and nothing is published over several: what is taken together are a term and its corrections.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    CubePublished, ForCube, Publish, Publisher, SchoolNamed, TYPES, Tally, publish, tally,
    tests::{NOW, term},
};
use crate::{Instant, PersonId, RecordClass, report::ReportType};

/// A number of a table as published: by publication, row and column; totals stand last.
type Place = (usize, usize, usize);

/// Equations about hidden numbers: which of them, with a sign, make which sum.
#[derive(Default)]
struct Known {
    /// Hidden places by variable.
    variables: BTreeMap<Place, usize>,
    equations: Vec<(Vec<(usize, i64)>, i64)>,
    /// The least that a variable can be.
    least: Vec<i64>,
    /// The publications that may hide a zero: corrections.
    corrections: Vec<bool>,
}

fn grid(cube: &CubePublished) -> Vec<Vec<Option<u32>>> {
    let rows = cube.cells.iter().zip(&cube.school_totals).map(|(row, total)| row.iter().copied().chain([*total]).collect());
    rows.chain([cube.type_totals.iter().copied().chain([cube.total]).collect()]).collect()
}

impl Known {
    /// What a reader knows of some publications. `same`: of which earlier number they take a hidden one to be the same.
    fn of(cubes: &[CubePublished], same: &dyn Fn(Place) -> Option<Place>) -> Self {
        let mut known = Self { corrections: cubes.iter().map(|cube| cube.number > 1).collect(), ..Self::default() };
        for (number, cube) in cubes.iter().enumerate() {
            let grid = grid(cube);
            for row in 0..grid.len() {
                known.sum(number, &grid, (0..grid[row].len()).map(|column| (row, column)).collect(), same);
            }
            for column in 0..grid[0].len() {
                known.sum(number, &grid, (0..grid.len()).map(|row| (row, column)).collect(), same);
            }
        }
        known
    }

    /// The last of these places is the sum of the others.
    fn sum(&mut self, number: usize, grid: &[Vec<Option<u32>>], places: Vec<(usize, usize)>, same: &dyn Fn(Place) -> Option<Place>) {
        let (mut terms, mut rest) = (vec![], 0_i64);
        let last = places.len() - 1;
        for (index, (row, column)) in places.into_iter().enumerate() {
            let sign = if index == last { -1 } else { 1 };
            match grid[row][column] {
                Some(value) => rest -= sign * i64::from(value),
                None => terms.push((self.variable((number, row, column), same), sign)),
            }
        }
        self.equations.push((terms, rest));
    }

    fn variable(&mut self, place: Place, same: &dyn Fn(Place) -> Option<Place>) -> usize {
        if let Some(known) = same(place) {
            let variable = self.variable(known, same);
            self.variables.insert(place, variable);
            return variable;
        }
        if let Some(variable) = self.variables.get(&place) {
            return *variable;
        }
        let variable = self.least.len();
        self.variables.insert(place, variable);
        // In a first publication zeros are shown; a correction may hide one.
        self.least.push(i64::from(!self.corrections[place.0]));
        variable
    }

    /// Variables that the equations alone determine (Gauss over a prime field: the signs are 1 and -1, so no rank is lost by it).
    fn determined(&self) -> Vec<usize> {
        const PRIME: i64 = 2_147_483_629;
        let power = |base: i64, mut exponent: i64| {
            let (mut result, mut base) = (1_i64, base.rem_euclid(PRIME));
            while exponent > 0 {
                if exponent & 1 == 1 {
                    result = result * base % PRIME;
                }
                base = base * base % PRIME;
                exponent >>= 1;
            }
            result
        };
        let count = self.least.len();
        let mut rows: Vec<Vec<i64>> = self
            .equations
            .iter()
            .map(|(terms, _)| {
                let mut row = vec![0; count];
                for (variable, sign) in terms {
                    row[*variable] = (row[*variable] + sign).rem_euclid(PRIME);
                }
                row
            })
            .collect();
        let (mut pivots, mut top) = (vec![], 0);
        for column in 0..count {
            let Some(found) = (top..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
            rows.swap(top, found);
            let inverse = power(rows[top][column], PRIME - 2);
            rows[top].iter_mut().for_each(|value| *value = *value * inverse % PRIME);
            let pivot = rows[top].clone();
            for (index, row) in rows.iter_mut().enumerate() {
                let factor = row[column];
                if index != top && factor != 0 {
                    row.iter_mut().zip(&pivot).for_each(|(value, from)| *value = (*value - factor * from).rem_euclid(PRIME));
                }
            }
            pivots.push(column);
            top += 1;
        }
        let alone = |(row, _): &(usize, &usize)| rows[*row].iter().filter(|value| **value != 0).count() == 1;
        pivots.iter().enumerate().filter(alone).map(|(_, column)| *column).collect()
    }

    /// The bounds of every variable once each equation has narrowed them as far as it can.
    fn bounds(&self) -> Vec<(i64, i64)> {
        const FAR: i64 = 1_000_000;
        let mut bounds: Vec<(i64, i64)> = self.least.iter().map(|least| (*least, FAR)).collect();
        loop {
            let before = bounds.clone();
            for (terms, sum) in &self.equations {
                for (variable, sign) in terms {
                    let others = || terms.iter().filter(|(other, _)| other != variable);
                    let low: i64 = others().map(|(other, sign)| if *sign > 0 { bounds[*other].0 } else { -bounds[*other].1 }).sum();
                    let high: i64 = others().map(|(other, sign)| if *sign > 0 { bounds[*other].1 } else { -bounds[*other].0 }).sum();
                    let (from, to) = if *sign > 0 { (sum - high, sum - low) } else { (low - sum, high - sum) };
                    let now = bounds[*variable];
                    bounds[*variable] = (now.0.max(from), now.1.min(to));
                }
            }
            if bounds == before {
                return bounds;
            }
        }
    }

    /// Nothing hidden is given away.
    fn keeps(&self) -> Result<(), String> {
        let determined = self.determined();
        if !determined.is_empty() {
            return Err(format!("by linear algebra: {:?}", self.names(&determined)));
        }
        let bounds = self.bounds();
        let told: Vec<usize> = (0..bounds.len()).filter(|variable| bounds[*variable].0 >= bounds[*variable].1).collect();
        if told.is_empty() { Ok(()) } else { Err(format!("by bounds: {:?} {bounds:?}", self.names(&told))) }
    }

    fn names(&self, variables: &[usize]) -> Vec<Place> {
        self.variables.iter().filter(|(_, variable)| variables.contains(variable)).map(|(place, _)| *place).collect()
    }

    /// Every value that each variable takes in some solution with nothing above `most`.
    fn solutions(&self, most: i64) -> Vec<std::collections::BTreeSet<i64>> {
        let mut found = vec![std::collections::BTreeSet::new(); self.least.len()];
        let mut values = vec![None; self.least.len()];
        self.search(&mut values, most, &mut found);
        found
    }

    fn search(&self, values: &mut Vec<Option<i64>>, most: i64, found: &mut [std::collections::BTreeSet<i64>]) {
        let Some(next) = values.iter().position(Option::is_none) else {
            for (value, seen) in values.iter().zip(found) {
                seen.extend(*value);
            }
            return;
        };
        for value in self.least[next]..=most {
            values[next] = Some(value);
            if self
                .equations
                .iter()
                .filter(|(terms, _)| terms.iter().any(|(variable, _)| *variable == next))
                .all(|equation| possible(equation, values, most))
            {
                self.search(values, most, found);
            }
        }
        values[next] = None;
    }
}

/// Whether an equation can still come out right.
fn possible((terms, sum): &(Vec<(usize, i64)>, i64), values: &[Option<i64>], most: i64) -> bool {
    let (mut low, mut high) = (0, 0);
    for (variable, sign) in terms {
        let (least, largest) = values[*variable].map_or((0, most), |value| (value, value));
        low += if *sign > 0 { least } else { -largest };
        high += if *sign > 0 { largest } else { -least };
    }
    (low..=high).contains(sum)
}

// ---- Publications ------------------------------------------------------------------------------------------------------------------

/// Reports that make a table: by school and column, then conduct.
fn reports(cells: &[Vec<u32>], conduct: u32) -> Vec<ForCube> {
    let report = |school: usize, kind: ReportType, class| ForCube { school: format!("S{school:02}"), types: vec![kind], class };
    let mut all: Vec<ForCube> = (0..conduct).map(|_| report(0, ReportType::LowLevelConcern, RecordClass::Conduct)).collect();
    for (school, row) in cells.iter().enumerate() {
        for (column, count) in row.iter().enumerate() {
            all.extend((0..*count).map(|_| report(school, TYPES[column], RecordClass::It)));
        }
    }
    all
}

fn counted(cells: &[Vec<u32>], conduct: u32, former: &[CubePublished]) -> Tally {
    let schools: Vec<SchoolNamed> =
        (0..cells.len()).map(|school| SchoolNamed { code: format!("S{school:02}"), name: format!("School {school}") }).collect();
    tally(&reports(cells, conduct), &schools, former)
}

fn published(cells: &[Vec<u32>], conduct: u32, former: &[CubePublished]) -> CubePublished {
    let ask = Publish { term: term().to_string(), reason: "Termly".into(), corrects: former.last().map(|cube| cube.number) };
    let by = Publisher { person: PersonId::from_bytes([1; 16]), name: "Ines Okoye", now: Instant::parse(NOW).unwrap() };
    publish(&ask, term(), &counted(cells, conduct, former), former, by)
}

/// The true numbers at the places of a publication.
fn truth(cells: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let wide = |row: &[u32]| -> Vec<u32> { (0..TYPES.len()).map(|column| row.get(column).copied().unwrap_or(0)).collect() };
    let with_total = |row: Vec<u32>| -> Vec<u32> { row.iter().copied().chain([row.iter().sum()]).collect() };
    let rows: Vec<Vec<u32>> = cells.iter().map(|row| with_total(wide(row))).collect();
    let totals = (0..=TYPES.len()).map(|column| rows.iter().map(|row| row[column]).sum()).collect();
    rows.into_iter().chain([totals]).collect()
}

/// What is shown is true, and every number from 1 to 4 is hidden.
fn is_right(cube: &CubePublished, cells: &[Vec<u32>]) -> Result<(), TestCaseError> {
    for (shown, true_row) in grid(cube).iter().zip(truth(cells)) {
        for (shown, value) in shown.iter().zip(true_row) {
            prop_assert!(shown.is_none_or(|shown| shown == value && !(1..5).contains(&value)), "{shown:?} for {value}");
        }
    }
    Ok(())
}

fn cell() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0_u32), 4 => 1_u32..5, 3 => 5_u32..12, 1 => 12_u32..60]
}

fn cells(schools: std::ops::Range<usize>, types: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<u32>>> {
    (schools, types).prop_flat_map(|(schools, types)| prop::collection::vec(prop::collection::vec(cell(), types), schools))
}

/// Corrections: at a school and type, a number becomes another.
fn corrections() -> impl Strategy<Value = Vec<(usize, usize, u32)>> {
    prop::collection::vec((0_usize..8, 0_usize..12, cell()), 0..5)
}

fn corrected(cells: &[Vec<u32>], corrections: &[(usize, usize, u32)]) -> Vec<Vec<u32>> {
    let mut cells = cells.to_vec();
    for (school, kind, count) in corrections {
        let schools = cells.len();
        let row = &mut cells[school % schools];
        let types = row.len();
        row[kind % types] = *count;
    }
    cells
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// One publication, of any size.
    #[test]
    fn sta_2_no_hidden_number_is_worked_out_from_a_publication(cells in cells(1..9, 1..13), conduct in 0_u32..9) {
        let cube = published(&cells, conduct, &[]);
        is_right(&cube, &cells)?;
        prop_assert_eq!(cube.conduct, (conduct >= 5).then_some(conduct));
        prop_assert_eq!(Known::of(&[cube], &|_| None).keeps(), Ok(()));
    }

    /// Every number is tried: more than one fits each hidden place, and a small one keeps two small ones where the rest allows it.
    #[test]
    fn sta_2_trying_every_number_leaves_a_doubt(cells in prop::collection::vec(prop::collection::vec(0_u32..8, 1..4), 1..3)) {
        let types = cells.iter().map(Vec::len).max().unwrap();
        let cells: Vec<Vec<u32>> = cells.into_iter().map(|mut row| { row.resize(types, 0); row }).collect();
        let cube = published(&cells, 0, &[]);
        let known = Known::of(std::slice::from_ref(&cube), &|_| None);
        let solutions = known.solutions(30);
        let truth = truth(&cells);
        for ((_, row, column), variable) in &known.variables {
            let (value, found) = (i64::from(truth[*row][*column]), &solutions[*variable]);
            prop_assert!(found.contains(&value), "the truth is one of them");
            prop_assert!(found.len() > 1, "{cells:?}: {row} {column} is {found:?}");
            if value < 4 {
                prop_assert!(found.range(1..5).count() > 1, "{cells:?}: {row} {column} is {found:?}");
            }
        }
    }

    /// A publication and its corrections, taken together: each as it stands, and by a reader who takes what is hidden in both for the same
    /// where it is.
    #[test]
    fn sta_2_no_hidden_number_is_worked_out_from_a_correction(
        first in cells(1..6, 1..8), second in corrections(), third in corrections(), conduct in prop::collection::vec(0_u32..9, 3),
    ) {
        let second = corrected(&first, &second);
        let third = corrected(&second, &third);
        let tables = [first, second, third];
        let mut cubes: Vec<CubePublished> = vec![];
        for (cells, conduct) in tables.iter().zip(conduct) {
            let cube = published(cells, conduct, &cubes);
            is_right(&cube, cells)?;
            for former in &cubes {
                prop_assert!(cube.conduct.is_none() || cube.conduct == former.conduct);
                for (row, former_row) in grid(&cube).iter().zip(grid(former)) {
                    prop_assert!(row.iter().zip(former_row).all(|(now, before)| now.is_none() || before.is_some()), "what was hidden stays hidden");
                }
            }
            cubes.push(cube);
        }
        prop_assert_eq!(Known::of(&cubes, &|_| None).keeps(), Ok(()));
        let grids: Vec<_> = cubes.iter().map(grid).collect();
        let truths: Vec<_> = tables.iter().map(|cells| truth(cells)).collect();
        for (old, new) in [(0, 1), (1, 2)] {
            let hidden = |cube: usize, row: usize, column: usize| grids[cube][row][column].is_none();
            let places = || (0..grids[0].len()).flat_map(|row| (0..grids[0][0].len()).map(move |column| (row, column)));
            let unchanged = |(row, column): (usize, usize)| truths[old][row][column] == truths[new][row][column];
            if places().filter(|(row, column)| hidden(old, *row, *column)).all(unchanged) {
                let pair = [cubes[old].clone(), cubes[new].clone()];
                let same = |(number, row, column): Place| (number == 1 && hidden(old, row, column)).then_some((0, row, column));
                prop_assert_eq!(Known::of(&pair, &same).keeps(), Ok(()), "{:?} then {:?}", &tables[old], &tables[new]);
            }
            for (row, column) in places() {
                let (before, now) = (grids[old][row][column], grids[new][row][column]);
                let told = before.zip(now).map_or(0, |(before, now)| before.abs_diff(now));
                prop_assert!(told == 0 || told > 4, "a change by {told} is a small number");
            }
        }
    }
}

/// A number that fell to nought, beside a small one: what was hidden to protect it was known from the publication before.
#[test]
fn sta_2_what_a_correction_hides_is_not_known_from_before() {
    let tables = [vec![vec![3, 0, 5, 1], vec![5, 5, 5, 5]], vec![vec![3, 0, 0, 1], vec![5, 5, 5, 5]]];
    let mut cubes: Vec<CubePublished> = vec![];
    for cells in &tables {
        cubes.push(published(cells, 0, &cubes));
    }
    let before = grid(&cubes[0]);
    let same = |(number, row, column): Place| (number == 1 && before[row][column].is_none()).then_some((0, row, column));
    assert_eq!(Known::of(&cubes, &same).keeps(), Ok(()));
}

/// The attack is no straw man: it finds what is hidden carelessly.
#[test]
fn what_is_hidden_alone_is_found() {
    let cells = vec![vec![3, 10], vec![8, 9]];
    let mut cube = published(&cells, 0, &[]);
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        cube.cells[row][column] = (row + column > 0).then_some(cells[row][column]);
    }
    (cube.school_totals, cube.total) = (vec![Some(13), Some(17)], Some(30));
    (0..2).for_each(|column| cube.type_totals[column] = Some([11, 19][column]));
    assert!(Known::of(std::slice::from_ref(&cube), &|_| None).keeps().unwrap_err().starts_with("by linear algebra"));
    // Two hidden in a row that sum to two: each is one, as nothing hidden is nought.
    let mut cube = published(&[vec![1, 1, 9]], 0, &[]);
    cube.cells[0] = std::iter::repeat_n(Some(0), TYPES.len()).collect();
    (cube.cells[0][0], cube.cells[0][1], cube.cells[0][2]) = (None, None, Some(9));
    (cube.type_totals[0], cube.type_totals[1], cube.type_totals[2]) = (None, None, Some(9));
    (cube.school_totals[0], cube.total) = (Some(11), Some(11));
    assert!(Known::of(&[cube], &|_| None).keeps().unwrap_err().starts_with("by bounds"));
}
