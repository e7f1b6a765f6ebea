//! `wardbook.toml`: one typed schema, with `WARDBOOK__SECTION__KEY` in the environment over the file.
//!
//! The layer over `toml` is our own: it is two short files, names the wrong key and where it was set, and knows which keys hold
//! secrets; the `config` crate would bring a second value model and lose both. Secrets never stand here, only names of files.
//!
//! * `keys.rs`: the table of keys (what an environment variable may set, what is kept for later); `load.rs`: file and environment;
//!   `check.rs`: what the types cannot say.
//!
//! To add a key: a field here and its row in [`keys::KEYS`]; a test compares the two.

mod check;
pub(crate) mod keys;
mod load;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub(crate) use check::is_postgres;
pub(crate) use load::{Loaded, Origin};

/// Where `serve` listens unless told otherwise.
pub(crate) const LISTEN: &str = "127.0.0.1:8080";

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The address that people use, for example `https://wardbook.example.org`.
    pub(crate) public_url: Option<String>,
    /// Address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// Proxies, as addresses or networks (`10.1.0.0/16`), whose `Forwarded` headers count.
    pub(crate) trusted_proxies: Vec<String>,
    /// The trusts of this folder.
    pub(crate) trust: Trust,
    /// TLS of our own.
    pub(crate) tls: Tls,
    /// The book's database.
    pub(crate) database: Database,
    /// The key store and the service identity.
    pub(crate) keys: Keys,
    /// Attachments.
    pub(crate) blobs: Blobs,
    /// E-mail.
    pub(crate) mail: Mail,
    /// Signing in.
    pub(crate) sign_in: SignIn,
    /// Logs, traces, metrics.
    pub(crate) telemetry: Telemetry,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            listen: LISTEN.parse().expect("an address and a port"),
            trusted_proxies: vec![],
            trust: Trust::default(),
            tls: Tls::default(),
            database: Database::default(),
            keys: Keys::default(),
            blobs: Blobs::default(),
            mail: Mail::default(),
            sign_in: SignIn::default(),
            telemetry: Telemetry::default(),
        }
    }
}

/// `[trust]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Trust {
    /// Its id, 32 hexadecimal digits. (Its name is sealed in the book.)
    pub(crate) id: Option<String>,
    /// The ids of those that were added by `wardbook init --add`.
    pub(crate) more: Vec<String>,
}

/// `[tls]`: PEM files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// The certificate with its chain.
    pub(crate) cert: Option<PathBuf>,
    /// The private key.
    pub(crate) key: Option<PathBuf>,
}

/// `[database]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `sqlite:///absolute/path` or `postgres://…`; `book.db` in the folder where there is none.
    pub(crate) url: Option<String>,
    /// A file with the PostgreSQL password.
    pub(crate) password_file: Option<PathBuf>,
}

/// `[keys]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    /// As `[database] url`, for the key store; `keys/keys.db` where there is none.
    pub(crate) url: Option<String>,
    /// A file with the PostgreSQL password.
    pub(crate) password_file: Option<PathBuf>,
    /// The file of the service identity.
    pub(crate) identity: Option<PathBuf>,
    /// A file with the passphrase of the service identity.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// For how many days copies of the key store are kept, where you make some: what a quarantine says of itself.
    pub(crate) copies_kept_days: Option<u16>,
}

/// `[blobs]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Blobs {
    /// The folder of sealed attachments; `blobs` in the folder where there is none, and the book's database where that is PostgreSQL.
    pub(crate) path: Option<PathBuf>,
    /// The largest file that is taken in, in MB; 500 is the most that there can be.
    pub(crate) file_mb_max: u16,
}

impl Default for Blobs {
    fn default() -> Self {
        Self { path: None, file_mb_max: 500 }
    }
}

/// How mail is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// TLS from the first byte.
    Implicit,
    /// TLS after `STARTTLS`, never without.
    Starttls,
    /// None: for a relay on this machine, or where `allow_plain` says so.
    None,
}

/// `[mail]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mail {
    /// The relay.
    pub(crate) host: Option<String>,
    /// Its port.
    pub(crate) port: Option<u16>,
    /// The sender's address.
    pub(crate) from: Option<String>,
    /// How it is carried.
    pub(crate) tls: Option<MailTls>,
    /// The user at the relay.
    pub(crate) user: Option<String>,
    /// A file with the user's password.
    pub(crate) password_file: Option<PathBuf>,
    /// Where tokens come from, in the place of a password (OAuth 2.0 client credentials).
    pub(crate) oauth_token_url: Option<String>,
    /// The client's id there.
    pub(crate) oauth_client_id: Option<String>,
    /// A file with the client's secret.
    pub(crate) oauth_client_secret_file: Option<PathBuf>,
    /// What is asked for, for example `https://outlook.office365.com/.default`.
    pub(crate) oauth_scope: Option<String>,
    /// Certificates (PEM) that are trusted beside the public ones, for a server of the trust's own.
    pub(crate) ca: Option<PathBuf>,
    /// Whether a relay beyond this machine may be spoken to without TLS.
    pub(crate) allow_plain: bool,
}

/// `[sign_in]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignIn {
    /// Minutes after which an idle session ends.
    pub(crate) idle_minutes: Option<u32>,
    /// Hours after which every session ends.
    pub(crate) session_hours: Option<u32>,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For a person.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is logged. Other libraries are never let below warnings: their details quote headers and bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// What failed.
    Error,
    /// What needs a look.
    Warn,
    /// What happened.
    Info,
    /// Each step.
    Debug,
}

/// `[telemetry]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Telemetry {
    /// Where traces, metrics and logs go by OTLP (gRPC), for example `http://127.0.0.1:4317`.
    pub(crate) otlp_endpoint: Option<String>,
    /// How logs are written to stderr.
    pub(crate) log: LogFormat,
    /// How much is logged.
    pub(crate) log_level: LogLevel,
    /// Whether `/metrics` is served to this machine.
    pub(crate) metrics: bool,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { otlp_endpoint: None, log: LogFormat::Text, log_level: LogLevel::Info, metrics: true }
    }
}
