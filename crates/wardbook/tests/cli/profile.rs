//! `profile check` and `profile explain`, on a file, on the profile in force and with people.

use serde_json::{Value, json};

use crate::support::{Folder, run};

fn shipped(name: &str) -> String {
    format!("{}/../../ops/profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// The owner's steps: duty and where it stands.
fn owners(explained: &Value) -> Vec<(String, String)> {
    let text = |step: &Value, key: &str| step[key].as_str().unwrap().to_owned();
    let steps = explained["steps"].as_array().unwrap().iter().filter(|step| step["part"] == "owner");
    steps.map(|step| (text(step, "duty"), text(step, "stand"))).collect()
}

#[test]
fn a_file_is_checked_and_explained_without_a_trust() {
    for name in ["clpt", "coastal"] {
        let checked = run(&["--json", "profile", "check", &shipped(name)], &[], "").exits(0).json();
        assert_eq!(checked["errors"], 0, "{checked}");
        let severities = checked["findings"].as_array().unwrap().iter().map(|finding| finding["severity"].clone());
        assert!(severities.into_iter().all(|severity| severity == "warning"), "{checked}");
    }
    let told = run(&["profile", "check", &shipped("coastal")], &[], "").exits(0).out;
    assert!(told.contains("Warning: differs from guidance (P1-SEARCH-1): "), "{told}");
    assert!(told.ends_with("Profile coastal@5: errors: 0; warnings and notes: 3.\n"), "{told}");

    let args = ["--json", "profile", "explain", &shipped("coastal"), "--type", "phishing_link", "--subject-duty", "headteacher"];
    let explained = run(&args, &[], "").exits(0).json();
    assert_eq!((&explained["class"], &explained["school"]), (&json!("conduct"), &Value::Null));
    assert_eq!(owners(&explained)[..2], [("headteacher".into(), "subject".into()), ("chair".into(), "receives".into())]);
    let told = run(&args[1..], &[], "").exits(0).out;
    assert!(told.contains("Has the first facts (P1-ROUTE-2)\n") && told.contains("Head of Operations"), "{told}");
}

#[test]
fn what_is_wrong_names_its_field_and_an_error_exits_1() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(shipped("clpt")).unwrap();
    let chain = "chain = [\"hr\", \"trust-lead\", \"chair\", \"chair-of-trustees\"]";
    assert!(text.contains(chain));
    let alone = folder.write_beside("alone.toml", text.replace(chain, "chain = [\"hr\"]"), 0o600);
    let checked = run(&["--json", "profile", "check", &alone], &[], "").exits(1).json();
    assert_eq!((&checked["errors"], &checked["findings"][0]["clause"]), (&json!(1), &json!("P0-BRE-1")));

    let wrong = folder.write_beside("wrong.toml", text.replace("version = 7", "versoin = 5"), 0o600);
    let refused = run(&["--json", "profile", "check", &wrong], &[], "").exits(2).json();
    assert_eq!(refused["errors"][0]["field"], "profile");
    assert!(refused["errors"][0]["problem"].as_str().unwrap().contains("versoin"));
    let nowhere = folder.beside("nowhere.toml");
    run(&["profile", "check", nowhere.to_str().unwrap()], &[], "").exits(2);
    let long = folder.write_beside("long.toml", "#".repeat(1024 * 1024 + 1), 0o600);
    assert!(run(&["profile", "check", &long], &[], "").exits(2).err.contains("longer than"));
    for (args, field) in [(["--type", "time_travel"], "type"), (["--type=malware", "--subject-duty=janitor"], "subject-duty")] {
        let refused = run(&[&["--json", "profile", "explain", &shipped("clpt")][..], &args].concat(), &[], "").exits(2).json();
        assert_eq!(refused["errors"][0]["field"], field);
    }
    assert!(run(&["profile", "check"], &[], "").exits(2).err.contains("--data"), "the profile in force is somebody's");
}

#[test]
fn the_people_of_a_trust_are_asked_through_the_server() {
    let folder = Folder::with_people();
    let server = folder.serve(&[]);
    let checked = folder.run(&["--json", "profile", "check", "--people"]).exits(1).json();
    assert_eq!(checked["profile"], "clpt@7");
    let of = |school: &str| {
        let findings = checked["findings"].as_array().unwrap().iter();
        let of_school = findings.filter(|finding| finding["school"] == school);
        of_school.map(|finding| finding["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(of("SCH01").iter().any(|text| text.starts_with("runs out: nobody is the Human resources")), "{checked}");
    assert!(of("SCH01").iter().any(|text| text.contains("what is about the Headteacher goes to the DSL, who works for them (LLC-4)")));
    assert_eq!((of("SCH02").is_empty(), of("SCH09").len()), (false, 0));

    let explain = ["--json", "profile", "explain", "--type", "low_level_concern", "--subject-duty", "headteacher"];
    let explained = folder.run(&[&explain[..], &["--school", "SCH01"]].concat()).exits(0).json();
    assert_eq!(owners(&explained)[..2], [("headteacher".into(), "subject".into()), ("dsl".into(), "receives".into())]);
    assert_eq!(explained["steps"][1]["people"], json!(["George Xu"]));
    let on_paper = folder.run(&explain).exits(0).json();
    assert_eq!((&on_paper["steps"][1]["people"], &on_paper["school"]), (&json!([]), &Value::Null));
    let refused = folder.run(&[&explain[..], &["--school", "SCH09"]].concat()).exits(2).json();
    assert_eq!(refused["errors"][0]["field"], "school");

    let coastal = folder.run(&["--json", "profile", "check", &shipped("coastal"), "--people"]).exits(1).json();
    assert_eq!(coastal["profile"], "coastal@5", "a file, with this trust's people");
    assert_eq!(server.stop().0, 0);
}
