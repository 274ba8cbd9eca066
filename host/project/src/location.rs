//! Where packages come from, in forms that are safe to hand to a client.

use std::fmt;
use std::str::FromStr;

use crate::value::{ValueError, quoted};

macro_rules! location {
    ($(#[$doc:meta])* $type:ident, $parse:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(String);

        impl $type {
            /// The address as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                $parse(text).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

location! {
    /// The base address of a registry: `https://` or `http://`, a host, perhaps
    /// a port and a path; no user, query or fragment, no trailing `/`.
    RegistryUrl, registry_url
}

location! {
    /// A repository of an OCI registry, `host/path`, without tag or digest
    /// (distribution-spec, "Pulling manifests").
    OciRepository, oci_repository
}

location! {
    /// The address of a git repository: `https://`, `http://`, `ssh://`,
    /// `git://` or `file://`, or `user@host:path`. Helpers such as `ext::`, which
    /// run commands, are refused, and so is what git would read as an option.
    GitUrl, git_url
}

fn registry_url(text: &str) -> Result<String, ValueError> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    let help = "write e.g. `https://registry.example.com`";
    match host {
        _ if !is_visible(text) || text.contains(['?', '#', '\\']) => {}
        Some(host) if host.contains('@') => {
            return Err(ValueError::new(
                // Not quoted: what stands before the `@` may be a password.
                "a registry's address must not hold a user or password",
                "give the token in the environment variable RUN_AUTH_TOKEN",
            ));
        }
        Some(host) if is_authority(host) => return Ok(text.trim_end_matches('/').to_owned()),
        _ => {}
    }
    Err(ValueError::new(
        format!("{} is not a registry's address", quoted(text)),
        help,
    ))
}

fn oci_repository(text: &str) -> Result<String, ValueError> {
    let help = "write the host and the repository, e.g. `ghcr.io/acme/run/fly`";
    let error = |help: &str| {
        Err(ValueError::new(
            format!("{} is not an OCI repository", quoted(text)),
            help.to_owned(),
        ))
    };
    let Some((host, path)) = text.split_once('/') else {
        return error(help);
    };
    if path.contains(['@', ':']) {
        return error("leave the tag or digest out: `version` says which release is meant");
    }
    // Without a dot, a port or this name it would be a path on some default
    // host, and there is none here.
    let is_host = host == "localhost" || host.contains(['.', ':']);
    if !is_host || !is_authority(host) || !path.split('/').all(is_oci_part) {
        return error(help);
    }
    Ok(text.to_owned())
}

fn is_oci_part(part: &str) -> bool {
    let inner = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    let outer = |c: Option<&u8>| matches!(c, Some(b'a'..=b'z' | b'0'..=b'9'));
    let bytes = part.as_bytes();
    bytes.iter().all(|&c| inner(c))
        && outer(bytes.first())
        && outer(bytes.last())
        && !part.contains("..")
}

fn git_url(text: &str) -> Result<String, ValueError> {
    let has_scheme = ["https://", "http://", "ssh://", "git://", "file://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(starts_plainly));
    let is_remote_shell = text.split_once(':').is_some_and(|(host, path)| {
        host.split_once('@')
            .is_some_and(|(user, host)| starts_plainly(user) && is_authority(host))
            && starts_plainly(path)
    });
    if is_visible(text) && (has_scheme || is_remote_shell) {
        return Ok(text.to_owned());
    }
    Err(ValueError::new(
        format!("{} is not the address of a git repository", quoted(text)),
        "write e.g. `https://example.com/acme/repo` or `git@example.com:acme/repo`",
    ))
}

/// The name of a branch, tag or commit that git cannot mistake for an option
/// or for a range (git-check-ref-format).
pub(crate) fn git_name(text: &str) -> Result<String, ValueError> {
    let strange = |c: char| matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\' | '@' | '{');
    let whole =
        !text.is_empty() && !text.starts_with(['-', '/', '.']) && !text.ends_with(['/', '.']);
    if whole && is_visible(text) && !text.contains(strange) && !text.contains("..") {
        return Ok(text.to_owned());
    }
    Err(ValueError::new(
        format!("{} cannot be a branch, tag or commit", quoted(text)),
        "write its name as git shows it",
    ))
}

fn is_visible(text: &str) -> bool {
    !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn starts_plainly(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-')
}

/// `host` or `host:port`; the host a name, or an address in brackets.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let host_is_good = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    host_is_good && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// A DNS name or an IPv4 address: letters, digits, `-` and `.`.
pub(crate) fn is_host(text: &str) -> bool {
    text.split('.').all(|label| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table<T: FromStr<Err = ValueError> + fmt::Display>(good: &[(&str, &str)], bad: &[&str]) {
        for (text, normal) in good {
            assert_eq!(
                text.parse::<T>().map(|t| t.to_string()).as_deref(),
                Ok(*normal),
                "{text}"
            );
        }
        for text in bad {
            assert!(text.parse::<T>().is_err(), "{text}");
        }
    }

    #[test]
    fn registries() {
        table::<RegistryUrl>(
            &[
                ("https://r.example/", "https://r.example"),
                ("http://[::1]:80/base", "http://[::1]:80/base"),
            ],
            &[
                "",
                "r.example",
                "ftp://r",
                "https://",
                "https:///x",
                "https://u:p@r",
                "https://r?q",
                "https://r:99999",
                "https://a b",
                "data:x",
            ],
        );
        let error = "https://me:hunter2@r.example"
            .parse::<RegistryUrl>()
            .unwrap_err();
        assert!(!error.message.contains("hunter2"), "{error}");
    }

    #[test]
    fn repositories() {
        table::<OciRepository>(
            &[
                ("ghcr.io/acme/fly", "ghcr.io/acme/fly"),
                ("localhost:5000/a", "localhost:5000/a"),
            ],
            &[
                "",
                "acme/fly",
                "ghcr.io",
                "ghcr.io/",
                "ghcr.io/Acme",
                "ghcr.io/a:1",
                "ghcr.io/a@sha256:0",
                "ghcr.io/../x",
                "ghcr.io/a..b",
                "https://ghcr.io/a",
                "ghcr.io/a//b",
            ],
        );
        table::<GitUrl>(
            &[
                ("https://e.x/a/b", "https://e.x/a/b"),
                ("git@e.x:a/b.git", "git@e.x:a/b.git"),
                ("file:///srv/r", "file:///srv/r"),
            ],
            &[
                "",
                "ext::sh -c id",
                "ext::id",
                "--upload-pack=id",
                "-x@h:p",
                "git@h:-p",
                "https://-x",
                "https://a b",
                "/srv/r",
                "a@-h:p",
            ],
        );
        for bad in ["", "-x", "a..b", "a b", "a:b", "@{1}", "/a", "HEAD~1"] {
            assert!(git_name(bad).is_err(), "{bad}");
        }
    }
}
