//! The first screen of a headteacher: what only they can do, what is late and whose, and what changed since they last looked.

use serde::{Deserialize, Serialize};

use crate::{Address, Duty, Instant, PersonId, directory::Directory};

/// A look after so long begins a new visit: within one, what changed stays on the screen however often it is opened.
const VISIT_ENDS_AFTER_SECONDS: i64 = 4 * 3_600;

/// When somebody looked, and when before that visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    last: Instant,
    before: Option<Instant>,
}

impl Visit {
    /// The visit to which a look now belongs.
    #[must_use]
    pub fn at(now: Instant, known: Option<Self>) -> Self {
        match known {
            Some(known) if now < known.last.plus_seconds(VISIT_ENDS_AFTER_SECONDS) => Self { last: now.max(known.last), ..known },
            known => Self { last: now, before: known.map(|known| known.last) },
        }
    }

    /// When the visit before this one ended; none where this is the first.
    pub const fn since(self) -> Option<Instant> {
        self.before
    }
}

/// Whether this screen is for whoever has these duties.
pub fn is_for<'a>(duties: impl IntoIterator<Item = &'a Address>) -> bool {
    duties.into_iter().any(|held| held.duty == Duty::Headteacher)
}

/// Whether what is owed at this address waits for this person alone: a headteacher's own, with nobody else in the post now.
pub fn only_they(person: PersonId, owner: &Address, directory: &Directory, now: Instant) -> bool {
    owner.duty == Duty::Headteacher && directory.present(owner, now) == [person]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::tests::directory;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_visit_goes_on_while_somebody_comes_back_within_hours() {
        let first = Visit::at(at("2026-10-29T08:00Z"), None);
        assert_eq!(first.since(), None);
        let lunch = Visit::at(at("2026-10-29T11:59Z"), Some(first));
        assert_eq!(lunch.since(), None, "still the first");
        let next_day = Visit::at(at("2026-10-30T08:00Z"), Some(lunch));
        assert_eq!(next_day.since(), Some(at("2026-10-29T11:59Z")));
        let again = Visit::at(at("2026-10-30T09:00Z"), Some(next_day));
        assert_eq!(again.since(), next_day.since(), "a reload forgets nothing");
        let clock_back = Visit::at(at("2026-10-30T07:00Z"), Some(again));
        assert_eq!(clock_back, again, "a clock that was set back starts nothing");
    }

    #[test]
    fn only_a_head_who_is_alone_in_the_post_is_the_only_one() {
        let directory = directory();
        let [head, dsl] = [1, 2].map(|byte| PersonId::from_bytes([byte; 16]));
        let now = at("2026-10-30T16:12Z");
        assert!(only_they(head, &Address::of(Duty::Headteacher, "SCH01"), &directory, now));
        assert!(!only_they(dsl, &Address::of(Duty::Dsl, "SCH01"), &directory, now), "a DSL has a deputy by statute");
        assert!(!only_they(dsl, &Address::of(Duty::Headteacher, "SCH01"), &directory, now));
        assert!(is_for([&Address::of(Duty::Headteacher, "SCH01")]) && !is_for([&Address::of(Duty::DeputyHead, "SCH01")]));
    }
}
