//! A body that the component reads, and what follows it.

use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

use crate::bindings::exports::wasi::http::types as http;
use crate::bindings::exports::wasi::io0_2_12::{poll, streams};
use crate::bindings::fastly::compute::http_body;
use crate::errors;
use crate::fields::Fields;
use crate::headers;
use crate::poll::{Shared, Wait, is_ready, shared};
use crate::streams::Input;

/// The body of a request or an answer, until the component takes it.
pub(crate) struct Incoming(RefCell<Option<http_body::Body>>);

impl Incoming {
    pub(crate) fn new(body: http_body::Body) -> Self {
        Self(RefCell::new(Some(body)))
    }

    pub(crate) fn take(&self) -> Result<http::IncomingBody, ()> {
        let body = self.0.take().ok_or(())?;
        Ok(http::IncomingBody::new(IncomingBody {
            body: shared(body),
            read: Cell::new(false),
        }))
    }
}

/// `wasi:http/types.incoming-body`.
pub(crate) struct IncomingBody {
    body: Shared,
    read: Cell<bool>,
}

impl http::GuestIncomingBody for IncomingBody {
    fn stream(&self) -> Result<streams::InputStream, ()> {
        match self.read.replace(true) {
            true => Err(()),
            false => Ok(streams::InputStream::new(Input::Body(self.body.clone()))),
        }
    }

    fn finish(this: http::IncomingBody) -> http::FutureTrailers {
        let this: IncomingBody = this.into_inner();
        http::FutureTrailers::new(Trailers {
            body: this.body,
            given: Cell::new(false),
        })
    }
}

/// `wasi:http/types.future-trailers`: they come after the body, so the rest of
/// it is read and thrown away.
pub(crate) struct Trailers {
    body: Shared,
    given: Cell<bool>,
}

type Given = Result<Option<http::Trailers>, http::ErrorCode>;

impl Trailers {
    fn find(&self) -> Option<Given> {
        let body = Rc::clone(&self.body);
        let body = body.borrow();
        let Some(body) = body.as_ref() else {
            return Some(Ok(None));
        };
        loop {
            if !is_ready(&self.body) {
                return None;
            }
            match http_body::read(body, 64 * 1024) {
                Ok(bytes) if bytes.is_empty() => break,
                Ok(_) => {}
                Err(error) => return Some(Err(errors::http(error))),
            }
        }
        // One that cannot be read is one that is not there: not every protocol
        // has them.
        let all = headers::collect(
            |length, from| http_body::get_trailer_names(body, length, from),
            |name, length, from| http_body::get_trailer_values(body, name, length, from),
        );
        let trailers = Fields::fixed(all);
        Some(Ok(
            (!trailers.is_empty()).then(|| http::Fields::new(trailers))
        ))
    }
}

impl http::GuestFutureTrailers for Trailers {
    fn subscribe(&self) -> poll::Pollable {
        Wait::Platform(self.body.clone()).pollable()
    }

    fn get(&self) -> Option<Result<Given, ()>> {
        if self.given.get() {
            return Some(Err(()));
        }
        let found = self.find()?;
        self.given.set(true);
        Some(Ok(found))
    }
}
