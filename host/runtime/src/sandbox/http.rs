//! Outgoing HTTP: requests to the hosts that were allowed.

use std::future::Future;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::observed::{Denial, Seen};
use super::permissions::HttpHosts;

/// What the user allowed, asked at each request.
pub(super) struct HttpPolicy {
    pub(super) hosts: HttpHosts,
    pub(super) seen: Arc<Seen>,
}

type Answer = (
    Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for HttpPolicy {
    /// Guests write bodies in small pieces: some of them may be on their way
    /// before the guest has to wait, a megabyte in all.
    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        16
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        64 << 10
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, Error>> + Send> {
        let host = request.uri().host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if !self.hosts.allows(host) {
            self.seen.deny(Denial {
                what: format!("send {} {}", request.method(), request.uri()),
                import: "wasi:http/outgoing-handler",
                flag: format!("--allow-http {host}"),
                capability: format!("http-client:{host}"),
            });
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, io) = wasmtime_wasi_http::default_send_request(request, options).await?;
            let io: Box<dyn Future<Output = Result<(), Error>> + Send> = Box::new(io);
            Ok((response.map(BodyExt::boxed_unsync), io))
        })
    }
}
