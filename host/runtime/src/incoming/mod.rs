//! Answering HTTP requests: components that export `wasi:http/incoming-handler`.
//!
//! Each request gets an instance of its own, which is gone when it is answered:
//! what one request leaves behind, no other can find. Bodies are streamed both
//! ways, and an instance may go on after its response has begun.

mod body;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tokio::sync::oneshot;
use wasmtime::Store;
use wasmtime::component::Resource;
use wasmtime_wasi::I32Exit;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::{self, ErrorCode};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::HostIncomingRequest;

pub use body::{Cut, RequestFault, ResponseBody};

use crate::engine::Metering;
use crate::instance::{self, Furnish};
use crate::sandbox::{Breach, Limits, Observed, State};
use crate::waiting::Unfinished;
use crate::{Error, Prepared, Ticker};
use body::Fate;

/// What errors call the exported function.
const HANDLE: &str = "wasi:http/incoming-handler";

/// A component that answers requests, any number of them at once.
pub struct Handler {
    prepared: Arc<Prepared>,
    pre: ProxyPre<State>,
    _ticker: Option<Ticker>,
}

/// What a component is done with.
pub struct Ended {
    /// Why it ended before it was done, where it did.
    pub error: Option<Error>,
    /// What came to light.
    pub observed: Observed,
}

/// Why there is no response. What the component did wrong is in [`Ended`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResponse {
    /// The request does not say which host it is for, or says what cannot be.
    BadRequest,
    /// The component read more than a request may have.
    TooLarge,
    /// The component's time was over.
    Late,
    /// The component failed.
    Failed,
}

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// As plain text.
    Http,
    /// Encrypted, at least as far as whoever passed it on.
    Https,
}

impl From<Scheme> for types::Scheme {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Http => Self::Http,
            Scheme::Https => Self::Https,
        }
    }
}

type Answer = Result<Response<HyperOutgoingBody>, ErrorCode>;

impl Prepared {
    /// Whether the component exports `wasi:http/incoming-handler` of any 0.2
    /// version.
    #[must_use]
    pub fn is_handler(&self) -> bool {
        self.component
            .component_type()
            .exports(self.engine.wasmtime())
            .any(|(name, _)| name.starts_with("wasi:http/incoming-handler@0.2."))
    }
}

impl Handler {
    /// A component, ready to answer.
    ///
    /// # Errors
    /// It is no handler, imports what nothing provides, or the system has no
    /// thread to watch it with.
    pub fn new(prepared: Prepared) -> Result<Self, Error> {
        if !prepared.is_handler() {
            return Err(Error::NotAHandler {
                name: prepared.name().to_owned(),
                help: if prepared.is_command() {
                    "it is a command: run it with `run v2 exec`".to_owned()
                } else {
                    "build it for the world `wasi:http/proxy`".to_owned()
                },
            });
        }
        let pre = ProxyPre::new(prepared.link()?.pre.clone()).map_err(|error| Error::Link {
            name: prepared.name().to_owned(),
            reason: format!("{error:#}"),
        })?;
        let ticker = match prepared.engine.metering() {
            Metering::Epochs => {
                let ticker = Ticker::start(prepared.engine.wasmtime());
                Some(ticker.map_err(|error| Error::Sandbox {
                    reason: error.to_string(),
                })?)
            }
            Metering::Fuel | Metering::None => None,
        };
        Ok(Self {
            prepared: Arc::new(prepared),
            pre,
            _ticker: ticker,
        })
    }

    /// The component.
    #[must_use]
    pub fn component(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// Whether a sandbox can be furnished like this.
    ///
    /// # Errors
    /// A directory that cannot be opened.
    pub fn check(&self, furnish: Furnish<'_>) -> Result<(), Error> {
        self.sandbox(furnish).map(drop)
    }

    /// Answers one request. The instance runs within this future until there is
    /// a response, and is gone with it where it is dropped before; after that
    /// it runs on by itself, until it is done or its time is over. `ended` is
    /// called then, and not at all where it was dropped.
    ///
    /// # Errors
    /// There is no response.
    pub async fn answer<B>(
        self: &Arc<Self>,
        request: Request<B>,
        scheme: Scheme,
        furnish: Furnish<'_>,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Response<ResponseBody>, NoResponse>
    where
        B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
    {
        let limits = furnish.limits.clone();
        let mut store = match self.sandbox(furnish) {
            Ok(store) => store,
            Err(error) => {
                ended(Ended {
                    error: Some(error),
                    observed: Observed::default(),
                });
                return Err(NoResponse::Failed);
            }
        };
        let incoming = body::incoming(request);
        let mut http = store.data_mut().http();
        let Ok(incoming) = http.new_incoming_request(scheme.into(), incoming) else {
            return Err(NoResponse::BadRequest);
        };
        let (answered, mut answer) = oneshot::channel();
        let fate = Fate::default();
        let guest = Guest {
            handler: self.clone(),
            store,
            limits,
            fate: fate.clone(),
        };
        let mut running: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(guest.run(incoming, answered, ended));
        // Most are done when they have answered; only those that are not cost a
        // task of their own.
        let answer = tokio::select! {
            biased;
            answer = &mut answer => {
                tokio::spawn(running);
                answer.ok()
            }
            // One that has failed already is no answer, whatever was written.
            () = &mut running => answer.try_recv().ok().filter(|_| !fate.failed()),
        };
        match answer {
            Some(Ok(response)) => Ok(response.map(|inner| ResponseBody::new(inner, fate))),
            Some(Err(ErrorCode::HttpRequestBodySize(_))) => Err(NoResponse::TooLarge),
            _ if fate.was_late() => Err(NoResponse::Late),
            _ => Err(NoResponse::Failed),
        }
    }

    fn sandbox(&self, furnish: Furnish<'_>) -> Result<Store<State>, Error> {
        let link = self.prepared.link()?;
        let mut store = self.prepared.store(link, furnish, &String::new)?;
        self.prepared.meter_yielding(&mut store, furnish.limits)?;
        Ok(store)
    }
}

/// One request's instance.
struct Guest {
    handler: Arc<Handler>,
    store: Store<State>,
    limits: Limits,
    fate: Fate,
}

impl Guest {
    async fn run(
        mut self,
        request: Resource<HostIncomingRequest>,
        answered: oneshot::Sender<Answer>,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) {
        let until = self.limits.timeout.map(|timeout| Instant::now() + timeout);
        let call = self.call(request, answered);
        let outcome = match until {
            None => Ok(call.await),
            Some(until) => tokio::time::timeout_at(until.into(), call)
                .await
                .map_err(|_| Unfinished::Late),
        };
        let error = self.settle(outcome).err();
        match &error {
            Some(Error::Limit {
                breach: Breach::Time(_),
                ..
            }) => {
                self.fate.late();
            }
            Some(_) => self.fate.fail(),
            None => {}
        }
        let observed = self.store.data().seen.observed();
        // What it held goes first: whoever hears that it ended may count on it.
        drop(self);
        ended(Ended { error, observed });
    }

    async fn call(
        &mut self,
        request: Resource<HostIncomingRequest>,
        answered: oneshot::Sender<Answer>,
    ) -> wasmtime::Result<()> {
        let fate = self.fate.clone();
        let mut http = self.store.data_mut().http();
        let out = http.new_response_outparam_from_callback(move |answer| {
            fate.answer(answer.as_ref().err());
            // The client may be gone.
            answered.send(answer).ok();
        })?;
        let proxy = self.handler.pre.instantiate_async(&mut self.store).await?;
        let handler = proxy.wasi_http_incoming_handler();
        handler.call_handle(&mut self.store, request, out).await
    }

    fn settle(&self, outcome: Result<wasmtime::Result<()>, Unfinished>) -> Result<(), Error> {
        let function = || HANDLE.to_owned();
        if let Ok(Err(error)) = &outcome
            && let Some(I32Exit(0)) = error.downcast_ref::<I32Exit>()
        {
            // How some runtimes end, and no failure.
        } else {
            let stack = self.handler.prepared.engine.stack();
            instance::settle(outcome, &self.store, &self.limits, stack, HANDLE)?;
        }
        match self.fate.answered() {
            None => Err(Error::Unanswered {
                function: function(),
            }),
            Some(Some(code)) => Err(Error::AnsweredError {
                function: function(),
                code,
            }),
            Some(None) => Ok(()),
        }
    }
}
