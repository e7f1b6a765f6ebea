//! Silence is a signal: a school, a group of people or a kind of matter from which fewer reports come than its own past lets expect.
//!
//! One rule, which a person can check on paper: what is usual is the mean of the past terms, scaled to the part of the term that has
//! gone; it is silence when so few reports or fewer would come by chance less than once in twenty such terms (Poisson). It says
//! something of a place and its counting, never of a person (design §1.9), and it only points: why it is quiet, somebody has to ask.

/// Terms that are looked back on at most.
pub const TERMS_MAX: usize = 6;
/// Fewer past terms are no past.
const TERMS_MIN: usize = 3;
/// Before so many days of a term have gone nothing is said.
const DAYS_MIN: u16 = 21;
/// How seldom chance alone would be so quiet.
const SELDOM: f64 = 0.05;

/// The rule in a sentence, for the page that shows what it finds.
pub const IN_WORDS: &str = "A school, type or group of people is shown here when it has sent so few reports this term that, going by its \
                            own last terms, chance alone would be that quiet less than once in twenty terms.";

/// How quiet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// Reports of this term so far.
    pub now: u32,
    /// How many there usually are by this day of a term, in tenths.
    pub usual_tenths: u32,
}

/// Whether this is silence: `past` are the counts of the past terms, `now` that of this term, of which `gone` of `whole` days have begun.
pub fn silence(past: &[u32], now: u32, gone: u16, whole: u16) -> Option<Silence> {
    if past.len() < TERMS_MIN || gone < DAYS_MIN || whole == 0 {
        return None;
    }
    let terms = u32::try_from(past.len()).ok()?;
    let mean = past.iter().map(|count| f64::from(*count)).sum::<f64>() / f64::from(terms);
    let usual = mean * f64::from(gone.min(whole)) / f64::from(whole);
    (at_most(now, usual) < SELDOM).then(|| Silence { now, usual_tenths: tenths(usual) })
}

/// The chance of at most `count` where `usual` are to be expected (Poisson); summed by logarithms, as e to the minus 800 is none.
fn at_most(count: u32, usual: f64) -> f64 {
    let mut log = -usual;
    let mut sum = log.exp();
    for n in 1..=count {
        log += (usual / f64::from(n)).ln();
        sum += log.exp();
    }
    sum
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of counts, far below 2^32 and never negative")]
fn tenths(usual: f64) -> u32 {
    (usual * 10.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(past: &[u32], now: u32, gone: u16) -> Option<u32> {
        silence(past, now, gone, 120).map(|silence| silence.usual_tenths)
    }

    #[test]
    fn a_school_that_goes_quiet_is_pointed_out_and_one_that_is_as_always_is_not() {
        assert_eq!(found(&[12, 9, 15], 0, 60), Some(60), "six are usual by the middle of a term, and there are none");
        assert_eq!(found(&[12, 9, 15], 1, 60), Some(60));
        assert_eq!(found(&[12, 9, 15], 2, 60), None, "two instead of six comes about by chance: 6 in 100");
        assert_eq!(found(&[12, 9, 15], 6, 60), None);
        assert_eq!(found(&[12, 9, 15], 40, 60), None, "many reports are no silence");
    }

    #[test]
    fn a_small_school_that_never_reported_much_is_not_accused() {
        assert_eq!(found(&[2, 3, 2, 1], 0, 120), None, "two a term: none now comes about by chance");
        assert_eq!(found(&[3, 3, 3], 0, 120), Some(30), "three: by chance in 4.98 of 100 terms");
        assert_eq!(found(&[0, 0, 0, 0, 0, 0], 0, 120), None);
    }

    #[test]
    fn without_a_past_or_at_the_start_of_a_term_nothing_is_said() {
        assert_eq!(found(&[40, 40], 0, 120), None);
        assert_eq!(found(&[], 0, 120), None);
        assert_eq!(found(&[40, 40, 40], 0, 20), None);
        assert_eq!(found(&[40, 40, 40], 0, 21), Some(70));
        assert_eq!(silence(&[40, 40, 40], 0, 30, 0), None);
    }

    #[test]
    fn large_counts_do_not_run_away() {
        assert!((at_most(700, 650.0) - 0.975).abs() < 0.01);
        assert_eq!(found(&[2000, 2000, 2000], 1999, 120), None);
        assert_eq!(found(&[2000, 2000, 2000], 500, 120), Some(20_000));
    }
}
