//! Reading plugins, and whether they may be used.

use std::path::Path;

use run_files::Digest;
use run_plugins::consent::Permissions;
use run_plugins::{LoadError, Plugin, Refused};

use super::{Available, Declared, DeclaredSource, Origin, PluginsError, Shipped};

pub(super) fn from_bundle(
    shipped: &Shipped,
    entry: Option<&Declared>,
) -> Result<Available, PluginsError> {
    let digest = Digest::from_bytes(shipped.digest);
    let Shipped { name, unpack, .. } = *shipped;
    let bytes = move || unpack(name);
    let plugin = Plugin::known(name, shipped.manifest, shipped.exports, digest, bytes)?;
    let locked = entry.and_then(|entry| entry.locked.as_ref());
    let drifted_from = locked
        .map(|locked| locked.digest)
        .filter(|locked| *locked != digest);
    if let Some(Declared {
        source: DeclaredSource::Bundled(wanted),
        ..
    }) = entry
        && !wanted.matches(&plugin.manifest.plugin.version)
    {
        return Err(PluginsError::Version {
            name: shipped.name.to_owned(),
            wanted: wanted.clone(),
            have: Some(plugin.manifest.plugin.version.clone()),
        });
    }
    let asked = Permissions::requested(&plugin.manifest);
    let granted = match entry {
        Some(entry) => asked.narrowed_to(&entry.limits),
        None => asked,
    };
    Ok(Available {
        plugin,
        granted,
        origin: Origin::Bundled,
        language: String::new(),
        drifted_from,
    })
}

pub(super) fn from_path(entry: &Declared, path: &Path) -> Result<Available, PluginsError> {
    let bytes = std::fs::read(path).map_err(|error| LoadError {
        plugin: entry.name.clone(),
        why: Refused::Unreadable {
            path: path.display().to_string(),
            reason: error.to_string(),
        },
    })?;
    let plugin = Plugin::read(&entry.name, bytes)?;
    let asked = Permissions::requested(&plugin.manifest);
    let granted = match &entry.locked {
        None => Permissions::default(),
        Some(locked) if locked.digest != plugin.digest() => {
            return Err(PluginsError::Digest {
                name: entry.name.clone(),
                locked: locked.digest,
                found: plugin.digest(),
            });
        }
        Some(locked) => locked.granted.clone(),
    };
    let beyond = asked.beyond(&granted);
    if entry.locked.is_none() || !beyond.is_empty() {
        return Err(PluginsError::Consent {
            name: entry.name.clone(),
            asks: beyond
                .sentences()
                .map(|(kind, sentence)| format!("{kind}: {sentence}"))
                .collect(),
        });
    }
    Ok(Available {
        granted: granted.narrowed_to(&entry.limits),
        plugin,
        origin: Origin::Path(path.to_owned()),
        language: String::new(),
        drifted_from: None,
    })
}
