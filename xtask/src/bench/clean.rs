//! Clean builds through the plugin against the bare tool, by language.
//!
//! Before each, on both sides, the source becomes one that was never built, and
//! everything that was made of it is removed, with what the tool itself keeps.
//! The tool is given the flags that the plugin gives it, and the sources: where
//! the plugin generates some, they are those of its build beforehand.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::{alone, milliseconds, pair};
use super::six::Six;
use super::{Ours, remove, table};
use crate::cache;
use crate::step::{self, Result};
use crate::tools::TARGET;

const ROUNDS: usize = 3;

pub(super) fn rust(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    let target = ours.work.join("plain-rust");
    let build = || {
        let mut command = six.tool("cargo", &six.dir.join("rust"));
        command
            .args(["build", "--locked", "--release", "--target", TARGET])
            .args(["--package", "greeter", "--target-dir"])
            .arg(&target);
        command
    };
    let plain = Plain {
        language: "rust",
        tool: "cargo build",
        bar: 1.03,
        build: &build,
        root: &six.dir,
        emptied: &[&target],
    };
    compare(&six, &plain)
}

pub(super) fn go(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    first(&six, "go")?;
    let copy = generated(&six, "run-go/components/go")?;
    let build = || {
        let mut command = six.tool("go", &copy.join("tree/go/greeter"));
        command
            .env("GOOS", "wasip1")
            .env("GOARCH", "wasm")
            .env("CGO_ENABLED", "0")
            .env("GOENV", "off")
            .env("GOFLAGS", "-buildvcs=false")
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", copy.join("tree/go.work"))
            .args(["build", "-trimpath", "-o"])
            .arg(copy.join("module.wasm"))
            .args(["-ldflags=-buildid= -s -w -checklinkname=0"])
            .args(["-buildmode=c-shared", "wit_component/wit_main"]);
        command
    };
    let plain = Plain {
        language: "go",
        tool: "go build",
        bar: 1.05,
        build: &build,
        root: &copy.join("tree"),
        emptied: &[&six.shared("GOCACHE")],
    };
    compare(&six, &plain)
}

pub(super) fn zig(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    first(&six, "zig")?;
    let copy = generated(&six, "run-zig/components/zig")?;
    let bindings = copy.join("bindings");
    let own = copy.join("cache");
    let prefixed = |flag: &str, path: &Path| {
        let mut argument = std::ffi::OsString::from(flag);
        argument.push(path);
        argument
    };
    let build = || {
        let mut command = six.tool("zig", &six.dir.join("zig/greeter"));
        command
            .env("ZIG_LOCAL_CACHE_DIR", &own)
            .args(["build-exe", "--color", "off", "-target", "wasm32-wasi"])
            .args(["-O", "ReleaseSmall"])
            .arg(prefixed("-femit-bin=", &copy.join("module.wasm")))
            .args(["-mexec-model=reactor", "-fno-entry", "-rdynamic", "-lc"])
            .arg("-I")
            .arg(&bindings)
            .args(["-cflags", "-fno-sanitize=undefined", "--"])
            .arg(bindings.join("typed.c"))
            .arg(bindings.join("typed_component_type.o"))
            .args(["--dep", "wit", "-Mroot=main.zig"])
            .arg(prefixed("-Mwit=", &bindings.join("wit.zig")));
        command
    };
    let plain = Plain {
        language: "zig",
        tool: "zig build-exe",
        bar: 1.05,
        build: &build,
        root: &six.dir,
        emptied: &[&own, &six.shared("ZIG_GLOBAL_CACHE_DIR")],
    };
    compare(&six, &plain)
}

pub(super) fn python(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    first(&six, "python")?;
    let none = generated(&six, "run-python/packages/none")?;
    let out = ours.work.join("plain-python.wasm");
    let build = || {
        let mut command = six.tool("componentize-py", &six.dir.join("python/greeter"));
        command
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("VIRTUAL_ENV", &none)
            .args(["--quiet", "--wit-path", "../../wit"])
            .args(["--world", "demo:greet/typed", "componentize"])
            .args(["--python-path", ".", "--output"])
            .arg(&out)
            .arg("app");
        command
    };
    let plain = Plain {
        language: "python",
        tool: "componentize-py",
        bar: 1.05,
        build: &build,
        root: &six.dir,
        emptied: &[],
    };
    compare(&six, &plain)
}

/// The tool by itself.
struct Plain<'p> {
    language: &'static str,
    tool: &'static str,
    bar: f64,
    build: &'p dyn Fn() -> Command,
    /// Where its sources are as they are in the project.
    root: &'p Path,
    /// What it keeps.
    emptied: &'p [&'p Path],
}

fn compare(six: &Six<'_>, plain: &Plain<'_>) -> Result {
    let language = plain.language;
    let number = Cell::new(1);
    let another = || {
        number.set(number.get() + 1);
        six.edit(&six.dir, language, number.get())?;
        six.edit(plain.root, language, number.get())?;
        remove(&six.dir.join(".run"))?;
        remove(&six.dir.join("target"))?;
        plain.emptied.iter().try_for_each(|dir| remove(dir))
    };
    // Once each beforehand, so that nothing is downloaded while it is measured.
    first(six, language)?;
    another()?;
    step::quiet(&mut (plain.build)())?;
    let only = || {
        let mut command = through(six, language);
        command.arg("--no-precompile");
        Ok(command)
    };
    let samples = pair(ROUNDS, only, || Ok((plain.build)()), another)?;
    let what = format!(
        "clean release build through the plugin against `{}`",
        plain.tool
    );
    let theirs = samples.1.wall;
    table::wall(&what, samples, plain.bar);
    let whole = alone(ROUNDS, || {
        another()?;
        Ok(through(six, language))
    })?;
    table::row(
        "… and compiled for its first run as well",
        &milliseconds(whole.wall),
        &milliseconds(theirs),
        whole.wall.as_secs_f64() / theirs.as_secs_f64(),
        None,
    );
    Ok(())
}

/// Nothing is taken from a cache: it is the build that is measured.
fn through(six: &Six<'_>, language: &str) -> Command {
    let mut command = six.v2(&["build", "--release", "--component", language]);
    command.env("RUN_BUILD_CACHE", "off");
    command
}

fn first(six: &Six<'_>, language: &str) -> Result {
    step::quiet(&mut through(six, language))
}

/// A copy of what a plugin made in its cache.
fn generated(six: &Six<'_>, what: &str) -> Result<PathBuf> {
    let copy = six.dir.with_file_name("generated").join(what);
    cache::copy(&six.dir.join(".run/cache").join(what), &copy)?;
    Ok(copy)
}
