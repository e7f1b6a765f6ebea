//! Notices: who is told by e-mail that something waits in Wardbook, and when. What they are told is one of three fixed sentences.
//!
//! * `events.rs`: which events notify whom; `timing.rs`: when a notice is handed over, what holds it back, how often it is tried;
//!   `rules.rs`: what a profile says about it.
//!
//! Pure. Whether somebody may know of a record is asked of their own queue when the notice is handed over, as it then is.
//!
//! To extend: a rule in [`Rule`], its events with their recipients in `events.rs`. A message never says more than its sentence.

mod events;
mod rules;
mod timing;

use serde::{Deserialize, Serialize};

pub use events::{Before, asks_before, notices};
pub use rules::NoticeRules;
pub use timing::{Handed, TRIES_MAX, may_go, retry_after};

use crate::{Address, Instant, PersonId, words::words};

/// The subject of every message: there is no other.
pub const SUBJECT: &str = "Wardbook: please look at your queue";

/// The one sentence of a due instant in a calendar.
pub const DUE: &str = "Something in your Wardbook queue is due.";

words! {
    /// How soon somebody is to look, the least first. Each has one sentence, and that is all a message says.
    pub enum Urgency {
        Digest = "digest", "There is something new in your Wardbook queue. Please look when you can.";
        Today = "today", "Something in your Wardbook queue needs you today.";
        Now = "now", "Something in your Wardbook queue needs you now.";
    }
}

words! {
    /// Why a notice is given: a part of its id, and never of its text.
    pub enum Rule {
        Owed = "owed", "A record is owed by a duty";
        Clock = "clock", "A breach clock is to be confirmed or ended";
        Facts = "facts", "First facts are to be read";
        Alert = "alert", "A monitoring alert is to be decided about";
        Image = "image", "A DSL must act on an image";
        Covered = "covered", "A record is to be read along during an absence";
        DueSoon = "due_soon", "A clock runs out within a day";
        DueClose = "due_close", "A clock runs out within twelve hours";
        Overdue = "overdue", "A clock has run out";
        Request = "request", "Something waits for a second person";
        Access = "access", "Somebody's account or duties changed";
        Cover = "cover", "A cover was arranged or ended";
        Glass = "glass", "A queue was opened by break-glass";
    }
}

impl Rule {
    /// Whether it is about a record: then it is given only to those in whose queue the record stands.
    pub const fn is_of_a_record(self) -> bool {
        !matches!(self, Self::Request | Self::Access | Self::Cover | Self::Glass)
    }
}

words! {
    /// Why a message could not be handed over.
    pub enum Fault {
        NoAddress = "no_address", "The directory has no e-mail address for this person";
        Refused = "refused", "The mail server refuses the address or the message";
        Later = "later", "The mail server asks to try again later";
        SignIn = "sign_in", "The mail server does not accept our sign-in";
        Tls = "tls", "No trusted TLS connection to the mail server can be made";
        Unreachable = "unreachable", "The mail server does not answer";
        NoMail = "no_mail", "No mail server is set up";
    }
}

impl Fault {
    /// Whether trying again may help.
    pub const fn is_passing(self) -> bool {
        !matches!(self, Self::NoAddress | Self::Refused | Self::NoMail)
    }
}

/// For whom a notice is. Which people that are is found when it is handed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Whoever does this duty by then.
    Duty(Address),
    /// One person.
    Person(PersonId),
    /// Whoever owes the record by then.
    Owing,
}

/// A notice to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Why.
    pub rule: Rule,
    /// For whom.
    pub to: Recipient,
    /// How soon they are to look.
    pub urgency: Urgency,
    /// From when on it can be given.
    pub at: Instant,
    /// The instant of which it reminds: where the record's clock runs out at another by then, there is nothing to remind of.
    pub clock: Option<Instant>,
    /// Who need not be told, as they did it.
    pub except: Option<PersonId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_nothing_and_nobody() {
        assert!(Urgency::Digest < Urgency::Today && Urgency::Today < Urgency::Now);
        let told: Vec<&str> = Urgency::ALL.iter().map(|urgency| urgency.label()).chain([SUBJECT, DUE]).collect();
        for text in told {
            assert!(text.is_ascii() && text.len() < 78, "one line of a message: {text}");
            let lower = text.to_lowercase();
            for word in ["report", "case", "concern", "breach", "child", "school", "conduct", "allegation", "safeguarding", "image"] {
                assert!(!lower.contains(word), "{text} says {word}");
            }
        }
    }

    #[test]
    fn what_trying_again_cannot_help_is_told_at_once() {
        let final_ones: Vec<&Fault> = Fault::ALL.iter().filter(|fault| !fault.is_passing()).collect();
        assert_eq!(final_ones, [&Fault::NoAddress, &Fault::Refused, &Fault::NoMail]);
    }
}
