//! Putting together what events have taken apart.

/// Escapes what may not be in a part of a query: all but unreserved characters
/// (RFC 3986, 2.3).
pub(super) fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            push_escaped(byte, out);
        }
    }
}

/// A path as it may stand in a request: what is escaped already stays so.
pub(super) fn path(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    if !text.starts_with('/') {
        out.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&byte) {
            out.push(char::from(byte));
        } else {
            push_escaped(byte, &mut out);
        }
    }
    out
}

fn push_escaped(byte: u8, out: &mut String) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    out.push('%');
    for digit in [byte >> 4, byte & 15] {
        out.push(HEX.get(usize::from(digit)).copied().unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_stand_there_is_escaped() {
        let mut out = String::new();
        escape("a b&c=ü~", &mut out);
        assert_eq!(out, "a%20b%26c%3D%C3%BC~");
        assert_eq!(path("a b/%20?"), "/a%20b/%20%3F");
        assert_eq!(path("/a:b@c/ü"), "/a:b@c/%C3%BC");
    }
}
