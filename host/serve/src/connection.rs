//! One connection: HTTP/1.1, or HTTP/2 where the client begins with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;

use crate::options::Options;
use crate::request;
use crate::server::Shared;

/// How connections are spoken on.
pub(crate) fn protocol(options: &Options) -> Builder<TokioExecutor> {
    /// Requests that one HTTP/2 connection may have open.
    const STREAMS: u32 = 100;
    const PING: Duration = Duration::from_secs(30);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_time)
        // The least that hyper allows.
        .max_buf_size(options.headers.max(8_192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(options.headers).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PING);
    builder
}

/// Serves a connection to its end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    protocol: Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    graceful: Watcher,
) {
    shared.figures.connections.fetch_add(1, Ordering::Relaxed);
    // An answer of a few packets must not wait for the first to be acknowledged.
    stream.set_nodelay(true).ok();
    let ip = peer.ip().to_canonical();
    // Before a byte has come, nothing else bounds the wait for it.
    let begun = tokio::time::timeout(shared.options.header_time, stream.readable()).await;
    if let Ok(Ok(())) = begun {
        let answering = shared.clone();
        let service = service_fn(move |asked| request::answer(answering.clone(), ip, asked));
        let connection = protocol.serve_connection(TokioIo::new(stream), service);
        // How a connection ends is the client's affair.
        graceful.watch(connection.into_owned()).await.ok();
    }
    shared.figures.connections.fetch_sub(1, Ordering::Relaxed);
}
