//! Bodies in JSON: text as it is, anything else in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

/// The bytes of a text in base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A body with whether it is in base64. Text is what is said to be text, and
/// is.
pub(crate) fn encode(headers: &HeaderMap, body: Vec<u8>) -> (String, bool) {
    let encoded = headers.contains_key(header::CONTENT_ENCODING);
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("text/plain");
    if encoded || !is_text(kind) {
        return (STANDARD.encode(body), true);
    }
    match String::from_utf8(body) {
        Ok(text) => (text, false),
        Err(error) => (STANDARD.encode(error.into_bytes()), true),
    }
}

fn is_text(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    let known = [
        "application/json",
        "application/javascript",
        "application/xml",
        "application/x-www-form-urlencoded",
        "image/svg+xml",
    ];
    kind.starts_with("text/")
        || known.contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_the_rest_is_not() {
        let with = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            headers
        };
        let text = |headers: &HeaderMap, body: &[u8]| encode(headers, body.to_vec());
        assert_eq!(text(&HeaderMap::new(), b"a"), ("a".into(), false));
        assert_eq!(
            text(&with("Text/HTML; charset=utf-8"), b"a"),
            ("a".into(), false)
        );
        assert_eq!(
            text(&with("application/problem+json"), b"{}"),
            ("{}".into(), false)
        );
        assert_eq!(text(&with("text/plain"), b"\xff"), ("/w==".into(), true));
        assert_eq!(text(&with("image/png"), b"a"), ("YQ==".into(), true));
        let mut packed = with("text/plain");
        packed.insert(header::CONTENT_ENCODING, "br".parse().unwrap());
        assert_eq!(text(&packed, b"a"), ("YQ==".into(), true));
        assert_eq!(decode("YQ==").unwrap(), b"a");
        assert!(decode("?").is_none());
    }
}
