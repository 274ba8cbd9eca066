//! What a manifest must keep to beyond its shape.

use super::check_remote as remote;
use super::{Kind, Manifest, Package};

/// Why a manifest was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ManifestError(pub(super) String);

impl ManifestError {
    pub(crate) fn new(why: String) -> Self {
        Self(why)
    }
}

/// Refuses names that could mean something else once they are a path, a
/// variable or a word of a lock file, and requests that the kind cannot have.
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    let fail = |message: String| Err(ManifestError(message));
    let id = &manifest.plugin.id;
    match id.split_once(':') {
        Some((namespace, name)) if is_name(namespace) && is_name(name) => {}
        _ => {
            return fail(format!(
                "`plugin.id` is `{id}`: expected `namespace:name` in lower case"
            ));
        }
    }
    let kind = manifest.plugin.kind;
    let foreign = match kind {
        Kind::LanguageBuilder => [
            ("provider", manifest.providers.is_empty()),
            ("host", manifest.hosts.is_empty()),
            ("credential", manifest.credentials.is_empty()),
        ],
        Kind::DeployProvider => [
            ("language", manifest.languages.is_empty()),
            ("tool", manifest.tools.is_empty()),
            ("directory", manifest.directories.is_empty()),
        ],
    };
    if let Some((table, _)) = foreign.iter().find(|(_, empty)| !empty) {
        return fail(format!("a {kind} cannot have a `[[{table}]]`"));
    }

    let names = manifest
        .languages
        .iter()
        .flat_map(|l| l.aliases.iter().chain([&l.name]))
        .chain(manifest.providers.iter().map(|p| &p.name))
        .chain(manifest.settings.iter().map(|s| &s.name))
        .chain(manifest.tools.iter().map(|t| &t.id))
        .chain(manifest.directories.iter().map(|d| &d.id))
        .chain(manifest.credentials.iter().map(|c| &c.name));
    for name in names {
        if !is_name(name) {
            return fail(format!(
                "`{name}` is not a name: lower-case letters, digits, `-`, `_`, `+`"
            ));
        }
    }
    for tool in &manifest.tools {
        if let Some(path) = tool.project.as_ref().filter(|path| !is_inside(path)) {
            return fail(format!(
                "tool `{}`: `project`: `{path}` leaves its directory",
                tool.id
            ));
        }
        for package in &tool.packages {
            check_package(package)
                .map_err(|why| ManifestError(format!("tool `{}`: {why}", tool.id)))?;
        }
        if !tool.packages.is_empty() && tool.pattern.is_none() {
            return fail(format!(
                "tool `{}`: a `[[tool.package]]` needs `probe` and `pattern`, to see what was installed",
                tool.id
            ));
        }
        let programs = [
            Some(&tool.program),
            tool.locate.as_ref().map(|l| &l.program),
        ];
        for program in programs.into_iter().flatten() {
            if !is_file_name(program) {
                return fail(format!(
                    "tool `{}`: `{program}` is not a program's name",
                    tool.id
                ));
            }
        }
        if let Some(pattern) = &tool.pattern
            && !has_group(pattern)
        {
            return fail(format!(
                "tool `{}`: `pattern` is not a regular expression with a group",
                tool.id
            ));
        }
        if tool.reads.as_ref().is_some_and(|r| r.arguments.is_empty()) {
            return fail(format!("tool `{}`: `reads` has no arguments", tool.id));
        }
        if tool.accepts.is_some() && (tool.pattern.is_none() || tool.probe.is_empty()) {
            return fail(format!(
                "tool `{}`: `accepts` needs `probe` and `pattern` to find a version",
                tool.id
            ));
        }
    }
    for variable in &manifest.environment {
        let key = variable.key.strip_suffix('*').unwrap_or(&variable.key);
        let valid = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !valid || is_reserved(&variable.key) {
            return fail(format!("`{}` cannot be an environment key", variable.key));
        }
    }
    for file in &manifest.source.writable {
        if !is_file_name(file) {
            return fail(format!("`source.writable`: `{file}` is not a file name"));
        }
    }
    for file in &manifest.source.ancestors {
        if !is_inside(file) {
            return fail(format!("`source.ancestors`: `{file}` leaves its directory"));
        }
    }
    for setting in &manifest.settings {
        if let Some(default) = &setting.default
            && !default.fits(setting.kind)
        {
            return fail(format!(
                "setting `{}`: its default is not {}",
                setting.name, setting.kind
            ));
        }
    }
    remote::check(manifest).map_err(ManifestError)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.len() <= 64
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_+".contains(&b))
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0'])
}

/// A relative path that stays below where it begins.
pub(super) fn is_inside(path: &str) -> bool {
    path.split('/').all(is_file_name)
}

/// Names and versions become words of a command line and of files, so they are
/// letters, digits and what separates them, and never look like an option.
fn check_package(package: &Package) -> Result<(), String> {
    if !is_name(&package.manager) {
        return Err(format!("`{}` is no package manager", package.manager));
    }
    if !is_package(&package.name) {
        return Err(format!("`{}` cannot be a package's name", package.name));
    }
    if let Some(part) = &package.part
        && !part.strip_prefix('/').is_some_and(is_package)
    {
        return Err(format!("`{part}` cannot be a part of a package"));
    }
    if !is_inside(&package.program) {
        return Err(format!("`{}` leaves the package", package.program));
    }
    match package
        .constraints
        .iter()
        .find(|(name, version)| !is_package(name) || !is_package_version(version))
    {
        Some((name, version)) => Err(format!(
            "`{name} = \"{version}\"` is no package with a version"
        )),
        None => Ok(()),
    }
}

fn is_package(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@')
        && !name.contains("..")
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"@/._-".contains(&b))
}

/// An exact version in the spelling of whatever manager it is for.
pub(crate) fn is_package_version(version: &str) -> bool {
    version.len() <= 64
        && version.starts_with(|c: char| c.is_ascii_alphanumeric())
        && version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._+!-".contains(&b))
}

/// Variables that would undo the sandbox: the loader's, and the host's own.
fn is_reserved(key: &str) -> bool {
    let key = key.trim_end_matches('*');
    ["LD_", "DYLD_"]
        .iter()
        .any(|p| key.starts_with(p) || p.starts_with(key))
        || [
            "PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LC_ALL", "TZ", "IFS", "BASH_ENV", "ENV",
        ]
        .contains(&key)
}

/// Whether it is a regular expression with a group. It is read and not compiled,
/// which takes a hundred times as long and is not needed to tell.
fn has_group(pattern: &str) -> bool {
    let read = regex_syntax::parse(pattern);
    read.is_ok_and(|read| read.properties().explicit_captures_len() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"
        [plugin]
        id = "acme:elm"
        kind = "language-builder"
        version = "0.1.0"
        description = "d"
        license = "MIT"
    "#;

    #[test]
    fn what_a_manifest_cannot_say() {
        assert!(Manifest::parse(BASE.as_bytes()).is_ok());
        for (addition, expected) in [
            ("typo = 1", "unknown field `typo`"),
            (
                "[[host]]\nname = 'h'\nmethods = []\nwhy = ''",
                "cannot have a `[[host]]`",
            ),
            (
                "[[environment]]\nkey = 'LD_PRELOAD'\nwhy = ''",
                "cannot be an environment key",
            ),
            (
                "[[environment]]\nkey = 'LD*'\nwhy = ''",
                "cannot be an environment key",
            ),
            (
                "[[environment]]\nkey = '*'\nwhy = ''",
                "cannot be an environment key",
            ),
            (
                "[[environment]]\nkey = 'PATH'\nwhy = ''",
                "cannot be an environment key",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = '../x'\nwhy = ''",
                "not a program's name",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\npattern = '('",
                "not a regular expression",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\naccepts = '1'",
                "needs `probe`",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\n[tool.reads]\narguments = []",
                "`reads` has no arguments",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\nproject = 'a/../../x'",
                "leaves its directory",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\n[[tool.package]]\nmanager = 'm'\nname = 'x'\nprogram = 'x'",
                "needs `probe`",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\n[[tool.package]]\nmanager = 'm'\nname = '--x'\nprogram = 'x'",
                "cannot be a package's name",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\n[[tool.package]]\nmanager = 'm'\nname = 'x'\nprogram = '/x'",
                "leaves the package",
            ),
            (
                "[[tool]]\nid = 'x'\nprogram = 'x'\nwhy = ''\n[[tool.package]]\nmanager = 'm'\nname = 'x'\nprogram = 'x'\nconstraints = { y = '\"1' }",
                "no package with a version",
            ),
            ("[source]\nwritable = ['../x']", "not a file name"),
            ("[source]\nancestors = ['../x']", "leaves its directory"),
        ] {
            let text = format!("{BASE}\n{addition}");
            let error = Manifest::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{addition}: {error}");
        }
        assert!(Manifest::parse(b"\xff").is_err());
    }
}
