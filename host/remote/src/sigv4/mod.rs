//! Signature version 4, of S3-compatible stores and of the services around the
//! first of them.
//!
//! A request is brought into one canonical form, of which both sides compute a
//! keyed digest. Bodies are signed as well: a request cannot be given another.

mod canonical;

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256};
use run_files::calendar::Utc;
use url::Url;

pub(crate) use canonical::encoded;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Stores sign the path as it is, everything else once more encoded.
const STORES: &str = "s3";

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key's id, which is sent.
    pub key_id: String,
    /// The secret, which is not.
    pub secret: String,
    /// Of temporary credentials: sent with each request.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Those of the three variables that every tool for such services reads.
    #[must_use]
    pub fn from_environment() -> Option<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Some(Self {
            key_id: variable("AWS_ACCESS_KEY_ID")?,
            secret: variable("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN"),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// What a signature is good for, besides its request.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s> {
    /// Where the service is.
    pub region: &'s str,
    /// The service's short name; `s3` for stores.
    pub service: &'s str,
}

/// A request that is to be signed, as it will be sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// In upper case.
    pub method: &'r str,
    /// With a host, and with a path and a query that are percent-encoded.
    pub url: &'r Url,
    /// Headers that are signed too; `host` is without being here.
    pub headers: &'r [(&'r str, &'r str)],
    /// All of it.
    pub body: &'r [u8],
}

/// The headers that have to be added for `request` to be accepted at `now`.
///
/// Services allow some minutes between their clocks and `now`.
#[must_use]
pub fn sign(
    request: &Request<'_>,
    credentials: &Credentials,
    scope: Scope<'_>,
    now: SystemTime,
) -> Vec<(&'static str, String)> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = Utc::of(since.as_secs()).basic();
    let day = &time[..8];
    let body = hex(digest(&SHA256, request.body).as_ref());
    let mut added = vec![("x-amz-date", time.clone())];
    if scope.service == STORES {
        added.push(("x-amz-content-sha256", body.clone()));
    }
    if let Some(token) = &credentials.session_token {
        added.push(("x-amz-security-token", token.clone()));
    }
    let added_too = added.iter().map(|(name, value)| (*name, value.as_str()));
    let (headers, names) = canonical::headers(
        &crate::http::host(request.url),
        request.headers.iter().copied().chain(added_too),
    );
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{names}\n{body}",
        request.method,
        canonical::path(request.url, scope.service != STORES),
        canonical::query(request.url),
    );
    let Scope { region, service } = scope;
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let to_sign = format!(
        "{ALGORITHM}\n{time}\n{scope}\n{}",
        hex(digest(&SHA256, canonical.as_bytes()).as_ref())
    );
    let secret = format!("AWS4{}", credentials.secret);
    let key = [day, region, service, "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &to_sign));
    added.push((
        "authorization",
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            credentials.key_id
        ),
    ));
    added
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
