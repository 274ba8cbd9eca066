//! The bodies of requests and responses, as they pass the sandbox.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Request;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

/// Why a request's body ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// It has more bytes than this, the most it may have.
    #[error("the body has more than {0} bytes")]
    TooLarge(u64),
    /// The client went away.
    #[error("the client went away")]
    Broken,
}

/// A request as the engine's library takes it.
pub(super) fn incoming<B>(
    request: Request<B>,
) -> Request<impl Body<Data = Bytes, Error = wasmtime_wasi_http::Error> + Send + 'static>
where
    B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
{
    use wasmtime_wasi_http::Error;
    request.map(|body| {
        body.map_err(|fault| match fault {
            RequestFault::TooLarge(most) => Error::HttpRequestBodySize(Some(most)),
            RequestFault::Broken => Error::ConnectionTerminated,
        })
    })
}

/// What became of a guest, for whoever passes on what it wrote.
#[derive(Clone, Default)]
pub(super) struct Fate(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    /// With the error it answered with, where it was one.
    answered: Option<Option<String>>,
    failed: bool,
    late: bool,
}

impl Fate {
    fn told<R>(&self, tell: impl FnOnce(&mut Told) -> R) -> R {
        tell(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn answer(&self, code: Option<&ErrorCode>) {
        // That a client sent too much is no fault of the component's.
        let code = code.filter(|code| !matches!(code, ErrorCode::HttpRequestBodySize(_)));
        self.told(|told| told.answered = Some(code.map(|code| format!("{code:?}"))));
    }

    pub(super) fn answered(&self) -> Option<Option<String>> {
        self.told(|told| told.answered.clone())
    }

    pub(super) fn fail(&self) {
        self.told(|told| told.failed = true);
    }

    pub(super) fn late(&self) {
        self.told(|told| (told.failed, told.late) = (true, true));
    }

    pub(super) fn was_late(&self) -> bool {
        self.told(|told| told.late)
    }

    pub(super) fn failed(&self) -> bool {
        self.told(|told| told.failed)
    }
}

/// A response ends before it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the component ended before its response did")]
pub struct Cut;

/// The body of a response, as the component writes it. Where the component
/// fails, it ends with an error: what looks whole is.
pub struct ResponseBody {
    inner: HyperOutgoingBody,
    fate: Fate,
}

impl ResponseBody {
    pub(super) fn new(inner: HyperOutgoingBody, fate: Fate) -> Self {
        Self { inner, fate }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(frame))),
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(Cut))),
            Poll::Ready(None) if self.fate.failed() => Poll::Ready(Some(Err(Cut))),
            Poll::Ready(None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
