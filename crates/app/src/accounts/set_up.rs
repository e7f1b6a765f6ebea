//! When set-up ends: an administrator and two others whose duties open records have signed in with a second factor. Derived from sign-ins
//! as they happen, written once, kept for ever.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use wardbook_domain::{
    Duty,
    event::AnyEvent,
    field::Invalid,
    settings::{SettingsEvent, opens_records, setup_ends},
};
use wardbook_ledger::StreamId;

use crate::{
    App, AppError,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
};

/// What this process knows of it.
#[derive(Default)]
pub(crate) struct SetUp {
    ended: AtomicBool,
    /// The version of the settings up to which that is known.
    seen: AtomicU64,
}

impl App {
    /// Whether set-up has ended. Once it has, nothing is asked of the book any more; before, its settings' version.
    pub async fn setup_ended(&self) -> Result<bool, AppError> {
        if self.set_up.ended.load(Ordering::Acquire) {
            return Ok(true);
        }
        let stream = self.settings_stream();
        let version = self.ledger.stream_version(StreamId::from_bytes(stream)).await?;
        if version == self.set_up.seen.load(Ordering::Acquire) {
            return Ok(false);
        }
        let loaded = self.load(stream).await?;
        let ended = self.open_all(&loaded).await?.iter().any(|(_, event)| is_end(event));
        self.set_up.seen.store(loaded.version(), Ordering::Release);
        self.set_up.ended.store(ended, Ordering::Release);
        Ok(ended)
    }

    /// Refuses what a command alone may do only until set-up has ended.
    pub(crate) async fn refuse_after_setup(&self, field: &str, why: &str) -> Result<(), AppError> {
        if self.setup_ended().await? { Err(Invalid::one(field, why).into()) } else { Ok(()) }
    }

    /// Ends set-up where it is time. Two processes that find so at once write it once: the second meets the first's event.
    pub(super) async fn end_setup_when_due(&self) -> Result<(), AppError> {
        if self.setup_ended().await? {
            return Ok(());
        }
        let directory = self.directory().await?;
        let may_count = |duties| opens_records(duties) || duties.iter().any(|held| held.duty == Duty::Administrator);
        let mut proven = vec![];
        for (person, known) in directory.people.iter().filter(|(_, known)| may_count(&known.duties)) {
            if self.accounts_of(*person).await?.iter().any(|(_, account)| account.proven && account.opens(self).is_some()) {
                proven.push((*person, &known.duties));
            }
        }
        let Some(ended) = setup_ends(&proven) else { return Ok(()) };
        let stream = self.settings_stream();
        for _ in 0..TRIES {
            let loaded = self.load(stream).await?;
            if self.open_all(&loaded).await?.iter().any(|(_, event)| is_end(event)) {
                break;
            }
            let act = Act { actor: None, duty: None, command: self.command(b"set-up", "setup-ended", None, b"") };
            let (keys, events) = (self.keys_of(&loaded).await?, vec![SettingsEvent::from(ended.clone()).written()]);
            match self.append(&act, &[StreamWrite { stream, expected: loaded.version(), keys, events }]).await {
                Ok(_) => break,
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        self.setup_ended().await.map(|_| ())
    }
}

fn is_end(event: &AnyEvent) -> bool {
    matches!(event, AnyEvent::Settings(SettingsEvent::SetupEnded(_)))
}
