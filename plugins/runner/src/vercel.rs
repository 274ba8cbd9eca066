//! As a function of Vercel with the runtime `executable`: a server that only the
//! platform reaches, and that tells it over a socket that it is there, what is
//! logged, and when a request is done.
//!
//! No document says how. It is what the platform's own crate `vercel_runtime` 2.4
//! does, and where that leaves something out, what its builders for Go and Python
//! put into functions: <https://github.com/vercel/vercel>.

mod invocation;
mod ipc;
mod job;

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header, uri::Authority};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use run_runtime::incoming::{ResponseBody, Scheme};
use run_runtime::sandbox::Stdio;
use run_serve::{App, LimitedBody, status};
use tokio::net::{TcpListener, TcpStream};

use crate::app;
use invocation::{Invocation, Until};
use ipc::Ipc;
use job::Job;

/// Where the platform asks whether this is alive.
const PING: &str = "/_vercel/ping";

/// Where its crate listens. The platform is told the port, and its builder for
/// Python takes any, so where this one is taken another will do.
const PORT: u16 = 3000;

/// The most that a request's body may have, in bytes. The platform lets less pass:
/// <https://vercel.com/docs/functions/limitations#request-body-size>.
const REQUEST_BODY: u64 = 32 << 20;

/// A response's body, and who waits for its end.
type Sent = Until<Either<ResponseBody, Full<Bytes>>>;

/// Answers requests until the platform ends the process.
///
/// # Errors
/// The component does not load, the platform cannot be reached, or there is no
/// port.
pub(crate) fn run(socket: &Path, directory: Option<PathBuf>) -> Result<(), String> {
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let ipc = Ipc::connect(socket)?;
        let function = Arc::new(Function::load(directory, ipc)?);
        let listener = listen().await.map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?;
        function.ipc.started(begun.elapsed(), port.port())?;
        loop {
            let stream = accept(&listener).await;
            tokio::spawn(connection(function.clone(), stream));
        }
    })
}

/// On this machine alone: what comes from elsewhere comes through the platform.
async fn listen() -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    /// The system is out of something: it takes a moment to get it back.
    const PAUSE: Duration = Duration::from_millis(50);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn connection(function: Arc<Function>, stream: TcpStream) {
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request| answer(function.clone(), request));
    http1::Builder::new()
        // As their crate has it. Nobody else is at the other end, and a pause of
        // the machine must not cost the connection.
        .half_close(true)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service)
        .await
        // How a connection ends is the platform's affair.
        .ok();
}

/// The component, and how requests reach it.
struct Function {
    /// `None` where it answers none, and is only called on schedule.
    handler: Option<App>,
    job: Option<Job>,
    ipc: Arc<Ipc>,
}

impl Function {
    fn load(directory: Option<PathBuf>, ipc: Arc<Ipc>) -> Result<Self, String> {
        let mut loaded = app::load(directory, None)?;
        let entry = loaded.job.take();
        let sandbox = (loaded.permissions.clone(), loaded.limits.clone());
        let (handler, component) = if loaded.component.is_handler() {
            let app = loaded.app()?;
            let component = app.component().clone();
            (Some(app), component)
        } else if entry.is_some() {
            let component = loaded.component;
            component
                .check_imports()
                .map_err(|error| error.to_string())?;
            (None, Arc::new(component))
        } else {
            return Err(
                "the component answers no requests: it exports no `wasi:http/incoming-handler`"
                    .to_owned(),
            );
        };
        Ok(Self {
            handler,
            job: entry
                .map(|entry| Job::new(entry, component, sandbox))
                .transpose()?,
            ipc,
        })
    }

    async fn by_component(
        &self,
        mut request: Request<Incoming>,
        invocation: &Arc<Invocation>,
    ) -> Result<Response<ResponseBody>, StatusCode> {
        let app = self.handler.as_ref().ok_or(StatusCode::NOT_FOUND)?;
        address(request.headers_mut());
        let request = request.map(|body| LimitedBody::new(body, REQUEST_BODY));
        let told = invocation.clone();
        let ended = move |ended| told.ended(&ended);
        let stdio = Stdio::lines(invocation.lines());
        app.answer_printing(request, Scheme::Https, &stdio, ended)
            .await
            .map_err(status)
    }
}

async fn answer(
    function: Arc<Function>,
    mut request: Request<Incoming>,
) -> Result<Response<Sent>, Infallible> {
    if request.uri().path() == PING {
        return Ok(own(StatusCode::OK).map(|body| Until::sent(Either::Right(body), None)));
    }
    let invocation = Invocation::begin(&function.ipc, request.headers_mut());
    let answered = match &function.job {
        Some(job) if job.is_at(request.uri().path()) => {
            Err(job.call(request.headers(), &invocation).await)
        }
        _ => function.by_component(request, &invocation).await,
    };
    let response = match answered {
        Ok(response) => response.map(Either::Left),
        Err(status) => own(status).map(Either::Right),
    };
    Ok(response.map(|body| Until::sent(body, Some(invocation))))
}

/// The host that was asked for is told beside the one that is spoken to.
fn address(headers: &mut HeaderMap) {
    let asked = headers.get("x-forwarded-host").cloned();
    if let Some(host) = asked
        && Authority::try_from(host.as_bytes()).is_ok()
    {
        headers.insert(header::HOST, host);
    }
}

/// A response of the runner's own: the status in words, and nothing of why. The
/// log says that.
fn own(status: StatusCode) -> Response<Full<Bytes>> {
    let words = match status {
        StatusCode::NO_CONTENT => "",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(words.as_bytes())));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_one_that_was_asked_for() {
        let host = |asked: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "127.0.0.1:3000".parse().unwrap());
            headers.insert("x-forwarded-host", asked.parse().unwrap());
            address(&mut headers);
            headers[header::HOST].clone()
        };
        assert_eq!(host("shop.test"), "shop.test");
        assert_eq!(host("two.test, one.test"), "127.0.0.1:3000");
    }
}
