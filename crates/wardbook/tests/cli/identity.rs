//! The service identity: its passphrase, its file, and what a command says when it cannot be opened.

use serde_json::json;

use crate::support::{Folder, set_mode};

const PASSPHRASE: &str = "correct horse battery";

#[test]
fn a_passphrase_is_needed_and_must_be_the_one() {
    let folder = Folder::new();
    let init = ["--json", "init", "--trust", "T", "--profile", "clpt"];
    let short = folder.run_in(&init, &[("WARDBOOK_PASSPHRASE", "short")]).exits(2);
    assert!(short.out.contains("at least 12 characters"), "{short:?}");
    let made = folder.run_in(&init, &[("WARDBOOK_PASSPHRASE", PASSPHRASE)]).exits(0).json();
    assert_eq!(made["passphrase"], true);
    assert!(folder.path().join("keys/service.age").exists() && !folder.path().join("keys/service.identity").exists());

    let wrong = folder.run_in(&["policy", "show"], &[("WARDBOOK_PASSPHRASE", "incorrect horse battery")]).exits(2);
    assert!(wrong.err.contains("the passphrase does not open the identity file"), "{wrong:?}");
    let none = folder.run(&["policy", "show"]).exits(2);
    assert!(none.err.contains("protected by a passphrase, and none was given"), "{none:?}");
    let file = folder.write_beside("passphrase", format!("{PASSPHRASE}\n"), 0o600);
    folder.run_in(&["policy", "show"], &[("WARDBOOK__KEYS__PASSPHRASE_FILE", &file)]).exits(0);
    set_mode(file.as_ref(), 0o644);
    let open = folder.run_in(&["policy", "show"], &[("WARDBOOK__KEYS__PASSPHRASE_FILE", &file)]).exits(2);
    assert!(open.err.contains("can be read by others (mode 0644)"), "{open:?}");

    // What needs no key works without the passphrase, and says what it left out.
    let verdict = folder.run(&["--json", "verify"]).exits(0);
    assert_eq!(verdict.json()["commands_checked"], json!(false));
    assert!(verdict.err.contains("the command records are not checked"), "{verdict:?}");
}

#[test]
fn serve_takes_a_systemd_credential_and_warns_of_the_environment() {
    let folder = Folder::with_trust(&["--passphrase-file", &{
        // Written first, because `init` reads it.
        let keeper = Box::leak(Box::new(Folder::new()));
        keeper.write_beside("passphrase", PASSPHRASE, 0o600)
    }]);
    let config = std::fs::read_to_string(folder.path().join("wardbook.toml")).unwrap();
    assert!(config.contains("passphrase_file = ") && !config.contains(PASSPHRASE), "{config}");
    let without: Vec<&str> = config.lines().filter(|line| !line.contains("passphrase_file")).collect();
    std::fs::write(folder.path().join("wardbook.toml"), without.join("\n")).unwrap();

    let credentials = folder.beside("credentials");
    std::fs::create_dir(&credentials).unwrap();
    folder.write_beside("credentials/wardbook-passphrase", PASSPHRASE, 0o440);
    let (code, log) = folder.serve(&[("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap())]).stop();
    assert!(code == 0 && !log.contains("WARDBOOK_PASSPHRASE"), "{log}");
    let (code, log) = folder.serve(&[("WARDBOOK_PASSPHRASE", PASSPHRASE)]).stop();
    assert!(code == 0 && log.contains("WARDBOOK_PASSPHRASE is in the environment"), "{log}");
}

#[test]
fn an_identity_that_is_missing_open_to_others_or_none_at_all() {
    let folder = Folder::with_trust(&[]);
    let identity = folder.path().join("keys/service.identity");
    set_mode(&identity, 0o640);
    let open = folder.run(&["policy", "show"]).exits(2);
    assert!(open.err.contains("can be read by others (mode 0640); it must be 0600"), "{open:?}");
    std::fs::write(&identity, "not an identity").unwrap();
    set_mode(&identity, 0o600);
    assert!(folder.run(&["policy", "show"]).exits(2).err.contains("this is not an identity file"));
    std::fs::remove_file(&identity).unwrap();
    let missing = folder.run(&["--json", "policy", "show"]).exits(2).json();
    assert!(missing["detail"].as_str().unwrap().contains("there is no identity file at"), "{missing}");
    // Another trust's identity opens nothing here.
    let other = Folder::with_trust(&[]);
    std::fs::copy(other.path().join("keys/service.identity"), &identity).unwrap();
    set_mode(&identity, 0o600);
    let foreign = folder.run(&["policy", "show"]).exits(1);
    assert!(foreign.err.contains("the vault: "), "{foreign:?}");
}
