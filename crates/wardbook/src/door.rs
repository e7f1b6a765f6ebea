//! The one way in for every command: through the running server's local socket, or, where none runs, through the same routes in
//! this process under the folder's lock.
//!
//! To add a command: a route in `wardbook-web`'s `local.rs`, and a file in `commands/` that calls it through a [`Door`].

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::UnixStream;
use tower::ServiceExt as _;
use wardbook_app::{App, Clock};
use wardbook_vault::ServiceIdentity;
use wardbook_web::WebOptions;
use wardbook_web::trusts::TRUST_HEADER;

use crate::demo;
use crate::failure::{Failure, Problem};
use crate::opening::open_trusts;
use crate::place::{Lock, Place};
use crate::secrets::{self, Ask};
use crate::settings::Settings;

/// How long a command waits for another one to end, or for a server to come up.
const WAIT: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The largest answer: a page of a thousand rows is far below.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A line of progress is a few hundred bytes.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// A way to the use cases of a folder's trusts.
#[derive(Debug)]
pub(crate) enum Door {
    /// The server that runs in this folder.
    Running(Place),
    /// This process.
    Inside(Box<Inside>),
}

/// The trusts of a folder opened in this process.
#[derive(Debug)]
pub(crate) struct Inside {
    apps: Vec<App>,
    named: Option<String>,
    router: Router,
    runners: Vec<tokio::task::JoinHandle<()>>,
    _lock: Lock,
}

impl Door {
    /// Opens the running server's door, or the trust itself.
    pub(crate) async fn open(place: &Place, settings: &Settings) -> Result<Self, Failure> {
        let until = tokio::time::Instant::now() + WAIT;
        loop {
            if answers(&place.socket()).await {
                return Ok(Self::Running(place.clone()));
            }
            if let Some(lock) = Lock::take(place, settings)? {
                let (apps, _) = open_apps(place, settings, Ask::IfAttended, demo::book_clock(place)).await?;
                return Ok(Self::inside(apps, place.named(), lock));
            }
            if tokio::time::Instant::now() > until {
                return Err(Failure::failed("another command is at work on this trust; please try again when it is done"));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// A door to the trusts of a host that this process has opened; at least one.
    pub(crate) fn inside(apps: Vec<App>, named: Option<&str>, lock: Lock) -> Self {
        let runners = apps.iter().map(App::start).collect();
        let router = wardbook_web::local_router(apps[0].clone(), WebOptions::default());
        Self::Inside(Box::new(Inside { apps, named: named.map(str::to_owned), router, runners, _lock: lock }))
    }

    /// The trust that is meant, where one was named.
    fn named(&self) -> Option<&str> {
        match self {
            Self::Running(place) => place.named(),
            Self::Inside(inside) => inside.named.as_deref(),
        }
    }

    /// Closes it: what this process has taken in is finished first.
    pub(crate) async fn close(self) {
        if let Self::Inside(inside) = self {
            for app in &inside.apps {
                app.shutdown().await;
            }
            for runner in inside.runners {
                let _ = runner.await;
            }
        }
    }

    /// Sends a command and reads its JSON answer.
    pub(crate) async fn post<A: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<A, Failure> {
        read_json(self.send(request(Method::POST, path, None, body)?).await?).await
    }

    /// As [`Door::post`], as the holder of a token where one is given.
    pub(crate) async fn post_as<A: DeserializeOwned>(&self, path: &str, token: Option<&str>, body: &impl Serialize) -> Result<A, Failure> {
        read_json(self.send(request(Method::POST, path, token, body)?).await?).await
    }

    /// Sends a command, as the holder of a token, whose answer says nothing more than that it was done.
    pub(crate) async fn tell(&self, path: &str, token: &str, body: &impl Serialize) -> Result<(), Failure> {
        self.send(request(Method::POST, path, Some(token), body)?).await.map(|_| ())
    }

    /// Reads a text, or an answer that is to be printed as it is; as the holder of a token where one is given.
    pub(crate) async fn text(&self, path: &str, token: Option<&str>) -> Result<String, Failure> {
        let bytes = read_all(self.send(request(Method::GET, path, token, &())?).await?).await?;
        String::from_utf8(bytes).map_err(|_| strange_answer())
    }

    /// Sends a command whose answer is a line of JSON for each step. A `problem` among them is the failure.
    pub(crate) async fn lines(&self, path: &str, body: &impl Serialize, mut each: impl FnMut(Value)) -> Result<(), Failure> {
        let response = self.send(request(Method::POST, path, None, body)?).await?;
        let mut body = response.into_body();
        let mut held = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failure::caused("the answer broke off", &error))?;
            held.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data.as_ref()));
            while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = held.drain(..=end).collect();
                let mut value: Value = serde_json::from_slice(&line).map_err(|_| strange_answer())?;
                if let Some(problem) = value.get_mut("problem") {
                    let problem: Problem = serde_json::from_value(problem.take()).map_err(|_| strange_answer())?;
                    return Err(Failure::answered(problem));
                }
                each(value);
            }
            if held.len() > LINE_BYTES_MAX {
                return Err(strange_answer());
            }
        }
        Ok(())
    }

    /// Sends a request; an answer that is not a success is its problem.
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Failure> {
        if let Some(named) = self.named() {
            let named: String = url::form_urlencoded::byte_serialize(named.as_bytes()).collect();
            let named = HeaderValue::from_str(&named).expect("what is written as in a form is visible ASCII");
            request.headers_mut().insert(HeaderName::from_static(TRUST_HEADER), named);
        }
        let response = match self {
            Self::Running(place) => send_to(&place.socket(), request).await?,
            Self::Inside(inside) => {
                let Ok(response) = inside.router.clone().oneshot(request).await;
                response
            }
        };
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem = serde_json::from_slice(&read_all(response).await?).unwrap_or_else(|_| unsaid(status));
        Err(Failure::answered(problem))
    }
}

/// Opens the trusts of a folder with their books' clock; whether the passphrase came from the environment.
pub(crate) async fn open_apps(place: &Place, settings: &Settings, asking: Ask, clock: Clock) -> Result<(Vec<App>, bool), Failure> {
    let (identity, from_environment) = service_identity(place, settings, asking).await?;
    Ok((open_trusts(place, settings, identity, &clock).await?, from_environment))
}

/// The service identity of a folder; whether its passphrase came from the environment.
pub(crate) async fn service_identity(place: &Place, settings: &Settings, asking: Ask) -> Result<(ServiceIdentity, bool), Failure> {
    let (place, settings) = (place.clone(), settings.clone());
    let load = tokio::task::spawn_blocking(move || secrets::service_identity(&place, &settings, asking));
    load.await.map_err(|error| Failure::caused("the service identity", &error))?
}

/// Whether a server listens behind this socket; a file that a dead one left does not answer.
pub(crate) async fn answers(socket: &Path) -> bool {
    UnixStream::connect(socket).await.is_ok()
}

async fn send_to(socket: &Path, request: Request<Body>) -> Result<Response<Body>, Failure> {
    let broken = |error: &dyn std::error::Error| Failure::caused("the running server does not answer", error);
    let stream = UnixStream::connect(socket).await.map_err(|error| broken(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    // Ends by itself when the answer has been read and the sender is gone.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
    Ok(response.map(Body::new))
}

fn request(method: Method, path: &str, token: Option<&str>, body: &impl Serialize) -> Result<Request<Body>, Failure> {
    let body = if method == Method::GET { Body::empty() } else { Body::from(serde_json::to_vec(body).expect("a command is plain data")) };
    let mut builder = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    builder = builder.header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    builder.body(body).map_err(|_| Failure::field("token", "has a character that no token has"))
}

async fn read_all(response: Response<Body>) -> Result<Vec<u8>, Failure> {
    let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await;
    Ok(bytes.map_err(|error| Failure::caused("the answer broke off", &error))?.to_vec())
}

async fn read_json<A: DeserializeOwned>(response: Response<Body>) -> Result<A, Failure> {
    serde_json::from_slice(&read_all(response).await?).map_err(|_| strange_answer())
}

fn strange_answer() -> Failure {
    Failure::failed("the running server answers in another way than this command knows; are both of one release?")
}

fn unsaid(status: StatusCode) -> Problem {
    let title = status.canonical_reason().unwrap_or("refused").to_owned();
    Problem { r#type: "about:blank".into(), title, status: status.as_u16(), detail: None, errors: vec![] }
}
