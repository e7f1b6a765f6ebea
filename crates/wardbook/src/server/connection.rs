//! One connection, bounded: the TLS handshake, each request's head and each piece of its body must come in time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

/// For a handshake, and for the head of a request.
const HEAD_WAIT: Duration = Duration::from_secs(15);
/// Between two pieces of a request's body.
const BODY_WAIT: Duration = Duration::from_secs(30);
/// Between the pings of an idle HTTP/2 connection, and for their answers.
const PING: Duration = Duration::from_secs(30);
const STREAMS_MAX: u32 = 100;

/// Serves a visitor from outside; `peer` is their address, or their proxy's, as `ConnectInfo`.
pub(crate) async fn serve_tcp(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, router: Router, watcher: Watcher) {
    let Some(tls) = tls else { return serve(stream, false, Some(peer), router, watcher).await };
    // Visitors that are no TLS clients are the network's daily noise.
    let Ok(Ok(stream)) = tokio::time::timeout(HEAD_WAIT, tls.accept(stream)).await else { return };
    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    serve(stream, http2, Some(peer), router, watcher).await;
}

/// Serves a command.
pub(crate) async fn serve_local(stream: UnixStream, router: Router, watcher: Watcher) {
    serve(stream, false, None, router, watcher).await;
}

async fn serve<S>(stream: S, http2: bool, peer: Option<SocketAddr>, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), peer, request));
    // The protocol is settled before (ALPN, or HTTP/1 where there is none): waiting for a first byte to guess it would have no end.
    let builder = if http2 { builder().http2_only() } else { builder().http1_only() };
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "server.connection.broken");
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING).max_concurrent_streams(STREAMS_MAX);
    builder
}

async fn answer(router: Router, peer: Option<SocketAddr>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(|body| Body::new(TimeoutBody::new(BODY_WAIT, body)));
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    router.oneshot(request).await
}
