//! `kill -9`, and a server that is cut off: what was acknowledged is there, once, and the tree is whole.
//!
//! The writer is a child process: this very test binary, run again for the ignored test [`child`], which tells each
//! acknowledgement on its standard output. Every round kills it at a random instant and starts another on the same
//! book; that one repeats the commands whose answers were lost.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wardbook_ledger::note::origin;
use wardbook_ledger::{
    Append, AppendError, Clock, CommandRef, Database, Envelope, Ledger, Limits, MIGRATIONS, NotesDir, SealedEvent, Signer, StreamId,
    TrustId, VerifyOptions, Write, sign_checkpoint, verify,
};
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};

const ROUNDS: u32 = 50;
const TASKS: usize = 8;
const TRUST: TrustId = TrustId::from_bytes([0x77; 16]);
const MAC_KEY: [u8; 32] = [0x4d; 32];
const URL: &str = "WARDBOOK_KILL_TEST_URL";
const NEXT: &str = "WARDBOOK_KILL_TEST_NEXT";

#[derive(Debug)]
struct Ticks(AtomicU64);

impl Clock for Ticks {
    fn now_micros(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed).cast_signed()
    }
}

async fn open(url: &str) -> Ledger {
    let db = Database::connect(url).await.unwrap();
    Ledger::open(db, TRUST, MAC_KEY, Arc::new(Ticks(AtomicU64::new(0))), Limits::default())
}

async fn create(url: &str) {
    let ledger = open(url).await;
    ledger.database().migrate(MIGRATIONS).await.unwrap();
    ledger.create_trust().await.unwrap();
    ledger.shutdown().await;
    ledger.database().close().await;
}

fn hash(task: usize, command: u64, part: u64) -> [u8; 32] {
    let parts = [task as u64, command, part];
    Sha256::digest(parts.map(u64::to_be_bytes).concat()).into()
}

/// Command `n` of a task: one to three events for the task's own stream and a stream of its own.
fn append(task: usize, n: u64, expected: u64) -> Append {
    let stream = |part| StreamId::from_bytes(*hash(task, part, 100).first_chunk().unwrap());
    let write = |part, expected, events: Vec<u64>| Write {
        stream: stream(part),
        expected,
        events: events.into_iter().map(|part| event(hash(task, n, part))).collect(),
    };
    Append {
        writes: vec![write(u64::MAX, expected, (0..=n % 3).collect()), write(n, 0, vec![50])],
        guards: Vec::new(),
        command: Some(CommandRef { key: hash(task, n, 200), digest: hash(task, n, 201) }),
    }
}

/// Which events command `n` must have left, by their item roots.
fn traces(task: usize, n: u64) -> Vec<[u8; 32]> {
    (0..=n % 3).chain([50]).map(|part| hash(task, n, part)).collect()
}

fn event(root: [u8; 32]) -> SealedEvent {
    let mut bytes = vec![root[0]; 89 + 1024];
    bytes[0] = 1;
    SealedEvent::new(vec![Envelope::parse(bytes).unwrap()], root).unwrap()
}

fn own_stream(task: usize) -> StreamId {
    append(task, 0, 0).writes[0].stream
}

/// Not a test: the process that is killed. Writes for ever and says what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the kill tests as a child process"]
async fn child() {
    let (Ok(url), Ok(next)) = (std::env::var(URL), std::env::var(NEXT)) else { return };
    let ledger = open(&url).await;
    println!();
    let tasks = next.split(',').enumerate().map(|(task, next)| {
        let (ledger, mut n) = (ledger.clone(), next.parse::<u64>().unwrap());
        tokio::spawn(async move {
            loop {
                // After a lost answer this is the version the command itself has made: the record is asked first.
                let expected = ledger.stream_version(own_stream(task)).await.unwrap();
                ledger.append(append(task, n, expected)).await.unwrap();
                let line = format!("ack {task} {n}\n");
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                n += 1;
            }
        })
    });
    futures::future::join_all(tasks).await;
}

fn start_child(url: &str, next: &[u64; TASKS]) -> (Child, Receiver<(usize, u64)>) {
    let next = next.map(|n| n.to_string()).join(",");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(URL, url)
        .env(NEXT, next)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // A line cut short by the kill was not said.
        while lines.read_line(&mut line).is_ok_and(|n| n > 0) && line.ends_with('\n') {
            if let Some(ack) = line.trim_end().strip_prefix("ack ") {
                let (task, n) = ack.split_once(' ').unwrap();
                let _ = sender.send((task.parse().unwrap(), n.parse().unwrap()));
            }
            line.clear();
        }
    });
    (child, receiver)
}

/// A number nobody can foresee, below `bound`.
fn random(bound: u64) -> u64 {
    RandomState::new().build_hasher().finish() % bound
}

/// One life of the child: at least one acknowledgement, then a random while, then the end.
fn round(url: &str, next: &mut [u64; TASKS]) -> u64 {
    let (mut child, acks) = start_child(url, next);
    let mut heard = 0;
    let mut hear = |(task, n): (usize, u64)| {
        assert_eq!(n, next[task], "acknowledged in order");
        next[task] += 1;
        heard += 1;
    };
    hear(acks.recv_timeout(Duration::from_secs(30)).expect("the child writes"));
    let life = tokio::time::Instant::now() + Duration::from_micros(random(200_000));
    loop {
        let left = life.saturating_duration_since(tokio::time::Instant::now());
        match acks.recv_timeout(left) {
            Ok(ack) => hear(ack),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => panic!("the child ended by itself"),
        }
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9), "killed, not fallen over");
    acks.iter().for_each(hear);
    heard
}

/// Everything acknowledged is there with its record; everything there is whole, once, and in the tree.
async fn check(url: &str, next: &[u64; TASKS], notes: &NotesDir) {
    let ledger = open(url).await;
    let mut found: HashMap<[u8; 32], u32> = HashMap::new();
    let mut size = 0;
    loop {
        let page = ledger.read(size, 1000).await.unwrap();
        if page.is_empty() {
            break;
        }
        size += page.len() as u64;
        for event in page {
            *found.entry(*event.sealed.item_root()).or_default() += 1;
        }
    }
    for (task, &next) in next.iter().enumerate() {
        // One command more may have been written and its answer lost.
        for n in 0..=next {
            let parts = traces(task, n).iter().map(|root| found.remove(root).unwrap_or(0)).collect::<Vec<_>>();
            let record = ledger.command(hash(task, n, 200)).await.unwrap();
            let there = n < next || record.is_some();
            assert!(parts.iter().all(|&times| times == u32::from(there)), "task {task}, command {n}: {parts:?}");
            assert_eq!(record.is_some(), there, "task {task}, command {n}");
        }
    }
    assert!(found.is_empty(), "events nobody sent");
    let options = VerifyOptions { mac_key: Some(MAC_KEY), notes: Some(notes.clone()), ..VerifyOptions::default() };
    let verdict = verify(ledger.database(), TRUST, &options, |_, _| {}).await.unwrap();
    assert!(verdict.intact && verdict.size == size, "{verdict:?}");
}

async fn survives(url: String) {
    create(&url).await;
    let dir = temp_dir();
    let notes = NotesDir::open(dir.path()).unwrap();
    let signer = Signer::from_seed(&origin(TRUST), &[7; 32]).unwrap();
    let mut next = [0; TASKS];
    let mut total = 0;
    for number in 1..=ROUNDS {
        let url_of_round = url.clone();
        let lived = tokio::task::spawn_blocking(move || {
            let heard = round(&url_of_round, &mut next);
            (next, heard)
        });
        let heard;
        (next, heard) = lived.await.unwrap();
        total += heard;
        if number % 10 == 0 {
            // What is signed now must still be a beginning of the book at the end.
            let ledger = open(&url).await;
            sign_checkpoint(&ledger, &notes, &signer).await.unwrap();
            ledger.shutdown().await;
            ledger.database().close().await;
        }
    }
    assert!(total > u64::from(ROUNDS) * 3, "hardly any load: {total}");
    check(&url, &next, &notes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_survives_kill_nine() {
    let dir = temp_dir();
    survives(sqlite_url(dir.path(), "book.db")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_survives_kill_nine() {
    let pg = TestPg::own(true);
    survives(pg.fresh_database().await).await;
}

/// Callers hear "unavailable, try again" and nothing else; tried again under the same command, each happens once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_server_under_load_loses_nothing() {
    let pg = Arc::new(TestPg::own(true));
    let url = pg.fresh_database().await;
    create(&url).await;
    let ledger = open(&url).await;
    let (stop, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let tasks = (0..TASKS).map(|task| {
        let (ledger, stop, refused) = (ledger.clone(), stop.clone(), refused.clone());
        tokio::spawn(async move {
            let (mut n, mut version) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                version = insist(&ledger, task, n, version, &refused).await;
                n += 1;
            }
            n
        })
    });
    let tasks: Vec<_> = tasks.collect();
    for _ in 0..4 {
        let size = ledger.head().await.unwrap().size;
        grown(&ledger, size + 50).await;
        let pg = pg.clone();
        tokio::task::spawn_blocking(move || pg.restart()).await.unwrap();
        recovered(&ledger).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut next = [0; TASKS];
    for (task, ended) in tasks.into_iter().enumerate() {
        next[task] = ended.await.unwrap();
    }
    assert!(refused.load(Ordering::Relaxed) > 0, "the restarts were felt");
    let dir = temp_dir();
    check(&url, &next, &NotesDir::open(dir.path()).unwrap()).await;
}

/// Repeats one command until it is done; returns the version its stream has then.
async fn insist(ledger: &Ledger, task: usize, n: u64, expected: u64, refused: &AtomicU64) -> u64 {
    loop {
        match ledger.append(append(task, n, expected)).await {
            Ok(done) => return done.versions[0].1,
            Err(AppendError::Unavailable(_)) => {
                refused.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("a caller heard something else: {error:?}"),
        }
    }
}

async fn grown(ledger: &Ledger, size: u64) {
    let mut subscription = ledger.subscribe(size - 1);
    let event = tokio::time::timeout(Duration::from_secs(30), subscription.next_batch(1)).await;
    event.expect("the book grows").unwrap();
}

/// Reading, too, comes back by itself.
async fn recovered(ledger: &Ledger) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while ledger.head().await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "reads do not recover");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
