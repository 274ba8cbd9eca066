//! The packages a component gets: downloaded with the network and without
//! running anything of theirs, kept by what was asked for.

use std::fs;
use std::path::{Path, PathBuf};

use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Argument, Command, Line};
use run_plugin_api::{Error, Result, files};

use crate::request::Request;
use crate::requirements::Requirements;

/// The interpreter that componentize-py 0.25 has, and the platforms its wheels
/// may be for.
const PYTHON: &str = "3.14";
const ABIS: [&str; 3] = ["cp314", "abi3", "none"];
const PLATFORMS: [&str; 2] = ["wasi_0_0_0_wasm32", "any"];

/// Where packages are in an environment.
const SITE: &str = "lib/site-packages";

/// An environment with the packages, laid out as the tool looks for them.
pub(crate) fn environment(requirements: &Requirements, request: &Request) -> Result<PathBuf> {
    let all = request.cache.join("packages");
    let Some(file) = &requirements.file else {
        let empty = all.join("none");
        files::create_dir(empty.join(SITE))?;
        return Ok(empty);
    };
    if request.locked
        && let Some(loose) = requirements.loose()
    {
        return Err(Error::invalid_input(format!(
            "`--locked` takes exact versions only, and `{}` asks for `{loose}`",
            file.display()
        ))
        .with_help("write the version with `==`, or build without `--locked`"));
    }
    let home = all.join(requirements.key(PYTHON));
    if home.is_dir() {
        return Ok(home);
    }
    if request.offline {
        return Err(Error::not_found(format!(
            "the packages that `{}` asks for are not there",
            file.display()
        ))
        .with_help("run `run v2 build` once without `--offline`, so that they are downloaded"));
    }
    // Several components may ask for the same at once: each gets it apart, and
    // the first one whole is everybody's.
    let making = all.join(format!(".{}", request.name));
    if making.exists() {
        fs::remove_dir_all(&making).map_err(|error| Error::file("remove", &making, &error))?;
    }
    files::create_dir(&making)?;
    let list = match &requirements.extracted {
        Some(text) => {
            let list = making.join("requirements.txt");
            files::write(&list, text)?;
            list
        }
        None => file.clone(),
    };
    fetch(&list, &making.join(SITE), request)?;
    // Whatever was first of two is as good.
    if let Err(error) = fs::rename(&making, &home)
        && !home.is_dir()
    {
        return Err(Error::file("rename", &making, &error));
    }
    Ok(home)
}

fn fetch(list: &Path, site: &Path, request: &Request) -> Result<()> {
    let step = Step::new(&format!("{}: getting packages", request.name), None);
    let mut errors = String::new();
    let exit = command(list, site, request).lines(|line| {
        let (Line::Stdout(text) | Line::Stderr(text)) = line;
        events::debug(text);
        if let Some(error) = text.strip_prefix("ERROR: ") {
            errors.push_str(error);
            errors.push('\n');
        } else if text.starts_with("Collecting ") || text.starts_with("Downloading ") {
            step.relabel(&format!("{}: {text}", request.name));
        }
    })?;
    if exit.success() {
        return Ok(());
    }
    Err(explain(errors.trim_end()))
}

fn command(list: &Path, site: &Path, request: &Request) -> Command {
    let mut command = Command::new("pip")
        .args(["install", "--target"])
        .arg(site)
        .args(["--only-binary", ":all:", "--implementation", "cp"])
        .args(["--python-version", PYTHON]);
    for abi in ABIS {
        command = command.args(["--abi", abi]);
    }
    for platform in PLATFORMS {
        command = command.args(["--platform", platform]);
    }
    command
        .args(["--no-compile", "--no-input", "--disable-pip-version-check"])
        .args(["--progress-bar", "off", "--root-user-action", "ignore"])
        .arg(Argument::from("--cache-dir=").path(request.cache.join("pip")))
        .arg("--requirement")
        .arg(list)
        .current_dir(list.parent().unwrap_or(Path::new("/src")))
}

fn explain(said: &str) -> Error {
    if said.is_empty() {
        return Error::failed("pip failed and did not say why")
            .with_help("run again with `--verbose` to see what it printed");
    }
    let error = Error::failed(format!("the packages cannot be had: {said}"));
    if said.contains("from versions: none") || said.contains("No matching distribution") {
        return error.with_help(
            "only wheels without native code, and wheels for WASI, work in a component; \
             check the name, and the network",
        );
    }
    if said.contains("HASH") {
        return error.with_help("the file that was downloaded is not the one that is written down");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn only_wheels_that_work_are_asked_for() {
        let list = Path::new("/src/requirements.txt");
        let line = command(list, Path::new("/cache/x"), &request::sample()).to_string();
        assert_eq!(
            line,
            "pip install --target /cache/x --only-binary :all: --implementation cp \
             --python-version 3.14 --abi cp314 --abi abi3 --abi none \
             --platform wasi_0_0_0_wasm32 --platform any --no-compile --no-input \
             --disable-pip-version-check --progress-bar off --root-user-action ignore \
             --cache-dir=/cache/pip --requirement /src/requirements.txt"
        );
    }

    #[test]
    fn failures_have_advice() {
        for (said, part) in [
            (
                "No matching distribution found for numpy",
                "wheels for WASI",
            ),
            ("THESE PACKAGES DO NOT MATCH THE HASHES", "written down"),
            ("", "--verbose"),
        ] {
            let error = explain(said);
            assert!(
                error.help().is_some_and(|help| help.contains(part)),
                "{error:?}"
            );
        }
    }

    #[test]
    fn without_the_network_nothing_is_asked() {
        let temp = tempfile::tempdir().unwrap();
        let list = temp.path().join("requirements.txt");
        files::write(&list, "a\n").unwrap();
        let asked = Requirements::find(Some("requirements.txt"), temp.path(), temp.path()).unwrap();
        let offline = Request {
            cache: temp.path().join("cache"),
            offline: true,
            ..request::sample()
        };
        let error = environment(&asked, &offline).unwrap_err();
        assert!(error.help().unwrap().contains("without `--offline`"));
        let locked = Request {
            locked: true,
            ..offline.clone()
        };
        let error = environment(&asked, &locked).unwrap_err();
        assert!(error.message().contains("asks for `a`"), "{error}");
        let none = environment(&Requirements::default(), &offline).unwrap();
        assert!(none.join(SITE).is_dir());
    }
}
