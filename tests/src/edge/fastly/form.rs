//! Bodies that are forms.

use crate::edge::Request;

/// The fields of a form, in their order.
#[must_use]
pub fn form(request: &Request) -> Vec<(String, String)> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Vec::new();
    }
    let text = String::from_utf8(request.body.clone()).expect("UTF-8");
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = text.split('%');
    bytes.extend(rest.next().unwrap_or_default().bytes());
    for part in rest {
        let (hex, after) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
        bytes.extend(after.bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}
