//! What is uploaded: an archive with the runner, the compiled component, and
//! what that may reach.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run_plugin_api::{Error, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::archive::{File, packed};
use crate::settings::{Architecture, Settings};

/// The most the platform takes without a bucket in between, packed and unpacked:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const PACKED: usize = 50 << 20;
const UNPACKED: usize = 250 << 20;

/// What a component's memory is less than the function's: the runner, and what
/// it keeps for requests.
const OVERHEAD: u32 = 64;

/// An archive with its digest as the platform has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bundle {
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 in base64.
    pub(crate) sha: String,
}

/// The archive: the same bytes for the same contents.
///
/// # Errors
/// It is larger than the platform takes.
pub(crate) fn bundle(
    runner: &[u8],
    component: &[u8],
    settings: &Settings,
    digest: &str,
) -> Result<Bundle> {
    let manifest = format!("{:#}\n", manifest(settings, digest)).into_bytes();
    let file = |name, bytes, mode| File { name, bytes, mode };
    let files = [
        file("app.cwasm", component, 0o644),
        file("app.json", &manifest, 0o644),
        file("bootstrap", runner, 0o755),
    ];
    let unpacked: usize = files.iter().map(|file| file.bytes.len()).sum();
    too_large("unpacked", unpacked, UNPACKED)?;
    let bytes = packed(&files)
        .map_err(|error| Error::failed(format!("the archive cannot be written: {error}")))?;
    too_large("packed", bytes.len(), PACKED)?;
    Ok(Bundle {
        sha: STANDARD.encode(Sha256::digest(&bytes)),
        bytes,
    })
}

/// Whether the machine that the function runs on can run this, `what` for the
/// user: the runner may have been put in its place by hand.
///
/// # Errors
/// It is for another machine, or no program.
pub(crate) fn fits(what: &str, program: &[u8], architecture: Architecture) -> Result<()> {
    let machine = program
        .strip_prefix(b"\x7fELF")
        .and_then(|rest| rest.get(14..16));
    if machine == Some(&architecture.machine().to_le_bytes()) {
        return Ok(());
    }
    Err(
        Error::invalid_input(format!("{what} is no program for {}", architecture.name()))
            .with_help(
                "docs/runner.md says how the runner is made for each machine, and where it lies",
            ),
    )
}

fn too_large(how: &str, size: usize, most: usize) -> Result<()> {
    if size <= most {
        return Ok(());
    }
    Err(Error::invalid_input(format!(
        "the function has {} MiB {how}, and the platform takes {} MiB",
        size >> 20,
        most >> 20
    ))
    .with_help("a build with `--release` is smaller"))
}

/// `app.json`, as the runner's `src/app.rs` reads it.
fn manifest(settings: &Settings, digest: &str) -> Value {
    let variables = settings.variables.iter().map(|(name, _)| name);
    let names: Vec<_> = variables.chain(&settings.secrets).collect();
    let config: serde_json::Map<_, _> = settings
        .config
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    json!({
        "version": 1,
        "component": "app.cwasm",
        "digest": digest,
        "environment": names,
        "http": settings.http,
        "connect": settings.connect,
        "config": config,
        "limits": {
            "memory": u64::from(settings.memory - OVERHEAD) << 20,
            "timeout": u64::from(settings.timeout) * 1000,
        },
        "streaming": settings.streaming,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::settings;

    #[test]
    fn the_same_contents_give_the_same_archive() {
        let settings = settings(&[("secrets", "KEY"), ("http", "a.test")]).unwrap();
        let made = || bundle(b"#!runner", b"code", &settings, "sha256:0").unwrap();
        assert_eq!(made(), made());
        assert_eq!(made().sha.len(), 44);
        let manifest = manifest(&settings, "sha256:0");
        assert_eq!(manifest["environment"], json!(["KEY"]));
        assert_eq!(manifest["http"], json!(["a.test"]));
        assert_eq!(manifest["limits"]["memory"], 192 << 20);
    }

    #[test]
    fn a_program_for_another_machine_is_refused() {
        let mut elf = b"\x7fELF".to_vec();
        elf.extend([0; 60]);
        elf[18] = 183;
        assert!(fits("it", &elf, Architecture::Arm).is_ok());
        for (program, architecture) in [
            (&elf[..], Architecture::X86),
            (&elf[..18], Architecture::Arm),
            (b"#!/bin/sh", Architecture::Arm),
        ] {
            let error = fits("the runner", program, architecture).unwrap_err();
            assert!(error.message().starts_with("the runner is no program for"));
        }
    }

    #[test]
    fn what_is_too_large_is_said_before_it_is_sent() {
        assert!(too_large("packed", PACKED, PACKED).is_ok());
        let error = too_large("packed", PACKED + (1 << 20), PACKED).unwrap_err();
        assert!(
            error.message().contains("51 MiB packed"),
            "{}",
            error.message()
        );
    }
}
