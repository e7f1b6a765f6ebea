//! What a password must be, and how long a session lasts: a trust's rules as its profile gives them, and the default.
//!
//! The default is P2-AUTH-1: at least 12 characters, three random words, not like an earlier one, and no change but on compromise.
//! P0-AUTH-1 and P3-AUTH-1 are settings of the same rules. To add a rule: a field of [`PasswordRules`] with its default, its check in
//! [`PasswordRules::check`], its sentence in [`PasswordRules::in_words`], its row in `docs/profiles.md`.

use serde::Deserialize;

use crate::field::{Checks, Invalid};

/// Longer than any password that a person types: refused before a hash is paid for.
pub const PASSWORD_BYTES_MAX: usize = 1_000;
/// Earlier passwords remembered at most, whatever a profile says: each costs a hash at every change.
pub const HISTORY_MAX: usize = 12;
/// Variants of a new password that are compared with each earlier one, at most.
pub const VARIANTS_MAX: usize = 8;

/// A trust's rules for passwords.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PasswordRules {
    /// Characters at least.
    pub minimum_length: usize,
    /// How many of the four kinds of character it needs: capital letters, small letters, numbers, symbols.
    pub classes: usize,
    /// Whether no character may stand beside its equal.
    pub no_equal_neighbours: bool,
    /// After how many days it must be changed; never, where none is given.
    pub change_after_days: Option<u32>,
    /// Whether people are advised to take three random words.
    pub three_words: bool,
    /// Whether it may not be like an earlier one: the same in other capitals, or with another number at its end. Its key is
    /// from when the last alone was compared: profiles in force have it.
    #[serde(rename = "unlike-the-last")]
    pub unlike_earlier: bool,
    /// How many earlier ones it may not be.
    pub history: usize,
    /// The clause that says so.
    pub clause: String,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            minimum_length: 12,
            classes: 0,
            no_equal_neighbours: false,
            change_after_days: None,
            three_words: true,
            unlike_earlier: true,
            history: 5,
            clause: "P2-AUTH-1".to_owned(),
        }
    }
}

impl PasswordRules {
    /// Whether these rules can be kept at all.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("passwords: {what}"));
        match self {
            // Below it, a password is guessed faster than any lock-out helps.
            Self { minimum_length: ..=6 | 101.., .. } => wrong("minimum-length is from 7 to 100"),
            Self { classes: 5.., .. } => wrong("classes is from 0 to 4: there are four kinds of character"),
            Self { history, .. } if *history > HISTORY_MAX => wrong(&format!("history is at most {HISTORY_MAX}")),
            Self { change_after_days: Some(..=6), .. } => wrong("change-after-days is at least 7"),
            _ => Ok(()),
        }
    }

    /// The rules that hold where these and others both do: of each the stricter.
    #[must_use]
    pub fn strictest(&self, others: &Self) -> Self {
        let days = [self.change_after_days, others.change_after_days];
        Self {
            minimum_length: self.minimum_length.max(others.minimum_length),
            classes: self.classes.max(others.classes),
            no_equal_neighbours: self.no_equal_neighbours || others.no_equal_neighbours,
            change_after_days: days.into_iter().flatten().min(),
            three_words: self.three_words && others.three_words,
            unlike_earlier: self.unlike_earlier || others.unlike_earlier,
            history: self.history.max(others.history),
            clause: if self.clause == others.clause { self.clause.clone() } else { format!("{}, {}", self.clause, others.clause) },
        }
    }

    /// Checks a new password by itself; what it may not be of earlier ones is for the holder of their hashes.
    pub fn check(&self, password: &str, email: &str) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        if password.chars().count() < self.minimum_length {
            let hint = if self.three_words { ": three random words make a good one" } else { "" };
            checks.fail("password", format!("needs at least {} characters{hint}", self.minimum_length));
        }
        if password.len() > PASSWORD_BYTES_MAX {
            checks.fail("password", format!("is longer than {PASSWORD_BYTES_MAX} bytes"));
        }
        if classes(password) < self.classes {
            checks.fail("password", format!("needs {}", self.kinds()));
        }
        if self.no_equal_neighbours && has_equal_neighbours(password) {
            checks.fail("password", "has the same character twice in a row");
        }
        let local = email.split('@').next().unwrap_or_default();
        if local.len() > 3 && password.to_lowercase().contains(&local.to_lowercase()) {
            checks.fail("password", "has your email name in it; please choose another");
        }
        checks.done()
    }

    /// The rules for people, a sentence each without full stop.
    pub fn in_words(&self) -> Vec<String> {
        let hint = if self.three_words { "; three random words make a good password" } else { "" };
        let mut words = vec![format!("Use at least {} characters{hint}", self.minimum_length)];
        if self.classes > 0 {
            words.push(format!("Use {}", self.kinds()));
        }
        if self.no_equal_neighbours {
            words.push("Do not type the same character twice in a row".to_owned());
        }
        words.push("Leave out the name in your email address".to_owned());
        words.push("Choose one that you have not used here before, and that is not like an earlier one".to_owned());
        if let Some(days) = self.change_after_days {
            words.push(format!("You will be asked to choose a new one after {days} days"));
        }
        words
    }

    fn kinds(&self) -> String {
        let all = "a capital letter, a small letter, a number and a symbol (a space counts)";
        if self.classes == 4 { all.to_owned() } else { format!("at least {} of these: {all}", self.classes) }
    }
}

/// How many of the four kinds of character a password has. A space, as any other sign, is a symbol.
fn classes(password: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [char::is_uppercase, char::is_lowercase, char::is_numeric, |c| !c.is_alphanumeric()];
    kinds.iter().filter(|kind| password.chars().any(kind)).count()
}

fn has_equal_neighbours(password: &str) -> bool {
    let all: Vec<char> = password.chars().collect();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// What an earlier password may have been, for this new one to be like it: itself, other capitals, another or no number at its end.
/// Only hashes of earlier ones are kept, so the new one's variants are what is compared with them.
pub fn variants(password: &str) -> Vec<String> {
    let stem = password.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &password[stem.len()..];
    let other_numbers = number.parse::<u64>().ok().into_iter().flat_map(|n| {
        let width = number.len();
        [n.checked_sub(1), n.checked_add(1)].into_iter().flatten().map(move |n| format!("{stem}{n:0width$}"))
    });
    let mut all = vec![password.to_owned(), password.to_lowercase(), capitalised(password), stem.to_owned()];
    all.extend(other_numbers);
    all.push(format!("{stem}1"));
    all.push(stem.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned());
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|variant| !variant.is_empty() && seen.insert(variant.clone()));
    all.truncate(VARIANTS_MAX);
    all
}

fn capitalised(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How long a session lasts: unused, and at the longest; shorter for people whose duties open records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SessionRules {
    /// Minutes unused.
    pub idle_minutes: u32,
    /// Hours at the longest.
    pub longest_hours: u32,
    /// Minutes unused, for people whose duties open records.
    pub records_idle_minutes: u32,
    /// Hours at the longest, for them.
    pub records_longest_hours: u32,
    /// Whether signing in asks at which school one is (P2-AUDIT-1): the site, never an address.
    pub site_asked: bool,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self { idle_minutes: 60, longest_hours: 12, records_idle_minutes: 30, records_longest_hours: 10, site_asked: false }
    }
}

impl SessionRules {
    pub(crate) fn validate(&self) -> Result<(), String> {
        let minutes = [self.idle_minutes, self.records_idle_minutes].iter().all(|minutes| (5..=240).contains(minutes));
        let hours = [self.longest_hours, self.records_longest_hours].iter().all(|hours| (1..=24).contains(hours));
        match (minutes, hours) {
            (true, true) => Ok(()),
            (false, _) => Err("sessions: idle minutes are from 5 to 240".into()),
            (_, false) => Err("sessions: longest hours are from 1 to 24".into()),
        }
    }

    /// Seconds unused and at the longest.
    pub fn limits(&self, opens_records: bool) -> (i64, i64) {
        let (minutes, hours) =
            if opens_records { (self.records_idle_minutes, self.records_longest_hours) } else { (self.idle_minutes, self.longest_hours) };
        (i64::from(minutes) * 60, i64::from(hours) * 3600)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EMAIL: &str = "uma.jones@example.org";

    fn p0() -> PasswordRules {
        PasswordRules { minimum_length: 8, classes: 4, change_after_days: Some(90), three_words: false, ..PasswordRules::default() }
    }

    fn p3() -> PasswordRules {
        PasswordRules { minimum_length: 7, classes: 3, no_equal_neighbours: true, ..p0() }
    }

    fn wrong(rules: &PasswordRules, password: &str) -> usize {
        rules.check(password, EMAIL).map_or_else(|Invalid(list)| list.len(), |()| 0)
    }

    #[test]
    fn p2_auth_1_twelve_characters_no_classes_no_periodic_change_and_not_the_e_mail() {
        let rules = PasswordRules::default();
        assert_eq!(wrong(&rules, "elevenchars"), 1);
        assert_eq!(wrong(&rules, "twelve chars"), 0);
        assert_eq!(wrong(&rules, "Uma.Jones-2026-x"), 1);
        assert_eq!(rules.change_after_days, None);
        assert!(rules.in_words()[0].contains("three random words"));
    }

    #[test]
    fn p0_auth_1_eight_characters_of_all_four_kinds_changed_every_three_months() {
        assert_eq!(p0().change_after_days, Some(90));
        assert_eq!(wrong(&p0(), "Harb0ur!"), 0);
        for lacking in ["harb0ur!", "HARB0UR!", "Harbour!", "Harb0urs", "Hrb0ur!"] {
            assert_eq!(wrong(&p0(), lacking), 1, "{lacking}");
        }
    }

    #[test]
    fn p3_auth_1_seven_characters_of_three_kinds_and_no_equal_neighbours() {
        assert_eq!(wrong(&p3(), "Harbou7"), 0);
        assert_eq!(wrong(&p3(), "harbou7"), 1, "two kinds");
        assert_eq!(wrong(&p3(), "Harboo7"), 1, "oo");
        assert_eq!(wrong(&p3(), "Harbo7"), 1, "six");
    }

    #[test]
    fn p2_auth_1_what_is_like_an_earlier_one_is_among_the_variants() {
        for (new, last) in [
            ("harbour lamp 3", "Harbour lamp 3"),
            ("Harbour Lamp 3", "harbour lamp 3"),
            ("harbour lamp 4", "harbour lamp 3"),
            ("harbour lamp 09", "harbour lamp 10"),
            ("harbour lamp7", "harbour lamp"),
            ("harbour lamp9", "harbour lamp1"),
        ] {
            assert!(variants(new).contains(&last.to_owned()), "{new}: {:?}", variants(new));
        }
        assert!(!variants("harbour lamp").contains(&"other words".to_owned()));
    }

    #[test]
    fn rules_that_protect_nobody_are_refused() {
        for rules in [
            PasswordRules { minimum_length: 6, ..p0() },
            PasswordRules { classes: 5, ..p0() },
            PasswordRules { history: HISTORY_MAX + 1, ..p0() },
            PasswordRules { change_after_days: Some(1), ..p0() },
        ] {
            assert!(rules.validate().is_err(), "{rules:?}");
        }
        assert_eq!((p0().validate(), p3().validate(), PasswordRules::default().validate()), (Ok(()), Ok(()), Ok(())));
        assert!(SessionRules { idle_minutes: 4, ..SessionRules::default() }.validate().is_err());
        assert!(SessionRules { longest_hours: 25, ..SessionRules::default() }.validate().is_err());
    }

    #[test]
    fn an_account_of_two_trusts_has_the_stricter_of_each_rule() {
        let both = p0().strictest(&PasswordRules { clause: "P3-AUTH-1".into(), history: 8, ..p3() });
        assert_eq!((both.minimum_length, both.classes, both.history), (8, 4, 8));
        assert!(both.no_equal_neighbours && !both.three_words && both.unlike_earlier);
        assert_eq!((both.change_after_days, both.clause.as_str()), (Some(90), "P2-AUTH-1, P3-AUTH-1"));
        let one_asks_for_it = PasswordRules::default().strictest(&PasswordRules { change_after_days: Some(30), ..p3() });
        assert_eq!((one_asks_for_it.minimum_length, one_asks_for_it.change_after_days), (12, Some(30)));
        assert_eq!(p0().strictest(&p0()), p0());
    }

    #[test]
    fn those_who_open_records_are_signed_out_sooner() {
        let rules = SessionRules::default();
        assert_eq!((rules.limits(false), rules.limits(true)), ((3600, 12 * 3600), (1800, 10 * 3600)));
    }

    proptest! {
        #[test]
        fn variants_are_few_and_the_password_is_the_first(password in "\\PC{1,40}") {
            let all = variants(&password);
            prop_assert!(all.len() <= VARIANTS_MAX);
            prop_assert_eq!(&all[0], &password);
        }

        #[test]
        fn a_longer_password_is_never_refused_for_its_length(password in "\\PC{12,60}") {
            prop_assert_eq!(wrong(&PasswordRules::default(), &password), 0);
        }
    }
}
