//! Reads the file, lays the environment over it, and says by name what does not fit and where it was set.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use toml::{Table, Value};

use super::Settings;
use super::keys::{KEYS, Key, PREFIX, Reads};
use crate::failure::{Failure, FieldProblem};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// `wardbook.toml`.
    File,
    /// An environment variable.
    Environment,
}

/// The settings in force, and where each was set.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The settings.
    pub(crate) settings: Settings,
    origins: BTreeMap<(&'static str, &'static str), Origin>,
}

impl Loaded {
    /// Where this key's value comes from.
    pub(crate) fn origin(&self, key: &Key) -> Origin {
        self.origins.get(&(key.section, key.name)).copied().unwrap_or(Origin::Default)
    }
}

impl Settings {
    /// The settings of the file at `path` under the variables `environment`, checked.
    pub(crate) fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Loaded, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Failure::input(format!("there is no trust here: {} is missing; run `wardbook init`", path.display())));
            }
            Err(error) => return Err(Failure::caused(format!("{} cannot be read", path.display()), &error)),
        };
        Self::parse(&text, environment)
    }

    /// As [`Settings::load`], from the file's text.
    pub(crate) fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Loaded, Failure> {
        let mut table: Table = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
        refuse_unknown(&table)?;
        let mut origins = BTreeMap::new();
        for key in KEYS.iter().filter(|key| lookup(&table, key).is_some()) {
            origins.insert((key.section, key.name), Origin::File);
        }
        for (name, value) in environment.filter(|(name, _)| name.starts_with(PREFIX)) {
            let key = lay_over(&mut table, &name, &value)?;
            origins.insert((key.section, key.name), Origin::Environment);
        }
        let settings: Settings = serde_path_to_error::deserialize(table).map_err(|error| does_not_fit(&error, &origins))?;
        let problems = settings.problems();
        if problems.is_empty() { Ok(Loaded { settings, origins }) } else { Err(Failure::fields(problems)) }
    }
}

fn lookup<'a>(table: &'a Table, key: &Key) -> Option<&'a Value> {
    let section = if key.section.is_empty() { table } else { table.get(key.section)?.as_table()? };
    section.get(key.name)
}

/// A key that is not in the table, or one that would hold a secret itself.
fn refuse_unknown(table: &Table) -> Result<(), Failure> {
    let mut problems = vec![];
    let mut unknown = |section: &str, name: &str| {
        if !KEYS.iter().any(|key| key.section == section && key.name == name) {
            let shown = if section.is_empty() { name.to_owned() } else { format!("[{section}] {name}") };
            problems.push(FieldProblem { field: shown, problem: unknown_text(section, name) });
        }
    };
    for (name, value) in table {
        match value {
            Value::Table(keys) if KEYS.iter().any(|key| key.section == name) => keys.keys().for_each(|key| unknown(name, key)),
            Value::Table(_) => unknown("", &format!("[{name}]")),
            _ => unknown("", name),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::fields(problems)) }
}

fn unknown_text(section: &str, name: &str) -> String {
    let name = name.to_lowercase();
    if ["password", "passphrase", "secret", "token"].iter().any(|word| name.contains(word)) {
        let file = KEYS.iter().find(|key| key.section == section && key.name.ends_with("_file"));
        let use_file = file.map_or_else(String::new, |key| format!(" and name the file as {}", key.shown()));
        format!("a secret does not stand in the settings: put it in a file that only the service can read{use_file}")
    } else {
        "is not a key that Wardbook knows".to_owned()
    }
}

/// Sets the key that an environment variable names.
fn lay_over(table: &mut Table, variable: &str, text: &str) -> Result<&'static Key, Failure> {
    let Some(key) = KEYS.iter().find(|key| key.variable() == variable) else {
        let rest = variable.strip_prefix(PREFIX).unwrap_or(variable).to_lowercase();
        let (section, name) = rest.split_once("__").unwrap_or(("", &rest));
        return Err(Failure::field(variable, unknown_text(section, name)));
    };
    let value = match key.reads {
        Reads::Text => Value::String(text.to_owned()),
        Reads::Number => Value::Integer(text.trim().parse().map_err(|_| Failure::field(variable, "is not a whole number"))?),
        Reads::Flag => Value::Boolean(text.trim().parse().map_err(|_| Failure::field(variable, "is neither true nor false"))?),
        Reads::List => text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(Value::from).collect::<Vec<_>>().into(),
    };
    let section = if key.section.is_empty() {
        table
    } else {
        let section = table.entry(key.section).or_insert_with(|| Value::Table(Table::new()));
        section.as_table_mut().ok_or_else(|| Failure::field(key.section, "is a section of keys"))?
    };
    section.insert(key.name.to_owned(), value);
    Ok(key)
}

/// Where the file stops being TOML, without quoting its line: it might hold what does not belong there.
fn not_toml(text: &str, error: &toml::de::Error) -> Failure {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.as_bytes()[..start].split(|byte| *byte == b'\n').count();
    let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    Failure::input(format!("wardbook.toml, line {line}: {message}"))
}

fn does_not_fit(error: &serde_path_to_error::Error<toml::de::Error>, origins: &BTreeMap<(&str, &str), Origin>) -> Failure {
    let path = error.path().to_string();
    let (section, name) = path.split_once('.').unwrap_or(("", &path));
    let name = name.split('[').next().unwrap_or(name);
    let field = match KEYS.iter().find(|key| key.section == section && key.name == name) {
        Some(key) if origins.get(&(section, name)) == Some(&Origin::Environment) => key.variable(),
        Some(key) => key.shown(),
        None => path.clone(),
    };
    Failure::field(field, error.inner().message())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, environment: &[(&str, &str)]) -> String {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::parse(text, environment).expect_err("accepted").problem().to_string()
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let text = "listen = \"127.0.0.1:1\"\n[sign_in]\nidle_minutes = 25\n";
        let environment = [("WARDBOOK__LISTEN", "127.0.0.1:2"), ("WARDBOOK__TELEMETRY__METRICS", "false"), ("HOME", "/x")];
        let loaded = Settings::parse(text, environment.map(|(n, v)| (n.to_owned(), v.to_owned())).into_iter()).unwrap();
        assert_eq!(loaded.settings.listen.port(), 2);
        assert!(!loaded.settings.telemetry.metrics);
        assert_eq!(loaded.settings.sign_in.idle_minutes, Some(25));
        let origin = |name: &str| loaded.origin(KEYS.iter().find(|key| key.name == name).unwrap());
        assert_eq!((origin("listen"), origin("idle_minutes"), origin("cert")), (Origin::Environment, Origin::File, Origin::Default));
    }

    #[test]
    fn the_wrong_key_is_named() {
        assert_eq!(refused("colour = 1", &[]), "colour: is not a key that Wardbook knows");
        assert_eq!(refused("[paint]\nx = 1", &[]), "[paint]: is not a key that Wardbook knows");
        assert_eq!(refused("[tls]\nchain = \"x\"", &[]), "[tls] chain: is not a key that Wardbook knows");
        assert!(refused("[mail]\nport = 70000", &[]).starts_with("[mail] port: "));
        assert!(refused("[telemetry]\nlog = \"xml\"", &[]).starts_with("[telemetry] log: "));
        assert!(refused("", &[("WARDBOOK__TELEMETRY__LOG", "xml")]).starts_with("WARDBOOK__TELEMETRY__LOG: "));
        assert_eq!(refused("", &[("WARDBOOK__MAIL__PORT", "x")]), "WARDBOOK__MAIL__PORT: is not a whole number");
        assert_eq!(refused("", &[("WARDBOOK__PAINT__X", "1")]), "WARDBOOK__PAINT__X: is not a key that Wardbook knows");
        assert!(refused("a = 1\nb = = 2", &[]).starts_with("wardbook.toml, line 2: "));
    }

    #[test]
    fn a_secret_in_the_settings_is_refused_by_name_and_not_repeated() {
        let text = refused("[mail]\npassword = \"hunter2\"", &[]);
        assert!(text.starts_with("[mail] password: ") && text.contains("[mail] password_file"), "{text}");
        let text = refused("[keys]\npassphrase = \"hunter2\"", &[("WARDBOOK__MAIL__PORT", "1")]);
        assert!(text.starts_with("[keys] passphrase: ") && !text.contains("hunter2"), "{text}");
        let text = refused("", &[("WARDBOOK__MAIL__PASSWORD", "hunter2")]);
        assert!(text.starts_with("WARDBOOK__MAIL__PASSWORD: a secret") && !text.contains("hunter2"), "{text}");
        let text = refused("[database]\nurl = \"postgres://u:hunter2@db/x\"", &[]);
        assert!(text.starts_with("[database] url: ") && !text.contains("hunter2"), "{text}");
        assert!(!refused("[mail]\npassword = hunter2", &[]).contains("hunter2"));
    }
}
