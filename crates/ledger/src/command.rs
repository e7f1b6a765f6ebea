//! Command records: what a repeated command is answered from.
//!
//! A record holds versions and a keyed digest, never the answer itself. Its MAC keeps a database administrator from
//! making one command pass for another. **Format for ever**, integers big-endian:
//!
//! ```text
//! outcome = u16 n | n × ( stream 16 | u64 last version ) | u8 has position (0 or 1) | u64 first position (0 if none)
//! mac     = HMAC-SHA256( mac key, u8 19 | "wardbook/command/v1" | trust 16 | key 32 | digest 32 | i64 recorded_at | outcome )
//! ```

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::append::{Appended, CommandRef};
use crate::bytes::{Reader, put_tag};
use crate::{StreamId, TrustId};

/// What is remembered of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRecord {
    /// Which command, and with which body.
    pub command: CommandRef,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
    /// The last version of each stream it wrote.
    pub versions: Vec<(StreamId, u64)>,
    /// Position of the first event it wrote, if any.
    pub first_position: Option<u64>,
}

/// The key of the MACs over one trust's command records; wiped when dropped.
#[derive(Clone)]
pub(crate) struct MacKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}

/// A record as stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredCommand {
    pub(crate) key: [u8; 32],
    pub(crate) digest: [u8; 32],
    pub(crate) recorded_at: i64,
    pub(crate) outcome: Vec<u8>,
    pub(crate) mac: [u8; 32],
}

impl CommandRecord {
    pub(crate) fn new(command: CommandRef, done: &Appended) -> Self {
        Self { command, recorded_at: done.recorded_at, versions: done.versions.clone(), first_position: done.first_position }
    }

    /// The answer to a repeat.
    pub(crate) fn again(&self) -> Appended {
        Appended { first_position: self.first_position, recorded_at: self.recorded_at, versions: self.versions.clone(), repeated: true }
    }

    pub(crate) fn store(&self, trust: TrustId, key: &MacKey) -> StoredCommand {
        let outcome = self.outcome();
        let mut stored =
            StoredCommand { key: self.command.key, digest: self.command.digest, recorded_at: self.recorded_at, outcome, mac: [0; 32] };
        stored.mac = stored.mac_state(trust, key).finalize().into_bytes().into();
        stored
    }

    fn outcome(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(11 + 24 * self.versions.len());
        let count = u16::try_from(self.versions.len()).expect("at most WRITES_MAX");
        out.extend_from_slice(&count.to_be_bytes());
        for (stream, version) in &self.versions {
            out.extend_from_slice(stream.as_bytes());
            out.extend_from_slice(&version.to_be_bytes());
        }
        out.push(u8::from(self.first_position.is_some()));
        out.extend_from_slice(&self.first_position.unwrap_or(0).to_be_bytes());
        out
    }
}

impl StoredCommand {
    /// The record, without a look at its MAC; `None` when the outcome has another form.
    pub(crate) fn decode(&self) -> Option<CommandRecord> {
        let mut reader = Reader::new(&self.outcome);
        let count = reader.u16()?;
        let versions = (0..count).map(|_| Some((StreamId::from_bytes(reader.array()?), reader.u64()?))).collect::<Option<Vec<_>>>()?;
        let first_position = match (reader.u8()?, reader.u64()?) {
            (0, 0) => None,
            (1, position) => Some(position),
            _ => return None,
        };
        reader.end()?;
        Some(CommandRecord {
            command: CommandRef { key: self.key, digest: self.digest },
            recorded_at: self.recorded_at,
            versions,
            first_position,
        })
    }

    /// The record, if it is as the holder of the MAC key wrote it.
    pub(crate) fn open(&self, trust: TrustId, key: &MacKey) -> Option<CommandRecord> {
        let state = self.mac_state(trust, key);
        state.verify_slice(&self.mac).ok()?;
        self.decode()
    }

    fn mac_state(&self, trust: TrustId, key: &MacKey) -> Hmac<Sha256> {
        let mut message = Vec::with_capacity(128 + self.outcome.len());
        put_tag(&mut message, "wardbook/command/v1");
        message.extend_from_slice(trust.as_bytes());
        message.extend_from_slice(&self.key);
        message.extend_from_slice(&self.digest);
        message.extend_from_slice(&self.recorded_at.to_be_bytes());
        message.extend_from_slice(&self.outcome);
        let mut state = Hmac::new_from_slice(&key.0[..]).expect("HMAC takes a key of any length");
        state.update(&message);
        state
    }
}

impl From<[u8; 32]> for MacKey {
    fn from(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::{CommandRecord, MacKey};
    use crate::{CommandRef, StreamId, TrustId};

    #[test]
    fn a_record_opens_only_as_it_was_written() {
        let trust = TrustId::from_bytes([1; 16]);
        let key = MacKey::from([2; 32]);
        let record = CommandRecord {
            command: CommandRef { key: [3; 32], digest: [4; 32] },
            recorded_at: -5,
            versions: vec![(StreamId::from_bytes([6; 16]), 7)],
            first_position: Some(8),
        };
        let stored = record.store(trust, &key);
        assert_eq!(stored.open(trust, &key).unwrap(), record);
        assert!(stored.open(TrustId::from_bytes([9; 16]), &key).is_none());
        assert!(stored.open(trust, &MacKey::from([9; 32])).is_none());
        for byte in 0..stored.outcome.len() {
            let mut changed = stored.clone();
            changed.outcome[byte] ^= 1;
            assert!(changed.open(trust, &key).is_none(), "byte {byte}");
        }
    }
}
