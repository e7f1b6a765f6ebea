//! What a profile says about notices: `[notices]`.

use serde::Deserialize;

use crate::profile::reading::TimeOfDay;

/// Digests a day at most: each is a message.
const DIGESTS_MAX: usize = 4;
/// Of a day's budget, messages that digests leave for what cannot wait.
pub(super) const KEPT_FOR_NOW: u32 = 2;

/// Quiet hours, when digests go out, how many messages somebody gets on a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoticeRules {
    /// From this time of day in England only what cannot wait is handed over.
    pub quiet_from: TimeOfDay,
    /// Until this one.
    pub quiet_until: TimeOfDay,
    /// When what can wait is gathered into one message, in England.
    pub digest_at: Vec<TimeOfDay>,
    /// Messages to one person on one day.
    pub budget: u32,
}

impl Default for NoticeRules {
    fn default() -> Self {
        Self {
            quiet_from: TimeOfDay::at(18, 30),
            quiet_until: TimeOfDay::at(7, 0),
            digest_at: vec![TimeOfDay::at(7, 45), TimeOfDay::at(12, 30), TimeOfDay::at(15, 45)],
            budget: 6,
        }
    }
}

impl NoticeRules {
    pub(crate) fn validate(&self) -> Result<(), String> {
        if self.digest_at.is_empty() || self.digest_at.len() > DIGESTS_MAX {
            return Err(format!("notices: digest-at has 1 to {DIGESTS_MAX} times of day"));
        }
        if self.digest_at.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err("notices: digest-at stands in the order of the day, each time once".into());
        }
        if self.digest_at.iter().any(|time| time.minutes() >= 24 * 60 || self.is_quiet_at(time.minutes())) {
            return Err("notices: digest-at is within the day and outside the quiet hours".into());
        }
        let least = u32::try_from(self.digest_at.len()).unwrap_or(u32::MAX).saturating_add(KEPT_FOR_NOW);
        if !(least..=24).contains(&self.budget) {
            return Err(format!("notices: budget is from {least} (the digests, and {KEPT_FOR_NOW} for what cannot wait) to 24"));
        }
        Ok(())
    }

    /// How many minutes of a day are quiet.
    pub(crate) fn quiet_minutes(&self) -> usize {
        (0..24 * 60).filter(|minute| self.is_quiet_at(*minute)).count()
    }

    /// Whether this minute of the day is quiet; the hours may go over midnight.
    pub(super) fn is_quiet_at(&self, minute: u16) -> bool {
        let (from, until) = (self.quiet_from.minutes(), self.quiet_until.minutes());
        if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until }
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Profile;

    const BASE: &str = include_str!("../../../../ops/profiles/clpt.toml");

    fn with(notices: &str) -> Result<Profile, String> {
        Profile::parse(&format!("{BASE}\n{notices}\n")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_profile_that_says_nothing_has_quiet_nights_three_digests_and_six_messages_a_day() {
        let rules = with("").unwrap().notices;
        assert_eq!(rules, super::NoticeRules::default());
        assert_eq!((rules.digest_at.len(), rules.budget, rules.quiet_minutes()), (3, 6, 12 * 60 + 30));
        assert_eq!(rules.validate(), Ok(()));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (keys, says) in [
            ("digest-at = []", "1 to 4"),
            ("digest-at = [\"08:00\", \"09:00\", \"10:00\", \"11:00\", \"12:00\"]", "1 to 4"),
            ("digest-at = [\"12:00\", \"08:00\"]", "order"),
            ("digest-at = [\"08:00\", \"08:00\"]", "order"),
            ("digest-at = [\"19:00\"]", "outside the quiet hours"),
            ("digest-at = [\"06:59\"]", "outside the quiet hours"),
            ("digest-at = [\"24:00\"]\nquiet-from = \"00:00\"\nquiet-until = \"07:00\"", "within the day"),
            ("digest-at = [\"8:00\"]", "time of day"),
            ("budget = 4", "from 5"),
            ("budget = 25", "to 24"),
            ("digest = 1", "unknown field"),
        ] {
            let said = with(&format!("[notices]\n{keys}")).unwrap_err();
            assert!(said.contains(says), "{keys}: {said}");
        }
        assert!(with("[notices]\ndigest-at = [\"08:00\"]\nbudget = 3").is_ok());
        assert!(with("[notices]\nquiet-from = \"00:00\"\nquiet-until = \"00:00\"").unwrap().notices.quiet_minutes() == 0);
    }
}
