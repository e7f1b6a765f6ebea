//! A product's export comes in by the columns of the trust's profile, once, and what repeats stands together; assets and loans are lists.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Folder, sample};

/// A file of `fixtures/alerts`.
fn export(name: &str) -> String {
    sample(&format!("../alerts/{name}"))
}

/// The groups of a list, by the references of their alerts.
fn found(list: &Value) -> BTreeSet<String> {
    let references = |group: &Value| group["alerts"].as_array().unwrap().iter().map(|one| one["reference"].clone()).collect::<Value>();
    list["groups"].as_array().unwrap().iter().map(|group| references(group).to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_comes_in_by_the_profile_s_columns_and_its_repeats_stand_together() {
    let folder = Folder::with_people();
    folder.run(&["import", "pupils", &sample("pupils.csv")]).exits(0);
    let it_lead = folder.token("root@example.org", "Root Abara", "it-lead");
    let dsl = folder.token("george.xu@example.org", "George Xu", "dsl");
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(export("truth.json")).unwrap()).unwrap();
    let args = ["--json", "import", "alerts", &export("securus.csv"), "--source", "Securus", "--token", &it_lead];
    let would = folder.run(&[&args[..], &["--dry-run"]].concat()).exits(2).json();
    assert_eq!(would["dry_run"], json!({ "records": 11, "corrections": [], "duties": 11, "clocks": 0, "notices": 0 }));
    let mut size = None;
    for _ in 0..2 {
        let done = folder.run(&args).exits(2).json();
        let refused: Vec<Value> = done["refused"].as_array().unwrap().iter().map(|one| json!([one["line"], one["field"]])).collect();
        assert_eq!((&done["accepted"], json!(refused)), (&json!(11), truth["securus"]["refused"].clone()));
        let now = folder.run(&["--json", "verify"]).exits(0).json()["size"].clone();
        assert_eq!(*size.get_or_insert_with(|| now.clone()), now, "the same export again changes nothing");
    }
    let told = folder.run(&["import", "alerts", &export("securus.csv"), "--source", "Securus"]).exits(2);
    assert!(told.err.contains("token") && told.err.contains("whose duty receives reports"), "{told:?}");
    let by_our_names = folder.run(&["--json", "import", "alerts", &sample("monitoring_alerts.csv"), "--token", &it_lead, "--dry-run"]);
    assert_eq!(by_our_names.exits(0).json()["dry_run"]["records"], 43);

    let map = "version = 1\n[columns]\nalert_id = \"Nr\"\nuser = \"Who\"\ncategory = \"What\"\nseverity = \"How bad\"\n\
               [defaults]\nschool = \"SCH01\"\n[dates]\norder = \"dmy\"\n[instants]\noccurred = { date = \"Day\", time = \"Time\" }\n";
    let map = folder.write_beside("map.toml", map, 0o644);
    let csv = folder.write_beside("own.csv", "Nr,Who,What,How bad,Day,Time\n1,SCH01-P006,gambling,2,29/10/2026,9.15am\n", 0o644);
    let mapped = ["--json", "import", "alerts", &csv, "--map", &map, "--source", "Securus", "--token", &it_lead];
    assert_eq!(folder.run(&mapped).exits(0).json()["accepted"], 1, "a mapping of its own goes before the profile's columns");

    let server = folder.serve(&[]);
    let (status, list) = server.ask("GET", "/api/v1/alerts", Some(&dsl), "").await;
    assert_eq!(status.as_u16(), 200, "{list}");
    let list: Value = serde_json::from_str(&list).unwrap();
    let planted = truth["securus"]["groups"].as_array().unwrap().iter().chain([&json!(["1"])]).map(Value::to_string).collect();
    assert_eq!(found(&list), planted, "and nothing of what is about the DSL");
    let queue = folder.run(&["queue", "--token", &dsl]).exits(0).out;
    assert!(queue.contains("Decide about 10 monitoring alerts at /alerts."), "{queue}");
    assert_eq!(server.stop().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_product_of_a_shipped_profile_has_an_export_that_is_read_with_its_repeats() {
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(export("truth.json")).unwrap()).unwrap();
    for (profile, source) in [("clpt", "Smoothwall"), ("coastal", "Netsweeper")] {
        let planted = &truth[source.to_lowercase()];
        let folder = Folder::with_people_under(profile);
        folder.run(&["import", "pupils", &sample("pupils.csv")]).exits(0);
        let it_lead = folder.token("root@example.org", "Root Abara", "it-lead");
        let dsl = folder.token("george.xu@example.org", "George Xu", "dsl");
        let file = export(&format!("{}.csv", source.to_lowercase()));
        let done = folder.run(&["--json", "import", "alerts", &file, "--source", source, "--token", &it_lead]).exits(2).json();
        let refused: Value = done["refused"].as_array().unwrap().iter().map(|one| json!([one["line"], one["field"]])).collect();
        assert_eq!(refused, planted["refused"], "{source}");
        let server = folder.serve(&[]);
        let (status, list) = server.ask("GET", "/api/v1/alerts", Some(&dsl), "").await;
        assert_eq!(status.as_u16(), 200, "{list}");
        let list: Value = serde_json::from_str(&list).unwrap();
        assert_eq!(found(&list), planted["groups"].as_array().unwrap().iter().map(Value::to_string).collect(), "{source}");
        assert_eq!(server.stop().0, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_and_loans_are_lists_like_the_others() {
    let folder = Folder::with_people();
    for (kind, rows) in [("assets", 13), ("loans", 7)] {
        let file = sample(&format!("{kind}.csv"));
        let done = folder.run(&["--json", "import", kind, &file]).exits(0).json();
        assert_eq!((&done["accepted"], &done["refused"]), (&json!(rows), &json!([])), "{kind}");
    }
    let map = "version = 1\n[columns]\nasset_number = \"Tag\"\ndescription = \"Item\"\nserial = \"S/N\"\nencrypted = \"BitLocker\"\n\
               [values.encrypted]\n\"On\" = \"yes\"\n\"Off\" = \"no\"\n\"\" = \"unknown\"\n[defaults]\nschool = \"SCH01\"\n";
    let map = folder.write_beside("map.toml", map, 0o644);
    let csv =
        folder.write_beside("register.csv", "Tag,Item,S/N,BitLocker\nLAP-0042,Laptop,5CG123,on\nLAP-0043,Laptop,5CG124,perhaps\n", 0o644);
    let done = folder.run(&["--json", "import", "assets", &csv, "--map", &map]).exits(2).json();
    assert_eq!((&done["accepted"], &done["refused"][0]["field"]), (&json!(1), &json!("encrypted")));
    let token = folder.token("root@example.org", "Root Abara", "it-lead");
    let server = folder.serve(&[]);
    let ask = async |tag: &str| {
        let (status, text) = server.ask("GET", &format!("/api/v1/assets?tag={tag}"), Some(&token), "").await;
        assert_eq!(status.as_u16(), 200, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()["items"][0].clone()
    };
    let (mapped, lent) = (ask("lap0042").await, ask("A1012").await);
    assert_eq!((&mapped["encrypted"], &mapped["serial"]), (&json!("yes"), &json!("5CG123")));
    assert_eq!((&lent["loan"]["declared_on"], &lent["loan"]["next_check_on"]), (&json!("2025-09-05"), &json!("2026-09-05")), "P1-LOAN-1");
    assert_eq!(server.stop().0, 0);
}
