//! Signature version 4, of S3-compatible stores and of the services around the
//! first of them, as published in "Create a signed request" of their reference.
//!
//! A request is brought into one canonical form, of which both sides compute a
//! keyed digest. Bodies are signed as well: a request cannot be given another.

mod canonical;

use std::time::{SystemTime, UNIX_EPOCH};

use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256};
use run_files::calendar::Utc;

pub use canonical::encoded;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Stores sign the path encoded once, everything else encodes what is sent once
/// more; and stores want the body's digest beside the signature.
const STORES: &str = "s3";

/// Headers that a signature adds, and that nobody else may set.
pub const HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
];

/// With what a request is signed.
#[derive(Clone, Copy)]
pub struct Key<'k> {
    /// The key's id, which is sent.
    pub id: &'k str,
    /// The secret, which is not.
    pub secret: &'k str,
    /// Of a session: sent with each request. Empty without one.
    pub token: &'k str,
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
    /// The header `host`: with the port, where that is not the scheme's own.
    pub host: &'r str,
    /// Percent-encoded.
    pub path: &'r str,
    /// Percent-encoded, without its question mark; empty without one.
    pub query: &'r str,
    /// Headers that are signed too; `host` is without being here.
    pub headers: &'r [(&'r str, &'r str)],
    /// All of it.
    pub body: &'r [u8],
}

/// The headers that have to be added for `request` to be accepted at `now`, in
/// the order of [`HEADERS`] but for the first, which is last.
///
/// Services allow some minutes between their clocks and `now`.
#[must_use]
pub fn sign(
    request: &Request<'_>,
    key: Key<'_>,
    scope: Scope<'_>,
    now: SystemTime,
) -> Vec<(&'static str, String)> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = Utc::of(since.as_secs()).basic();
    let day = &time[..8];
    let body = hex(digest(&SHA256, request.body).as_ref());
    let stores = scope.service == STORES;
    let mut added = Vec::with_capacity(HEADERS.len());
    if stores {
        added.push(("x-amz-content-sha256", body.clone()));
    }
    added.push(("x-amz-date", time.clone()));
    if !key.token.is_empty() {
        added.push(("x-amz-security-token", key.token.to_owned()));
    }
    let added_too = added.iter().map(|(name, value)| (*name, value.as_str()));
    let (headers, names) = canonical::headers(
        request.host,
        request.headers.iter().copied().chain(added_too),
    );
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{names}\n{body}",
        request.method,
        canonical::path(request.path, !stores),
        canonical::query(request.query),
    );
    let Scope { region, service } = scope;
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let to_sign = format!(
        "{ALGORITHM}\n{time}\n{scope}\n{}",
        hex(digest(&SHA256, canonical.as_bytes()).as_ref())
    );
    let secret = format!("AWS4{}", key.secret);
    let signing = [day, region, service, "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&signing, &to_sign));
    added.push((
        "authorization",
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            key.id
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
