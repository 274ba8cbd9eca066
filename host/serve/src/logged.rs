//! A response's body, with the log line that is written when it ends.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::{Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};

use crate::request::Log;

/// Counts what is sent, and ends it where it may have no more.
pub(crate) struct LoggedBody<B: Body> {
    inner: B,
    left: u64,
    /// What the headers promise.
    promised: Option<u64>,
    is_whole: bool,
    log: Log,
}

impl<B: Body> LoggedBody<B> {
    /// A response whose body may have `most` bytes.
    pub(crate) fn around(response: Response<B>, most: u64, mut log: Log) -> Response<Self> {
        let status = response.status();
        log.access.status = status.as_u16();
        // Nobody asks for the body of such a response.
        let has_none = log.access.method == "HEAD"
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED;
        let length = response.headers().get(header::CONTENT_LENGTH);
        let promised = length.and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|inner| Self {
            inner,
            left: most,
            promised,
            is_whole: has_none,
            log,
        })
    }
}

impl<B> Body for LoggedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => {
                self.is_whole = true;
                return Poll::Ready(None);
            }
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(Some(Ok(frame))) => frame,
        };
        if let Some(data) = frame.data_ref() {
            let length = data.remaining() as u64;
            let Some(left) = self.left.checked_sub(length) else {
                return Poll::Ready(Some(Err("the response is larger than it may be".into())));
            };
            self.left = left;
            self.log.access.sent += length;
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Runs before the log's own, which tells what is set here.
impl<B: Body> Drop for LoggedBody<B> {
    fn drop(&mut self) {
        // Where the headers give a length, nobody asks for the end after it.
        let is_whole = self.is_whole
            || self.inner.is_end_stream()
            || self.promised == Some(self.log.access.sent);
        self.log.access.cut = !is_whole;
    }
}
