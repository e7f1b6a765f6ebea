//! The events of an alert's stream. Where one names the class, the school and the owner, lists are kept from that event alone.

use crate::{
    AccessId, Address, Instant, RecordClass, ReportId,
    event::{event, stream_events},
    report::RouteTaken,
    words::words,
};

words! {
    /// Whom an alert is about, as far as the directory tells.
    pub enum AlertAbout {
        Pupil = "pupil", "A pupil";
        Adult = "adult", "An adult";
        Unknown = "unknown", "Not known";
    }
}

event! {
    /// An alert came in.
    pub struct AlertReceived = "alert.received" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// The school's code.
            school: String,
            /// When it happened.
            occurred_at: Instant,
            /// The product's words for what it is: `self-harm`.
            category: String,
            /// The product's severity, 1 to 5, of which 5 is the gravest.
            severity: Option<u8>,
            /// The device.
            device: Option<String>,
            /// Who was signed in, as the product has it.
            user: Option<String>,
            /// Whether that is a pupil or an adult.
            about: AlertAbout,
            /// Their id in the list of staff or pupils.
            listed_id: Option<String>,
            /// Their name as it was then.
            name: Option<String>,
            /// A pupil's year group as it was then.
            year_group: Option<String>,
            /// What was typed or shown.
            excerpt: Option<String>,
            /// The address of the site (P0-FM-1).
            address: Option<String>,
            /// What the product did: `blocked`.
            action: Option<String>,
            /// Who receives it, and whom it must not reach.
            route: RouteTaken,
            /// The product.
            source: String,
            /// The product's own reference.
            source_reference: String,
            /// Keyed digest of the row.
            row_digest: String,
            /// When it came in.
            received_at: Instant,
        }
    }
}

event! {
    /// An alert that waits was sent on: a duty changed hands, or whom it is about became known.
    pub struct AlertRerouted = "alert.rerouted" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// The school's code.
            school: String,
            /// When it happened.
            occurred_at: Instant,
            /// Who receives it, and whom it must not reach.
            route: RouteTaken,
        }
    }
}

event! {
    /// The holder of its duty is absent and the cover may not know this alert: the next of the chain reads it meanwhile.
    pub struct AlertCoverPassed = "alert.cover_passed" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// The cover that may not know it.
            cover: AccessId,
            /// Who reads it meanwhile.
            to: Address,
            /// When it happened.
            occurred_at: Instant,
        }
    }
}

event! {
    /// The absence is over, or the cover may know it: the next of the chain no longer reads it for that reason.
    pub struct AlertCoverReturned = "alert.cover_returned" v 1 {
        record {
            /// The cover.
            cover: AccessId,
        }
    }
}

event! {
    /// Nobody decided about the alert in time, so that the next of the chain reads it along and is asked to.
    pub struct AlertEscalated = "alert.escalated" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// To whom.
            to: Address,
            /// The clause that asks for it.
            clause: String,
            /// When the alert happened.
            occurred_at: Instant,
            /// When it was due.
            was_due: Instant,
            /// When it went on.
            escalated_at: Instant,
        }
    }
}

event! {
    /// Somebody decided that it is no concern.
    pub struct AlertDismissed = "alert.dismissed" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// The school's code.
            school: String,
            /// Who receives it.
            owner: Address,
            /// Why.
            reason: String,
            /// How many were dismissed together with this reason.
            together: u32,
            /// Who decided.
            decided_by: String,
            /// When.
            decided_at: Instant,
        }
    }
}

event! {
    /// Somebody decided that it is a safeguarding concern, and filed a report of it.
    pub struct AlertRaised = "alert.raised" v 1 {
        record {
            /// The class.
            class: RecordClass,
            /// The school's code.
            school: String,
            /// Who receives it.
            owner: Address,
            /// Why.
            reason: String,
            /// The report.
            report: ReportId,
            /// Who decided.
            decided_by: String,
            /// When.
            decided_at: Instant,
        }
    }
}

stream_events! {
    /// Everything that can happen to an alert.
    pub enum AlertEvent {
        /// It came in.
        Received(AlertReceived),
        /// It was sent on.
        Rerouted(AlertRerouted),
        /// Somebody reads it along for the time of an absence.
        CoverPassed(AlertCoverPassed),
        /// That is over.
        CoverReturned(AlertCoverReturned),
        /// It is late and went on.
        Escalated(AlertEscalated),
        /// It is no concern.
        Dismissed(AlertDismissed),
        /// It is a concern.
        Raised(AlertRaised),
    }
}
