//! Audiences: the circles of people who may open a record, each with a key of its own.

use std::fmt;

/// Who may open what a record key seals. A closed list: a trust's profile routes to audiences, it never adds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// DSL, deputies and the trust safeguarding lead.
    Safeguarding,
    /// Whoever decides low-level concerns and allegations: headteacher, chair.
    Conduct,
    /// The data protection officer and deputies.
    DataProtection,
    /// Human resources.
    Hr,
    /// The IT lead and the Head of Operations.
    It,
    /// People, schools, duties, equipment.
    Directory,
    /// Access streams: who read what.
    RecordKeeping,
    /// The trust's settings, profile, and named secrets.
    Settings,
    /// What outlives a disposed record: closing events.
    Disposals,
}

impl Audience {
    /// Every audience, in the order of their declaration.
    pub const ALL: [Self; 9] = [
        Self::Safeguarding,
        Self::Conduct,
        Self::DataProtection,
        Self::Hr,
        Self::It,
        Self::Directory,
        Self::RecordKeeping,
        Self::Settings,
        Self::Disposals,
    ];

    /// The name sealed inside the audience key's file: kebab-case, at most 32 bytes, never changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safeguarding => "safeguarding",
            Self::Conduct => "conduct",
            Self::DataProtection => "data-protection",
            Self::Hr => "hr",
            Self::It => "it",
            Self::Directory => "directory",
            Self::RecordKeeping => "record-keeping",
            Self::Settings => "settings",
            Self::Disposals => "disposals",
        }
    }

    /// The audience of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.as_str() == name)
    }

    /// Position in [`Self::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
