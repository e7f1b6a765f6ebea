//! People who ask every route: an API token and a session each, and requests as their programs and browsers make them.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use tower::ServiceExt as _;
use wardbook_app::accounts::NewUser;
use wardbook_domain::{Duty, Scope};

use crate::{
    Answer, Trust,
    registry::{Door, Ids, OLD, Route},
};

/// Everybody's password.
pub const PASSWORD: &str = "Three random words 1";

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their e-mail.
    pub email: String,
    /// Their API token.
    pub token: String,
    /// Their session.
    pub session: String,
}

/// Who somebody is to be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// E-mail.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Duty.
    pub duty: Duty,
    /// The school of duties that are held at one.
    pub school: &'a str,
}

impl Trust {
    /// Gives somebody an account with a duty, a token and a session. A duty that is held on a case alone gives them the account alone.
    pub async fn person(&self, wanted: Wanted<'_>) -> Person {
        let duty = if wanted.duty.scope() == Scope::Case { Duty::Reporter } else { wanted.duty };
        let school = (duty.scope() != Scope::Trust).then(|| wanted.school.to_owned());
        let user = NewUser { email: wanted.email.to_owned(), name: wanted.name.to_owned(), duty, school };
        let code = self.app.add_user(&user).await.expect("a user can be added");
        let token = self.app.create_token(wanted.email).await.expect("a token can be made").secret;
        self.app.enrol(&code.secret, PASSWORD).await.expect("a fresh code is good for a password");
        Person { email: wanted.email.to_owned(), token, session: self.session(wanted.email).await }
    }

    /// A new session of somebody, as after the second factor was asked.
    pub async fn session(&self, email: &str) -> String {
        let session = self.app.sign_in_for_demonstration(email, PASSWORD).await.expect("signing in is answered");
        session.expect("there is such an account")
    }

    /// Asks a route as this person, or as nobody; commands carry the mark of an older state.
    pub async fn ask(&self, route: &Route, ids: &Ids, person: Option<&Person>) -> Answer {
        // Files on their way are bounded: who is told to come again does so, as often as there are others before them.
        for _ in 0..10_000 {
            let answer = self.ask_once(route, ids, person).await;
            if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                return answer;
            }
            tokio::task::yield_now().await;
        }
        panic!("{route} stays busy");
    }

    async fn ask_once(&self, route: &Route, ids: &Ids, person: Option<&Person>) -> Answer {
        let path = route.at(ids);
        match route.door() {
            Door::Page => self.page(route, &path, person.map(|person| person.session.as_str())).await,
            door => {
                let mut headers = vec![];
                if route.method != "GET" {
                    headers.push(("if-match", OLD));
                }
                let router = if door == Door::Local { &self.local } else { &self.router };
                self.send(router, route.method, &path, person.map(|person| person.token.as_str()), route.body().as_ref(), &headers).await
            }
        }
    }

    /// Opens a page, or sends its form. Whoever is asked first whether their screen is private, and why they look, answers and asks again.
    async fn page(&self, route: &Route, path: &str, session: Option<&str>) -> Answer {
        let answer = self.page_once(route.method, path, session, &route.form()).await;
        let question = answer.header("location").strip_prefix("/look?").unwrap_or_default();
        let next = form_urlencoded::parse(question.as_bytes()).find(|(name, _)| name == "next");
        let Some((_, next)) = next.filter(|_| route.path != "/look") else { return answer };
        let looked = self.page_once("POST", "/look", session, &[("next", &next), ("private", "yes"), ("purpose", "case_work")]).await;
        if looked.status != StatusCode::SEE_OTHER {
            return answer;
        }
        self.page_once(route.method, path, session, &route.form()).await
    }

    /// The same with these fields, and the hidden ones of a page of ours.
    async fn page_once(&self, method: &str, path: &str, session: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "wardbook.test").header("accept", "text/html");
        if let Some(session) = session {
            request = request.header("cookie", format!("wardbook={session}"));
        }
        let mut body = String::new();
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            let csrf = self.app.form_token(session.unwrap_or_default());
            let hidden = [("csrf", csrf.as_str()), ("command", "00112233445566778899aabbccddeeff"), ("seen", OLD)];
            let fields = hidden.into_iter().chain(fields.iter().copied());
            body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        }
        let request = request.body(Body::from(body)).expect("a request of the test is well formed");
        crate::answer(self.router.clone().oneshot(request).await.expect("the router always answers")).await
    }
}

/// Whether an answer says that there is nothing for this person: no such thing, not signed in, or a form that is none of theirs.
pub fn says_no(answer: &Answer) -> bool {
    let to_sign_in = answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/sign-in");
    to_sign_in || [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED].contains(&answer.status)
}
