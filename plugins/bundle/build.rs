//! Builds every bundled plugin to `wasm32-wasip2` and writes the table that
//! `src/lib.rs` includes.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};
use wasmparser::{Parser, Payload};

/// Package, and the name the host knows the plugin by. The one list of what
/// ships.
const PLUGINS: &[(&str, &str)] = &[
    ("run-builder-go", "go"),
    ("run-builder-javascript", "javascript"),
    ("run-builder-python", "python"),
    ("run-builder-rust", "rust"),
    ("run-builder-zig", "zig"),
    ("run-provider-aws-lambda", "aws-lambda"),
    ("run-provider-cloudflare", "cloudflare"),
    ("run-provider-fastly", "fastly"),
    ("run-provider-vercel", "vercel"),
];

/// Components that plugins carry inside: built before the plugins, which find
/// them beside themselves.
const PARTS: &[&str] = &["run-fastly-entry", "run-fastly-io"];

const TARGET: &str = "wasm32-wasip2";

fn main() {
    let out = PathBuf::from(var("OUT_DIR"));
    let workspace = PathBuf::from(var("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap_or_else(|error| fail(&format!("the workspace is not where it was: {error}")));
    require_target();
    // What can change a plugin's bytes; the compiler is watched by cargo itself.
    for path in [
        "Cargo.lock",
        "Cargo.toml",
        "wit",
        "plugin-api",
        "plugins/builders",
        "plugins/providers",
    ] {
        println!("cargo::rerun-if-changed={}", workspace.join(path).display());
    }

    // One directory for every profile and platform of the host: their plugins are
    // the same. Cargo puts one below the other where it was told a platform.
    let root = out.ancestors().nth(4).unwrap_or(&out);
    let root = match root.parent() {
        Some(parent) if root.ends_with(var("TARGET")) => parent,
        _ => root,
    };
    let target_dir = root.join("bundled-plugins");
    build(&workspace, &target_dir, PARTS);
    let packages: Vec<_> = PLUGINS.iter().map(|(package, _)| *package).collect();
    build(&workspace, &target_dir, &packages);
    let mut table = String::from("&[\n");
    for (package, name) in PLUGINS {
        let built = target_dir
            .join(TARGET)
            .join("plugin")
            .join(format!("{}.wasm", package.replace('-', "_")));
        let bytes =
            fs::read(&built).unwrap_or_else(|error| fail(&format!("{}: {error}", built.display())));
        let kept = out.join(format!("{name}.deflate"));
        fs::write(&kept, packed(&bytes))
            .unwrap_or_else(|error| fail(&format!("{}: {error}", kept.display())));
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let (manifest, exports) =
            outside(&bytes).unwrap_or_else(|error| fail(&format!("{package}: {error}")));
        writeln!(
            table,
            "Bundled {{ name: {name:?}, package: {package:?}, digest: {digest:?}, \
             manifest: {manifest:?}, exports: &{exports:?}, size: {}, packed: include_bytes!({:?}) }},",
            bytes.len(),
            kept.display().to_string()
        )
        .expect("writing to a string");
    }
    table.push(']');
    fs::write(out.join("bundle.rs"), table)
        .unwrap_or_else(|error| fail(&format!("cannot write the table: {error}")));
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

/// A plugin's manifest, and the names of its exports.
fn outside(bytes: &[u8]) -> Result<(String, Vec<String>), String> {
    let mut manifest = None;
    let mut exports = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.to_string())? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if section.name() == "run:manifest" => {
                let text = str::from_utf8(section.data()).map_err(|error| error.to_string())?;
                if manifest.replace(text.to_owned()).is_some() {
                    return Err("it has two manifests".to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    let export = export.map_err(|error| error.to_string())?;
                    exports.push(export.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((manifest.ok_or("it has no manifest")?, exports))
}

/// One build for several, so that shared dependencies are compiled once.
fn build(workspace: &Path, target_dir: &Path, packages: &[&str]) {
    let mut command = Command::new(var("CARGO"));
    command
        .current_dir(workspace)
        .args([
            "build",
            "--locked",
            "--profile",
            "plugin",
            "--target",
            TARGET,
        ])
        .arg("--target-dir")
        .arg(target_dir)
        .args(packages.iter().flat_map(|package| ["--package", package]));
    // The outer build's flags are for the host's own platform, and a wrapper
    // such as clippy's driver builds nothing.
    for name in [
        "CARGO_ENCODED_RUSTFLAGS",
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CARGO_BUILD_TARGET",
        "CARGO_INCREMENTAL",
    ] {
        command.env_remove(name);
    }
    // Panic messages carry paths of source files: those of this workspace are
    // relative to it, and those of dependencies lie where cargo keeps them. Only
    // the latter are mapped, so these flags are the same in every checkout of a
    // user, and what was compiled in one of them is good in another.
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let mut flags = Vec::new();
    if let Some(home) = home {
        // Below this, directories are named after the registry's address.
        let sources = home.join("registry/src");
        for entry in fs::read_dir(&sources).into_iter().flatten().flatten() {
            flags.push(format!(
                "--remap-path-prefix={}=/registry",
                entry.path().display()
            ));
        }
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => fail(&format!("building the plugins ended with {status}")),
        Err(error) => fail(&format!("cargo does not start: {error}")),
    }
}

/// Says how to get the target, instead of what a compiler without it says.
fn require_target() {
    let answer = Command::new(var("RUSTC"))
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    let found = answer.is_ok_and(|answer| {
        let dir = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        fs::read_dir(dir).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
            })
        })
    });
    if !found {
        fail(&format!(
            "the plugins need the compilation target {TARGET}: get it with `rustup target add {TARGET}`"
        ));
    }
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(&format!("cargo did not set {name}")))
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
