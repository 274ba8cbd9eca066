//! Who signs requests to a store.

use std::fmt;

use run_sigv4::Key;

/// A key, and the token of its session.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key's id, which is sent.
    pub key_id: String,
    /// The secret, which is not.
    pub secret: String,
    /// Of temporary credentials: sent with each request.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Those of the three variables that every tool for such services reads.
    #[must_use]
    pub fn from_environment() -> Option<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Some(Self {
            key_id: variable("AWS_ACCESS_KEY_ID")?,
            secret: variable("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN"),
        })
    }

    pub(crate) fn key(&self) -> Key<'_> {
        Key {
            id: &self.key_id,
            secret: &self.secret,
            token: self.session_token.as_deref().unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        let credentials = Credentials {
            key_id: "key".to_owned(),
            secret: "secret".to_owned(),
            session_token: Some("token".to_owned()),
        };
        let shown = format!("{credentials:?}");
        assert!(
            ["key", "secret", "token"]
                .iter()
                .all(|text| !shown.contains(text))
        );
    }
}
