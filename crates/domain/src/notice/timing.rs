//! When a notice is handed over: at the next digest or at once, never in quiet hours unless it cannot wait, within a day's budget.
//!
//! For one person everything follows from what was handed to them before, and so from what they may know.

use super::{Fault, NoticeRules, Urgency, rules::KEPT_FOR_NOW};
use crate::{
    Instant,
    clock::{day_of, start_of, time_of_day},
    profile::reading::TimeOfDay,
};

/// What cannot wait is told again to the same person after this time at the earliest: until then one message tells of all of it.
const NOW_GAP_SECONDS: i64 = 15 * 60;
/// The same, once a day's budget is used up: what cannot wait is never held back by it for longer.
const NOW_GAP_OVER_BUDGET_SECONDS: i64 = 3_600;
/// What is waited after each try, in seconds.
const BACKOFF: [i64; 7] = [60, 300, 900, 3_600, 7_200, 14_400, 28_800];
/// How often a message is tried at most; over about sixteen hours.
pub const TRIES_MAX: u32 = 8;

/// A message that was handed over, or may have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// When.
    pub at: Instant,
    /// How urgent it was.
    pub urgency: Urgency,
}

impl NoticeRules {
    /// Whether only what cannot wait is handed over at this instant.
    pub fn is_quiet(&self, at: Instant) -> bool {
        self.is_quiet_at(minute_of_day(at))
    }

    /// When a notice that is given at `at` falls due: at once where it cannot wait, else at the next digest.
    pub fn slot(&self, urgency: Urgency, at: Instant) -> Instant {
        if urgency == Urgency::Now {
            return at;
        }
        // A profile has at least one digest; without any, what can wait goes at once.
        self.digest_at.iter().map(|time| next(at, *time)).min().unwrap_or(at)
    }
}

/// From when on a message of this urgency may go to somebody to whom `handed` went before: `now`, or later.
pub fn may_go(rules: &NoticeRules, urgency: Urgency, handed: &[Handed], now: Instant) -> Instant {
    let today = day_of(now);
    let count = handed.iter().filter(|handed| day_of(handed.at) == today).count();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    if urgency == Urgency::Now {
        let gap = if count >= rules.budget { NOW_GAP_OVER_BUDGET_SECONDS } else { NOW_GAP_SECONDS };
        let last = handed.iter().filter(|handed| handed.urgency == Urgency::Now).map(|handed| handed.at).max();
        return last.map_or(now, |last| last.plus_seconds(gap)).max(now);
    }
    if rules.is_quiet(now) {
        return next(now, rules.quiet_until);
    }
    if count >= rules.budget.saturating_sub(KEPT_FOR_NOW) {
        let tomorrow = today.tomorrow().map_or(now, start_of);
        return rules.slot(urgency, tomorrow);
    }
    now
}

/// How long to wait after a try that failed, in seconds; none where it is given up.
pub fn retry_after(tries: u32, fault: Fault) -> Option<i64> {
    if !fault.is_passing() || tries >= TRIES_MAX {
        return None;
    }
    let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    Some(BACKOFF[index.min(BACKOFF.len() - 1)])
}

/// The first instant at or after `from` with this time of day in England.
fn next(from: Instant, time: TimeOfDay) -> Instant {
    let today = day_of(from);
    let days = [Some(today), today.tomorrow().ok()];
    // An hour that a change of clocks skips or repeats is taken once: at its first instant.
    let at = |day| crate::clock::at_time_of_day(day, time.minutes());
    days.into_iter().flatten().map(at).find(|at| *at >= from).unwrap_or(from)
}

fn minute_of_day(at: Instant) -> u16 {
    let (_, hour, minute) = time_of_day(at);
    TimeOfDay::at(hour, minute).minutes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn handed(list: &[(&str, Urgency)]) -> Vec<Handed> {
        list.iter().map(|(text, urgency)| Handed { at: at(text), urgency: *urgency }).collect()
    }

    #[test]
    fn what_can_wait_goes_with_the_next_digest_and_what_cannot_at_once() {
        let rules = NoticeRules::default();
        for (given, due) in [
            ("2026-10-30T09:00Z", "2026-10-30T12:30Z"),
            ("2026-10-30T12:30Z", "2026-10-30T12:30Z"),
            ("2026-10-30T12:31Z", "2026-10-30T15:45Z"),
            ("2026-10-30T16:12Z", "2026-10-31T07:45Z"),
            // Summer time: 15:45 in England is 14:45 UTC.
            ("2026-07-01T14:00Z", "2026-07-01T14:45Z"),
            // The night in which clocks go forward.
            ("2027-03-27T23:00Z", "2027-03-28T06:45Z"),
        ] {
            for urgency in [Urgency::Digest, Urgency::Today] {
                assert_eq!(rules.slot(urgency, at(given)), at(due), "{given}");
            }
            assert_eq!(rules.slot(Urgency::Now, at(given)), at(given));
        }
    }

    #[test]
    fn quiet_hours_hold_back_what_can_wait_and_nothing_else() {
        let rules = NoticeRules::default();
        for (now, quiet) in [
            ("2026-10-30T18:29Z", false),
            ("2026-10-30T18:30Z", true),
            ("2026-10-31T00:00Z", true),
            ("2026-10-31T06:59Z", true),
            ("2026-10-31T07:00Z", false),
            ("2026-07-01T17:30Z", true),
        ] {
            assert_eq!(rules.is_quiet(at(now)), quiet, "{now}");
            let goes = if quiet { next(at(now), rules.quiet_until) } else { at(now) };
            assert_eq!(may_go(&rules, Urgency::Today, &[], at(now)), goes, "{now}");
            assert_eq!(may_go(&rules, Urgency::Now, &[], at(now)), at(now), "{now}");
        }
        assert_eq!(next(at("2026-10-30T20:00Z"), rules.quiet_until), at("2026-10-31T07:00Z"));
    }

    #[test]
    fn a_day_s_budget_holds_digests_back_and_slows_down_what_cannot_wait() {
        let rules = NoticeRules::default();
        let now = at("2026-10-30T12:30Z");
        let four = handed(&[
            ("2026-10-30T07:45Z", Urgency::Digest),
            ("2026-10-30T08:00Z", Urgency::Now),
            ("2026-10-30T09:00Z", Urgency::Now),
            ("2026-10-30T10:00Z", Urgency::Now),
        ]);
        assert_eq!(may_go(&rules, Urgency::Digest, &four[..3], now), now);
        assert_eq!(may_go(&rules, Urgency::Digest, &four, now), at("2026-10-31T07:45Z"), "two are kept for what cannot wait");
        assert_eq!(may_go(&rules, Urgency::Now, &four, now), now);
        let six = [four.clone(), handed(&[("2026-10-30T11:00Z", Urgency::Now), ("2026-10-30T12:00Z", Urgency::Now)])].concat();
        assert_eq!(may_go(&rules, Urgency::Now, &six, now), at("2026-10-30T13:00Z"), "an hour after the last");
        assert_eq!(may_go(&rules, Urgency::Digest, &six, at("2026-10-31T07:45Z")), at("2026-10-31T07:45Z"), "another day");
    }

    #[test]
    fn what_cannot_wait_is_told_once_in_a_quarter_of_an_hour() {
        let rules = NoticeRules::default();
        let before = handed(&[("2026-10-30T03:00Z", Urgency::Now), ("2026-10-30T03:10Z", Urgency::Digest)]);
        assert_eq!(may_go(&rules, Urgency::Now, &before, at("2026-10-30T03:05Z")), at("2026-10-30T03:15Z"));
        assert_eq!(may_go(&rules, Urgency::Now, &before, at("2026-10-30T03:15Z")), at("2026-10-30T03:15Z"));
        assert_eq!(
            may_go(&rules, Urgency::Now, &before[1..], at("2026-10-30T03:11Z")),
            at("2026-10-30T03:11Z"),
            "a digest holds nothing up"
        );
    }

    #[test]
    fn a_message_is_tried_less_and_less_often_and_then_given_up() {
        let waits: Vec<Option<i64>> = (1..=TRIES_MAX).map(|tries| retry_after(tries, Fault::Unreachable)).collect();
        assert!(waits[..7].windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
        assert_eq!((waits[6], waits[7]), (Some(28_800), None));
        assert_eq!(retry_after(1, Fault::Refused), None, "an address that is refused stays refused");
    }
}
