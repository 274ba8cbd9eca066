//! Builds components from JavaScript and TypeScript.
//!
//! Of two engines, *quickjs* needs nothing installed: the sources are bundled
//! and stripped of types in the plugin, the world's bindings are linked to a
//! QuickJS that is part of the plugin, and the host initialises the result.
//! *starlingmonkey* is what `jco componentize` makes, with the Web's own
//! interfaces.

// Without the parser and the bindings, half of what they use has no user.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

#[cfg(target_family = "wasm")]
mod build;
#[cfg(target_family = "wasm")]
mod declarations;
mod detect;
#[cfg(target_family = "wasm")]
mod engine;
#[cfg(target_family = "wasm")]
mod exports;
#[cfg(target_family = "wasm")]
mod gaps;
#[cfg(target_family = "wasm")]
mod jco;
#[cfg(target_family = "wasm")]
mod modules;
#[cfg(target_family = "wasm")]
mod names;
mod node;
mod place;
#[cfg(target_family = "wasm")]
mod prelude;
#[cfg(target_family = "wasm")]
mod quickjs;
mod request;
mod source;
mod templates;
mod typecheck;
#[cfg(target_family = "wasm")]
mod wide;
#[cfg(target_family = "wasm")]
mod world;

use std::path::{Path, PathBuf};

use run_builder_shared::starters;
use run_plugin_api::{
    Artifact, Builder, Detection, Job, Project, Result, Template, ToolRequirement,
};

use request::Request;

struct JavaScript;

impl Builder for JavaScript {
    fn detect(project: &Project) -> Result<Option<Detection>> {
        Ok(detect::detect(project))
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        Ok(detect::toolchain(project))
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        let request = Request::of(job);
        let inputs = build(job, &request)?;
        for input in inputs {
            job.depends_on(&escaped(&request::text(&input)));
        }
        Ok(vec![Artifact::component(request.artifact())])
    }

    fn templates(language: &str) -> Vec<Template> {
        starters::templates(templates::of(language))
    }

    fn scaffold(language: &str, template: &str, name: &str) -> Result<Vec<PathBuf>> {
        starters::write(templates::of(language), template, name, Path::new("/out"))
    }
}

run_plugin_api::builder!(JavaScript);
run_plugin_api::manifest!("plugin.toml");

#[cfg(target_family = "wasm")]
use build::build;

#[cfg(not(target_family = "wasm"))]
fn build(_: &Job, _: &Request) -> Result<Vec<PathBuf>> {
    Err(run_plugin_api::Error::unsupported(
        "the plugin builds as a component only",
    ))
}

/// A path as a glob that means it and no other.
fn escaped(path: &str) -> String {
    let mut out = String::new();
    for letter in path.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '{' | '}') {
            out.push('[');
            out.push(letter);
            out.push(']');
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    #[test]
    fn the_runtime_is_the_published_one() {
        let digest: String = Sha256::digest(include_bytes!("../runtime/quickjs.wasm"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let published = include_str!("../runtime/quickjs.wasm.sha256");
        assert_eq!(published.split(' ').next(), Some(digest.as_str()));
    }
}
