//! Runs the binary, starts a server, asks it over HTTP.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Fails unless it ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Its one JSON object.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The sample year.
pub(crate) fn sample(name: &str) -> String {
    format!("{}/../../fixtures/year/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The command, with none of the surrounding environment's settings.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardbook"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDBOOK")) {
        command.env_remove(name);
    }
    command.env_remove("CREDENTIALS_DIRECTORY").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(crate) fn run(args: &[&str], environment: &[(&str, &str)], stdin: &str) -> Ended {
    let mut child = command(args).envs(environment.iter().copied()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().expect("the command was not killed"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A data folder of its own.
#[derive(Debug)]
pub(crate) struct Folder {
    root: TempDir,
}

impl Folder {
    /// A folder that is not there yet, in a temporary one.
    pub(crate) fn new() -> Self {
        Self { root: wardbook_testkit::temp_dir() }
    }

    /// A folder with a trust, made with these further arguments.
    pub(crate) fn with_trust(args: &[&str]) -> Self {
        let folder = Self::new();
        folder.run(&[&["init", "--trust", "Test Trust", "--profile", "clpt"], args].concat()).exits(0);
        folder
    }

    /// A folder with a trust and the sample year's schools and staff.
    pub(crate) fn with_people() -> Self {
        Self::with_people_under("clpt")
    }

    /// The same under another shipped profile.
    pub(crate) fn with_people_under(profile: &str) -> Self {
        let folder = Self::new();
        folder.run(&["init", "--trust", "Test Trust", "--profile", profile]).exits(0);
        folder.run(&["import", "schools", &sample("schools.csv")]).exits(0);
        folder.run(&["import", "staff", &sample("staff.csv")]).exits(0);
        folder
    }

    /// The data folder's path.
    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("trust")
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file beside the data folder and gives its path.
    pub(crate) fn write_beside(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) -> String {
        let path = self.beside(name);
        std::fs::write(&path, text).unwrap();
        set_mode(&path, mode);
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command on it.
    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        self.run_in(args, &[])
    }

    /// Runs a command on it with variables.
    pub(crate) fn run_in(&self, args: &[&str], environment: &[(&str, &str)]) -> Ended {
        run(&[&["--data", self.path().to_str().unwrap()], args].concat(), environment, "")
    }

    /// An account of the staff list with a token; the token.
    pub(crate) fn token(&self, email: &str, name: &str, duty: &str) -> String {
        self.run(&["user", "add", "--email", email, "--name", name, "--duty", duty, "--school", "SCH01"]).exits(0);
        let out = self.run(&["token", "create", "--user", email]).exits(0).out;
        out.split_whitespace().last().unwrap().to_owned()
    }

    /// Starts a server on a free port.
    pub(crate) fn serve(&self, environment: &[(&str, &str)]) -> Server {
        Server::start(&["--data", self.path().to_str().unwrap(), "--json", "serve", "--listen", "127.0.0.1:0"], environment)
    }
}

/// Sets a file's permission bits.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

/// A server of its own, killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// What it said when it was ready.
    pub(crate) ready: Value,
}

impl Server {
    /// Starts it and waits for its line of readiness; its end is the end of the wait too.
    pub(crate) fn start(args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(args).envs(environment.iter().copied()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str::<Value>(&line).ok().filter(|ready| ready["listening"].is_string());
        let Some(ready) = ready else {
            let _ = child.kill();
            panic!("the server is not ready: {line} {}", String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr));
        };
        Self { child, ready }
    }

    /// `HOST:PORT`.
    pub(crate) fn address(&self) -> String {
        self.ready["listening"].as_str().unwrap().split("//").nth(1).unwrap().to_owned()
    }

    /// Asks it; status and body.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (StatusCode, String) {
        let stream = tokio::net::TcpStream::connect(self.address()).await.unwrap();
        ask_over(stream, method, path, token, body).await
    }

    /// Ends it as an init system would; its exit code and what it logged.
    pub(crate) fn stop(mut self) -> (i32, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.collect()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn collect(&mut self) -> (i32, String) {
        let mut log = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut log).unwrap();
        (self.child.wait().unwrap().code().expect("it was not killed"), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request over one connection.
pub(crate) async fn ask_over<S>(stream: S, method: &str, path: &str, token: Option<&str>, body: &str) -> (StatusCode, String)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost").header("content-type", "application/json");
    if let Some(token) = token {
        // Records of an adult's conduct are opened with a purpose alone.
        request = request.header("authorization", format!("Bearer {token}")).header("wardbook-purpose", "case_work");
    }
    let response = sender.send_request(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = response.status();
    (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
}
