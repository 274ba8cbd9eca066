//! Sending one request that may leave: read whole, completed with what the
//! plugin must not know, sent once, its answer read whole and cleaned.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderValue};
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::{Allowed, Answer, HttpPolicy, Network};
use crate::manifest::Inject;
use crate::remote::{self, Endpoint, Given, Mask, Placeholders};
use crate::sandbox::limits::{GuestClock, Limits, Violation};

/// All that one request needs, apart from the store it came from.
pub(super) struct Sender {
    allowed: Allowed,
    endpoint: Option<Endpoint>,
    credential: Option<Given>,
    placeholders: Option<Placeholders>,
    mask: Mask,
    violation: Violation,
    clock: GuestClock,
    limits: Limits,
}

impl Sender {
    pub(super) fn new(policy: &HttpPolicy, allowed: Allowed) -> Self {
        let access = &policy.access;
        let secrets = access.secrets().chain(policy.placeholders.secrets());
        Self {
            endpoint: access
                .override_of(&allowed.host)
                .map(|found| found.endpoint().clone()),
            credential: access.credential_for(&allowed.host).cloned(),
            placeholders: (policy.mode == Network::Full).then(|| policy.placeholders.clone()),
            mask: Mask::new(secrets),
            violation: policy.violation.clone(),
            clock: policy.clock.clone(),
            limits: policy.limits.clone(),
            allowed,
        }
    }

    pub(super) async fn send(self, request: Request<WasiBody>) -> Result<Answer, Error> {
        let (parts, body) = request.into_parts();
        let body = self.collect_request(body).await?;
        let body = self.with_secrets(body)?;
        let uri = match &self.endpoint {
            Some(endpoint) => endpoint
                .rewrite(&parts.uri, &self.allowed.base)
                .map_err(|_| Error::HttpRequestUriInvalid)?,
            None => parts.uri,
        };
        let headers = self.headers(parts.headers, &parts.method, &uri, &body)?;
        let mut request = Request::new(Full::new(body).map_err(|never| match never {}));
        *request.method_mut() = parts.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;

        self.clock.pause();
        let answer = tokio::time::timeout(self.limits.request_time, self.exchange(request)).await;
        self.clock.run();
        let (parts, body) = answer.map_err(|_| Error::HttpResponseTimeout)??;
        let body = self.clean_body(&parts.headers, body)?;
        let mut response = Response::from_parts(parts, ());
        self.clean_headers(response.headers_mut(), body.len());
        let body = Full::new(body)
            .map_err(|never| match never {})
            .boxed_unsync();
        let done: Box<dyn Future<Output = _> + Send> = Box::new(async { Ok(()) });
        Ok((response.map(|()| body), done))
    }

    /// The plugin's own body; what it writes is bounded before any of it leaves.
    async fn collect_request(&self, body: WasiBody) -> Result<Bytes, Error> {
        match Limited::new(body, self.limits.request).collect().await {
            Ok(whole) => Ok(whole.to_bytes()),
            Err(error) => match error.downcast::<Error>() {
                Ok(error) => Err(*error),
                Err(_) => {
                    let most = self.limits.request >> 20;
                    self.violation
                        .note(format!("it sent a body of more than {most} MiB"));
                    Err(Error::HttpRequestBodySize(None))
                }
            },
        }
    }

    fn with_secrets(&self, body: Bytes) -> Result<Bytes, Error> {
        let filled = self.placeholders.as_ref().and_then(|all| all.fill(&body));
        let Some(filled) = filled else {
            return Ok(body);
        };
        if self.credential.is_none() {
            self.violation.note(format!(
                "it sent a secret to `{}`, which no credential is bound to",
                self.allowed.host
            ));
            return Err(Error::HttpRequestDenied);
        }
        Ok(filled.into())
    }

    fn headers(
        &self,
        mut headers: HeaderMap,
        method: &Method,
        uri: &Uri,
        body: &Bytes,
    ) -> Result<HeaderMap, Error> {
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let host =
            HeaderValue::from_str(authority.as_str()).map_err(|_| Error::HttpRequestUriInvalid)?;
        headers.insert(HOST, host);
        headers.remove(CONTENT_LENGTH);
        if !body.is_empty() || !matches!(*method, Method::GET | Method::HEAD) {
            headers.insert(CONTENT_LENGTH, body.len().into());
        }
        // What cannot be read cannot be cleaned.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let Some(given) = &self.credential else {
            return Ok(headers);
        };
        if let Some((name, value)) = given.header() {
            headers.insert(name, value);
        }
        if given.inject == Inject::SigV4 {
            let [id, secret, token] = given.parts.as_slice() else {
                return Err(Error::ConfigurationError);
            };
            let key = run_sigv4::Key {
                id: id.expose(),
                secret: secret.expose(),
                token: token.expose(),
            };
            let scope = run_sigv4::Scope {
                service: self.allowed.host.split('.').next().unwrap_or_default(),
                region: match self.allowed.label.as_str() {
                    "" => given.region.as_deref().unwrap_or_default(),
                    label => label,
                },
            };
            remote::sign(key, scope, method, uri, &mut headers, body)
                .map_err(|_| Error::ConfigurationError)?;
        }
        Ok(headers)
    }

    async fn exchange(
        &self,
        request: Request<impl Body<Data = Bytes, Error = Error> + Send + 'static>,
    ) -> Result<(http::response::Parts, Bytes), Error> {
        if self.endpoint.is_none() {
            refuse_private(request.uri()).await?;
        }
        // The host's own patience, whatever the plugin wanted.
        let options = RequestOptions {
            connect_timeout: Some(Duration::from_secs(30)),
            first_byte_timeout: Some(self.limits.request_time),
            between_bytes_timeout: Some(Duration::from_secs(60)),
        };
        let (response, io) =
            wasmtime_wasi_http::default_send_request(request, Some(options)).await?;
        let (parts, body) = response.into_parts();
        let mut body = std::pin::pin!(Limited::new(body, self.limits.response).collect());
        // The connection has to be driven for the body to arrive; what becomes
        // of it after the body's end is nothing to us.
        let body = tokio::select! {
            biased;
            whole = &mut body => whole,
            _ = Box::pin(io) => body.await,
        };
        match body {
            Ok(whole) => Ok((parts, whole.to_bytes())),
            Err(error) => Err(match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(_) => Error::HttpResponseBodySize(Some(self.limits.response as u64)),
            }),
        }
    }

    fn clean_body(&self, headers: &HeaderMap, body: Bytes) -> Result<Bytes, Error> {
        let coded = headers
            .get(CONTENT_ENCODING)
            .is_some_and(|coding| coding.as_bytes() != b"identity");
        if coded {
            let coding = headers.get(CONTENT_ENCODING).and_then(|c| c.to_str().ok());
            return Err(Error::HttpResponseContentCoding(coding.map(str::to_owned)));
        }
        Ok(match self.mask.hide(&body) {
            Cow::Borrowed(_) => body,
            Cow::Owned(clean) => clean.into(),
        })
    }

    fn clean_headers(&self, headers: &mut HeaderMap, length: usize) {
        for value in headers.values_mut() {
            if let Cow::Owned(clean) = self.mask.hide(value.as_bytes()) {
                *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static("***"));
            }
        }
        if headers.contains_key(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, length.into());
        }
    }
}

/// Refuses a name that resolves to this machine or its own network: a declared
/// host whose DNS answer points inward is an attack on what listens there.
async fn refuse_private(uri: &Uri) -> Result<(), Error> {
    let host = uri.host().ok_or(Error::HttpRequestUriInvalid)?;
    let port = uri.port_u16().unwrap_or(443);
    let mut addresses = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| Error::DestinationNotFound)?;
    if addresses.any(|address| !remote::is_public(address)) {
        return Err(Error::DestinationIpProhibited);
    }
    Ok(())
}
