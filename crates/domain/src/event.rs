//! How an event is written down: its type and schema version, and for every field the group under which it is sealed.
//!
//! `event!` declares the struct and its groups in one place, so a field without a group does not compile. Field names and types
//! of a published version never change: a change is a new version beside the old one, with an upcast where it is read.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A group of fields of one event, each sealed under a key of its own. An event has the first one, two or three of these, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldGroup {
    /// What the matter is about.
    Record,
    /// Who reported it (LLC-6: the reporter's identity stands apart).
    Reporter,
    /// The first facts that other duties get at filing: no story, no person, no reporter.
    Facts,
}

impl FieldGroup {
    /// Every group in the order of an event's envelopes.
    pub const ALL: [Self; 3] = [Self::Record, Self::Reporter, Self::Facts];

    /// The group's name as sealed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Reporter => "reporter",
            Self::Facts => "facts",
        }
    }
}

/// An event type and the version of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType {
    /// For example `report.filed`.
    pub name: &'static str,
    /// From 1.
    pub schema: u16,
    /// Every field with its group, in order.
    pub fields: &'static [(&'static str, FieldGroup)],
}

/// One version of one event type.
pub trait Payload: Serialize + DeserializeOwned {
    /// Type, version and fields.
    const TYPE: EventType;
}

/// An event ready to be sealed: its type and its fields as JSON values in the declared order.
#[derive(Clone, PartialEq)]
pub struct Written {
    /// Type and version.
    pub kind: EventType,
    /// Name, group and value of every field.
    pub fields: Vec<(&'static str, FieldGroup, Value)>,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Written({} v{}, fields redacted)", self.kind.name, self.kind.schema)
    }
}

impl Written {
    /// Writes a payload down.
    pub fn from_payload<P: Payload>(payload: &P) -> Self {
        let Ok(Value::Object(mut map)) = serde_json::to_value(payload) else {
            unreachable!("every payload is a struct with named fields, made by event!");
        };
        let fields = P::TYPE.fields.iter().map(|(name, group)| (*name, *group, map.remove(*name).unwrap_or(Value::Null))).collect();
        Self { kind: P::TYPE, fields }
    }

    /// How many of the groups this event has (a prefix of [`FieldGroup::ALL`]).
    pub fn groups(&self) -> &'static [FieldGroup] {
        groups_of(&self.kind)
    }
}

/// The groups of an event type: always a prefix of [`FieldGroup::ALL`], so that an envelope's place tells its group.
pub fn groups_of(kind: &EventType) -> &'static [FieldGroup] {
    let last = kind.fields.iter().map(|(_, group)| *group).max().unwrap_or(FieldGroup::Record);
    match last {
        FieldGroup::Record => &[FieldGroup::Record],
        FieldGroup::Reporter => &[FieldGroup::Record, FieldGroup::Reporter],
        FieldGroup::Facts => &FieldGroup::ALL,
    }
}

/// An event that this program does not know: written by a newer release, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableEvent {
    /// The type or version is not one of ours.
    #[error("event type {name} version {schema} is unknown to this release")]
    Unknown {
        /// Its type.
        name: String,
        /// Its version.
        schema: u16,
    },
    /// The fields do not have the shape that the type declares.
    #[error("event type {name} has fields of the wrong shape: {reason}")]
    Shape {
        /// Its type.
        name: String,
        /// What did not fit; no content.
        reason: String,
    },
}

/// Reads a payload from the fields that could be opened; fields of groups that stay closed are missing.
pub fn read<P: Payload>(fields: Map<String, Value>) -> Result<P, UnreadableEvent> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| UnreadableEvent::Shape {
        name: P::TYPE.name.to_owned(),
        // serde_json quotes offending values in its messages: the category is all that may leave.
        reason: format!("{:?}", error.classify()),
    })
}

/// Declares one version of an event: `event! { /// doc  pub struct Noted = "case.noted" v1 { record { text: String, } } }`.
macro_rules! event {
    ($(#[$meta:meta])* pub struct $name:ident = $type:literal v $schema:literal {
        record { $($(#[$rmeta:meta])* $record:ident : $record_type:ty,)* }
        $(reporter { $($(#[$pmeta:meta])* $reporter:ident : $reporter_type:ty,)* })?
        $(facts { $($(#[$fmeta:meta])* $fact:ident : $fact_type:ty,)* })?
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(#[$rmeta])* pub $record: $record_type,)*
            $($($(#[$pmeta])* #[serde(default)] pub $reporter: $reporter_type,)*)?
            $($($(#[$fmeta])* #[serde(default)] pub $fact: $fact_type,)*)?
        }
        impl std::fmt::Debug for $name {
            // An event holds what nobody may find in a log.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
        impl $crate::event::Payload for $name {
            const TYPE: $crate::event::EventType = $crate::event::EventType {
                name: $type,
                schema: $schema,
                fields: &[
                    $((stringify!($record), $crate::event::FieldGroup::Record),)*
                    $($((stringify!($reporter), $crate::event::FieldGroup::Reporter),)*)?
                    $($((stringify!($fact), $crate::event::FieldGroup::Facts),)*)?
                ],
            };
        }
    };
}
pub(crate) use event;

/// Declares the events of one kind of stream: writing down, reading back, and the list for `docs/contracts.md`.
///
/// `Filed(Filed) since FiledV1` also reads an older version, which `Filed: From<FiledV1>` brings up to date; it is never written again.
macro_rules! stream_events {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident($payload:ty) $(since $old:ty)?,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $($(#[$vmeta])* $variant(Box<$payload>),)+ }

        impl $name {
            /// Every type of this kind of stream in the version that is written.
            pub const TYPES: &'static [$crate::event::EventType] = &[$(<$payload as $crate::event::Payload>::TYPE),+];
            /// Older versions, which are read for ever.
            pub const OLDER: &'static [$crate::event::EventType] = &[$($(<$old as $crate::event::Payload>::TYPE,)?)+];

            /// Writes the event down for sealing.
            pub fn written(&self) -> $crate::event::Written {
                match self { $(Self::$variant(payload) => $crate::event::Written::from_payload(payload.as_ref()),)+ }
            }

            /// Reads an event from its type, version and the fields that could be opened.
            pub fn read(name: &str, schema: u16, fields: serde_json::Map<String, serde_json::Value>)
                -> Result<Self, $crate::event::UnreadableEvent>
            {
                $(if <$payload as $crate::event::Payload>::TYPE.name == name && <$payload as $crate::event::Payload>::TYPE.schema == schema {
                    return $crate::event::read::<$payload>(fields).map(|payload| Self::$variant(Box::new(payload)));
                }
                $(if <$old as $crate::event::Payload>::TYPE.name == name && <$old as $crate::event::Payload>::TYPE.schema == schema {
                    return $crate::event::read::<$old>(fields).map(|old| Self::$variant(Box::new(<$payload>::from(old))));
                })?)+
                Err($crate::event::UnreadableEvent::Unknown { name: name.to_owned(), schema })
            }
        }
        $(impl From<$payload> for $name { fn from(payload: $payload) -> Self { Self::$variant(Box::new(payload)) } })+
    };
}
pub(crate) use stream_events;

/// Any event of any kind of stream.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyEvent {
    /// Of the trust's settings.
    Settings(crate::settings::SettingsEvent),
    /// Of an entry of the directory.
    Directory(crate::directory::DirectoryEvent),
    /// Of a report.
    Report(crate::report::ReportEvent),
    /// Of a case.
    Case(crate::case::CaseEvent),
    /// Of a monitoring alert.
    Alert(crate::alert::AlertEvent),
    /// Of a file.
    Evidence(crate::evidence::EvidenceEvent),
    /// Of an access stream.
    Trace(crate::trace::TraceEvent),
    /// Of the published figures.
    Cube(crate::cube::CubeEvent),
}

impl AnyEvent {
    /// Reads an event of any kind; a type of no kind is unknown.
    pub fn read(name: &str, schema: u16, fields: Map<String, Value>) -> Result<Self, UnreadableEvent> {
        use crate::{
            alert::AlertEvent, case::CaseEvent, cube::CubeEvent, directory::DirectoryEvent, evidence::EvidenceEvent, report::ReportEvent,
            settings::SettingsEvent, trace::TraceEvent,
        };
        match name.split('.').next().unwrap_or_default() {
            "trust" | "profile" => SettingsEvent::read(name, schema, fields).map(Self::Settings),
            "school" | "person" | "pupil" | "asset" | "loan" => DirectoryEvent::read(name, schema, fields).map(Self::Directory),
            "report" => ReportEvent::read(name, schema, fields).map(Self::Report),
            "case" => CaseEvent::read(name, schema, fields).map(Self::Case),
            "alert" => AlertEvent::read(name, schema, fields).map(Self::Alert),
            "evidence" => EvidenceEvent::read(name, schema, fields).map(Self::Evidence),
            "trace" => TraceEvent::read(name, schema, fields).map(Self::Trace),
            "cube" => CubeEvent::read(name, schema, fields).map(Self::Cube),
            _ => Err(UnreadableEvent::Unknown { name: name.to_owned(), schema }),
        }
    }
}

/// Every event type that this release can write, for the contract snapshot and for the views' check of unknown types.
pub fn all_types() -> Vec<EventType> {
    [
        crate::settings::SettingsEvent::TYPES,
        crate::directory::DirectoryEvent::TYPES,
        crate::report::ReportEvent::TYPES,
        crate::case::CaseEvent::TYPES,
        crate::alert::AlertEvent::TYPES,
        crate::evidence::EvidenceEvent::TYPES,
        crate::trace::TraceEvent::TYPES,
        crate::cube::CubeEvent::TYPES,
    ]
    .concat()
}

/// Every older version that this release still reads and no longer writes.
pub fn older_types() -> Vec<EventType> {
    [
        crate::settings::SettingsEvent::OLDER,
        crate::directory::DirectoryEvent::OLDER,
        crate::report::ReportEvent::OLDER,
        crate::case::CaseEvent::OLDER,
        crate::evidence::EvidenceEvent::OLDER,
        crate::trace::TraceEvent::OLDER,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_unique_and_name_no_field_twice() {
        let all = all_types();
        let mut names: Vec<_> = all.iter().map(|kind| (kind.name, kind.schema)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
        for kind in all {
            let mut fields: Vec<_> = kind.fields.iter().map(|(name, _)| *name).collect();
            fields.sort_unstable();
            fields.dedup();
            assert_eq!(fields.len(), kind.fields.len(), "{}", kind.name);
            // The meta items of an event share the name space of its fields.
            for meta in ["type", "schema_version", "actor", "duty", "at", "command"] {
                assert!(!fields.contains(&meta), "{} has a field called {meta}", kind.name);
            }
            // A group without items cannot be sealed; the record group has the meta items.
            for group in groups_of(&kind).iter().skip(1) {
                assert!(kind.fields.iter().any(|(_, of)| of == group), "{} has nothing in {}", kind.name, group.as_str());
            }
        }
    }

    #[test]
    fn every_type_is_read_by_its_own_kind() {
        for kind in all_types() {
            let error = AnyEvent::read(kind.name, kind.schema, Map::new()).unwrap_err();
            assert!(matches!(error, UnreadableEvent::Shape { .. }), "{}: {error}", kind.name);
            assert!(matches!(AnyEvent::read(kind.name, kind.schema + 1, Map::new()), Err(UnreadableEvent::Unknown { .. })));
        }
        for kind in older_types() {
            let error = AnyEvent::read(kind.name, kind.schema, Map::new()).unwrap_err();
            assert!(matches!(error, UnreadableEvent::Shape { .. }), "{} v{}: {error}", kind.name, kind.schema);
            assert!(all_types().iter().any(|now| now.name == kind.name && now.schema > kind.schema), "{}", kind.name);
        }
    }

    #[test]
    fn a_misfit_names_the_type_and_never_the_value() {
        let mut fields = Map::new();
        fields.insert("text".into(), Value::from(vec!["CANARY"]));
        let error = crate::case::CaseEvent::read("case.noted", 1, fields).unwrap_err();
        assert!(!error.to_string().contains("CANARY"), "{error}");
        let error = crate::case::CaseEvent::read("case.burned", 1, Map::new()).unwrap_err();
        assert!(matches!(error, UnreadableEvent::Unknown { .. }));
    }
}
