//! Pages that only say something: what cannot be shown, what to try instead.

use askama::Template;

use super::Chrome;

/// A message with a title, a few paragraphs and one way on.
#[derive(Debug, Clone, Template)]
#[template(path = "message.html")]
pub struct Message {
    /// Around the page.
    pub chrome: Chrome,
    /// The heading.
    pub title: String,
    /// What it means and what to do, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Words and path of the way on.
    pub link: Option<(String, String)>,
}

impl Message {
    /// 403 and 404: one page for both, so that "forbidden" never tells that something exists.
    pub fn cannot_show(chrome: Chrome) -> Self {
        Self::new(
            chrome,
            "We cannot show that page",
            &[
                "It may not exist, or it may not be yours to see.",
                "If you typed the address, check it. If you think you should see this page, ask the person who manages your account.",
            ],
            Some(("Go to the start page", "/")),
        )
    }

    /// 503: too busy, or something the page depends on is away.
    pub fn unavailable(chrome: Chrome) -> Self {
        Self::new(
            chrome,
            "Wardbook is busy",
            &[
                "Nothing was recorded from this page just now. Wait a minute and try again.",
                "If a child is in danger, do not wait: call 999, then speak to the designated safeguarding lead.",
            ],
            Some(("Try the start page", "/")),
        )
    }

    /// 500: our fault, with nothing about the cause.
    pub fn our_fault(chrome: Chrome) -> Self {
        Self::new(
            chrome,
            "Something went wrong",
            &[
                "This is our fault, not yours. Go back and look whether what you did was recorded before you do it again.",
                "If a child is in danger, do not wait: call 999, then speak to the designated safeguarding lead.",
            ],
            Some(("Go to the start page", "/")),
        )
    }

    /// 429: too many attempts to sign in or to use a code, with the minutes to wait (at least one).
    pub fn too_many_attempts(chrome: Chrome, wait_minutes: u64) -> Self {
        let wait = match wait_minutes {
            0 | 1 => "Wait a minute and try again.".to_owned(),
            n => format!("Wait {n} minutes and try again."),
        };
        Self::new(
            chrome,
            "Too many attempts",
            &[wait.as_str(), "If you have forgotten your password, ask the person who manages your account for a new one-time code."],
            Some(("Back to sign in", "/sign-in")),
        )
    }

    /// 429: the same for a browser that strangers' attempts at an account may hold up.
    pub fn held_up(chrome: Chrome, wait_minutes: u64) -> Self {
        let link = ("Use a recovery code, if somebody else may be trying your account".to_owned(), "/sign-in/browser".to_owned());
        Self { link: Some(link), ..Self::too_many_attempts(chrome, wait_minutes) }
    }

    /// 412: the record changed after this page was shown; `href` shows it as it stands now.
    pub fn changed_meanwhile(chrome: Chrome, href: &str) -> Self {
        Self::new(
            chrome,
            "Someone else changed this",
            &[
                "The record changed after you opened it, so what you sent was not recorded.",
                "Look at it as it stands now. Your browser’s back button shows what you typed.",
            ],
            Some(("See it as it stands now", href)),
        )
    }

    /// 403 for a form whose token is missing, old or from another session.
    pub fn form_expired(chrome: Chrome) -> Self {
        Self::new(
            chrome,
            "This form has expired",
            &["Nothing was recorded. Use your browser’s back button, reload the page and send it again."],
            Some(("Go to the start page", "/")),
        )
    }

    fn new(chrome: Chrome, title: &str, paragraphs: &[&str], link: Option<(&str, &str)>) -> Self {
        Self {
            chrome,
            title: title.to_owned(),
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
            link: link.map(|(text, href)| (text.to_owned(), href.to_owned())),
        }
    }
}
