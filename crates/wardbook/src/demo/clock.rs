//! The demo's time: it starts on a Friday afternoon, ticks as the machine does, jumps forward when told to, and goes on where it stopped.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wardbook_app::Clock;
use wardbook_domain::Instant;

/// Friday 30 October 2026, 16:12 in England: where a new demo begins.
const BEGINNING: &str = "2026-10-30T16:12:00Z";
/// How much of its time a demo may lose in a power cut; the book's last event bounds it further.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// The clock of a demo. Cheap to clone; clones tell one time.
#[derive(Debug, Clone)]
pub(crate) struct DemoClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    machine: Clock,
    file: PathBuf,
    time: Mutex<Time>,
    jumps: AtomicU64,
    saving: Mutex<()>,
}

/// In microseconds since the Unix epoch.
#[derive(Debug)]
struct Time {
    now: i64,
    /// What the machine's clock said then.
    seen: i64,
}

impl Time {
    /// What has passed on the machine passes here; a machine whose clock is put back stops this one only for that moment.
    fn tick(&mut self, machine: i64) -> i64 {
        self.now = self.now.saturating_add(machine.saturating_sub(self.seen).max(0));
        self.seen = machine;
        self.now
    }
}

impl DemoClock {
    /// A clock that is at `now`.
    pub(crate) fn at(now: Instant, machine: Clock, file: PathBuf) -> Self {
        let time = Mutex::new(Time { now: now.as_micros(), seen: machine.now().as_micros() });
        Self(Arc::new(Inner { machine, file, time, jumps: AtomicU64::new(0), saving: Mutex::new(()) }))
    }

    /// A clock that goes on from the saved instant, or begins.
    pub(crate) fn resume(machine: Clock, file: PathBuf) -> Self {
        let saved = fs::read_to_string(&file).ok().and_then(|text| Instant::parse(&text));
        Self::at(saved.unwrap_or_else(beginning), machine, file)
    }

    /// As the use cases want it.
    pub(crate) fn clock(&self) -> Clock {
        let inner = Arc::clone(&self.0);
        Clock::new(move || inner.now())
    }

    /// Moves forward to an instant and counts it; one that has passed changes nothing.
    pub(crate) fn jump_to(&self, at: Instant) {
        self.no_earlier_than(at);
        self.0.jumps.fetch_add(1, Ordering::Relaxed);
    }

    /// Moves forward to an instant, if it is not later already.
    pub(crate) fn no_earlier_than(&self, at: Instant) {
        let mut time = self.0.time();
        time.tick(self.0.machine.now().as_micros());
        time.now = time.now.max(at.as_micros());
    }

    /// How often it was moved.
    pub(crate) fn jumps(&self) -> u64 {
        self.0.jumps.load(Ordering::Relaxed)
    }

    /// Saves the present instant in one step; what is saved never goes back. Blocks for as long as a disk takes.
    pub(crate) fn save(&self) {
        let _one = self.0.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let text = Instant::from_micros(self.0.now()).to_string();
        let half = self.0.file.with_extension("new");
        let write = || {
            let mut file = File::create(&half)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&half, &self.0.file)
        };
        if let Err(error) = write() {
            tracing::warn!(%error, "demo.clock.not_saved");
        }
    }

    /// Saves again and again; the caller ends it.
    pub(crate) async fn keep_saving(self) {
        loop {
            tokio::time::sleep(SAVE_EVERY).await;
            let clock = self.clone();
            let _ = tokio::task::spawn_blocking(move || clock.save()).await;
        }
    }
}

impl Inner {
    fn time(&self) -> MutexGuard<'_, Time> {
        // Two numbers that are right after every step.
        self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        // The machine is asked inside, so that no later asker gives an earlier answer.
        let mut time = self.time();
        time.tick(self.machine.now().as_micros())
    }
}

/// Where a new demo begins.
pub(crate) fn beginning() -> Instant {
    Instant::parse(BEGINNING).expect("the beginning is an instant")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use super::*;

    struct Machine(Arc<AtomicI64>);

    impl Machine {
        fn new() -> Self {
            Self(Arc::new(AtomicI64::new(1_000_000_000_000_000)))
        }

        fn clock(&self) -> Clock {
            let shared = Arc::clone(&self.0);
            Clock::new(move || shared.load(Ordering::SeqCst))
        }

        fn tick(&self, seconds: i64) {
            self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }

    #[test]
    fn it_ticks_with_the_machine_jumps_forward_only_and_never_goes_back() {
        let machine = Machine::new();
        let folder = wardbook_testkit::temp_dir();
        let demo = DemoClock::resume(machine.clock(), folder.path().join("demo-clock"));
        let clock = demo.clock();
        assert_eq!(clock.now(), beginning(), "a fresh one begins");
        machine.tick(60);
        assert_eq!(clock.now(), beginning().plus_seconds(60));
        machine.tick(-3600);
        assert_eq!(clock.now(), beginning().plus_seconds(60), "the machine's clock was put back");
        machine.tick(5);
        assert_eq!(clock.now(), beginning().plus_seconds(65), "and time goes on from there");
        demo.jump_to(beginning());
        assert_eq!(clock.now(), beginning().plus_seconds(65), "never back");
        demo.jump_to(beginning().plus_seconds(3600));
        machine.tick(1);
        assert_eq!((clock.now(), demo.jumps()), (beginning().plus_seconds(3601), 2));
    }

    #[test]
    fn it_resumes_where_it_was_saved_and_a_broken_file_is_a_new_beginning() {
        let machine = Machine::new();
        let folder = wardbook_testkit::temp_dir();
        let file = folder.path().join("demo-clock");
        let demo = DemoClock::resume(machine.clock(), file.clone());
        demo.jump_to(beginning().plus_seconds(7200));
        demo.save();
        machine.tick(86_400);
        let again = DemoClock::resume(machine.clock(), file.clone());
        assert_eq!(again.clock().now(), beginning().plus_seconds(7200), "what passed while it was off passed outside");
        again.no_earlier_than(beginning().plus_seconds(9000));
        assert_eq!((again.clock().now(), again.jumps()), (beginning().plus_seconds(9000), 0), "never before the book's end");
        fs::write(&file, "2026-1").unwrap();
        assert_eq!(DemoClock::resume(machine.clock(), file).clock().now(), beginning());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written is left");
    }
}
