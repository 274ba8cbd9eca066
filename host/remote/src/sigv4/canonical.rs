//! The one form of a request that both sides sign.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;

/// All but what RFC 3986 calls unreserved.
const TEXT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same, and the slashes between a path's parts.
const PATH: &AsciiSet = &TEXT.remove(b'/');

/// `text` as a part of a path or a query.
pub(crate) fn encoded(text: &str) -> String {
    percent_encode(text.as_bytes(), TEXT).to_string()
}

/// The path, encoded in the one way; `twice` where the service wants it so.
pub(super) fn path(url: &Url, twice: bool) -> String {
    let plain: Vec<u8> = percent_decode_str(url.path()).collect();
    let once = percent_encode(&plain, PATH).to_string();
    match twice {
        true => percent_encode(once.as_bytes(), PATH).to_string(),
        false => once,
    }
}

/// The query's pairs in order.
pub(super) fn query(url: &Url) -> String {
    let part = |text: &str| {
        let plain: Vec<u8> = percent_decode_str(text).collect();
        percent_encode(&plain, TEXT).to_string()
    };
    let mut pairs: Vec<_> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (part(name), part(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// The headers a line each, and their names.
pub(super) fn headers<'h>(
    host: &'h str,
    others: impl Iterator<Item = (&'h str, &'h str)>,
) -> (String, String) {
    let mut all: Vec<_> = std::iter::once(("host", host))
        .chain(others)
        .map(|(name, value)| {
            let words: Vec<_> = value.split_whitespace().collect();
            (name.to_ascii_lowercase(), words.join(" "))
        })
        .collect();
    all.sort();
    let lines = all.iter().map(|(name, value)| format!("{name}:{value}\n"));
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    (lines.collect(), names.join(";"))
}
