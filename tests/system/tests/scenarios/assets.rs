//! The register of assets and loans: what a lost device is, whether it was encrypted and who had it on the day (P0-ASSET-1, P1-LOAN-1,
//! P3-ASSET-1); who may ask; that a list comes in once, and that no page waits for a long one.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::{ImportBatch, ImportKind};
use wardbook_domain::Duty;
use wardbook_domain::clock::Date;
use wardbook_system_tests::{
    Engine, Trust, on_both_engines,
    people::Wanted,
    registry::Route,
    sample_rows,
    scenes::{email, row},
};

on_both_engines!(
    the_sample_lists_come_in_and_a_lost_device_is_known,
    what_stood_there_on_the_day_is_told,
    an_equal_row_changes_nothing_and_a_different_one_corrects,
    whoever_opens_records_asks_for_the_devices_of_their_schools_and_nobody_else,
    the_list_is_for_the_it_lead_and_the_head,
);

#[expect(clippy::unnecessary_wraps, reason = "as the rows have it")]
fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

async fn with_register(engine: Engine, seed: u64) -> Trust {
    let trust = Trust::with_directory(engine, seed).await;
    for (kind, rows) in [(ImportKind::Assets, 13), (ImportKind::Loans, 7)] {
        let done = trust.import(kind, sample_rows(kind)).await;
        assert_eq!((done.accepted, done.refused), (rows, vec![]), "{kind:?}");
    }
    trust
}

/// P0-ASSET-1.
async fn the_sample_lists_come_in_and_a_lost_device_is_known(engine: Engine) {
    let trust = with_register(engine, 601).await;
    let lost = trust.app.asset_for("a-1006", day("2026-10-20")).await.unwrap().unwrap();
    assert_eq!((lost.description.as_str(), lost.serial.as_deref(), lost.encrypted.as_str()), ("Phone", Some("6761A376"), "yes"));
    assert_eq!(lost.classification.as_deref(), Some("restricted"));
    assert_eq!(lost.holder.unwrap().id, "SCH02-006");
    let loan = lost.loan.unwrap();
    let borrower = trust.app.directory().await.unwrap();
    let borrower = &borrower.people[&borrower.by_staff_id("SCH02-006").unwrap()].name;
    assert_eq!((loan.borrower.name.as_ref(), loan.declared_on.as_str()), (Some(borrower), "2025-09-05"));
    assert_eq!((loan.next_check_on, loan.check_overdue), (day("2026-09-05"), true), "P1-LOAN-1: checked every twelve months");
    let by_serial = trust.app.asset_for("d40c72f7", None).await.unwrap().unwrap();
    assert_eq!((by_serial.asset_number.as_str(), by_serial.loan), ("A1005", None), "it is lent to nobody");
    let story = "Left on the 17:40: my laptop (A1009), and phone, serial A154711C. Gone since.";
    let found = trust.app.find_assets(story, None).await.unwrap();
    assert_eq!(found.iter().map(|asset| asset.asset_number.as_str()).collect::<Vec<_>>(), ["A1009", "A1003"]);
    assert_eq!(trust.app.asset_for("A9999", None).await.unwrap(), None);
}

/// P1-LOAN-1.
async fn what_stood_there_on_the_day_is_told(engine: Engine) {
    let trust = Trust::with_directory(engine, 602).await;
    let asset = |encrypted: &str| {
        row(2, json!({ "asset_number": "T-1", "description": "Tablet", "school": "SCH01", "encrypted": encrypted, "serial": "XY77" }))
    };
    let loan = |fields: Value| {
        let mut loan = json!({ "asset_number": "T-1", "declared_on": "2026-10-01", "approved_by": "SCH01-001" });
        loan.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        row(2, loan)
    };
    trust.import(ImportKind::Assets, vec![asset("no")]).await;
    trust.import(ImportKind::Loans, vec![loan(json!({ "borrower_pupil_id": "SCH01-P017" }))]).await;
    trust.places.tick(10 * 86_400); // Monday 9 November 2026
    trust.import(ImportKind::Assets, vec![asset("yes")]).await;
    trust.import(ImportKind::Loans, vec![loan(json!({ "borrower_pupil_id": "SCH01-P017", "returned_on": "2026-11-02" }))]).await;
    let then = trust.app.asset_for("XY77", day("2026-10-31")).await.unwrap().unwrap();
    assert_eq!((then.encrypted.as_str(), then.changed_since), ("no", true), "what is written after the loss mends nothing");
    let loan = then.loan.unwrap();
    assert_eq!((loan.borrower_is.as_str(), loan.borrower.id.as_str(), loan.next_check_on), ("pupil", "SCH01-P017", None));
    assert!(loan.borrower.name.is_some() && loan.approved_by.unwrap().name.is_some());
    let now = trust.app.asset_for("XY77", None).await.unwrap().unwrap();
    assert_eq!((now.encrypted.as_str(), now.changed_since, now.loan), ("yes", false, None));
    // Two lists may have one tag: nobody guesses which is meant.
    let other = ImportBatch { source: "the other office".into(), ..ImportBatch::new(ImportKind::Assets, vec![asset("yes")]) };
    trust.app.import(other, None).await.unwrap();
    assert_eq!(trust.app.asset_for("T-1", None).await.unwrap(), None);
    assert_eq!(trust.app.find_assets("it was T-1 xy77", None).await.unwrap().len(), 2, "by a text, both are shown");
}

async fn an_equal_row_changes_nothing_and_a_different_one_corrects(engine: Engine) {
    let trust = with_register(engine, 603).await;
    let size = trust.app.head_size().await.unwrap();
    for kind in [ImportKind::Assets, ImportKind::Loans] {
        trust.import(kind, sample_rows(kind)).await;
    }
    assert_eq!(trust.app.head_size().await.unwrap(), size, "equal rows change nothing");
    let mut loans = sample_rows(ImportKind::Loans);
    loans[2].fields["returned_on"] = json!("2026-10-29");
    loans.push(row(99, json!({ "asset_number": "A1001", "borrower_staff_id": "SCH02-009", "declared_on": "2026-10-30" })));
    loans.push(row(100, json!({ "asset_number": "A1001", "declared_on": "30/10/2026" })));
    let list = ImportBatch { dry_run: true, ..ImportBatch::new(ImportKind::Loans, loans.clone()) };
    let dry = trust.app.import(list, None).await.unwrap();
    let fields: Vec<&str> = dry.refused.iter().map(|refusal| refusal.field.as_str()).collect();
    assert_eq!(fields, ["borrower_staff_id", "declared_on"], "all that is wrong with a row");
    let dry = dry.dry_run.unwrap();
    assert_eq!((dry.records, dry.corrections, dry.duties), (1, vec![loans[2].line], 0));
    assert_eq!(trust.app.head_size().await.unwrap(), size, "a dry run writes nothing");
    let done = trust.import(ImportKind::Loans, loans).await;
    assert_eq!((done.accepted, trust.app.head_size().await.unwrap() - size), (8, 2));
    assert_eq!(trust.app.asset_for("A1004", None).await.unwrap().unwrap().loan, None, "it came back yesterday");
}

async fn whoever_opens_records_asks_for_the_devices_of_their_schools_and_nobody_else(engine: Engine) {
    let trust = with_register(engine, 604).await;
    let ask = async |duty: Duty, school: Option<&str>, name: &str, tag: &str| {
        let token = trust.token(&email(name), name, duty, school).await;
        let answer = trust.call("GET", &format!("/api/v1/assets?tag={tag}"), Some(&token), None).await;
        (answer.status, answer.json()["items"].as_array().map(Vec::len))
    };
    let (yes, no) = ((StatusCode::OK, Some(1)), (StatusCode::NOT_FOUND, None));
    for (duty, school, name, heard) in [
        (Duty::ItLead, None, "Milo Kemp", yes),
        (Duty::ItLead, Some("SCH03"), "Iva Lund", yes),
        (Duty::Headteacher, Some("SCH03"), "Lena Ost", yes),
        (Duty::Dsl, Some("SCH03"), "Mo Farrow", yes),
        (Duty::Dpo, None, "Priya Anand", yes),
        (Duty::ItLead, Some("SCH01"), "Ada West", (StatusCode::OK, Some(0))),
        (Duty::Reporter, Some("SCH03"), "Nell Prior", no),
        (Duty::Governor, Some("SCH03"), "Gus Vane", no),
        (Duty::Administrator, None, "Root Castle", no),
        (Duty::Auditor, None, "Aud Stone", no),
    ] {
        assert_eq!(ask(duty, school, name, "A1004").await, heard, "{duty} {school:?}");
    }
    let token = trust.token("milo.kemp@example.org", "Milo Kemp", Duty::ItLead, None).await;
    for query in ["", "?tag=", "?tag=A1&tag=A2", "?tag=A1&on=yesterday", "?serial=A1"] {
        let answer = trust.call("GET", &format!("/api/v1/assets{query}"), Some(&token), None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", answer.text);
    }
    assert_eq!(trust.call("GET", "/api/v1/assets?tag=A1004", None, None).await.status, StatusCode::UNAUTHORIZED);
}

async fn the_list_is_for_the_it_lead_and_the_head(engine: Engine) {
    let trust = with_register(engine, 605).await;
    let person = async |email: &'static str, name: &'static str, duty| trust.person(Wanted { email, name, duty, school: "SCH02" }).await;
    let head = person("sunil.young@example.org", "Sunil Young", Duty::Headteacher).await;
    let dsl = person("dora.quill@example.org", "Dora Quill", Duty::Dsl).await;
    let [list, search] = ["GET", "POST"].map(|method| Route { path: "/assets".into(), method });
    let shown = trust.ask(&list, &wardbook_system_tests::registry::Ids::default(), Some(&head)).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("A1002") && shown.text.contains("Not encrypted") && shown.text.contains("Overdue"), "{}", shown.text);
    assert!(!shown.text.contains("A1003"), "another school's");
    let found = trust.ask(&search, &wardbook_system_tests::registry::Ids::default(), Some(&head)).await;
    assert!(
        found.status == StatusCode::OK && found.text.contains("A1006, Phone") && found.text.contains("Next check due"),
        "{}",
        found.text
    );
    assert_eq!(found.header("location"), "", "what was searched for stands in no address");
    for route in [list, search] {
        assert_eq!(trust.ask(&route, &wardbook_system_tests::registry::Ids::default(), Some(&dsl)).await.status, StatusCode::NOT_FOUND);
    }
}
