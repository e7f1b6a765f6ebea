//! Tokens of OAuth 2.0 client credentials: fetched over https, bounded in size and time, kept until shortly before they end.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{OAuth, OptionsError};

/// How long fetching a token may take.
const FETCH_WITHIN: Duration = Duration::from_secs(20);
/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A token is no longer used this long before it ends.
const MARGIN: Duration = Duration::from_mins(1);
/// However long it is said to last.
const KEPT_MAX: Duration = Duration::from_hours(1);

/// Why there is no token; what the endpoint says in words goes nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The endpoint cannot be reached over trusted TLS in time.
    #[error("the token endpoint does not answer")]
    Unreachable,
    /// It says no.
    #[error("the token endpoint answers {0}")]
    Refused(StatusCode),
    /// What it says is no token.
    #[error("the answer of the token endpoint is no token")]
    Answer,
}

/// Fetches and keeps the token of one client.
pub(crate) struct Tokens {
    client: OAuth,
    url: Url,
    tls: TlsConnector,
    kept: Mutex<Option<(SecretString, Instant)>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<u64>,
}

/// Adds the certificates of a PEM file, at least one.
pub(crate) fn add_trusted(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), OptionsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let (added, _) = roots.add_parsable_certificates(certificates.map_err(|_| OptionsError::Ca)?);
    if added == 0 { Err(OptionsError::Ca) } else { Ok(()) }
}

impl Tokens {
    pub(crate) fn new(client: OAuth, ca: Option<&[u8]>) -> Result<Self, OptionsError> {
        let url = Url::parse(&client.token_url).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some());
        let url = url.ok_or(OptionsError::TokenUrl)?;
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(pem) = ca {
            add_trusted(&mut roots, pem)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|_| OptionsError::Tls)?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { client, url, tls: TlsConnector::from(Arc::new(config)), kept: Mutex::new(None) })
    }

    /// The token, fetched where none is kept. Whoever asks meanwhile waits for the same one.
    pub(crate) async fn token(&self) -> Result<SecretString, TokenError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = &*kept
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let answer = tokio::time::timeout(FETCH_WITHIN, self.fetch()).await.map_err(|_| TokenError::Unreachable)??;
        let lasts = Duration::from_secs(answer.expires_in.unwrap_or(0)).min(KEPT_MAX).saturating_sub(MARGIN);
        *kept = Some((answer.access_token.clone(), Instant::now() + lasts));
        Ok(answer.access_token)
    }

    /// Forgets the token that is kept.
    pub(crate) async fn forget(&self) {
        self.kept.lock().await.take();
    }

    async fn fetch(&self) -> Result<Answer, TokenError> {
        let unreachable = |_| TokenError::Unreachable;
        let (host, port) = (self.url.host_str().unwrap_or_default().to_owned(), self.url.port().unwrap_or(443));
        // An address of version 6 stands in brackets in a URL, and without them elsewhere.
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tcp = TcpStream::connect((name.as_str(), port)).await.map_err(unreachable)?;
        let name = ServerName::try_from(name).map_err(|_| TokenError::Unreachable)?;
        let tls = self.tls.connect(name, tcp).await.map_err(unreachable)?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.map_err(|_| TokenError::Unreachable)?;
        let driver = tokio::spawn(connection);
        let answered = self.ask(&mut sender, &host, port).await;
        driver.abort();
        answered
    }

    async fn ask(
        &self,
        sender: &mut hyper::client::conn::http1::SendRequest<Full<Bytes>>,
        host: &str,
        port: u16,
    ) -> Result<Answer, TokenError> {
        let host = if port == 443 { host.to_owned() } else { format!("{host}:{port}") };
        let path = self.url.query().map_or_else(|| self.url.path().to_owned(), |query| format!("{}?{query}", self.url.path()));
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, host)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(self.form()))
            .map_err(|_| TokenError::Unreachable)?;
        let response = sender.send_request(request).await.map_err(|_| TokenError::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(TokenError::Refused(response.status()));
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(|_| TokenError::Answer)?;
        serde_json::from_slice(&body.to_bytes()).map_err(|_| TokenError::Answer)
    }

    fn form(&self) -> String {
        let client = &self.client;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &client.client_id)
            .append_pair("client_secret", client.client_secret.expose_secret());
        if let Some(scope) = &client.scope {
            form.append_pair("scope", scope);
        }
        form.finish()
    }
}
