//! Back through several access streams at once, newest event first, reading and opening no more of each than is asked for.

use wardbook_domain::{FieldGroup, Instant, RecordId, event::AnyEvent, reading::is_list, trace::TraceEvent};
use wardbook_ledger::StreamId;
use wardbook_views::AccessStream;

use crate::{App, AppError};

/// Events of a stream read together.
const CHUNK: u64 = 64;
const HOUR_SECONDS: i64 = 3600;

/// An event of an access stream.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) position: u64,
    pub(super) recorded_at: i64,
    /// When it happened, by the clock of the process that wrote it.
    pub(super) at: Instant,
    pub(super) event: TraceEvent,
    walk: usize,
    place: usize,
}

struct Walk {
    stream: StreamId,
    /// The next event to hand out stands here, or earlier.
    top: u64,
    /// How many events of the stream have not been read.
    unread: u64,
    /// What was read, newest first.
    events: Vec<Found>,
    /// How many of them were handed out.
    given: usize,
}

/// Several streams.
pub(super) struct Walks<'a> {
    app: &'a App,
    streams: Vec<Walk>,
    /// Nothing after this position is asked for.
    until: Option<u64>,
}

impl<'a> Walks<'a> {
    pub(super) fn new(app: &'a App, streams: &[AccessStream], until: Option<u64>) -> Self {
        let walk =
            |known: &AccessStream| Walk { stream: known.stream, top: known.position, unread: known.version, events: vec![], given: 0 };
        Self { app, streams: streams.iter().map(walk).collect(), until }
    }

    /// The newest event that was not handed out yet.
    pub(super) async fn next(&mut self) -> Result<Option<Found>, AppError> {
        loop {
            let left = |walk: &Walk| walk.given < walk.events.len() || walk.unread > 0;
            let newest = self.streams.iter().enumerate().filter(|(_, walk)| left(walk)).max_by_key(|(_, walk)| walk.top);
            let Some(index) = newest.map(|(index, _)| index) else { return Ok(None) };
            let walk = &mut self.streams[index];
            if let Some(found) = walk.events.get(walk.given) {
                walk.given += 1;
                let found = found.clone();
                walk.top = walk.events.get(walk.given).map_or(found.position.saturating_sub(1), |next| next.position);
                return Ok(Some(found));
            }
            self.read_on(index).await?;
        }
    }

    /// Reads the next older events of a stream; those that are not asked for stay closed.
    async fn read_on(&mut self, index: usize) -> Result<(), AppError> {
        let (stream, unread) = (self.streams[index].stream, self.streams[index].unread);
        let from = unread.saturating_sub(CHUNK) + 1;
        let events = self.app.ledger.read_stream(stream, from, usize::try_from(unread - from + 1).unwrap_or(1)).await?;
        let lowest = events.first().map_or(0, |event| event.position);
        for stored in events.iter().rev().filter(|stored| self.until.is_none_or(|until| stored.position <= until)) {
            let opened = match self.app.opener.open(stored, &[FieldGroup::Record]).await {
                Ok(opened) => opened,
                Err(failure) if failure.is_passing() => return Err(failure.into()),
                Err(_) => continue, // ended by its own retention rule
            };
            let AnyEvent::Trace(event) = opened.event else { continue };
            let place = self.streams[index].events.len();
            let (position, recorded_at, at) = (stored.position, stored.recorded_at, opened.meta.at);
            self.streams[index].events.push(Found { position, recorded_at, at, event, walk: index, place });
        }
        let walk = &mut self.streams[index];
        walk.unread = from - 1;
        walk.top = walk.events.get(walk.given).map_or(lowest.saturating_sub(1), |next| next.position);
        Ok(())
    }

    /// The records that the same person opened in the hour that ended with this event, in the same month.
    pub(super) async fn opened_in_hour(&mut self, found: &Found) -> Result<Vec<RecordId>, AppError> {
        let (from, mut place, mut records) = (found.at.plus_seconds(-HOUR_SECONDS), found.place, vec![]);
        loop {
            while place >= self.streams[found.walk].events.len() {
                if self.streams[found.walk].unread == 0 {
                    return Ok(records);
                }
                self.read_on(found.walk).await?;
            }
            let event = &self.streams[found.walk].events[place];
            if event.at <= from {
                return Ok(records);
            }
            if let TraceEvent::Shown(shown) = &event.event
                && !is_list(&shown.page)
            {
                let fresh: Vec<RecordId> = shown.records.iter().filter(|record| !records.contains(*record)).copied().collect();
                records.extend(fresh);
            }
            place += 1;
        }
    }
}
