//! A queue that is watched, and a book of which a copy is changed: what a demonstration shows beside the ordinary pages.

use serde_json::json;
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, Trust, report};

#[tokio::test]
async fn what_is_seen_again_is_not_shown_and_leaves_no_trace() {
    let trust = Trust::with_directory(Engine::Sqlite, 92).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    let dsl = trust.app.by_token(&dsl).await.unwrap().unwrap();
    let file = |story: &'static str| report("SCH01", "online_safety_concern", story);
    trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&file("A stranger asked for a photo."))).await.ok();

    let first = trust.app.queue_unless_seen(&dsl, 50, 0, None).await.unwrap().expect("nothing was seen before");
    assert_eq!((first.page.items.len(), first.owed), (1, (1, 0)));
    let size = trust.app.head_size().await.unwrap();
    assert!(trust.app.queue_unless_seen(&dsl, 50, 0, Some(&first.tag)).await.unwrap().is_none());
    assert_eq!(trust.app.head_size().await.unwrap(), size, "nothing was shown, so nothing is traced");

    trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&file("And again."))).await.ok();
    let size = trust.app.head_size().await.unwrap();
    let second = trust.app.queue_unless_seen(&dsl, 50, 0, Some(&first.tag)).await.unwrap().expect("there is a new row");
    assert_eq!(second.page.items.len(), 2);
    assert_eq!(trust.app.head_size().await.unwrap(), size + 1, "what is shown leaves its trace");
    assert!(trust.app.queue_unless_seen(&dsl, 50, 1, Some(&second.tag)).await.unwrap().is_some(), "something else on the screen changed");
    trust.stop().await;
}

#[tokio::test]
async fn one_flipped_byte_in_a_copy_is_found_where_it_is_and_the_book_stays_whole() {
    let trust = Trust::with_directory(Engine::Sqlite, 93).await;
    let form = json!({ "school": "SCH01", "types": ["loss_of_equipment"], "what_happened": "A tablet is gone." });
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    trust.call("POST", "/api/v1/reports", Some(&reporter), Some(&form)).await.ok();
    let dir = trust.places.dir().to_owned();
    let files = || {
        let mut names: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    for _ in 0..5 {
        let flipped = trust.app.flip_one_byte(&dir).await.unwrap();
        assert!(!flipped.copy.intact && flipped.book.intact, "{flipped:?}");
        assert_eq!(flipped.copy.first_bad.unwrap().position, Some(flipped.position));
    }
    assert_eq!(files(), before, "no copy is left");
    trust.stop().await;
}
