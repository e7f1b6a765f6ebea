//! The trust's own stream: its name and the profile in force (design §6: the profile in force is an event).

use crate::{
    AccessId, PersonId,
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
