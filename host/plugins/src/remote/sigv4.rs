//! Signed requests: what is signed of a provider's request, and where the
//! signature goes.

use std::time::SystemTime;

use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use http::{Method, Uri};
use run_sigv4::{Key, Request, Scope};

/// Adds date, token and signature to the headers of a request, whose `host` and
/// body are those that will be sent.
///
/// # Errors
/// The key has characters that no header can carry.
pub(crate) fn sign(
    key: Key<'_>,
    scope: Scope<'_>,
    method: &Method,
    uri: &Uri,
    headers: &mut HeaderMap,
    body: &[u8],
) -> Result<(), InvalidHeaderValue> {
    let signed: Vec<_> = headers
        .iter()
        .filter(|(name, _)| *name == CONTENT_TYPE || name.as_str().starts_with("x-amz-"))
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let signed: Vec<_> = signed
        .iter()
        .map(|(name, value)| (*name, value.as_ref()))
        .collect();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let request = Request {
        method: method.as_str(),
        host: host.unwrap_or_default(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &signed,
        body,
    };
    for (name, value) in run_sigv4::sign(&request, key, scope, SystemTime::now()) {
        let mut value = HeaderValue::from_str(&value)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(())
}
