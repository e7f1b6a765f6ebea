//! Who asks for a page: cookies, sessions, and the proof that a form was made here for this very browser.
//!
//! * [`Here`]: somebody signed in; without a session the answer is the sign-in page, which leads back. Who must first choose a new
//!   password or set up a second factor is led there, and reaches nothing else.
//! * [`Unfinished`]: the same for the pages where that is done.
//! * [`Stranger`]: anybody. Their forms are bound to a random cookie of their own, which is no session and never becomes one.
//! * [`Posted`]: a form of either, after its origin and its token were checked; nothing of a form is read before that.
//!
//! To add a page for people: take [`Here`], or [`Posted<Here>`](Posted) for what it sends.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use subtle::ConstantTimeEq as _;
use wardbook_app::accounts::{Must, Notice, Standing};
use wardbook_app::{AppError, Caller};
use wardbook_domain::Duty;
use wardbook_domain::directory::CodeFor;

use super::answer::{Stop, page, refusal, see_other};
use super::everywhere::{Other, others};
use super::fields::Fields;
use crate::pages::message::Message;
use crate::pages::{AccountFlags, Blank, Chrome, DemoStrip, NavFlags};
use crate::{Web, WebOptions};

const SESSION: &str = "wardbook";
const VISITOR: &str = "wardbook-visitor";
/// How long a browser is remembered as one that has signed in to an account; the longest that browsers keep a cookie.
const VISITOR_SECONDS: u32 = 400 * 86_400;
/// Hexadecimal digits of a session's token, of a visitor's random value and of its proof.
const DIGITS: usize = 64;

/// Somebody signed in.
pub(crate) struct Here {
    pub(crate) web: Web,
    pub(crate) caller: Caller,
    /// How they signed in, and what they must do first.
    pub(crate) standing: Standing,
    /// What others' access and their own account ask of them.
    flags: AccountFlags,
    session: String,
    /// Whether breach clocks are on their board.
    board: bool,
    /// Whether a case names them.
    named: bool,
    /// Monitoring alerts that wait for them.
    alerts: Option<usize>,
    /// Openings by break-glass that wait for their review.
    to_review: usize,
    /// The other trusts in which they work.
    pub(super) others: Vec<Other>,
    /// Where the buttons of a demonstration's strip lead back to.
    back: String,
}

/// Somebody signed in, who may have to choose a password or set up a second factor before anything else.
pub(crate) struct Unfinished(pub(crate) Here);

/// Anybody, signed in or not, on a page that needs no session.
pub(crate) struct Stranger {
    pub(crate) web: Web,
    /// Random, this browser's own.
    pub(crate) visitor: String,
    /// Proof that somebody signed in to an account from this browser.
    proof: Option<String>,
    is_new: bool,
    /// The session that the browser has, looked up only where a page asks for it.
    pub(crate) session: Option<String>,
    /// Where the buttons of a demonstration's strip lead back to.
    back: String,
}

/// A form whose origin and token hold.
pub(crate) struct Posted<W>(pub(crate) W, pub(crate) Fields);

/// The query of a page; unknown names are left alone.
pub(crate) struct Asked(pub(crate) Fields);

/// Someone whose forms carry a token.
pub(crate) trait Visitor: FromRequestParts<Web, Rejection = Stop> + Send + Sync {
    /// What the hidden field `csrf` must say.
    fn form_token(&self) -> String;
    /// What stands around their pages.
    fn chrome(&self) -> Chrome;
}

impl Here {
    /// Refuses with a page; `href` leads to the record as it stands now.
    pub(crate) fn refuse_at(&self, error: AppError, href: &str) -> Stop {
        if let AppError::LookFirst(_) = error {
            return see_other(&format!("/look?next={}", encoded(&self.back))).into();
        }
        refusal(self.bare_chrome(), error, href)
    }

    /// Refuses with a page.
    pub(crate) fn refuse(&self, error: AppError) -> Stop {
        self.refuse_at(error, "/")
    }

    /// Whether a request comes from a page of ours; what a form says is checked apart, by [`Here::check_token`].
    pub(crate) fn check_origin(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Stop> {
        if is_from_here(headers, uri, &self.web.options) { Ok(()) } else { Err(self.expired()) }
    }

    /// Whether a form carries this session's token.
    pub(crate) fn check_token(&self, sent: &str) -> Result<(), Stop> {
        if same(sent, &self.form_token()) { Ok(()) } else { Err(self.expired()) }
    }

    /// The page for a form that is none of ours.
    pub(crate) fn expired(&self) -> Stop {
        page(StatusCode::FORBIDDEN, &Message::form_expired(self.bare_chrome())).into()
    }

    /// What stands around a page that shows nothing: it need not cover itself, and says nothing of the path that was asked for.
    pub(crate) fn bare_chrome(&self) -> Chrome {
        Chrome { blank: None, ..self.chrome() }
    }

    /// The session's token, to end it.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Somebody signed in, or nobody; for pages that are for both.
    async fn find(parts: &Parts, web: &Web) -> Result<Option<Self>, AppError> {
        let Some(session) = session_of(&parts.headers, &web.options) else {
            return Ok(None);
        };
        let Some(mut standing) = web.standing(&session).await? else { return Ok(None) };
        let Some(others) = others(web, &session, &mut standing).await? else { return Ok(None) };
        let caller = standing.caller.clone();
        let board = standing.must.is_none() && web.has_board(&caller).await?;
        let named = standing.must.is_none() && standing.named;
        let alerts = if standing.must.is_none() { web.alerts_waiting(&caller).await?.map(|waiting| waiting.count) } else { None };
        let to_review = if standing.must.is_none() { web.glasses_to_review(&caller).await? } else { 0 };
        let flags = account_flags(web, &standing).await?;
        Ok(Some(Self {
            web: web.clone(),
            caller,
            standing,
            flags,
            session,
            board,
            named,
            alerts,
            to_review,
            others,
            back: back_to(&parts.uri),
        }))
    }

    /// Goes on only where a code of the second factor was given within the last minutes; else asks for one, and then leads to `next`.
    pub(crate) fn prove(&self, next: &str) -> Result<(), Stop> {
        if self.standing.stepped_up() {
            return Ok(());
        }
        let page = if self.standing.has_factor { "confirm" } else { "factor" };
        Err(see_other(&format!("/account/{page}?next={}", encoded(next))).into())
    }
}

/// Whether a code would be right is none of the page's business before it is asked: only numbers and words here.
async fn account_flags(web: &Web, standing: &Standing) -> Result<AccountFlags, AppError> {
    if standing.must.is_some() {
        return Ok(AccountFlags::default());
    }
    let caller = &standing.caller;
    let waiting = if caller.may_agree() { Some(web.waiting(caller).await?.len()) } else { None };
    let mut notices = vec![];
    for notice in &standing.notices {
        notices.push(notice_in_words(web, notice).await?);
    }
    Ok(AccountFlags {
        people: caller.has(Duty::Administrator),
        waiting,
        changes: caller.has(Duty::TrustLead).then_some(standing.changes_unseen),
        notices,
    })
}

async fn notice_in_words(web: &Web, notice: &Notice) -> Result<String, AppError> {
    let directory = web.directory().await?;
    let name = |person| directory.people.get(&person).map_or_else(|| "somebody".to_owned(), |known| known.name.clone());
    let what = match notice.code_for {
        _ if notice.joined => "Your sign-in was joined to this trust",
        CodeFor::Enrolment => "A first password was chosen for your account",
        CodeFor::Recovery => "Your account was recovered, with a new password,",
    };
    let by = match (notice.asked_by, notice.released_by) {
        (Some(asked), Some(released)) => format!("a one-time code that {} asked for and {} released", name(asked), name(released)),
        _ => "a one-time code made when Wardbook was set up".to_owned(),
    };
    Ok(format!("{what} on {} with {by}. If that was not you, tell your trust lead at once.", notice.at.in_london_short()))
}

impl Visitor for Here {
    fn form_token(&self) -> String {
        self.web.form_token(&self.session)
    }

    fn chrome(&self) -> Chrome {
        let free = self.standing.must.is_none();
        // The queue and the board are joined over trusts; all else is of the one in which they work now.
        let somewhere = free && self.others.iter().any(|other| receives(&other.caller));
        let receives = free && receives(&self.caller);
        let works = receives || self.named;
        Chrome {
            person_name: Some(self.caller.name.clone()),
            csrf: self.form_token(),
            can: NavFlags {
                today: free && wardbook_domain::today::is_for(&self.caller.duties),
                queue: works || somewhere,
                cases: works,
                breaches: self.board || self.others.iter().any(|other| other.board),
                search: works,
                overview: free && wardbook_domain::overview::seen_as(&self.caller.duties).is_some(),
                board: free && self.caller.duties.iter().any(|held| wardbook_domain::cube::may_read(held.duty)),
                assets: free && self.web.may_list_assets(&self.caller),
                reads: free,
                file: free,
                access: free && (receives || self.to_review > 0),
            },
            alerts: self.alerts,
            to_review: self.to_review,
            blank: Some(Blank {
                minutes: self.web.profile().reading.blank_after_minutes,
                next: (!self.back.starts_with("/file")).then(|| encoded(&self.back)),
            }),
            account: self.flags.clone(),
            trust_name: self.web.trust_name().to_owned(),
            change_trust: free && !self.others.is_empty(),
            ..around(&self.web, &self.back)
        }
    }
}

impl Visitor for Unfinished {
    fn form_token(&self) -> String {
        self.0.form_token()
    }

    fn chrome(&self) -> Chrome {
        self.0.chrome()
    }
}

impl Visitor for Stranger {
    fn form_token(&self) -> String {
        self.web.visitor_token(&self.visitor)
    }

    fn chrome(&self) -> Chrome {
        Chrome { csrf: self.form_token(), ..around(&self.web, &self.back) }
    }
}

impl Stranger {
    /// Whether somebody has signed in to this account from this browser before.
    pub(crate) fn is_known_to(&self, email: &str) -> bool {
        self.proof.as_ref().is_some_and(|proof| same(proof, &self.proof_for(email)))
    }

    /// A MAC under the forms' key; the slash keeps it apart from every form's token, as those are made of hexadecimal digits alone.
    fn proof_for(&self, email: &str) -> String {
        self.web.visitor_token(&format!("known/{}/{}", email.trim().to_lowercase(), self.visitor))
    }

    /// Gives a browser its random cookie where it has none yet.
    pub(crate) fn remember(&self, mut response: Response) -> Response {
        if self.is_new {
            set_cookie(&mut response, &self.web.options, VISITOR, &self.visitor, Some(VISITOR_SECONDS));
        }
        response
    }

    /// The same on pages whose only form is the strip of a demonstration.
    pub(crate) fn remember_for_the_strip(&self, response: Response) -> Response {
        if self.web.options.demo.is_some() { self.remember(response) } else { response }
    }

    /// Gives the browser what stands for a right password: good for the second step and nothing else.
    pub(crate) fn half_signed_in(&self, mut response: Response, half: &str) -> Response {
        set_cookie(&mut response, &self.web.options, SESSION, half, None);
        response
    }

    /// Signs the browser in: a new session, whatever it had before, and the proof that it was here.
    pub(crate) fn signed_in(&self, mut response: Response, session: &str, email: &str) -> Response {
        set_cookie(&mut response, &self.web.options, SESSION, session, None);
        self.known(response, email)
    }

    /// Gives the browser the proof that it is one of this account's.
    pub(crate) fn known(&self, mut response: Response, email: &str) -> Response {
        let value = format!("{}.{}", self.visitor, self.proof_for(email));
        set_cookie(&mut response, &self.web.options, VISITOR, &value, Some(VISITOR_SECONDS));
        response
    }
}

/// Takes the session from the browser.
pub(crate) fn forget_session(mut response: Response, options: &WebOptions) -> Response {
    set_cookie(&mut response, options, SESSION, "", Some(0));
    response
}

/// Whether a person's duties receive anything.
pub(super) fn receives(caller: &Caller) -> bool {
    caller.duties.iter().any(|held| held.duty.opens_records())
}

fn around(web: &Web, back: &str) -> Chrome {
    let now = web.clock().now();
    let strip = || DemoStrip { now: now.in_london_short(), at: now.to_string(), back: back.to_owned() };
    // Whoever is nobody yet is on the page of the host, which is no trust's where there are several.
    let trust_name = if web.is_alone() { web.trust_name().to_owned() } else { String::new() };
    Chrome { trust_name, demo: web.options.demo.is_some().then(strip), ..Chrome::default() }
}

/// The page on which a visitor is, as a path to come back to; what the last command did is not told twice.
fn back_to(uri: &Uri) -> String {
    let path = page_of(uri.path());
    match uri.query() {
        Some(query) if path == uri.path() && !query.contains("done=") => format!("{path}?{query}"),
        _ => path,
    }
}

impl FromRequestParts<Web> for Here {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Stop> {
        match Self::find(parts, web).await {
            Ok(Some(here)) => match here.standing.must {
                None => Ok(here),
                Some(must) => Err(see_other(&format!("{}?next={}", first(must), encoded(&page_of(parts.uri.path())))).into()),
            },
            Ok(None) => Err(see_other(&format!("/sign-in?next={}", encoded(&page_of(parts.uri.path())))).into()),
            Err(error) => Err(refusal(around(web, "/"), error, "/")),
        }
    }
}

impl OptionalFromRequestParts<Web> for Here {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, Stop> {
        // Who has something to do first is nobody yet on pages that are for both.
        let found = Self::find(parts, web).await.map_err(|error| refusal(around(web, "/"), error, "/"))?;
        Ok(found.filter(|here| here.standing.must.is_none()))
    }
}

impl FromRequestParts<Web> for Unfinished {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Stop> {
        match Here::find(parts, web).await {
            Ok(Some(here)) => Ok(Self(here)),
            Ok(None) => Err(see_other(&format!("/sign-in?next={}", encoded(&page_of(parts.uri.path())))).into()),
            Err(error) => Err(refusal(around(web, "/"), error, "/")),
        }
    }
}

/// The page on which it is done.
fn first(must: Must) -> &'static str {
    match must {
        Must::ChangePassword => "/account/password",
        Must::SetFactor => "/account/factor",
    }
}

impl FromRequestParts<Web> for Stranger {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Stop> {
        let session = session_of(&parts.headers, &web.options);
        let sent = cookie(&parts.headers, &web.options, VISITOR).unwrap_or_default();
        let (visitor, proof) = sent.split_once('.').map_or((sent.as_str(), None), |(visitor, proof)| (visitor, Some(proof.to_owned())));
        // Only the shape that we give out: a chosen value would make the form's token an oracle for other values under its key.
        let is_new = !is_hex(visitor);
        let visitor = if is_new { hex::encode(web.entropy().bytes::<32>()) } else { visitor.to_owned() };
        Ok(Self { web: web.clone(), visitor, proof: proof.filter(|proof| is_hex(proof)), is_new, session, back: back_to(&parts.uri) })
    }
}

impl FromRequestParts<Web> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        Ok(Self(Fields::read(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()))
    }
}

impl<W: Visitor> FromRequest<Web> for Posted<W> {
    type Rejection = Stop;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Stop> {
        let (mut parts, body) = request.into_parts();
        let visitor = W::from_request_parts(&mut parts, web).await?;
        let expired = || Stop::from(page(StatusCode::FORBIDDEN, &Message::form_expired(visitor.chrome())));
        if !is_from_here(&parts.headers, &parts.uri, &web.options) || !is_form(&parts.headers) {
            return Err(expired());
        }
        let too_large = |_| {
            let message = Message {
                title: "That is too long".to_owned(),
                paragraphs: vec!["Nothing was recorded. Use your browser’s back button and shorten what you wrote.".to_owned()],
                ..Message::form_expired(visitor.chrome())
            };
            Stop::from(page(StatusCode::PAYLOAD_TOO_LARGE, &message))
        };
        let body = Bytes::from_request(Request::from_parts(parts, body), web).await.map_err(too_large)?;
        let fields = Fields::read(&body).ok_or_else(expired)?;
        if !same(fields.get("csrf").unwrap_or_default(), &visitor.form_token()) {
            return Err(expired());
        }
        Ok(Self(visitor, fields))
    }
}

/// Whether a request comes from a page of ours, as far as the browser says. `Origin: null` says nothing: browsers send it with every
/// form of a page whose referrer policy is `no-referrer`, as ours is; the form's token decides then.
fn is_from_here(headers: &HeaderMap, uri: &Uri, options: &WebOptions) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host =
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let authority = |address: &str| address.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_lowercase());
    let asked = authority(origin);
    origin == "null"
        || asked.is_some() && (asked == host.map(str::to_lowercase) || asked == options.public_url.as_deref().and_then(authority))
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Equal in constant time for one length.
fn same(given: &str, right: &str) -> bool {
    given.as_bytes().ct_eq(right.as_bytes()).into()
}

fn is_hex(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The page on which the form of a path stands, to which a person comes back after signing in.
fn page_of(path: &str) -> String {
    let parent = path.rsplit_once('/').map_or("/", |(parent, _)| parent);
    match path.rsplit('/').next() {
        _ if path.starts_with("/access/") => "/access".to_owned(),
        Some("submit") => format!("{parent}/check"),
        Some("delete") => "/file".to_owned(),
        Some("end" | "release" | "refuse" | "join") => parent.to_owned(),
        Some("read") => "/".to_owned(),
        // A page at the top is no form of another.
        _ if parent.is_empty() && !matches!(path, "/sign-out") => path.to_owned(),
        // An act on a case has a page of its own.
        _ if parent.ends_with("/act") => path.to_owned(),
        Some(
            "receive" | "assess" | "settle" | "note" | "close" | "correct" | "aware" | "decision" | "file" | "answer" | "dismiss" | "raise",
        ) => parent.to_owned(),
        Some("quarantine") => format!("{parent}/about"),
        Some("taken-up") => parent.trim_end_matches("/image").to_owned(),
        Some("end-recusal" | "share" | "unshare" | "recuse") if !parent.ends_with("/act") => format!("{parent}/people"),
        Some("sign-out" | "jump") => "/".to_owned(),
        _ => path.to_owned(),
    }
}

/// The path to go to after signing in: one of our own pages, never another site's (`//host`, `/\host`), else the start page.
pub(crate) fn own_path(next: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_?=&.".contains(&byte);
    let own = next.starts_with('/') && !next.starts_with("//") && next.len() <= 300 && next.bytes().all(plain);
    if own { next } else { "/" }
}

pub(crate) fn encoded(path: &str) -> String {
    form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

/// With HTTPS the name says that no other host and no plain connection may have set the cookie.
fn cookie_name(options: &WebOptions, name: &str) -> String {
    if options.secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}

/// The session's token that a browser sends.
pub(crate) fn session_of(headers: &HeaderMap, options: &WebOptions) -> Option<String> {
    cookie(headers, options, SESSION).filter(|token| is_hex(token))
}

fn cookie(headers: &HeaderMap, options: &WebOptions, name: &str) -> Option<String> {
    let name = cookie_name(options, name);
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    sent.filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn set_cookie(response: &mut Response, options: &WebOptions, name: &str, value: &str, max_age: Option<u32>) {
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if options.secure_cookies { "; Secure" } else { "" };
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}", cookie_name(options, name));
    let line = HeaderValue::from_str(&line).expect("names, hexadecimal digits and full stops are a header value");
    response.headers_mut().append(header::SET_COOKIE, line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_led_to() {
        for path in ["/", "/queue", "/file/new/about?change=1", "/reports/00ff"] {
            assert_eq!(own_path(path), path);
        }
        for path in ["", "queue", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "/%2f/evil", "/a:b@c"]
        {
            assert_eq!(own_path(path), "/", "{path}");
        }
    }

    #[test]
    fn a_person_comes_back_to_the_page_of_the_form() {
        for (path, page) in [
            ("/reports/r1/assess", "/reports/r1"),
            ("/reports/r1/settle", "/reports/r1"),
            ("/cases/c1/note", "/cases/c1"),
            ("/file/d1/delete", "/file"),
            ("/breaches/b1/aware", "/breaches/b1"),
            ("/reports/r1/evidence/file", "/reports/r1/evidence"),
            ("/reports/r1/image/taken-up", "/reports/r1"),
            ("/cases/c1/evidence/e1/quarantine", "/cases/c1/evidence/e1/about"),
            ("/file/d1/submit", "/file/d1/check"),
            ("/file/d1/what", "/file/d1/what"),
            ("/sign-out", "/"),
            ("/file", "/file"),
            ("/account/read", "/"),
            ("/alerts/raise", "/alerts"),
            ("/account/sessions/end", "/account/sessions"),
            ("/people/waiting/a1/release", "/people/waiting/a1"),
        ] {
            assert_eq!(page_of(path), page);
        }
    }

    #[test]
    fn a_form_of_another_site_is_told_by_what_the_browser_says() {
        let options = WebOptions { public_url: Some("https://wardbook.example.org/".to_owned()), ..WebOptions::default() };
        let ours = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            is_from_here(&headers, &Uri::from_static("/sign-in"), &options)
        };
        assert!(ours(&[]));
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(ours(&[("sec-fetch-site", "none")]));
        assert!(ours(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        assert!(ours(&[("host", "inner:1"), ("origin", "https://Wardbook.example.org")]));
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "same-site"), ("origin", "null")]));
        assert!(!ours(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9090")]));
        assert!(!ours(&[("host", "wardbook.example.org"), ("origin", "https://wardbook.example.org.evil.example")]));
        assert!(!ours(&[("origin", "nonsense")]));
    }
}
