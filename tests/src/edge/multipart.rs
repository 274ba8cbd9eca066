//! Reading `multipart/form-data`, strictly: every part has its headers.

use super::Request;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `name`.
    pub name: String,
    /// `filename`.
    pub filename: Option<String>,
    /// Its content type.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The parts of a request's body.
///
/// # Panics
/// It has none, or they are not well formed.
#[must_use]
pub fn parts(request: &Request) -> Vec<Part> {
    let kind = request.header("content-type").expect("a content type");
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap_or_else(|| panic!("{kind}"));
    let mut rest = &request.body[..];
    let mut parts = Vec::new();
    let delimiter = format!("--{boundary}");
    rest = rest
        .strip_prefix(delimiter.as_bytes())
        .expect("a first part");
    loop {
        if rest == b"--\r\n" {
            return parts;
        }
        rest = rest.strip_prefix(b"\r\n").expect("the end of a line");
        let end = find(rest, format!("\r\n{delimiter}").as_bytes()).expect("an end of the part");
        parts.push(part(&rest[..end]));
        rest = &rest[end + 2 + delimiter.len()..];
    }
}

fn part(bytes: &[u8]) -> Part {
    let end = find(bytes, b"\r\n\r\n").expect("an end of the headers");
    let head = std::str::from_utf8(&bytes[..end]).expect("headers of UTF-8");
    let header = |name: &str| {
        head.split("\r\n")
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap_or_else(|| panic!("{name} in {head}"))
    };
    let disposition = header("Content-Disposition");
    let parameter = |name: &str| {
        let (_, rest) = disposition.split_once(&format!("; {name}=\""))?;
        Some(rest.split('"').next()?.to_owned())
    };
    Part {
        name: parameter("name").expect("a name"),
        filename: parameter("filename"),
        kind: header("Content-Type").to_owned(),
        bytes: bytes[end + 4..].to_vec(),
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|at| at == needle)
}
