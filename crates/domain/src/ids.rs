//! Typed ids. Each is the id of a stream: 16 bytes, shown and sent as 32 hex digits.

use std::fmt;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// From the stream's 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self { Self(bytes) }
            /// The stream's 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] { &self.0 }
            /// Reads 32 hex digits.
            pub fn parse(text: &str) -> Option<Self> { parse_hex(text).map(Self) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({self})", stringify!($name)) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an id of 32 hex digits"))
            }
        }
    };
}

fn parse_hex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        if !pair.iter().all(u8::is_ascii_hexdigit) {
            return None; // from_str_radix would take a sign
        }
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

id!(/// A report: one filled form.
    ReportId);
id!(/// A case: what was opened to deal with a report.
    CaseId);
id!(/// A person of the directory: an adult who works in or for the trust, or anyone with an account.
    PersonId);
id!(/// An act about somebody's access: a request, a cover, an opening by break-glass.
    AccessId);
id!(/// An attachment: one evidence file, kept in the blob store under this id.
    BlobId);
id!(/// An action of a case: what somebody is to do by a day.
    ActionId);
id!(/// A question to whoever reported it.
    QuestionId);
id!(/// Any record, where its kind does not matter (a trace, a link).
    RecordId);

impl From<ReportId> for RecordId {
    fn from(id: ReportId) -> Self {
        Self(id.0)
    }
}

impl From<CaseId> for RecordId {
    fn from(id: CaseId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_anything_else() {
        let id = CaseId::from_bytes([0xab; 16]);
        assert_eq!(CaseId::parse(&id.to_string()), Some(id));
        for bad in ["", "ab", &"g".repeat(32), &"é".repeat(16), &"+a".repeat(16)] {
            assert_eq!(CaseId::parse(bad), None, "{bad}");
        }
    }
}
