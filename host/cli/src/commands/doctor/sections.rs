//! What is looked at.

use miette::Diagnostic;
use run_build::Origin;
use run_plugins::cancel::Cancel;
use run_plugins::{Place, Support, confinement, confinement_rules};
use run_project::Project;
use run_project::lock::platform;
use serde_json::json;

use super::directories;
use super::findings::{Finding, Level, Section};
use crate::commands::toolchain::{State, Status, Survey, as_json, statuses};
use crate::failure::Failure;
use crate::{interrupt, project};

/// The whole page.
pub(super) fn all() -> Result<Vec<Section>, Failure> {
    let cancel = interrupt::cancel_on_interrupt();
    let mut sections = vec![host()];
    if !project::is_near() {
        sections.push(plugins(None));
        sections.push(directories::section(None));
        let none = Finding::new(Level::Fact, "there is no run.toml here or above")
            .help("`run v2 init NAME` makes a project");
        sections.push(section("Project", "project", vec![none]));
        return Ok(sections);
    }
    match project::find() {
        Ok(found) => {
            sections.push(about(&found));
            sections.extend(inside(found, &cancel)?);
        }
        Err(failure) => {
            sections.push(section("Project", "project", vec![broken(failure)?]));
            sections.push(plugins(None));
            sections.push(directories::section(None));
        }
    }
    Ok(sections)
}

fn section(title: impl Into<String>, key: &'static str, findings: Vec<Finding>) -> Section {
    Section {
        title: title.into(),
        key,
        findings,
    }
}

/// This program and what the kernel does for it.
fn host() -> Section {
    let rules = confinement_rules();
    let data = json!({ "landlock_abi": rules.landlock, "seccomp": rules.seccomp });
    let confined = match confinement() {
        Support::Full => Finding::new(
            Level::Good,
            format!(
                "tools run confined: files by Landlock (ABI {}), system calls by seccomp",
                rules.landlock.unwrap_or_default()
            ),
        ),
        Support::Missing(reason) => Finding::new(
            Level::Advice,
            format!("tools run unconfined: {reason}"),
        )
        .help("use a Linux kernel with Landlock (5.13 or newer); until then `--hermetic` refuses to build"),
    };
    let mut findings = vec![confined.data(data)];
    // Moving files between directories is refused altogether before ABI 2,
    // truncating is not covered before 3, signals and abstract sockets before 6.
    if let Some(abi) = rules.landlock.filter(|abi| *abi < 6) {
        findings.push(
            Finding::new(
                Level::Advice,
                format!("Landlock has ABI {abi}; from ABI 6 on tools cannot signal others"),
            )
            .help("a newer kernel confines more"),
        );
    }
    let title = format!("run {} on {}", env!("CARGO_PKG_VERSION"), platform());
    section(title, "host", findings)
}

fn about(found: &Project) -> Section {
    let manifest = &found.manifest;
    let enabled = manifest.components.iter().filter(|c| c.enabled).count();
    let mut findings = vec![Finding::new(
        Level::Good,
        format!(
            "{}: {}, {}",
            found.manifest_path.display(),
            count(enabled, "component"),
            count(manifest.tests.len(), "test")
        ),
    )];
    findings.extend(manifest.warnings.iter().map(|warning| {
        let finding = Finding::new(Level::Advice, format!("run.toml: {}", warning.message));
        finding.help(warning.help.clone().unwrap_or_default())
    }));
    let title = format!("Project {}", manifest.project.name.value.as_str());
    section(title, "project", findings)
}

fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// What only a project that can be read has.
fn inside(found: Project, cancel: &Cancel) -> Result<Vec<Section>, Failure> {
    let places = directories::section(Some(&found));
    let lock = project::lock(&found);
    let set = match lock {
        Ok(lock) => project::plugins(&found, lock.as_ref()).map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    let set = match set {
        Ok(set) => set,
        Err(failure) => {
            let broken = vec![broken(failure)?];
            return Ok(vec![section("Plugins", "plugins", broken), places]);
        }
    };
    let plugins = plugins(Some(&set));
    let tools = match Survey::of(found, cancel) {
        Ok(survey) => statuses(&survey)?
            .iter()
            .map(|status| tool(status, &survey))
            .collect(),
        Err(failure) => vec![broken(failure)?],
    };
    let tools = if tools.is_empty() {
        vec![Finding::new(
            Level::Good,
            "this project's components need none",
        )]
    } else {
        tools
    };
    Ok(vec![section("Tools", "tools", tools), plugins, places])
}

fn tool(status: &Status<'_>, survey: &Survey) -> Finding {
    let need = status.need;
    let data = as_json(status, survey);
    if let Ok(tool) = &need.found {
        let place = match tool.place {
            Place::Installed(_) => ", installed for this project",
            Place::Project => ", in this project",
            Place::Path => "",
        };
        let name = format!(
            "{} {}",
            tool.program,
            tool.version.as_deref().unwrap_or_default()
        );
        let what = format!("{} ({}{place})", name.trim_end(), tool.path.display());
        return match (&status.state, status.problem()) {
            (State::Unpinned, _) => Finding::new(Level::Advice, format!("{what}, not pinned"))
                .help("`run v2 toolchain sync` pins it in run.lock.toml"),
            (_, Some((message, help))) => Finding::new(Level::Advice, message).help(help),
            (_, None) => Finding::new(Level::Good, format!("{what}, as pinned")),
        }
        .data(data);
    }
    let (message, help) = status.problem().unwrap_or_default();
    let components: Vec<_> = need
        .wanted_by
        .iter()
        .map(|w| w.component.as_str())
        .collect();
    let what = format!("{message}; needed for {}", components.join(", "));
    Finding::new(Level::Missing, what).help(help).data(data)
}

fn plugins(set: Option<&run_build::PluginSet>) -> Section {
    let shipped;
    let set = match set {
        Some(set) => Ok(set),
        None => {
            shipped = run_build::PluginSet::read(&project::shipped(), &[]);
            shipped.as_ref()
        }
    };
    let findings = match set {
        Ok(set) => set
            .all()
            .iter()
            .map(|available| {
                let about = &available.plugin.manifest.plugin;
                let origin = match &available.origin {
                    Origin::Bundled => "ships with run".to_owned(),
                    Origin::Path(path) => path.display().to_string(),
                };
                let digest = available.plugin.digest();
                let what = format!("{} {} ({origin})", about.id, about.version);
                let finding = match available.drifted_from {
                    None => Finding::new(Level::Good, what),
                    Some(_) => Finding::new(
                        Level::Advice,
                        format!("{what} is not what run.lock.toml names"),
                    )
                    .help("`run v2 toolchain sync` takes this one"),
                };
                finding.data(json!({
                    "name": available.plugin.name,
                    "id": about.id,
                    "version": about.version.to_string(),
                    "digest": digest.to_string(),
                }))
            })
            .collect(),
        Err(error) => vec![shown(error)],
    };
    section("Plugins", "plugins", findings)
}

/// Why something cannot be looked at, unless the user asked to stop.
fn broken(failure: Failure) -> Result<Finding, Failure> {
    match failure {
        Failure::Report(error) => Ok(shown(&*error)),
        other => Err(other),
    }
}

fn shown(error: &dyn Diagnostic) -> Finding {
    let mut message = error.to_string();
    for related in error.related().into_iter().flatten() {
        message.push_str(&format!("\n{related}"));
    }
    let finding = Finding::new(Level::Missing, message);
    finding.help(
        error
            .help()
            .map(|help| help.to_string())
            .unwrap_or_default(),
    )
}
