//! The bindings of a world, as the generator makes them and fitted to the
//! user's module.
//!
//! What the component imports is a module of its own, `wit_component`. What it
//! exports is called in the user's packages: in the directory `export_…` beside
//! the source that the generator expects, or, where there is none, in the
//! source's own package.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use run_builder_shared::world::World;
use run_plugin_api::{Error, Result};
use wit_bindgen_core::Files;
use wit_bindgen_go::{Format, Opts};

/// The module of what is generated.
pub(crate) const MODULE: &str = "wit_component";
/// The package that collects garbage.
const COLLECT: &str = "wit_collect";

/// Files of Go by path.
pub(crate) type Sources = BTreeMap<String, String>;

/// What the generator made.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    /// The package that the world's exports lead to.
    glue: String,
    /// Packages of the module [`MODULE`].
    imports: Sources,
    /// What belongs into the packages of exports, by package.
    exports: BTreeMap<String, String>,
    /// Every package of exports that is called.
    pub(crate) wanted: Vec<String>,
    base: String,
}

impl Generated {
    /// Bindings for a world whose exports are implemented below the package
    /// `base`.
    pub(crate) fn of(world: &World, base: &str) -> Result<Self> {
        let files = generate(world, base, false)?;
        let mut generated = Self {
            glue: String::new(),
            imports: Sources::new(),
            exports: BTreeMap::new(),
            wanted: Vec::new(),
            base: base.to_owned(),
        };
        for (name, text) in files {
            match name.split_once('/') {
                Some(("wit_exports", _)) => {
                    generated.glue = collecting_exports(&aligned(&text));
                }
                Some((package, file)) if package.starts_with("export_") => {
                    if file.ends_with(".go") {
                        generated.exports.insert(package.to_owned(), text);
                    }
                }
                _ => {
                    generated.imports.insert(name, collecting_imports(&text));
                }
            }
        }
        generated.wanted = generated.imported_exports();
        Ok(generated)
    }

    /// Packages of exports that the glue imports, or that have generated parts.
    fn imported_exports(&self) -> Vec<String> {
        let mut wanted: Vec<String> = self
            .glue
            .lines()
            .filter_map(|line| {
                let import = line.trim().strip_prefix('"')?.strip_suffix('"')?;
                let package = import.strip_prefix(&self.base)?.strip_prefix('/')?;
                package.starts_with("export_").then(|| package.to_owned())
            })
            .chain(self.exports.keys().cloned())
            .collect();
        wanted.sort();
        wanted.dedup();
        wanted
    }

    /// The files of the module [`MODULE`], its `go.mod` included. Where no
    /// export is in the source's own package, the glue is here as well.
    pub(crate) fn module(&self, glue_here: bool, go: &str) -> Sources {
        let mut files = self.imports.clone();
        files.insert(
            format!("{COLLECT}/collect.go"),
            include_str!("../bindings/collect.go").to_owned(),
        );
        files.insert(
            "go.mod".to_owned(),
            format!(
                "module {MODULE}\n\ngo {go}\n\nrequire {}\n",
                wit_bindgen_go::remote_pkg_version()
            ),
        );
        if glue_here {
            files.insert("wit_exports/wit_exports.go".to_owned(), self.glue.clone());
        }
        files
    }

    /// What is added to the package of an export, which has a directory.
    pub(crate) fn of_export(&self, package: &str) -> Option<&str> {
        self.exports.get(package).map(String::as_str)
    }

    /// What is added to the source's own package, called `package`, which has
    /// the exports `own`.
    pub(crate) fn of_source(&self, package: &str, own: &[String]) -> Sources {
        let mut files = Sources::new();
        if own.is_empty() {
            if package == "main" {
                files.insert(
                    "wit_exports.go".to_owned(),
                    format!("package main\n\nimport _ \"{MODULE}/wit_exports\"\n"),
                );
            }
            return files;
        }
        let place = |text: &str| {
            let mut out = String::new();
            for line in text.lines() {
                let import = own
                    .iter()
                    .any(|export| line.trim() == format!("\"{}/{export}\"", self.base));
                if import {
                    continue;
                }
                let line = match line.strip_prefix("package ") {
                    Some(_) => format!("package {package}"),
                    None => own.iter().fold(line.to_owned(), |line, export| {
                        line.replace(&format!("{export}."), "")
                    }),
                };
                out.push_str(&line);
                out.push('\n');
            }
            out
        };
        files.insert("wit_exports.go".to_owned(), place(&self.glue));
        for export in own {
            if let Some(text) = self.exports.get(export) {
                files.insert(format!("wit_{export}.go"), place(text));
            }
        }
        files
    }
}

/// The functions that exports are to have, by package, as Go declares them.
pub(crate) fn signatures(world: &World, base: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let mut signatures = BTreeMap::new();
    for (name, text) in generate(world, base, true)? {
        let Some((package, "wit_bindings.go")) = name.split_once('/') else {
            continue;
        };
        if !package.starts_with("export_") {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        let stubs = lines
            .windows(2)
            .filter(|pair| pair[0].starts_with("func ") && pair[1].contains("not implemented"))
            .map(|pair| {
                let signature = pair[0].trim_end().trim_end_matches('{').trim_end();
                signature.replace("(_", "(").replace(", _", ", ")
            });
        signatures.insert(package.to_owned(), stubs.collect());
    }
    Ok(signatures)
}

fn generate(world: &World, base: &str, stubs: bool) -> Result<Sources> {
    let mut resolve = world.resolve.clone();
    let mut files = Files::default();
    Opts {
        // Formatting runs a program, and here there is none.
        format: Format::False,
        generate_stubs: stubs,
        pkg_name: Some(MODULE.to_owned()),
        export_pkg_name: Some(base.to_owned()),
        ..Opts::default()
    }
    .build()
    .generate(&mut resolve, world.id, &mut files)
    .map_err(|error| Error::failed(format!("no bindings for this world: {error:#}")))?;
    Ok(files
        .iter()
        .map(|(name, text)| (name.to_owned(), String::from_utf8_lossy(text).into_owned()))
        .collect())
}

/// The glue, with an area for results whose size is a multiple of its alignment.
/// Both are the largest of any function, each by itself, and what allocates it
/// panics where they do not go together.
fn aligned(text: &str) -> String {
    const BEFORE: &str = "var exportReturnArea = uintptr(witRuntime.Allocate(&staticPinner, ";
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let sizes = line
            .strip_prefix(BEFORE)
            .and_then(|rest| rest.trim_end().strip_suffix("))"))
            .and_then(|rest| rest.rsplit_once(", "));
        match sizes {
            Some((size, align)) => {
                let _ = writeln!(out, "{BEFORE}({size}+{align}-1)/{align}*{align}, {align}))");
            }
            None => out.push_str(line),
        }
    }
    out
}

/// The glue, with a look at the heap where a call comes in.
fn collecting_exports(text: &str) -> String {
    collecting(text, |line, _| {
        line.starts_with("func wasm_export_")
            && !line.starts_with("func wasm_export_post_return_")
            && !line.starts_with("func wasm_export_callback_")
    })
}

/// Functions that are imported, with a look at the heap where a call goes out.
fn collecting_imports(text: &str) -> String {
    collecting(text, |line, after_import| {
        after_import && line.starts_with("func ")
    })
}

/// Adds a collection to the functions that `wanted` names; it is told whether
/// the function declared before is one of another component.
fn collecting(text: &str, wanted: impl Fn(&str, bool) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 1024);
    let (mut declared, mut after_import, mut added) = (false, false, false);
    for line in text.lines() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("//go:wasmimport") {
            declared = true;
        } else if line.starts_with("func ") {
            if declared {
                (declared, after_import) = (false, true);
            } else {
                if line.trim_end().ends_with('{') && wanted(line, after_import) {
                    out.push_str("\twitCollect.Collect()\n");
                    added = true;
                }
                after_import = false;
            }
        }
    }
    if added {
        let import = format!("import (\n\twitCollect \"{MODULE}/{COLLECT}\"\n");
        out = out.replacen("import (\n", &import, 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use run_plugin_api::files;

    use super::*;

    fn world(text: &str) -> World {
        let temp = tempfile::tempdir().unwrap();
        files::write(
            temp.path().join("w.wit"),
            format!(
                "package demo:app;\n\
                 interface log {{ write: func(line: string) -> string; }}\n\
                 interface api {{ record point {{ x: s32 }} resource thing {{ constructor(); }}\n\
                   move: func(p: point) -> result<point, string>; }}\n\
                 world w {{ {text} }}"
            ),
        )
        .unwrap();
        World::load(temp.path(), "demo:app/w").unwrap()
    }

    #[test]
    fn every_call_in_and_out_looks_at_the_heap() {
        let world = world("import log; export api; export run: func(name: string) -> string;");
        let generated = Generated::of(&world, "a.b/app").unwrap();
        assert_eq!(
            generated.wanted,
            ["export_demo_app_api", "export_wit_world"]
        );
        let module = generated.module(true, "1.25");
        let glue = &module["wit_exports/wit_exports.go"];
        let entries = glue.matches("\nfunc wasm_export_").count();
        let after = glue.matches("\nfunc wasm_export_post_return_").count();
        assert_eq!(
            glue.matches("witCollect.Collect()").count(),
            entries - after
        );
        assert!(glue.contains("\"a.b/app/export_wit_world\""), "{glue}");
        let log = &module["demo_app_log/wit_bindings.go"];
        assert_eq!(log.matches("witCollect.Collect()").count(), 1, "{log}");
        assert!(module["go.mod"].contains("go.bytecodealliance.org/pkg v"));
        assert!(generated.of_export("export_demo_app_api").is_some());
    }

    #[test]
    fn exports_may_be_in_the_sources_own_package() {
        let world = world("export api; export run: func(name: string) -> string;");
        let generated = Generated::of(&world, "a.b/app").unwrap();
        let own = generated.of_source("greeter", &generated.wanted);
        let glue = &own["wit_exports.go"];
        assert!(glue.contains("\npackage greeter\n"), "{glue}");
        assert!(!glue.contains("export_wit_world.") && !glue.contains("a.b/app"));
        assert!(own["wit_export_demo_app_api.go"].contains("package greeter"));
        assert!(generated.of_source("greeter", &[]).is_empty());
        assert!(generated.of_source("main", &[])["wit_exports.go"].contains("import _"));
    }

    #[test]
    fn the_area_for_results_has_a_size_that_its_alignment_divides() {
        let world = world(
            "export a: func() -> tuple<u32, u32, u32, u32, u32>; export b: func() -> option<u64>;",
        );
        let module = Generated::of(&world, "a.b/app")
            .unwrap()
            .module(true, "1.25");
        let glue = &module["wit_exports/wit_exports.go"];
        let area = "Allocate(&staticPinner, (20+8-1)/8*8, 8))";
        assert!(glue.contains(area), "{glue}");
    }

    #[test]
    fn what_is_to_be_written_can_be_shown() {
        let world = world("export api; export run: func(name: string) -> string;");
        let signatures = signatures(&world, "a.b/app").unwrap();
        assert_eq!(
            signatures["export_wit_world"],
            ["func Run(name string) string"]
        );
        assert!(
            signatures["export_demo_app_api"]
                .iter()
                .any(|signature| signature.starts_with("func Move(p demo_app_api.Point)")),
            "{signatures:?}"
        );
    }
}
