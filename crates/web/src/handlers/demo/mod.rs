//! What only a demonstration has, and only on the machine that gives it: be anybody, watch anybody, move the clock, take the tour.
//!
//! * `window.rs`: somebody's queue, to watch; `tour.rs`: stops and the flipped byte; `looks.rs`: one's own look, and what an administrator
//!   tries in vain; here: people, signing in, the clock, the gate.
//!
//! Whoever reaches these pages may be everybody, so [`gate`] lets in visitors from this very machine only, who asked for it by its own
//! name; to all others they do not exist. To add a page: its handler here and a line in [`router`], behind the gate.

mod looks;
mod tour;
mod window;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::handler::Handler as _;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use wardbook_domain::clock::next_school_week;

use super::answer::{Answer, Stop, page, refusal, see_other};
use super::nothing_there;
use super::visitor::{Here, Posted, Stranger, Visitor, own_path};
use crate::Web;
use crate::demo::{Demo, Person};
use crate::pages::Chrome;
use crate::pages::demo::{Group, People, PersonRow};
use crate::pages::message::Message;

const HOUR_SECONDS: i64 = 3600;

/// The pages of a demonstration; no route at all where none is given.
pub(crate) fn router(web: &Web) -> Router<Web> {
    if web.options.demo.is_none() {
        return Router::new();
    }
    Router::new()
        .route("/demo", get(people))
        .route("/demo/sign-in", post(sign_in))
        .route("/demo/jump", post(jump))
        .route("/demo/window/{person}", get(window::show))
        .route("/demo/window/{person}/rows", get(window::rows))
        .route("/demo/side-by-side/{left}/{right}", get(window::side_by_side))
        .route("/demo/tour", get(tour::list))
        .route("/demo/tour/{stop}", get(tour::show))
        .route("/demo/own-look", get(looks::own))
        .route("/demo/administrator", get(looks::administrator))
        .route("/demo/flip", get(tour::show_flip).post(tour::flip))
        .method_not_allowed_fallback(nothing_there)
        .layer(middleware::from_fn_with_state(web.clone(), gate))
}

/// Lets in those who sit at this machine.
async fn gate(State(web): State<Web>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if peer.is_some_and(|peer| peer.is_loopback()) && asks_for_this_machine(request.headers(), request.uri()) {
        return next.run(request).await;
    }
    nothing_there.call(request, web).await
}

/// Whether the host that was asked for is this machine by one of its own names. A page of another site that made its own name point
/// here is told by that.
fn asks_for_this_machine(headers: &HeaderMap, uri: &Uri) -> bool {
    let named = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let Some(named) = named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)) else { return false };
    let Ok(authority) = named.parse::<axum::http::uri::Authority>() else { return false };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// What is demonstrated.
fn demo(web: &Web) -> Arc<Demo> {
    web.options.demo.clone().expect("these routes are there in a demonstration only")
}

/// A visitor, signed in or not.
pub(crate) enum Anyone {
    /// Somebody signed in.
    Here(Box<Here>),
    /// Anybody else.
    Stranger(Box<Stranger>),
}

impl Anyone {
    /// Gives a browser its random cookie where its forms need one.
    fn remember(&self, response: Response) -> Response {
        if let Self::Stranger(stranger) = self { stranger.remember(response) } else { response }
    }

    /// The answer for what is not there.
    fn nothing(&self) -> Stop {
        self.remember(page(StatusCode::NOT_FOUND, &Message::cannot_show(self.chrome()))).into()
    }

    /// Refuses with a page.
    fn refuse(&self, error: wardbook_app::AppError) -> Stop {
        refusal(self.chrome(), error, "/demo")
    }
}

impl Visitor for Anyone {
    fn form_token(&self) -> String {
        match self {
            Self::Here(here) => here.form_token(),
            Self::Stranger(stranger) => stranger.form_token(),
        }
    }

    fn chrome(&self) -> Chrome {
        match self {
            Self::Here(here) => here.chrome(),
            Self::Stranger(stranger) => stranger.chrome(),
        }
    }
}

impl FromRequestParts<Web> for Anyone {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Stop> {
        match <Here as OptionalFromRequestParts<Web>>::from_request_parts(parts, web).await? {
            Some(here) => Ok(Self::Here(Box::new(here))),
            None => Ok(Self::Stranger(Box::new(Stranger::from_request_parts(parts, web).await?))),
        }
    }
}

fn person_row(number: usize, person: &Person) -> PersonRow {
    PersonRow { number, name: person.name.clone(), post: person.post.clone(), look: person.look.clone() }
}

/// A person by the number in a path or a form.
fn person_at(demo: &Demo, number: &str) -> Option<PersonRow> {
    let number: usize = number.parse().ok()?;
    demo.people().get(number).map(|person| person_row(number, person))
}

/// `GET /demo`.
async fn people(State(web): State<Web>, anyone: Anyone) -> Response {
    let mut groups: Vec<Group> = vec![];
    for (number, person) in demo(&web).people().iter().enumerate() {
        let row = person_row(number, person);
        match groups.iter_mut().find(|group| group.heading == person.group) {
            Some(group) => group.people.push(row),
            None => groups.push(Group { heading: person.group.clone(), people: vec![row] }),
        }
    }
    anyone.remember(page(StatusCode::OK, &People { chrome: anyone.chrome(), groups }))
}

/// `POST /demo/sign-in`: one click, with the password that everybody here has and no second factor.
async fn sign_in(stranger: Stranger, Posted(anyone, fields): Posted<Anyone>) -> Answer {
    let web = &stranger.web;
    let demo = demo(web);
    let number: Option<usize> = fields.one("person").parse().ok();
    let person = number.and_then(|number| demo.people().get(number)).ok_or_else(|| anyone.nothing())?;
    let session = web.sign_in_for_demonstration(&person.email, demo.password()).await.map_err(|error| anyone.refuse(error))?;
    let session = session.ok_or_else(|| anyone.nothing())?;
    if let Some(old) = &stranger.session {
        web.sign_out(old).await.map_err(|error| anyone.refuse(error))?;
    }
    Ok(stranger.signed_in(see_other(own_path(fields.get("to").unwrap_or_default())), &session, &person.email))
}

/// `POST /demo/jump`: moves the clock of the book and goes back to the page.
async fn jump(State(web): State<Web>, Posted(anyone, fields): Posted<Anyone>) -> Answer {
    let now = web.clock().now();
    let to = match fields.get("by") {
        Some("hour") => Some(now.plus_seconds(HOUR_SECONDS)),
        Some("monday") => next_school_week(now),
        _ => None,
    };
    demo(&web).stage().jump_to(to.ok_or_else(|| anyone.nothing())?);
    Ok(see_other(own_path(fields.get("back").unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_asked_for_by_its_own_names_only() {
        let asks = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            asks_for_this_machine(&headers, &Uri::from_static("/demo"))
        };
        for host in ["localhost", "LocalHost:8080", "127.0.0.1:8080", "127.8.0.1", "[::1]:8080", "[::1]"] {
            assert!(asks(host), "{host}");
        }
        for host in [
            "",
            "wardbook.test",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "10.0.0.1",
            "[::2]",
            "0.0.0.0",
            "localhost@evil.example",
        ] {
            assert!(!asks(host), "{host}");
        }
        assert!(!asks_for_this_machine(&HeaderMap::new(), &Uri::from_static("/demo")));
        assert!(asks_for_this_machine(&HeaderMap::new(), &Uri::from_static("http://127.0.0.1:8080/demo")));
    }
}
