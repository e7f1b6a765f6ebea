//! The demo: made once, then just started; never in a folder of others.

use crate::support::{Folder, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_made_once_and_started_again() {
    let folder = Folder::new();
    let data = folder.path();
    let args = ["--data", data.to_str().unwrap(), "--json", "demo", "--listen", "127.0.0.1:0"];
    let server = Server::start(&args, &[("WARDBOOK__DATABASE__URL", "postgres://must-not-be-asked.invalid/x")]);
    assert_eq!(server.ready["people"].as_array().unwrap().len(), 11);
    assert!(server.ready["password"].as_str().unwrap().len() >= 12);
    assert_eq!(server.ask("GET", "/sign-in", None, "").await.0, 200);
    let made = folder.run(&["--json", "verify"]).exits(0).json();
    assert!(made["size"].as_u64().unwrap() > 300, "{made}");
    assert_eq!(server.stop().0, 0);
    let again = Server::start(&args, &[]);
    assert_eq!(folder.run(&["--json", "verify"]).exits(0).json()["size"], made["size"], "nothing is imported twice");
    assert_eq!(again.stop().0, 0);

    // Cut short before its last step, it is made anew.
    std::fs::remove_file(data.join("demo.json")).unwrap();
    let (book, key) = (data.join("book.db"), data.join("checkpoint.vkey"));
    let before = std::fs::read(&key).unwrap();
    let anew = Server::start(&args, &[]);
    assert!(book.exists() && std::fs::read(&key).unwrap() != before, "another trust");
    drop(anew);
}

#[test]
fn a_real_trust_never_becomes_a_demo() {
    let folder = Folder::with_trust(&[]);
    let refused = folder.run(&["demo", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(refused.err.contains("holds something that is not the demo's"), "{refused:?}");
    folder.run(&["verify"]).exits(0);
}
