//! What a view is: a pure function from one event to changes of its rows.

use wardbook_domain::{RecordClass, event::AnyEvent};

use crate::Holder;

/// Where the event stands.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Its position in the book.
    pub position: u64,
    /// Its stream.
    pub stream: [u8; 16],
    /// Its version in the stream.
    pub version: u64,
    /// When it was recorded, in microseconds.
    pub recorded_at: i64,
}

/// A row to keep for the event's stream.
#[derive(Debug, Clone)]
pub struct Row {
    /// The register.
    pub register: &'static str,
    /// The record's class, which chooses the blinding key; none in the directory.
    pub class: Option<RecordClass>,
    /// Whom it is for.
    pub holder: Holder,
    /// Since when, in microseconds.
    pub since: i64,
    /// By when, in microseconds.
    pub due: Option<i64>,
}

/// A change of the rows of the event's stream.
#[derive(Debug, Clone)]
pub enum Change {
    /// Put a row, or bring it up to date.
    Put(Row),
    /// Put a row that comes before all that has a due instant.
    PutFirst(Row),
    /// Put a row that comes before all that has a due instant where its stream has a row in this register, and else has its turn.
    PutFirstIf(&'static str, Row),
    /// The rows of this stream in one register have their turn by their due instant.
    InTurn(&'static str),
    /// Put rows in one statement; of those that are there already only the position moves, `since` stays as it was first.
    Touch(Vec<Row>),
    /// Drop every row of this stream.
    Drop,
    /// Drop the rows of this stream in one register.
    DropRegister(&'static str),
    /// Drop the row of this stream that one holder has in one register.
    DropOne(&'static str, RecordClass, Holder),
    /// The clock of this stream's rows in one register runs out at another instant, or no more.
    SetDue(&'static str, Option<i64>),
}

/// A read model.
pub trait View: Send + Sync {
    /// Its name, as on the command line.
    fn name(&self) -> &'static str;
    /// Raised when the same events give other rows; a rebuild then runs beside the old rows.
    fn version(&self) -> u32;
    /// The changes that one event makes. Knows nothing of earlier rows.
    fn changes(&self, event: &AnyEvent, at: &At) -> Vec<Change>;
}
