//! Guest paths and the host paths behind them.

use std::path::{Component, Path, PathBuf};

/// What a guest directory may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read by the plugin and its children.
    Read,
    /// Read and written by both.
    Write,
    /// Not seen by the plugin; a name for its children's arguments.
    NameOnly,
}

/// One guest directory.
#[derive(Debug, Clone)]
pub(crate) struct Mount {
    /// E.g. `/src`, or `/dirs/registry`.
    pub(crate) guest: String,
    /// Canonical, so that prefixes compare.
    pub(crate) host: PathBuf,
    pub(crate) mode: Mode,
}

/// All guest directories of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathMap {
    mounts: Vec<Mount>,
}

impl PathMap {
    pub(crate) fn new(mounts: Vec<Mount>) -> Self {
        Self { mounts }
    }

    pub(crate) fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    /// The host path behind a guest path, or `None` where it is not absolute,
    /// climbs with `..`, or lies in no guest directory.
    pub(crate) fn to_host(&self, guest: &str) -> Option<(PathBuf, Mode)> {
        if guest.contains('\0') || !guest.starts_with('/') {
            return None;
        }
        let path = Path::new(guest);
        if path
            .components()
            .any(|c| matches!(c, Component::ParentDir | Component::Prefix(_)))
        {
            return None;
        }
        self.mounts.iter().find_map(|mount| {
            let rest = path.strip_prefix(&mount.guest).ok()?;
            let host = if rest.as_os_str().is_empty() {
                mount.host.clone()
            } else {
                mount.host.join(rest)
            };
            Some((host, mount.mode))
        })
    }

    /// The text with every host path replaced by the guest path it stands for.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut mounts: Vec<_> = self
            .mounts
            .iter()
            .filter_map(|mount| Some((mount.host.to_str()?, mount.guest.as_str())))
            .collect();
        // A directory inside another must be found before the outer one.
        mounts.sort_by_key(|(host, _)| std::cmp::Reverse(host.len()));
        let mut out = text.to_owned();
        for (host, guest) in mounts {
            if out.contains(host) {
                out = replace_path(&out, host, guest);
            }
        }
        out
    }
}

/// Replaces `host` where it ends a path component, so that `/a/b` is not found
/// in `/a/bc`.
fn replace_path(text: &str, host: &str, guest: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(host) {
        let after = &rest[at + host.len()..];
        let ends = !after
            .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
            || after.starts_with(". ");
        out.push_str(&rest[..at]);
        out.push_str(if ends { guest } else { host });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PathMap {
        let mount = |guest: &str, host: &str| Mount {
            guest: guest.into(),
            host: host.into(),
            mode: Mode::Read,
        };
        PathMap::new(vec![
            mount("/src", "/home/u/app"),
            mount("/cache", "/home/u/app/.run/cache/x"),
            mount("/dirs/registry", "/home/u/.reg"),
        ])
    }

    #[test]
    fn guest_paths_lead_nowhere_else() {
        let map = map();
        let host = |guest: &str| map.to_host(guest).map(|(path, _)| path);
        assert_eq!(host("/src"), Some("/home/u/app".into()));
        assert_eq!(host("/src/a/./b"), Some("/home/u/app/a/b".into()));
        assert_eq!(host("/dirs/registry/x"), Some("/home/u/.reg/x".into()));
        for bad in [
            "",
            "src",
            "/",
            "/srcs",
            "/src/../x",
            "/src/a/../../x",
            "/etc/passwd",
            "/src\0",
        ] {
            assert_eq!(host(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn host_paths_are_hidden_whole() {
        let map = map();
        assert_eq!(
            map.hide(
                "error in /home/u/app/src/a and /home/u/app/.run/cache/x/t, not /home/u/apple"
            ),
            "error in /src/src/a and /cache/t, not /home/u/apple"
        );
        assert_eq!(map.hide("cd /home/u/app"), "cd /src");
    }
}
