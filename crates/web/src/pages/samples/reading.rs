//! Samples of what is asked before a record is shown, and of who has looked at what.

use super::{HOSTILE, NOW_US, Rendered, chrome, errors, render};
use crate::pages::due::rfc3339;
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::look::{Covered, Look};
use crate::pages::reads::{ReadRow, ReadsPage};

/// Their pages.
pub(super) fn reading() -> Vec<Rendered> {
    let look = |name, screen, purposes, errors| {
        let next = "/reports/0a0a".to_owned();
        render(name, &Look { chrome: chrome(), errors, next, screen, purposes, purpose: String::new(), not_now: "/queue".to_owned() })
    };
    let purposes = || vec![Choice::owned("case_work", "Work on this record"), Choice::owned("audit", "Audit or inspection")];
    let reads = |name, heading: &str, rows: Vec<ReadRow>, unusual| {
        let page = ReadsPage {
            chrome: chrome(),
            heading: heading.to_owned(),
            about: "Everybody who had this record in front of them.".to_owned(),
            back: Some(("Back to the report".to_owned(), "/reports/r1".to_owned())),
            others: vec![
                ("See your own looks".to_owned(), "/reads?mine=yes".to_owned()),
                ("See sign-ins".to_owned(), "/reads?sign_ins=yes".to_owned()),
            ],
            sign_ins: name == "sign-ins",
            unusual,
            filter: "/reads?unusual=true".to_owned(),
            rows,
            next: Some("/reads?cursor=00".to_owned()),
        };
        render(name, &page)
    };
    vec![
        look("look", true, vec![], FormErrors::default()),
        look("look-purpose", true, purposes(), FormErrors::default()),
        look("look-purpose-error", false, purposes(), errors(&[("purpose", "Say why you open this record")])),
        render("covered-page", &Covered { chrome: crate::pages::Chrome { blank: None, ..chrome() }, next: "/reports/0a0a".to_owned() }),
        reads("reads", "Who has looked at D68A-0540", vec![row(), closed()], false),
        reads("reads-none", "What you have looked at", vec![], true),
        reads("sign-ins", "Sign-ins", vec![signed_in()], false),
    ]
}

fn signed_in() -> ReadRow {
    ReadRow {
        what: "Failed to sign in, 3 times: the password".to_owned(),
        record: String::new(),
        record_href: None,
        purpose: String::new(),
        unusual: vec![],
        ..row()
    }
}

fn row() -> ReadRow {
    ReadRow {
        when: "Fri 30 Oct 2026, 16:12".to_owned(),
        at: rfc3339(NOW_US),
        who: HOSTILE.to_owned(),
        who_href: Some("/people/0b0b/reads".to_owned()),
        duty: "Headteacher/DHT".to_owned(),
        what: "Opened it".to_owned(),
        record: "D68A-0540".to_owned(),
        record_href: Some("/reports/r1".to_owned()),
        purpose: "Work on this record".to_owned(),
        unusual: vec!["First look at an old record".to_owned(), "Out of hours".to_owned()],
    }
}

fn closed() -> ReadRow {
    ReadRow {
        who: "Not shown".to_owned(),
        who_href: None,
        what: "Looked".to_owned(),
        record: "A conduct record".to_owned(),
        record_href: None,
        purpose: String::new(),
        unusual: vec![],
        ..row()
    }
}
