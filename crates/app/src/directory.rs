//! The directory in memory: folded from its streams, brought up to date before it is used.

use std::collections::HashMap;
use std::sync::Arc;

use wardbook_domain::{
    Address, Duty, FieldGroup, PersonId,
    directory::{Asked, Directory, DirectoryEvent, PersonRecorded, SchoolRow},
    event::{AnyEvent, Written},
};
use wardbook_ledger::StreamId;
use wardbook_vault::Audience;
use wardbook_views::Part;

use crate::{
    App, AppError,
    accounts::{Changes, Days},
    book::{Act, AppendFailed, StreamWrite},
};

const NAMED_IN_LIST: &str = "named in the list of schools";

#[derive(Default)]
struct State {
    /// The next position of which the cache knows nothing.
    next: u64,
    versions: HashMap<StreamId, u64>,
    directory: Arc<Directory>,
    changes: Arc<Changes>,
}

/// The cache: one a process. Guarded by an async lock, so that callers who find it stale bring it up to date once.
#[derive(Default)]
pub(crate) struct DirectoryCache(tokio::sync::Mutex<State>);

impl DirectoryCache {
    /// The newest changes of access, as far as the picture goes that was last asked for.
    pub(crate) async fn changes(&self) -> Arc<Changes> {
        Arc::clone(&self.0.lock().await.changes)
    }
}

impl App {
    /// Schools and people as the directory view knows them by now.
    pub async fn directory(&self) -> Result<Arc<Directory>, AppError> {
        let mut state = self.directory.0.lock().await;
        let now = self.clock.now();
        let changed = wardbook_views::changed_since(&self.db, self.trust, &self.blinds, Part::People, state.next).await?;
        if changed.is_empty() && !state.directory.is_due(now) {
            return Ok(Arc::clone(&state.directory));
        }
        // Folded apart and put in place at once, without an await between: a caller who goes away or a key store that does not answer
        // half-way leaves the cache as it was, never ahead of what it has folded.
        let (mut directory, mut versions, mut next) = ((*state.directory).clone(), state.versions.clone(), state.next);
        let mut log = Changes::clone(&state.changes);
        for (stream, position) in changed {
            self.take_in((&mut directory, &mut log), &mut versions, stream).await?;
            next = next.max(position + 1);
        }
        directory.settle(now);
        *state = State { next, versions, directory: Arc::new(directory), changes: Arc::new(log) };
        Ok(Arc::clone(&state.directory))
    }

    /// Schools and people as they were known last, without asking whether they still are: see [`App::directory`].
    pub(crate) async fn directory_as_known(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.0.lock().await.directory)
    }

    async fn take_in(
        &self,
        (directory, changes): (&mut Directory, &mut Changes),
        versions: &mut HashMap<StreamId, u64>,
        stream: StreamId,
    ) -> Result<(), AppError> {
        let known = versions.entry(stream).or_default();
        let events = self.ledger.rest_of_stream(stream, *known + 1).await?;
        for stored in events {
            match self.opener.open(&stored, &[FieldGroup::Record]).await {
                Ok(opened) => {
                    if let AnyEvent::Directory(event) = &opened.event {
                        directory.apply(event);
                        changes.take_in(&opened.meta, stored.position, event);
                    }
                }
                Err(failure) if failure.is_passing() => return Err(failure.into()),
                // An entry that stays sealed is no longer part of the directory; the alert was raised where its key was asked for.
                Err(failure) => tracing::error!(error = %failure, "app.directory.sealed"),
            }
            *known = stored.version;
        }
        Ok(())
    }

    /// Writes one directory event at the end of its stream, which is made where it does not exist.
    pub(crate) async fn append_directory(&self, act: &Act, stream: [u8; 16], event: &DirectoryEvent) -> Result<Option<u64>, AppError> {
        for _ in 0..TRIES {
            let loaded = self.load(stream).await?;
            let keys = if loaded.events.is_empty() { self.new_keys(&[Audience::Directory]).await? } else { self.keys_of(&loaded).await? };
            let events: Vec<Written> = vec![event.written()];
            match self.append(act, &[StreamWrite { stream, expected: loaded.version(), keys, events }]).await {
                Ok(appended) => return Ok(appended.first_position),
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// Grants what the schools' rows name and nobody holds yet, and ends what they gave to somebody else before; how many were granted,
    /// and how many wait for a second person, as they do once set-up has ended. Ends take effect at once all the same.
    pub(crate) async fn grant_school_duties(&self) -> Result<(u64, u64), AppError> {
        let directory = self.directory().await?;
        let due: Vec<(PersonId, Address)> = directory.schools.values().flat_map(|row: &SchoolRow| directory.grants_due(row)).collect();
        let over: Vec<(PersonId, Address)> = directory.schools.values().flat_map(|row: &SchoolRow| directory.ends_due(row)).collect();
        for (person, address) in over {
            self.end_duty(None, person, address, "the list of schools names somebody else").await?;
        }
        let (mut granted, mut waiting) = (0, 0);
        let ended = self.setup_ended().await?;
        for (person, address) in due {
            if ended && address.duty.opens_records() {
                waiting += u64::from(self.ask_for_list(&directory, person, address).await?);
            } else {
                self.grant(person, address, NAMED_IN_LIST, Days::default(), true).await?;
                granted += 1;
            }
        }
        Ok((granted, waiting))
    }

    /// Asks for a duty that the list of schools names; whether it was not asked for already.
    async fn ask_for_list(&self, directory: &Directory, person: PersonId, address: Address) -> Result<bool, AppError> {
        let same = |asked: &Asked| matches!(asked, Asked::Duty(asked) if asked.person == person && asked.address == address);
        if directory.access.asked.values().any(same) {
            return Ok(false);
        }
        let asked = self.duty_asked(person, address, Days::default(), (true, NAMED_IN_LIST), None);
        let act = Act { actor: None, duty: None, command: self.command(b"set-up", "ask", None, person.as_bytes()) };
        self.append_directory(&act, *person.as_bytes(), &asked.into()).await.map(|_| true)
    }

    /// Grants a duty.
    pub(crate) async fn grant(
        &self,
        person: PersonId,
        address: Address,
        reason: &str,
        days: Days,
        from_list: bool,
    ) -> Result<Option<u64>, AppError> {
        let body = serde_json::to_vec(&(person, &address))?;
        let act = Act { actor: None, duty: None, command: self.command(b"set-up", "grant", None, &body) };
        let event = days.of(wardbook_domain::directory::DutyGranted::at_once(person, address, reason, from_list));
        self.append_directory(&act, *person.as_bytes(), &event.into()).await
    }

    /// Ends a duty; `by` nobody at the machine itself and for a list.
    pub(crate) async fn end_duty(
        &self,
        by: Option<PersonId>,
        person: PersonId,
        address: Address,
        reason: &str,
    ) -> Result<Option<u64>, AppError> {
        let body = serde_json::to_vec(&(person, &address))?;
        let act = Act { actor: by, duty: by.map(|_| Duty::Administrator), command: self.command(b"set-up", "end-duty", None, &body) };
        let event = wardbook_domain::directory::DutyEnded { person, address, reason: reason.to_owned() };
        self.append_directory(&act, *person.as_bytes(), &event.into()).await
    }

    /// Enters a person who is not in any list.
    pub(crate) async fn enter_person(&self, name: &str, email: &str) -> Result<(PersonId, Option<u64>), AppError> {
        // Derived from the e-mail, so that the same person entered twice at once is one stream.
        let person = PersonId::from_bytes(wardbook_vault::blind(&self.keys.import, &[b"person", email.to_lowercase().as_bytes()]));
        let event =
            PersonRecorded { person, name: name.to_owned(), email: Some(email.to_owned()), staff: None, source: None, row_digest: None };
        let act = Act { actor: None, duty: None, command: self.command(b"set-up", "user", None, person.as_bytes()) };
        let position = self.append_directory(&act, *person.as_bytes(), &event.into()).await?;
        Ok((person, position))
    }
}

/// How often a use case loads and decides again after somebody else wrote first.
pub(crate) const TRIES: usize = 8;
