//! A bounded cache of opened secrets, none older than a minute.
//!
//! The age bounds how long another process may still use a key that was destroyed here. Within this process a
//! destruction counts at once: it moves the generation on, and what was read under an older one is not kept.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Microseconds an entry may serve.
pub(crate) const AGE_MAX_US: i64 = 60_000_000;

pub(crate) struct Cache<K, V> {
    entries_max: usize,
    generation: u64,
    sequence: u64,
    entries: HashMap<K, Entry<V>>,
    /// Every insertion in order, to put out the oldest; may name entries that have been replaced since.
    order: VecDeque<(K, u64)>,
}

struct Entry<V> {
    value: V,
    loaded_at: i64,
    sequence: u64,
}

impl<K: Copy + Eq + Hash, V: Clone> Cache<K, V> {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self { entries_max, generation: 0, sequence: 0, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// Hand it back to [`Self::put`] after reading the store.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn get(&mut self, key: &K, now: i64) -> Option<V> {
        let entry = self.entries.get(key)?;
        // A clock set back would keep an entry for ever, so that is too old too.
        if (0..AGE_MAX_US).contains(&now.saturating_sub(entry.loaded_at)) {
            return Some(entry.value.clone());
        }
        self.entries.remove(key);
        None
    }

    pub(crate) fn put(&mut self, key: K, value: V, now: i64, generation: u64) {
        if generation != self.generation || self.entries_max == 0 {
            return;
        }
        self.sequence += 1;
        self.entries.insert(key, Entry { value, loaded_at: now, sequence: self.sequence });
        self.order.push_back((key, self.sequence));
        if self.order.len() > self.entries_max {
            let (oldest, sequence) = self.order.pop_front().expect("just pushed");
            if self.entries.get(&oldest).is_some_and(|entry| entry.sequence == sequence) {
                self.entries.remove(&oldest);
            }
        }
    }

    /// Drops one entry, and whatever is being read at this moment.
    pub(crate) fn forget(&mut self, key: &K) {
        self.generation += 1;
        self.entries.remove(key);
    }

    /// Drops everything, and whatever is being read at this moment.
    pub(crate) fn clear(&mut self) {
        self.generation += 1;
        self.entries.clear();
        self.order.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_for_a_minute_and_never_backwards() {
        let mut cache = Cache::new(4);
        cache.put(1, 'a', 1_000, 0);
        assert_eq!(cache.get(&1, 1_000 + AGE_MAX_US - 1), Some('a'));
        assert_eq!(cache.get(&1, 1_000 + AGE_MAX_US), None);
        cache.put(1, 'a', 1_000, 0);
        assert_eq!(cache.get(&1, 999), None);
    }

    #[test]
    fn is_bounded_also_under_one_key() {
        let mut cache = Cache::new(3);
        for key in 0..10 {
            cache.put(key, key, 0, 0);
        }
        assert_eq!(cache.entries.len(), 3);
        for _ in 0..10 {
            cache.put(9, 9, 0, 0);
        }
        assert!(cache.order.len() <= 3);
        assert_eq!(cache.get(&9, 0), Some(9));
    }

    #[test]
    fn what_was_read_before_a_destruction_is_not_kept() {
        let mut cache = Cache::new(3);
        let read_at = cache.generation();
        cache.forget(&1);
        cache.put(1, 'a', 0, read_at);
        assert_eq!(cache.get(&1, 0), None);
    }
}
