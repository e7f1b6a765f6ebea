//! The overview of what a reader may know, and the published figures: over HTTP, on both engines.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::ImportKind;
use wardbook_domain::{Duty, trace::Shown};
use wardbook_system_tests::{
    Engine, Trust, on_both_engines,
    people::{Person, Wanted},
    report,
    scenes::{email, row},
};

on_both_engines!(
    an_overview_counts_what_its_reader_may_know,
    a_hidden_record_is_in_no_number_of_an_overview,
    a_term_is_published_once_by_who_may_and_read_by_the_board,
    a_correction_has_a_number_of_its_own_and_says_why,
    figures_taken_away_are_marked_and_on_record,
    two_who_publish_at_once_publish_once,
);

struct People {
    trust: Trust,
    reporter: Person,
    head: Person,
    lead: Person,
    dpo: Person,
    governor: Person,
}

async fn people(engine: Engine, seed: u64) -> People {
    let trust = Trust::new(engine, seed).await;
    let schools = ["SCH01", "SCH02"].map(|code| row(2, json!({ "code": code, "name": format!("School {code}") }))).to_vec();
    assert_eq!(trust.import(ImportKind::Schools, schools).await.refused, vec![]);
    let adult = |number: u64| json!({ "staff_id": format!("A-{number}"), "name": format!("Adult Number{number}"), "school": "SCH01" });
    assert_eq!(trust.import(ImportKind::Staff, (0..20).map(|number| row(number + 2, adult(number))).collect()).await.refused, vec![]);
    let person = async |name: &str, duty| trust.person(Wanted { email: &email(name), name, duty, school: "SCH01" }).await;
    let reporter = person("Hana Kemp", Duty::Reporter).await;
    let head = person("Uma Jones", Duty::Headteacher).await;
    let lead = person("Ines Okoye", Duty::TrustLead).await;
    let dpo = person("Dora Pike", Duty::Dpo).await;
    let governor = person("Ola Birch", Duty::Governor).await;
    People { trust, reporter, head, lead, dpo, governor }
}

impl People {
    /// Files so many reports of a type, told on a day.
    async fn file(&self, school: &str, kind: &str, day: &str, count: usize) -> Vec<String> {
        let mut ids = vec![];
        for _ in 0..count {
            let mut form = report(school, kind, "What happened.");
            (form["reported_at"], form["danger"]) = (json!(format!("{day}T09:00:00Z")), json!("no"));
            let filed = self.trust.call("POST", "/api/v1/reports", Some(&self.reporter.token), Some(&form)).await.ok();
            ids.push(filed["id"].as_str().unwrap().to_owned());
        }
        ids
    }

    async fn overview(&self, person: &Person) -> Value {
        self.trust.call("GET", "/api/v1/overview", Some(&person.token), None).await.ok()
    }

    async fn publish(&self, person: &Person, term: &str, corrects: Option<u32>) -> wardbook_system_tests::Answer {
        let ask = json!({ "term": term, "reason": "Termly report to the board.", "corrects": corrects });
        self.trust.call("POST", "/api/v1/cube", Some(&person.token), Some(&ask)).await
    }

    async fn cube(&self, person: &Person) -> Value {
        self.trust.call("GET", "/api/v1/cube", Some(&person.token), None).await.ok()
    }

    /// Every look that names no record.
    async fn looks(&self) -> Vec<Shown> {
        let mut all = self.trust.looks().await;
        all.retain(|shown| shown.records.is_empty());
        all
    }
}

/// The number of a school and type in a publication.
fn number(publication: &Value, school: &str, kind: &str) -> Value {
    let column = publication["types"].as_array().unwrap().iter().position(|code| code == kind).unwrap();
    let row = publication["schools"].as_array().unwrap().iter().find(|row| row["code"] == school).unwrap();
    row["counts"][column].clone()
}

async fn an_overview_counts_what_its_reader_may_know(engine: Engine) {
    let all = people(engine, 801).await;
    let filed = all.file("SCH01", "loss_of_equipment", "2026-10-28", 2).await;
    all.file("SCH01", "online_safety_concern", "2026-09-10", 1).await;
    all.file("SCH02", "loss_of_equipment", "2026-10-28", 1).await;
    let mut lost = report("SCH01", "loss_of_data", "A register went astray.");
    lost["reported_at"] = json!("2026-10-20T09:00:00Z");
    all.trust.call("POST", "/api/v1/reports", Some(&all.reporter.token), Some(&lost)).await.ok();
    all.trust.call("POST", &format!("/api/v1/reports/{}/receive", filed[0]), Some(&all.head.token), None).await.ok();
    let shown = all.overview(&all.head).await;
    let found = &shown["overview"];
    assert_eq!((&shown["counted"], &shown["bounded"]), (&json!(4), &json!(false)));
    assert_eq!(
        (&found["open"], &found["late"], &found["reported"]),
        (&json!(4), &json!(1), &json!(4)),
        "the breach clock has run out: {found}"
    );
    assert_eq!(
        found["by_school"],
        json!([{ "school": "SCH01", "reported": 4, "open": 4, "late": 1, "adults": 20, "per_hundred_adults_tenths": 200,
            "first_action_days": 2 }]),
        "their own school, with its adults"
    );
    assert_eq!(
        found["by_month"].as_array().unwrap().iter().map(|line| line["reported"].as_u64().unwrap()).collect::<Vec<_>>(),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3]
    );
    // The DPO sees breaches and no more, over both schools.
    let dpo = all.overview(&all.dpo).await;
    assert_eq!((&dpo["overview"]["reported"], dpo["overview"]["by_school"].as_array().unwrap().len()), (&json!(1), 2));

    // That it was looked at is on record, names no record, and is theirs to see.
    let looks = all.looks().await;
    assert_eq!(
        looks.iter().map(|look| (look.page.as_str(), look.reading_as)).collect::<Vec<_>>(),
        [("overview", Some(Duty::Headteacher)), ("overview", Some(Duty::Dpo))]
    );
    let mine = all.trust.call("GET", "/api/v1/reads?mine", Some(&all.head.token), None).await.ok();
    assert!(mine["items"].as_array().unwrap().iter().any(|row| row["page"] == "overview" && row["record"].is_null()), "{mine}");
    let of_record = all.trust.call("GET", &format!("/api/v1/reads?record={}", filed[0]), Some(&all.head.token), None).await.ok();
    assert!(of_record["items"].as_array().unwrap().iter().all(|row| row["page"] != "overview"), "{of_record}");
    for person in [&all.reporter, &all.governor] {
        assert_eq!(all.trust.call("GET", "/api/v1/overview", Some(&person.token), None).await.status, StatusCode::NOT_FOUND);
    }
}

async fn a_hidden_record_is_in_no_number_of_an_overview(engine: Engine) {
    let all = people(engine, 802).await;
    all.file("SCH01", "misuse_of_ict", "2026-10-28", 3).await;
    let before = all.overview(&all.head).await;
    let mut about = report("SCH01", "low_level_concern", "About the head.");
    about["about"] = json!({ "whom": "another", "name": "Uma Jones" });
    all.trust.call("POST", "/api/v1/reports", Some(&all.reporter.token), Some(&about)).await.ok();
    assert_eq!(all.overview(&all.head).await, before);
}

async fn a_term_is_published_once_by_who_may_and_read_by_the_board(engine: Engine) {
    let all = people(engine, 803).await;
    all.file("SCH01", "loss_of_equipment", "2026-06-01", 3).await;
    all.file("SCH01", "misuse_of_ict", "2026-06-02", 7).await;
    all.file("SCH02", "loss_of_equipment", "2026-07-01", 6).await;
    all.file("SCH02", "misuse_of_ict", "2026-05-01", 5).await;
    all.file("SCH01", "low_level_concern", "2026-06-03", 4).await;
    all.file("SCH01", "misuse_of_ict", "2026-09-02", 9).await;
    assert_eq!(all.cube(&all.governor).await["publications"], json!([]));
    for person in [&all.head, &all.reporter, &all.governor] {
        assert_eq!(all.publish(person, "2026-summer", None).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(all.publish(&all.lead, "2026-autumn", None).await.status, StatusCode::UNPROCESSABLE_ENTITY, "it is not over");
    let published = all.publish(&all.lead, "2026-summer", None).await;
    assert_eq!(published.status, StatusCode::CREATED, "{}", published.text);
    let board = all.cube(&all.governor).await;
    let term = &board["publications"][0];
    assert_eq!(
        (&term["term"], &term["number"], &term["published_by"], &term["stands"]),
        (&json!("2026-summer"), &json!(1), &json!("Ines Okoye"), &json!(true))
    );
    let cells = [("SCH01", "loss_of_equipment"), ("SCH01", "misuse_of_ict"), ("SCH02", "loss_of_equipment"), ("SCH02", "misuse_of_ict")];
    for (school, kind) in cells {
        assert_eq!(number(term, school, kind), Value::Null, "three, and what would give it away: {term}");
    }
    assert_eq!((&term["total"], &term["schools"][0]["total"], &term["schools"][1]["total"]), (&json!(21), &json!(10), &json!(11)));
    assert_eq!(term["conduct"], Value::Null, "four of the whole trust");
    assert_eq!(number(term, "SCH01", "other"), json!(0));
    assert_eq!(board["publishable"], json!([]), "a governor publishes nothing");
    assert!(!all.cube(&all.lead).await["publishable"].to_string().contains("2026-summer"));

    assert_eq!(all.publish(&all.dpo, "2026-summer", None).await.status, StatusCode::CONFLICT, "never twice");
    assert_eq!(all.publish(&all.dpo, "2026-spring", None).await.status, StatusCode::CREATED);
    for person in [&all.head, &all.reporter] {
        assert_eq!(all.trust.call("GET", "/api/v1/cube", Some(&person.token), None).await.status, StatusCode::NOT_FOUND);
    }
}

async fn a_correction_has_a_number_of_its_own_and_says_why(engine: Engine) {
    let all = people(engine, 804).await;
    let filed = all.file("SCH01", "misuse_of_ict", "2026-06-02", 12).await;
    all.file("SCH02", "misuse_of_ict", "2026-06-02", 8).await;
    all.file("SCH01", "low_level_concern", "2026-06-02", 6).await;
    assert_eq!(all.publish(&all.lead, "2026-summer", None).await.status, StatusCode::CREATED);
    let first = all.cube(&all.governor).await["publications"][0].clone();
    assert_eq!((number(&first, "SCH01", "misuse_of_ict"), &first["conduct"]), (json!(12), &json!(6)));
    // One of them turns out to be about an adult: in the next number neither table tells that it moved.
    let settle = json!({ "subjects": [{ "staff_id": "A-1", "name": "Adult Number1" }], "reason": "It was theirs." });
    all.trust.call("POST", &format!("/api/v1/reports/{}/subjects", filed[0]), Some(&all.head.token), Some(&settle)).await.ok();
    assert_eq!(all.publish(&all.dpo, "2026-summer", Some(7)).await.status, StatusCode::CONFLICT);
    assert_eq!(all.publish(&all.dpo, "2026-summer", Some(1)).await.status, StatusCode::CREATED);
    let publications = all.cube(&all.governor).await["publications"].clone();
    let second = &publications[0];
    assert_eq!((&second["number"], &second["corrects"], &publications[1]["stands"]), (&json!(2), &json!(1), &json!(false)));
    assert_eq!(publications[1]["schools"], first["schools"], "what was published stays");
    assert_eq!((number(second, "SCH01", "misuse_of_ict"), &second["conduct"], &second["total"]), (Value::Null, &Value::Null, &Value::Null));
    assert_eq!(number(second, "SCH02", "misuse_of_ict"), json!(8));
}

/// P0-MARK-1.
async fn figures_taken_away_are_marked_and_on_record(engine: Engine) {
    let all = people(engine, 805).await;
    all.file("SCH01", "misuse_of_ict", "2026-06-02", 12).await;
    assert_eq!(all.publish(&all.lead, "2026-summer", None).await.status, StatusCode::CREATED);
    let route = |path: &str, method| wardbook_system_tests::registry::Route { path: path.to_owned(), method };
    let ids = wardbook_system_tests::registry::Ids::default();
    let board = all.trust.ask(&route("/board", "GET"), &ids, Some(&all.governor)).await;
    assert!(board.status.is_success() && board.text.contains("Summer term 2026") && board.text.contains(">12<"), "{}", board.text);
    assert!(!board.text.contains("action=\"/board\""), "a governor has no form to publish");
    assert_eq!(all.looks().await.len(), 0, "the page shows what is published, and nothing of a record");
    let csv = all.trust.ask(&route("/board/figures.csv", "GET"), &ids, Some(&all.governor)).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    for part in [
        "Marking: School Use",
        "Taken from Wardbook by Ola Birch",
        "Summer term 2026,1,yes,SCH01,School SCH01,misuse_of_ict,Misuse of ICT,12\r\n",
        "conduct,\"Conduct and allegations, beside all types\",c\r\n",
    ] {
        assert!(csv.text.contains(part), "{part}: {}", csv.text);
    }
    let workbook = all.trust.ask(&route("/board/figures.xlsx", "GET"), &ids, Some(&all.governor)).await;
    assert!(workbook.status.is_success() && workbook.bytes.starts_with(b"PK"));
    assert!(workbook.header("content-disposition").contains("published-figures.xlsx"));
    let looks = all.looks().await;
    assert_eq!(
        looks.iter().map(|look| (look.page.as_str(), look.reading_as)).collect::<Vec<_>>(),
        [("figures taken away", Some(Duty::Governor)); 2]
    );
    let seen = all.trust.ask(&route("/reads", "GET"), &ids, Some(&all.dpo)).await;
    assert!(seen.text.contains("Took the published figures away") && seen.text.contains("Ola Birch"), "{}", seen.text);
    for path in ["/board", "/board/figures.csv", "/board/figures.xlsx", "/overview"] {
        assert_eq!(all.trust.ask(&route(path, "GET"), &ids, Some(&all.reporter)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let overview = all.trust.ask(&route("/overview", "GET"), &ids, Some(&all.head)).await;
    assert!(overview.text.contains("<svg role=\"img\"") && overview.text.contains("12 records are open"), "{}", overview.text);
}

async fn two_who_publish_at_once_publish_once(engine: Engine) {
    let all = people(engine, 806).await;
    all.file("SCH01", "misuse_of_ict", "2026-06-02", 6).await;
    let (one, other) = tokio::join!(all.publish(&all.lead, "2026-summer", None), all.publish(&all.dpo, "2026-summer", None));
    let mut heard = [one.status, other.status];
    heard.sort_unstable();
    assert_eq!(heard, [StatusCode::CREATED, StatusCode::CONFLICT]);
    assert_eq!(all.cube(&all.governor).await["publications"].as_array().unwrap().len(), 1);
    // A repeated command is one command.
    let ask = json!({ "term": "2026-spring", "reason": "Termly." });
    for _ in 0..2 {
        let answer = all.trust.call_with("POST", "/api/v1/cube", &all.lead.token, Some(&ask), &[("idempotency-key", "k")]).await;
        assert_eq!((answer.status, answer.json()["publications"].as_array().unwrap().len()), (StatusCode::CREATED, 2));
    }
}
