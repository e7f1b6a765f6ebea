//! What the types cannot say: which values go together, what may leave this machine, what must not stand in a URL.

use std::net::{IpAddr, SocketAddr};

use url::Url;
use wardbook_ledger::TrustId;

use super::{MailTls, Settings};
use crate::failure::{Failure, FieldProblem};

impl Settings {
    /// Everything that is wrong, key by key.
    pub(super) fn problems(&self) -> Vec<FieldProblem> {
        let mut found = Found::default();
        self.check_reach(&mut found);
        self.check_stores(&mut found);
        self.check_mail(&mut found);
        self.check_rest(&mut found);
        found.0
    }

    fn check_reach(&self, found: &mut Found) {
        if let Some(problem) = self.public_url.as_deref().and_then(public_url_problem) {
            found.add("public_url", problem);
        }
        for network in self.trusted_proxies.iter().filter(|network| !is_network(network)) {
            found.add("trusted_proxies", format!("`{network}` is neither an address nor a network such as 10.1.0.0/16"));
        }
        match (&self.tls.cert, &self.tls.key) {
            (Some(_), None) => found.add("[tls] key", "is missing: a certificate needs its key"),
            (None, Some(_)) => found.add("[tls] cert", "is missing: a key needs its certificate"),
            _ => {}
        }
    }

    fn check_stores(&self, found: &mut Found) {
        if self.trust.id.as_deref().is_some_and(|id| id.parse::<TrustId>().is_err()) {
            found.add("[trust] id", "is not 32 hexadecimal digits");
        }
        let mut known: Vec<TrustId> = self.trust.id.iter().filter_map(|id| id.parse().ok()).collect();
        for id in &self.trust.more {
            match id.parse() {
                Ok(id) if !known.contains(&id) => known.push(id),
                Ok(_) => found.add("[trust] more", format!("has {id} twice")),
                Err(_) => found.add("[trust] more", format!("`{id}` is not 32 hexadecimal digits")),
            }
        }
        let stores = [("database", &self.database.url, &self.database.password_file), ("keys", &self.keys.url, &self.keys.password_file)];
        for (section, url, password_file) in stores {
            if let Some(problem) = url.as_deref().and_then(store_url_problem) {
                found.add(&format!("[{section}] url"), problem);
            }
            if password_file.is_some() && !url.as_deref().is_some_and(is_postgres) {
                found.add(&format!("[{section}] password_file"), "goes with a postgres:// url only");
            }
        }
        if self.database.url.is_some() && self.database.url == self.keys.url {
            found.add("[keys] url", "is the book's database: a backup of one would hold both");
        }
    }

    fn check_mail(&self, found: &mut Found) {
        let mail = &self.mail;
        let oauth = [
            ("[mail] oauth_token_url", mail.oauth_token_url.is_some()),
            ("[mail] oauth_client_id", mail.oauth_client_id.is_some()),
            ("[mail] oauth_client_secret_file", mail.oauth_client_secret_file.is_some()),
        ];
        let any_oauth = mail.oauth_scope.is_some() || oauth.iter().any(|(_, set)| *set);
        let any = mail.port.is_some() || mail.from.is_some() || mail.tls.is_some() || mail.user.is_some() || mail.password_file.is_some();
        if (any || any_oauth || mail.ca.is_some() || mail.allow_plain) && mail.host.is_none() {
            found.add("[mail] host", "is missing");
        }
        if mail.host.is_some() && mail.from.is_none() {
            found.add("[mail] from", "is missing");
        }
        if mail.from.as_deref().is_some_and(|from| !from.contains('@') || from.chars().any(char::is_control)) {
            found.add("[mail] from", "is not an e-mail address");
        }
        if mail.port == Some(0) {
            found.add("[mail] port", "is 1 to 65535");
        }
        let here = mail.host.as_deref().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "::1"));
        if mail.tls == Some(MailTls::None) && !here && !mail.allow_plain {
            found.add(
                "[mail] tls",
                "`none` goes with a relay on this machine, or with allow_plain = true on a network that the trust answers for",
            );
        }
        if mail.tls == Some(MailTls::None) && mail.user.is_some() {
            found.add("[mail] tls", "`none` goes with no user: a password or token is sent over TLS alone");
        }
        if any_oauth {
            for (key, _) in oauth.iter().filter(|(_, set)| !set) {
                found.add(key, "is missing: the others need it");
            }
            if mail.user.is_none() {
                found.add("[mail] user", "is missing: the mailbox for which tokens are fetched");
            }
            if mail.password_file.is_some() {
                found.add("[mail] password_file", "does not go with oauth_token_url: there is one way to sign in");
            }
            if mail.oauth_token_url.as_deref().is_some_and(|url| !is_https(url)) {
                found.add("[mail] oauth_token_url", "is an https address");
            }
        } else if mail.user.is_some() != mail.password_file.is_some() {
            found.add("[mail] password_file", "goes with a user, and a user with it");
        }
    }

    fn check_rest(&self, found: &mut Found) {
        if !(1..=500).contains(&self.blobs.file_mb_max) {
            found.add("[blobs] file_mb_max", "is 1 to 500");
        }
        if self.keys.copies_kept_days.is_some_and(|days| !(1..=3660).contains(&days)) {
            found.add("[keys] copies_kept_days", "is 1 to 3660");
        }
        if self.sign_in.idle_minutes.is_some_and(|minutes| !(5..=720).contains(&minutes)) {
            found.add("[sign_in] idle_minutes", "is 5 to 720");
        }
        if self.sign_in.session_hours.is_some_and(|hours| !(1..=24).contains(&hours)) {
            found.add("[sign_in] session_hours", "is 1 to 24");
        }
        if let Some(problem) = self.telemetry.otlp_endpoint.as_deref().and_then(endpoint_problem) {
            found.add("[telemetry] otlp_endpoint", problem);
        }
    }

    /// Whether people reach the service over HTTPS, by our own TLS or a proxy's.
    pub(crate) fn is_https(&self) -> bool {
        self.tls.cert.is_some() || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Refuses to be heard beyond this machine in plain HTTP.
    pub(crate) fn check_listen(&self, listen: SocketAddr) -> Result<(), Failure> {
        let behind_proxy = !self.trusted_proxies.is_empty() && self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        if listen.ip().is_loopback() || self.tls.cert.is_some() || behind_proxy {
            return Ok(());
        }
        Err(Failure::field(
            "listen",
            format!(
                "{listen} is beyond this machine, and plain HTTP stays on it: set [tls] cert and key, or trusted_proxies and an https public_url"
            ),
        ))
    }
}

#[derive(Default)]
struct Found(Vec<FieldProblem>);

impl Found {
    fn add(&mut self, field: &str, problem: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), problem: problem.into() });
    }
}

fn is_https(text: &str) -> bool {
    Url::parse(text)
        .is_ok_and(|url| url.scheme() == "https" && url.host().is_some() && url.username().is_empty() && url.password().is_none())
}

fn public_url_problem(text: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else { return Some("is not an address such as https://wardbook.example.org") };
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() || url.path() != "/" || !plain {
        return Some("is https://HOST or http://HOST, with nothing behind it");
    }
    None
}

/// What is wrong with the URL of a database, if anything.
pub(crate) fn store_url_problem(text: &str) -> Option<&'static str> {
    if let Some(path) = text.strip_prefix("sqlite://") {
        return if path.starts_with('/') { None } else { Some("is sqlite:///absolute/path") };
    }
    if !is_postgres(text) {
        return Some("is sqlite:///absolute/path or postgres://USER@HOST/DATABASE");
    }
    let Ok(url) = Url::parse(text) else { return Some("is not a postgres:// address") };
    if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password") {
        return Some("has a password in it; put that in a file and name it with password_file (or use PGPASSFILE)");
    }
    None
}

/// Whether this is the URL of a PostgreSQL database.
pub(crate) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn endpoint_problem(text: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else { return Some("is not an address such as http://127.0.0.1:4317") };
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return Some("is https://HOST:PORT or http://HOST:PORT");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("has a user or password in it; use a collector on this machine");
    }
    None
}

fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        match Settings::parse(text, std::iter::empty()) {
            Ok(_) => vec![],
            Err(failure) => failure.problem().errors.iter().map(|error| error.field.clone()).collect(),
        }
    }

    const OAUTH_WITHOUT_TLS: &str = "[mail]\nhost = \"mx.org\"\nfrom = \"a@b.org\"\nuser = \"u\"\noauth_client_id = \"c\"\n\
         oauth_client_secret_file = \"s\"\noauth_token_url = \"http://login.org/token\"";
    const OAUTH_WITHOUT_USER: &str = "[mail]\nhost = \"mx.org\"\nfrom = \"a@b.org\"\noauth_client_id = \"c\"\n\
         oauth_client_secret_file = \"s\"\noauth_token_url = \"https://login.org/token\"";

    #[test]
    fn values_that_do_not_go_together_are_named() {
        for (text, field) in [
            ("public_url = \"wardbook.example.org\"", "public_url"),
            ("public_url = \"https://a.org/path\"", "public_url"),
            ("trusted_proxies = [\"10.0.0.0/33\"]", "trusted_proxies"),
            ("[tls]\ncert = \"a.pem\"", "[tls] key"),
            ("[tls]\nkey = \"a.pem\"", "[tls] cert"),
            ("[trust]\nid = \"zz\"", "[trust] id"),
            ("[trust]\nmore = [\"zz\"]", "[trust] more"),
            ("[trust]\nid = \"000102030405060708090a0b0c0d0e0f\"\nmore = [\"000102030405060708090A0B0C0D0E0F\"]", "[trust] more"),
            ("[database]\nurl = \"mysql://x\"", "[database] url"),
            ("[database]\nurl = \"sqlite://relative\"", "[database] url"),
            ("[keys]\nurl = \"postgres://h/d?password=x\"", "[keys] url"),
            ("[keys]\npassword_file = \"x\"", "[keys] password_file"),
            ("[database]\nurl = \"postgres://a/b\"\n[keys]\nurl = \"postgres://a/b\"", "[keys] url"),
            ("[mail]\nport = 25", "[mail] host"),
            ("[mail]\nhost = \"mx.org\"\nfrom = \"a@b.org\"\ntls = \"none\"", "[mail] tls"),
            ("[mail]\nhost = \"mx.org\"\nfrom = \"a@b.org\"\nuser = \"u\"", "[mail] password_file"),
            ("[mail]\nhost = \"localhost\"\nfrom = \"a@b.org\"\ntls = \"none\"\nuser = \"u\"\npassword_file = \"p\"", "[mail] tls"),
            ("[mail]\nallow_plain = true", "[mail] host"),
            (
                "[mail]\nhost = \"mx.org\"\nfrom = \"a@b.org\"\nuser = \"u\"\noauth_client_id = \"c\"\noauth_client_secret_file = \"s\"",
                "[mail] oauth_token_url",
            ),
            (OAUTH_WITHOUT_TLS, "[mail] oauth_token_url"),
            (OAUTH_WITHOUT_USER, "[mail] user"),
            ("[sign_in]\nidle_minutes = 1", "[sign_in] idle_minutes"),
            ("[telemetry]\notlp_endpoint = \"http://u:p@h:1\"", "[telemetry] otlp_endpoint"),
        ] {
            assert_eq!(problems(text), [field], "{text}");
        }
        let good = "public_url = \"https://a.org\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n[mail]\nhost = \"localhost\"\nfrom = \"a@b\"\ntls = \"none\"";
        assert!(problems(good).is_empty());
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let all: SocketAddr = "0.0.0.0:80".parse().unwrap();
        let settings = |text: &str| Settings::parse(text, std::iter::empty()).unwrap().settings;
        assert!(settings("").check_listen("127.0.0.1:80".parse().unwrap()).is_ok());
        assert!(settings("").check_listen("[::1]:80".parse().unwrap()).is_ok());
        assert!(settings("").check_listen(all).is_err());
        assert!(settings("public_url = \"https://a.org\"").check_listen(all).is_err(), "a name alone encrypts nothing");
        assert!(settings("trusted_proxies = [\"10.0.0.1\"]").check_listen(all).is_err());
        assert!(settings("public_url = \"http://a.org\"\ntrusted_proxies = [\"10.0.0.1\"]").check_listen(all).is_err());
        assert!(settings("public_url = \"https://a.org\"\ntrusted_proxies = [\"10.0.0.1\"]").check_listen(all).is_ok());
        assert!(settings("[tls]\ncert = \"c\"\nkey = \"k\"").check_listen(all).is_ok());
    }
}
