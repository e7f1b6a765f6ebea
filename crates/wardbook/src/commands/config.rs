//! `wardbook config check`: reads the settings, names what is wrong, prints what is in force and where it was set.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use wardbook_app::blobs::BlobsAt;

use crate::Globals;
use crate::failure::Failure;
use crate::output;
use crate::place::sqlite_url;
use crate::settings::keys::{KEYS, Key};
use crate::settings::{Loaded, Origin};

/// `wardbook config ...`
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check wardbook.toml and the environment, and print the settings in force
    Check,
}

/// Runs it. Opens nothing and needs no key. Secrets cannot be among the settings, so that all of them can be shown.
pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    crate::opening::trusts(&loaded.settings)?;
    loaded.settings.check_listen(loaded.settings.listen)?;
    place.check_socket_path()?;
    let blobs = match crate::opening::blobs(&place, &loaded.settings) {
        BlobsAt::Folder(path) => path.display().to_string(),
        BlobsAt::Table => "the book's database".to_owned(),
    };
    let values = values(&loaded, &sqlite_url(&place.book()), &sqlite_url(&place.key_store()), &blobs);
    if globals.json {
        output::say_json(&as_json(&loaded, &values));
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = KEYS
        .iter()
        .zip(&values)
        .filter(|(key, _)| key.name != "allow_plain" || loaded.settings.mail.allow_plain || loaded.origin(key) != Origin::Default)
        .filter(|(key, value)| !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) || loaded.origin(key) != Origin::Default)
        .map(|(key, value)| vec![key.shown(), shown(value), remark(&loaded, key)])
        .collect();
    output::say(output::table(&["key", "value", "set in"], &rows));
    Ok(ExitCode::SUCCESS)
}

/// Each key's value in the table's order; the databases of the folder where none is named, and where attachments then are.
fn values(loaded: &Loaded, book: &str, key_store: &str, blobs: &str) -> Vec<Value> {
    let all = serde_json::to_value(&loaded.settings).expect("settings are plain data");
    let mail = &loaded.settings.mail;
    let value = |key: &Key| {
        let set = if key.section.is_empty() { &all[key.name] } else { &all[key.section][key.name] };
        match (key.section, key.name, set) {
            ("database", "url", Value::Null) => book.into(),
            ("keys", "url", Value::Null) => key_store.into(),
            ("blobs", "path", _) => blobs.into(),
            // What a mail server that is set is spoken to by, where that is not.
            ("mail", "port", Value::Null) if mail.host.is_some() => mail.port_in_force().into(),
            ("mail", "tls", Value::Null) if mail.host.is_some() => json!(mail.carried()),
            (_, _, set) => set.clone(),
        }
    };
    KEYS.iter().map(value).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn remark(loaded: &Loaded, key: &Key) -> String {
    let origin = match loaded.origin(key) {
        Origin::Default => "default".to_owned(),
        Origin::File => "wardbook.toml".to_owned(),
        Origin::Environment => key.variable(),
    };
    if key.later { format!("{origin}; kept for later") } else { origin }
}

fn as_json(loaded: &Loaded, values: &[Value]) -> Value {
    let settings: Map<String, Value> = KEYS
        .iter()
        .zip(values)
        .map(|(key, value)| {
            let name = if key.section.is_empty() { key.name.to_owned() } else { format!("{}.{}", key.section, key.name) };
            (name, json!({ "value": value, "set_in": loaded.origin(key), "kept_for_later": key.later }))
        })
        .collect();
    json!({ "ok": true, "settings": settings })
}
