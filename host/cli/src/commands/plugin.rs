//! `run v2 plugin`.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run_build::Origin;
use run_files::atomic;
use run_plugins::Plugin;
use run_plugins::consent::Permissions;
use run_project::lock::{Granted, LockedPlugin};
use run_project::{PluginName, Project, edit};
use serde_json::{Value, json};

use crate::args::{Plugin as Args, PluginAdd, PluginCommand};
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::shell::Shell;
use crate::trust;

pub(crate) fn run(args: &Args, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    match &args.command {
        PluginCommand::List => list(&project, shell)?,
        PluginCommand::Add(add) => self::add(&project, add, shell)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(project: &Project, shell: &Shell) -> Result<(), Failure> {
    let lock = project::lock(project)?;
    let plugins = project::plugins(project, lock.as_ref())?;
    if shell.json() {
        let list: Vec<_> = plugins
            .all()
            .iter()
            .map(|available| {
                let mut entry = as_json(&available.plugin, &available.granted);
                match &available.origin {
                    Origin::Bundled => entry["origin"] = "bundled".into(),
                    Origin::Path(path) => {
                        entry["origin"] = "path".into();
                        entry["path"] = path.display().to_string().into();
                    }
                }
                entry
            })
            .collect();
        shell.out(&json!({ "plugins": list }).to_string());
        return Ok(());
    }
    for available in plugins.all() {
        let origin = match &available.origin {
            Origin::Bundled => "bundled".to_owned(),
            Origin::Path(path) => path.display().to_string(),
        };
        let plugin = &available.plugin;
        shell.out(&format!(
            "{} {} {} ({origin})",
            plugin.name, plugin.manifest.plugin.id, plugin.manifest.plugin.version
        ));
        shell.out(&format!("  {}", plugin.manifest.plugin.description));
        shell.out(&format!("  digest: {}", plugin.digest()));
        for (kind, sentence) in available.granted.sentences() {
            shell.out(&format!("  {kind}: {sentence}"));
        }
    }
    Ok(())
}

fn add(project: &Project, args: &PluginAdd, shell: &Shell) -> Result<(), Failure> {
    let name: PluginName = args.name.parse().map_err(|error| CommandError {
        message: format!("`{}` cannot be a plugin's name: {error}", args.name),
        help: None,
    })?;
    let bytes = std::fs::read(&args.path).map_err(|error| {
        CommandError::io(format!("cannot read `{}`", args.path.display()), &error)
    })?;
    let plugin = Plugin::read(name.as_str(), bytes)?;
    let asked = Permissions::requested(&plugin.manifest);
    let mut lock = project::lock(project)?.unwrap_or_default();
    let before = lock
        .plugin(name.as_str())
        .map(|locked| permissions(&locked.granted))
        .unwrap_or_default();
    if !shell.json() {
        show(&plugin, &asked, &before, shell);
    }
    let added = as_json(&plugin, &asked);
    if !args.yes && !agreed(shell)? {
        return Err(CommandError::new("the plugin was not added", "nothing was changed").into());
    }

    let path = relative(&args.path, &project.root)?;
    let text = edit::add_plugin(
        &project.source_text,
        &name,
        &edit::PluginSpec::Path(path.clone()),
    )
    .map_err(|error| CommandError {
        message: format!("run.toml cannot be changed: {error}"),
        help: None,
    })?;
    lock.set_plugin(LockedPlugin {
        name,
        package: plugin.manifest.plugin.id.clone(),
        version: plugin.manifest.plugin.version.clone(),
        source: format!("path+{path}"),
        digest: plugin.digest(),
        api: format!("run:plugin@{}.{}", plugin.api.major, plugin.api.minor),
        publisher: None,
        granted: Granted {
            tools: asked.tools,
            env: asked.env,
            directories: asked.directories,
            source: asked.source,
            hosts: asked.hosts,
            credentials: asked.credentials,
        },
    });
    // The lock first: an entry for a plugin that run.toml does not name yet does
    // nothing, the other way round would be a plugin without consent.
    let save = |error: std::io::Error| CommandError::io("cannot write the project's files", &error);
    lock.save(&project.root).map_err(save)?;
    atomic::write(&project.manifest_path, text.as_bytes()).map_err(save)?;
    trust::trust(&plugin.digest());
    if shell.json() {
        shell.out(&json!({ "added": added }).to_string());
    }
    shell.status(
        "Added",
        &format!("{} ({})", plugin.name, plugin.coordinate()),
    );
    Ok(())
}

fn as_json(plugin: &Plugin, granted: &Permissions) -> Value {
    let granted: Vec<_> = granted
        .sentences()
        .map(|(kind, sentence)| json!({ "kind": kind.to_string(), "what": sentence.to_string() }))
        .collect();
    let about = &plugin.manifest.plugin;
    json!({
        "name": plugin.name,
        "id": about.id,
        "version": about.version.to_string(),
        "description": about.description,
        "digest": plugin.digest().to_string(),
        "granted": granted,
    })
}

fn permissions(granted: &Granted) -> Permissions {
    Permissions {
        tools: granted.tools.clone(),
        env: granted.env.clone(),
        directories: granted.directories.clone(),
        source: granted.source.clone(),
        hosts: granted.hosts.clone(),
        credentials: granted.credentials.clone(),
    }
}

/// Puts in words what is asked, and marks what is new.
fn show(plugin: &Plugin, asked: &Permissions, before: &Permissions, shell: &Shell) {
    shell.out(&format!(
        "{} — {}",
        plugin.coordinate(),
        plugin.manifest.plugin.description
    ));
    shell.out(&format!("  digest: {}", plugin.digest()));
    if asked.is_empty() {
        shell.out("  It asks for nothing but to read the project.");
        return;
    }
    shell.out("  It reads the project, and asks to:");
    let new = asked.beyond(before);
    let reason = |sentence: &str| {
        let manifest = &plugin.manifest;
        let word = sentence.split([':', ' ']).next().unwrap_or_default();
        manifest
            .tools
            .iter()
            .map(|t| (&t.program, &t.why))
            .chain(manifest.environment.iter().map(|e| (&e.key, &e.why)))
            .chain(manifest.directories.iter().map(|d| (&d.path, &d.why)))
            .chain(manifest.hosts.iter().map(|h| (&h.name, &h.why)))
            .chain(manifest.credentials.iter().map(|c| (&c.name, &c.why)))
            .chain(manifest.settings.iter().flat_map(|setting| {
                let names = setting.environment.iter();
                names.map(move |name| (name, &setting.doc))
            }))
            .find(|(name, _)| *name == word)
            .map(|(_, why)| format!(" — {why}"))
            .unwrap_or_default()
    };
    for (kind, sentence) in asked.sentences() {
        let is_new = !before.is_empty() && new.sentences().any(|(_, s)| s == sentence);
        let mark = if is_new { " (new)" } else { "" };
        shell.out(&format!("    {kind}: {sentence}{}{mark}", reason(sentence)));
    }
}

/// Asks a person. Without one, in CI or where input is no terminal, consent can
/// only be given by `--yes`.
fn agreed(shell: &Shell) -> Result<bool, Failure> {
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    if ci || shell.json() || !std::io::stdin().is_terminal() {
        return Err(CommandError::new(
            "there is nobody to ask whether the plugin may do that",
            "look it over and pass `--yes`",
        )
        .into());
    }
    shell.err("Grant it? [y/N] ");
    std::io::stderr().flush().ok();
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CommandError::io("cannot read the answer", &error))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The path as `run.toml` keeps it: relative to the project where that can be
/// said, with `/`.
fn relative(path: &Path, root: &Path) -> Result<String, Failure> {
    let absolute = std::fs::canonicalize(path)
        .map_err(|error| CommandError::io(format!("cannot read `{}`", path.display()), &error))?;
    let root = std::fs::canonicalize(root)
        .map_err(|error| CommandError::io("cannot read the project's directory", &error))?;
    let shared = absolute
        .components()
        .zip(root.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = root.components().count() - shared;
    let mut out = PathBuf::new();
    for _ in 0..up {
        out.push("..");
    }
    out.extend(absolute.components().skip(shared));
    match out.to_str() {
        Some(text) => Ok(text.replace('\\', "/")),
        None => Err(CommandError::new("the plugin's path is not UTF-8", "move the file").into()),
    }
}
