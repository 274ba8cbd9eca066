//! From `run.toml` to what the layers below work with.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use run_build::{
    Declared, DeclaredSource, Kind, Locked, ManifestText, PluginSet, PluginsError, Shipped, Spec,
};
use run_files::nearest::nearest;
use run_plugins::Pins;
use run_plugins::consent::{Limits, Permissions};
use run_plugins::managers::Managers;
use run_plugins::manifest::SettingValue;
use run_project::manifest as toml;
use run_project::{Component, ComponentKind, Lock, ManifestError, Problem, Project};

use crate::failure::{CommandError, Failure, render};
use crate::shell::Shell;

/// The project the working directory is in, with its advice shown.
pub(crate) fn load(shell: &Shell) -> Result<Project, Failure> {
    let project = find()?;
    for problem in &project.manifest.warnings {
        let shown = ManifestProblem::new(
            &project.manifest_path,
            &project.source_text,
            problem,
            miette::Severity::Warning,
        );
        shell.err(render(&shown, shell).trim_end());
    }
    Ok(project)
}

/// The same without its advice, which is shown once.
pub(crate) fn find() -> Result<Project, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| CommandError::io("cannot tell the working directory", &error))?;
    Project::discover(&here).map_err(project_failure)
}

/// The project that a directory holds, and not one above it.
pub(crate) fn in_directory(directory: &Path) -> Result<Project, Failure> {
    if !directory.join("run.toml").is_file() {
        let shown = directory.display();
        return Err(CommandError::new(
            format!("the directory `{shown}` holds no run.toml"),
            "name one that `run v2 deploy --target local` wrote, a .wasm file, or a component",
        )
        .into());
    }
    let directory = std::path::absolute(directory)
        .map_err(|error| CommandError::io("cannot tell the working directory", &error))?;
    Project::discover(&directory).map_err(project_failure)
}

/// Whether there is a `run.toml`, here or above.
pub(crate) fn is_near() -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .any(|dir| dir.join(run_project::MANIFEST_NAME).is_file())
}

fn project_failure(error: run_project::ProjectError) -> Failure {
    match error {
        run_project::ProjectError::Manifest(error) => manifest_failure(&error),
        other => CommandError {
            message: other.to_string(),
            help: other.help().map(str::to_owned),
        }
        .into(),
    }
}

fn manifest_failure(error: &ManifestError) -> Failure {
    let problems: Vec<_> = error
        .problems
        .iter()
        .map(|problem| {
            ManifestProblem::new(
                &error.source_name,
                &error.source_text,
                problem,
                miette::Severity::Error,
            )
        })
        .collect();
    match <[ManifestProblem; 1]>::try_from(problems) {
        Ok([only]) => only.into(),
        Err(problems) => ManifestProblems {
            summary: error.to_string(),
            problems,
        }
        .into(),
    }
}

/// What only a command can tell is wrong with `run.toml`, each at its place.
pub(crate) fn refused(project: &Project, problems: Vec<Problem>) -> Failure {
    manifest_failure(&ManifestError {
        source_name: project.manifest_path.clone(),
        source_text: project.source_text.clone(),
        problems,
    })
}

/// The lock file beside `run.toml`.
pub(crate) fn lock(project: &Project) -> Result<Option<Lock>, Failure> {
    Lock::load(&project.root).map_err(|error| match error {
        run_project::LockError::Invalid(error) => manifest_failure(&error),
        other => CommandError::new(
            other.to_string(),
            "restore run.lock.toml from version control, or delete it",
        )
        .into(),
    })
}

/// The source of a plugin that ships with `run`, as the lock has it.
pub(crate) const BUNDLED: &str = "bundled";

/// The plugins the project can use.
pub(crate) fn plugins(project: &Project, lock: Option<&Lock>) -> Result<PluginSet, PluginsError> {
    let named = &project.manifest.plugins;
    let mut declared: Vec<_> = named
        .iter()
        .map(|plugin| declared(project, plugin, lock))
        .collect();
    // The lock may name what run.toml need not: a plugin that ships with `run`.
    let locked = lock.map(Lock::plugins).unwrap_or_default().iter();
    declared.extend(
        locked
            .filter(|locked| {
                let name = locked.name.as_str();
                locked.source == BUNDLED
                    && run_plugin_bundle::find(name).is_some()
                    && !named
                        .iter()
                        .any(|plugin| plugin.name.value.as_str() == name)
            })
            .map(|locked| Declared {
                name: locked.name.as_str().to_owned(),
                source: DeclaredSource::Bundled(semver::VersionReq::STAR),
                locked: Some(Locked {
                    digest: locked.digest,
                    granted: granted(&locked.granted),
                }),
                limits: Limits::default(),
            }),
    );
    PluginSet::read(&shipped(), &declared)
}

/// The plugins that ship with `run`, without a project.
pub(crate) fn shipped() -> Vec<Shipped> {
    run_plugin_bundle::ALL
        .iter()
        .map(|plugin| Shipped {
            name: plugin.name,
            digest: plugin.digest,
            manifest: plugin.manifest,
            exports: plugin.exports,
            unpack,
        })
        .collect()
}

fn unpack(name: &str) -> Vec<u8> {
    run_plugin_bundle::find(name).map_or_else(Vec::new, run_plugin_bundle::Bundled::bytes)
}

fn declared(project: &Project, plugin: &toml::Plugin, lock: Option<&Lock>) -> Declared {
    let name = plugin.name.value.as_str();
    let names = |list: &Option<Vec<run_project::Spanned<String>>>| {
        list.as_ref()
            .map(|list| list.iter().map(|name| name.value.clone()).collect())
    };
    Declared {
        name: name.to_owned(),
        source: match &plugin.source.value {
            toml::PluginSource::Path(path) => DeclaredSource::Path(path.to_path(&project.root)),
            toml::PluginSource::Oci { repository, .. } => {
                DeclaredSource::Elsewhere(format!("the OCI registry `{}`", repository.as_str()))
            }
            toml::PluginSource::Registry { package, version }
                if package.as_str() == format!("run:{name}") =>
            {
                DeclaredSource::Bundled(version.clone())
            }
            toml::PluginSource::Registry { package, .. } => {
                DeclaredSource::Elsewhere(format!("a registry, as `{}`", package.as_str()))
            }
        },
        locked: lock
            .and_then(|lock| lock.plugin(name))
            .map(|locked| Locked {
                digest: locked.digest,
                granted: granted(&locked.granted),
            }),
        limits: Limits {
            tools: names(&plugin.permissions.tools),
            env: names(&plugin.permissions.env),
            hosts: names(&plugin.permissions.hosts),
            credentials: names(&plugin.permissions.credentials),
        },
    }
}

fn granted(locked: &run_project::lock::Granted) -> Permissions {
    Permissions {
        tools: locked.tools.clone(),
        env: locked.env.clone(),
        directories: locked.directories.clone(),
        source: locked.source.clone(),
        hosts: locked.hosts.clone(),
        credentials: locked.credentials.clone(),
    }
}

/// The package managers that tools are installed by.
pub(crate) fn managers() -> Result<Managers, Failure> {
    Managers::parse(run_plugin_bundle::MANAGERS.iter().copied())
        .map_err(|error| CommandError::new(error.to_string(), "this is a fault of `run`").into())
}

/// What the lock demands of tools on this platform.
pub(crate) fn pins(lock: Option<&Lock>, strict: bool) -> Pins {
    lock.map(|lock| {
        let checksums = lock.checksums.on(&run_project::lock::platform());
        Pins::new(lock.toolchains.clone(), checksums, strict)
    })
    .unwrap_or_default()
}

/// The enabled components, or those named.
pub(crate) fn components<'p>(
    project: &'p Project,
    named: &[String],
) -> Result<Vec<&'p Component>, Failure> {
    let all = &project.manifest.components;
    if named.is_empty() {
        return Ok(all.iter().filter(|component| component.enabled).collect());
    }
    named
        .iter()
        .map(|name| {
            project.manifest.component(name).ok_or_else(|| {
                let known: Vec<_> = all.iter().map(|c| c.name.value.as_str()).collect();
                CommandError::new(
                    format!("there is no component `{name}` in run.toml"),
                    one_of(name, &known),
                )
                .into()
            })
        })
        .collect()
}

/// The nearest of some names, or all of them.
pub(crate) fn one_of(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it has none".to_owned(),
        None => format!("there is: {}", known.join(", ")),
    }
}

/// A component with its paths made absolute.
pub(crate) fn spec(project: &Project, component: &Component) -> Spec {
    let (kind, kind_span) = match &component.kind {
        ComponentKind::Source { source, language } => (
            Kind::Source {
                source: source.value.to_path(&project.root),
                language: language.as_ref().map(|language| language.value.clone()),
            },
            source.span.clone(),
        ),
        ComponentKind::Prebuilt { path } => (
            Kind::Prebuilt {
                path: path.value.to_path(&project.root),
            },
            path.span.clone(),
        ),
    };
    Spec {
        name: component.name.value.as_str().to_owned(),
        kind,
        wit: component
            .wit
            .as_ref()
            .map(|wit| wit.value.to_path(&project.root)),
        world: component.world.as_ref().map(|world| world.value.clone()),
        settings: component
            .settings
            .iter()
            .map(|setting| {
                (
                    setting.key.value.clone(),
                    setting_value(&setting.value.value),
                    setting.value.span.clone(),
                )
            })
            .collect(),
        manifest: Arc::new(ManifestText {
            name: "run.toml".to_owned(),
            text: project.source_text.to_string(),
        }),
        kind_span,
        wit_span: component.wit.as_ref().map(|wit| wit.span.clone()),
    }
}

/// A setting's value as the plugins' manifests have it.
pub(crate) fn setting_value(value: &toml::SettingValue) -> SettingValue {
    match value.clone() {
        toml::SettingValue::String(text) => SettingValue::String(text),
        toml::SettingValue::Bool(value) => SettingValue::Bool(value),
        toml::SettingValue::Integer(value) => SettingValue::Integer(value),
        toml::SettingValue::Strings(texts) => SettingValue::Strings(texts),
        toml::SettingValue::Table(pairs) => SettingValue::Table(pairs),
    }
}

/// Where a component's file is, built or not.
pub(crate) fn artifact(project: &Project, component: &Component) -> PathBuf {
    match &component.kind {
        ComponentKind::Prebuilt { path } => path.value.to_path(&project.root),
        ComponentKind::Source { .. } => {
            output_dir(project).join(format!("{}.wasm", component.name.value.as_str()))
        }
    }
}

/// `[build] output_dir`, absolute.
pub(crate) fn output_dir(project: &Project) -> PathBuf {
    project
        .manifest
        .build
        .output_dir
        .value
        .to_path(&project.root)
}

/// The text as it may be shown and end up in a log: what is said of a token does
/// not repeat it. Every byte stays where it is.
fn without_tokens(text: &str) -> String {
    let hide = |line: &str| match line.find("auth_token").and_then(|at| {
        let value = at + line[at..].find('=')? + 1;
        Some(line.split_at(value))
    }) {
        Some((key, value)) => {
            let hidden = value.bytes().map(|b| {
                if b"\" \t\r\n".contains(&b) {
                    char::from(b)
                } else {
                    '*'
                }
            });
            format!("{key}{}", hidden.collect::<String>())
        }
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(hide).collect()
}

/// One problem of `run.toml` or `run.lock.toml`.
#[derive(Debug)]
struct ManifestProblem {
    problem: Problem,
    severity: miette::Severity,
    source: NamedSource<String>,
}

impl ManifestProblem {
    fn new(name: &Path, text: &str, problem: &Problem, severity: miette::Severity) -> Self {
        let shown = name.file_name().map_or_else(
            || name.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        Self {
            problem: problem.clone(),
            severity,
            source: NamedSource::new(shown, without_tokens(text)),
        }
    }
}

impl fmt::Display for ManifestProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for ManifestProblem {}

impl Diagnostic for ManifestProblem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.problem.span.as_ref().map(|_| &self.source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span.clone()?;
        let label = Some(self.problem.label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(
            label.or_else(|| Some("here".to_owned())),
            span,
        ))))
    }
}

/// Several of them, all shown.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{summary}")]
#[diagnostic(code(run::manifest))]
struct ManifestProblems {
    summary: String,
    #[related]
    problems: Vec<ManifestProblem>,
}

#[cfg(test)]
mod tests {
    use super::without_tokens;

    #[test]
    fn a_token_is_not_shown_and_nothing_moves() {
        let text = "a = 1\n[registry]\nauth_token = \"hünter2\" # x\nb = 2\n";
        let shown = without_tokens(text);
        assert_eq!(shown.len(), text.len());
        assert!(
            shown.starts_with("a = 1\n[registry]\nauth_token = \"*"),
            "{shown}"
        );
        assert!(!shown.contains("nter2"), "{shown}");
        assert!(shown.ends_with("\nb = 2\n"), "{shown}");
    }
}
