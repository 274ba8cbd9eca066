//! `[build.cache]`: a build cache that many machines share.

use std::str::FromStr;
use std::time::Duration;

use crate::section::Entry;
use crate::spanned::Spanned;
use crate::value::{ValueError, choice, duration, quoted};

/// A remote build cache. What is secret about it is never in run.toml.
#[derive(Debug, Clone)]
pub struct BuildCache {
    /// `url`: where it is.
    pub url: Spanned<CacheUrl>,
    /// `mode`. Default `read`.
    pub mode: CacheAccess,
    /// `public_keys`: whose builds are believed.
    pub public_keys: Vec<Spanned<String>>,
    /// `endpoint`: the store of a bucket, where `url` is one.
    pub endpoint: Option<Spanned<String>>,
    /// `region` of the store.
    pub region: Option<String>,
    /// `timeout`: how long is waited for an answer. Default ten seconds.
    pub timeout: Duration,
}

/// Where a remote build cache is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheUrl {
    /// `oci://registry.test/team/cache`: what comes after `oci://`.
    Registry(String),
    /// `s3://bucket/prefix`.
    Bucket {
        /// The bucket.
        name: String,
        /// May be empty.
        prefix: String,
    },
}

/// What a remote build cache may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheAccess {
    /// Taking from it.
    Read,
    /// And putting into it, where there is a key to sign with.
    ReadWrite,
}

/// How long is waited where nobody says.
pub const CACHE_TIMEOUT: Duration = Duration::from_secs(10);

impl FromStr for CacheAccess {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        choice(
            text,
            &[("read", Self::Read), ("read-write", Self::ReadWrite)],
        )
    }
}

impl FromStr for CacheUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| {
            ValueError::new(
                format!("{} is not the address of a build cache", quoted(text)),
                "write `oci://registry.test/team/cache` or `s3://bucket/prefix`",
            )
        })
    }
}

fn parse(text: &str) -> Option<CacheUrl> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._:/[]-".contains(c);
    let (scheme, rest) = text.split_once("://")?;
    if rest.is_empty() || !rest.chars().all(is_plain) || rest.split('/').any(|part| part == "..") {
        return None;
    }
    match scheme {
        "oci" => {
            let (registry, name) = rest.split_once('/')?;
            (!registry.is_empty() && !name.is_empty()).then(|| CacheUrl::Registry(rest.to_owned()))
        }
        "s3" => {
            let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            (!name.is_empty() && !name.contains(':')).then(|| CacheUrl::Bucket {
                name: name.to_owned(),
                prefix: prefix.trim_matches('/').to_owned(),
            })
        }
        _ => None,
    }
}

impl BuildCache {
    pub(super) fn read(entry: Entry<'_>) -> Option<Self> {
        let mut section = entry.section()?;
        let url = section.require("url").and_then(Entry::parsed);
        let mode = section.take("mode").and_then(Entry::parsed);
        let public_keys = section.require("public_keys").map(Entry::strings);
        let endpoint = section.take("endpoint").and_then(Entry::string);
        let region = section.take("region").and_then(Entry::string);
        let timeout = section.take("timeout").and_then(|e| e.parse(duration));
        section.finish();
        Some(Self {
            url: url?,
            mode: mode.map_or(CacheAccess::Read, |mode| mode.value),
            public_keys: public_keys?,
            endpoint,
            region: region.map(|region| region.value),
            timeout: timeout.map_or(CACHE_TIMEOUT, |timeout| timeout.value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_kind_of_store_it_is() {
        let bucket = |name: &str, prefix: &str| CacheUrl::Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        };
        for (text, url) in [
            (
                "oci://r.test:5000/a/b",
                CacheUrl::Registry("r.test:5000/a/b".to_owned()),
            ),
            ("s3://builds", bucket("builds", "")),
            ("s3://builds/team/run/", bucket("builds", "team/run")),
        ] {
            assert_eq!(text.parse(), Ok(url));
        }
        for bad in [
            "",
            "builds",
            "oci://r.test",
            "oci:///a",
            "oci://u:p@r.test/a",
            "s3://",
            "s3://a:b@c",
            "s3://a/../b",
            "https://r.test/a",
            "s3://a?b",
        ] {
            assert!(bad.parse::<CacheUrl>().is_err(), "{bad}");
        }
    }
}
