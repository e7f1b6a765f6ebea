//! message-db (`@eventide/message-db`), installed by its own script into a database of the same server.

use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use rand::Rng as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use crate::clock::system_rng;
use crate::load::{Caller, Slice, drive};

const DATABASE: &str = "message_store";
const WRITE: &str = "-- bench.message_db.write
SELECT write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, NULL, $5::bigint)";

/// A message store and the connections that write to it, each to a stream of its own, all of one category.
pub(crate) struct MessageDb {
    callers: Vec<Writer>,
}

struct Writer {
    connection: PgConnection,
    stream: String,
    /// Version of the stream's last message; -1 at first.
    version: i64,
    body: String,
}

impl MessageDb {
    /// Installs what `package` (the folder of the npm package) holds and opens `callers` connections. A body is a JSON
    /// object around `body_bytes` random bytes in base64.
    pub(crate) async fn create(admin_url: &str, package: &Path, callers: usize, body_bytes: usize) -> Result<Self> {
        let admin = PgConnectOptions::from_str(admin_url)?;
        install(&admin, package)?;
        let options = admin.database(DATABASE).options([("search_path", "message_store,public")]);
        let mut made = Self { callers: Vec::with_capacity(callers) };
        for number in 0..callers {
            let connection = options.connect().await.context("connecting to message-db")?;
            let stream = format!("case-{number:032x}");
            made.callers.push(Writer { connection, stream, version: -1, body: body(body_bytes) });
        }
        Ok(made)
    }

    pub(crate) async fn run(&mut self, callers: usize, length: Duration) -> Result<Slice> {
        let chosen = self.callers.drain(..callers).collect();
        let (slice, back) = drive(chosen, length).await?;
        self.callers.splice(..0, back);
        Ok(slice)
    }
}

fn install(admin: &PgConnectOptions, package: &Path) -> Result<()> {
    let script = package.join("database").join("install.sh");
    let mut install = Command::new("bash");
    install
        .arg(&script)
        .env("PGHOST", admin.get_host())
        .env("PGPORT", admin.get_port().to_string())
        .env("PGUSER", admin.get_username())
        .env("DATABASE_NAME", DATABASE)
        .stdin(Stdio::null());
    let done = install.output().context("bash is needed to install message-db")?;
    ensure!(done.status.success(), "{} failed: {}", script.display(), String::from_utf8_lossy(&done.stderr));
    Ok(())
}

fn body(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    system_rng().fill_bytes(&mut random);
    let sealed = base64::engine::general_purpose::STANDARD.encode(random);
    serde_json::json!({ "sealed": sealed }).to_string()
}

/// A random id in the form of a UUID.
fn message_id() -> String {
    let mut random = [0; 16];
    system_rng().fill_bytes(&mut random);
    hex::encode(random)
}

impl Caller for Writer {
    async fn call(&mut self) -> Result<u64> {
        let query = sqlx::query_scalar(WRITE).bind(message_id()).bind(&self.stream).bind("Noted").bind(&self.body).bind(self.version);
        let version: i64 = query.fetch_one(&mut self.connection).await.context("write_message failed")?;
        ensure!(version == self.version + 1, "write_message was answered with another version");
        self.version = version;
        Ok(1)
    }
}
