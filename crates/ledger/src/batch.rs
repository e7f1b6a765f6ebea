//! Who wins: the pure decision over a batch of appends, given what the database held when the head was locked.
//!
//! Appends are taken one by one in the order they arrived. A winner moves the versions the next one is measured
//! against; a loser gets its answer and changes nothing.

use std::collections::HashMap;

use crate::append::{Append, AppendError, Appended, CommandRef};
use crate::command::{CommandRecord, MacKey, StoredCommand};
use crate::leaf::{leaf_bytes, leaf_hash};
use crate::tree::{Frontier, Hash};
use crate::{SealedEvent, StreamId, TrustId};

/// The head row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeadRow {
    pub(crate) frontier: Frontier,
    pub(crate) root: Hash,
    pub(crate) recorded_at: i64,
}

impl HeadRow {
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }
}

/// What the decision is made from.
pub(crate) struct State {
    pub(crate) head: HeadRow,
    /// Of every stream a batch names; a stream that is missing has version 0.
    pub(crate) versions: HashMap<StreamId, u64>,
    /// Of every command key a batch names, those known; `None`: the record is not as it was written.
    pub(crate) commands: HashMap<[u8; 32], Option<CommandRecord>>,
}

/// One row to insert.
#[derive(Debug)]
pub(crate) struct EventRow {
    pub(crate) position: u64,
    pub(crate) stream: StreamId,
    pub(crate) version: u64,
    pub(crate) item_root: Hash,
    pub(crate) leaf_hash: Hash,
    pub(crate) sealed: Vec<u8>,
}

/// What to write, all under one recorded time, and what to answer once that is durable.
pub(crate) struct Plan {
    pub(crate) before: HeadRow,
    pub(crate) after: HeadRow,
    /// Of every row below.
    pub(crate) recorded_at: i64,
    pub(crate) events: Vec<EventRow>,
    pub(crate) commands: Vec<StoredCommand>,
    /// One for each append, in order.
    pub(crate) answers: Vec<Result<Appended, AppendError>>,
}

impl Plan {
    pub(crate) fn changes_nothing(&self) -> bool {
        self.events.is_empty() && self.commands.is_empty()
    }
}

/// Decides a batch. `now` is the clock's time; a clock that went back is held at the head's last.
pub(crate) fn decide<'a>(trust: TrustId, mac_key: &MacKey, state: State, appends: impl Iterator<Item = &'a Append>, now: i64) -> Plan {
    let recorded_at = now.max(state.head.recorded_at);
    let mut deciding = Deciding {
        trust,
        mac_key,
        plan: Plan {
            after: state.head.clone(),
            before: state.head,
            recorded_at,
            events: Vec::new(),
            commands: Vec::new(),
            answers: Vec::new(),
        },
        versions: state.versions,
        known: state.commands,
    };
    for append in appends {
        let answer = deciding.one(append);
        deciding.plan.answers.push(answer);
    }
    let mut plan = deciding.plan;
    if !plan.events.is_empty() {
        plan.after.root = plan.after.frontier.root();
        plan.after.recorded_at = recorded_at;
    }
    plan
}

struct Deciding<'a> {
    trust: TrustId,
    mac_key: &'a MacKey,
    plan: Plan,
    versions: HashMap<StreamId, u64>,
    known: HashMap<[u8; 32], Option<CommandRecord>>,
}

impl Deciding<'_> {
    /// The command first: a repeat finds its own events in the way.
    fn one(&mut self, append: &Append) -> Result<Appended, AppendError> {
        if let Some(command) = append.command
            && let Some(record) = self.known.get(&command.key)
        {
            return repeat(command, record.as_ref());
        }
        for (stream, expected) in append.expectations() {
            let actual = self.version(stream);
            if actual != expected {
                return Err(AppendError::Conflict { stream, expected, actual });
            }
        }
        Ok(self.win(append))
    }

    fn win(&mut self, append: &Append) -> Appended {
        let first = self.plan.after.size();
        for write in &append.writes {
            for event in &write.events {
                self.push(write.stream, event);
            }
        }
        let streams = append.writes.iter().map(|write| write.stream);
        let done = Appended {
            first_position: (!append.writes.is_empty()).then_some(first),
            recorded_at: self.plan.recorded_at,
            versions: streams.map(|stream| (stream, self.version(stream))).collect(),
            repeated: false,
        };
        if let Some(command) = append.command {
            let record = CommandRecord::new(command, &done);
            self.plan.commands.push(record.store(self.trust, self.mac_key));
            self.known.insert(command.key, Some(record));
        }
        done
    }

    fn push(&mut self, stream: StreamId, event: &SealedEvent) {
        let version = self.version(stream) + 1;
        self.versions.insert(stream, version);
        let leaf = leaf_bytes(self.trust, stream, version, self.plan.recorded_at, event);
        let leaf_hash = leaf_hash(&leaf);
        self.plan.events.push(EventRow {
            position: self.plan.after.size(),
            stream,
            version,
            item_root: *event.item_root(),
            leaf_hash,
            sealed: event.encode(),
        });
        self.plan.after.frontier.push(leaf_hash);
    }

    fn version(&self, stream: StreamId) -> u64 {
        self.versions.get(&stream).copied().unwrap_or(0)
    }
}

fn repeat(command: CommandRef, record: Option<&CommandRecord>) -> Result<Appended, AppendError> {
    match record {
        None => Err(AppendError::Corrupt("a command record was changed")),
        Some(record) if record.command.digest == command.digest => Ok(record.again()),
        Some(_) => Err(AppendError::OtherBody),
    }
}
