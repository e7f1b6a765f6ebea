//! A date and a time as typed, in the short fields of a form. `handlers/moment.rs` reads and checks them.

use super::forms::Choice;

/// Date and time as typed; kept as text so that a mistake comes back as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateTimeParts {
    /// Day of the month.
    pub day: String,
    /// Month, 1 to 12.
    pub month: String,
    /// Year, four digits.
    pub year: String,
    /// Hour, 0 to 23.
    pub hour: String,
    /// Minute.
    pub minute: String,
}

/// The fields of one moment: `day`, `month`, `year`, `hour`, `minute` and `which`, each with a prefix of its own. Time of England.
///
/// Errors of the whole date or time stand on `date` and `time` (with the prefix); the part to mend is marked by an error on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// What the names of its fields begin with; empty where a page asks for one moment only.
    pub prefix: String,
    /// As typed.
    pub at: DateTimeParts,
    /// The two readings of a time that happened twice, as the clocks went back that night; empty where it is plain.
    pub readings: Vec<Choice>,
    /// The chosen reading; empty for none yet.
    pub which: String,
}

impl Moment {
    /// The name and id of one of its fields.
    pub fn id(&self, part: &str) -> String {
        format!("{}{part}", self.prefix)
    }

    /// The fields on which an error of its date may stand.
    pub fn date_fields(&self) -> Vec<String> {
        ["date", "day", "month", "year"].map(|part| self.id(part)).to_vec()
    }

    /// The fields on which an error of its time may stand.
    pub fn time_fields(&self) -> Vec<String> {
        ["time", "hour", "minute"].map(|part| self.id(part)).to_vec()
    }
}
