//! Values of every type in and out of a real component, `tests/values`.

use run_tests::command::workspace;
use run_tests::{Outcome, Scratch, guest, run};
use serde_json::Value;

fn call(function: &str, args: &[&str]) -> Outcome {
    let mut arguments = vec!["exec", "guest.wasm", "--function", function];
    for arg in args {
        arguments.extend(["--args", arg]);
    }
    let directory = Scratch::new();
    std::os::unix::fs::symlink(guest::values(), directory.path().join("guest.wasm")).unwrap();
    run(directory.path(), &arguments)
}

/// What `exec` printed as the value, as text: numbers must not lose digits.
#[track_caller]
fn value(outcome: Outcome) -> String {
    let outcome = outcome.success();
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    document["return_value"].to_string()
}

/// The function of `echo` that gives back a value of `ty`.
fn echo_of(ty: &str, info: &Value) -> String {
    let interface = info["exports"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["name"] == "test:values/echo@0.1.0")
        .unwrap();
    let function = interface["functions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["params"][0]["type"] == ty && f["params"][1].is_null() && f["result"] == ty)
        .unwrap_or_else(|| panic!("no function echoes `{ty}`"));
    format!("echo#{}", function["name"].as_str().unwrap())
}

#[test]
fn the_documented_table_is_what_happens() {
    let path = guest::values().to_str().unwrap();
    let outcome = run(workspace(), &["info", path, "--json"]).success();
    let info: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let text = std::fs::read_to_string(workspace().join("docs/values.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix("` |"))
        .map(|line| line.split("` | `").collect())
        .collect();
    assert!(rows.len() > 40, "the table is there");
    for row in rows {
        let [ty, typed, wave, expected] = row[..] else {
            panic!("a row of four columns: {row:?}");
        };
        let function = echo_of(ty, &info);
        for argument in [typed, wave] {
            let outcome = call(&function, &[argument]).success();
            let start = format!("{{\"exit_code\":0,\"return_value\":{expected}}}\n");
            assert_eq!(outcome.stdout, start, "{function} {argument}");
        }
    }
}

#[test]
fn several_values_in_one_text_or_one_each() {
    let ones = ["1"; 17].join(",");
    let each = ["s32:1"; 17];
    for (function, args, expected) in [
        ("sum", &[ones.as_str()][..], "17"),
        ("sum", &each, "17"),
        ("add-two", &["s32:3,s32:4"], "7"),
        ("add-two", &["s32:3", "4"], "7"),
        ("join", &["string:a, b,u8:2,some(\"-\")"], "\"a, b-a, b\""),
        ("join", &["a,b", "2", "none"], "\"a,ba,b\""),
        // An option at the end may be left out.
        ("join", &["\"x,y\",2"], "\"x,yx,y\""),
        ("nothing", &[], "null"),
        (
            "a-function-with-a-name-so-long-that-no-table-has-a-column-wide-enough-for-all-of-it",
            &[],
            "1",
        ),
    ] {
        assert_eq!(value(call(function, args)), expected, "{function} {args:?}");
    }
}

#[test]
fn functions_are_named_with_and_without_their_interface() {
    for name in [
        "echo.echo-s32",
        "other#echo-s32",
        "test:values/other#echo-s32",
        "test:values/other@0.1.0#echo-s32",
        "test:values/echo.echo-s32",
        "other@0.1.0.echo-s32",
    ] {
        assert_eq!(value(call(name, &["5"])), "5", "{name}");
    }
    call("echo-s32", &["5"]).failure().says(&[
        "exports several functions `echo-s32`",
        "name the interface as well",
        "test:values/other@0.1.0#echo-s32: func(v: s32) -> s32",
    ]);
    for wrong in ["addTwo", "add_two", "AddTwo", "other#addTwo", "add-tow"] {
        let outcome = call(wrong, &["1"]).failure().says(&[
            "did you mean `add-two`?",
            "test:values/other@0.1.0#add-two: func(a: s32, b: s32) -> s32",
            "and 36 more",
        ]);
        // Nearest first.
        let list = outcome.stderr.split("it exports").nth(1).unwrap();
        let first = list.trim_start().lines().next().unwrap();
        assert!(first.contains("#add-two:"), "{wrong}: {list}");
    }
    call("other@0.2.0#echo-s32", &["5"]).failure();
}

#[test]
fn what_does_not_fit_is_pointed_at() {
    for (function, args, expected) in [
        (
            "echo-point",
            r#"{"x": 1, "y": 2}"#,
            &[
                "is not a `point`",
                "field names stand without quotes",
                "with point: record { x: s32, y: s32 }",
            ][..],
        ),
        (
            "echo-point",
            "{x: 1}",
            &["the field `y: s32` is missing", "for example: {x: 1, y: 1}"],
        ),
        (
            "echo-point",
            "{x: 1, y: 2, z: 3}",
            &["there is no field `z`"],
        ),
        (
            "echo-point",
            "pont:{x: 1, y: 2}",
            &["it is `point`, and there is no type `pont`, did you mean `point`?"],
        ),
        (
            "echo-point",
            "user:{x: 1, y: 2}",
            &["it is `point`, and `user` was given"],
        ),
        (
            "echo-user",
            "{name: \"a\", age: 256, tags: [], home: {x: 1, y: 2}}",
            &["`age`: `256` is out of range for `u8`"],
        ),
        (
            "echo-user",
            "{name: \"a\", tags: [\"a\", 2], home: {x: 1, y: 2}}",
            &["`tags[1]`: `2` is not a `string`"],
        ),
        (
            "echo-color",
            "blue",
            &["there is no case `blue`", "`deep-blue`"],
        ),
        ("echo-color", "greem", &["did you mean `green`?"]),
        (
            "echo-shape",
            "circle",
            &["`circle` needs a value: `circle(f64)`"],
        ),
        ("echo-shape", "nothing(1)", &["`nothing` takes no value"]),
        ("echo-access", "[read]", &["flags are written `{a, b}`"]),
        ("echo-access", "{delete}", &["there is no flag `delete`"]),
        (
            "echo-option",
            "null",
            &["an option without a value is `none`"],
        ),
        ("echo-tuple", "(1)", &["does not hold 1 values"]),
        ("echo-grid", "[[1], [x]]", &["`[1][0]`: `x` is not a `s32`"]),
        (
            "echo-bytes",
            "list<s8>:[1]",
            &["it is `list<u8>`, and `list<s8>` was given"],
        ),
        ("echo-f32", "1e99", &["`1e99` is out of range for `f32`"]),
        ("echo-strings", "[\"a\"", &["it ends too early"]),
        ("echo-result", "ok", &["`ok` needs a value: `ok(s32)`"]),
        ("join", "a", &["`join` takes 3 arguments, 1 given"]),
        ("nothing", "1", &["`nothing` takes 0 arguments, 1 given"]),
    ] {
        let outcome = call(function, &[args]).failure().says(expected);
        assert!(
            outcome.stderr.contains("the function is `test:values/echo"),
            "{outcome}"
        );
    }
}

#[test]
fn hostile_arguments_are_errors() {
    // The system takes no argument longer than this.
    for open in ["[", "(", "{x:", "some(", "list<", "counter(", "\"", ","] {
        for function in ["echo-grid", "echo-user", "echo-nested", "total"] {
            let argument = open.repeat(100_000 / open.len());
            call(function, &[&argument]).failure();
        }
    }
}

#[test]
fn resources_are_made_lent_given_and_dropped() {
    for (function, args, expected, dropped) in [
        ("counter.increment", "counter(5), 2", "7", "dropped 7\n"),
        (
            "[method]counter.increment",
            "counter:counter(5), 2",
            "7",
            "dropped 7\n",
        ),
        (
            "counters#counter.value",
            "counter.zero()",
            "0",
            "dropped 0\n",
        ),
        (
            "total",
            "make(2), counter.parse(\"3\")",
            "5",
            "dropped 2\ndropped 3\n",
        ),
        // Taken by the function, which drops it itself, once.
        ("consume", "counter(9)", "9", "dropped 9\n"),
        ("consume", "own<counter>:counter(u32:9)", "9", "dropped 9\n"),
        (
            "consume",
            "counter.sum-of(counter(1), counter.sum-of(make(2), counter(3)))",
            "6",
            "dropped 1\ndropped 2\ndropped 3\ndropped 5\ndropped 6\n",
        ),
        (
            "label",
            "counter(1), \"a, b\", (2, 3)",
            "\"a, b=1 at 2,3\"",
            "dropped 1\n",
        ),
        // Inside other values.
        (
            "sum-all",
            "[counter(1), counter.zero(), counter.sum-of(make(2), counter(3))]",
            "6",
            "dropped 0\ndropped 1\ndropped 2\ndropped 3\ndropped 5\n",
        ),
        (
            "sum-all",
            "list<borrow<counter>>:[counter(u32:4)]",
            "4",
            "dropped 4\n",
        ),
        ("sum-all", "[]", "0", ""),
        (
            "keep",
            "{counter: counter(1), name: \"counter(7)\"}, some(make(2))",
            "\"counter(7)=1,2\"",
            "dropped 1\ndropped 2\n",
        ),
        (
            "keep",
            "kept:{name: \"a\", counter: counter.parse(\"5\")}",
            "\"a=5\"",
            "dropped 5\n",
        ),
        // Returned ones are dropped, and show as null.
        ("make", "3", "null", "dropped 3\n"),
        ("counter", "4", "null", "dropped 4\n"),
        ("counter.parse", "5", "{\"ok\":null}", "dropped 5\n"),
        (
            "counter.parse",
            "x",
            "{\"err\":\"x: invalid digit found in string\"}",
            "",
        ),
    ] {
        let outcome = call(function, &[args]).success();
        let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(
            document["return_value"].to_string(),
            expected,
            "{function} {args}"
        );
        let mut lines: Vec<_> = document["stdout"]
            .as_str()
            .unwrap_or_default()
            .lines()
            .collect();
        lines.sort_unstable();
        let wanted: Vec<_> = dropped.lines().collect();
        assert_eq!(lines, wanted, "{function} {args}");
    }
}

#[test]
fn what_is_no_resource_is_told_how_to_make_one() {
    for (function, args, expected) in [
        (
            "total",
            "5, counter(1)",
            &[
                "`5` is not a resource",
                "a `counter` is made by a call: `counter(1)`",
            ][..],
        ),
        (
            "total",
            "nothing(), counter(1)",
            &["no one function `nothing` makes it"],
        ),
        (
            "consume",
            "counter(-1)",
            &["argument `start`: `-1` is out of range for `u32`"],
        ),
        (
            "consume",
            "counter()",
            &["`counter` takes 1 argument, 0 given"],
        ),
        (
            "sum-all",
            "[counter(1), 5]",
            &[
                "argument `all`: `[1]`: `5` is not a resource",
                "a call makes one: `counter(1)`, `counter.zero()`",
            ],
        ),
        (
            "sum-all",
            "[counter(1), counter(-1)]",
            &["`-1` is out of range for `u32`"],
        ),
        (
            "keep",
            "{name: counter(1), counter: counter(1)}",
            &["`name`", "counter(1)", "string"],
        ),
        (
            "consume",
            "counter.parse(\"x\")",
            &[
                "counter.parse` trapped",
                "it returned the error",
                "invalid digit",
            ],
        ),
        (
            "counter.value",
            "",
            &["takes 1 argument, 0 given", "for example: counter(1)"],
        ),
    ] {
        call(function, &[args]).failure().says(expected);
    }
}

#[test]
fn tests_of_run_toml_write_values_the_same_way() {
    let scratch = Scratch::new();
    std::fs::copy(guest::values(), scratch.path().join("guest.wasm")).unwrap();
    scratch.write(
        "run.toml",
        r#"
        [project]
        name = "values"
        version = "0.1.0"
        [[component]]
        name = "guest"
        path = "guest.wasm"
        [[test]]
        component = "guest"
        function = "echo-point"
        args = ["point:{x: 1, y: 2}"]
        expected = "point:{x: 1, y: 2}"
        [[test]]
        component = "guest"
        function = "counter.increment"
        args = ["counter(1)", "2"]
        expected = "u32:3"
        [[test]]
        component = "guest"
        function = "echo-color"
        args = ["red"]
        expected = "green"
        "#,
    );
    let outcome = scratch.run(&["test"]).failure();
    for line in [
        "  PASS echo-point (echo-point(point:{x: 1, y: 2}) → {x: 1, y: 2})",
        "  PASS counter.increment (counter.increment(counter(1), 2) → u32:3)",
        "  FAIL echo-color - expected green, got red",
        "Results: 2 passed, 1 failed",
    ] {
        assert!(outcome.stdout.contains(line), "{line}\n{outcome}");
    }
}
