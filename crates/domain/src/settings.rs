//! The trust's own stream: its name and the profile in force (design §6: the profile in force is an event).

use std::collections::BTreeSet;

use crate::{
    AccessId, Address, Duty, PersonId,
    event::{event, stream_events},
};

event! {
    /// The book was opened for a trust.
    pub struct TrustOpened = "trust.opened" v 1 {
        record {
            /// The trust's name.
            name: String,
        }
    }
}

event! {
    /// Set-up ended: an administrator and two people whose duties open sealed records had signed in with a second factor. From then on
    /// grants of such duties and one-time codes need a second person, and tokens are made by their owners.
    pub struct SetupEnded = "trust.setup_ended" v 1 {
        record {
            /// The administrator.
            administrator: PersonId,
            /// The two people.
            readers: Vec<PersonId>,
        }
    }
}

event! {
    /// A profile was proposed; it has no effect before it is adopted.
    pub struct ProfileProposed = "profile.proposed" v 1 {
        record {
            /// The proposal.
            proposal: AccessId,
            /// The profile's id.
            id: String,
            /// The profile's version.
            version: u32,
            /// The profile's TOML text.
            text: String,
            /// The receivers that it moves, in words; a second person confirms where there are any.
            moves: Vec<String>,
            /// Why.
            reason: String,
            /// Who proposed it.
            proposed_by: PersonId,
        }
    }
}

event! {
    /// A proposed profile was turned down.
    pub struct ProfileRefused = "profile.refused" v 1 {
        record {
            /// The proposal.
            proposal: AccessId,
            /// Why.
            reason: String,
            /// Who turned it down.
            refused_by: PersonId,
        }
    }
}

event! {
    /// A profile came into force, as it was written before proposals.
    pub struct ProfileAdoptedV1 = "profile.adopted" v 1 {
        record {
            /// The profile's id.
            id: String,
            /// The profile's version.
            version: u32,
            /// The profile's TOML text.
            text: String,
            /// Why.
            reason: String,
        }
    }
}

impl From<ProfileAdoptedV1> for ProfileAdopted {
    fn from(old: ProfileAdoptedV1) -> Self {
        let ProfileAdoptedV1 { id, version, text, reason } = old;
        Self { id, version, text, reason, proposal: None, confirmed_by: None }
    }
}

event! {
    /// A profile came into force; its whole text is kept, so that an old decision can be read with the rules of its day.
    pub struct ProfileAdopted = "profile.adopted" v 2 {
        record {
            /// The profile's id.
            id: String,
            /// The profile's version.
            version: u32,
            /// The profile's TOML text.
            text: String,
            /// Why.
            reason: String,
            /// The proposal; none for the profile with which the book was opened.
            proposal: Option<AccessId>,
            /// The second person who confirmed it; none where it moves no receiver.
            confirmed_by: Option<PersonId>,
        }
    }
}

stream_events! {
    /// Everything that can happen to a trust's settings.
    pub enum SettingsEvent {
        /// The trust.
        TrustOpened(TrustOpened),
        /// Set-up ended.
        SetupEnded(SetupEnded),
        /// A profile proposed.
        ProfileProposed(ProfileProposed),
        /// A profile turned down.
        ProfileRefused(ProfileRefused),
        /// The profile in force.
        ProfileAdopted(ProfileAdopted) since ProfileAdoptedV1,
    }
}

/// Whether set-up has ended by now: `proven` are the people who have signed in with a second factor, with the duties they hold. An
/// administrator and two others whose duties open records are needed, as from then on each act for another person takes two.
pub fn setup_ends(proven: &[(PersonId, &BTreeSet<Address>)]) -> Option<SetupEnded> {
    let administrators = proven.iter().filter(|(_, duties)| duties.iter().any(|held| held.duty == Duty::Administrator));
    administrators.map(|(person, _)| *person).find_map(|administrator| {
        let readers = proven.iter().filter(|(person, duties)| *person != administrator && opens_records(duties));
        let mut readers: Vec<PersonId> = readers.map(|(person, _)| *person).collect();
        readers.sort_unstable();
        readers.dedup();
        readers.truncate(2);
        (readers.len() == 2).then_some(SetupEnded { administrator, readers })
    })
}

/// Whether any of these duties opens sealed records: such a person needs a second factor.
pub fn opens_records(duties: &BTreeSet<Address>) -> bool {
    duties.iter().any(|held| held.duty.opens_records())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(people: &[(u8, &[Duty])]) -> Option<(u8, Vec<u8>)> {
        let duties: Vec<BTreeSet<Address>> =
            people.iter().map(|(_, duties)| duties.iter().map(|duty| Address::of(*duty, "SCH01")).collect()).collect();
        let proven: Vec<_> = people.iter().zip(&duties).map(|((id, _), duties)| (PersonId::from_bytes([*id; 16]), duties)).collect();
        setup_ends(&proven).map(|ended| (ended.administrator.as_bytes()[0], ended.readers.iter().map(|id| id.as_bytes()[0]).collect()))
    }

    #[test]
    fn set_up_ends_with_an_administrator_and_two_others_who_open_records() {
        use Duty::{Administrator, Auditor, Dpo, Dsl, Headteacher, Reporter};
        assert_eq!(ended(&[(1, &[Administrator]), (2, &[Dsl]), (3, &[Headteacher])]), Some((1, vec![2, 3])));
        assert_eq!(ended(&[(3, &[Dpo, Reporter]), (2, &[Dsl]), (9, &[Administrator, Auditor])]), Some((9, vec![2, 3])));
        for too_few in [
            &[(1, &[Administrator][..]), (2, &[Dsl])][..],
            &[(2, &[Dsl]), (3, &[Headteacher]), (4, &[Dpo])],
            &[(1, &[Administrator]), (2, &[Auditor]), (3, &[Reporter]), (4, &[Dsl])],
            &[(1, &[Administrator, Dsl]), (2, &[Dsl])],
            &[(1, &[Administrator]), (2, &[Dsl]), (2, &[Dsl])],
        ] {
            assert_eq!(ended(too_few), None, "{too_few:?}");
        }
        // Somebody who is both counts as the administrator, or as a reader beside another administrator.
        assert_eq!(ended(&[(1, &[Administrator, Dsl]), (2, &[Dsl]), (3, &[Administrator]), (4, &[Reporter])]), Some((3, vec![1, 2])));
    }
}
