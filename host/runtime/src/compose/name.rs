//! Names of imports and exports, and which export fits which import.

use semver::Version;

/// A name taken apart: `demo:math/ops@0.1.0`, or the plain name of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExternName<'a> {
    /// All before the `@`.
    pub(super) base: &'a str,
    /// Behind the `@`, where it is a semantic version.
    pub(super) version: Option<Version>,
}

impl<'a> ExternName<'a> {
    pub(super) fn parse(name: &'a str) -> Self {
        // Only names with a package have a version; `[method]a.b` and the like
        // are compared as they are.
        let parts = name.rsplit_once('@').filter(|_| name.contains(':'));
        match parts.and_then(|(base, version)| Some((base, Version::parse(version).ok()?))) {
            Some((base, version)) => Self {
                base,
                version: Some(version),
            },
            None => Self {
                base: name,
                version: None,
            },
        }
    }
}

/// How an export stands to an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It can be linked: the same name, at the same or a compatible version that
    /// is not older.
    Yes,
    /// The same interface, compatible and older than what is asked for.
    Older,
    /// The same interface, at a version that is not compatible.
    Incompatible,
    /// Something else.
    No,
}

/// Whether the export `offered` can be the import `wanted`: as a requirement
/// `^wanted` as package managers mean it (Semantic Versioning 2.0.0, with the leftmost
/// number that is not zero as the one that breaks), and never a pre-release for
/// anything but itself.
pub(super) fn fit(wanted: &str, offered: &str) -> Fit {
    if wanted == offered {
        return Fit::Yes;
    }
    let (want, have) = (ExternName::parse(wanted), ExternName::parse(offered));
    if want.base != have.base {
        return Fit::No;
    }
    let (Some(want), Some(have)) = (want.version, have.version) else {
        return Fit::Incompatible;
    };
    if !want.pre.is_empty() || !have.pre.is_empty() || track(&want) != track(&have) {
        return Fit::Incompatible;
    }
    if have < want { Fit::Older } else { Fit::Yes }
}

/// What two compatible versions share: all numbers up to the first that is not
/// zero.
fn track(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor, version.patch) {
        (0, 0, patch) => (0, 0, patch),
        (0, minor, _) => (0, minor, 0),
        (major, _, _) => (major, 0, 0),
    }
}

/// The best of several exports of one component: the highest that fits.
pub(super) fn best<'e>(wanted: &str, offered: impl Iterator<Item = &'e str>) -> Option<&'e str> {
    offered
        .filter(|name| fit(wanted, name) == Fit::Yes)
        .max_by(|a, b| {
            let version = |name| ExternName::parse(name).version;
            version(a).cmp(&version(b))
        })
}

/// Whether a key of `imports` means this import: the full name, or the name
/// without its version.
pub(super) fn key_means(key: &str, import: &str) -> bool {
    key == import || key == ExternName::parse(import).base
}

/// Whether the host answers for this import where no component does.
pub(super) fn is_wasi(import: &str) -> bool {
    import.starts_with("wasi:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_fit_as_cargo_says() {
        for (wanted, offered, expected) in [
            ("a:b/c@0.1.0", "a:b/c@0.1.0", Fit::Yes),
            ("a:b/c@0.1.0", "a:b/c@0.1.3", Fit::Yes),
            ("a:b/c@0.1.3", "a:b/c@0.1.0", Fit::Older),
            ("a:b/c@0.1.0", "a:b/c@0.2.0", Fit::Incompatible),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", Fit::Incompatible),
            ("a:b/c@1.2.0", "a:b/c@1.9.1", Fit::Yes),
            ("a:b/c@1.2.0", "a:b/c@2.0.0", Fit::Incompatible),
            ("a:b/c@1.2.0", "a:b/c@1.3.0-rc.1", Fit::Incompatible),
            ("a:b/c@1.2.0-rc.1", "a:b/c@1.2.0-rc.1", Fit::Yes),
            ("a:b/c", "a:b/c", Fit::Yes),
            ("a:b/c", "a:b/c@1.0.0", Fit::Incompatible),
            ("a:b/c@0.1.0", "a:b/d@0.1.0", Fit::No),
            ("log", "log", Fit::Yes),
            ("log", "logs", Fit::No),
        ] {
            assert_eq!(fit(wanted, offered), expected, "{wanted} from {offered}");
        }
    }

    #[test]
    fn the_highest_that_fits_is_taken() {
        let offered = ["a:b/c@0.1.9", "a:b/c@0.1.10", "a:b/c@0.2.0"];
        assert_eq!(
            best("a:b/c@0.1.0", offered.into_iter()),
            Some("a:b/c@0.1.10")
        );
        assert_eq!(best("a:b/c@0.3.0", offered.into_iter()), None);
    }

    #[test]
    fn keys_name_imports_with_or_without_version() {
        for (key, import, expected) in [
            ("a:b/c", "a:b/c@0.1.0", true),
            ("a:b/c@0.1.0", "a:b/c@0.1.0", true),
            ("a:b/c@0.1.1", "a:b/c@0.1.0", false),
            ("log", "log", true),
            ("a:b/d", "a:b/c@0.1.0", false),
        ] {
            assert_eq!(key_means(key, import), expected, "{key} for {import}");
        }
    }
}
