//! Mail of a running server.

use std::time::Duration;

use serde_json::json;
use wardbook_testkit::smtp::{Mood, Smtp};

use crate::support::{Folder, Server};

async fn file(server: &Server, token: &str) {
    let form = json!({ "school": "SCH01", "types": ["online_safety_concern"], "what_happened": "A canary sings.", "danger": "yes",
        "data_affected": ["no_data"] });
    let (status, text) = server.ask("POST", "/api/v1/reports", Some(token), &form.to_string()).await;
    assert_eq!(status, 201, "{text}");
}

/// Waits until the mail server has so many messages.
async fn until(smtp: &Smtp, count: usize) {
    for _ in 0..600 {
        if smtp.mails().len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} messages came, and {count} were waited for", smtp.mails().len());
}

#[tokio::test]
async fn a_server_mails_what_cannot_wait_and_repeats_nothing_after_a_kill() {
    let folder = Folder::with_people();
    let token = folder.token("oona.clarke@example.org", "Oona Clarke", "reporter");
    let smtp = Smtp::start().await;
    let port = smtp.port().to_string();
    let settings = [
        ("WARDBOOK__PUBLIC_URL", "https://wardbook.example.org"),
        ("WARDBOOK__MAIL__HOST", "127.0.0.1"),
        ("WARDBOOK__MAIL__PORT", port.as_str()),
        ("WARDBOOK__MAIL__FROM", "wardbook@oakfield.example"),
        ("WARDBOOK__MAIL__TLS", "none"),
    ];
    let server = folder.serve(&settings);
    file(&server, &token).await;
    until(&smtp, 1).await;
    let mails = smtp.mails();
    assert!(mails[0].to[0].ends_with("@example.org") && mails[0].body().contains("needs you now"), "{mails:?}");
    assert!(!mails[0].raw.contains("canary") && mails[0].body().contains("https://wardbook.example.org/queue"), "{mails:?}");
    // What is filed while the mail server is away is there after a power cut.
    smtp.set_mood(Mood::Closed);
    file(&server, &token).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.kill();
    smtp.set_mood(Mood::Takes);
    let server = folder.serve(&settings);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(smtp.ids().values().all(|count| *count == 1), "{:?}", smtp.ids());
    let (code, log) = server.stop();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains("@example.org") && !log.contains("canary"), "no address is logged: {log}");
}

#[test]
fn mail_that_cannot_be_set_up_keeps_a_server_from_starting() {
    let folder = Folder::with_trust(&[]);
    let secret = folder.write_beside("secret", "hunter2\n", 0o644);
    let certificate = folder.write_beside("ca.pem", "nothing\n", 0o644);
    let mail = [("WARDBOOK__MAIL__HOST", "mail.example.org"), ("WARDBOOK__MAIL__FROM", "a@b.org")];
    let with = |more: &[(&'static str, &str)]| {
        let all: Vec<(&str, &str)> = mail.iter().copied().chain(more.iter().copied()).collect();
        folder.run_in(&["serve", "--listen", "127.0.0.1:0"], &all).exits(2).err
    };
    let open = with(&[("WARDBOOK__MAIL__USER", "u"), ("WARDBOOK__MAIL__PASSWORD_FILE", &secret)]);
    assert!(open.contains("can be read by others") && !open.contains("hunter2"), "{open}");
    assert!(with(&[("WARDBOOK__MAIL__CA", &certificate)]).contains("[mail] ca: "));
    assert!(with(&[("WARDBOOK__MAIL__CA", "/nothing/there")]).contains("[mail] ca: "));
    assert!(with(&[("WARDBOOK__MAIL__TLS", "none")]).contains("[mail] tls: "));
}
