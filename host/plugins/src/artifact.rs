//! A plugin's bytes, read without running them: digest, manifest, and the
//! version of the contract.

use run_files::Digest;
use run_runtime::Wasm;
use wasmparser::{Encoding, Parser, Payload};

use crate::error::{LoadError, Refused};
use crate::manifest::{Kind, Manifest};

/// A plugin that was read and found whole. Nothing of it has run.
#[derive(Clone)]
pub struct Plugin {
    /// The name it goes by in this project: a key of `[plugins]`, or a bundled
    /// plugin's own.
    pub name: String,
    /// What it says of itself.
    pub manifest: Manifest,
    /// The contract it was built for, e.g. `0.1.0`: read from the names of its
    /// own exports, so that no header can lie about it.
    pub api: semver::Version,
    pub(crate) wasm: Wasm,
}

/// Where the manifest is.
const SECTION: &str = "run:manifest";

impl Plugin {
    /// Reads a plugin from its bytes.
    ///
    /// # Errors
    /// The bytes are truncated, no component, without a manifest or with one
    /// that does not hold, or built for a contract this host does not have.
    pub fn read(name: &str, bytes: Vec<u8>) -> Result<Self, LoadError> {
        let refuse = |why: Refused| LoadError {
            plugin: name.to_owned(),
            why,
        };
        let outside = scan(&bytes).map_err(refuse)?;
        let manifest = match outside.manifests.as_slice() {
            [] => return Err(refuse(Refused::NoManifest)),
            [one] => *one,
            _ => return Err(refuse(Refused::SeveralManifests)),
        };
        let (manifest, api) = judged(manifest, &outside.exports).map_err(refuse)?;
        let digest = Digest::of(&bytes);
        Ok(Self {
            name: name.to_owned(),
            manifest,
            api,
            wasm: Wasm::trusted_component(name, bytes, digest),
        })
    }

    /// A plugin whose manifest, exports and digest were taken from its bytes
    /// before, by somebody who is trusted with it; the bytes themselves are made
    /// when they are needed.
    ///
    /// # Errors
    /// The manifest does not hold, or is of a contract this host does not have.
    pub fn known(
        name: &str,
        manifest: &str,
        exports: &[&str],
        digest: Digest,
        bytes: impl FnOnce() -> Vec<u8> + Send + 'static,
    ) -> Result<Self, LoadError> {
        let (manifest, api) = judged(manifest.as_bytes(), exports).map_err(|why| LoadError {
            plugin: name.to_owned(),
            why,
        })?;
        Ok(Self {
            name: name.to_owned(),
            manifest,
            api,
            wasm: Wasm::deferred_component(name, digest, bytes),
        })
    }

    /// The digest of its bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.wasm.digest()
    }

    /// `id@version`, for messages.
    #[must_use]
    pub fn coordinate(&self) -> String {
        format!(
            "{}@{}",
            self.manifest.plugin.id, self.manifest.plugin.version
        )
    }
}

/// The manifest, and the contract that the exports are of, where both agree and
/// this host has it.
fn judged(manifest: &[u8], exports: &[&str]) -> Result<(Manifest, semver::Version), Refused> {
    let manifest =
        Manifest::parse(manifest).map_err(|error| Refused::Manifest(error.to_string()))?;
    let (kind, api) = contract(exports)?;
    if kind != manifest.plugin.kind {
        return Err(Refused::Kind {
            said: manifest.plugin.kind,
            is: kind,
        });
    }
    if !crate::api::is_supported(&api) {
        return Err(Refused::Api {
            wanted: api,
            supported: crate::api::SUPPORTED.join(", "),
        });
    }
    Ok((manifest, api))
}

struct Outside<'a> {
    manifests: Vec<&'a [u8]>,
    exports: Vec<&'a str>,
}

fn scan(bytes: &[u8]) -> Result<Outside<'_>, Refused> {
    let broken = |error: wasmparser::BinaryReaderError| Refused::Broken(error.to_string());
    let mut outside = Outside {
        manifests: Vec::new(),
        exports: Vec::new(),
    };
    // Nested modules and components are walked too: the section is where the
    // compiler of the plugin put it, inside the core module.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(broken)? {
            Payload::Version { encoding, .. } => {
                if depth == 0 && encoding == Encoding::Module {
                    return Err(Refused::CoreModule);
                }
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if section.name() == SECTION => {
                outside.manifests.push(section.data());
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    outside.exports.push(export.map_err(broken)?.name.name);
                }
            }
            _ => {}
        }
    }
    Ok(outside)
}

/// The world and the contract's version, from names such as
/// `run:plugin/builder@0.1.0`.
fn contract(exports: &[&str]) -> Result<(Kind, semver::Version), Refused> {
    let mut found = None;
    for name in exports {
        let Some((interface, version)) = name
            .strip_prefix("run:plugin/")
            .and_then(|rest| rest.split_once('@'))
        else {
            continue;
        };
        let kind = match interface {
            "builder" => Kind::LanguageBuilder,
            "provider" => Kind::DeployProvider,
            _ => continue,
        };
        let version = semver::Version::parse(version)
            .map_err(|_| Refused::Broken(format!("it exports `{name}`")))?;
        if found.replace((kind, version)).is_some() {
            return Err(Refused::SeveralWorlds);
        }
    }
    found.ok_or(Refused::NoWorld)
}
