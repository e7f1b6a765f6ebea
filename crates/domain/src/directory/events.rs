//! The events of the directory's streams: schools, people with their duties, pupils.

use super::rows::{PupilRow, SchoolRow, StaffRow};
use crate::{
    AccessId, Address, Instant, PersonId,
    clock::Date,
    equipment::{AssetRecorded, LoanRecorded},
    event::{event, stream_events},
    words::words,
};

event! {
    /// A school was entered, or its entry corrected.
    pub struct SchoolRecorded = "school.recorded" v 1 {
        record {
            /// The row.
            row: SchoolRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A person was entered, or their entry corrected.
    pub struct PersonRecorded = "person.recorded" v 1 {
        record {
            /// The person's id (the stream's).
            person: PersonId,
            /// The name.
            name: String,
            /// E-mail, where there is one.
            email: Option<String>,
            /// The staff list's row, for a person who came from it.
            staff: Option<StaffRow>,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

event! {
    /// A pupil was entered, or their entry corrected.
    pub struct PupilRecorded = "pupil.recorded" v 1 {
        record {
            /// The row.
            row: PupilRow,
            /// The list it came from.
            source: Option<String>,
            /// Keyed digest of the row.
            row_digest: Option<String>,
        }
    }
}

words! {
    /// What a one-time code is for.
    pub enum CodeFor {
        Enrolment = "enrolment", "To choose a password for the first time";
        Recovery = "recovery", "To choose a password and a second factor again";
    }
}

event! {
    /// A person was given a duty, as it was written before duties had dates and second persons.
    pub struct DutyGrantedV1 = "person.duty_granted" v 1 {
        record {
            /// The person.
            person: PersonId,
            /// The duty and where it is held.
            address: Address,
            /// Why.
            reason: String,
            /// Whether the list of schools gave it.
            from_list: bool,
        }
    }
}

impl From<DutyGrantedV1> for DutyGranted {
    fn from(old: DutyGrantedV1) -> Self {
        let DutyGrantedV1 { person, address, reason, from_list } = old;
        Self { person, address, reason, from_list, starts_on: None, ends_on: None, request: None, agreed_by: None }
    }
}

event! {
    /// A person was given a duty. Given again, it has the dates of the last time.
    pub struct DutyGranted = "person.duty_granted" v 2 {
        record {
            /// The person.
            person: PersonId,
            /// The duty and where it is held.
            address: Address,
            /// Why.
            reason: String,
            /// Whether the list of schools gave it; such a duty ends when the list names somebody else.
            from_list: bool,
            /// Its first day in England; at once, where there is none.
            starts_on: Option<Date>,
            /// Its last day in England; until it is ended, where there is none.
            ends_on: Option<Date>,
            /// The request that a second person agreed to.
            request: Option<AccessId>,
            /// That second person, by name as it was then.
            agreed_by: Option<String>,
        }
    }
}

impl DutyGranted {
    /// Given at once and until it is ended.
    pub fn at_once(person: PersonId, address: Address, reason: &str, from_list: bool) -> Self {
        DutyGrantedV1 { person, address, reason: reason.to_owned(), from_list }.into()
    }
}

event! {
    /// Somebody asked for a duty to be given, which waits for a second person.
    pub struct DutyAsked = "person.duty_asked" v 1 {
        record {
            /// The request.
            request: AccessId,
            /// Who is to hold the duty.
            person: PersonId,
            /// The duty and where it is to be held.
            address: Address,
            /// Its first day.
            starts_on: Option<Date>,
            /// Its last day.
            ends_on: Option<Date>,
            /// Whether a list asked for it: it is then granted as from the list.
            from_list: bool,
            /// Why.
            reason: String,
            /// Who asked; none for a list that was brought in at the machine.
            asked_by: Option<PersonId>,
        }
    }
}

event! {
    /// A duty ended.
    pub struct DutyEnded = "person.duty_ended" v 1 {
        record {
            /// The person.
            person: PersonId,
            /// The duty and where it was held.
            address: Address,
            /// Why.
            reason: String,
        }
    }
}

event! {
    /// A one-time code was asked for, which waits for a second person.
    pub struct CodeAsked = "person.code_asked" v 1 {
        record {
            /// The request.
            request: AccessId,
            /// Whose code.
            person: PersonId,
            /// What for.
            code_for: CodeFor,
            /// Why.
            reason: String,
            /// Who asked; none at the machine itself, before set-up has ended.
            asked_by: Option<PersonId>,
        }
    }
}

event! {
    /// A second person released a one-time code, which was shown to them alone, to be handed over.
    pub struct CodeReleased = "person.code_released" v 1 {
        record {
            /// The request.
            request: AccessId,
            /// Whose code.
            person: PersonId,
            /// Who released it; none before set-up has ended.
            released_by: Option<PersonId>,
            /// Until when it can be used.
            expires_at: Instant,
        }
    }
}

event! {
    /// A request for a duty or a code was turned down, or withdrawn.
    pub struct RequestRefused = "person.request_refused" v 1 {
        record {
            /// The request.
            request: AccessId,
            /// Whom it was about.
            person: PersonId,
            /// Why.
            reason: String,
            /// Who turned it down.
            refused_by: PersonId,
        }
    }
}

event! {
    /// A person used a one-time code to choose their own password.
    pub struct PersonEnrolled = "person.enrolled" v 1 {
        record {
            /// The person.
            person: PersonId,
            /// What the code was for.
            code_for: CodeFor,
        }
    }
}

event! {
    /// Somebody covers a duty while its holder is absent: item by item, as far as they may know it.
    pub struct CoverArranged = "person.cover_arranged" v 1 {
        record {
            /// The cover.
            cover: AccessId,
            /// Who is absent.
            person: PersonId,
            /// The duty that is covered.
            address: Address,
            /// Who covers it.
            covered_by: PersonId,
            /// From when.
            from: Instant,
            /// Until when.
            until: Instant,
            /// Why.
            reason: String,
        }
    }
}

event! {
    /// A cover ended before its time.
    pub struct CoverEnded = "person.cover_ended" v 1 {
        record {
            /// The cover.
            cover: AccessId,
            /// Who was absent.
            person: PersonId,
            /// Why.
            reason: String,
        }
    }
}

event! {
    /// Somebody opened a duty's queue without holding the duty: loud, for a short time, and reviewed by another.
    pub struct GlassBroken = "person.glass_broken" v 1 {
        record {
            /// The opening.
            glass: AccessId,
            /// Who opened it.
            person: PersonId,
            /// The duty whose queue it opens.
            address: Address,
            /// Why.
            reason: String,
            /// From when.
            from: Instant,
            /// Until when.
            until: Instant,
        }
    }
}

event! {
    /// Such an opening was ended before its time.
    pub struct GlassClosed = "person.glass_closed" v 1 {
        record {
            /// The opening.
            glass: AccessId,
            /// Who had opened it.
            person: PersonId,
        }
    }
}

event! {
    /// Such an opening was reviewed by somebody else.
    pub struct GlassReviewed = "person.glass_reviewed" v 1 {
        record {
            /// The opening.
            glass: AccessId,
            /// Who had opened it.
            person: PersonId,
            /// Whether it was right to open it.
            justified: bool,
            /// What was found.
            finding: String,
            /// Who reviewed it.
            reviewed_by: PersonId,
        }
    }
}

stream_events! {
    /// Everything that can happen to an entry of the directory.
    pub enum DirectoryEvent {
        /// A school.
        School(SchoolRecorded),
        /// A person.
        Person(PersonRecorded),
        /// A pupil.
        Pupil(PupilRecorded),
        /// An asset.
        Asset(AssetRecorded),
        /// A loan.
        Loan(LoanRecorded),
        /// A duty given.
        DutyGranted(DutyGranted) since DutyGrantedV1,
        /// A duty asked for.
        DutyAsked(DutyAsked),
        /// A duty ended.
        DutyEnded(DutyEnded),
        /// A one-time code asked for.
        CodeAsked(CodeAsked),
        /// A one-time code released.
        CodeReleased(CodeReleased),
        /// A request turned down.
        RequestRefused(RequestRefused),
        /// A password chosen with a one-time code.
        Enrolled(PersonEnrolled),
        /// A cover.
        CoverArranged(CoverArranged),
        /// A cover ended.
        CoverEnded(CoverEnded),
        /// Break-glass.
        GlassBroken(GlassBroken),
        /// Break-glass ended.
        GlassClosed(GlassClosed),
        /// Break-glass reviewed.
        GlassReviewed(GlassReviewed),
    }
}
