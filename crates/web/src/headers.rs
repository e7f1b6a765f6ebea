//! The headers of every answer: what a browser may load, keep and send.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

macro_rules! policy {
    ($frames:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; ",
            "manifest-src 'self'; form-action 'self'; base-uri 'none'; ",
            $frames
        )
    };
}

/// What a page has to do with frames, where it has; only pages of a demonstration say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// It holds frames of our own pages.
    Holds,
    /// Our own pages may hold it.
    Held,
}

/// The content security policy and the older header about frames.
const fn framing(framing: Option<Framing>) -> (&'static str, &'static str) {
    match framing {
        None => (policy!("frame-ancestors 'none'"), "DENY"),
        Some(Framing::Holds) => (policy!("frame-src 'self'; frame-ancestors 'none'"), "DENY"),
        Some(Framing::Held) => (policy!("frame-ancestors 'self'"), "SAMEORIGIN"),
    }
}

/// Strict CSP, no sniffing, no referrer, no framing, and nothing kept by caches but the assets.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let (policy, frames) = framing(response.extensions().get().copied());
    let headers = response.headers_mut();
    // A download brings a narrower one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    for (name, value) in
        [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::REFERRER_POLICY, "no-referrer"), (header::X_FRAME_OPTIONS, frames)]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    // A shared computer's back button must not show the last person's queue.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
