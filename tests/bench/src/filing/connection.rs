//! One keep-alive HTTP/1.1 connection, opened when it is first used and again after it broke.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A queue of a thousand rows is a tenth of this.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longer than anything that the server waits for.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// A client's connection.
pub(crate) struct Connection {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What a request says.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) token: &'a str,
    pub(crate) key: Option<String>,
    pub(crate) body: Bytes,
}

/// An answer that was read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self { address, sender: None }
    }

    /// Sends a request and reads its answer. Nothing is sent twice.
    pub(crate) async fn send(&mut self, ask: Ask<'_>) -> Result<Answer> {
        let request = self.request(ask)?;
        // Taken out, so that a connection that broke, or was left in the middle of an answer, is not used again.
        let sender = self.sender.take();
        let exchange = async {
            let mut sender = match sender {
                Some(sender) => sender,
                None => self.connect().await?,
            };
            let response = sender.send_request(request).await.context("no answer")?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?.to_bytes();
            sender.ready().await.context("the server closed the connection")?;
            anyhow::Ok((sender, Answer { status, body }))
        };
        let (sender, answer) = tokio::time::timeout(ANSWER_WAIT, exchange).await.context("no answer in time")??;
        self.sender = Some(sender);
        Ok(answer)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(self.address).await.context("no connection")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.context("no connection")?;
        // Ends by itself when the sender is gone.
        tokio::spawn(connection);
        Ok(sender)
    }

    fn request(&self, ask: Ask<'_>) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(ask.method).uri(ask.path).header(HOST, self.address.to_string());
        request = request.header(AUTHORIZATION, format!("Bearer {}", ask.token)).header(CONTENT_TYPE, "application/json");
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        Ok(request.body(Full::new(ask.body))?)
    }
}
