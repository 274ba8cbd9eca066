//! Servers that the tests speak to, and what else is a Debian package, got into the
//! developers' cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache;
use crate::fixtures::{go, python_packages};
use crate::step::{self, Result};

/// An S3-compatible store that is a directory.
const STORE: (&str, &str) = ("github.com/versity/versitygw/cmd/versitygw", "1.8.0");

/// A server that answers as Amazon's API does, and those of the packages it
/// depends on that the services in question need: all of them are four times as large.
const MOTO: &[&str] = &[
    "moto==5.2.5",
    "docker==7.2.0",
    "flask==3.1.3",
    "flask-cors==6.0.5",
];

/// The directory of moto and what it needs, for Python to look in.
pub(crate) fn moto() -> Result<PathBuf> {
    python_packages("moto-5.2.5", MOTO)
}

/// The directory of `docker-registry`.
pub(crate) fn registry() -> Result<PathBuf> {
    const PACKAGE: &str = "docker-registry";
    let version = version(PACKAGE)?;
    let home = cache::once(&named(PACKAGE, &version), |dir| {
        unpack(PACKAGE, &version, dir)
    })?;
    Ok(home.join("usr/bin"))
}

/// The program that runs those of another machine: one of the many in its package.
pub(crate) fn machine(name: &str) -> Result<PathBuf> {
    const PACKAGE: &str = "qemu-user-static";
    let version = version(PACKAGE)?;
    let program = format!("qemu-{name}-static");
    let home = cache::once(&named(&program, &version), |dir| {
        let work = cache::temporary(".work-qemu-")?;
        unpack(PACKAGE, &version, work.path())?;
        let from = work.path().join("usr/bin").join(&program);
        std::fs::copy(&from, dir.join(&program))
            .map(drop)
            .map_err(|error| cache::at(&from, error))
    })?;
    Ok(home.join(program))
}

/// The version of a Debian package that would be installed.
fn version(package: &str) -> Result<String> {
    if let Some(version) = version_of(package) {
        return Ok(version);
    }
    step::quiet(Command::new("apt-get").args(["--quiet", "update"]))?;
    version_of(package).ok_or(format!("this system has no package {package}"))
}

/// Colons separate paths, and plus signs are no part of a portable name.
fn named(what: &str, version: &str) -> String {
    let plain = version.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    format!("{what}-{plain}")
}

/// Puts a Debian package's files into a directory. Nothing is installed.
fn unpack(package: &str, version: &str, into: &Path) -> Result {
    eprintln!("getting {package} {version}");
    let work = cache::temporary(&format!(".work-{package}-"))?;
    step::quiet(
        Command::new("apt-get")
            .current_dir(work.path())
            .args(["--quiet", "download"])
            .arg(format!("{package}={version}")),
    )
    .map_err(|error| format!("the package {package} cannot be had: {error}"))?;
    let file = std::fs::read_dir(work.path())
        .map_err(|error| cache::at(work.path(), error))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .ok_or("apt-get left no package")?;
    step::quiet(Command::new("dpkg").arg("-x").arg(file).arg(into))
}

/// As far as the system's lists say it.
fn version_of(package: &str) -> Option<String> {
    let output = Command::new("apt-cache")
        .args(["show", "--no-all-versions", package])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Version: "))?;
    Some(line.to_owned())
}

/// The directory of the store's program.
pub(crate) fn store() -> Result<PathBuf> {
    let (package, version) = STORE;
    cache::once(&format!("versitygw-{version}"), |dir| {
        eprintln!("compiling versitygw {version}");
        step::quiet(
            Command::new(go()?)
                .args(["install", "-trimpath", "-ldflags", "-s -w"])
                .arg(format!("{package}@v{version}"))
                .env("GOBIN", dir)
                .env("CGO_ENABLED", "0")
                .env("GOFLAGS", "")
                .env("GOCACHE", cache::dir()?.join("go-build")),
        )
    })
}
