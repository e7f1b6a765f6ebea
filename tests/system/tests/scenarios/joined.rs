//! One account for several trusts: it leads to another when its person says so, no trust sets anything of it that reaches the others, and
//! the strictest of them says how long a session lasts.

use axum::http::StatusCode;
use wardbook_app::{
    App, AppError,
    accounts::{Days, Must, NewUser, SignIn, WaitingFor},
    setup::SHIPPED_PROFILES,
};
use wardbook_domain::{Address, Duty, FieldGroup, directory::CodeFor, event::AnyEvent, trace::TraceEvent};
use wardbook_system_tests::{
    Engine, Places,
    host::Host,
    on_both_engines,
    people::{PASSWORD, Wanted},
};
use wardbook_testkit::code_at;

on_both_engines!(
    a_code_of_a_second_trust_is_for_its_person_alone,
    a_trust_hears_nothing_of_the_others_of_an_account,
    a_recovery_in_one_trust_opens_that_one_alone,
    a_duty_that_ends_ends_the_session_and_tells_the_other_trust_nothing,
    the_strictest_of_all_trusts_holds,
    signing_in_is_on_the_record_of_every_trust_that_it_opens,
    set_up_counts_those_who_agreed,
);

const EMAIL: &str = "dora@outside.example";
const OTHER_WORDS: &str = "Quite other words 22";

fn dpo(email: &str) -> NewUser {
    NewUser { email: email.into(), name: "Dora Pike".into(), duty: Duty::Dpo, school: None }
}

/// An account in the first trust; its session.
async fn enrolled(app: &App, user: &NewUser) -> String {
    let code = app.add_user(user).await.unwrap().secret;
    app.enrol(&code, PASSWORD).await.unwrap();
    session(app, &user.email, PASSWORD).await.unwrap()
}

async fn session(app: &App, email: &str, password: &str) -> Option<String> {
    app.sign_in_for_demonstration(email, password).await.unwrap()
}

/// The names of the trusts that a session opens.
async fn opens(app: &App, session: &str) -> Vec<String> {
    let mut names: Vec<String> = app.trusts_of_session(session).await.unwrap().iter().map(|app| app.trust_name().to_owned()).collect();
    names.sort();
    names
}

fn said(refused: Result<(), AppError>) -> String {
    refused.unwrap_err().to_string()
}

async fn a_code_of_a_second_trust_is_for_its_person_alone(engine: Engine) {
    let host = Host::new(engine, 611).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let own = enrolled(first, &dpo(EMAIL)).await;
    let other = enrolled(first, &dpo("erin@outside.example")).await;
    let code = second.add_user(&dpo(EMAIL)).await.unwrap().secret;
    // Whoever has the code and not the account hears what they hear of a code that is none, whatever password they try.
    let none = said(first.enrol("AAAAA-AAAAA-AAAAA-AAAAA", OTHER_WORDS).await);
    for password in [PASSWORD, OTHER_WORDS] {
        assert_eq!(said(second.enrol(&code, password).await), none);
    }
    assert_eq!(said(first.join(&other, &code).await), none, "nor can somebody else use it");
    assert!(session(first, EMAIL, OTHER_WORDS).await.is_none());
    assert_eq!(opens(first, &own).await, ["Oakfield Trust"], "and nobody is in by what was tried");
    first.join(&own, &code).await.unwrap();
    assert_eq!(opens(first, &own).await, [""; 0], "the next session is for both");
    let both = session(second, EMAIL, PASSWORD).await.unwrap();
    assert_eq!(opens(first, &both).await, ["Harbour Trust", "Oakfield Trust"]);
    assert_eq!(said(first.join(&both, &code).await), none, "a code works once");
    let notices = second.standing(&both).await.unwrap().unwrap();
    assert!(notices.elsewhere && first.standing(&both).await.unwrap().is_some());
    // The first trust of somebody new is whichever comes first.
    let code = second.add_user(&dpo("fay@outside.example")).await.unwrap().secret;
    let unused = first.add_user(&dpo("fay@outside.example")).await.unwrap().secret;
    first.enrol(&code, PASSWORD).await.unwrap();
    assert_eq!(said(first.enrol(&unused, OTHER_WORDS).await), none, "from then on only they can agree to the other");
    let fay = session(first, "fay@outside.example", PASSWORD).await.unwrap();
    assert_eq!(opens(first, &fay).await, ["Harbour Trust"]);
    second.join(&fay, &unused).await.unwrap();
}

async fn a_trust_hears_nothing_of_the_others_of_an_account(engine: Engine) {
    let host = Host::new(engine, 612).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    enrolled(first, &dpo(EMAIL)).await;
    let administrator = NewUser { email: "ada@harbour.example".into(), name: "Ada Ray".into(), duty: Duty::Administrator, school: None };
    let token = host.second.token(&administrator.email, &administrator.name, Duty::Administrator, None).await;
    let reader = host.second.token("hal@harbour.example", "Hal Reed", Duty::Hr, None).await;
    let (ada, hal) = (second.by_token(&token).await.unwrap().unwrap(), second.by_token(&reader).await.unwrap().unwrap());
    // Asking for somebody who has an account and for somebody who has none is one answer, and leads to one list.
    let mut heard = vec![];
    for email in [EMAIL, "nobody@outside.example"] {
        let mut asked =
            serde_json::to_value(second.ask_user(&ada, &dpo(email), Days::default(), "Starts on Monday").await.unwrap()).unwrap();
        asked["waiting"] =
            second.waiting(&hal).await.unwrap().iter().filter(|waiting| matches!(waiting.what, WaitingFor::Code(_))).count().into();
        heard.push(asked);
    }
    heard[1]["waiting"] = (heard[1]["waiting"].as_u64().unwrap() - 1).into();
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0]["code_waits"], true);
    // What fails elsewhere is not counted here, and what strangers try is counted everywhere.
    for (email, password) in [(EMAIL, "wrong words 1"), ("stranger@x.example", "wrong words 2")] {
        assert!(matches!(second.sign_in(email, password, None).await.unwrap(), SignIn::Wrong));
    }
    host.first.places.tick(61);
    let failed = async |app: &App| {
        app.write_failures().await.unwrap();
        let mut all = vec![];
        for stored in app.read_book(0, 10_000).await.unwrap() {
            if let AnyEvent::Trace(TraceEvent::SignInFailed(failed)) = app.opener().open(&stored, &FieldGroup::ALL).await.unwrap().event {
                all.push((failed.person.is_some(), failed.attempts));
            }
        }
        all.sort_unstable();
        all
    };
    assert_eq!((failed(first).await, failed(second).await), (vec![(false, 1), (true, 1)], vec![(false, 1)]));
    // A code that one trust makes does not end another's.
    let fresh = "gil@outside.example";
    let code = first.add_user(&dpo(fresh)).await.unwrap().secret;
    second.add_user(&dpo(fresh)).await.unwrap();
    first.enrol(&code, PASSWORD).await.unwrap();
}

async fn a_recovery_in_one_trust_opens_that_one_alone(engine: Engine) {
    let host = Host::new(engine, 613).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let [of_first, of_second] = host.in_both(Wanted { email: EMAIL, name: "Dora Pike", duty: Duty::Dpo, school: "" }).await;
    // Two of the second trust who deceive: one asks, one releases, and keeps the code.
    let stolen = second.add_user(&dpo(EMAIL)).await.unwrap().secret;
    second.enrol(&stolen, OTHER_WORDS).await.unwrap();
    assert!(opens(first, &of_first.session).await.is_empty(), "every session has ended");
    for token in [&of_first.token, &of_second.token] {
        let answer = host.first.call("GET", "/api/v1/queue", Some(token), None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "and every token");
    }
    let theirs = session(first, EMAIL, OTHER_WORDS).await.unwrap();
    assert_eq!(opens(first, &theirs).await, ["Harbour Trust"]);
    assert!(first.standing(&theirs).await.unwrap().is_none() && second.standing(&theirs).await.unwrap().is_some());
    // The person comes back by the trust that knows them, and so leaves the others outside.
    let code = first.add_user(&dpo(EMAIL)).await.unwrap().secret;
    // Neither what they had before nor what was chosen for them.
    let fresh = "Quiet harbour lanterns 5";
    first.enrol(&code, fresh).await.unwrap();
    assert!(session(first, EMAIL, OTHER_WORDS).await.is_none());
    let own = session(first, EMAIL, fresh).await.unwrap();
    assert_eq!(opens(first, &own).await, ["Oakfield Trust"]);
    let code = second.add_user(&dpo(EMAIL)).await.unwrap().secret;
    first.join(&own, &code).await.unwrap();
    let both = session(first, EMAIL, fresh).await.unwrap();
    assert_eq!(opens(first, &both).await, ["Harbour Trust", "Oakfield Trust"]);
    let told = second.enrolments_told(EMAIL).await;
    assert_eq!(told, [CodeFor::Enrolment, CodeFor::Recovery, CodeFor::Recovery], "and each time is in the trust's book");
}

/// What a trust's book says of the codes that somebody used.
trait Told {
    async fn enrolments_told(&self, email: &str) -> Vec<CodeFor>;
}

impl Told for App {
    async fn enrolments_told(&self, email: &str) -> Vec<CodeFor> {
        use wardbook_domain::directory::DirectoryEvent;
        let person = self.directory().await.unwrap().by_email(email).unwrap();
        let mut all = vec![];
        for stored in self.read_book(0, 10_000).await.unwrap() {
            let event = self.opener().open(&stored, &FieldGroup::ALL).await.unwrap().event;
            if let AnyEvent::Directory(DirectoryEvent::Enrolled(enrolled)) = event
                && enrolled.person == person
            {
                all.push(enrolled.code_for);
            }
        }
        all
    }
}

async fn a_duty_that_ends_ends_the_session_and_tells_the_other_trust_nothing(engine: Engine) {
    let host = Host::new(engine, 614).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let [of_first, of_second] = host.in_both(Wanted { email: EMAIL, name: "Dora Pike", duty: Duty::Dpo, school: "" }).await;
    let before = first.head_size().await.unwrap();
    let person = second.directory().await.unwrap().by_email(EMAIL).unwrap();
    let duty = Address { duty: Duty::Dpo, school: None };
    second.end_duty_of(None, person, Some(&duty), "The contract has ended").await.unwrap();
    assert!(opens(first, &of_first.session).await.is_empty());
    assert_eq!(first.head_size().await.unwrap(), before, "nothing is written in the other trust");
    let again = session(first, EMAIL, PASSWORD).await.unwrap();
    assert!(first.by_session(&again).await.unwrap().unwrap().has(Duty::Dpo), "where they go on");
    assert!(second.by_session(&again).await.unwrap().is_none(), "who holds no duty any more has left");
    let queue = host.first.call("GET", "/api/v1/queue", Some(&of_first.token), None).await;
    assert_eq!(queue.status, StatusCode::OK, "{}", queue.text);
    let gone = host.first.call("GET", "/api/v1/breaches", Some(&of_second.token), None).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
}

/// A profile in which sessions are short and passwords long.
fn strict() -> String {
    let (head, rest) = SHIPPED_PROFILES[1].1.split_once("\n[").unwrap();
    assert!(!rest.contains("[passwords]") && !rest.contains("[sessions]"));
    format!(
        "{head}\n[passwords]\nminimum-length = 20\nclause = \"P2-AUTH-1\"\n\n[sessions]\nrecords-idle-minutes = 6\nsite-asked = true\n\n[{rest}"
    )
}

async fn the_strictest_of_all_trusts_holds(engine: Engine) {
    let host = Host::create(Places::new(engine, 615).await, &strict()).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let code = first.add_user(&dpo(EMAIL)).await.unwrap().secret;
    let refused = said(first.enrol(&code, "Short words 12345").await);
    assert!(refused.contains("20 characters"), "{refused}");
    assert!(first.password_rules().in_words()[0].contains("20"));
    first.enrol(&code, PASSWORD).await.unwrap();
    let own = session(first, EMAIL, PASSWORD).await.unwrap();
    let code = second.add_user(&dpo(EMAIL)).await.unwrap().secret;
    first.join(&own, &code).await.unwrap();
    // Sites: asked where one trust asks, by school and trust; each hears of its own only.
    assert!(matches!(first.sign_in(EMAIL, PASSWORD, None).await, Err(AppError::Invalid(_))));
    let SignIn::In(both) = first.sign_in(EMAIL, PASSWORD, Some("elsewhere")).await.unwrap() else { panic!("no second step yet") };
    assert_eq!(first.standing(&both).await.unwrap().unwrap().must, Some(Must::SetFactor));
    let key = first.factor_key(&both).await.unwrap();
    assert!(!key.uri.contains("Oakfield") && !key.uri.contains("Harbour"), "{}", key.uri);
    host.first.places.tick(7 * 60);
    assert!(first.standing(&both).await.unwrap().is_none(), "six minutes, as the strictest has it");
    // A duty of one trust needs the second factor: the session has to have it wherever it is used.
    let plain = NewUser { email: "rae@outside.example".into(), name: "Rae Lee".into(), duty: Duty::Auditor, school: None };
    let rae = enrolled(first, &plain).await;
    assert!(first.standing(&rae).await.unwrap().unwrap().must.is_none());
    let user = NewUser { duty: Duty::Dpo, ..plain };
    let code = second.add_user(&user).await.unwrap().secret;
    first.join(&rae, &code).await.unwrap();
    let SignIn::In(rae) = first.sign_in(&user.email, PASSWORD, Some("elsewhere")).await.unwrap() else { panic!("no second step yet") };
    assert_eq!(first.standing(&rae).await.unwrap().unwrap().must, Some(Must::SetFactor), "in the trust of the lesser duty too");
}

async fn signing_in_is_on_the_record_of_every_trust_that_it_opens(engine: Engine) {
    let host = Host::new(engine, 616).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let signed_in = async |app: &App| {
        let mut count = 0;
        for stored in app.read_book(0, 10_000).await.unwrap() {
            let event = app.opener().open(&stored, &FieldGroup::ALL).await.unwrap().event;
            count += u32::from(matches!(event, AnyEvent::Trace(TraceEvent::SignedIn(_))));
        }
        count
    };
    let own = enrolled(first, &dpo(EMAIL)).await;
    second.add_user(&dpo(EMAIL)).await.unwrap();
    session(first, EMAIL, PASSWORD).await.unwrap();
    assert_eq!((signed_in(first).await, signed_in(second).await), (2, 0), "not where they have not agreed");
    let code = second.add_user(&dpo(EMAIL)).await.unwrap().secret;
    first.join(&own, &code).await.unwrap();
    session(second, EMAIL, PASSWORD).await.unwrap();
    assert_eq!((signed_in(first).await, signed_in(second).await), (3, 1));
}

async fn set_up_counts_those_who_agreed(engine: Engine) {
    let host = Host::new(engine, 617).await;
    let [first, second] = host.each().map(|trust| &trust.app);
    let now = || host.first.places.clock().now().as_micros() / 1_000_000;
    let people = [
        ("ada@x.example", "Ada Ray", Duty::Administrator),
        ("dora@x.example", "Dora Pike", Duty::Dpo),
        ("hal@x.example", "Hal Reed", Duty::Hr),
    ];
    let mut keys = vec![];
    for (email, name, duty) in people {
        let user = NewUser { email: email.into(), name: name.into(), duty, school: None };
        let code = first.add_user(&user).await.unwrap().secret;
        second.add_user(&user).await.unwrap();
        first.enrol(&code, PASSWORD).await.unwrap();
        let SignIn::In(session) = first.sign_in(email, PASSWORD, None).await.unwrap() else { panic!("no second step yet") };
        let key = first.factor_key(&session).await.unwrap().key;
        first.confirm_factor(&session, &code_at(&key, now() - 30)).await.unwrap().unwrap();
        keys.push(key);
    }
    for ((email, ..), key) in people.iter().zip(&keys) {
        let SignIn::Code(half) = first.sign_in(email, PASSWORD, None).await.unwrap() else { panic!("a code is asked for") };
        assert!(first.give_code(&half, &code_at(key, now())).await.unwrap().is_some());
    }
    assert!(first.setup_ended().await.unwrap());
    assert!(!second.setup_ended().await.unwrap(), "they are in its directory, and none has agreed");
    for ((email, name, duty), key) in people.iter().zip(&keys) {
        host.first.places.tick(60);
        let half = async || match first.sign_in(email, PASSWORD, None).await.unwrap() {
            SignIn::Code(half) => half,
            _ => panic!("a code is asked for"),
        };
        let session = first.give_code(&half().await, &code_at(key, now())).await.unwrap().unwrap().session;
        let user = NewUser { email: (*email).into(), name: (*name).into(), duty: *duty, school: None };
        let code = second.add_user(&user).await.unwrap().secret;
        first.join(&session, &code).await.unwrap();
        host.first.places.tick(60);
        first.give_code(&half().await, &code_at(key, now())).await.unwrap().unwrap();
    }
    assert!(second.setup_ended().await.unwrap());
}
