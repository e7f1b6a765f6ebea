//! What is wrong, and which of it comes first.

use super::FirstBad;

/// Keeps the first of all findings.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Rank (the last position at which the damage may begin; exact before ranges) and finding.
    first: Option<((u64, u8), FirstBad)>,
}

impl Findings {
    /// This very event is wrong, or missing.
    pub(super) fn at(&mut self, position: u64, what: impl Into<String>) {
        self.add((position, 0), Some(position), what.into());
    }

    /// Some event in `from..to` is wrong, or the root it is compared with.
    pub(super) fn between(&mut self, from: u64, to: u64, what: &str) {
        let last = to.saturating_sub(1);
        let exact = (from == last && to > 0).then_some(from);
        let what = format!("{what}: something at positions {from} to {last} is not what it covers");
        self.add((last, 1), exact, what);
    }

    /// Something beside the events is wrong.
    pub(super) fn beside(&mut self, what: impl Into<String>) {
        self.add((u64::MAX, 2), None, what.into());
    }

    pub(super) fn first(self) -> Option<FirstBad> {
        self.first.map(|(_, finding)| finding)
    }

    fn add(&mut self, rank: (u64, u8), position: Option<u64>, what: String) {
        if self.first.as_ref().is_none_or(|(first, _)| rank < *first) {
            self.first = Some((rank, FirstBad { position, what }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Findings;

    #[test]
    fn the_lowest_place_known_wins_and_an_exact_one_over_a_range() {
        let mut findings = Findings::default();
        findings.beside("a record");
        findings.between(0, 10, "the head");
        findings.at(5, "five");
        findings.at(7, "seven");
        assert_eq!(findings.first().and_then(|f| f.position), Some(5));

        let mut findings = Findings::default();
        findings.between(2, 4, "a note");
        findings.at(5, "five");
        assert_eq!(findings.first().and_then(|f| f.position), None);

        let mut findings = Findings::default();
        findings.between(3, 4, "a note");
        assert_eq!(findings.first().and_then(|f| f.position), Some(3));
    }
}
