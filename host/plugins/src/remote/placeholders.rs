//! Placeholders: what a plugin writes into a body where a secret is to stand.

use std::sync::{Arc, Mutex, PoisonError};

use super::secret::{Encoding, Secret};

/// The secrets of one call, and the placeholders that were given out for them.
#[derive(Clone, Default)]
pub(crate) struct Placeholders {
    secrets: Arc<Vec<(String, Secret)>>,
    given: Arc<Mutex<Vec<Placeholder>>>,
}

struct Placeholder {
    token: String,
    name: String,
    encoding: Encoding,
    value: String,
}

/// Every placeholder begins with this.
const MARK: &str = "RUNSECRET";

impl Placeholders {
    pub(crate) fn new(secrets: Vec<(String, Secret)>) -> Self {
        Self {
            secrets: Arc::new(secrets),
            given: Arc::default(),
        }
    }

    /// The placeholder for a secret of that name, the same each time.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn give(
        &self,
        name: &str,
        encoding: Encoding,
    ) -> Result<Option<String>, getrandom::Error> {
        let Some((_, secret)) = self.secrets.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let known = given
            .iter()
            .find(|known| known.name == name && known.encoding == encoding);
        if let Some(known) = known {
            return Ok(Some(known.token.clone()));
        }
        // Not to be guessed: whoever writes one by chance or on purpose must
        // not get a value for it.
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let hex: String = random.iter().map(|byte| format!("{byte:02X}")).collect();
        let token = format!("{MARK}{hex}");
        given.push(Placeholder {
            token: token.clone(),
            name: name.to_owned(),
            encoding,
            value: secret.written(encoding),
        });
        Ok(Some(token))
    }

    /// The body with the values, where a placeholder stands in it.
    pub(crate) fn fill(&self, body: &[u8]) -> Option<Vec<u8>> {
        memchr::memmem::find(body, MARK.as_bytes())?;
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = Vec::with_capacity(body.len());
        let (mut rest, mut found) = (body, false);
        while let Some(at) = memchr::memmem::find(rest, MARK.as_bytes()) {
            out.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            match given.iter().find(|p| rest.starts_with(p.token.as_bytes())) {
                Some(placeholder) => {
                    out.extend_from_slice(placeholder.value.as_bytes());
                    rest = &rest[placeholder.token.len()..];
                    found = true;
                }
                None => {
                    out.extend_from_slice(MARK.as_bytes());
                    rest = &rest[MARK.len()..];
                }
            }
        }
        out.extend_from_slice(rest);
        found.then_some(out)
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().map(|(_, secret)| secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_placeholders_stood() {
        let all = Placeholders::new(vec![("TOKEN".into(), Secret::new("a\"b"))]);
        assert_eq!(all.give("OTHER", Encoding::Raw).unwrap(), None);
        let raw = all.give("TOKEN", Encoding::Raw).unwrap().unwrap();
        let json = all.give("TOKEN", Encoding::Json).unwrap().unwrap();
        assert_ne!(raw, json);
        assert_eq!(all.give("TOKEN", Encoding::Raw).unwrap(), Some(raw.clone()));
        assert!(raw.bytes().all(|b| b.is_ascii_alphanumeric()));
        let body = format!("RUNSECRET {{\"x\": \"{json}\"}} {raw}{raw}");
        let filled = all.fill(body.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(filled).unwrap(),
            "RUNSECRET {\"x\": \"a\\\"b\"} a\"ba\"b"
        );
        assert_eq!(all.fill(b"RUNSECRET0123"), None);
    }
}
