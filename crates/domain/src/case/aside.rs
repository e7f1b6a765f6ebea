//! Who must not see a case beside the person concerned, and who is named on it.

use crate::{AccessId, Address, Instant, PersonId, RecordClass, clock::Date, event::event, report::AsideBecause, words::words};

words! {
    /// What somebody named on a case does there.
    pub enum NamedFor {
        Investigation = "investigation", "Investigates it";
        Help = "help", "Helps its owner";
    }
}

event! {
    /// A person stands aside from a case: from then on it does not exist for them.
    pub struct StoodAside = "case.stood_aside" v 1 {
        record {
            /// The case's class.
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
    /// A person no longer stands aside from a case.
    pub struct AsideEnded = "case.aside_ended" v 1 {
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
    /// The holder of its duty is absent and the cover may not know this case: the next of the chain reads it meanwhile.
    pub struct CoverPassed = "case.cover_passed" v 1 {
        record {
            /// The case's class.
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
    pub struct CoverReturned = "case.cover_returned" v 1 {
        record {
            /// The cover.
            cover: AccessId,
        }
    }
}

event! {
    /// Somebody was named on a case and may read it, whatever duty they hold.
    pub struct PersonNamed = "case.person_named" v 1 {
        record {
            /// The case's class.
            class: RecordClass,
            /// Who.
            person: PersonId,
            /// Their name as it was then.
            name: String,
            /// What they do there.
            named_for: NamedFor,
            /// Why.
            reason: String,
            /// Their last day on it.
            until: Option<Date>,
            /// Who named them, by name as it was then.
            by: String,
            /// When.
            named_at: Instant,
        }
    }
}

event! {
    /// Somebody is no longer named on a case: it is closed to them at once.
    pub struct PersonRemoved = "case.person_removed" v 1 {
        record {
            /// Who.
            person: PersonId,
            /// Why.
            reason: String,
            /// Who said so, by name as it was then; none where their last day was over.
            by: Option<String>,
            /// When.
            removed_at: Instant,
        }
    }
}
