//! Pages for people who are not signed in: sign in, and choosing a password with a one-time code.

use askama::Template;

use super::Chrome;
use super::forms::FormErrors;

/// `GET/POST /sign-in`. Fields: `email`, `password`, `next` (hidden).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// Around the page; no person yet.
    pub chrome: Chrome,
    /// One error for a wrong pair, on field `email`, never saying which half was wrong.
    pub errors: FormErrors,
    /// What was typed as `email`; the password is never sent back.
    pub email: String,
    /// The path to go to once signed in, sent along as `next`; empty for the start page.
    pub next: String,
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
}

/// `GET /what-we-keep`: what Wardbook keeps and why, linked from the foot of every page.
#[derive(Debug, Clone, Template)]
#[template(path = "what_we_keep.html")]
pub struct WhatWeKeep {
    /// Around the page, with or without a person.
    pub chrome: Chrome,
}
