//! The trust's own stream: its name and the profile in force (design §6: the profile in force is an event).

use crate::event::{event, stream_events};

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
    /// A profile came into force; its whole text is kept, so that an old decision can be read with the rules of its day.
    pub struct ProfileAdopted = "profile.adopted" v 1 {
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

stream_events! {
    /// Everything that can happen to a trust's settings.
    pub enum SettingsEvent {
        /// The trust.
        TrustOpened(TrustOpened),
        /// The profile in force.
        ProfileAdopted(ProfileAdopted),
    }
}
