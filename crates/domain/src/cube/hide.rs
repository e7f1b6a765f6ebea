//! What is hidden of a table, so that nothing hidden can be worked out from what is shown (STA-2).
//!
//! First every number from 1 to 4 is hidden, totals too. Then each hidden number must leave a doubt: the table must come out right with
//! another number in its place. That is so when it lies on a ring of hidden numbers of which some can be one higher and others one
//! lower, each row and column keeping its total. Rings are paths: with rows and columns for places, a number is a way from its column to
//! its row that is open in one direction when it can rise and in the other when it can fall, and a total is such a way turned round.
//! Where a number has no ring of hidden numbers, the cheapest one is made by hiding more. One can always be made: the number, its two
//! totals and the sum of all, each one higher.
//!
//! Whoever reads knows that zeros are shown, so nothing hidden is taken for less than 1.
//!
//! A correction never shows what was hidden before, and hides what it changes by less than five: the difference between two
//! publications is a table too. The rings of what it changes are made of changed numbers, as the others are known from before; and whatever
//! it hides for the first time has a ring of numbers that were shown before, as a reader may take the others to be what they were.

use super::SHOWN_FROM;

/// A table with its totals as last row and last column.
pub(super) struct Grid {
    rows: usize,
    columns: usize,
    values: Vec<u32>,
}

/// One higher or one lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Up,
    Down,
}

impl Grid {
    pub(super) fn new(cells: &[Vec<u32>]) -> Self {
        let columns = cells.first().map_or(0, Vec::len) + 1;
        let mut values = vec![];
        for row in cells {
            values.extend(row);
            values.push(row.iter().sum());
        }
        let sums: Vec<u32> = (0..columns).map(|column| values.iter().skip(column).step_by(columns).sum()).collect();
        values.extend(sums);
        Self { rows: cells.len() + 1, columns, values }
    }

    /// The place of a number.
    pub(super) const fn at(&self, row: usize, column: usize) -> usize {
        row * self.columns + column
    }

    pub(super) fn value(&self, row: usize, column: usize) -> u32 {
        self.values[self.at(row, column)]
    }

    const fn is_total(&self, place: usize) -> bool {
        place / self.columns == self.rows - 1 || place % self.columns == self.columns - 1
    }

    /// Whether a hidden number could be so much as one higher, or lower, as far as a reader knows.
    fn could(&self, place: usize, step: Step) -> bool {
        step == Step::Up || self.values[place] > 1
    }

    /// From where to where a step leads: rows are numbered before columns.
    const fn way(&self, place: usize, step: Step) -> (usize, usize) {
        let (row, column) = (place / self.columns, place % self.columns);
        let (row_total, column_total) = (row == self.rows - 1, column == self.columns - 1);
        let to_row = (row_total == column_total) == matches!(step, Step::Up);
        let column = self.rows + column;
        if to_row { (column, row) } else { (row, column) }
    }
}

/// Which numbers are hidden. `former` are the earlier publications of the same term at the same places, oldest first.
pub(super) fn hide(grid: &Grid, former: &[Vec<Option<u32>>]) -> Vec<bool> {
    let hidden_before = |place: usize| former.iter().any(|shown| shown[place].is_none());
    let change = |place: usize| former.last().and_then(|shown| shown[place]).map_or(0, |before| before.abs_diff(grid.values[place]));
    let small = |count: u32| count > 0 && count < SHOWN_FROM;
    let primary = |place: usize| small(grid.values[place]) || hidden_before(place) || small(change(place));
    let mut hiding = Hiding { grid, hidden: (0..grid.values.len()).map(primary).collect() };
    let changed = |place: usize| change(place) > 0;
    let of_change: Vec<usize> = hiding.places().into_iter().filter(|place| changed(*place)).collect();
    if !hiding.protect(of_change, &[&changed]) {
        // What was hidden has changed too: nothing that changed is shown.
        (0..grid.values.len()).filter(|place| changed(*place)).for_each(|place| hiding.hidden[place] = true);
    }
    // A correction hides first what a reader cannot take to be what it was.
    let unknown = |place: usize| former.is_empty() || hidden_before(place) || changed(place);
    let shown_before = |place: usize| !hidden_before(place);
    loop {
        let before = hiding.places();
        let mut all = hiding.protect(before.clone(), &[&unknown, &|_| true]);
        if !former.is_empty() {
            let fresh = hiding.places().into_iter().filter(|place| shown_before(*place)).collect();
            all &= hiding.protect(fresh, &[&shown_before]);
        }
        if !all {
            // A correction to nought can leave no way out but to show nothing.
            hiding.hidden.fill(true);
        }
        if hiding.places() == before {
            return hiding.hidden;
        }
    }
}

struct Hiding<'a> {
    grid: &'a Grid,
    hidden: Vec<bool>,
}

impl Hiding<'_> {
    fn places(&self) -> Vec<usize> {
        (0..self.hidden.len()).filter(|place| self.hidden[*place]).collect()
    }

    /// Leaves a doubt about each of these numbers, hiding more of the usable ones, of the first kind where that will do; whether that could
    /// be done for all.
    fn protect(&mut self, mut places: Vec<usize>, usable: &[&dyn Fn(usize) -> bool]) -> bool {
        let mut all = true;
        let mut next = 0;
        while let Some(place) = places.get(next).copied() {
            next += 1;
            let ways = usable.iter().flat_map(|usable| self.wanted(place).iter().map(move |steps| (usable, steps)));
            let ring = ways.into_iter().find_map(|(usable, steps)| {
                let rings = steps.iter().filter_map(|step| self.ring(place, *step, usable));
                rings.min_by_key(|(cost, _)| *cost)
            });
            match ring {
                Some((_, ring)) => {
                    for more in ring.into_iter().filter(|more| !self.hidden[*more]).collect::<Vec<_>>() {
                        self.hidden[more] = true;
                        places.push(more);
                    }
                }
                None => all = false,
            }
        }
        all
    }

    /// The doubts that may be left about a number, best first: one from 1 to 4 should still be one from 1 to 4.
    fn wanted(&self, place: usize) -> &'static [&'static [Step]] {
        match self.grid.values[place] {
            0 | 1 => &[&[Step::Up]],
            4 => &[&[Step::Down], &[Step::Up]],
            _ => &[&[Step::Up, Step::Down]],
        }
    }

    /// The cheapest ring that lets a number take this step, with what it costs.
    fn ring(&self, place: usize, step: Step, usable: &dyn Fn(usize) -> bool) -> Option<(u64, Vec<usize>)> {
        if !self.grid.could(place, step) {
            return None;
        }
        let (start, end) = self.grid.way(place, step);
        // Back from where the step leads to where it came from, by any other number.
        self.path(end, start, &|other| other != place && usable(other))
    }

    /// Dijkstra over rows and columns.
    fn path(&self, from: usize, to: usize, usable: &dyn Fn(usize) -> bool) -> Option<(u64, Vec<usize>)> {
        let nodes = self.grid.rows + self.grid.columns;
        let mut best: Vec<Option<u64>> = vec![None; nodes];
        let mut came: Vec<Option<(usize, usize)>> = vec![None; nodes];
        let mut done = vec![false; nodes];
        best[from] = Some(0);
        while let Some(node) = (0..nodes).filter(|node| !done[*node] && best[*node].is_some()).min_by_key(|node| best[*node]) {
            done[node] = true;
            let so_far = best[node].unwrap_or(0);
            for place in (0..self.hidden.len()).filter(|place| usable(*place)) {
                let Some(cost) = self.cost(place) else { continue };
                for step in [Step::Up, Step::Down] {
                    let (start, end) = self.grid.way(place, step);
                    if start == node && self.grid.could(place, step) && best[end].is_none_or(|known| so_far + cost < known) {
                        best[end] = Some(so_far + cost);
                        came[end] = Some((node, place));
                    }
                }
            }
        }
        let mut ring = vec![];
        let mut node = to;
        while node != from {
            let (before, place) = came[node]?;
            ring.push(place);
            node = before;
        }
        Some((best[to]?, ring))
    }

    /// What it costs to have a number in a ring; a zero stays shown.
    fn cost(&self, place: usize) -> Option<u64> {
        let value = self.grid.values[place];
        match (self.hidden[place], value) {
            (true, _) => Some(1),
            (false, 0) => None,
            // Few, small and no totals: these tell readers most.
            (false, value) => Some(1_000 + u64::from(value) + if self.grid.is_total(place) { 100_000 } else { 0 }),
        }
    }
}
