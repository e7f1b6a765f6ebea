//! How a trust's monitoring products name things: which column of an export holds which field of an alert, and what their words mean.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Profile;
use crate::{
    alert::{AlertField, SEVERITY_MAX},
    field::{Checks, Invalid},
    written::{Dates, Order, When},
};

/// Without a rule of the trust, alerts within a day of one another repeat.
const REPEATS_HOURS: u32 = 24;
const REPEATS_HOURS_MAX: u32 = 24 * 14;
/// What no alert goes without.
const NEEDED: [AlertField; 4] = [AlertField::AlertId, AlertField::OccurredAt, AlertField::School, AlertField::Category];
const SOURCES_MAX: usize = 20;
const VALUES_MAX: usize = 1_000;

/// A monitoring product as a trust has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AlertSource {
    /// Its name, as an import gives it: `Securus`.
    pub source: String,
    /// The order of dates in numbers; without it only those are read that begin with the year.
    #[serde(default)]
    pub date_order: Option<Order>,
    /// Alerts of one person and category that follow one another within so many hours are shown as one group.
    #[serde(default = "repeats")]
    pub repeats_within_hours: u32,
    /// The column that holds a field; of several the texts are joined by a blank, as of a date and a time.
    pub columns: BTreeMap<AlertField, Columns>,
    /// What the product's words for a field mean; a word that is not here is refused.
    #[serde(default)]
    pub values: BTreeMap<AlertField, BTreeMap<String, String>>,
    /// What a field holds where the export says nothing: the school, where each school has an export of its own.
    #[serde(default)]
    pub defaults: BTreeMap<AlertField, String>,
    /// The clause that asks for it.
    pub clause: String,
}

/// One column, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One.
    One(String),
    /// Several, in order.
    Several(Vec<String>),
}

impl Columns {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

fn repeats() -> u32 {
    REPEATS_HOURS
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Profile {
    /// The product of this name, in any capitals.
    pub fn alert_source(&self, name: &str) -> Option<&AlertSource> {
        self.alerts.iter().find(|source| folded(&source.source) == folded(name))
    }

    /// Within how many seconds of one another a product's alerts repeat.
    pub fn repeats_within_seconds(&self, source: &str) -> i64 {
        i64::from(self.alert_source(source).map_or(REPEATS_HOURS, |source| source.repeats_within_hours)) * 3_600
    }

    /// The fields of a row as a product sent it, under Wardbook's names: by the columns of the trust's profile where the row has them,
    /// else by those names themselves. Columns that nothing is read from are left alone. What is wrong is named by field and column.
    pub fn alert_fields(&self, source: &str, sent: &Map<String, Value>) -> Result<Map<String, Value>, Invalid> {
        match self.alert_source(source) {
            Some(source) => source.fields(sent),
            None => unmapped().fields(sent),
        }
    }

    pub(super) fn check_alerts(&self) -> Result<(), String> {
        if self.alerts.len() > SOURCES_MAX {
            return Err(format!("alerts: more than {SOURCES_MAX} entries"));
        }
        for (index, source) in self.alerts.iter().enumerate() {
            let named = |problem: &str| format!("alerts {}: {problem}", source.source);
            if self.alerts[..index].iter().any(|other| folded(&other.source) == folded(&source.source)) {
                return Err(named("the source is named twice"));
            }
            source.check().map_err(|problem| named(&problem))?;
        }
        Ok(())
    }
}

/// A product of which the profile says nothing: its columns are Wardbook's own.
fn unmapped() -> AlertSource {
    AlertSource {
        source: String::new(),
        date_order: None,
        repeats_within_hours: REPEATS_HOURS,
        columns: AlertField::ALL.iter().map(|field| (*field, Columns::One(field.to_string()))).collect(),
        values: BTreeMap::new(),
        defaults: BTreeMap::new(),
        clause: String::new(),
    }
}

impl AlertSource {
    fn check(&self) -> Result<(), String> {
        let plain = |text: &String| !text.trim().is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
        let texts = self.columns.values().flat_map(Columns::names).chain(self.defaults.values()).chain([&self.source]);
        let words = self.values.values().flat_map(BTreeMap::keys);
        if !texts.chain(words).all(plain) {
            return Err("a name is blank, longer than 100 characters or more than one line".into());
        }
        if self.columns.values().any(|columns| columns.names().is_empty() || columns.names().len() > 5) {
            return Err("columns: a field has from 1 to 5 columns".into());
        }
        for field in NEEDED {
            let default = matches!(field, AlertField::School | AlertField::Category) && self.defaults.contains_key(&field);
            if !self.columns.contains_key(&field) && !default {
                return Err(format!("columns: {field} is missing"));
            }
        }
        if let Some(field) = self.values.keys().find(|field| !self.columns.contains_key(field)) {
            return Err(format!("values: {field} has no column"));
        }
        if self.values.values().map(BTreeMap::len).sum::<usize>() > VALUES_MAX {
            return Err(format!("values: more than {VALUES_MAX} words"));
        }
        let severities = self.values.get(&AlertField::Severity).into_iter().flat_map(BTreeMap::values);
        let severities = severities.chain(self.defaults.get(&AlertField::Severity));
        if let Some(wrong) = severities.filter(|text| !text.is_empty()).find(|text| severity(text).is_none()) {
            return Err(format!("values: {wrong} is no severity from 1 to {SEVERITY_MAX}"));
        }
        if !(1..=REPEATS_HOURS_MAX).contains(&self.repeats_within_hours) {
            return Err(format!("repeats-within-hours is from 1 to {REPEATS_HOURS_MAX}"));
        }
        Ok(())
    }

    fn fields(&self, sent: &Map<String, Value>) -> Result<Map<String, Value>, Invalid> {
        let by_name: BTreeMap<String, &Value> = sent.iter().map(|(name, value)| (folded(name), value)).collect();
        let (mut fields, mut checks) = (Map::new(), Checks::default());
        for field in AlertField::ALL {
            match self.text(*field, &by_name).and_then(|text| text.map(|text| self.value(*field, text)).transpose()) {
                Ok(Some(value)) => drop(fields.insert(field.to_string(), value)),
                Ok(None) if NEEDED.contains(field) => checks.fail(field.as_str(), self.in_column(*field, "is missing")),
                Ok(None) => {}
                Err(problem) => checks.fail(field.as_str(), self.in_column(*field, &problem)),
            }
        }
        checks.done().map(|()| fields)
    }

    /// What a row says of a field; none where it says nothing.
    fn text(&self, field: AlertField, by_name: &BTreeMap<String, &Value>) -> Result<Option<String>, String> {
        let names = self.columns.get(&field).map(Columns::names).unwrap_or_default();
        let own = [field.to_string()];
        // A row that came through a mapping of its own, or from another program, has our names already.
        let has_columns = names.iter().any(|name| by_name.contains_key(&folded(name)));
        let (names, table) = if has_columns { (names, self.values.get(&field)) } else { (own.as_slice(), None) };
        let mut texts = vec![];
        for name in names {
            match by_name.get(&folded(name)) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => texts.push(text.trim().to_owned()),
                Some(Value::Number(number)) => texts.push(number.to_string()),
                Some(Value::Bool(flag)) => texts.push(flag.to_string()),
                Some(Value::Array(_) | Value::Object(_)) => return Err("is no text and no number".into()),
            }
        }
        texts.retain(|text| !text.is_empty());
        let said = (!texts.is_empty()).then(|| texts.join(" "));
        let said = match (said, table) {
            (Some(text), Some(table)) => {
                let meant = table.iter().find(|(word, _)| folded(word) == folded(&text)).map(|(_, meant)| meant.clone());
                Some(meant.ok_or("has no row among the values of the trust's profile")?).filter(|meant| !meant.is_empty())
            }
            (said, _) => said,
        };
        Ok(said.or_else(|| self.defaults.get(&field).cloned()))
    }

    fn value(&self, field: AlertField, text: String) -> Result<Value, String> {
        match field {
            AlertField::OccurredAt => match (Dates { order: self.date_order, century: None }).read(&text) {
                Ok(When::At(at)) => Ok(at.to_string().into()),
                Ok(When::Day(_)) => Err("has a day and no time".into()),
                // What stands behind the colon is the way out of another file.
                Err(problem) => Err(match problem.split_once(':') {
                    Some((what, _)) => format!("{what}, and the profile does not say how such dates are read"),
                    None => problem.to_owned(),
                }),
            },
            AlertField::Severity => severity(&text).map(Value::from).ok_or_else(|| format!("is no number from 1 to {SEVERITY_MAX}")),
            _ => Ok(text.into()),
        }
    }

    /// A problem with the column's name, where that is not the field's own.
    fn in_column(&self, field: AlertField, problem: &str) -> String {
        let names = self.columns.get(&field).map(Columns::names).unwrap_or_default().join("`, `");
        if names.is_empty() || names == field.as_str() { problem.to_owned() } else { format!("column `{names}`: {problem}") }
    }
}

fn severity(text: &str) -> Option<u8> {
    text.parse().ok().filter(|number| (1..=SEVERITY_MAX).contains(number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = include_str!("../../../../ops/profiles/clpt.toml");

    fn with(alerts: &str) -> Result<Profile, String> {
        let (before, _) = BASE.split_once("\n[[alerts]]").expect("the shipped profile has alerts at its end");
        Profile::parse(&format!("{before}\n{alerts}")).map_err(|error| error.to_string())
    }

    const PRODUCT: &str = r#"
[[alerts]]
source = "Lookout"
date-order = "dmy"
repeats-within-hours = 2
clause = "P0-FM-1"
[alerts.columns]
alert_id = "Ref"
occurred_at = ["Day", "Time"]
user = "Log-on"
severity = "Level"
category = "Theme"
[alerts.values.severity]
"Low" = "1"
"High" = "5"
"Not rated" = ""
[alerts.defaults]
school = "SCH01"
"#;

    fn read(source: &str, row: Value) -> Result<Value, Vec<(String, String)>> {
        let Value::Object(sent) = row else { panic!("a row is an object") };
        let read = with(PRODUCT).unwrap().alert_fields(source, &sent);
        read.map(Value::Object).map_err(|Invalid(errors)| errors.into_iter().map(|error| (error.field, error.problem)).collect())
    }

    #[test]
    fn p0_fm_1_a_product_s_columns_become_the_fields() {
        let row = json!({ "REF": " L-1 ", "Day": "08/09/2025", "Time": "20:46", "Log-on": "gxu", "Level": "high", "Theme": "Self-harm",
            "Viewed": "no" });
        let read_as = read(" lookout ", row).unwrap();
        let expected = json!({ "alert_id": "L-1", "occurred_at": "2025-09-08T19:46:00Z", "user": "gxu", "severity": 5, "category": "Self-harm",
            "school": "SCH01" });
        assert_eq!(read_as, expected, "columns that nothing is read from are left alone");
        let ours =
            json!({ "alert_id": "L-2", "occurred_at": "2025-09-08T20:46+01:00", "severity": "2", "category": "x", "school": "SCH09" });
        let expected =
            json!({ "alert_id": "L-2", "occurred_at": "2025-09-08T19:46:00Z", "severity": 2, "category": "x", "school": "SCH09" });
        assert_eq!(read("Lookout", ours).unwrap(), expected, "a row that was mapped already");
    }

    #[test]
    fn what_is_wrong_is_named_by_field_and_column_and_never_repeated() {
        let row = json!({ "Ref": "L-1", "Day": "08/09/2025", "Level": "secret", "Theme": ["x"] });
        let problems = read("Lookout", row).unwrap_err();
        assert_eq!(problems.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["occurred_at", "severity", "category"]);
        assert_eq!(problems[0].1, "column `Day`, `Time`: has a day and no time");
        assert!(problems.iter().all(|(_, problem)| problem.starts_with("column `") && !problem.contains("secret")), "{problems:?}");
        let missing = read("Lookout", json!({ "Level": "Not rated", "school": "" })).unwrap_err();
        let missing: Vec<(&str, &str)> = missing.iter().map(|(field, problem)| (field.as_str(), problem.as_str())).collect();
        let expected = [
            ("alert_id", "column `Ref`: is missing"),
            ("occurred_at", "column `Day`, `Time`: is missing"),
            ("category", "column `Theme`: is missing"),
        ];
        assert_eq!(missing, expected, "all at once; a severity without a meaning is none");
    }

    #[test]
    fn a_product_of_which_the_profile_says_nothing_uses_our_names() {
        let row = json!({ "alert_id": "M1", "occurred_at": "2025-09-08T20:46+01:00", "severity": 3, "school": "SCH02", "category": "x",
            "excerpt": "", "device": null });
        let expected =
            json!({ "alert_id": "M1", "occurred_at": "2025-09-08T19:46:00Z", "severity": 3, "school": "SCH02", "category": "x" });
        assert_eq!(read("another", row).unwrap(), expected);
        let wrong = json!({ "alert_id": "M1", "school": "S", "category": "x", "occurred_at": "08/09/2025 20:46", "severity": "9" });
        let problems = read("another", wrong).unwrap_err();
        assert_eq!(problems[0].1, "is a date in numbers, and the profile does not say how such dates are read");
        assert_eq!(problems[1], ("severity".into(), "is no number from 1 to 5".into()));
    }

    #[test]
    fn the_shipped_products_are_read() {
        let [clpt, coastal] = crate::profile::tests::shipped();
        let securus = json!({ "Capture ID": "1", "Captured": "08/09/2025 20:46", "Organisation": "SCH01", "Station": "PC-1", "User": "u",
            "Severity": "4", "Category": "Bullying", "Phrase": "p", "Window title": "w" });
        let smoothwall = json!({ "Alert ID": "1", "Date": "08/09/2025", "Time": "20:46", "Tenant": "SCH01", "Hostname": "PC-1",
            "Username": "u", "Level": "High", "Theme": "Bullying", "Context": "p", "URL": "w", "Action": "Blocked" });
        let netsweeper = json!({ "Request ID": "1", "Date": "2025-09-08", "Time": "20:46:00", "Group": "SCH01", "Client IP": "PC-1",
            "Client Name": "u", "Categories": "Bullying", "Search Phrase": "p", "URL": "w", "Status": "Blocked" });
        let mut all = json!({ "alert_id": "1", "occurred_at": "2025-09-08T19:46:00Z", "school": "SCH01", "device": "PC-1", "user": "u",
            "severity": 4, "category": "Bullying", "excerpt": "p", "address": "w" });
        let fields =
            |profile: &Profile, source: &str, row: &Value| profile.alert_fields(source, row.as_object().unwrap()).map(Value::Object);
        assert_eq!(fields(clpt, "Securus", &securus), Ok(all.clone()));
        all["action"] = json!("Blocked");
        for profile in [clpt, coastal] {
            assert_eq!(fields(profile, "Smoothwall", &smoothwall), Ok(all.clone()));
        }
        all.as_object_mut().unwrap().remove("severity");
        assert_eq!(fields(coastal, "Netsweeper", &netsweeper), Ok(all));
    }

    #[test]
    fn repeats_are_counted_by_the_product() {
        let profile = with(PRODUCT).unwrap();
        assert_eq!((profile.repeats_within_seconds("LOOKOUT"), profile.repeats_within_seconds("another")), (7_200, 86_400));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (from, to, says) in [
            ("alert_id = \"Ref\"\n", "", "alert_id is missing"),
            ("category = \"Theme\"\n", "", "category is missing"),
            ("user = \"Log-on\"", "user = \" \"", "blank"),
            ("user = \"Log-on\"", "user = []", "from 1 to 5 columns"),
            ("user = \"Log-on\"", "who = \"Log-on\"", "who"),
            ("\"High\" = \"5\"", "\"High\" = \"6\"", "no severity"),
            ("severity = \"Level\"\n", "", "severity has no column"),
            ("repeats-within-hours = 2", "repeats-within-hours = 0", "repeats-within-hours"),
            ("date-order = \"dmy\"", "date-order = \"ydm\"", "ydm"),
        ] {
            let said = with(&PRODUCT.replacen(from, to, 1)).unwrap_err();
            assert!(said.contains(says), "{to}: {said}");
        }
        let twice = format!("{PRODUCT}{}", PRODUCT.replace("Lookout", " LOOKOUT"));
        assert!(with(&twice).unwrap_err().contains("named twice"));
    }
}
