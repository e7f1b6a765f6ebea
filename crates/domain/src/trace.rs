//! Reading is an event (design §1.5): one trace a page, in the reader's access stream of the month; and so is signing in (P2-AUDIT-1).

use crate::{
    Duty, Instant, PersonId, RecordId,
    event::{event, stream_events},
    words::words,
};

event! {
    /// Sealed text of these records was shown to a person. No address, no device, no query text, no dwell time.
    pub struct Shown = "trace.shown" v 1 {
        record {
            /// Who read.
            reader: PersonId,
            /// In which duty; none where the reader's own papers were shown.
            reading_as: Option<Duty>,
            /// For which purpose.
            purpose: String,
            /// The page or API route, without ids.
            page: String,
            /// The records whose sealed text was shown.
            records: Vec<RecordId>,
        }
    }
}

words! {
    /// What proved who signed in, beside the password.
    pub enum Factor {
        None = "none", "Password alone";
        Totp = "totp", "A code of an authenticator app";
        Recovery = "recovery_code", "A recovery code";
        Demonstration = "demonstration", "One click, in a demonstration";
    }
}

words! {
    /// What was wrong with an attempt to sign in.
    pub enum Failed {
        Password = "password", "The password";
        Factor = "factor", "The second factor";
        Code = "one_time_code", "The one-time code";
        Unfinished = "unfinished", "No second factor was given";
        Left = "left", "Whoever holds the account has left";
        TooMany = "too_many_attempts", "Turned away after too many attempts";
    }
}

event! {
    /// A person signed in (P2-AUDIT-1).
    pub struct SignedIn = "trace.signed_in" v 1 {
        record {
            /// Who.
            person: PersonId,
            /// With what beside the password.
            factor: Factor,
            /// The site, where the profile has it asked; never an address.
            site: Option<String>,
        }
    }
}

event! {
    /// Attempts to sign in failed, as it was written before it held where.
    pub struct SignInFailedV1 = "trace.sign_in_failed" v 1 {
        record {
            /// Whose account it was; none where there is no such account, or nobody's code.
            person: Option<PersonId>,
            /// What was wrong, last.
            wrong: Failed,
            /// The minute.
            minute: Instant,
            /// How often.
            attempts: u32,
        }
    }
}

impl From<SignInFailedV1> for SignInFailed {
    fn from(old: SignInFailedV1) -> Self {
        let SignInFailedV1 { person, wrong, minute, attempts } = old;
        Self { person, wrong, minute, attempts, sites: vec![] }
    }
}

event! {
    /// Attempts to sign in failed: one event for an account and minute (P2-AUDIT-1, design §1.5).
    pub struct SignInFailed = "trace.sign_in_failed" v 2 {
        record {
            /// Whose account it was; none where there is no such account, or nobody's code.
            person: Option<PersonId>,
            /// What was wrong, last.
            wrong: Failed,
            /// The minute.
            minute: Instant,
            /// How often.
            attempts: u32,
            /// Where whoever tried said that they were, where the profile has it asked; never an address.
            sites: Vec<String>,
        }
    }
}

stream_events! {
    /// Everything that can happen in an access stream.
    pub enum TraceEvent {
        /// Shown to a person.
        Shown(Shown),
        /// Signed in.
        SignedIn(SignedIn),
        /// Failed to sign in.
        SignInFailed(SignInFailed) since SignInFailedV1,
    }
}
