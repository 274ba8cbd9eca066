//! `info` on components, core modules and WIT.

use run_tests::{Outcome, Scratch, guest, run};
use serde_json::Value;

#[track_caller]
fn has(outcome: Outcome, lines: &[&str]) {
    let outcome = outcome.success();
    for line in lines {
        assert!(
            outcome.stdout.lines().any(|found| found == *line),
            "`{line}` is missing from:\n{outcome}"
        );
    }
}

#[track_caller]
fn json(outcome: Outcome) -> Value {
    serde_json::from_str(&outcome.success().stdout).unwrap()
}

#[test]
fn the_starter_is_described_as_documented() {
    let scratch = Scratch::new();
    scratch.run(&["init", "hello"]).success();
    let outcome = run(
        &scratch.path().join("hello"),
        &["info", "components/hello.wat"],
    )
    .success();
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "Component: components/hello.wat");
    assert_eq!(lines[1], "  Type: component");
    assert!(lines[2].starts_with("  Size: ") && lines[2].ends_with(" bytes"));
    assert!(lines[3].starts_with("  Digest: sha256:"));
    assert_eq!(
        lines[lines.len() - 2..],
        ["  Exports:", "    - greet: func(s32) -> s32"]
    );
}

#[test]
fn a_component_is_told_with_its_types_needs_and_makers() {
    let path = guest::values().to_str().unwrap();
    let scratch = Scratch::new();
    has(
        scratch.run(&["info", path]),
        &[
            "  Type: component",
            "    - test:values/echo@0.1.0",
            "        echo-point: func(point) -> point",
            "        type point: record { x: s32, y: s32 }",
            "        counter.increment: func(borrow<counter>, u32) -> u32",
            "        type counter: resource",
            "  Capabilities it would use:",
            "    - stdout: wasi:cli/stdout@0.2.6",
        ],
    );
    let document = json(scratch.run(&["info", path, "--json"]));
    let languages = &document["metadata"]["producers"]["language"];
    assert_eq!(languages[0]["name"], "Rust", "{languages}");
    let exports = document["exports"].as_array().unwrap();
    let join = exports[0]["functions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|function| function["name"] == "join")
        .unwrap();
    assert_eq!(join["params"][2]["name"], "between");
    assert_eq!(join["params"][2]["type"], "option<string>");
    assert_eq!(join["result"], "string");
    assert!(document["metadata"]["modules"].as_u64().unwrap() > 0);
    assert!(
        document["capabilities"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["capability"] == "env")
    );
}

#[test]
fn wit_text_is_wit_again() {
    let path = guest::values().to_str().unwrap();
    let scratch = Scratch::new();
    let text = scratch.run(&["info", path, "--wit"]).success().stdout;
    assert!(
        text.contains("export test:values/counters@0.1.0;"),
        "{text}"
    );
    assert!(text.contains("increment: func(by: u32) -> u32;"), "{text}");
    scratch.write("again.wit", &text);
    has(
        scratch.run(&["info", "again.wit"]),
        &["  Type: WIT package"],
    );
    let document = json(scratch.run(&["info", path, "--wit", "--json"]));
    assert_eq!(
        document["wit"].as_str().unwrap().trim_end(),
        text.trim_end()
    );
}

#[test]
fn core_modules_are_told_with_core_types() {
    let scratch = Scratch::with(&[(
        "old.wat",
        r#"(module $old
             (import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i64 i32) (result i32)))
             (import "env" "table" (table 1 funcref))
             (memory (export "memory") 1 2)
             (global (export "g") (mut i32) (i32.const 0))
             (func (export "_start"))
             (func (export "two") (param f64) (result i32 i64) unreachable))"#,
    )]);
    has(
        scratch.run(&["info", "old.wat"]),
        &[
            "  Type: core module",
            "    - wasi_snapshot_preview1.clock_time_get: func(i32, i64, i32) -> i32",
            "    - env.table: table 1 funcref",
            "    - memory: memory 1..2",
            "    - g: global mut i32",
            "    - _start: func()",
            "    - two: func(f64) -> (i32, i64)",
            "  Kind: a command of WASI preview 1",
            "    - clock: clock_time_get",
            "  Name: old",
        ],
    );
    let document = json(scratch.run(&["info", "old.wat", "--json"]));
    assert_eq!(document["module"]["command"], true);
    scratch
        .run(&["info", "old.wat", "--wit"])
        .failure()
        .says(&["no `component-type` section says its world"]);
}

#[test]
fn what_others_must_provide_and_what_wit_cannot_say() {
    let scratch = Scratch::with(&[
        (
            "needs.wat",
            r#"(component
                 (import "acme:shop/prices@1.0.0" (instance (export "of" (func (param "item" string) (result u32)))))
                 (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#,
        ),
        // Valid, and what the WIT decoder panics on.
        (
            "odd.wat",
            r#"(component (import "wasi:http/types@1.0.0" (func (param "a" (list u8)) (result string))))"#,
        ),
        (
            "inner.wat",
            "(component (core module $m) (export \"m\" (core module $m)))",
        ),
    ]);
    has(
        scratch.run(&["info", "needs.wat"]),
        &[
            "        of: func(string) -> u32",
            "    - clock: wasi:clocks/wall-clock@0.2.0",
            "  Needs other components for:",
            "    - acme:shop/prices@1.0.0",
        ],
    );
    has(
        scratch.run(&["info", "odd.wat"]),
        &["    - wasi:http/types@1.0.0: func(list<u8>) -> string"],
    );
    scratch
        .run(&["info", "odd.wat", "--wit"])
        .failure()
        .says(&["WIT has no form for"]);
    has(
        scratch.run(&["info", "inner.wat"]),
        &[
            "    - m: core module",
            "  Contains: 1 core module, 0 components",
        ],
    );
}

#[test]
fn wit_packages_are_listed() {
    let files = [(
        "wit/shop.wit",
        "package acme:shop@1.0.0;\ninterface prices { record price { cents: u32 } of: func(item: string) -> price; }\nworld shop { import prices; export run: func() -> u8; }\n",
    )];
    let scratch = Scratch::with(&files);
    for target in ["wit", "wit/shop.wit"] {
        has(
            scratch.run(&["info", target]),
            &[
                "  Type: WIT package",
                "  Package: acme:shop@1.0.0",
                "    - prices",
                "        of: func(string) -> price",
                "        type price: record { cents: u32 }",
                "  World shop:",
                "    import acme:shop/prices@1.0.0",
                "    export run: func() -> u8",
            ],
        );
    }
    let document = json(scratch.run(&["info", "wit", "--json"]));
    assert_eq!(
        document["worlds"][0]["exports"][0]["signature"],
        "func() -> u8"
    );
    scratch.write("broken.wit", "package acme:shop;\ninterface {");
    scratch
        .run(&["info", "broken.wit"])
        .failure()
        .says(&["expected an identifier", "broken.wit:2:11"]);
}

#[test]
fn damaged_files_are_errors() {
    let whole = std::fs::read(guest::values()).unwrap();
    let scratch = Scratch::with(&[("empty.wasm", "")]);
    scratch
        .run(&["info", "empty.wasm"])
        .failure()
        .says(&["the file is empty"]);
    for length in [4, 8, 9, 100, 5000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(scratch.path().join("cut.wasm"), &whole[..length]).unwrap();
        let outcome = scratch.run(&["info", "cut.wasm"]);
        // Eight bytes are a whole component, of nothing.
        assert_eq!(
            outcome.code,
            Some(i32::from(length != 8)),
            "{length}: {outcome}"
        );
    }
    // Some byte of each part of the file turned around.
    for part in 0..40 {
        let mut bytes = whole.clone();
        let at = 8 + part * 61;
        bytes[at] ^= 0xff;
        std::fs::write(scratch.path().join("bad.wasm"), &bytes).unwrap();
        let outcome = scratch.run(&["info", "bad.wasm"]);
        assert!(matches!(outcome.code, Some(0 | 1)), "{at}: {outcome}");
    }
}
