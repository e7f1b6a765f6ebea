//! A large file in and out over HTTP: how fast, and how much memory it takes while it passes.
//!
//! Client and server share the process, so the client makes its content piece by piece and throws away what it is sent: what memory
//! grows by is then what the file costs on its way.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Bytes, Frame};
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use wardbook_app::App;
use wardbook_app::blobs::BlobsAt;
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};
use wardbook_web::{WebOptions, router};

use crate::clock::now;
use crate::filing::trust;

/// The most that memory may grow by while a file passes, however large the file is.
const AIM: u64 = 32 << 20;
const PIECE: usize = 64 << 10;
const BOUNDARY: &str = "wardbook-bench";

/// What one store did.
struct Line {
    store: &'static str,
    bytes: u64,
    taken_in: Duration,
    given_out: Duration,
    growth: u64,
}

/// What was measured, as a table.
pub(crate) struct Files(Vec<Line>);

/// Sends a file of this size to a report and fetches it again, with the attachments in a folder and in PostgreSQL.
pub(crate) async fn measure(bytes: u64) -> Result<Files> {
    let (server, folder) = (TestPg::own(true), temp_dir());
    let mut lines = vec![];
    let places = [
        ("a folder", sqlite_url(folder.path(), "files.db"), BlobsAt::Folder(folder.path().join("blobs"))),
        ("PostgreSQL", server.fresh_database().await, BlobsAt::Table),
    ];
    for (store, url, blobs) in places {
        lines.push(on(store, &url, &folder.path().join(store), blobs, bytes).await.with_context(|| store.to_owned())?);
    }
    Ok(Files(lines))
}

async fn on(store: &'static str, url: &str, folder: &Path, blobs: BlobsAt, bytes: u64) -> Result<Line> {
    let app = trust::create_with(url, folder, blobs).await?;
    app.start();
    let schools = trust::populate(&app, 1).await?;
    let school = schools.first().context("a school was made")?.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client { address: listener.local_addr()? };
    let serving = tokio::spawn(axum::serve(listener, router(app.clone(), WebOptions::default())).into_future());
    let line = client.pass(store, &school, bytes).await;
    serving.abort();
    App::shutdown(&app).await;
    line
}

struct Client {
    address: SocketAddr,
}

type Content = BoxBody<Bytes, std::io::Error>;

impl Client {
    async fn pass(&self, store: &'static str, school: &trust::School, bytes: u64) -> Result<Line> {
        let form =
            json!({ "school": school.code, "types": ["online_safety_concern"], "what_happened": "A log is to be kept.", "danger": "no" });
        let filed = self.json(&school.teacher, "/api/v1/reports", &form).await?;
        let report = filed["id"].as_str().context("a report without an id")?.to_owned();
        // A small one first: what is made once is made then.
        self.add(&school.dsl, &report, 1 << 20).await?;
        let before = memory("VmRSS")?;
        forget_peak()?;
        let start = now();
        let file = self.add(&school.dsl, &report, bytes).await?;
        let between = now();
        let mut answer = self.send(Method::GET, &format!("/api/v1/evidence/{file}"), &school.dsl, "", empty()).await?;
        ensure!(answer.status() == StatusCode::OK, "the file was answered {}", answer.status());
        let mut got = 0;
        while let Some(frame) = answer.frame().await {
            got += frame?.into_data().map_or(0, |data| data.len() as u64);
        }
        let end = now();
        ensure!(got == bytes, "{got} of {bytes} bytes came back");
        let growth = memory("VmHWM")?.saturating_sub(before);
        Ok(Line { store, bytes, taken_in: between - start, given_out: end - between, growth })
    }

    async fn add(&self, token: &str, report: &str, bytes: u64) -> Result<String> {
        let path = format!("/api/v1/reports/{report}/evidence");
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = self.send(Method::POST, &path, token, &content_type, upload(bytes)).await?;
        let (status, body) = (answer.status(), answer.into_body().collect().await?.to_bytes());
        ensure!(status == StatusCode::CREATED, "a file was answered {status}: {}", String::from_utf8_lossy(&body));
        let added: Value = serde_json::from_slice(&body)?;
        Ok(added["id"].as_str().context("a file without an id")?.to_owned())
    }

    async fn json(&self, token: &str, path: &str, body: &Value) -> Result<Value> {
        let body = Full::new(Bytes::from(body.to_string())).map_err(|never| match never {}).boxed();
        let answer = self.send(Method::POST, path, token, "application/json", body).await?;
        ensure!(answer.status().is_success(), "{path} was answered {}", answer.status());
        Ok(serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?)
    }

    async fn send(&self, method: Method, path: &str, token: &str, content_type: &str, body: Content) -> Result<Response<Incoming>> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends by itself when the answer has been read.
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header("host", self.address.to_string());
        let request = request.header("authorization", format!("Bearer {token}")).header("content-type", content_type);
        Ok(sender.send_request(request.body(body)?).await?)
    }
}

fn empty() -> Content {
    Full::new(Bytes::new()).map_err(|never| match never {}).boxed()
}

/// An upload of a PDF of this size, made as it is sent.
fn upload(bytes: u64) -> Content {
    let part = |name: &str, more: &str| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
    let head = format!("{}no\r\n{}", part("image", ""), part("file", "; filename=\"log.pdf\""));
    let filler = Bytes::from(vec![0x5a; PIECE]);
    let mark = Bytes::from_static(b"%PDF-1.7\n");
    let left = bytes - mark.len() as u64;
    let pieces = (0..left.div_ceil(PIECE as u64)).map(move |number| {
        let size = (left - number * PIECE as u64).min(PIECE as u64);
        filler.slice(..usize::try_from(size).unwrap_or(PIECE))
    });
    let end = Bytes::from(format!("\r\n--{BOUNDARY}--\r\n"));
    let all = [Bytes::from(head), mark].into_iter().chain(pieces).chain([end]);
    StreamBody::new(futures::stream::iter(all.map(|piece| Ok(Frame::data(piece))))).boxed()
}

/// A figure of this process's memory, in bytes.
fn memory(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let figure = line.and_then(|line| line.trim().strip_suffix("kB")).with_context(|| format!("no {name}"))?;
    Ok(figure.trim().parse::<u64>()? << 10)
}

/// Lets the peak begin anew from what is held now.
fn forget_peak() -> Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("the peak of memory cannot be reset here")
}

impl Files {
    /// What was not as it should be.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let grew = |line: &&Line| line.growth > AIM;
        let text = |line: &Line| format!("memory grew by {} MiB while a file passed ({})", line.growth >> 20, line.store);
        self.0.iter().filter(grew).map(text).collect()
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| a file over HTTP, kept in | size | in | out | memory grew by | aim | |")?;
        writeln!(f, "|---|---:|---:|---:|---:|---|---|")?;
        for Line { store, bytes, taken_in, given_out, growth } in &self.0 {
            let speed = |time: &Duration| {
                let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
                format!("{} MB/s", bytes / 1000 / millis)
            };
            let met = if *growth <= AIM { "met" } else { "**missed**" };
            let (megabytes, growth) = (bytes / 1_000_000, growth >> 20);
            writeln!(
                f,
                "| {store} | {megabytes} MB | {} | {} | {growth} MiB | at most {} MiB | {met} |",
                speed(taken_in),
                speed(given_out),
                AIM >> 20
            )?;
        }
        Ok(())
    }
}
