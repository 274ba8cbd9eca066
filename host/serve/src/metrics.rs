//! The figures, told at an address of their own: they are not for everyone who
//! may send requests.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::server::Shared;

/// Answers until it is aborted.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    const PAUSE: Duration = Duration::from_millis(50);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let response = answer(&shared, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(shared.options.header_time)
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

fn answer(shared: &Shared, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    /// The version of the text format.
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let (status, body) = match request.uri().path() {
        _ if !reads => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        "/metrics" => (StatusCode::OK, shared.figures.text(shared.running())),
        "/healthz" => (StatusCode::OK, "ok\n".to_owned()),
        _ => (
            StatusCode::NOT_FOUND,
            "there is /metrics, and /healthz\n".to_owned(),
        ),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TEXT));
    response
}
