//! What can be measured, and how the command line names it.

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// Callers at once in the larger kind of each measure of the append.
pub(crate) const CALLERS: usize = 64;
/// Clients at once in the larger kind of each measure of filing over HTTP.
pub(crate) const CLIENTS: usize = 32;

/// What has a turn in every round, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    BareOne,
    WardbookOne,
    BareMany,
    WardbookMany,
    MessageDbOne,
    MessageDbMany,
    SqliteOne,
    SqliteMany,
    HttpOne,
    HttpMany,
    HttpSqliteOne,
    HttpSqliteMany,
}

impl Measure {
    pub(crate) const ALL: [Self; 12] = [
        Self::BareOne,
        Self::WardbookOne,
        Self::BareMany,
        Self::WardbookMany,
        Self::MessageDbOne,
        Self::MessageDbMany,
        Self::SqliteOne,
        Self::SqliteMany,
        Self::HttpOne,
        Self::HttpMany,
        Self::HttpSqliteOne,
        Self::HttpSqliteMany,
    ];

    /// Whether reports are filed over HTTP; else something is appended.
    pub(crate) fn is_http(self) -> bool {
        matches!(self, Self::HttpOne | Self::HttpMany | Self::HttpSqliteOne | Self::HttpSqliteMany)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BareOne => "bare INSERT, 1 row a transaction",
            Self::BareMany => "bare INSERT, 64 rows a transaction",
            Self::WardbookOne | Self::WardbookMany => "Wardbook, PostgreSQL",
            Self::MessageDbOne | Self::MessageDbMany => "message-db, one category",
            Self::SqliteOne | Self::SqliteMany => "Wardbook, SQLite",
            Self::HttpOne | Self::HttpMany => "filing over HTTP, PostgreSQL",
            Self::HttpSqliteOne | Self::HttpSqliteMany => "filing over HTTP, SQLite",
        }
    }

    pub(crate) fn callers(self) -> usize {
        match self {
            Self::WardbookMany | Self::MessageDbMany | Self::SqliteMany => CALLERS,
            Self::HttpMany | Self::HttpSqliteMany => CLIENTS,
            Self::BareOne
            | Self::BareMany
            | Self::WardbookOne
            | Self::MessageDbOne
            | Self::SqliteOne
            | Self::HttpOne
            | Self::HttpSqliteOne => 1,
        }
    }
}

/// What `--only` takes: a measure, or all of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// Everything that appends.
    Append,
    /// Everything that files over HTTP.
    Http,
    /// What need-to-know costs a page of the queue; it has no turns.
    Queue,
    /// A large file in and out; it has no turns.
    Files,
    One(Measure),
}

const CHOICES: [Chosen; 4 + Measure::ALL.len()] = {
    let mut choices = [Chosen::Append; 4 + Measure::ALL.len()];
    choices[1] = Chosen::Http;
    choices[2] = Chosen::Queue;
    choices[3] = Chosen::Files;
    let mut at = 0;
    while at < Measure::ALL.len() {
        choices[4 + at] = Chosen::One(Measure::ALL[at]);
        at += 1;
    }
    choices
};

impl Chosen {
    pub(crate) const DEFAULT: [Self; 4] = [Self::Append, Self::Http, Self::Queue, Self::Files];

    fn holds(self, measure: Measure) -> bool {
        match self {
            Self::Append => !measure.is_http(),
            Self::Http => measure.is_http(),
            Self::Queue | Self::Files => false,
            Self::One(one) => one == measure,
        }
    }

    /// The measures that are chosen, each once, in the order of their turns.
    pub(crate) fn measures(chosen: &[Self]) -> Vec<Measure> {
        Measure::ALL.into_iter().filter(|measure| chosen.iter().any(|one| one.holds(*measure))).collect()
    }
}

impl ValueEnum for Chosen {
    fn value_variants<'a>() -> &'a [Self] {
        &CHOICES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Append => Some(PossibleValue::new("append")),
            Self::Http => Some(PossibleValue::new("http")),
            Self::Queue => Some(PossibleValue::new("queue")),
            Self::Files => Some(PossibleValue::new("files")),
            Self::One(measure) => measure.to_possible_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chosen, Measure};
    use clap::ValueEnum as _;

    #[test]
    fn a_kind_is_all_of_its_measures_and_nothing_runs_twice() {
        let chosen = |names: &[&str]| {
            let chosen: Vec<Chosen> = names.iter().map(|name| Chosen::from_str(name, false).unwrap()).collect();
            Chosen::measures(&chosen)
        };
        assert_eq!(chosen(&["http"]), [Measure::HttpOne, Measure::HttpMany, Measure::HttpSqliteOne, Measure::HttpSqliteMany]);
        assert_eq!(chosen(&["http-many", "bare-one", "http-many"]), [Measure::BareOne, Measure::HttpMany]);
        assert_eq!(chosen(&["append", "http", "sqlite-one"]), Measure::ALL);
        assert_eq!(chosen(&["append"]).len(), 8);
    }
}
