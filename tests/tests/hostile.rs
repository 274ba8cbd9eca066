//! Plugins that misbehave: each ends in a clear error that names it, and
//! nothing outside its own directories has changed ([`Arena`] looks).

mod odd;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use run_plugins::CallError;
use run_tests::command::examples;
use run_tests::hostile::{Arena, fixture};

/// Whose turn it is: until the host has ended a bomb there may be no thread left
/// for the tests beside it, so that one runs alone.
enum Turn {
    Alone(#[allow(dead_code)] RwLockWriteGuard<'static, ()>),
    Shared(#[allow(dead_code)] RwLockReadGuard<'static, ()>),
}

static TURN: RwLock<()> = RwLock::new(());

impl Turn {
    fn of(fixture: &str) -> Self {
        if fixture == "fork_bomb" {
            Self::Alone(TURN.write().unwrap_or_else(PoisonError::into_inner))
        } else {
            Self::Shared(TURN.read().unwrap_or_else(PoisonError::into_inner))
        }
    }
}

macro_rules! fixtures {
    ($($(#[$meta:meta])* $name:ident($arena:ident) $body:block)*) => {
        $($(#[$meta])* #[test] fn $name() {
            let _turn = Turn::of(stringify!($name));
            #[allow(unused_mut)]
            let mut $arena = Arena::new();
            $body
        })*

        /// A fixture without a test would prove nothing.
        #[test]
        fn every_fixture_has_its_test() {
            let tested: BTreeSet<String> = [$(stringify!($name)),*].map(str::to_owned).into();
            let plugins = run_tests::command::workspace().join("tests/hostile/plugins");
            let there: BTreeSet<String> = std::fs::read_dir(plugins)
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().display().to_string())
                // A whole provider, which tests/deploy.rs drives through the command.
                .filter(|name| name != "cloud")
                .collect();
            assert_eq!(tested, there);
        }
    };
}

/// The call was stopped by the host because of a rule; the error names the
/// plugin.
#[track_caller]
fn violation<T: std::fmt::Debug>(outcome: Result<T, CallError>, expected: &str) {
    let error = outcome.expect_err("it is stopped");
    assert!(matches!(error, CallError::Violation { .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("the plugin `hostile` was stopped: "),
        "{text}"
    );
    assert!(text.contains(expected), "{text}");
}

/// The call came back, and the plugin tells what it saw.
#[track_caller]
fn told<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> String {
    match outcome.expect_err("it fails") {
        CallError::Failed {
            plugin, message, ..
        } => {
            assert_eq!(plugin, "hostile");
            message
        }
        other => panic!("{other:?}"),
    }
}

/// Builds with a plugin that initialises a component which looks at its files.
fn initialized(arena: &Arena, text: &str) -> Result<run_plugins::api::Built, CallError> {
    static COMPONENTS: OnceLock<PathBuf> = OnceLock::new();
    let components = COMPONENTS.get_or_init(|| examples("run-linked-components"));
    let project = arena.path("project");
    let component = project.join("component.wasm");
    std::fs::copy(components.join("remembering.wasm"), component).unwrap();
    std::fs::create_dir_all(project.join("data")).unwrap();
    for (name, content) in [("b", "bb"), ("text", text), ("a", "a")] {
        std::fs::write(project.join("data").join(name), content).unwrap();
    }
    arena.build(fixture("initializes"))
}

fixtures! {
    writes_outside(arena) {
        assert_eq!(told(arena.build(fixture("writes_outside"))), "written: []");
    }

    symlink_artifact(arena) {
        arena.target = arena.path("home/secret").display().to_string();
        violation(arena.build(fixture("symlink_artifact")), "is not a regular file");
    }

    hard_link_artifact(arena) {
        violation(arena.build(fixture("hard_link_artifact")), "is a hard link");
    }

    absolute_artifact(arena) {
        violation(arena.build(fixture("absolute_artifact")), "`/etc/passwd` as an artifact, which is not below /out");
    }

    climbing_artifact(arena) {
        violation(arena.build(fixture("climbing_artifact")), "is not below /out");
    }

    directory_artifact(arena) {
        violation(arena.build(fixture("directory_artifact")), "is not a regular file");
    }

    undeclared_tool(arena) {
        violation(arena.build(fixture("undeclared_tool")), "it ran `curl`, which its manifest does not declare");
    }

    undeclared_arguments(arena) {
        violation(arena.build(fixture("undeclared_arguments")), "it ran `sh -i`, and its manifest declares no such command");
    }

    denied_flag(arena) {
        violation(arena.build(fixture("denied_flag")), "it passed `-x` to `sh`, and its manifest denies `-x`");
    }

    undeclared_variable(arena) {
        violation(arena.build(fixture("undeclared_variable")), "it set the variable `LD_PRELOAD`");
    }

    infinite_loop(arena) {
        violation(arena.build(fixture("infinite_loop")), "it ran for more than 2 s");
    }

    sleeper(arena) {
        violation(arena.build(fixture("sleeper")), "it ran for more than 2 s");
    }

    snapshots(arena) {
        arena.limits.initializer = Duration::from_millis(200);
        arena.target = "/etc/passwd".to_owned();
        for (name, text) in odd::COMPONENTS {
            let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            std::fs::write(arena.path(&format!("project/{name}.wasm")), bytes).unwrap();
        }
        std::fs::write(arena.path("project/text.wasm"), "not a component").unwrap();
        std::os::unix::fs::symlink(arena.path("home/secret"), arena.path("project/link")).unwrap();
        let said = told(arena.build(fixture("snapshots")));
        for (request, expected) in odd::SAID {
            let answer = said.lines().find_map(|line| line.strip_prefix(&format!("{request}: ")));
            assert!(answer.is_some_and(|answer| answer.contains(expected)), "{request}, {expected}: {said}");
        }
    }

    initializes(arena) {
        let built = initialized(&arena, "kept").expect("it is built");
        let bytes = std::fs::read(&built.artifacts[0].path).unwrap();
        // In another directory, at another time, made in another order.
        let other = Arena::new();
        let again = initialized(&other, "kept").expect("it is built");
        assert!(bytes == std::fs::read(&again.artifacts[0].path).unwrap(), "other bytes");
        let scratch = run_tests::Scratch::new();
        std::fs::write(scratch.path().join("seen.wasm"), bytes).unwrap();
        // What it imports besides WASI is there again when it runs.
        let counters = examples("run-linked-components").join("counters.wasm");
        std::fs::copy(counters, scratch.path().join("counters.wasm")).unwrap();
        let seen = ["exec", "seen.wasm", "--with", "counters.wasm", "--function", "seen"];
        let seen = scratch.run(&seen).success();
        let expected = "kept Ok(\\\"kept\\\") 0 true [";
        assert!(seen.stdout.contains(expected), "{seen}");
        let files = "] /data/a 1 0, /data/b 2 0, /data/text 4 0";
        assert!(seen.stdout.contains(files), "{seen}");
        assert_eq!(told(initialized(&arena, "fail")), "told to fail");
        let called = told(initialized(&arena, "call"));
        assert!(called.contains("nothing provides at build time"), "{called}");
    }

    memory_balloon(arena) {
        violation(arena.build(fixture("memory_balloon")), "it wanted more than 64 MiB of memory");
    }

    fork_bomb(arena) {
        violation(arena.build(fixture("fork_bomb")), "its child `sh` had more than 64 processes");
    }

    outliving_child(arena) {
        assert_eq!(told(arena.build(fixture("outliving_child"))), "the child has ended");
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!arena.cache().join("home/alive").exists(), "a child outlived its call");
    }

    child_writes_outside(arena) {
        arena.target = arena.path("home/secret").display().to_string();
        let printed = told(arena.build(fixture("child_writes_outside")));
        assert!(printed.contains("Permission denied") && !printed.contains("written"), "{printed}");
    }

    child_reads_outside(arena) {
        arena.target = arena.path("home/secret").display().to_string();
        let printed = told(arena.build(fixture("child_reads_outside")));
        assert!(printed.contains("Permission denied") && !printed.contains("hunter2"), "{printed}");
    }

    child_reads_environment(arena) {
        let printed = told(arena.build(fixture("child_reads_environment")));
        let names: BTreeSet<&str> =
            printed.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        let given = ["HOME", "LC_ALL", "PATH", "PWD", "SHLVL", "SOURCE_DATE_EPOCH", "TMPDIR", "TZ", "_"];
        let others: Vec<_> = names.iter().filter(|name| !given.contains(*name)).collect();
        assert!(others.is_empty(), "{others:?} in {printed}");
        assert!(printed.contains("Permission denied"), "the host's own environment: {printed}");
    }

    child_uses_network(arena) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        arena.target = listener.local_addr().unwrap().port().to_string();
        let printed = told(arena.build(fixture("child_uses_network")));
        assert!(printed.contains("Network is down") && printed.contains("stdout: \"\""), "{printed}");
        assert!(listener.accept().is_err(), "a connection arrived");
    }

    child_signals_host(arena) {
        arena.target = std::process::id().to_string();
        let printed = told(arena.build(fixture("child_signals_host")));
        assert!(!printed.contains("allowed"), "{printed}");
    }

    endless_log(arena) {
        violation(arena.build(fixture("endless_log")), "it reported more than 1 MiB");
    }

    endless_output(arena) {
        violation(arena.build(fixture("endless_output")), "it reported more than 1 MiB");
    }

    endless_child_output(arena) {
        violation(arena.build(fixture("endless_child_output")), "its child `sh` printed more than 8 MiB");
    }

    diagnostic_flood(arena) {
        violation(arena.build(fixture("diagnostic_flood")), "it reported more than 1 MiB");
    }

    panics(arena) {
        let error = arena.build(fixture("panics")).unwrap_err();
        assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
        assert!(error.to_string().starts_with("the plugin `hostile` crashed: "), "{error}");
    }

    ignores_cancel(arena) {
        arena.limits.guest_time = Duration::from_secs(60);
        let cancel = arena.cancel.clone();
        let asker = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            cancel.cancel();
            Instant::now()
        });
        let error = arena.build(fixture("ignores_cancel")).unwrap_err();
        assert!(matches!(error, CallError::Cancelled), "{error:?}");
        let asked = asker.join().unwrap();
        assert!(asked.elapsed() < arena.limits.guest_time / 2, "it was let go on");
    }

    undeclared_host(arena) {
        violation(arena.plan(fixture("undeclared_host")), "its manifest does not declare `undeclared.invalid`");
    }

    write_in_plan(arena) {
        violation(arena.plan(fixture("write_in_plan")), "in a step that may only read");
    }

    plain_http(arena) {
        violation(arena.plan(fixture("plain_http")), "only https is allowed");
    }

    own_credentials(arena) {
        violation(arena.plan(fixture("own_credentials")), "it set the header `authorization`");
    }
}

const MANIFEST: &str = include_str!("../hostile/builder.toml");

/// A component with this body and these manifests in a core module of it, as a
/// compiler would leave them.
fn component(manifests: &[&str], body: &str) -> Vec<u8> {
    let sections: String = manifests
        .iter()
        .map(|manifest| format!("(@custom \"run:manifest\" {manifest:?})"))
        .collect();
    wat::parse_str(format!("(component (core module {sections}) {body})")).unwrap()
}

const BUILDER: &str = r#"(instance $i) (export "run:plugin/builder@0.1.0" (instance $i))"#;

#[track_caller]
fn refused(bytes: Vec<u8>, expected: &str) {
    let text = Arena::new().refusal(bytes);
    assert!(
        text.starts_with("the plugin `hostile` cannot be used: "),
        "{text}"
    );
    assert!(text.contains(expected), "`{expected}` is not in `{text}`");
}

#[test]
fn bytes_that_are_no_plugin_are_refused_before_anything_runs() {
    let whole = fixture("panics");
    for cut in [0, 4, 7, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        refused(whole[..cut].to_vec(), "not a whole component");
    }
    refused(
        wat::parse_str("(module)").unwrap(),
        "it is a core module, not a component",
    );
    refused(b"#!/bin/sh\n".to_vec(), "not a whole component");
    refused(component(&[], BUILDER), "it carries no manifest");
    refused(
        component(&[MANIFEST, MANIFEST], BUILDER),
        "it carries more than one manifest",
    );
    refused(component(&[MANIFEST], ""), "exports neither");
}

#[test]
fn a_manifest_that_lies_is_refused() {
    let provider = MANIFEST.replace("language-builder", "deploy-provider");
    let mut stripped = provider[..provider.find("[[language]]").unwrap()].to_owned();
    refused(
        component(&[&stripped], BUILDER),
        "says it is a deploy-provider, and it exports a language-builder",
    );
    stripped.push_str("[[tool]]\nid = \"sh\"\nprogram = \"sh\"\nwhy = \"\"\n");
    refused(
        component(&[&stripped], BUILDER),
        "a deploy-provider cannot have a `[[tool]]`",
    );
    let unknown = format!("{MANIFEST}\nsurprise = true\n");
    refused(component(&[&unknown], BUILDER), "unknown field `surprise`");
    for key in ["LD_PRELOAD", "LD_*", "PATH", "HOME", "*"] {
        let reserved = MANIFEST.replace("HOSTILE_*", key);
        refused(
            component(&[&reserved], BUILDER),
            "cannot be an environment key",
        );
    }
}

#[test]
fn another_contract_is_refused_with_the_versions_there_are() {
    for version in ["0.2.0", "1.0.0", "9.9.9"] {
        let body = BUILDER.replace("0.1.0", version);
        refused(
            component(&[MANIFEST], &body),
            &format!("built for version {version} of the contract, and this `run` has 0.1"),
        );
    }
    let both = format!("{BUILDER} (export \"run:plugin/provider@0.1.0\" (instance $i))");
    refused(component(&[MANIFEST], &both), "more than one world");
}

#[test]
fn imports_that_are_not_given_are_refused_by_name() {
    for import in [
        "wasi:http/outgoing-handler@0.2.12",
        "wasi:keyvalue/store@0.2.0",
        "run:plugin/credentials@0.1.0",
        "acme:backdoor/shell@1.0.0",
    ] {
        let body = format!("(import \"{import}\" (instance)) {BUILDER}");
        refused(
            component(&[MANIFEST], &body),
            &format!("what a language-builder is not given: {import}"),
        );
    }
    let manifest = include_str!("../hostile/provider.toml");
    let body = "(import \"run:plugin/process@0.1.0\" (instance)) (instance $i)
        (export \"run:plugin/provider@0.1.0\" (instance $i))";
    refused(
        component(&[manifest], body),
        "what a deploy-provider is not given: run:plugin/process@0.1.0",
    );
}
