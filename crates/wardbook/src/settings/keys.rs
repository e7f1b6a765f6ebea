//! The table of keys: what the environment may set and how its text is read, and what nothing uses yet.

/// How the text of an environment variable is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// As it is.
    Text,
    /// As a whole number.
    Number,
    /// As `true` or `false`.
    Flag,
    /// As texts with commas between.
    List,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Its section; empty for a key outside the sections.
    pub(crate) section: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// How it is read.
    pub(crate) reads: Reads,
    /// Checked, and kept for a later release.
    pub(crate) later: bool,
}

impl Key {
    /// As people write it: `[mail] host`.
    pub(crate) fn shown(&self) -> String {
        if self.section.is_empty() { self.name.to_owned() } else { format!("[{}] {}", self.section, self.name) }
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        let section = if self.section.is_empty() { String::new() } else { format!("{}__", self.section) };
        format!("{PREFIX}{section}{}", self.name).to_uppercase()
    }
}

/// How the names of our environment variables begin.
pub(crate) const PREFIX: &str = "WARDBOOK__";

const fn key(section: &'static str, name: &'static str, reads: Reads) -> Key {
    Key { section, name, reads, later: false }
}

const fn later(section: &'static str, name: &'static str, reads: Reads) -> Key {
    Key { section, name, reads, later: true }
}

/// Every key, in the order in which `config check` prints them.
pub(crate) const KEYS: &[Key] = &[
    key("", "public_url", Reads::Text),
    key("", "listen", Reads::Text),
    key("", "trusted_proxies", Reads::List),
    key("trust", "id", Reads::Text),
    key("trust", "more", Reads::List),
    key("tls", "cert", Reads::Text),
    key("tls", "key", Reads::Text),
    key("database", "url", Reads::Text),
    key("database", "password_file", Reads::Text),
    key("keys", "url", Reads::Text),
    key("keys", "password_file", Reads::Text),
    key("keys", "identity", Reads::Text),
    key("keys", "passphrase_file", Reads::Text),
    key("keys", "copies_kept_days", Reads::Number),
    key("blobs", "path", Reads::Text),
    key("blobs", "file_mb_max", Reads::Number),
    key("mail", "host", Reads::Text),
    key("mail", "port", Reads::Number),
    key("mail", "from", Reads::Text),
    key("mail", "tls", Reads::Text),
    key("mail", "user", Reads::Text),
    key("mail", "password_file", Reads::Text),
    key("mail", "oauth_token_url", Reads::Text),
    key("mail", "oauth_client_id", Reads::Text),
    key("mail", "oauth_client_secret_file", Reads::Text),
    key("mail", "oauth_scope", Reads::Text),
    key("mail", "ca", Reads::Text),
    key("mail", "allow_plain", Reads::Flag),
    later("sign_in", "idle_minutes", Reads::Number),
    later("sign_in", "session_hours", Reads::Number),
    key("telemetry", "otlp_endpoint", Reads::Text),
    key("telemetry", "log", Reads::Text),
    key("telemetry", "log_level", Reads::Text),
    key("telemetry", "metrics", Reads::Flag),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_table_and_the_types_name_the_same_keys() {
        let serde_json::Value::Object(all) = serde_json::to_value(Settings::default()).unwrap() else { panic!("not an object") };
        let mut typed = BTreeSet::new();
        for (name, value) in &all {
            match value {
                serde_json::Value::Object(keys) => typed.extend(keys.keys().map(|key| (name.clone(), key.clone()))),
                _ => drop(typed.insert((String::new(), name.clone()))),
            }
        }
        let listed: BTreeSet<_> = KEYS.iter().map(|key| (key.section.to_owned(), key.name.to_owned())).collect();
        assert_eq!(listed, typed);
    }
}
