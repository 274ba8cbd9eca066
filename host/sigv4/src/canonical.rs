//! The one form of a request that both sides sign.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// All but what RFC 3986 calls unreserved.
const TEXT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same, and the slashes between a path's parts.
const PATH: &AsciiSet = &TEXT.remove(b'/');

/// `text` as a part of a path or a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    percent_encode(text.as_bytes(), TEXT).to_string()
}

/// The path. Where the service wants what is sent encoded `again`, it is; else it
/// is brought into the one way of encoding.
pub(crate) fn path(path: &str, again: bool) -> String {
    match path {
        "" => "/".to_owned(),
        path if again => percent_encode(path.as_bytes(), PATH).to_string(),
        path => {
            let plain: Vec<u8> = percent_decode_str(path).collect();
            percent_encode(&plain, PATH).to_string()
        }
    }
}

/// The query's pairs in order.
pub(crate) fn query(query: &str) -> String {
    let part = |text: &str| {
        let plain: Vec<u8> = percent_decode_str(text).collect();
        percent_encode(&plain, TEXT).to_string()
    };
    let mut pairs: Vec<_> = query
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
pub(crate) fn headers<'h>(
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
    // In the order of their names; several values of one keep their own.
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all.dedup_by(|(name, value), (kept, values)| {
        let same = name == kept;
        if same {
            values.push(',');
            values.push_str(value);
        }
        same
    });
    let lines = all.iter().map(|(name, value)| format!("{name}:{value}\n"));
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    (lines.collect(), names.join(";"))
}
