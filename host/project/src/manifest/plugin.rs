//! `[plugins]` and `[plugins.NAME.permissions]`.

use semver::VersionReq;

use crate::location::OciRepository;
use crate::names::{PackageName, PluginName};
use crate::path::LocalPath;
use crate::problem::problem;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::requirement;

/// One plugin of the project.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// The key: what the project calls it.
    pub name: Spanned<PluginName>,
    /// Where it comes from. The span is the whole value's.
    pub source: Spanned<PluginSource>,
    /// `permissions`: what it gets at most.
    pub permissions: PermissionLimits,
}

/// Where a plugin comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginSource {
    /// A registry.
    Registry {
        /// `package`; without one it is `run:` and the plugin's name, which is
        /// what ships with the host.
        package: PackageName,
        /// `version`; where only `permissions` are given, any.
        version: VersionReq,
    },
    /// An OCI registry.
    Oci {
        /// `oci`.
        repository: OciRepository,
        /// `version`.
        version: VersionReq,
    },
    /// A file of this machine.
    Path(LocalPath),
}

/// Narrows what a plugin's manifest asks for: of a kind that is given, only
/// what is listed is granted. An absent kind is not narrowed.
#[derive(Debug, Clone, Default)]
pub struct PermissionLimits {
    /// `tools`: ids of tools.
    pub tools: Option<Vec<Spanned<String>>>,
    /// `env`: names of environment variables.
    pub env: Option<Vec<Spanned<String>>>,
    /// `hosts`: names of hosts.
    pub hosts: Option<Vec<Spanned<String>>>,
    /// `credentials`: names of credentials.
    pub credentials: Option<Vec<Spanned<String>>>,
}

pub(super) fn read(entry: Option<Entry<'_>>) -> Vec<Plugin> {
    let Some(section) = entry.and_then(Entry::section) else {
        return Vec::new();
    };
    section.entries().filter_map(Plugin::read).collect()
}

impl Plugin {
    fn read(entry: Entry<'_>) -> Option<Self> {
        let name: Option<Spanned<PluginName>> = entry.parsed_key();
        let span = entry.span.clone();
        let (source, permissions) = if entry.is_string() {
            let version = entry.parse(requirement)?.value;
            let package = PackageName::bundled(&name.as_ref()?.value);
            (
                PluginSource::Registry { package, version },
                PermissionLimits::default(),
            )
        } else if entry.is_table() {
            let mut section = entry.section()?;
            let permissions = PermissionLimits::read(section.take("permissions"));
            let source = PluginSource::read(&mut section, name.as_ref());
            section.finish();
            (source?, permissions)
        } else {
            return entry.wrong_type("a version or a table");
        };
        Some(Self {
            name: name?,
            source: Spanned::new(source, span),
            permissions,
        })
    }
}

impl PluginSource {
    fn read(section: &mut Section<'_>, name: Option<&Spanned<PluginName>>) -> Option<Self> {
        let version = section.take("version");
        let mut found: Vec<_> = ["package", "oci", "path"]
            .into_iter()
            .filter_map(|key| section.take(key))
            .collect();
        let conflict = |at: &Entry<'_>, message: &str, help: &str| {
            let code = section.problems.codes.conflict;
            section
                .problems
                .error(problem(code, message, at.key.span.clone()).help(help));
        };
        if let [_, second, ..] = found.as_slice() {
            let message = "a plugin comes from one place: a `package`, `oci` or a `path`";
            conflict(second, message, "keep one of them");
            return None;
        }
        let source = found.pop();
        let kind = source.as_ref().map(|entry| entry.key.value);
        if let (Some("path"), Some(version)) = (kind, &version) {
            conflict(
                version,
                "a plugin from a `path` has no `version`",
                "remove one of them",
            );
        }
        if let (Some(kind @ ("package" | "oci")), None) = (kind, &version) {
            let message = format!("the plugin has `{kind}` and no `version`");
            let help = "add the releases that will do, e.g. `version = \"^0.1\"`";
            section.error(section.problems.codes.missing_key, message, help);
            return None;
        }
        let version = match version {
            Some(entry) => entry.parse(requirement)?.value,
            None => VersionReq::STAR,
        };
        Some(match (kind, source) {
            (Some("package"), Some(entry)) => Self::Registry {
                package: entry.parsed()?.value,
                version,
            },
            (Some("oci"), Some(entry)) => Self::Oci {
                repository: entry.parsed()?.value,
                version,
            },
            (_, Some(entry)) => Self::Path(entry.parsed()?.value),
            (_, None) => Self::Registry {
                package: PackageName::bundled(name?),
                version,
            },
        })
    }
}

impl PermissionLimits {
    fn read(entry: Option<Entry<'_>>) -> Self {
        let Some(mut section) = entry.and_then(Entry::section) else {
            return Self::default();
        };
        let mut list = |key| section.take(key).map(Entry::strings);
        let limits = Self {
            tools: list("tools"),
            env: list("env"),
            hosts: list("hosts"),
            credentials: list("credentials"),
        };
        section.finish();
        limits
    }
}
