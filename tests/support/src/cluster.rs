//! One PostgreSQL cluster in a temporary directory: made, started, stopped, killed, removed.
//!
//! PostgreSQL refuses to run as root, so as root every command goes through `runuser -u postgres`.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest a start may take: a killed server replays its WAL first.
const START_WAIT: Duration = Duration::from_mins(1);

pub(crate) struct Cluster {
    bin: PathBuf,
    /// Short, because the path of a Unix socket has at most 107 bytes.
    dir: PathBuf,
    port: u16,
    as_root: bool,
    watchdog: Child,
    /// Open as long as this process lives; its end tells the watchdog to clear up.
    alive: Option<ChildStdin>,
}

impl Cluster {
    /// Makes and starts a cluster. Without `fsync` it is fast and loses everything on a power cut.
    pub(crate) fn start_new(fsync: bool) -> Self {
        let bin = find_binaries();
        let as_root = is_root();
        let dir = PathBuf::from(output(as_root, "mktemp", ["-d", "/tmp/wbpg.XXXXXX"]));
        let (watchdog, alive) = spawn_watchdog(as_root, &bin, &dir);
        let mut cluster = Self { bin, dir, port: 0, as_root, watchdog, alive: Some(alive) };
        cluster.init();
        // Between choosing a free port and listening on it another process may take it.
        for _ in 0..5 {
            cluster.configure(fsync);
            if cluster.try_start() {
                return cluster;
            }
        }
        panic!("PostgreSQL does not start; its log says:\n{}", cluster.log());
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Starts again after [`Cluster::stop`] or [`Cluster::kill`].
    #[expect(clippy::disallowed_methods, reason = "a deadline on another process; nothing is decided by it")]
    pub(crate) fn start(&self) {
        let deadline = Instant::now() + START_WAIT;
        // After a kill the old server's processes hold its shared memory for a moment, and a start is refused.
        while !self.try_start() {
            assert!(Instant::now() < deadline, "PostgreSQL does not start again:\n{}", self.log());
        }
    }

    /// Stops as a power cut would (`immediate`: no checkpoint, clients cut off) or in order (`fast`).
    pub(crate) fn stop(&self, mode: &str) {
        let done = self.pg_ctl(["stop", "-w", "-m", mode]);
        assert!(done, "PostgreSQL does not stop:\n{}", self.log());
    }

    /// `kill -9` to the server process; its children notice and end by themselves.
    pub(crate) fn kill(&self) {
        let pid_file = std::fs::read_to_string(self.data_dir().join("postmaster.pid")).expect("a running server has a pid file");
        let pid = pid_file.lines().next().expect("the first line is the process id");
        let done = quiet(Command::new("kill").args(["-9", pid]));
        assert!(done, "the server process could not be killed");
    }

    fn init(&self) {
        let data = self.data_dir();
        let mut initdb = command(self.as_root, self.bin.join("initdb"));
        initdb
            .args(["-U", "wardbook", "--auth=trust", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions", "-D"])
            .arg(&data);
        let made = initdb.output().expect("initdb can be run");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn configure(&mut self, fsync: bool) {
        self.port = free_port();
        let durable = if fsync { "on" } else { "off" };
        let text = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\n\
             fsync = {durable}\nfull_page_writes = {durable}\nsynchronous_commit = {durable}\n\
             max_connections = 300\nshared_buffers = 64MB\nmax_wal_size = 1GB\njit = off\n\
             wal_level = minimal\nmax_wal_senders = 0\n",
            self.port,
            self.dir.display()
        );
        // Read after postgresql.conf, so these win.
        std::fs::write(self.data_dir().join("wardbook.conf"), text).expect("the cluster is ours");
        let main = self.data_dir().join("postgresql.conf");
        let mut conf = std::fs::read_to_string(&main).expect("initdb wrote it");
        if !conf.contains("wardbook.conf") {
            conf.push_str("\ninclude 'wardbook.conf'\n");
            std::fs::write(&main, conf).expect("the cluster is ours");
        }
    }

    fn try_start(&self) -> bool {
        let log = self.dir.join("log");
        self.pg_ctl([OsStr::new("start"), OsStr::new("-w"), OsStr::new("-t"), OsStr::new("60"), OsStr::new("-l"), log.as_os_str()])
    }

    fn pg_ctl<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> bool {
        let mut ctl = command(self.as_root, self.bin.join("pg_ctl"));
        quiet(ctl.arg("-D").arg(self.data_dir()).args(args))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.alive.take());
        let _ = self.watchdog.wait();
    }
}

/// Stops the cluster and removes its directory once `stdin` ends, that is once this process has ended or said so.
fn spawn_watchdog(as_root: bool, bin: &Path, dir: &Path) -> (Child, ChildStdin) {
    let script = "trap '' INT TERM HUP; read -r _; \
                  \"$1/pg_ctl\" -D \"$2/data\" -m immediate -w stop; rm -rf \"$2\"";
    let mut watchdog = command(as_root, "sh");
    watchdog
        .args(["-c", script, "watchdog"])
        .arg(bin)
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C is meant for the tests; the watchdog must outlive them.
        .process_group(0);
    let mut child = watchdog.spawn().expect("a shell can be started");
    let alive = child.stdin.take().expect("stdin was asked to be a pipe");
    (child, alive)
}

/// The directory with `initdb` and `pg_ctl`: on the PATH, else the newest under `/usr/lib/postgresql`.
fn find_binaries() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(dir) = std::env::split_paths(&on_path).find(|dir| has_server(dir)) {
        return dir;
    }
    let mut installed: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .map(|(version, path)| (version, path.join("bin")))
        .filter(|(_, bin)| has_server(bin))
        .collect();
    installed.sort();
    match installed.pop() {
        Some((_, bin)) => bin,
        None => panic!("no PostgreSQL server found; install it with: apt-get install postgresql (or set WARDBOOK_TEST_PG)"),
    }
}

fn has_server(dir: &Path) -> bool {
    dir.join("initdb").is_file() && dir.join("pg_ctl").is_file()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).expect("a loopback port is free").port()
}

/// `program`, to be run as a user that PostgreSQL accepts.
fn command(as_root: bool, program: impl AsRef<OsStr>) -> Command {
    let mut command = if as_root {
        let mut runuser = Command::new("runuser");
        runuser.args(["-u", "postgres", "--"]).arg(program);
        runuser
    } else {
        Command::new(program)
    };
    // The current directory may be closed to that user.
    command.current_dir("/");
    command
}

fn output<'a>(as_root: bool, program: &str, args: impl IntoIterator<Item = &'a str>) -> String {
    let done = command(as_root, program).args(args).output().expect("a basic command can be run");
    assert!(done.status.success(), "{program} failed");
    String::from_utf8(done.stdout).expect("a path in /tmp is text").trim().to_owned()
}

fn quiet(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
