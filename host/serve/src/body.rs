//! Bodies that are counted, and end where they may have no more.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use run_runtime::incoming::RequestFault;

use crate::figures::Figures;

/// A request's body of a bounded size.
pub struct LimitedBody<B> {
    inner: B,
    most: u64,
    left: u64,
    figures: Option<Arc<Figures>>,
}

impl<B> LimitedBody<B> {
    /// `inner`, of which at most `most` bytes are passed on.
    pub fn new(inner: B, most: u64) -> Self {
        Self {
            inner,
            most,
            left: most,
            figures: None,
        }
    }

    pub(crate) fn counted(inner: B, most: u64, figures: &Arc<Figures>) -> Self {
        Self {
            figures: Some(figures.clone()),
            ..Self::new(inner, most)
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for LimitedBody<B> {
    type Data = Bytes;
    type Error = RequestFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestFault>>> {
        let frame = match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(_))) => return Poll::Ready(Some(Err(RequestFault::Broken))),
            Poll::Ready(Some(Ok(frame))) => frame,
        };
        if let Some(data) = frame.data_ref() {
            let length = data.remaining() as u64;
            if let Some(figures) = &self.figures {
                figures.received.fetch_add(length, Ordering::Relaxed);
            }
            match self.left.checked_sub(length) {
                Some(left) => self.left = left,
                None => return Poll::Ready(Some(Err(RequestFault::TooLarge(self.most)))),
            }
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
