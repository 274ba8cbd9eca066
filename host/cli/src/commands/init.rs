//! `run v2 init`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use run_build::PluginSet;
use run_plugins::api::{Host, Watch};
use run_plugins::cancel::Cancel;
use run_plugins::events::Silent;
use run_project::ProjectName;
use serde_json::json;

use crate::args::Init;
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::shell::Shell;

/// The starter that needs no toolchain at all.
const STARTER: &[(&str, &str)] = &[
    ("run.toml", include_str!("../starter/run.toml")),
    ("components/hello.wat", include_str!("../starter/hello.wat")),
    ("wit/hello.wit", include_str!("../starter/hello.wit")),
    (".gitignore", include_str!("../starter/gitignore")),
];

pub(crate) fn run(args: &Init, shell: &Shell) -> Result<ExitCode, Failure> {
    let name: ProjectName = args.name.parse().map_err(|error| CommandError {
        message: format!("`{}` cannot be a project's name: {error}", args.name),
        help: Some("the name is also the directory that is made: try `my-app`".to_owned()),
    })?;
    let target = Path::new(name.as_str());
    if fs::symlink_metadata(target).is_ok() {
        return Err(CommandError::new(
            format!(
                "`{}` exists already, and `init` overwrites nothing",
                target.display()
            ),
            "choose another name, or remove it",
        )
        .into());
    }
    // Made aside and renamed when it is whole: a project is there or it is not.
    let scratch = tempfile::Builder::new()
        .prefix(".run-init-")
        .tempdir_in(".")
        .map_err(|error| CommandError::io("cannot write to the working directory", &error))?;
    let files = match &args.language {
        None => starter(scratch.path(), name.as_str())?,
        Some(language) => template(scratch.path(), name.as_str(), language, args)?,
    };
    let whole = scratch.keep();
    readable(&whole)
        .and_then(|()| fs::rename(&whole, target))
        .map_err(|error| {
            fs::remove_dir_all(&whole).ok();
            CommandError::io(format!("cannot make `{}`", target.display()), &error)
        })?;
    if shell.json() {
        let files: Vec<_> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let document = json!({ "created": target.display().to_string(), "files": files });
        shell.out(&document.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    shell.status("Created", &format!("{}/", target.display()));
    for file in files {
        shell.detail(&format!("  {}", target.join(file).display()));
    }
    let next = match args.language {
        None => "run v2 test",
        Some(_) => "run v2 test --build",
    };
    shell.note(&format!("try it: cd {} && {next}", target.display()));
    Ok(ExitCode::SUCCESS)
}

fn starter(dir: &Path, name: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for (file, text) in STARTER {
        let path = dir.join(file);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            fs::write(&path, text.replace("{{name}}", name))
        };
        write().map_err(|error| CommandError::io(format!("cannot write `{file}`"), &error))?;
        files.push(PathBuf::from(file));
    }
    Ok(files)
}

fn template(dir: &Path, name: &str, language: &str, args: &Init) -> Result<Vec<PathBuf>, Failure> {
    let plugins = PluginSet::read(&project::shipped(), &[])?;
    let Some(available) = plugins.for_language(language) else {
        return Err(CommandError::new(
            format!("no plugin has templates for the language `{language}`"),
            project::one_of(language, &plugins.languages()),
        )
        .into());
    };
    let builder = Host::new()?.builder(&available.plugin, &available.granted)?;
    let watch = Watch {
        events: Arc::new(Silent),
        cancel: Cancel::default(),
    };
    let offered = builder.templates(&available.language, &watch)?;
    let wanted = match &args.template {
        None => offered.first().map(|template| template.name.clone()),
        Some(wanted) => offered
            .iter()
            .find(|template| template.name == *wanted)
            .map(|template| template.name.clone()),
    };
    let Some(wanted) = wanted else {
        let wanted = args.template.as_deref().unwrap_or_default();
        let mut help = String::from("it has:");
        for template in &offered {
            help.push_str(&format!("\n  {}: {}", template.name, template.summary));
        }
        return Err(
            CommandError::new(format!("`{language}` has no template `{wanted}`"), help).into(),
        );
    };
    let written = builder.scaffold(&available.language, &wanted, name, dir, &watch)?;
    let root = fs::canonicalize(dir)
        .map_err(|error| CommandError::io("cannot read what was made", &error))?;
    Ok(written
        .iter()
        .filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_owned()))
        .collect())
}

/// A temporary directory is private; a project's is as open as any other.
fn readable(dir: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}
