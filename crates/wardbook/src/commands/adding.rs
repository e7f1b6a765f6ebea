//! `wardbook init --add`: another trust in a folder that holds one. Its keys, its recovery shares, its profile and its notes are its own;
//! databases and service identity are the folder's. The settings are written last: without them there is no trust.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::ExitCode;

use wardbook_app::App;
use wardbook_ledger::TrustId;
use wardbook_vault::{RecoveryIdentity, shares};

use super::init::{Args, Made, Undo, profile, shares_text, tell, write_new};
use crate::Globals;
use crate::door::service_identity;
use crate::failure::Failure;
use crate::opening::{open_trusts, opening};
use crate::place::{Lock, Place};
use crate::secrets::Ask;
use crate::settings::Settings;
use crate::surroundings;

/// Runs it.
pub(crate) async fn run(globals: &Globals, place: &Place, name: &str, args: &Args) -> Result<ExitCode, Failure> {
    let (_, loaded) = globals.open()?;
    let trust = TrustId::from_bytes(surroundings::entropy().bytes());
    let text = std::fs::read_to_string(place.config()).map_err(|error| Failure::caused("wardbook.toml cannot be read", &error))?;
    let config = with_trust(&text, trust)?;
    let profile = profile(&args.profile)?;
    let busy = || Failure::failed("another wardbook process is at work in this folder; stop it first");
    let lock = Lock::take(place, &loaded.settings)?.ok_or_else(busy)?;
    let (identity, _) = service_identity(place, &loaded.settings, Ask::IfAttended).await?;
    let clock = surroundings::clock();
    let others = open_trusts(place, &loaded.settings, identity.clone(), &clock).await?;
    if others.iter().any(|other| other.trust_name().eq_ignore_ascii_case(name)) {
        return Err(Failure::field("trust", "is the name of a trust that this folder holds already"));
    }
    let opening = opening(place, &loaded.settings, trust, identity, clock)?;
    let mut undo = Undo::default();
    let made = make(place, (name, &profile), args, &others, (opening, lock), &mut undo).await;
    let made =
        made.map_err(|failure| failure.and("the folder is as before; a half-made trust may be left in the databases and does no harm"))?;
    put_in_place(place, &config)?;
    undo.0.clear();
    for app in others.iter().chain([&made.app]) {
        app.shutdown().await;
    }
    tell(globals.json, place, (args.shares_to.as_deref(), false), &made);
    Ok(ExitCode::SUCCESS)
}

async fn make(
    place: &Place,
    (name, profile): (&str, &str),
    args: &Args,
    others: &[App],
    (opening, lock): (wardbook_app::setup::Opening, Lock),
    undo: &mut Undo,
) -> Result<Made, Failure> {
    let home = place.added(opening.trust);
    for dir in [&place.trusts(), home.dir(), &home.notes()] {
        undo.dir(dir)?;
    }
    let mut rng = surroundings::system_rng();
    let recovery = RecoveryIdentity::generate(&mut rng);
    let (k, n) = args.shares;
    let shares = shares::split(&recovery, k, n, &mut rng).map_err(|error| Failure::field("shares", error.to_string()))?;
    let app = others[0].create_beside(opening, name, profile, &recovery.recipient()).await?;
    let verifier_key = app.verifier_key()?;
    undo.file(home.verifier_key());
    write_new(&home.verifier_key(), format!("{verifier_key}\n").as_bytes())?;
    if let Some(path) = &args.shares_to {
        write_new(path, shares_text(&shares).as_bytes())?;
        undo.file(path.clone());
    }
    Ok(Made { app, lock, verifier_key, identity: None, shares })
}

/// The settings with one more trust. Everything else in them stays as somebody wrote it.
fn with_trust(text: &str, trust: TrustId) -> Result<String, Failure> {
    let before = Settings::parse(text, std::iter::empty())?.settings.trust;
    let more: Vec<String> = before.more.iter().cloned().chain([trust.to_string()]).collect();
    let line = format!("more = {}", toml::Value::from(more.clone()));
    let is_key = |text: &str, key: &str| text.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let (mut lines, mut in_section) = (vec![], false);
    for old in text.lines() {
        if old.trim_start().starts_with('[') {
            in_section = old.trim() == "[trust]";
        }
        if !(in_section && is_key(old, "more")) {
            lines.push(old);
        }
        if in_section && is_key(old, "id") {
            lines.push(&line);
        }
    }
    let written = lines.join("\n") + "\n";
    let by_hand = || Failure::input(format!("wardbook.toml is written in another way than this command knows; put under [trust]: {line}"));
    let after = Settings::parse(&written, std::iter::empty()).map_err(|_| by_hand())?.settings.trust;
    if after.id == before.id && after.id.is_some() && after.more == more { Ok(written) } else { Err(by_hand()) }
}

/// In one step: half of it would be no settings at all.
fn put_in_place(place: &Place, config: &str) -> Result<(), Failure> {
    let fresh = place.config().with_extension("toml.new");
    let write = || {
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(config.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, place.config())?;
        File::open(place.dir())?.sync_all()
    };
    write().map_err(|error: std::io::Error| Failure::caused("wardbook.toml cannot be written", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "[trust]\nid = \"00000000000000000000000000000001\"\n";

    fn id(last: u8) -> TrustId {
        let mut bytes = [0; 16];
        bytes[15] = last;
        TrustId::from_bytes(bytes)
    }

    #[test]
    fn a_trust_is_added_and_the_rest_stays_as_it_was_written() {
        let text = format!("# Ours.\nlisten = \"127.0.0.1:1\"\n\n{FIRST}\n[tls] # later\n");
        let one = with_trust(&text, id(2)).unwrap();
        assert_eq!(one, text.replace("1\"\n\n[tls]", "1\"\nmore = [\"00000000000000000000000000000002\"]\n\n[tls]"));
        let two = with_trust(&one, id(3)).unwrap();
        assert_eq!(Settings::parse(&two, std::iter::empty()).unwrap().settings.trust.more, [id(2).to_string(), id(3).to_string()]);
        assert_eq!(two.matches("more").count(), 1);
    }

    #[test]
    fn settings_of_another_shape_are_left_to_their_writer() {
        for text in ["trust.id = \"00000000000000000000000000000001\"\n", "[trust]\n", ""] {
            let refused = with_trust(text, id(2)).unwrap_err().problem().to_string();
            assert!(refused.contains("more = [\"00000000000000000000000000000002\"]"), "{text}: {refused}");
        }
    }
}
