//! What is served: a component with its sandbox.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::Body;
use run_runtime::incoming::{Ended, Handler, NoResponse, RequestFault, ResponseBody, Scheme};
use run_runtime::sandbox::{Limits, Permissions, Stdio};
use run_runtime::{Error, Furnish, Prepared};

/// A component that answers requests, each in a fresh sandbox.
pub struct App {
    handler: Arc<Handler>,
    permissions: Permissions,
    limits: Limits,
    stdio: Stdio,
    header: Option<(HeaderName, HeaderValue)>,
}

impl App {
    /// A component with what its requests may reach and use. It is given the
    /// real clocks and real random numbers, see `docs/serve.md`.
    ///
    /// # Errors
    /// It is no handler, imports what nothing provides, or is given a directory
    /// that is not there.
    pub fn new(
        component: Prepared,
        permissions: Permissions,
        limits: Limits,
        stdio: Stdio,
    ) -> Result<Self, Error> {
        let app = Self {
            handler: Arc::new(Handler::new(component)?),
            permissions: Permissions {
                clock: true,
                random: true,
                strict: false,
                ..permissions
            },
            limits,
            stdio,
            header: None,
        };
        // What no request could be given is said now, and not to each of them.
        app.handler.check(app.furnish(&app.limits, &app.stdio))?;
        Ok(app)
    }

    fn furnish<'a>(&'a self, limits: &'a Limits, stdio: &'a Stdio) -> Furnish<'a> {
        Furnish {
            permissions: &self.permissions,
            limits,
            stdio,
            argv: &[],
        }
    }

    /// Puts a header into every response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// The component.
    #[must_use]
    pub fn component(&self) -> &Arc<Prepared> {
        self.handler.component()
    }

    /// Answers one request, see [`Handler::answer`].
    ///
    /// # Errors
    /// There is no response.
    pub async fn answer<B>(
        &self,
        request: Request<B>,
        scheme: Scheme,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Response<ResponseBody>, NoResponse>
    where
        B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
    {
        let furnish = self.furnish(&self.limits, &self.stdio);
        self.furnished(request, scheme, furnish, ended).await
    }

    /// The same with other limits than the app's.
    ///
    /// # Errors
    /// There is no response.
    pub async fn answer_within<B>(
        &self,
        request: Request<B>,
        scheme: Scheme,
        limits: &Limits,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Response<ResponseBody>, NoResponse>
    where
        B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
    {
        let furnish = self.furnish(limits, &self.stdio);
        self.furnished(request, scheme, furnish, ended).await
    }

    /// The same with other standard streams than the app's.
    ///
    /// # Errors
    /// There is no response.
    pub async fn answer_printing<B>(
        &self,
        request: Request<B>,
        scheme: Scheme,
        stdio: &Stdio,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Response<ResponseBody>, NoResponse>
    where
        B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
    {
        let furnish = self.furnish(&self.limits, stdio);
        self.furnished(request, scheme, furnish, ended).await
    }

    async fn furnished<B>(
        &self,
        request: Request<B>,
        scheme: Scheme,
        furnish: Furnish<'_>,
        ended: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Response<ResponseBody>, NoResponse>
    where
        B: Body<Data = Bytes, Error = RequestFault> + Send + 'static,
    {
        let mut response = self.handler.answer(request, scheme, furnish, ended).await?;
        if let Some((name, value)) = &self.header {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(response)
    }
}
