//! A person's own account: signing in, password, second factor, sessions, tokens; and what Wardbook keeps.

use askama::Template;

use super::Chrome;
use super::forms::{Choice, FormErrors};

/// `GET/POST /sign-in`. Fields: `email`, `password`, `site` (where it is asked), `next` (hidden).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// Around the page; no person yet.
    pub chrome: Chrome,
    /// One error for a wrong pair, on field `email`, never saying which half was wrong.
    pub errors: FormErrors,
    /// What was typed as `email`; the password is never sent back.
    pub email: String,
    /// The schools to choose from, where the profile asks for the site (P2-AUDIT-1); empty where it does not.
    pub sites: Vec<Choice>,
    /// The site that was chosen.
    pub site: String,
    /// The path to go to once signed in, sent along as `next`; empty for the start page.
    pub next: String,
}

/// `GET/POST /sign-in/code`, the second step. Fields: `code`, `next` (hidden).
#[derive(Debug, Clone, Template)]
#[template(path = "account/code.html")]
pub struct SignInCode {
    /// Around the page; no person yet.
    pub chrome: Chrome,
    /// One error on `code`.
    pub errors: FormErrors,
    /// The path to go to once signed in; empty for the start page.
    pub next: String,
}

/// `GET/POST /sign-in/browser`: a recovery code shows that a browser is theirs, while strangers' attempts hold up those that never signed
/// in. Fields: `email`, `code`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/browser.html")]
pub struct SignInBrowser {
    /// Around the page; no person yet.
    pub chrome: Chrome,
    /// One error on `code`.
    pub errors: FormErrors,
    /// The e-mail as typed.
    pub email: String,
}

/// `GET/POST /enrol`. Fields: `code`, `password`, `password_again`.
#[derive(Debug, Clone, Template)]
#[template(path = "enrol.html")]
pub struct Enrol {
    /// Around the page; no person yet.
    pub chrome: Chrome,
    /// Errors on the three fields.
    pub errors: FormErrors,
    /// What was typed as `code`; passwords are never sent back.
    pub code: String,
    /// The profile's password rules, a sentence each without full stop: `Use at least 12 characters`.
    pub password_rules: Vec<String>,
    /// Whether the host has several trusts, so that the person may have an account already.
    pub trusts: bool,
}

/// `GET /what-we-keep`: what Wardbook keeps and why, linked from the foot of every page.
#[derive(Debug, Clone, Template)]
#[template(path = "what_we_keep.html")]
pub struct WhatWeKeep {
    /// Around the page, with or without a person.
    pub chrome: Chrome,
}

/// `GET /account`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/home.html")]
pub struct Account {
    /// Around the page.
    pub chrome: Chrome,
    /// The name, and the duties in words.
    pub duties: Vec<String>,
    /// Recovery codes that are left; none without a second factor.
    pub recovery_left: Option<usize>,
    /// Whether the host has several trusts.
    pub trusts: bool,
}

/// One of the trusts in which a person works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustRow {
    /// By which it is chosen.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Whether they work there now.
    pub here: bool,
}

/// `GET /account/trusts`; `POST /account/trusts` with `trust`; `POST /account/trusts/join` with `code`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/trusts.html")]
pub struct Trusts {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `code`.
    pub errors: FormErrors,
    /// The trusts.
    pub rows: Vec<TrustRow>,
    /// What was typed as `code`.
    pub code: String,
}

/// `GET/POST /account/factor`. Fields: `code`, `next` (hidden).
#[derive(Clone, Template)]
#[template(path = "account/factor.html")]
pub struct SetFactor {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `code`.
    pub errors: FormErrors,
    /// The picture for the app: SVG made here, not from anybody's text.
    pub picture: String,
    /// The key in groups of four.
    pub key: Vec<String>,
    /// Whether a duty of theirs needs it.
    pub needed: bool,
    /// The path to go to afterwards.
    pub next: String,
}

/// The recovery codes, shown once after [`SetFactor`].
#[derive(Clone, Template)]
#[template(path = "account/recovery.html")]
pub struct RecoveryCodes {
    /// Around the page.
    pub chrome: Chrome,
    /// The codes.
    pub codes: Vec<String>,
    /// The path to go to afterwards.
    pub next: String,
}

/// `GET/POST /account/confirm`: a code once more, before what needs one afresh. Fields: `code`, `next` (hidden).
#[derive(Debug, Clone, Template)]
#[template(path = "account/confirm.html")]
pub struct ConfirmCode {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `code`.
    pub errors: FormErrors,
    /// The path to go to afterwards.
    pub next: String,
}

/// `GET/POST /account/password`. Fields: `old`, `password`, `password_again`, `next` (hidden).
#[derive(Debug, Clone, Template)]
#[template(path = "account/password.html")]
pub struct ChangePassword {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on the three fields.
    pub errors: FormErrors,
    /// The profile's password rules.
    pub password_rules: Vec<String>,
    /// Whether the password is past its age.
    pub due: bool,
    /// The path to go to afterwards.
    pub next: String,
}

/// One of a person's own sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// By which it is ended.
    pub id: String,
    /// When it began, in words.
    pub begun: String,
    /// When it was last used, in words.
    pub used: String,
    /// Whether it is this one.
    pub this_one: bool,
}

/// `GET /account/sessions`; `POST /account/sessions/end` with `session`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions {
    /// Around the page.
    pub chrome: Chrome,
    /// The sessions, this one first.
    pub rows: Vec<SessionRow>,
}

/// One of a person's own tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// By which it is ended.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// When it was made, in words; empty where that is not known.
    pub made: String,
    /// Until when it can be used, in words.
    pub until: String,
    /// Whether copies of records may leave by it.
    pub exports: bool,
}

/// `GET /account/tokens`; `POST /account/tokens/end` with `token`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/tokens.html")]
pub struct Tokens {
    /// Around the page.
    pub chrome: Chrome,
    /// The tokens.
    pub rows: Vec<TokenRow>,
}

/// `GET/POST /account/tokens/new`. Fields: `label`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/token_new.html")]
pub struct NewToken {
    /// Around the page.
    pub chrome: Chrome,
    /// Errors on `label`.
    pub errors: FormErrors,
    /// What was typed.
    pub label: String,
    /// `yes` where it may take copies of records away.
    pub exports: Vec<String>,
}

/// `GET /account/calendar`; `POST /account/calendar/end`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/calendar.html")]
pub struct CalendarFeed {
    /// Around the page.
    pub chrome: Chrome,
    /// When the feed was made and until when it works, in words.
    pub feed: Option<(String, String)>,
}

/// `GET/POST /account/calendar/new`.
#[derive(Debug, Clone, Template)]
#[template(path = "account/calendar_new.html")]
pub struct NewCalendar {
    /// Around the page.
    pub chrome: Chrome,
}

/// A secret that is shown this once: a token to its owner, a one-time code to the second person.
#[derive(Clone, Template)]
#[template(path = "account/secret.html")]
pub struct SecretOnce {
    /// Around the page.
    pub chrome: Chrome,
    /// The heading.
    pub title: String,
    /// The secret.
    pub secret: String,
    /// What to do with it, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Where to go afterwards, words and path.
    pub link: (String, String),
}
