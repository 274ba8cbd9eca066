//! One request, from its headers to the end of its response.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use run_runtime::incoming::{Ended, NoResponse, ResponseBody, Scheme};
use run_runtime::sandbox::LimitKind;
use tokio::sync::OwnedSemaphorePermit;

use crate::body::LimitedBody;
use crate::event::{Access, Event};
use crate::figures::count;
use crate::logged::LoggedBody;
use crate::server::Shared;

/// What goes back: the component's body, or the server's own few words.
type Sent = LoggedBody<Either<ResponseBody, Full<Bytes>>>;

/// The client went before there was a response.
const GONE: u16 = 499;

/// Answers. Whatever goes wrong is a response.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Sent>, Infallible> {
    let log = Log::new(&shared, peer, &request);
    let most = shared.options.request_body;
    let is_too_large = request.body().size_hint().lower() > most;
    let answered = if is_too_large {
        Err(StatusCode::PAYLOAD_TOO_LARGE)
    } else {
        match turn(&shared).await {
            None => Err(StatusCode::SERVICE_UNAVAILABLE),
            Some(turn) => by_component(&shared, turn, request).await.map_err(status),
        }
    };
    let response = match answered {
        Ok(response) => response.map(Either::Left),
        Err(status) => own(status).map(Either::Right),
    };
    let most = shared.options.response_body;
    Ok(LoggedBody::around(response, most, log))
}

/// The right to an instance.
async fn turn(shared: &Shared) -> Option<OwnedSemaphorePermit> {
    if let Ok(turn) = shared.turns.clone().try_acquire_owned() {
        return Some(turn);
    }
    let patience = shared.options.patience;
    let turn = tokio::time::timeout(patience, shared.turns.clone().acquire_owned()).await;
    let turn = turn.ok().and_then(Result::ok);
    if turn.is_none() {
        count(&shared.figures.turned_away);
    }
    turn
}

async fn by_component(
    shared: &Arc<Shared>,
    turn: OwnedSemaphorePermit,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, NoResponse> {
    let app = shared.app();
    let most = shared.options.request_body;
    let request = request.map(|body| LimitedBody::counted(body, most, &shared.figures));
    let told = shared.clone();
    let ended = move |ended: Ended| {
        told.ended(&ended);
        // Its turn is over when it is gone.
        drop(turn);
    };
    app.answer(request, Scheme::Http, ended).await
}

impl Shared {
    fn ended(&self, ended: &Ended) {
        if let Some(error) = &ended.error {
            let late = matches!(error, run_runtime::Error::Limit { breach, .. } if breach.kind() == LimitKind::Time);
            count(if late {
                &self.figures.late
            } else {
                &self.figures.failures
            });
            self.tell(&Event::Failed(error));
        }
        if !ended.observed.denied.is_empty() {
            count(&self.figures.denials);
            for denial in &ended.observed.denied {
                if self.is_news(denial) {
                    self.tell(&Event::Denied(denial));
                }
            }
        }
    }
}

/// What a client is told where there is no response.
#[must_use]
pub fn status(none: NoResponse) -> StatusCode {
    match none {
        NoResponse::BadRequest => StatusCode::BAD_REQUEST,
        NoResponse::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        NoResponse::Late => StatusCode::GATEWAY_TIMEOUT,
        NoResponse::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A response of the server's own: the status in words, and nothing of why. The
/// log says that, and a client may be anyone.
fn own(status: StatusCode) -> Response<Full<Bytes>> {
    let words = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(format!("{words}\n"))));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, plain);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Tells what became of a request when it is dropped: there is always someone
/// who drops it.
pub(crate) struct Log {
    shared: Arc<Shared>,
    started: Instant,
    pub(crate) access: Access,
}

impl Log {
    fn new(shared: &Arc<Shared>, peer: IpAddr, request: &Request<Incoming>) -> Self {
        shared.figures.in_flight.fetch_add(1, Ordering::Relaxed);
        let uri = request.uri();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            shared: shared.clone(),
            started: Instant::now(),
            access: Access {
                peer,
                method: request.method().to_string(),
                path: path.escape_debug().to_string(),
                status: GONE,
                sent: 0,
                cut: false,
                took: Default::default(),
            },
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.access.took = self.started.elapsed();
        let figures = &self.shared.figures;
        figures.in_flight.fetch_sub(1, Ordering::Relaxed);
        figures.access(&self.access);
        self.shared.tell(&Event::Access(&self.access));
    }
}
