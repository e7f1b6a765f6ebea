//! `wardbook init`: a new trust with its keys, its book and its first events, in a folder of its own; with `--add` in one that holds
//! others already (`adding.rs`).

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use wardbook_app::setup::SHIPPED_PROFILES;
use wardbook_app::{App, Clock};
use wardbook_ledger::TrustId;
use wardbook_vault::{IdentitySource, RecoveryIdentity, ServiceIdentity, Share, shares};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::opening::{opening, trusts};
use crate::output::{note, say, say_json};
use crate::place::{Lock, Place, make_private_dir};
use crate::settings::Settings;
use crate::{Globals, environment, secrets, surroundings};

const PASSPHRASE_CHARS_MIN: usize = 12;
const WORDS_A_LINE: usize = 8;

/// `wardbook init`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Add a trust to the folder: keys and profile of its own, the same databases and service identity
    #[arg(long, conflicts_with_all = ["database", "keys", "passphrase_file", "ask_passphrase"])]
    add: bool,
    /// A policy profile: a file, or the name of one that comes with Wardbook
    #[arg(long, value_name = "FILE-OR-NAME")]
    pub(super) profile: String,
    /// The book's database: postgres://USER@HOST/DATABASE or sqlite:///absolute/path (default: book.db in the folder)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The key store, as --database (default: keys/keys.db in the folder)
    #[arg(long, value_name = "URL")]
    keys: Option<String>,
    /// How many recovery shares are needed, of how many
    #[arg(long, value_name = "K/N", default_value = "2/3", value_parser = parse_shares)]
    pub(super) shares: (u8, u8),
    /// Write the recovery shares to a new file instead of the terminal
    #[arg(long, value_name = "FILE")]
    pub(super) shares_to: Option<PathBuf>,
    /// A file with the passphrase of the service identity (0600); serve reads it too
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Ask for a passphrase, twice
    #[arg(long)]
    ask_passphrase: bool,
}

fn parse_shares(text: &str) -> Result<(u8, u8), String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    parts.filter(|(k, n)| 2 <= *k && k <= n && *n <= 16).ok_or_else(|| "say K/N with 2 <= K <= N <= 16, for example 2/3".to_owned())
}

/// What is to be made.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The trust's name.
    pub(crate) name: String,
    /// The text of its profile.
    pub(crate) profile: String,
    /// The text of `wardbook.toml`.
    pub(crate) config: String,
    /// What that text and the environment set.
    pub(crate) settings: Settings,
    /// The passphrase of the service identity, if it has one.
    pub(crate) passphrase: Option<SecretString>,
    /// Shares needed, shares made.
    pub(crate) shares: (u8, u8),
    /// Where the shares are written before the trust is final, if anywhere.
    pub(crate) shares_to: Option<PathBuf>,
    /// The clock of its book.
    pub(crate) clock: Clock,
}

/// A trust that was just made, still open.
#[derive(Debug)]
pub(crate) struct Made {
    /// The trust.
    pub(crate) app: App,
    /// The folder's lock.
    pub(crate) lock: Lock,
    pub(super) verifier_key: String,
    pub(super) identity: Option<PathBuf>,
    pub(super) shares: Vec<Share>,
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: Args) -> Result<ExitCode, Failure> {
    let place = globals.place()?;
    let name = place.named().ok_or_else(|| Failure::field("trust", "name the new trust with --trust NAME"))?.to_owned();
    if args.add {
        return super::adding::run(globals, &place, &name, &args).await;
    }
    let trust = TrustId::from_bytes(surroundings::entropy().bytes());
    let config = config_text(trust, &args)?;
    let settings = Settings::parse(&config, environment())?.settings;
    let plan = Plan {
        name,
        profile: profile(&args.profile)?,
        config,
        passphrase: passphrase(&settings, args.ask_passphrase)?,
        settings,
        shares: args.shares,
        shares_to: args.shares_to,
        clock: surroundings::clock(),
    };
    let made = make(&place, &plan).await?;
    made.app.shutdown().await;
    tell(globals.json, &place, (plan.shares_to.as_deref(), plan.passphrase.is_some()), &made);
    Ok(ExitCode::SUCCESS)
}

/// Makes the trust. The settings are written last: without them there is no trust, and a failure takes back what was made.
pub(crate) async fn make(place: &Place, plan: &Plan) -> Result<Made, Failure> {
    refuse_existing(place)?;
    place.check_socket_path()?;
    let mut undo = Undo::default();
    let made = make_in(place, plan, &mut undo).await;
    match made {
        Ok(made) => {
            undo.0.clear();
            Ok(made)
        }
        Err(failure) => {
            drop(undo);
            let outside = plan.settings.database.url.is_some() || plan.settings.keys.url.is_some();
            Err(if outside {
                failure.and("the folder is as before; a half-made trust may be left in the databases and does no harm there")
            } else {
                failure
            })
        }
    }
}

async fn make_in(place: &Place, plan: &Plan, undo: &mut Undo) -> Result<Made, Failure> {
    undo.dir(place.dir())?;
    let lock_file = place.dir().join("wardbook.lock");
    if !lock_file.exists() {
        undo.file(lock_file);
    }
    let busy = || Failure::failed("another wardbook process is at work in this folder");
    let lock = Lock::take(place, &plan.settings)?.ok_or_else(busy)?;
    // Again, as nobody else can have the folder from here on.
    refuse_existing(place)?;
    undo.dir(&place.keys_dir())?;
    undo.dir(&place.notes())?;
    for base in [place.book(), place.key_store()] {
        for ending in ["", "-wal", "-shm"] {
            let mut name = base.as_os_str().to_owned();
            name.push(ending);
            undo.file(name.into());
        }
    }
    let (service, identity) = service_identity(place, plan, undo)?;
    let mut rng = surroundings::system_rng();
    let recovery = RecoveryIdentity::generate(&mut rng);
    let (k, n) = plan.shares;
    let shares = shares::split(&recovery, k, n, &mut rng).map_err(|error| Failure::field("shares", error.to_string()))?;
    let [trust] = trusts(&plan.settings)?[..] else { return Err(Failure::field("[trust] more", "goes with `init --add` only")) };
    let opening = opening(place, &plan.settings, trust, service, plan.clock.clone())?;
    let app = App::create(opening, &plan.name, &plan.profile, &recovery.recipient()).await?;
    let verifier_key = app.verifier_key()?;
    undo.file(place.verifier_key());
    write_new(&place.verifier_key(), format!("{verifier_key}\n").as_bytes())?;
    if let Some(path) = &plan.shares_to {
        write_new(path, shares_text(&shares).as_bytes())?;
        undo.file(path.clone());
    }
    undo.file(place.config());
    write_new(&place.config(), plan.config.as_bytes())?;
    Ok(Made { app, lock, verifier_key, identity: Some(identity), shares })
}

/// Paths made by us, taken back in the order in which they were made last when this is dropped full.
#[derive(Debug, Default)]
pub(super) struct Undo(pub(super) Vec<PathBuf>);

impl Undo {
    /// Makes a private folder; it is ours to take back only if it was not there.
    pub(super) fn dir(&mut self, path: &Path) -> Result<(), Failure> {
        if make_private_dir(path)? {
            self.0.push(path.to_owned());
        }
        Ok(())
    }

    /// A file that is about to be made, and was not there before.
    pub(super) fn file(&mut self, path: PathBuf) {
        self.0.push(path);
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // A folder goes only when nothing of others is in it.
            let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}

fn refuse_existing(place: &Place) -> Result<(), Failure> {
    if place.config().exists() {
        return Err(Failure::input(format!("{} holds a trust already", place.dir().display())));
    }
    let left = [place.book(), place.keys_dir(), place.notes(), place.verifier_key()];
    if let Some(path) = left.iter().find(|path| path.exists()) {
        return Err(Failure::input(format!(
            "{} is there already; name another folder, or remove what an init that was cut short has left",
            path.display()
        )));
    }
    Ok(())
}

fn config_text(trust: TrustId, args: &Args) -> Result<String, Failure> {
    let mut text = minimal_config(trust);
    let quoted = |value: &str| toml::Value::from(value).to_string();
    if let Some(url) = &args.database {
        let _ = write!(text, "\n[database]\nurl = {}\n", quoted(url));
    }
    let file = args.passphrase_file.as_deref().map(std::path::absolute).transpose();
    let file = file.map_err(|error| Failure::caused("the passphrase's file", &error))?;
    if args.keys.is_some() || file.is_some() {
        text += "\n[keys]\n";
    }
    if let Some(url) = &args.keys {
        let _ = writeln!(text, "url = {}", quoted(url));
    }
    if let Some(file) = file {
        let _ = writeln!(text, "passphrase_file = {}", quoted(&file.to_string_lossy()));
    }
    Ok(text)
}

/// The settings of a trust with everything in its folder.
pub(crate) fn minimal_config(trust: TrustId) -> String {
    format!("# Settings of one Wardbook trust; `wardbook config check` says what is in force.\n\n[trust]\nid = \"{trust}\"\n")
}

/// The profile's text, by name or from a file.
pub(super) fn profile(named: &str) -> Result<String, Failure> {
    if let Some((_, text)) = SHIPPED_PROFILES.iter().find(|(name, _)| *name == named) {
        return Ok((*text).to_owned());
    }
    let shipped = SHIPPED_PROFILES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    fs::read_to_string(named).map_err(|error| {
        Failure::field(
            "profile",
            format!("`{named}` is no profile that comes with Wardbook ({shipped}), and as a file it cannot be read: {error}"),
        )
    })
}

fn passphrase(settings: &Settings, asked: bool) -> Result<Option<SecretString>, Failure> {
    let given = secrets::given_passphrase(&settings.keys)?.map(|given| given.text);
    let text = match given {
        None if asked => {
            let nobody = || Failure::input("nobody is at the terminal to be asked for a passphrase");
            let first = secrets::ask("New passphrase of the service identity: ")?.ok_or_else(nobody)?;
            let second = secrets::ask("Again: ")?.ok_or_else(nobody)?;
            if first.expose_secret() != second.expose_secret() {
                return Err(Failure::input("the two passphrases differ"));
            }
            Some(first)
        }
        given => given,
    };
    if text.as_ref().is_some_and(|text| text.expose_secret().chars().count() < PASSPHRASE_CHARS_MIN) {
        return Err(Failure::input(format!("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters")));
    }
    Ok(text)
}

/// A new service identity in its file; the one that `[keys] identity` names is used where it is there.
fn service_identity(place: &Place, plan: &Plan, undo: &mut Undo) -> Result<(ServiceIdentity, PathBuf), Failure> {
    let usual = if plan.passphrase.is_some() { place.identity_age() } else { place.identity_plain() };
    let path = plan.settings.keys.identity.clone().unwrap_or(usual);
    if path.exists() {
        let source = IdentitySource::File { path: &path, passphrase: plan.passphrase.as_ref() };
        return Ok((ServiceIdentity::load(&source)?, path));
    }
    let identity = ServiceIdentity::generate(&mut surroundings::system_rng());
    undo.file(path.clone());
    match &plan.passphrase {
        Some(passphrase) => identity.save_passphrase(&path, passphrase)?,
        None => identity.save_plain(&path)?,
    }
    Ok((identity, path))
}

/// Writes a new file of the owner's and syncs it with its folder.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| Failure::input(format!("{} cannot be written: {error}", path.display())))
}

pub(super) fn shares_text(shares: &[Share]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(shares.len() * 400 + 400));
    if let Some(first) = shares.first() {
        let _ = write!(
            text,
            "Recovery shares: any {} of these {} open the trust's keys when the service identity is lost.\n\
             Give each to another person, on paper. They are not shown again.\n",
            first.k(),
            first.n()
        );
    }
    for share in shares {
        let _ = write!(text, "\nShare {} of {}\n", share.x(), share.n());
        let words = share.to_words();
        for line in words.split(' ').collect::<Vec<_>>().chunks(WORDS_A_LINE) {
            text.push_str("  ");
            text.push_str(&Zeroizing::new(line.join(" ")));
            text.push('\n');
        }
    }
    text
}

/// Says what was made. `how`: where the shares are, if in a file, and whether the identity has a passphrase.
pub(super) fn tell(json: bool, place: &Place, how: (Option<&Path>, bool), made: &Made) {
    let (to, passphrase) = (how.0.map(|path| path.display().to_string()), how.1);
    if json {
        let words = |share: &Share| json!({ "number": share.x(), "words": share.to_words().as_str() });
        let shares = to.is_none().then(|| made.shares.iter().map(words).collect::<Vec<_>>());
        let (k, n) = made.shares.first().map_or((0, 0), |share| (share.k(), share.n()));
        say_json(&json!({
            "trust": made.app.trust().to_string(), "data": place.dir(), "verifier_key": made.verifier_key, "identity": made.identity,
            "passphrase": passphrase, "shares_needed": k, "shares_made": n, "shares": shares, "shares_file": to,
        }));
        return;
    }
    say(format!("The trust {} is made in {}.", made.app.trust(), place.dir().display()));
    match &made.identity {
        Some(identity) if passphrase => say(format!("The service identity is in {}, under its passphrase.", identity.display())),
        Some(identity) => {
            note(format!("the service identity is in {} without a passphrase: whoever reads that file opens the book", identity.display()));
        }
        None => {} // the folder's own
    }
    say(format!("Checkpoints are verified with this key (also in checkpoint.vkey): {}", made.verifier_key));
    match to {
        Some(path) => say(format!("The recovery shares are in {path}: print them, give each to another person, and destroy the file.")),
        None => say(format!("\n{}", shares_text(&made.shares).trim_end())),
    }
}
