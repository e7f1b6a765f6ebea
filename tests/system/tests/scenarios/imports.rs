//! Old papers: who may bring them in, as what, what a dry run says, and that rows about the importer tell the importer nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wardbook_app::import::{DryRun, ImportBatch, ImportKind, ImportRow};
use wardbook_domain::Duty;
use wardbook_system_tests::{Engine, Trust, on_both_engines, sample_rows, scenes::row};

on_both_engines!(
    reports_come_from_a_named_person_who_receives_reports,
    history_keeps_what_was_known_and_owes_nothing,
    a_row_about_the_importer_is_accepted_in_the_same_words_and_counted_nowhere,
    a_dry_run_says_what_would_come_and_writes_nothing,
    a_bad_row_is_refused_by_field_and_the_good_ones_stay,
);

fn paper(reference: &str) -> Value {
    json!({ "reference": reference, "school": "SCH01", "types": ["loss_of_data"], "what_happened": "A register was left on a bus.",
        "reported_at": "2026-03-27T17:10+00:00", "data_affected": ["pupil_personal_data"] })
}

fn batch(rows: Vec<ImportRow>, as_history: bool, dry_run: bool) -> ImportBatch {
    ImportBatch { as_history, dry_run, ..ImportBatch::new(ImportKind::Reports, rows) }
}

async fn reports_come_from_a_named_person_who_receives_reports(engine: Engine) {
    let trust = Trust::with_directory(engine, 301).await;
    let admin = trust.token("root@example.org", "Root Castle", Duty::Administrator, None).await;
    let reporter = trust.token("hana.kemp@example.org", "Hana Kemp", Duty::Reporter, Some("SCH01")).await;
    for token in [None, Some(admin), Some(reporter)] {
        let caller = match &token {
            Some(token) => trust.app.by_token(token).await.unwrap(),
            None => None,
        };
        let refused = trust.app.import(batch(vec![row(1, paper("P1"))], false, false), caller.as_ref()).await.unwrap_err();
        assert!(refused.to_string().contains("token"), "{refused}");
    }
    assert_eq!(trust.import(ImportKind::Reports, vec![row(1, paper("P1"))]).await.accepted, 1);
}

async fn history_keeps_what_was_known_and_owes_nothing(engine: Engine) {
    let trust = Trust::with_directory(engine, 302).await;
    let importer = trust.importer().await;
    let head = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let dpo = trust.token("priya.anand@example.org", "Priya Anand", Duty::Dpo, None).await;
    let mut old = paper("P1");
    old["outcome"] = json!("Spoken to; register found");
    old["closed_on"] = json!("2026-04-02");
    old["incident_on"] = json!("2026-03-27");
    let mut day = paper("P2");
    day.as_object_mut().unwrap().remove("reported_at");
    day["reported_on"] = json!("2026-06-01");
    let rows = vec![row(1, old.clone()), row(2, day)];
    let done = trust.app.import(batch(rows.clone(), true, false), Some(&importer)).await.unwrap();
    assert_eq!((done.accepted, done.refused), (2, vec![]));
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&head), None).await.ok()["items"], json!([]), "no duty");
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&dpo), None).await.ok()["items"], json!([]), "no clock to decide about");
    assert_eq!(trust.call("GET", "/api/v1/breaches", Some(&dpo), None).await.ok()["items"], json!([]));
    let board = trust.call("GET", "/api/v1/breaches?old_papers=yes", Some(&dpo), None).await.ok();
    let first = &board["items"][0];
    assert_eq!(
        (&first["state"], &first["due_at"], &first["may"]),
        (&json!("imported"), &json!("2026-03-30T17:10:00Z"), &json!([])),
        "TIM-2: computed and shown"
    );
    assert_eq!(board["items"][1]["reported_on"], "2026-06-01", "a date without a time stays a date");
    assert_eq!(board["items"][1]["aware_at"], "2026-05-31T23:00:00Z", "the earliest that the day can mean, in England");

    let listed = trust.call("GET", "/api/v1/reports", Some(&head), None).await.ok();
    let id = listed["items"][0]["id"].as_str().unwrap();
    let shown = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&head), None).await.ok();
    assert_eq!((&shown["state"], &shown["history"]["note"]), (&json!("imported"), &json!("imported, not assessed here")));
    assert_eq!((&shown["history"]["outcome"], &shown["history"]["closed_on"]), (&json!("Spoken to; register found"), &json!("2026-04-02")));
    assert_eq!(shown["history"]["row"], old, "the source row is the evidence");
    assert_eq!((&shown["incident_on"], &shown["incident_at"]), (&json!("2026-03-27"), &json!(null)));
    let assess = json!({ "categories": ["data_breach"], "reason": "x" });
    let refused = trust.call("POST", &format!("/api/v1/reports/{id}/assessment"), Some(&head), Some(&assess)).await;
    assert_eq!(refused.status.as_u16(), 409, "{}", refused.text);

    let size = trust.app.head_size().await.unwrap();
    assert_eq!(trust.app.import(batch(rows, true, false), Some(&importer)).await.unwrap().accepted, 2);
    let live = trust.app.import(batch(vec![row(1, old)], false, false), Some(&importer)).await.unwrap();
    assert_eq!((live.accepted, live.refused[0].field.as_str()), (0, "closed_on"), "an end is history's");
    assert_eq!(trust.app.head_size().await.unwrap(), size, "the same papers again change nothing");
}

async fn a_row_about_the_importer_is_accepted_in_the_same_words_and_counted_nowhere(engine: Engine) {
    let trust = Trust::with_directory(engine, 303).await;
    let token = trust.token("uma.jones@example.org", "Uma Jones", Duty::Headteacher, Some("SCH01")).await;
    let head = trust.app.by_token(&token).await.unwrap().unwrap();
    let dsl = trust.token("george.xu@example.org", "George Xu", Duty::Dsl, Some("SCH01")).await;
    let concern = |reference: &str, name: &str| {
        let mut concern = paper(reference);
        concern["types"] = json!(["low_level_concern"]);
        concern["data_affected"] = json!(["no_data"]);
        concern["staff"] = json!([{ "name": name, "part": "subject" }]);
        row(1, concern)
    };
    let counts = async |row: ImportRow| {
        let done = trust.app.import(batch(vec![row], false, true), Some(&head)).await.unwrap();
        (done.accepted, done.refused.len(), done.dry_run.unwrap())
    };
    assert_eq!(counts(concern("P1", "Mrs Jones")).await, (0, 0, DryRun::default()), "leaves all counts");
    let about_another = counts(concern("P2", "Zebedee Quill")).await;
    assert_eq!((about_another.0, about_another.2.records, about_another.2.duties), (1, 1, 1));
    let done = trust.app.import(batch(vec![concern("P1", "Mrs Jones")], false, false), Some(&head)).await.unwrap();
    assert_eq!((done.accepted, done.refused, done.dry_run), (1, vec![], None), "accepted in the same words");
    assert_eq!(trust.call("GET", "/api/v1/queue", Some(&token), None).await.ok()["items"], json!([]));
    let queue = trust.call("GET", "/api/v1/queue", Some(&dsl), None).await.ok();
    assert_eq!(queue["items"][0]["source_reference"], "P1", "it goes to the stand-in");
    let id = queue["items"][0]["id"].as_str().unwrap();
    let own = trust.call("GET", &format!("/api/v1/reports/{id}"), Some(&token), None).await;
    assert_eq!(own.status.as_u16(), 404, "who typed a row in an import reads no copy of it here");
}

async fn a_dry_run_says_what_would_come_and_writes_nothing(engine: Engine) {
    let trust = Trust::with_directory(engine, 304).await;
    let importer = trust.importer().await;
    let size = trust.app.head_size().await.unwrap();
    let rows = sample_rows(ImportKind::Reports);
    let would = trust.app.import(batch(rows.clone(), false, true), Some(&importer)).await.unwrap();
    assert_eq!((would.accepted, would.refused), (162, vec![]));
    let dry = would.dry_run.unwrap();
    let history = trust.app.import(batch(rows.clone(), true, true), Some(&importer)).await.unwrap().dry_run.unwrap();
    assert_eq!((history.records, history.duties, history.clocks, history.notices), (162, 0, 0, 0));
    let mut staff = sample_rows(ImportKind::Staff);
    staff[3].fields["role"] = json!("Higher level teaching assistant");
    staff.push(row(99, json!({ "staff_id": "SCH01-999", "name": "Nell Birch", "school": "SCH01" })));
    let list = ImportBatch { dry_run: true, ..ImportBatch::new(ImportKind::Staff, staff.clone()) };
    let list = trust.app.import(list, None).await.unwrap().dry_run.unwrap();
    assert_eq!((list.records, list.corrections), (1, vec![staff[3].line]), "corrections are listed by line");
    assert_eq!(trust.app.head_size().await.unwrap(), size);

    let done = trust.app.import(batch(rows, false, false), Some(&importer)).await.unwrap();
    let written: Vec<_> = trust.app.read_book(size, 10_000).await.unwrap();
    let streams: BTreeSet<[u8; 16]> = written.iter().map(|event| *event.stream.as_bytes()).collect();
    assert_eq!((done.accepted, streams.len() as u64), (dry.records, dry.records), "what it said came true");
    // The clocks stood with the stand-in; the DPO who takes office now has them all.
    let dpo = trust.token("priya.anand@example.org", "Priya Anand", Duty::Dpo, None).await;
    let board = trust.call("GET", "/api/v1/breaches?limit=1000", Some(&dpo), None).await.ok();
    assert_eq!(board["items"].as_array().unwrap().len() as u64, dry.clocks);
}

async fn a_bad_row_is_refused_by_field_and_the_good_ones_stay(engine: Engine) {
    let trust = Trust::with_directory(engine, 305).await;
    let with = |reference: &str, field: &str, value: Value| {
        let mut bad = paper(reference);
        bad[field] = value;
        bad
    };
    let rows = vec![
        row(1, paper("G1")),
        row(2, with("B1", "types", json!(["fire"]))),
        row(3, with("B2", "reported_at", json!("27/03/2026"))),
        row(4, with("B3", "school", json!("SCH99"))),
        row(5, with("B4", "extra_types", json!(["no_such_type"]))),
        row(6, with("B5", "reporter", json!({ "name": 7 }))),
        row(7, with("B6", "colour", json!("red"))),
        row(8, paper("G2")),
        row(
            9,
            json!({ "school": "SCH99", "types": ["fire", "loss_of_data"], "reported_at": "27/03/2026", "extra_types": ["no_such_type"],
            "closed_on": "2026-04-02" }),
        ),
    ];
    let done = trust.import(ImportKind::Reports, rows).await;
    assert_eq!(done.accepted, 2);
    let refused: Vec<(u64, &str)> = done.refused.iter().map(|refusal| (refusal.line, refusal.field.as_str())).collect();
    let expected = [(2, "types[0]"), (3, "reported_at"), (4, "school"), (5, "extra_types[0]"), (6, "reporter.name"), (7, "colour")];
    let several =
        ["reference", "closed_on", "reported_at", "types[0]", "what_happened", "extra_types[0]", "school"].map(|field| (9, field));
    let mut refused = refused;
    let mut last = refused.split_off(6);
    last.sort_unstable();
    assert_eq!(refused, expected);
    let mut several = several.to_vec();
    several.sort_unstable();
    assert_eq!(last, several, "all that is wrong with a row is said at once");
}
