//! Signature Version 4, as published in "Create a signed request" of the
//! platform's reference and tested by its test suite.

use std::time::{SystemTime, UNIX_EPOCH};

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, InvalidHeaderValue};
use http::{Method, Uri};
use run_files::calendar::Utc;
use sha2::{Digest, Sha256};

/// With what a request is signed.
pub(crate) struct Key<'k> {
    pub(crate) id: &'k str,
    pub(crate) secret: &'k str,
    /// Of a session; empty without one.
    pub(crate) token: &'k str,
}

/// For what a signature holds.
pub(crate) struct Scope<'s> {
    pub(crate) service: &'s str,
    pub(crate) region: &'s str,
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Headers that are added here and that nobody else may set.
pub(crate) const OWN_HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
];

/// Adds date, token and signature to the headers of a request, whose `host` and
/// body are those that will be sent.
///
/// # Errors
/// The key has characters that no header can carry.
pub(crate) fn sign(
    key: &Key<'_>,
    scope: &Scope<'_>,
    now: SystemTime,
    method: &Method,
    uri: &Uri,
    headers: &mut HeaderMap,
    body: &[u8],
) -> Result<(), InvalidHeaderValue> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = Utc::of(since.as_secs()).basic();
    let date = &time[..8];
    let hash = hex(&Sha256::digest(body));
    headers.insert("x-amz-date", HeaderValue::from_str(&time)?);
    if !key.token.is_empty() {
        let mut token = HeaderValue::from_str(key.token)?;
        token.set_sensitive(true);
        headers.insert("x-amz-security-token", token);
    }
    // The one service that wants the body's hash beside the signature, and
    // paths that are encoded once.
    let once = scope.service == "s3";
    if once {
        headers.insert("x-amz-content-sha256", HeaderValue::from_str(&hash)?);
    }
    let (names, canonical_headers) = canonical_headers(headers);
    let request = [
        method.as_str(),
        &canonical_path(uri.path(), once),
        &canonical_query(uri.query().unwrap_or_default()),
        &canonical_headers,
        &names,
        &hash,
    ]
    .join("\n");
    let scope_line = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = [
        ALGORITHM,
        &time,
        &scope_line,
        &hex(&Sha256::digest(request.as_bytes())),
    ]
    .join("\n");
    let steps = [date, scope.region, scope.service, "aws4_request", &to_sign];
    let signature = steps
        .iter()
        .fold(format!("AWS4{}", key.secret).into_bytes(), |key, step| {
            hmac(&key, step.as_bytes()).to_vec()
        });
    let mut value = HeaderValue::from_str(&format!(
        "{ALGORITHM} Credential={}/{scope_line}, SignedHeaders={names}, Signature={}",
        key.id,
        hex(&signature)
    ))?;
    value.set_sensitive(true);
    headers.insert(AUTHORIZATION, value);
    Ok(())
}

/// Names, and each header with its value, in the order of names.
fn canonical_headers(headers: &HeaderMap) -> (String, String) {
    let signed = |name: &str| {
        name == HOST.as_str() || name == CONTENT_TYPE.as_str() || name.starts_with("x-amz-")
    };
    let mut names: Vec<_> = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| signed(name))
        .collect();
    names.sort_unstable();
    let lines = names.iter().fold(String::new(), |mut lines, name| {
        let values: Vec<_> = headers
            .get_all(*name)
            .iter()
            .map(|value| {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
        lines
    });
    (names.join(";"), lines)
}

fn canonical_path(path: &str, once: bool) -> String {
    match path {
        "" => "/".to_owned(),
        path if once => path.to_owned(),
        path => path.split('/').map(encode).collect::<Vec<_>>().join("/"),
    }
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encode_bytes(&decode(name)), encode_bytes(&decode(value)))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    encode_bytes(text.as_bytes())
}

/// Everything but what RFC 3986 calls unreserved, in upper case.
fn encode_bytes(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// RFC 2104 with SHA-256.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let hash = |pad: u8, parts: &[u8]| {
        Sha256::new()
            .chain_update(block.map(|byte| byte ^ pad))
            .chain_update(parts)
            .finalize()
    };
    hash(0x5c, &hash(0x36, message)).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// From the published test suite; each signs for 2015-08-30 12:36:00.
    #[test]
    fn signatures_of_the_published_suite() {
        let token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
        for (name, method, path, content, token, body, signature) in [
            (
                "get-vanilla",
                "GET",
                "/",
                "",
                "",
                "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "get-vanilla-query-order-key-case",
                "GET",
                "/?Param2=value2&Param1=value1",
                "",
                "",
                "",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "post-vanilla",
                "POST",
                "/",
                "",
                "",
                "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                "POST",
                "/",
                "application/x-www-form-urlencoded",
                "",
                "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
            (
                "post-sts-header-before",
                "POST",
                "/",
                "",
                token,
                "",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            ),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("example.amazonaws.com"));
            if !content.is_empty() {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
            }
            let uri: Uri = format!("https://example.amazonaws.com{path}")
                .parse()
                .unwrap();
            sign(
                &Key {
                    id: "AKIDEXAMPLE",
                    secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    token,
                },
                &Scope {
                    service: "service",
                    region: "us-east-1",
                },
                UNIX_EPOCH + Duration::from_secs(1_440_938_160),
                &method.parse().unwrap(),
                &uri,
                &mut headers,
                body.as_bytes(),
            )
            .unwrap();
            assert_eq!(headers["x-amz-date"], "20150830T123600Z");
            let value = headers[AUTHORIZATION].to_str().unwrap();
            assert!(value.ends_with(signature), "{name}: {value}");
        }
    }

    #[test]
    fn paths_and_queries_are_written_one_way() {
        assert_eq!(canonical_path("", false), "/");
        assert_eq!(canonical_path("/a/b%3Ac", false), "/a/b%253Ac");
        assert_eq!(canonical_path("/a/b%3Ac", true), "/a/b%3Ac");
        assert_eq!(canonical_query("b=2&a=1&a=%2f&c"), "a=%2F&a=1&b=2&c=");
        assert_eq!(canonical_query("x=a+b"), "x=a%2Bb");
    }
}
