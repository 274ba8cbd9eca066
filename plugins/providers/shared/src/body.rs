//! Bodies other than JSON, and what URLs are made of.

use std::fmt::Write as _;

/// A body of `multipart/form-data`, with the same bytes for the same parts.
#[derive(Debug, Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    name: String,
    file: Option<String>,
    content_type: String,
    bytes: Vec<u8>,
}

impl Multipart {
    /// A field: no file's name.
    #[must_use]
    pub fn field(mut self, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.add(name, None, content_type, bytes.into());
        self
    }

    /// A file, called as its part.
    #[must_use]
    pub fn file(mut self, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.add(name, Some(name), content_type, bytes.into());
        self
    }

    /// A file with a name of its own.
    #[must_use]
    pub fn file_called(
        mut self,
        name: &str,
        file: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        self.add(name, Some(file), content_type, bytes.into());
        self
    }

    fn add(&mut self, name: &str, file: Option<&str>, content_type: &str, bytes: Vec<u8>) {
        self.parts.push(Part {
            name: name.to_owned(),
            file: file.map(str::to_owned),
            content_type: content_type.to_owned(),
            bytes,
        });
    }

    /// The value of `content-type`, and the body.
    #[must_use]
    pub fn finish(self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let size: usize = self.parts.iter().map(|part| part.bytes.len() + 256).sum();
        let mut body = Vec::with_capacity(size + 64);
        for part in &self.parts {
            let name = quoted(&part.name);
            let file = match &part.file {
                Some(file) => format!("; filename=\"{}\"", quoted(file)),
                None => String::new(),
            };
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\
                 Content-Type: {}\r\n\r\n",
                part.content_type
            );
            body.extend(head.as_bytes());
            body.extend(&part.bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// A line that is in no part.
    fn boundary(&self) -> String {
        let taken = |boundary: &str| {
            let needle = boundary.as_bytes();
            self.parts
                .iter()
                .any(|part| part.bytes.windows(needle.len()).any(|w| w == needle))
        };
        (0u32..)
            .map(|number| format!("run-boundary-{number:08}"))
            .find(|boundary| !taken(boundary))
            .unwrap_or_default()
    }
}

/// As HTML forms quote names.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A part of a URL's path or query: everything but letters, digits and `-._~`
/// as `%XX`.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A body of `application/x-www-form-urlencoded`, or a query.
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_in_no_part() {
        let (kind, body) = Multipart::default()
            .field("metadata", "application/json", "{}")
            .file("a\"b.js", "text/plain", "run-boundary-00000000")
            .finish();
        assert_eq!(kind, "multipart/form-data; boundary=run-boundary-00000001");
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "--run-boundary-00000001\r\n\
             Content-Disposition: form-data; name=\"metadata\"\r\n\
             Content-Type: application/json\r\n\r\n{}\r\n\
             --run-boundary-00000001\r\n\
             Content-Disposition: form-data; name=\"a%22b.js\"; filename=\"a%22b.js\"\r\n\
             Content-Type: text/plain\r\n\r\nrun-boundary-00000000\r\n\
             --run-boundary-00000001--\r\n"
        );
    }

    #[test]
    fn what_urls_are_made_of() {
        assert_eq!(encoded("a b/ü.~"), "a%20b%2F%C3%BC.~");
        assert_eq!(form(&[("a", "1&2"), ("b c", "")]), "a=1%262&b%20c=");
    }
}
