//! Where a repository is.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::error::RemoteError;
use crate::http;

/// A registry and a repository in it: `registry.acme.test/team/cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    registry: String,
    name: String,
}

impl Repository {
    /// The registry, with its port where it has one.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository's name in it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its addresses begin with.
    pub(crate) fn base(&self) -> Result<Url, RemoteError> {
        let parse = |scheme: &str| Url::parse(&format!("{scheme}://{}/", self.registry));
        let secure = parse("https").map_err(|error| self.bad(&error.to_string()))?;
        match http::is_local(&secure) {
            true => parse("http").map_err(|error| self.bad(&error.to_string())),
            false => Ok(secure),
        }
    }

    fn bad(&self, reason: &str) -> RemoteError {
        RemoteError::Address {
            url: self.to_string(),
            reason: reason.to_owned(),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.name)
    }
}

impl FromStr for Repository {
    type Err = RemoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = |reason: &str| RemoteError::Address {
            url: text.to_owned(),
            reason: reason.to_owned(),
        };
        let (registry, name) = text
            .split_once('/')
            .ok_or_else(|| fail("write a registry and a repository, `registry.test/team/name`"))?;
        let is_word = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
                && !part.starts_with(['.', '_', '-'])
                && !part.ends_with(['.', '_', '-'])
        };
        if !name.split('/').all(is_word) || name.len() > 255 {
            return Err(fail("a repository is lower-case words between slashes"));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if registry.is_empty() || !registry.chars().all(plain) {
            return Err(fail("a registry is a host, with a port where it needs one"));
        }
        let repository = Self {
            registry: registry.to_owned(),
            name: name.to_owned(),
        };
        repository.base().map(|_| repository)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_a_host_and_words() {
        for (text, base) in [
            ("registry.test/team/cache", "https://registry.test/"),
            ("registry.test:8443/x", "https://registry.test:8443/"),
            ("127.0.0.1:5000/a/b-c", "http://127.0.0.1:5000/"),
            ("[::1]:5000/a", "http://[::1]:5000/"),
        ] {
            let repository: Repository = text.parse().unwrap();
            assert_eq!(repository.to_string(), text);
            assert_eq!(repository.base().unwrap().as_str(), base);
        }
        for bad in [
            "",
            "x",
            "/x",
            "a.test/",
            "a.test/../b",
            "a.test/A",
            "u@a.test/b",
            "a.test:x/b",
        ] {
            assert!(bad.parse::<Repository>().is_err(), "{bad}");
        }
    }
}
