//! The bundled plugins: small, and the same bytes wherever they are built.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use run_files::Digest;
use run_plugins::Plugin;
use run_tests::Scratch;
use run_tests::command::{binary, cargo, workspace};

#[test]
fn another_checkout_builds_the_same_bytes() {
    // What the bundle is built from, in a directory of another depth and name.
    let scratch = Scratch::new();
    let checkout = scratch.path().join("some/other checkout");
    std::fs::create_dir_all(&checkout).unwrap();
    let files = Command::new("git")
        .current_dir(workspace())
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .unwrap();
    for file in String::from_utf8(files.stdout)
        .unwrap()
        .split('\0')
        .filter(|f| !f.is_empty())
    {
        let (from, to) = (workspace().join(file), checkout.join(file));
        if from.is_file() {
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(from, to).unwrap();
        }
    }
    let target = scratch.path().join("target");
    // Crates of the registry are the same files in both: they are taken as they
    // were compiled, and ours are compiled again.
    let compiled = binary().ancestors().nth(2).unwrap().join("bundled-plugins");
    copy_but_ours(&compiled, &target.join("bundled-plugins"));
    let built = cargo()
        .current_dir(&checkout)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "run-plugin-bundle",
        ])
        .arg("--target-dir")
        .arg(&target)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut compared = 0;
    for plugin in run_plugin_bundle::ALL {
        let file = format!("{}.wasm", plugin.package.replace('-', "_"));
        let other = find(&target, &file).unwrap_or_else(|| panic!("{file} was not built"));
        let digest = Digest::of(&std::fs::read(other).unwrap());
        assert_eq!(digest, Digest::from_bytes(plugin.digest), "{}", plugin.name);
        compared += 1;
    }
    assert!(compared > 0);
}

/// Copies what cargo made of others' crates, with the times it compares.
fn copy_but_ours(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let ours = ["run-", "run_", "librun_"];
        // What cargo notes of others' build scripts begins so too.
        if ours.iter().any(|ours| name.starts_with(ours)) && !name.starts_with("run-build-script") {
            continue;
        }
        let (from, to) = (entry.path(), to.join(&name));
        if entry.file_type().unwrap().is_dir() {
            copy_but_ours(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
            let written = entry.metadata().unwrap().modified().unwrap();
            let copy = std::fs::File::options().append(true).open(&to).unwrap();
            copy.set_modified(written).unwrap();
        }
    }
}

fn find(dir: &Path, name: &str) -> Option<std::path::PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .ok()?
        .flatten()
        .map(|e| e.path())
        .collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        if path.is_dir() {
            // `deps` holds the same file under a name with a hash, or a link.
            (path.file_name()? != "deps")
                .then(|| find(&path, name))
                .flatten()
        } else {
            (path.file_name()? == name).then_some(path)
        }
    })
}

#[test]
fn plugins_are_small_and_say_what_they_are() {
    let mut compressed = BTreeMap::<String, usize>::new();
    for plugin in run_plugin_bundle::ALL {
        let bytes = plugin.bytes();
        let digest = Digest::from_bytes(plugin.digest);
        assert_eq!(Digest::of(&bytes), digest);
        let read = Plugin::read(plugin.name, bytes).unwrap();
        let manifest = &read.manifest;
        // What the bundle says beside it is what it says itself.
        let known = Plugin::known(
            plugin.name,
            plugin.manifest,
            plugin.exports,
            digest,
            Vec::new,
        );
        let known = known.unwrap();
        assert_eq!(format!("{:?}", known.manifest), format!("{manifest:?}"));
        assert_eq!(known.api, read.api);
        assert_eq!(manifest.plugin.id, format!("run:{}", plugin.name));
        assert_ne!(manifest.languages.is_empty(), manifest.providers.is_empty());
        let of_kind = compressed.entry(manifest.plugin.kind.to_string());
        *of_kind.or_default() += plugin.packed.len();
    }
    assert_eq!(compressed.len(), 2, "{compressed:?}");
    for (kind, size) in compressed {
        assert!(size < 4 << 20, "{kind}: {size} bytes, compressed");
    }
}
