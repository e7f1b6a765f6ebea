//! Who must not see a record beside the person concerned, and from whom a reporter's name is kept.

use crate::{AccessId, Address, Instant, PersonId, RecordClass, event::event, words::words};

words! {
    /// Why somebody stands aside from a record.
    pub enum AsideBecause {
        Recused = "recused", "They stood aside themself";
        Conflict = "conflict", "A conflict of interest was declared";
    }
}

event! {
    /// A person stands aside from a report: from then on it does not exist for them.
    pub struct StoodAside = "report.stood_aside" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// Who stands aside.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// On whose word.
            because: AsideBecause,
            /// Why.
            reason: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            said_at: Instant,
        }
    }
}

event! {
    /// A person no longer stands aside from a report.
    pub struct AsideEnded = "report.aside_ended" v 1 {
        record {
            /// Who stood aside.
            person: PersonId,
            /// Why it is over.
            reason: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            said_at: Instant,
        }
    }
}

event! {
    /// The holder of its duty is absent and the cover may not know this report: the next of the chain reads it meanwhile.
    pub struct CoverPassed = "report.cover_passed" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The cover that may not know it.
            cover: AccessId,
            /// Who reads it meanwhile.
            to: Address,
            /// Since when it waits.
            since: Instant,
            /// When its clock runs out.
            due_at: Option<Instant>,
        }
    }
}

event! {
    /// The absence is over, or the cover may know it: the next of the chain no longer reads it for that reason.
    pub struct CoverReturned = "report.cover_returned" v 1 {
        record {
            /// The cover.
            cover: AccessId,
        }
    }
}

event! {
    /// A protected disclosure (OTH-5): the reporter's identity is for the independent member of the chain alone.
    pub struct DisclosureProtected = "report.disclosure_protected" v 1 {
        record {
            /// The report's class.
            class: RecordClass,
            /// The independent member.
            independent: Address,
            /// Why.
            reason: String,
            /// When.
            said_at: Instant,
        }
    }
}
