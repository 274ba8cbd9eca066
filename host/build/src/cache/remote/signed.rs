//! Texts with a signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::keys::{KeyId, PublicKey, SecretKey};

/// A text, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
    /// What the key is called, in full.
    key: String,
    signature: String,
    text: String,
}

/// Why a text is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Distrust {
    #[error("it is not signed")]
    Unsigned,
    #[error("it is signed with a key that is not trusted")]
    Unknown,
    #[error("its signature is wrong")]
    Wrong,
}

impl Signed {
    /// `kind` and `subject` say what the text is and what it is about, so that
    /// it is good for nothing else.
    pub(super) fn new(secret: &SecretKey, kind: &str, subject: &str, text: String) -> Self {
        Self {
            key: secret.public().id().hex(),
            signature: secret.sign(message(kind, subject, &text).as_bytes()),
            text,
        }
    }

    /// Any JSON; what is no signed text is one without a signature.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Distrust> {
        serde_json::from_slice(bytes).map_err(|_| Distrust::Unsigned)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The text and who signed it, where it is one of the keys and for this.
    pub(super) fn open(
        &self,
        trusted: &[PublicKey],
        kind: &str,
        subject: &str,
    ) -> Result<(&str, KeyId), Distrust> {
        if self.signature.is_empty() {
            return Err(Distrust::Unsigned);
        }
        let key = trusted
            .iter()
            .find(|key| key.id().hex() == self.key)
            .ok_or(Distrust::Unknown)?;
        let signature = STANDARD
            .decode(&self.signature)
            .map_err(|_| Distrust::Wrong)?;
        let message = message(kind, subject, &self.text);
        match key.verifies(message.as_bytes(), &signature) {
            true => Ok((&self.text, key.id())),
            false => Err(Distrust::Wrong),
        }
    }
}

/// None of the first three can hold a line break, so no two differ in where one
/// ends.
fn message(kind: &str, subject: &str, text: &str) -> String {
    format!("run build cache 1\n{kind}\n{subject}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::{PUBLIC, SECRET};
    use super::*;

    #[test]
    fn a_text_is_believed_for_what_it_was_signed_for() {
        let secret = SecretKey::parse(SECRET).unwrap();
        let trusted = [PublicKey::parse(PUBLIC).unwrap()];
        let signed = Signed::new(&secret, "entry", "a", "text".to_owned());
        let signed = Signed::parse(&signed.to_bytes()).unwrap();
        assert_eq!(
            signed.open(&trusted, "entry", "a"),
            Ok(("text", trusted[0].id()))
        );
        assert_eq!(signed.open(&trusted, "entry", "b"), Err(Distrust::Wrong));
        assert_eq!(signed.open(&trusted, "shape", "a"), Err(Distrust::Wrong));
        assert_eq!(signed.open(&[], "entry", "a"), Err(Distrust::Unknown));
        let other = Signed {
            text: "other".to_owned(),
            ..signed.clone()
        };
        assert_eq!(other.open(&trusted, "entry", "a"), Err(Distrust::Wrong));
        let without = Signed {
            signature: String::new(),
            ..signed
        };
        assert_eq!(
            without.open(&trusted, "entry", "a"),
            Err(Distrust::Unsigned)
        );
        assert_eq!(Signed::parse(b"{\"text\": \"\"}"), Err(Distrust::Unsigned));
    }
}
