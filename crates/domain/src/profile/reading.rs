//! What a profile says about reading: which records ask for a purpose, what counts as unusual, when an idle page blanks itself.

use serde::Deserialize;

use super::Profile;
use crate::RecordClass;

/// The purpose of a look for which none was asked, and the first of the shipped list.
pub const CASE_WORK: &str = "case_work";
/// The purpose of a look through a duty opened by break-glass; nobody chooses it.
pub const BREAK_GLASS: &str = "break_glass";

/// The purposes of a profile that names none.
const SHIPPED: [(&str, &str); 5] = [
    (CASE_WORK, "Work on this record"),
    ("statutory_duty", "A duty by law or statutory guidance"),
    ("subject_access", "A subject access request"),
    ("audit", "Audit or inspection"),
    ("cover", "Cover for somebody who is absent"),
];

/// What a profile says about reading.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reading {
    /// The classes of records that are opened only with a purpose.
    pub purpose_for: Vec<RecordClass>,
    /// After so many minutes without a key or a touch a page blanks itself.
    pub blank_after_minutes: u32,
    /// A first look at a record that is older than this is pointed out.
    pub old_after_days: u32,
    /// More records than these opened within an hour are pointed out.
    pub records_an_hour: u32,
    /// A look before this time of day in England, `HH:MM`, is pointed out.
    pub day_starts: TimeOfDay,
    /// A look at or after this time of day in England is pointed out.
    pub day_ends: TimeOfDay,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            purpose_for: vec![],
            blank_after_minutes: 5,
            old_after_days: 365,
            records_an_hour: 30,
            day_starts: TimeOfDay(6 * 60 + 30),
            day_ends: TimeOfDay(20 * 60),
        }
    }
}

/// A time of day, in minutes after midnight; written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Of an hour and a minute, which a clock has.
    pub fn at(hour: i8, minute: i8) -> Self {
        Self(u16::try_from(i16::from(hour) * 60 + i16::from(minute)).unwrap_or(0))
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "is a time of day, HH:MM, from 00:00 to 24:00";
        let (hour, minute) = text.split_once(':').filter(|_| text.len() == 5).ok_or(wrong)?;
        let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten();
        let (hour, minute) = number(hour).zip(number(minute)).ok_or(wrong)?;
        let time = hour * 60 + minute;
        if minute < 60 && time <= 24 * 60 { Ok(Self(time)) } else { Err(wrong) }
    }
}

/// A purpose that may be given for a look.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Purpose {
    /// Its code: lower-case letters, digits and underscores.
    pub code: String,
    /// Its words.
    pub label: String,
}

impl Profile {
    /// The purposes that may be given, code and words.
    pub fn purposes(&self) -> Vec<(String, String)> {
        if self.own_purposes.is_empty() {
            return SHIPPED.map(|(code, label)| (code.to_owned(), label.to_owned())).to_vec();
        }
        self.own_purposes.iter().map(|purpose| (purpose.code.clone(), purpose.label.clone())).collect()
    }

    /// Whether this purpose may be given.
    pub fn knows_purpose(&self, code: &str) -> bool {
        self.purposes().iter().any(|(known, _)| known == code)
    }

    /// A recorded purpose in words; one that is on no list any more stands as it was written down.
    pub fn purpose_label(&self, code: &str) -> String {
        let shipped = SHIPPED.map(|(code, label)| (code.to_owned(), label.to_owned()));
        let glass = (BREAK_GLASS.to_owned(), "Break-glass".to_owned());
        let known = self.purposes().into_iter().chain(shipped).chain([glass]).find(|(known, _)| known == code);
        known.map_or_else(|| code.to_owned(), |(_, label)| label)
    }

    pub(super) fn check_reading(&self) -> Result<(), String> {
        let reading = &self.reading;
        if !(1..=60).contains(&reading.blank_after_minutes) {
            return Err("reading: blank-after-minutes is from 1 to 60".into());
        }
        if !(1..=36_500).contains(&reading.old_after_days) || !(1..=10_000).contains(&reading.records_an_hour) {
            return Err("reading: old-after-days is from 1 to 36500, records-an-hour from 1 to 10000".into());
        }
        if reading.day_starts >= reading.day_ends {
            return Err("reading: day-starts is before day-ends".into());
        }
        for (index, purpose) in self.own_purposes.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if purpose.code.is_empty() || purpose.code.len() > 40 || !purpose.code.chars().all(plain) {
                return Err(format!("purpose {}: code: up to 40 lower-case letters, digits and underscores", purpose.code));
            }
            let taken = purpose.code == BREAK_GLASS || self.own_purposes[..index].iter().any(|other| other.code == purpose.code);
            if taken {
                return Err(format!("purpose {}: the code is taken", purpose.code));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = include_str!("../../../../ops/profiles/clpt.toml");

    fn with(reading: &str) -> Result<Profile, String> {
        let (before, after) = BASE.split_once("[reading]\n").expect("the shipped profile says what asks for a purpose");
        let (_, rest) = after.split_once("\n\n").expect("the table ends");
        Profile::parse(&format!("{before}{reading}\n\n{rest}")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_profile_that_says_nothing_has_the_shipped_rules() {
        let profile = with("").unwrap();
        assert_eq!(profile.reading, Reading::default());
        let codes: Vec<String> = profile.purposes().into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["case_work", "statutory_duty", "subject_access", "audit", "cover"]);
        assert!(profile.knows_purpose("audit") && !profile.knows_purpose("break_glass") && !profile.knows_purpose("nosiness"));
        assert_eq!(profile.purpose_label("break_glass"), "Break-glass");
        assert_eq!(profile.purpose_label("an old one"), "an old one");
    }

    #[test]
    fn a_profile_may_name_its_own() {
        let profile =
            with("[reading]\npurpose-for = [\"hr\"]\nday-ends = \"18:15\"\n\n[[purpose]]\ncode = \"lado\"\nlabel = \"The LADO asked\"")
                .unwrap();
        assert_eq!(profile.reading.purpose_for, [RecordClass::Hr]);
        assert_eq!(profile.reading.day_ends, TimeOfDay::at(18, 15));
        assert_eq!(profile.purposes(), [("lado".to_owned(), "The LADO asked".to_owned())]);
        assert_eq!(profile.purpose_label("case_work"), "Work on this record", "what was recorded before keeps its words");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (reading, says) in [
            ("[reading]\nblank-after-minutes = 0", "blank-after-minutes"),
            ("[reading]\nblank-after-minutes = 61", "blank-after-minutes"),
            ("[reading]\nold-after-days = 0", "old-after-days"),
            ("[reading]\nday-starts = \"20:00\"", "day-starts"),
            ("[reading]\nday-starts = \"6:30\"", "time of day"),
            ("[reading]\nday-ends = \"24:01\"", "time of day"),
            ("[reading]\nday-ends = \"18:60\"", "time of day"),
            ("[[purpose]]\ncode = \"Break Glass\"\nlabel = \"x\"", "code"),
            ("[[purpose]]\ncode = \"break_glass\"\nlabel = \"x\"", "taken"),
            ("[[purpose]]\ncode = \"a\"\nlabel = \"x\"\n[[purpose]]\ncode = \"a\"\nlabel = \"y\"", "taken"),
            ("[[purpose]]\ncode = \"a\"\nlabel = \" \"", "blank"),
        ] {
            let said = with(reading).unwrap_err();
            assert!(said.contains(says), "{reading}: {said}");
        }
    }
}
