//! Samples of signing in, a person's own account, and people's access.

use super::{HOSTILE, Rendered, chrome, errors, render, stranger, strings};
use crate::pages::account::{
    Account, ChangePassword, ConfirmCode, Enrol, NewToken, RecoveryCodes, SecretOnce, SessionRow, Sessions, SetFactor, SignIn,
    SignInBrowser, SignInCode, TokenRow, Tokens, TrustRow, Trusts, WhatWeKeep,
};
use crate::pages::forms::{Choice, FormErrors};
use crate::pages::people::{AddPerson, ChangeRow, Changes, EndDuty, Move, People, PersonRow, Recover, Settle, WaitingList, WaitingRow};
use crate::pages::{AccountFlags, Chrome};

const WHEN: &str = "Fri 30 Oct 2026, 16:12";

fn with_notice() -> Chrome {
    let notices = strings(&["Your account was recovered on Fri 30 Oct 2026, 16:12. If that was not you, tell your trust lead at once."]);
    Chrome { account: AccountFlags { people: true, waiting: Some(2), changes: Some(0), notices }, ..chrome() }
}

pub(super) fn account() -> Vec<Rendered> {
    let sign_in = SignIn {
        chrome: stranger(),
        errors: FormErrors::default(),
        email: String::new(),
        sites: vec![],
        site: String::new(),
        next: String::new(),
    };
    let wrong = SignIn {
        errors: errors(&[("email", "Check your email address and password")]),
        email: HOSTILE.to_owned(),
        sites: vec![Choice::new("SCH01", "Gull Lane Primary School"), Choice::new("elsewhere", "At none of our schools")],
        site: "SCH01".to_owned(),
        next: "/reports/r1".to_owned(),
        ..sign_in.clone()
    };
    let rules = strings(&["use at least 12 characters", "three random words make a good one"]);
    let enrol = Enrol {
        chrome: stranger(),
        errors: errors(&[("password_again", "The two passwords are not the same")]),
        code: "KITE-7712".to_owned(),
        password_rules: rules,
        trusts: false,
    };
    let code = SignInCode { chrome: stranger(), errors: errors(&[("code", "Check the code")]), next: "/queue".to_owned() };
    let browser =
        SignInBrowser { chrome: stranger(), errors: errors(&[("code", "Check the code")]), email: "uma.jones@example.org".to_owned() };
    vec![
        render("sign-in-browser", &browser),
        render("sign-in", &sign_in),
        render("sign-in-error", &wrong),
        render("sign-in-code", &code),
        render("enrol", &enrol),
        render("what-we-keep", &WhatWeKeep { chrome: stranger() }),
    ]
}

pub(super) fn own() -> Vec<Rendered> {
    let picture = crate::handlers::account::factor::picture("otpauth://totp/sample").expect("a short text has a picture");
    let set = SetFactor {
        chrome: chrome(),
        errors: errors(&[("code", "That code is not right")]),
        picture,
        key: strings(&["GEZD", "GNBV", "GY3T", "QOJQ"]),
        needed: true,
        next: "/queue".to_owned(),
    };
    let password = ChangePassword {
        chrome: chrome(),
        errors: errors(&[("old", "This is not the password that you have now")]),
        password_rules: strings(&["Use at least 12 characters"]),
        due: true,
        next: String::new(),
    };
    let session = |id: &str, this_one| SessionRow { id: id.to_owned(), begun: WHEN.to_owned(), used: WHEN.to_owned(), this_one };
    let token = TokenRow { id: "t1".to_owned(), label: HOSTILE.to_owned(), made: WHEN.to_owned(), until: WHEN.to_owned(), exports: true };
    let secret = SecretOnce {
        chrome: chrome(),
        title: "Your token".to_owned(),
        secret: "wb_0123456789abcdef".to_owned(),
        paragraphs: strings(&["It is shown this once: copy it now."]),
        link: ("Back to your tokens".to_owned(), "/account/tokens".to_owned()),
    };
    let account =
        Account { chrome: with_notice(), duties: strings(&["DSL, Gull Lane Primary School"]), recovery_left: Some(9), trusts: true };
    let trust = |number, name: &str, here| TrustRow { number, name: name.to_owned(), here };
    let trusts = Trusts {
        chrome: Chrome { change_trust: true, ..chrome() },
        errors: errors(&[("code", "The code is not valid any more")]),
        rows: vec![trust(0, "Harbour Learning Trust", true), trust(1, HOSTILE, false)],
        code: "AAAAA-BBBBB".to_owned(),
    };
    vec![
        render("account-trusts", &trusts),
        render("account", &account),
        render("account-no-factor", &Account { chrome: chrome(), duties: vec![], recovery_left: None, trusts: false }),
        render("account-factor", &set),
        render(
            "account-recovery",
            &RecoveryCodes { chrome: chrome(), codes: strings(&["AAAAA-BBBBB", "CCCCC-DDDDD"]), next: "/".to_owned() },
        ),
        render("account-confirm", &ConfirmCode { chrome: chrome(), errors: FormErrors::default(), next: "/account/tokens/new".to_owned() }),
        render("account-password", &password),
        render("account-sessions", &Sessions { chrome: chrome(), rows: vec![session("s1", true), session("s2", false)] }),
        render("account-tokens", &Tokens { chrome: chrome(), rows: vec![token] }),
        render("account-tokens-none", &Tokens { chrome: chrome(), rows: vec![] }),
        render(
            "account-token-new",
            &NewToken { chrome: chrome(), errors: errors(&[("label", "This is empty")]), label: String::new(), exports: vec![] },
        ),
        render("account-secret", &secret),
    ]
}

pub(super) fn people() -> Vec<Rendered> {
    let row = || WaitingRow {
        id: "a1".to_owned(),
        what: "Bea Jarvis: Headteacher, Gull Lane Primary School".to_owned(),
        moves: vec![],
        reason: HOSTILE.to_owned(),
        asked_by: "Adam Lund".to_owned(),
    };
    let person =
        PersonRow { id: "p1".to_owned(), name: "Bea Jarvis".to_owned(), duties: strings(&["Headteacher, Gull Lane Primary School"]) };
    let add = AddPerson {
        chrome: chrome(),
        errors: errors(&[("duty", "Choose a duty"), ("reason", "The reason is empty; please fill it in")]),
        email: "bea@example.org".to_owned(),
        name: "Bea Jarvis".to_owned(),
        duty: String::new(),
        school: "SCH01".to_owned(),
        starts_on: "2027-01-04".to_owned(),
        ends_on: String::new(),
        reason: String::new(),
        duties: vec![Choice::new("dsl", "DSL")],
        schools: vec![Choice::new("SCH01", "Gull Lane Primary School")],
    };
    let recover = Recover {
        chrome: chrome(),
        errors: errors(&[("reason", "The reason is empty; please fill it in")]),
        id: "p1".to_owned(),
        name: "Bea Jarvis".to_owned(),
        reason: String::new(),
    };
    let end = EndDuty {
        chrome: chrome(),
        errors: FormErrors::default(),
        id: "p1".to_owned(),
        name: "Bea Jarvis".to_owned(),
        duties: vec![Choice::new("dsl/SCH01", "DSL, Gull Lane Primary School")],
        duty: "dsl/SCH01".to_owned(),
        reason: "She has left".to_owned(),
    };
    let settle = |releasable| Settle {
        chrome: chrome(),
        errors: FormErrors::default(),
        row: row(),
        releasable,
        releasing: "If you agree, the duty is held from now on.".to_owned(),
        reason: String::new(),
    };
    let profile = Settle {
        row: WaitingRow {
            what: "The trust’s rules clpt@2, which change who receives reports".to_owned(),
            moves: vec![
                Move {
                    now: "Headteacher, then DSL".to_owned(),
                    then: "DPO, then Headteacher".to_owned(),
                    of: strings(&["Report, Loss of data"; 5]),
                },
                Move { now: HOSTILE.to_owned(), then: HOSTILE.to_owned(), of: strings(&[HOSTILE, "Case, Data breach"]) },
            ],
            ..row()
        },
        releasing: "If you agree, these rules are in force from now on, and open reports go to whoever receives them then.".to_owned(),
        ..settle(true)
    };
    let change = ChangeRow {
        when: WHEN.to_owned(),
        what: "Bea Jarvis: given the duty Headteacher".to_owned(),
        reason: "She succeeds".to_owned(),
        by: "Uma Jones".to_owned(),
    };
    let list = People { chrome: with_notice(), rows: vec![person], asked: vec![row()], next: Some("/people?from=100".to_owned()) };
    vec![
        render("people", &list),
        render("people-add", &add),
        render("people-recover", &recover),
        render("people-end-duty", &end),
        render("people-waiting", &WaitingList { chrome: chrome(), rows: vec![row()] }),
        render("people-waiting-none", &WaitingList { chrome: chrome(), rows: vec![] }),
        render("people-settle", &settle(true)),
        render("people-settle-profile", &profile),
        render("people-withdraw", &settle(false)),
        render("people-changes", &Changes { chrome: chrome(), rows: vec![change] }),
        render("people-changes-none", &Changes { chrome: chrome(), rows: vec![] }),
    ]
}
