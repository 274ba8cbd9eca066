//! What decides a build and lies outside its source tree, in a form that is the
//! same on every machine.

use std::path::Path;

use run_files::Digest;
use run_plugins::manifest::SettingValue;
use run_plugins::{Support, Tool};
use run_runtime::ArtifactCache;

use crate::cache::Places;
use crate::spec::{Kind, Spec};

/// Whether programs are confined where a component is made. A hermetic build is
/// looked for among those that were, also where none can be made.
pub(crate) fn confined(hermetic: bool) -> &'static str {
    match hermetic || matches!(run_plugins::confinement(), Support::Full) {
        true => "on",
        false => "off",
    }
}

/// Every program that a child could have started, as facts: by what it is, not
/// by where it is. Which of them a compiler starts in turn is not known, so all
/// of them count.
pub(crate) fn programs(all: &[Tool]) -> Vec<(String, String)> {
    let known = ArtifactCache::user();
    let fact = |tool: &Tool| {
        let version = tool.version.as_deref().unwrap_or_default();
        let digest = known.digest(&tool.path).ok();
        let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
        (
            format!("the program {}", tool.program),
            format!("{version} {digest}"),
        )
    };
    all.iter().map(fact).collect()
}

/// What a component is made from.
pub(crate) fn source(spec: &Spec, places: &Places) -> String {
    let path = match &spec.kind {
        Kind::Source { source, .. } => source,
        Kind::Prebuilt { path } => path,
    };
    shared(path, places)
}

/// A path as it is in every checkout.
pub(crate) fn shared(path: &Path, places: &Places) -> String {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    places.hide(&path.display().to_string())
}

/// A setting as it is written.
pub(crate) fn shown(value: &SettingValue) -> String {
    match value {
        SettingValue::String(text) => format!("{text:?}"),
        SettingValue::Bool(value) => value.to_string(),
        SettingValue::Integer(value) => value.to_string(),
        SettingValue::Strings(texts) => format!("{texts:?}"),
        SettingValue::Table(pairs) => format!("{pairs:?}"),
    }
}

/// The digest of a file, or of all files below a directory.
pub(crate) fn digest(path: &Path) -> Option<Digest> {
    if path.is_file() {
        return Digest::of_file(path).ok();
    }
    let mut fields = Vec::new();
    let walk = ignore::WalkBuilder::new(path)
        .standard_filters(false)
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk.flatten() {
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            let name = entry.path().strip_prefix(path).ok()?;
            fields.push(name.display().to_string());
            fields.push(Digest::of_file(entry.path()).ok()?.to_string());
        }
    }
    Some(Digest::of_fields(fields.iter().map(String::as_bytes)))
}
