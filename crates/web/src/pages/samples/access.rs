//! Who may read a record, absences and break-glass.

use super::{HOSTILE, Rendered, chrome, errors, render, token};
use crate::pages::access::{Access, AccessTyped, CoverRow, GlassRow, People, PersonRow, Typed};
use crate::pages::forms::{Choice, FormErrors};

fn person(name: &str, part: &str) -> PersonRow {
    PersonRow {
        person: "58efb603e4ca4eceb2225644419534c1".to_owned(),
        name: name.to_owned(),
        part: part.to_owned(),
        reason: HOSTILE.to_owned(),
    }
}

fn people(names: bool, errors: FormErrors) -> People {
    People {
        chrome: chrome(),
        errors,
        href: "/cases/c1".to_owned(),
        what: "Case",
        reference: "C-2026-0101".to_owned(),
        token: token(),
        aside: vec![person("George Xu", "A conflict of interest was declared")],
        named: vec![PersonRow {
            person: "99d919e98cdea4bd485e335d5b167731".to_owned(),
            ..person("Ola Birch", "Investigates it until Fri 6 Nov 2026")
        }],
        decides: names,
        names,
        typed: Typed::default(),
    }
}

fn access(full: bool, errors: FormErrors) -> Access {
    let glass = |id: &str, own: bool| GlassRow {
        id: id.to_owned(),
        text: "Sam Reed opened the queue of: Headteacher, Oakfield Primary".to_owned(),
        when: "Fri 30 Oct 2026, 16:12 to Fri 30 Oct 2026, 18:12".to_owned(),
        reason: HOSTILE.to_owned(),
        review: if own { "Reviewed by Ines Okoye: it was right. He acted at once.".to_owned() } else { String::new() },
        may_close: own,
        may_review: !own,
    };
    let cover = CoverRow {
        id: "8aa2bf637f53bbc7dd49359ebe543cd5".to_owned(),
        text: "Ola Birch covers for George Xu: DSL, Oakfield Primary".to_owned(),
        when: "Fri 30 Oct 2026, 16:12 to Sat 7 Nov 2026, 00:00".to_owned(),
        reason: HOSTILE.to_owned(),
    };
    let choices = || vec![Choice::owned("dsl/SCH01", "DSL, Oakfield Primary"), Choice::owned("dpo/", "DPO")];
    let glasses = vec![glass("74b1721b3afaeace0af1a3f5daa2aae4", true), glass("16b9b4709a24c126159220b43fe6b961", false)];
    Access {
        chrome: chrome(),
        errors,
        token: token(),
        covers: if full { vec![cover] } else { vec![] },
        duties: if full { choices() } else { vec![] },
        glasses: if full { glasses } else { vec![] },
        queues: if full { choices() } else { vec![] },
        typed: AccessTyped::default(),
    }
}

pub(super) fn access_pages() -> Vec<Rendered> {
    let wrong =
        errors(&[("own_reason", "The reason is empty; please fill it in"), ("name_person", "This person is nobody of the directory")]);
    let cover = errors(&[("cover_person", "Who covers is to be somebody else of the directory"), ("glass_reason", "Say more")]);
    let waiting = Access { chrome: crate::pages::Chrome { to_review: 1, ..chrome() }, ..access(true, FormErrors::default()) };
    vec![
        render("people", &people(true, FormErrors::default())),
        render("people-errors", &people(true, wrong)),
        render("people-named", &people(false, FormErrors::default())),
        render("access", &waiting),
        render("access-empty", &access(false, FormErrors::default())),
        render("access-errors", &access(true, cover)),
    ]
}
