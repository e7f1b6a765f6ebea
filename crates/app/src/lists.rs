//! The large lists of the directory in memory: pupils, assets and loans. Each is folded from its streams only when somebody asks for it,
//! and brought up to date before it is used; no page waits for one that it does not need.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use wardbook_domain::{
    FieldGroup, RecordId,
    clock::{Date, day_of},
    directory::{DirectoryEvent, PupilRow},
    equipment::Register,
    event::AnyEvent,
};
use wardbook_ledger::StreamId;
use wardbook_views::Part;

use crate::{App, AppError};

/// A list as folded from its entries.
pub(crate) trait List: Clone + Default + Send + Sync {
    /// The part of the directory that it is.
    const PART: Part;
    /// Takes in one event of an entry, recorded on this day.
    fn apply(&mut self, entry: RecordId, recorded_on: Date, event: &DirectoryEvent);
}

impl List for Register {
    const PART: Part = Part::Equipment;

    fn apply(&mut self, entry: RecordId, recorded_on: Date, event: &DirectoryEvent) {
        Self::apply(self, entry, recorded_on, event);
    }
}

/// Pupils by their id in the list.
#[derive(Clone, Default)]
pub(crate) struct Pupils(BTreeMap<String, PupilRow>);

impl Pupils {
    /// The pupil with this id, in any capitals.
    pub(crate) fn by_id(&self, pupil_id: &str) -> Option<&PupilRow> {
        self.0.get(&pupil_id.trim().to_uppercase())
    }
}

impl List for Pupils {
    const PART: Part = Part::Pupils;

    fn apply(&mut self, _: RecordId, _: Date, event: &DirectoryEvent) {
        if let DirectoryEvent::Pupil(recorded) = event {
            self.0.insert(recorded.row.pupil_id.trim().to_uppercase(), recorded.row.clone());
        }
    }
}

struct State<T> {
    /// The next position of which the cache knows nothing.
    next: u64,
    versions: HashMap<StreamId, u64>,
    list: Arc<T>,
}

/// The cache of one list. Guarded by an async lock, so that callers who find it stale bring it up to date once.
pub(crate) struct ListCache<T>(tokio::sync::Mutex<State<T>>);

impl<T: List> Default for ListCache<T> {
    fn default() -> Self {
        Self(tokio::sync::Mutex::new(State { next: 0, versions: HashMap::new(), list: Arc::default() }))
    }
}

impl App {
    /// Assets and loans as the directory view knows them by now.
    pub(crate) async fn equipment(&self) -> Result<Arc<Register>, AppError> {
        self.list(&self.equipment).await
    }

    /// Pupils as the directory view knows them by now.
    pub(crate) async fn pupils(&self) -> Result<Arc<Pupils>, AppError> {
        self.list(&self.pupils).await
    }

    async fn list<T: List>(&self, cache: &ListCache<T>) -> Result<Arc<T>, AppError> {
        let mut state = cache.0.lock().await;
        let changed = wardbook_views::changed_since(&self.db, self.trust, &self.blinds, T::PART, state.next).await?;
        if changed.is_empty() {
            return Ok(Arc::clone(&state.list));
        }
        // Folded apart and put in place at once, as the directory of people is.
        let (mut list, mut versions, mut next) = (T::clone(&state.list), state.versions.clone(), state.next);
        for (stream, position) in changed {
            self.take_into(&mut list, versions.entry(stream).or_default(), stream).await?;
            next = next.max(position + 1);
        }
        *state = State { next, versions, list: Arc::new(list) };
        Ok(Arc::clone(&state.list))
    }

    async fn take_into<T: List>(&self, list: &mut T, known: &mut u64, stream: StreamId) -> Result<(), AppError> {
        let events = self.ledger.rest_of_stream(stream, *known + 1).await?;
        for stored in events {
            match self.opener.open(&stored, &[FieldGroup::Record]).await {
                Ok(opened) => {
                    if let AnyEvent::Directory(event) = &opened.event {
                        list.apply(RecordId::from_bytes(*stream.as_bytes()), day_of(opened.meta.at), event);
                    }
                }
                Err(failure) if failure.is_passing() => return Err(failure.into()),
                // An entry that stays sealed is no longer part of the list; the alert was raised where its key was asked for.
                Err(failure) => tracing::error!(error = %failure, "app.list.sealed"),
            }
            *known = stored.version;
        }
        Ok(())
    }
}
