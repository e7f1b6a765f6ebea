//! Pages and the JSON API over the use cases: parse, authenticate, hand on, answer.
//!
//! * [`router`]: pages, `/api/v1`, assets, health. [`local_router`]: the same API and the commands of the command line, only ever
//!   served on the local socket or called in process. Both serve every trust of the host: see [`trusts`].
//! * `api/`: one file an endpoint with its documentation; `problem.rs`: every refusal; `auth.rs`: who is asking.
//! * [`demo`]: what a demonstration shows beside.
//! * [`pages`]: template structs; `handlers/`: what fills them.
//!
//! To add an endpoint: a file in `api/`, its path in `openapi.rs`, its row in `docs/contracts.md` (which a test compares).
#![forbid(unsafe_code)]

mod api;
pub mod assets;
mod auth;
pub mod demo;
mod handlers;
mod headers;
mod local;
mod openapi;
pub mod pages;
mod problem;
mod transfers;
pub mod trusts;
mod upload;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware, routing::get};
use wardbook_app::App;

pub use openapi::document as openapi_document;

/// The largest body of the API and of the pages.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The largest body on the local socket: a batch of rows.
const LOCAL_BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How the pages are reached.
#[derive(Debug, Clone, Default)]
pub struct WebOptions {
    /// The address that people use, for example `https://wardbook.example.org`.
    pub public_url: Option<String>,
    /// Cookies only over HTTPS.
    pub secure_cookies: bool,
    /// Proxies whose `Forwarded` headers count.
    pub trusted_proxies: Vec<String>,
    /// The demonstration that is given: every page says so.
    pub demo: Option<Arc<demo::Demo>>,
}

/// What every handler has.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) app: App,
    pub(crate) options: Arc<WebOptions>,
    /// Attempts to sign in, counted in memory.
    pub(crate) limits: Arc<handlers::limits::Limits>,
    /// Files on their way in and out.
    pub(crate) transfers: Arc<transfers::Transfers>,
    /// The blank form as last rendered.
    pub(crate) papers: Arc<handlers::paper::Papers>,
}

impl Web {
    fn new(app: App, options: WebOptions) -> Self {
        let limits = Arc::new(handlers::limits::Limits::new(app.machine().clone()));
        let transfers = Arc::new(transfers::Transfers::new());
        Self { app, options: Arc::new(options), limits, transfers, papers: Arc::default() }
    }

    /// The same for another trust of the host. Attempts and files are counted together.
    fn of(&self, trust: App) -> Self {
        Self { app: trust, papers: Arc::default(), ..self.clone() }
    }
}

impl std::ops::Deref for Web {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

/// Pages, API, assets and health of every trust of the host, of which any may be given.
pub fn router(app: App, options: WebOptions) -> Router {
    router_around(app, options, |routes| routes)
}

/// The same with something laid around the routes of each trust.
pub fn router_around(app: App, options: WebOptions, around: impl Fn(Router) -> Router) -> Router {
    trusts::outside(doors(app, options, |web| around(routes(web))))
}

/// The API and the commands of the command line. Whoever reaches it may run set-up commands: it is served on a 0600 socket only.
pub fn local_router(app: App, options: WebOptions) -> Router {
    local_router_around(app, options, |routes| routes)
}

/// The same with something laid around the routes of each trust.
pub fn local_router_around(app: App, options: WebOptions, around: impl Fn(Router) -> Router) -> Router {
    trusts::inside(doors(app, options, |web| around(local_routes(web))))
}

fn doors(app: App, options: WebOptions, routes: impl Fn(Web) -> Router) -> Vec<trusts::Door> {
    let all = app.trusts();
    let web = Web::new(app, options);
    all.into_iter().map(|trust| web.of(trust)).map(|web| trusts::Door { routes: routes(web.clone()), web }).collect()
}

fn routes(web: Web) -> Router {
    Router::new()
        .merge(handlers::router())
        .merge(handlers::demo::router(&web))
        .merge(api::router())
        .route("/assets/{name}", get(assets::serve))
        .merge(health())
        .fallback(handlers::nothing_there)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(headers::secure))
        .with_state(web)
}

fn local_routes(web: Web) -> Router {
    Router::new()
        .merge(api::router())
        .merge(local::router())
        .merge(health())
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::max(LOCAL_BODY_BYTES_MAX))
        .with_state(web)
}

fn health() -> Router<Web> {
    Router::new().route("/health/live", get(|| async { "live\n" })).route("/health/ready", get(ready))
}

async fn ready(axum::extract::State(web): axum::extract::State<Web>) -> (StatusCode, &'static str) {
    let mut all_ready = true;
    for trust in web.trusts() {
        all_ready &= trust.is_ready().await;
    }
    if all_ready { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") }
}
