//! Files on their way in and out, bounded: so many at once, so many of one person. Each holds a thread and a few pieces of its content
//! while it comes or goes, so this bounds both.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wardbook_app::AppError;
use wardbook_domain::PersonId;

/// Files that come in at once, and of one person.
const UPLOADS: (usize, usize) = (4, 1);
/// Files that go out at once, and to one person.
const DOWNLOADS: (usize, usize) = (8, 2);
/// What a refused caller is told to wait.
const WAIT: Duration = Duration::from_secs(5);

/// The two ways.
pub(crate) struct Transfers {
    uploads: Arc<Slots>,
    downloads: Arc<Slots>,
}

struct Slots {
    all: usize,
    each: usize,
    taken: Mutex<HashMap<PersonId, usize>>,
}

/// A file on its way; dropped when it has come through or broken off.
pub(crate) struct Transfer {
    slots: Arc<Slots>,
    person: PersonId,
}

impl Transfers {
    pub(crate) fn new() -> Self {
        let slots = |(all, each)| Arc::new(Slots { all, each, taken: Mutex::default() });
        Self { uploads: slots(UPLOADS), downloads: slots(DOWNLOADS) }
    }

    /// Room for a file to come in.
    pub(crate) fn upload(&self, person: PersonId) -> Result<Transfer, AppError> {
        Slots::take(&self.uploads, person)
    }

    /// Room for a file to go out.
    pub(crate) fn download(&self, person: PersonId) -> Result<Transfer, AppError> {
        Slots::take(&self.downloads, person)
    }
}

impl Slots {
    fn take(slots: &Arc<Self>, person: PersonId) -> Result<Transfer, AppError> {
        // A count is never left half-changed, so a panic elsewhere leaves it as good as it was.
        let mut taken = slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = taken.values().sum::<usize>() >= slots.all || taken.get(&person).is_some_and(|count| *count >= slots.each);
        if full {
            return Err(AppError::Busy(WAIT));
        }
        *taken.entry(person).or_default() += 1;
        Ok(Transfer { slots: Arc::clone(slots), person })
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_for_each_and_a_few_for_all_and_room_comes_back() {
        let transfers = Transfers::new();
        let person = |n: u8| PersonId::from_bytes([n; 16]);
        let first = transfers.upload(person(1)).ok().unwrap();
        assert!(matches!(transfers.upload(person(1)), Err(AppError::Busy(_))));
        assert!(transfers.download(person(1)).is_ok(), "the ways do not hold each other up");
        let others: Vec<_> = (2..5).map(|n| transfers.upload(person(n)).ok().unwrap()).collect();
        assert!(transfers.upload(person(9)).is_err());
        drop(first);
        assert!(transfers.upload(person(9)).is_ok());
        drop(others);
        assert!(transfers.uploads.taken.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
