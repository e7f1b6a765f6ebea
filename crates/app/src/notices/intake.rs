//! Reads the book's events and plans rows: one transaction locks the checkpoint, writes rows, moves the checkpoint; exactly once, on any
//! replica. No view: it is never rebuilt, and starts at the head when it is first switched on.

use wardbook_domain::{
    FieldGroup,
    directory::Directory,
    event::AnyEvent,
    notice::{Before, Recipient, asks_before, notices},
};
use wardbook_ledger::StoredEvent;
use wardbook_views::{
    Meta,
    sql::{Arg, execute, fetch},
};

use super::rows::{Notice, Sealed, State};
use crate::{
    App, AppError,
    load::{fold_alert, fold_case, fold_report},
};

/// Events taken in one transaction.
const BATCH_EVENTS: usize = 200;

impl App {
    /// Takes in every event that is in the book by now; the next position to be read.
    pub(super) async fn take_in_events(&self) -> Result<u64, AppError> {
        loop {
            let from = self.notice_position().await?;
            let events = self.ledger.read(from, BATCH_EVENTS).await?;
            if events.is_empty() {
                return Ok(from);
            }
            let directory = self.directory().await?;
            let mut rows = vec![];
            for stored in &events {
                rows.extend(self.planned(stored, &directory).await?);
            }
            self.write_planned(from, from + events.len() as u64, &rows).await?;
        }
    }

    /// The next position to be read: the head's, when notices are first switched on.
    pub(super) async fn notice_position(&self) -> Result<u64, AppError> {
        if let Some(position) = self.kept_position().await? {
            return Ok(position);
        }
        let head = i64::try_from(self.ledger.head().await?.size).unwrap_or(i64::MAX);
        let sql =
            "-- notices.switch_on\nINSERT INTO notice_checkpoint (trust_id, position) VALUES ($1, $2) ON CONFLICT (trust_id) DO NOTHING";
        execute(&self.db, sql.to_owned(), &[Arg::Bytes(self.trust.as_bytes()), Arg::Int(head)]).await?;
        self.kept_position().await?.ok_or_else(|| AppError::internal("the checkpoint of notices was not kept"))
    }

    async fn kept_position(&self) -> Result<Option<u64>, AppError> {
        let sql = "-- notices.position\nSELECT position FROM notice_checkpoint WHERE trust_id = $1";
        let rows = fetch(&self.db, sql.to_owned(), &[Arg::Bytes(self.trust.as_bytes())]).await?;
        let position = rows.first().map(|row| row.int(0)).transpose()?;
        Ok(position.map(|position| u64::try_from(position).unwrap_or(0)))
    }

    /// The rows of an event. One that cannot be opened for good notifies nobody; an unknown type stops notices, as it stops the views.
    async fn planned(&self, stored: &StoredEvent, directory: &Directory) -> Result<Vec<Sealed>, AppError> {
        let opened = match self.opener.open(stored, &FieldGroup::ALL).await {
            Ok(opened) => opened,
            Err(failure) => {
                return match AppError::from(failure) {
                    AppError::Sealed(_) => Ok(vec![]),
                    error => Err(error),
                };
            }
        };
        let before = self.before(stored, &opened.event).await?;
        let Meta { actor, at, .. } = opened.meta;
        let rules = &self.profile().notices;
        let mut rows = vec![];
        for notice in notices(&opened.event, at, actor, &before, directory) {
            let id = self.notice_id(*stored.stream.as_bytes(), stored.version, notice.rule, &notice.to)?;
            let state = if matches!(notice.to, Recipient::Person(_)) { State::Waiting } else { State::Planned };
            let row = Notice {
                stream: *stored.stream.as_bytes(),
                version: stored.version,
                rule: notice.rule,
                due: rules.slot(notice.urgency, notice.at),
                to: notice.to,
                urgency: notice.urgency,
                clock: notice.clock,
                except: notice.except,
                state,
                tries: 0,
                tried_at: None,
                fault: None,
                carrier: None,
            };
            rows.push(self.sealed_notice(id, &row, Some(row.due)).await?);
        }
        Ok(rows)
    }

    /// How a record stood before the event, where its notices ask for that; nothing of all other events, as they say themselves what is needed.
    async fn before(&self, stored: &StoredEvent, event: &AnyEvent) -> Result<Before, AppError> {
        if !asks_before(event) {
            return Ok(Before::default());
        }
        let mut stream = self.load(*stored.stream.as_bytes()).await?;
        stream.events.retain(|event| event.version < stored.version);
        let events = self.open_unsealed(&stream).await?.unwrap_or_default();
        let report = fold_report(&events).map(|report| Before::of_report(&report));
        let case = || fold_case(&events).map(|case| Before::of_case(&case));
        let alert = || fold_alert(&events).map(|alert| Before::of_alert(&alert));
        Ok(report.or_else(case).or_else(alert).unwrap_or_default())
    }

    /// Writes planned rows and moves the checkpoint; nothing where another replica has moved it meanwhile.
    async fn write_planned(&self, from: u64, to: u64, rows: &[Sealed]) -> Result<(), AppError> {
        let mut changes = self.change_notices().await?;
        let sql = "-- notices.move
UPDATE notice_checkpoint SET position = $3 WHERE trust_id = $1 AND position = $2";
        let position = |position: u64| Arg::Int(i64::try_from(position).unwrap_or(i64::MAX));
        let args = [Arg::Bytes(self.trust.as_bytes()), position(from), position(to)];
        if changes.tx().execute(sql.to_owned(), &args).await? != 1 {
            return Ok(()); // and is rolled back as it is dropped
        }
        for row in rows {
            changes.put(self, row).await?;
        }
        changes.done().await.map(drop)
    }

    /// The stream of an event as a record, with the addresses that owe it now.
    pub(super) async fn owing(&self, stream: [u8; 16]) -> Result<Vec<wardbook_domain::Address>, AppError> {
        let loaded = self.load(stream).await?;
        let events = self.open_unsealed(&loaded).await?.unwrap_or_default();
        let report = fold_report(&events).map(|report| Before::of_report(&report).told);
        Ok(report.or_else(|| fold_case(&events).map(|case| Before::of_case(&case).told)).unwrap_or_default())
    }
}
