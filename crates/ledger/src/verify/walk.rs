//! The pass over the events in order: each row by itself, and the root wherever something else states it.

use std::collections::BTreeMap;

use super::findings::Findings;
use crate::TrustId;
use crate::leaf::leaf_hash;
use crate::note::SignedNote;
use crate::store::{RawEvent, RawHead, stored_event};
use crate::tree::{Frontier, Hash};

/// A root over the first events, as somebody states it.
struct Stated {
    who: String,
    root: Hash,
}

/// The other columns of the head row, compared where the walk passes its size.
struct HeadColumns {
    size: u64,
    frontier: Vec<u8>,
    recorded_at: i64,
}

pub(super) struct Walk<'a> {
    trust: TrustId,
    findings: &'a mut Findings,
    tree: Frontier,
    /// The position the next row must have.
    next: u64,
    seen: u64,
    /// A row was missing: roots from here on say nothing more.
    gap: bool,
    last_recorded_at: i64,
    stated: BTreeMap<u64, Vec<Stated>>,
    head: Option<HeadColumns>,
    has_head: bool,
    /// The greatest size whose root was right.
    good: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(trust: TrustId, head: Option<RawHead>, notes: &[SignedNote], findings: &'a mut Findings) -> Self {
        let mut walk = Self {
            trust,
            findings,
            tree: Frontier::new(),
            next: 0,
            seen: 0,
            gap: false,
            last_recorded_at: i64::MIN,
            stated: BTreeMap::new(),
            head: None,
            has_head: head.is_some(),
            good: 0,
        };
        for note in notes {
            let size = note.checkpoint.size;
            walk.state(size, format!("the note over {size} events"), note.checkpoint.root);
        }
        match head {
            Some(head) => walk.state_head(head),
            None => walk.findings.beside("the head row is missing"),
        }
        walk.compare();
        walk
    }

    fn state(&mut self, size: u64, who: String, root: Hash) {
        let stated = self.stated.entry(size).or_default();
        stated.push(Stated { who, root });
    }

    fn state_head(&mut self, (size, frontier, root, recorded_at): RawHead) {
        let (Ok(size), Ok(root)) = (u64::try_from(size), Hash::try_from(root)) else {
            self.findings.beside("the head row has another form");
            return;
        };
        self.state(size, format!("the head row over {size} events"), root);
        self.head = Some(HeadColumns { size, frontier, recorded_at });
    }

    /// The position to read from.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Number of events so far.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    pub(super) fn has_head(&self) -> bool {
        self.has_head
    }

    /// Takes the next row in the order of positions.
    pub(super) fn row(&mut self, raw: RawEvent) {
        let position = raw.0.cast_unsigned();
        if position != self.next {
            self.findings.at(self.next, "the event is missing");
            self.gap = true;
        }
        self.next = position.saturating_add(1);
        self.seen += 1;
        let Ok(event) = stored_event(raw) else {
            self.findings.at(position, "the row has another form");
            self.gap = true;
            return;
        };
        let leaf = leaf_hash(&event.leaf(self.trust));
        if leaf != event.leaf_hash {
            let what = "the event is not the one its leaf hash was made from";
            self.findings.at(position, what);
        }
        if event.recorded_at < self.last_recorded_at {
            let what = "the event was recorded before the one ahead of it";
            self.findings.at(position, what);
        }
        if self.head.as_ref().is_some_and(|head| position >= head.size) {
            let what = "the event is beyond the end that the head row states";
            self.findings.at(position, what);
        }
        self.last_recorded_at = event.recorded_at;
        self.tree.push(leaf);
        self.compare();
    }

    /// Compares the tree so far with what is stated about its size.
    fn compare(&mut self) {
        let size = self.tree.size();
        if self.gap {
            return;
        }
        for stated in self.stated.remove(&size).unwrap_or_default() {
            if stated.root == self.tree.root() {
                self.good = size;
            } else {
                self.findings.between(self.good, size, &stated.who);
            }
        }
        let Some(head) = self.head.as_ref().filter(|head| head.size == size) else {
            return;
        };
        if head.frontier != self.tree.to_bytes() {
            self.findings.between(self.good, size, "the frontier of the head row");
        }
        if size > 0 && head.recorded_at != self.last_recorded_at {
            self.findings.beside("the head row has another recorded time than the last event");
        }
    }

    /// What is stated about events that are not there; then number of events and root.
    pub(super) fn finish(self) -> (u64, Hash) {
        for (size, stated) in self.stated {
            if size > self.next {
                let who = &stated[0].who;
                let what = format!("the event is missing: {who} covers it");
                self.findings.at(self.next, what);
            }
        }
        (self.seen, self.tree.root())
    }
}
