//! Who may put builds into a remote cache: keys that sign what is in it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use run_files::Digest;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

/// What an Ed25519 key begins with as a `SubjectPublicKeyInfo` (RFC 8410).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// What an Ed25519 key begins with as a `PrivateKeyInfo` (RFC 8410, section 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key that is trusted: Ed25519, as one line of base64, which is what stands
/// between the first and the last line of its PEM file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// A key to sign with.
pub struct SecretKey(Ed25519KeyPair);

/// A text that is no key, or no key where one should be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No public key.
    #[error("this is no Ed25519 public key: write the one line of base64 of its PEM file")]
    Public,
    /// No secret key.
    #[error("this is no Ed25519 secret key in PKCS #8 PEM form")]
    Secret,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers to make a key of")]
    Random,
}

impl PublicKey {
    /// Reads the base64 of a key, with or without the lines around it.
    ///
    /// # Errors
    /// It is no Ed25519 public key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let base64: String = text
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let bytes = STANDARD.decode(base64).map_err(|_| KeyError::Public)?;
        let key = bytes.strip_prefix(&SPKI).ok_or(KeyError::Public)?;
        key.try_into().map(Self).map_err(|_| KeyError::Public)
    }

    /// What it is called: a digest of it.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(Digest::of(&self.0))
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode([SPKI.as_slice(), self.0.as_slice()].concat()))
    }
}

/// What a key is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(Digest);

impl KeyId {
    /// All of it, as 64 hex digits.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.hex()
    }
}

/// Its first digits, which are enough for a person to tell keys apart.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex()[..16])
    }
}

impl SecretKey {
    /// Makes a key, and its text: a PKCS #8 PEM file.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn generate() -> Result<(Self, String), KeyError> {
        let mut seed = [0; 32];
        SystemRandom::new()
            .fill(&mut seed)
            .map_err(|_| KeyError::Random)?;
        let base64 = STANDARD.encode([PKCS8.as_slice(), seed.as_slice()].concat());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
        Ok((Self::parse(&pem)?, pem))
    }

    /// Reads a PKCS #8 PEM file's text.
    ///
    /// # Errors
    /// It is no Ed25519 secret key.
    pub fn parse(pem: &str) -> Result<Self, KeyError> {
        let der =
            PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError::Secret)?;
        // Common tools leave the public half out, which is worked out here.
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der())
            .map(Self)
            .map_err(|_| KeyError::Secret)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    pub(super) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.sign(message))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Of RFC 8410, section 10: a key pair that everybody knows.
    pub(crate) const SECRET: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    pub(crate) const PUBLIC: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    #[test]
    fn the_two_halves_belong_together() {
        let (secret, public) = (
            SecretKey::parse(SECRET).unwrap(),
            PublicKey::parse(PUBLIC).unwrap(),
        );
        assert_eq!(secret.public(), public);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{PUBLIC}\n-----END PUBLIC KEY-----\n");
        assert_eq!(PublicKey::parse(&pem).unwrap(), public);
        let signature = STANDARD.decode(secret.sign(b"message")).unwrap();
        assert!(public.verifies(b"message", &signature));
        assert!(!public.verifies(b"massage", &signature));
        assert!(!public.verifies(b"message", &[]));
    }

    #[test]
    fn a_key_that_is_made_is_one_and_no_other() {
        let (key, pem) = SecretKey::generate().unwrap();
        let public = key.public();
        assert_eq!(SecretKey::parse(&pem).unwrap().public(), public);
        assert_eq!(PublicKey::parse(&public.to_string()).unwrap(), public);
        assert_eq!(PublicKey::parse(PUBLIC).unwrap().to_string(), PUBLIC);
        let (other, _) = SecretKey::generate().unwrap();
        assert_ne!(other.public(), public);
        assert!(!format!("{key:?}").contains(&pem[30..60]));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in [
            "",
            "x",
            "AAAA",
            &PUBLIC[..40],
            "MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
        ] {
            assert_eq!(PublicKey::parse(bad), Err(KeyError::Public), "{bad}");
        }
        for bad in ["", PUBLIC, &SECRET[..80]] {
            assert!(SecretKey::parse(bad).is_err(), "{bad}");
        }
    }
}
