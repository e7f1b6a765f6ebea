//! Read models and their runner: the queue, reports, cases, alerts, the directory, and where reads and files are found.
//!
//! A view never seals. A row holds ids, instants, blind values and a reference to the event that is opened when it is shown; whatever
//! says what a matter is about, who, where or in which duty is a blind value. One transaction moves rows and checkpoint together:
//! exactly once, on any replica. At one position, a rebuild and the incremental run give equal canonical dumps.
//!
//! To add a view: a file with a type that implements [`View`], and its name in [`views`].
#![forbid(unsafe_code)]

mod alert;
mod blinds;
mod breach;
mod case;
mod directory;
mod dump;
mod file;
mod list;
mod open;
#[cfg(test)]
mod plans;
mod query;
mod queue;
mod ranges;
mod read_streams;
mod reads;
mod rebuild;
mod report;
mod runner;
pub mod sql;
mod view;
mod write;

pub use blinds::{Blinds, Holder};
pub use directory::Part;
pub use dump::dump;
pub use list::{After, Listed, Reading, Wanted, list, owed};
pub use open::{Meta, OpenFailure, Opened, Opener, audience_of, meta_names};
pub use query::{
    Condition, Existence, FileIn, QueryError, changed_since, exists_for, hidden_from, late_streams, open_streams, pending_alerts,
    records_of_file, reports_since,
};
pub use read_streams::{AccessStream, Of, access_streams, first_opened, months_read};
pub use reads::month_of;
pub use rebuild::{RebuildError, rebuild};
pub use runner::{Runner, RunnerError, Watch};
pub use view::{At, Change, Row, View};

use wardbook_ledger::Migration;

/// The tables of the views.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 201,
        name: "views",
        sqlite: include_str!("../../../migrations/sqlite/0201_views.sql"),
        postgres: include_str!("../../../migrations/postgres/0201_views.sql"),
    },
    Migration {
        version: 202,
        name: "views in order",
        sqlite: include_str!("../../../migrations/sqlite/0202_views_order.sql"),
        postgres: include_str!("../../../migrations/postgres/0202_views_order.sql"),
    },
    Migration {
        version: 203,
        name: "views by place",
        sqlite: include_str!("../../../migrations/sqlite/0203_views_place.sql"),
        postgres: include_str!("../../../migrations/postgres/0203_views_place.sql"),
    },
    Migration {
        version: 204,
        name: "views with due instants",
        sqlite: include_str!("../../../migrations/sqlite/0204_views_due.sql"),
        postgres: include_str!("../../../migrations/postgres/0204_views_due.sql"),
    },
];

/// The view of what is owed, by duty.
pub const QUEUE: &str = "queue";
/// The view of who may open which report.
pub const REPORT: &str = "report";
/// The view of who may open which case.
pub const CASE: &str = "case";
/// The view of which streams make up the directory.
pub const DIRECTORY: &str = "directory";

/// The view of breach clocks.
pub const BREACH: &str = "breach";

/// The view of monitoring alerts.
pub const ALERT: &str = "alert";

/// The view of which access streams hold a look at what.
pub const READS: &str = "reads";

/// The view of which record a file belongs to.
pub const FILE: &str = "file";

/// Every view.
pub fn views() -> [&'static dyn View; 8] {
    [
        &queue::Queue,
        &report::Reports,
        &case::Cases,
        &breach::Breaches,
        &alert::Alerts,
        &directory::DirectoryEntries,
        &reads::Reads,
        &file::Files,
    ]
}
