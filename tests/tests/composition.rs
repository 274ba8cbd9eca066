//! Components linked to each other, through the real command.
//!
//! `tests/composition/<case>/` is a project. `run.txt` has the commands, one a
//! line (`exec app --function run` where there is none); `expected.txt` is all
//! that they print, or each line of `error.txt` is said by the last, which
//! fails. Each line of `stderr.txt`, where there is one, is said as well. With
//! `BLESS=1` in the environment `expected.txt` is written anew, to be read in
//! the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use run_tests::command::{examples, workspace};
use run_tests::{Outcome, Scratch};

fn case(directory: &Path) -> Result<(), String> {
    let scratch = Scratch::new();
    scratch.copy_from(directory);
    let read = |name: &str| fs::read_to_string(directory.join(name)).ok();
    let commands = read("run.txt").unwrap_or_else(|| "exec app --function run".to_owned());
    let outcomes: Vec<Outcome> = commands
        .lines()
        .map(|line| scratch.run(&line.split_whitespace().collect::<Vec<_>>()))
        .collect();
    let last = outcomes.last().ok_or("run.txt has no command")?;
    for line in read("stderr.txt").unwrap_or_default().lines() {
        if !last.has_said(line) {
            return Err(format!("`{line}` is missing from:\n{last}"));
        }
    }
    if let Some(error) = read("error.txt") {
        if last.code != Some(1) {
            return Err(format!("it did not fail:\n{last}"));
        }
        return match error.lines().find(|line| !last.has_said(line)) {
            Some(line) => Err(format!("`{line}` is missing from:\n{last}")),
            None => Ok(()),
        };
    }
    if let Some(failed) = outcomes.iter().find(|outcome| outcome.code != Some(0)) {
        return Err(format!("it failed:\n{failed}"));
    }
    let printed: String = outcomes.iter().map(|o| o.stdout.as_str()).collect();
    if std::env::var_os("BLESS").is_some() {
        fs::write(directory.join("expected.txt"), &printed).map_err(|e| e.to_string())?;
    }
    let expected = read("expected.txt").ok_or("there is neither expected.txt nor error.txt")?;
    if printed == expected {
        Ok(())
    } else {
        Err(format!("expected\n{expected}\nprinted\n{printed}"))
    }
}

#[test]
fn every_case_does_as_it_says() {
    let mut directories: Vec<PathBuf> = fs::read_dir(workspace().join("tests/composition"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    directories.sort();
    assert!(directories.len() >= 30, "{} cases", directories.len());
    let mut failures = String::new();
    for directory in directories {
        if let Err(why) = case(&directory) {
            writeln!(failures, "=== {}\n{why}", directory.display()).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

const PROJECT: &str = r#"[project]
name = "linked"
version = "0.1.0"

[[component]]
name = "walker"
path = "walker.wasm"

[[component]]
name = "stepper"
path = "stepper.wasm"

[[component]]
name = "counters"
path = "counters.wasm"
"#;

const WALKED: &str = "[11, 12, 21, 13] 14; alive 2, 1, 0; at 4, 3";

/// A project of components that a compiler made, with resources and types that
/// go from one to the next.
fn compiled() -> Scratch {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| examples("run-linked-components"));
    let scratch = Scratch::with(&[("run.toml", PROJECT)]);
    for name in ["walker", "stepper", "counters"] {
        let file = format!("{name}.wasm");
        fs::copy(directory.join(&file), scratch.path().join(&file)).unwrap();
    }
    scratch
}

fn walks(scratch: &Scratch, arguments: &[&str]) {
    let arguments = [arguments, &["--function", "walk"]].concat();
    let printed = scratch.run(&arguments).success().stdout;
    let document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(document["return_value"], WALKED, "{arguments:?}");
}

#[test]
fn resources_are_made_handed_on_and_dropped_across_components() {
    let scratch = compiled();
    walks(&scratch, &["exec", "walker"]);
    walks(
        &scratch,
        &[
            "exec",
            "walker.wasm",
            "--with",
            "stepper.wasm",
            "--with",
            "counters.wasm",
        ],
    );
}

#[test]
fn what_build_composes_stands_alone() {
    let scratch = compiled();
    scratch
        .run(&["build", "--compose", "walker"])
        .success()
        .says(&["Composed walker → target/wasm/walker.composed.wasm"]);
    let composed = scratch.read("target/wasm/walker.composed.wasm");
    wasmparser::Validator::new()
        .validate_all(&composed)
        .unwrap();
    let (imports, exports) = outside(&composed);
    assert!(!imports.is_empty());
    assert!(
        imports.iter().all(|name| name.starts_with("wasi:")),
        "{imports:?}"
    );
    assert_eq!(exports, ["walk"]);

    // Where nothing is to be linked any more, it runs as any file does.
    let alone = Scratch::new();
    fs::write(alone.path().join("walker.wasm"), &composed).unwrap();
    walks(&alone, &["exec", "walker.wasm"]);

    // The same components give the same bytes, from the cache and without it.
    for cache in ["target/other-cache", "target/other-cache"] {
        let outcome = Outcome::of(
            run_tests::command::command(scratch.path())
                .args(["build", "--compose", "walker"])
                .env("RUN_CACHE_DIR", scratch.path().join(cache)),
        );
        outcome.success();
        assert_eq!(scratch.read("target/wasm/walker.composed.wasm"), composed);
    }
    scratch
        .run(&["build", "--compose", "wolker"])
        .failure()
        .says(&["there is no component `wolker`", "did you mean `walker`?"]);
}

#[test]
fn a_changed_provider_is_composed_anew_and_a_damaged_cache_is_not_believed() {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("tests/composition/simple"));
    let cache = scratch.path().join("cache");
    let answer = |expected: i32| {
        let outcome = Outcome::of(
            run_tests::command::command(scratch.path())
                .args(["exec", "app", "--function", "run"])
                .env("RUN_CACHE_DIR", &cache),
        );
        let expected = format!("{{\"exit_code\":0,\"return_value\":{expected}}}\n");
        assert_eq!(outcome.success().stdout, expected);
    };
    answer(42);
    answer(42);
    let entries = || -> Vec<PathBuf> {
        fs::read_dir(cache.join("composed"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    let kept = entries();
    assert_eq!(kept.len(), 1, "{kept:?}");
    fs::write(&kept[0], b"damaged").unwrap();
    answer(42);
    assert_eq!(entries(), kept);

    let math = String::from_utf8(scratch.read("math.wat")).unwrap();
    scratch.write("math.wat", &math.replace("i32.const 0", "i32.const 1"));
    answer(43);
    assert_eq!(entries().len(), 2);
}

/// A component of a world, whose functions all trap.
fn dummy(wit: &str, world: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_source("case.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mangling = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, mangling);
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
    wit_component::ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// Worlds `app` and `provider` of each text are composed, whatever their types
/// are shared through. The second is what is exported in the end.
const SHAPES: [(&str, &str); 7] = [
    (
        "interface a { record point { x: u32 } record line { start: point } f: func() -> line; }
         world provider { export a; }
         world app { import a; export run: func(); }",
        "run",
    ),
    (
        "interface a { record point { x: u32 } record line { start: point } f: func() -> line; }
         interface b { use a.{line}; g: func() -> line; }
         world provider { export a; }
         world app { import a; export b; }",
        "t:t/b",
    ),
    (
        "interface a { resource r { constructor(); } f: func() -> r; }
         interface b { use a.{r}; g: func() -> r; }
         world provider { export a; }
         world app { import a; export b; }",
        "t:t/b",
    ),
    (
        "interface a { record point { x: u32 } f: func() -> point; }
         world provider { export a; }
         world app { use a.{point}; import a; export run: func() -> point; }",
        "run",
    ),
    (
        "interface a { record point { x: u32 } f: func() -> point; }
         world provider { export a; }
         world app { use a.{point}; import a; import g: func(p: point); export run: func(); }
         world second { use a.{point}; import a; export g: func(p: point); }",
        "run",
    ),
    (
        "interface a { resource r; f: func() -> r; }
         interface t { use a.{r}; record held { it: r } }
         interface b { use t.{held}; g: func(h: held); }
         world provider { export a; }
         world second { export b; }
         world app { import a; import t; import b; export run: func(); }",
        "run",
    ),
    (
        "interface a { f: func(); }
         world provider { record tag { x: u32 } export a; import log: func(o: tag); }
         world second { record tag { x: u32 } export log: func(o: tag); }
         world app { import a; export run: func(); }",
        "run",
    ),
];

#[test]
fn types_may_be_shared_in_any_way() {
    let mut failures = String::new();
    for (index, (wit, exported)) in SHAPES.into_iter().enumerate() {
        let wit = format!("package t:t; {wit}");
        let scratch = Scratch::new();
        let mut manifest = "[project]\nname = \"t\"\nversion = \"0.1.0\"\n".to_owned();
        for world in ["app", "provider", "second"] {
            if wit.contains(&format!("world {world} ")) {
                let file = scratch.path().join(format!("{world}.wasm"));
                fs::write(file, dummy(&wit, world)).unwrap();
                writeln!(
                    manifest,
                    "[[component]]\nname = \"{world}\"\npath = \"{world}.wasm\""
                )
                .unwrap();
            }
        }
        scratch.write("run.toml", &manifest);
        let outcome = scratch.run(&["build", "--compose", "app"]);
        if outcome.code != Some(0) {
            writeln!(failures, "=== {index}\n{wit}\n{outcome}").unwrap();
            continue;
        }
        let composed = scratch.read("target/wasm/app.composed.wasm");
        let (imports, exports) = outside(&composed);
        // A type that a world names by itself is no one's to provide.
        if imports.iter().any(|name| name.contains(':')) || !exports.contains(&exported.to_owned())
        {
            writeln!(failures, "=== {index}\n{wit}\n{imports:?} {exports:?}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The names of a component's imports and exports.
fn outside(component: &[u8]) -> (Vec<String>, Vec<String>) {
    let Ok(wit_component::DecodedWasm::Component(resolve, world)) =
        wit_component::decode(component)
    else {
        panic!("it is a component");
    };
    let world = &resolve.worlds[world];
    let names = |items: &mut dyn Iterator<Item = &wit_parser::WorldKey>| -> Vec<String> {
        items.map(|key| resolve.name_world_key(key)).collect()
    };
    (
        names(&mut world.imports.keys()),
        names(&mut world.exports.keys()),
    )
}
