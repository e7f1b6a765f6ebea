//! Samples of monitoring alerts.

use super::{HOSTILE, Rendered, chrome, errors, render, token};
use crate::pages::alerts::{AlertCard, Alerts, DecidedAlerts, SeenRow};
use crate::pages::forms::FormErrors;

/// Their pages.
pub(super) fn alerts() -> Vec<Rendered> {
    let list = |groups, errors, more| Alerts { chrome: chrome(), errors, groups, more, token: token(), reason: String::new() };
    let read_only = AlertCard { may_decide: false, ..card() };
    let wrong = errors(&[("alerts", "Tick what is no concern"), ("reason", "Say why they are no concern")]);
    let unreasoned = AlertCard { reason: HOSTILE.to_owned(), ..card() };
    let decided = |rows, next| DecidedAlerts { chrome: chrome(), rows, next };
    let dismissed = AlertCard {
        decision: "Dismissed, one of 12: George Xu, Friday 30 October 2026 at 4:12pm".to_owned(),
        why: HOSTILE.to_owned(),
        may_raise: true,
        ..card()
    };
    let raised = AlertCard {
        decision: "Raised as a concern: George Xu, Friday 30 October 2026 at 4:12pm".to_owned(),
        report: Some("/reports/r1".to_owned()),
        may_raise: false,
        ..dismissed.clone()
    };
    vec![
        render("alerts", &list(vec![card(), AlertCard { ticked: true, ..single() }], FormErrors::default(), true)),
        render("alerts-none", &list(vec![], FormErrors::default(), false)),
        render("alerts-to-read", &list(vec![read_only], FormErrors::default(), false)),
        render("alerts-error", &list(vec![card(), single()], wrong, false)),
        render("alerts-raise-error", &list(vec![single(), unreasoned], errors(&[("raise-2", "Say why it is a concern")]), false)),
        render("alerts-decided", &decided(vec![dismissed, raised], Some("/alerts?decided=yes&cursor=00".to_owned()))),
        render("alerts-decided-none", &decided(vec![], None)),
    ]
}

fn card() -> AlertCard {
    let seen = |when: &str| SeenRow { when: when.to_owned(), excerpt: HOSTILE.to_owned(), rest: "PC-382; reference M00012".to_owned() };
    AlertCard {
        what: "Self-harm".to_owned(),
        who: HOSTILE.to_owned(),
        school: "Oakfield Primary".to_owned(),
        times: "2 times, from Thursday 29 October 2026 at 8:46pm to Friday 30 October 2026 at 9am".to_owned(),
        devices: "PC-382".to_owned(),
        source: "Securus, severity 3 of 5".to_owned(),
        ids: "0a,0b".to_owned(),
        may_decide: true,
        seen: vec![seen("Thursday 29 October 2026 at 8:46pm"), seen("Friday 30 October 2026 at 9am")],
        token: token(),
        ..AlertCard::default()
    }
}

fn single() -> AlertCard {
    AlertCard { who: "Nobody was signed in".to_owned(), times: "Friday 30 October 2026 at 9am".to_owned(), ids: "0c".to_owned(), ..card() }
}
