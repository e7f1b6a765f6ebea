//! Bad input: exit 2, one line that names what is wrong, and the problem object where JSON was asked for.

use serde_json::Value;

use crate::support::{Folder, run, sample};

/// Fails unless the command exits 2 with one line on stderr that holds `says`, and the same as a problem with `--json`.
#[track_caller]
fn refuses(folder: &Folder, args: &[&str], says: &str) {
    let plain = folder.run(args).exits(2);
    assert!(plain.err.contains(says), "{args:?}: {plain:?}");
    assert!(plain.err.starts_with("wardbook: ") && plain.err.lines().count() == 1, "{args:?}: {plain:?}");
    assert!(plain.out.is_empty(), "{args:?}: {plain:?}");
    let problem = folder.run(&[&["--json"], args].concat()).exits(2).json();
    assert!(problem["title"].is_string() && problem["type"].is_string() && problem["status"].is_u64(), "{args:?}: {problem}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fields =
        problem["errors"].as_array().into_iter().flatten().map(|one| format!("{}: {}", text(&one["field"]), text(&one["problem"])));
    let said = [text(&problem["detail"])].into_iter().chain(fields).collect::<Vec<_>>().join("\n");
    assert!(said.contains(says), "{args:?}: {said}");
}

#[test]
fn what_a_trust_refuses() {
    let folder = Folder::with_people();
    for (args, says) in [
        (&["init", "--trust", "T", "--profile", "clpt"][..], "holds a trust already"),
        (&["user", "add", "--email", "a@b.org", "--name", "A", "--duty", "king"], "duty: `king` is none of reporter, dsl"),
        (&["user", "add", "--email", "a@b.org", "--name", "A", "--duty", "dsl"], "school: is needed"),
        (
            &["user", "add", "--email", "a@b.org", "--name", "A", "--duty", "dsl", "--school", "SCH99"],
            "school: is not a school of this trust",
        ),
        (&["user", "add", "--email", "nobody", "--name", "A", "--duty", "dpo"], "email: "),
        (&["token", "create", "--user", "nobody@example.org"], "user: has no account"),
        (&["queue"], "token: "),
        (&["views", "rebuild", "paintings"], "there is no view called \"paintings\""),
        (&["serve", "--listen", "0.0.0.0:0"], "listen: 0.0.0.0:0 is beyond this machine"),
        (&["import", "reports", &sample("schools.csv")], "reports are imported from JSON lines"),
        (&["import", "schools", "/does/not/exist.csv"], "cannot be read"),
        (&["verify", "--checkpoint", "/does/not/exist"], "cannot be read"),
    ] {
        refuses(&folder, args, says);
    }
    refuses(&folder, &["import", "leavers", &sample("leavers.csv")], "leavers are not used by anything yet");
    refuses(&folder, &["import", "alerts", &sample("monitoring_alerts.csv")], "alerts are imported by a named person");
    folder.run(&["queue", "--token", "wb_unknown"]).exits(2);
    let unknown = folder.run(&["--json", "queue", "--token", "wb_unknown"]).exits(2).json();
    assert_eq!(unknown["status"], 401);
}

#[test]
fn what_is_refused_before_there_is_a_trust() {
    let folder = Folder::new();
    for (args, says) in [
        (
            &["init", "--trust", "T", "--profile", "atlantis"][..],
            "profile: `atlantis` is no profile that comes with Wardbook (clpt, coastal)",
        ),
        (&["init", "--trust", " ", "--profile", "clpt"], "trust: is empty"),
        (&["init", "--trust", "T", "--profile", "clpt", "--database", "mysql://x"], "[database] url: "),
        (&["init", "--trust", "T", "--profile", "clpt", "--database", "postgres://u:hunter2@h/d"], "has a password in it"),
        (&["verify"], "there is no trust here"),
        (&["serve"], "there is no trust here"),
        (&["demo", "--listen", "0.0.0.0:8080"], "the demo never leaves it"),
    ] {
        refuses(&folder, args, says);
        assert!(!folder.path().exists(), "{args:?} left something behind");
    }
    folder.run(&["init", "--trust", "T", "--profile", "clpt", "--shares", "1/3"]).exits(2);
    let no_folder = run(&["--json", "verify"], &[], "").exits(2).json();
    assert_eq!(no_folder["errors"][0]["field"], "data");
    let usage = run(&["--json", "paint"], &[], "").exits(2).json();
    assert!(usage["detail"].as_str().unwrap().contains("paint"), "{usage}");
}

#[test]
fn an_init_that_fails_half_way_leaves_nothing_behind() {
    let folder = Folder::new();
    let taken = folder.write_beside("shares", "already here", 0o600);
    // The shares are written after the trust is made and before it is final.
    let failed = folder.run(&["init", "--trust", "T", "--profile", "clpt", "--shares-to", &taken]).exits(2);
    assert!(failed.err.contains("shares cannot be written"), "{failed:?}");
    assert!(!folder.path().exists());
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "already here");
    let other = folder.beside("other-shares");
    folder.run(&["init", "--trust", "T", "--profile", "clpt", "--shares-to", other.to_str().unwrap()]).exits(0);
    assert!(std::fs::read_to_string(other).unwrap().contains("Share 3 of 3"));
}

#[test]
fn refused_rows_are_named_and_the_good_ones_stay() {
    let folder = Folder::with_trust(&[]);
    let file = folder.write_beside("schools.csv", "\u{feff}code,name\nS1,One\nS2\n,Nameless\nS3,Three\n", 0o644);
    let told = folder.run(&["import", "schools", &file]).exits(2);
    assert!(told.out.contains("2 accepted"), "{told:?}");
    assert!(told.err.contains("line 3: row: has 1 cells where the header has 2"), "{told:?}");
    assert!(told.err.contains("line 4: code: "), "{told:?}");
    let json = folder.run(&["--json", "import", "schools", &file]).exits(2).json();
    assert_eq!((&json["accepted"], &json["refused"][0]["line"], &json["refused"][1]["line"]), (&2.into(), &3.into(), &4.into()));
    let latin = folder.write_beside("latin.csv", b"code,name\nS4,Four\nS5,Szab\xf3\n", 0o644);
    refuses(&folder, &["import", "schools", &latin], "line 3 is not UTF-8");
}

#[test]
fn the_settings_name_their_wrong_key_and_show_no_secret() {
    let folder = Folder::with_trust(&[]);
    let checked = folder.run_in(
        &["config", "check"],
        &[
            ("WARDBOOK__TELEMETRY__LOG", "json"),
            ("WARDBOOK__SIGN_IN__IDLE_MINUTES", "25"),
            ("WARDBOOK__MAIL__HOST", "mail.example.org"),
            ("WARDBOOK__MAIL__FROM", "a@b.org"),
        ],
    );
    let shown = checked.exits(0).out;
    assert!(shown.contains("WARDBOOK__TELEMETRY__LOG") && shown.contains("kept for later"), "{shown}");
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("[mail] port").contains("587") && line("[mail] tls").contains("starttls"), "what is in force: {shown}");
    assert!(line("[mail] allow_plain").is_empty() && !line("[mail]").contains("kept for later"), "{shown}");
    let json = folder.run(&["--json", "config", "check"]).exits(0).json();
    assert_eq!(json["settings"]["listen"]["value"], "127.0.0.1:8080");
    let wrong = folder.run_in(&["config", "check"], &[("WARDBOOK__PAINT__COLOUR", "red")]).exits(2);
    assert!(wrong.err.contains("WARDBOOK__PAINT__COLOUR: is not a key"), "{wrong:?}");
    let path = folder.path().join("wardbook.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[mail]\npassword = \"hunter2\"\n")).unwrap();
    refuses(&folder, &["config", "check"], "[mail] password: a secret does not stand in the settings");
    refuses(&folder, &["serve"], "[mail] password: ");
    assert!(!folder.run(&["serve"]).exits(2).err.contains("hunter2"));
    std::fs::write(&path, format!("listen = \"0.0.0.0:80\"\n{text}")).unwrap();
    refuses(&folder, &["config", "check"], "listen: 0.0.0.0:80 is beyond this machine");
}
