//! A platform's refusal, in its own words.

use run_plugin_api::{Error, ErrorKind};

/// What a platform's error answer says, found by the provider that knows its
/// shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Its own code, e.g. `10021` or `missing_files`.
    pub code: Option<String>,
    /// Its own words.
    pub message: Option<String>,
}

/// An answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformError {
    /// Who refused, as the user knows it.
    pub platform: &'static str,
    /// The request, without its host and query.
    pub request: String,
    /// The status of the answer.
    pub status: u16,
    /// What the platform said about it.
    pub said: Said,
    /// How long it asks to be left alone, in seconds.
    pub retry_after: Option<u64>,
    /// All of the answer, for codes that say more.
    pub body: Vec<u8>,
}

/// The most of a platform's own words that is shown, in characters.
const WORDS: usize = 500;

impl PlatformError {
    /// Whether the platform's code is this one.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.said.code.as_deref() == Some(code)
    }

    fn kind(&self) -> ErrorKind {
        match self.status {
            400 | 422 => ErrorKind::InvalidInput,
            401 | 403 => ErrorKind::Denied,
            404 | 410 => ErrorKind::NotFound,
            409 | 412 => ErrorKind::Conflict,
            _ => ErrorKind::Remote,
        }
    }

    /// What the user can do about it, where the status alone says so.
    fn help(&self) -> Option<String> {
        Some(match self.status {
            401 => format!(
                "the token is not one that {} knows: it may be mistyped, expired or withdrawn",
                self.platform
            ),
            403 => "the token is known and lacks a permission for this; the provider's page in \
                    the documentation lists those it needs"
                .to_owned(),
            409 => "somebody else changes the same thing; `deploy status` says how it stands, and \
                    deploying again goes on from there"
                .to_owned(),
            429 => match self.retry_after {
                Some(seconds) => format!("it asks to wait {seconds} s; then deploy again"),
                None => "there were too many requests; wait a little and deploy again".to_owned(),
            },
            500.. => format!(
                "this is a fault of {}, or a passing one: deploying again goes on from where it \
                 stopped",
                self.platform
            ),
            _ => return None,
        })
    }
}

impl From<PlatformError> for Error {
    fn from(refused: PlatformError) -> Self {
        let mut message = format!(
            "{} answered {} to `{}`",
            refused.platform, refused.status, refused.request
        );
        let words = refused.said.message.as_deref().unwrap_or_default();
        let words: String = words
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(WORDS)
            .collect();
        let code = refused.said.code.as_deref().map(|code| format!("[{code}]"));
        let said: Vec<_> = [Some(words), code]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        if !said.is_empty() {
            message = format!("{message}: {}", said.join(" "));
        }
        let error = Error::new(refused.kind(), message);
        match refused.help() {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_words_and_code_are_kept() {
        let refused = |status, message: Option<&str>, code: Option<&str>| {
            Error::from(PlatformError {
                platform: "Acme",
                request: "PUT /apps/shop".into(),
                status,
                said: Said {
                    code: code.map(str::to_owned),
                    message: message.map(str::to_owned),
                },
                retry_after: Some(7),
                body: Vec::new(),
            })
        };
        let error = refused(403, Some("no\u{1b}[31m entry\n"), Some("9109"));
        assert_eq!(
            error.message(),
            "Acme answered 403 to `PUT /apps/shop`: no [31m entry  [9109]"
        );
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert!(error.help().unwrap().contains("permission"));
        let error = refused(429, None, None);
        assert_eq!(error.message(), "Acme answered 429 to `PUT /apps/shop`");
        assert!(error.help().unwrap().contains("7 s"));
        assert_eq!(refused(409, None, None).kind(), ErrorKind::Conflict);
        assert_eq!(refused(503, None, None).kind(), ErrorKind::Remote);
        assert!(refused(418, None, None).help().is_none());
    }
}
