//! A body that the component writes: of its answer, or of a request of its own.
//!
//! The platform wants a body whole, or sends the head first and then what is
//! written. Which of the two it is follows from whether the body was finished
//! when it is sent.

use alloc::rc::Rc;
use core::cell::Cell;

use crate::bindings::exports::wasi::http::types as http;
use crate::bindings::exports::wasi::io0_2_12::streams;
use crate::bindings::fastly::compute::http_body;
use crate::errors;
use crate::fields::Fields;
use crate::poll::{Shared, Wait, is_ready, shared};
use crate::streams::Output;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Finished,
    /// Given up: what follows must not look as if it were complete.
    Dropped,
}

/// The body, until the platform has all of it.
pub(crate) struct Outgoing {
    body: Shared,
    stage: Cell<Stage>,
    sent: Cell<bool>,
    taken: Cell<bool>,
}

impl Outgoing {
    pub(crate) fn new() -> Rc<Self> {
        let body = http_body::new().ok();
        Rc::new(Self {
            body: body.map(shared).unwrap_or_default(),
            // Until somebody asks for it, it is empty and complete.
            stage: Cell::new(Stage::Finished),
            sent: Cell::new(false),
            taken: Cell::new(false),
        })
    }

    /// For the component to write, once.
    pub(crate) fn take(self: &Rc<Self>) -> Result<http::OutgoingBody, ()> {
        if self.taken.replace(true) {
            return Err(());
        }
        self.stage.set(Stage::Open);
        Ok(http::OutgoingBody::new(OutgoingBody {
            body: self.clone(),
            written: Cell::new(false),
        }))
    }

    /// Sends it, in the way that it takes.
    pub(crate) fn send<R>(
        &self,
        whole: impl FnOnce(http_body::Body) -> R,
        streaming: impl FnOnce(&http_body::Body) -> R,
    ) -> Option<R> {
        self.sent.set(true);
        if self.stage.get() == Stage::Finished {
            return self.body.take().map(whole);
        }
        let sent = self.body.borrow().as_ref().map(streaming);
        if self.stage.get() == Stage::Dropped {
            drop(self.body.take());
        }
        sent
    }

    pub(crate) fn write(&self, mut bytes: &[u8]) -> Result<(), streams::StreamError> {
        let body = self.body.borrow();
        let body = body.as_ref().ok_or(streams::StreamError::Closed)?;
        while !bytes.is_empty() {
            let written = http_body::write(body, bytes).map_err(errors::stream)?;
            bytes = bytes.get(written as usize..).unwrap_or_default();
        }
        Ok(())
    }

    /// Whether writing does not wait for the other end.
    pub(crate) fn takes_more(&self) -> Result<bool, streams::StreamError> {
        match self.body.borrow().is_some() {
            true => Ok(!self.sent.get() || is_ready(&self.body)),
            false => Err(streams::StreamError::Closed),
        }
    }

    /// Until writing does not wait. Before it is sent it never does, and being
    /// ready would say that it can be read.
    pub(crate) fn wait(&self) -> Wait {
        match self.sent.get() {
            true => Wait::Platform(self.body.clone()),
            false => Wait::Nothing,
        }
    }

    fn finish(&self, trailers: Option<&Fields>) -> Result<(), http::ErrorCode> {
        if let Some(body) = self.body.borrow().as_ref() {
            for (name, value) in trailers.map(Fields::all).unwrap_or_default() {
                http_body::append_trailer(body, &name, &value).map_err(errors::http)?;
            }
        }
        self.stage.set(Stage::Finished);
        match self.body.take() {
            Some(body) if self.sent.get() => http_body::close(body).map_err(errors::http),
            unsent => {
                *self.body.borrow_mut() = unsent;
                Ok(())
            }
        }
    }

    /// The other end sees that it is not complete.
    fn give_up(&self) {
        if self.stage.get() == Stage::Open {
            self.stage.set(Stage::Dropped);
            if self.sent.get() {
                drop(self.body.take());
            }
        }
    }
}

/// `wasi:http/types.outgoing-body`.
pub(crate) struct OutgoingBody {
    body: Rc<Outgoing>,
    written: Cell<bool>,
}

impl http::GuestOutgoingBody for OutgoingBody {
    fn write(&self) -> Result<streams::OutputStream, ()> {
        match self.written.replace(true) {
            true => Err(()),
            false => Ok(streams::OutputStream::new(Output::Body(self.body.clone()))),
        }
    }

    fn finish(
        this: http::OutgoingBody,
        trailers: Option<http::Trailers>,
    ) -> Result<(), http::ErrorCode> {
        let this: OutgoingBody = this.into_inner();
        let trailers = trailers.map(|trailers| trailers.into_inner::<Fields>());
        this.body.finish(trailers.as_ref())
    }
}

impl Drop for OutgoingBody {
    fn drop(&mut self) {
        self.body.give_up();
    }
}
