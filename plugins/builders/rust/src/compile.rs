//! Compiling, without the network.

use std::collections::BTreeSet;
use std::path::PathBuf;

use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Command, Line};
use run_plugin_api::{Error, Result, files};

use crate::advice;
use crate::inputs;
use crate::messages::Messages;
use crate::request::{Request, TARGET};
use crate::rustflags;
use crate::stderr::{Kind, Said};
use crate::unit::Unit;

/// How it went.
#[derive(Debug)]
pub(crate) enum Outcome {
    Built(Built),
    /// The compiler rejected the source, and said why in diagnostics.
    Rejected {
        errors: usize,
    },
    /// Cargo itself could not go on.
    Stuck(Error),
}

/// What was built.
#[derive(Debug)]
pub(crate) struct Built {
    /// The component, below the cache.
    pub(crate) artifact: PathBuf,
    /// The `Cargo.toml` of every package that was built.
    pub(crate) manifests: BTreeSet<PathBuf>,
    /// Paths and patterns below `/src`.
    pub(crate) inputs: Vec<String>,
}

/// Runs `cargo build` and reports what the compiler says.
pub(crate) fn run(unit: &Unit, request: &Request) -> Result<Outcome> {
    let step = Step::new(&format!("{}: compiling", unit.package), None);
    let (mut messages, mut said) = (Messages::of(unit), Said::default());
    let exit = command(unit, request)?.lines(|line| match line {
        Line::Stdout(line) => {
            if let Some(diagnostic) = messages.line(line) {
                diagnostic.report();
            }
        }
        Line::Stderr(line) => match said.line(line) {
            Kind::Progress(text) => step.relabel(&format!("{}: {text}", unit.package)),
            Kind::Warning(text) => events::warn(text),
            Kind::Other => {}
        },
    })?;

    if messages.target_missing {
        return Err(advice::missing_target());
    }
    if !exit.success() {
        return Ok(match messages.errors {
            0 => Outcome::Stuck(advice::explain(said.errors(), request)),
            errors => Outcome::Rejected { errors },
        });
    }
    let artifact = messages.artifact.clone().ok_or_else(|| {
        Error::failed(format!(
            "cargo built no component for the target `{}`",
            unit.target
        ))
    })?;
    Ok(Outcome::Built(Built {
        inputs: inputs_of(unit, &messages, &artifact)?,
        manifests: messages.manifests(),
        artifact,
    }))
}

fn command(unit: &Unit, request: &Request) -> Result<Command> {
    let mut command = unit
        .command("build")
        .args([
            "--offline",
            "--target",
            TARGET,
            "--message-format",
            "json",
            "--manifest-path",
        ])
        .arg(unit.manifest.as_path());
    command = match &unit.bin {
        Some(bin) => command.args(["--bin", bin]),
        None => command.arg("--lib"),
    };
    if request.release {
        command = command.arg("--release");
    }
    if request.frozen_lock() || unit.hidden.is_some() {
        command = command.arg("--locked");
    }
    if !request.features.is_empty() {
        command = command.arg(format!("--features={}", request.features.join(",")));
    }
    if !request.default_features && unit.hidden.is_none() {
        command = command.arg("--no-default-features");
    }
    if request.jobs > 0 {
        command = command.arg(format!("--jobs={}", request.jobs));
    }
    if request.reproducible {
        command = command.env("CARGO_INCREMENTAL", "0").env(
            "CARGO_ENCODED_RUSTFLAGS",
            rustflags::reproducible(unit, request)?,
        );
    }
    Ok(command)
}

fn inputs_of(unit: &Unit, messages: &Messages, artifact: &std::path::Path) -> Result<Vec<String>> {
    let dep_info = files::read_to_string(artifact.with_extension("d"))?;
    Ok(match &unit.hidden {
        Some(hidden) => hidden.inputs(),
        None => inputs::of_package(
            &unit.workspace_root,
            &dep_info,
            &messages.manifests(),
            &messages.opaque_packages(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{request, unit};

    #[test]
    fn the_command_says_what_was_asked_for() {
        const BASE: &str = "cargo build --offline --target wasm32-wasip2 --message-format json \
                            --manifest-path /src/a/Cargo.toml";
        let line = |unit: &Unit, request: &Request| command(unit, request).unwrap().to_string();
        let (plain, asked) = (unit::sample(), request::sample());
        assert_eq!(line(&plain, &asked), format!("{BASE} --lib --jobs=2"));
        let bin = Unit {
            bin: Some("serve".into()),
            ..plain
        };
        let all = Request {
            release: true,
            locked: true,
            features: vec!["a".into(), "b".into()],
            default_features: false,
            jobs: 0,
            ..asked
        };
        assert_eq!(
            line(&bin, &all),
            format!("{BASE} --bin serve --release --locked --features=a,b --no-default-features")
        );
    }
}
