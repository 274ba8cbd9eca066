//! Answers.

use ureq::http::{HeaderMap, StatusCode};

use super::Http;
use crate::error::RemoteError;

/// A whole answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The words of stores for what went wrong that say more than their status. Any
/// other text could be our own credentials, sent back to be printed.
const WORDS: &[&str] = &[
    "AccessDenied",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidBucketName",
    "NoSuchBucket",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "SlowDown",
    "DENIED",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "SIZE_INVALID",
    "TOOMANYREQUESTS",
    "UNAUTHORIZED",
    "UNSUPPORTED",
];

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The store's own word for what went wrong.
    pub(crate) fn word(&self) -> Option<&'static str> {
        let text = String::from_utf8_lossy(&self.body);
        let mut found = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        found.find_map(|word| WORDS.iter().find(|known| **known == word).copied())
    }

    fn described(&self) -> String {
        let known = StatusCode::from_u16(self.status);
        let reason = known.ok().and_then(|status| status.canonical_reason());
        match self.word().or(reason) {
            Some(word) => format!("{}, {word}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl Http {
    /// The error that an answer is.
    pub(crate) fn refused(&self, reply: &Reply, help: &str) -> RemoteError {
        let host = self.host().to_owned();
        let status = reply.described();
        match reply.status {
            401 | 403 => RemoteError::Access {
                host,
                status,
                help: help.to_owned(),
            },
            _ => RemoteError::Answer { host, status },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(status: u16, body: &str) -> String {
        let reply = Reply {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        reply.described()
    }

    #[test]
    fn of_a_stores_words_only_known_ones_are_repeated() {
        for (status, body, expected) in [
            (403, "<Code>AccessDenied</Code>", "403, AccessDenied"),
            (
                429,
                r#"{"errors":[{"code":"TOOMANYREQUESTS"}]}"#,
                "429, TOOMANYREQUESTS",
            ),
            (
                500,
                "Authorization: Basic dTpw",
                "500, Internal Server Error",
            ),
            (599, "", "599"),
        ] {
            assert_eq!(described(status, body), expected);
        }
    }
}
