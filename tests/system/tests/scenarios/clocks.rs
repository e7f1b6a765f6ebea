//! Two clocks: the book's says what is recorded, due and shown; the machine's says what has expired outside the book.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use rand::{SeedableRng as _, rngs::StdRng};
use wardbook_app::{
    App, Clock,
    accounts::{NewUser, SignIn},
    setup::Opening,
    setup::SHIPPED_PROFILES,
};
use wardbook_domain::{Duty, Instant};
use wardbook_system_tests::{Engine, NOW, Places};
use wardbook_vault::RecoveryIdentity;

const MONTH: i64 = 31 * 86_400;
const PASSWORD: &str = "Three random words 1";

#[tokio::test]
async fn a_session_lives_by_the_machine_s_clock_though_the_book_s_jumped_a_month() {
    let places = Places::new(Engine::Sqlite, 91).await;
    let book = Arc::new(AtomicI64::new(Instant::parse(NOW).unwrap().as_micros()));
    let shared = Arc::clone(&book);
    let opening = Opening { clock: Clock::new(move || shared.load(Ordering::SeqCst)), ..places.opening(0) };
    let recovery = RecoveryIdentity::generate(&mut StdRng::seed_from_u64(91)).recipient();
    let app = App::create(opening, "Oakfield Trust", SHIPPED_PROFILES[0].1, &recovery).await.unwrap();
    let runner = app.start();
    let user = |email: &str| NewUser { email: email.to_owned(), name: "Owen Pike".to_owned(), duty: Duty::Auditor, school: None };
    let code = app.add_user(&user("owen.pike@example.org")).await.unwrap().secret;

    // A code lives 72 hours, of the machine's.
    book.fetch_add(MONTH * 1_000_000, Ordering::SeqCst);
    app.enrol(&code, PASSWORD).await.unwrap();
    let signed_in = app.sign_in("owen.pike@example.org", PASSWORD, None).await.unwrap();
    let SignIn::In(session) = signed_in else { panic!("the password is right, and an auditor needs no second factor") };
    book.fetch_add(MONTH * 1_000_000, Ordering::SeqCst);
    assert!(app.by_session(&session).await.unwrap().is_some(), "two months passed in the book, and no minute outside it");

    app.add_user(&user("other@example.org")).await.unwrap();
    let recorded = app.head_recorded_at().await.unwrap().unwrap();
    assert_eq!(recorded, Instant::parse(NOW).unwrap().plus_seconds(2 * MONTH), "the book records its own time");

    places.tick(2 * 3600);
    assert!(app.by_session(&session).await.unwrap().is_none(), "idle for longer than an hour of the machine's");
    app.shutdown().await;
    runner.await.unwrap();
}
