//! JavaScript and TypeScript: with nothing installed, and through jco.

use run_tests::command::command;
use run_tests::{Outcome, Scratch, Tools, User, greeter, tools};

/// `run v2` where no program of any kind is to be found.
fn bare(scratch: &Scratch, arguments: &[&str]) -> Outcome {
    let nowhere = scratch.path().join("nowhere");
    Outcome::of(command(scratch.path()).env("PATH", nowhere).args(arguments))
}

/// A project of one component.
fn project(component: &str, files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::with(files);
    scratch.write(
        "run.toml",
        &format!("[project]\nname = \"app\"\nversion = \"0.1.0\"\n\n[[component]]\nname = \"app\"\n{component}"),
    );
    scratch
}

const GREETER: &str = include_str!("../toolchains/wit/greeter.wit");

/// The typed sample of tests/toolchains.
fn typed() -> Scratch {
    let source = include_str!("../toolchains/typescript/greeter/app.ts");
    let component = "source = \"app.ts\"\nwit = \"wit\"\n";
    let files = [("app.ts", source), ("wit/greeter.wit", GREETER)];
    project(component, &files)
}

fn returns(scratch: &Scratch, function: &str, argument: &str, expected: &str) {
    let arguments = ["exec", "app", "--function", function, "--args", argument];
    let printed = bare(scratch, &arguments).success().stdout;
    assert!(printed.contains(expected), "{expected}: {printed}");
}

#[test]
fn an_edit_is_built_and_the_same_source_is_the_same_bytes_anywhere() {
    let build = ["build", "--release", "--reproducible"];
    let (first, second) = (typed(), typed());
    let source = String::from_utf8(first.read("app.ts")).unwrap();
    // Its memory holds what the clock and the dice were while it was built.
    let source = format!("{source}\n(globalThis as any).born = [Date.now(), Math.random()];\n");
    for scratch in [&first, &second] {
        scratch.write("app.ts", &source);
    }
    bare(&first, &build).success();
    let another = User::new();
    another.run(&second, &Tools::default(), &build).success();
    let bytes = first.read("target/wasm/app.wasm");
    assert!(bytes.len() <= 1_700_000, "{} bytes", bytes.len());
    let again = bare(&first, &build).success();
    assert!(again.stderr.contains("Fresh app"), "{again}");
    assert!(
        bytes == second.read("target/wasm/app.wasm"),
        "two directories, users and clocks"
    );
    first.write("app.ts", &source.replace("Hello", "Goodbye"));
    bare(&first, &build).success();
    returns(&first, "greet", "string:you", "Goodbye, you");
    first.write("app.ts", &source);
    bare(&first, &build).success();
    assert!(
        bytes == first.read("target/wasm/app.wasm"),
        "there and back"
    );
}

#[test]
fn a_plain_script_is_a_command() {
    let scratch = project(
        "source = \"main.ts\"\ncapabilities = [\"stdout\"]\n",
        &[(
            "main.ts",
            "const [, , ...words]: string[] = process.argv;\n\
             console.log(\"Hello,\", words.join(\" \"), { n: [1, \"a\"], m: new Map([[1, 2]]) });\n\
             console.error(\"to stderr\");\n\
             if (words[0] === \"fail\") process.exit(3);\n\
             if (words[0] === \"throw\") { throw new Error(\"on purpose\"); }\n",
        )],
    );
    bare(&scratch, &["build"]).success();
    let run = |words: &[&str]| bare(&scratch, &[&["exec", "app", "--"], words].concat());
    let outcome = run(&["a", "\u{20ac}"]).success();
    let expected = "Hello, a \u{20ac} { n: [ 1, \"a\" ], m: Map(1) { 1 => 2 } }\n";
    assert_eq!(outcome.stdout, expected);
    assert!(outcome.stderr.contains("to stderr"), "{outcome}");
    run(&["fail"]).failure();
    let thrown = run(&["throw"]).failure();
    assert!(thrown.stderr.contains("Error: on purpose"), "{thrown}");
    assert!(
        thrown.stderr.contains("main.ts:5"),
        "the user's own line: {thrown}"
    );
}

#[test]
fn imports_of_the_world_and_of_files_and_packages() {
    let scratch = project(
        "source = \"src/app.js\"\nwit = \"wit\"\nworld = \"app\"\n",
        &[
            (
                "wit/app.wit",
                "package acme:app@1.0.0;
                 interface math { record point { x: s32, y: s32 } add: func(a: point, b: point) -> point; }
                 interface numbers { sum: func(of: list<s32>) -> s32; describe: func(x: s32) -> string; }
                 world app { import math; export numbers; }
                 world maths { export math; }",
            ),
            (
                "src/app.js",
                "import { add } from \"acme:app/math\";
                 import math from \"acme:app/math@1.0.0\";
                 import { shout, count } from \"./lib/shout.ts\";
                 import data, { unit } from \"../data.json\";
                 import classic from \"classic\";
                 import { deep } from \"modern/deep\";
                 export * from \"./numbers.js\";
                 export const numbers = {
                   sum: (list) => list.reduce((a, b) => add({ x: a, y: 0 }, { x: b, y: 0 }).x, 0),
                   describe(x) {
                     count();
                     return [shout(String(x)), data.unit, unit, classic(1), deep, typeof math.add, count()].join(\" \");
                   },
                 };",
            ),
            (
                "src/lib/shout.ts",
                "enum Mark { Bang = \"!\" }
                 let n = 0;
                 export function shout(text: string): string { return text + Mark.Bang; }
                 export const count = (): number => ++n;",
            ),
            ("src/numbers.js", "export const other = 1;"),
            ("data.json", "{\"unit\":\"km\"}"),
            ("node_modules/classic/package.json", "{\"main\":\"index.js\"}"),
            (
                "node_modules/classic/index.js",
                "const { twice } = require(\"./twice\");\nmodule.exports = (x) => twice(x);",
            ),
            ("node_modules/classic/twice.js", "exports.twice = (x) => 2 * x;"),
            (
                "node_modules/modern/package.json",
                "{\"type\":\"module\",\"exports\":{\"./deep\":{\"import\":\"./deep.mjs\",\"require\":\"./no.js\"}}}",
            ),
            ("node_modules/modern/deep.mjs", "export const deep = \"deep\";"),
            ("maths.js", "export const math = { add: (a, b) => ({ x: a.x + b.x, y: a.y + b.y }) };"),
        ],
    );
    let manifest = String::from_utf8(scratch.read("run.toml")).unwrap();
    scratch.write(
        "run.toml",
        &format!("{manifest}\n[[component]]\nname = \"maths\"\nsource = \"maths.js\"\nwit = \"wit\"\nworld = \"maths\"\n"),
    );
    bare(&scratch, &["build"]).success();
    returns(&scratch, "sum", "[1,2,39]", "42");
    returns(&scratch, "describe", "s32:7", "7! km km 2 deep function 2");
    // A file of a package is an input as any other.
    scratch.write(
        "node_modules/classic/twice.js",
        "exports.twice = (x) => 20 * x;",
    );
    bare(&scratch, &["build"]).success();
    returns(&scratch, "describe", "s32:7", "7! km km 20 deep function 2");
}

#[test]
fn integers_of_64_bits_are_exact_wherever_they_are() {
    let scratch = project(
        "source = \"app.ts\"\nwit = \"world.wit\"\nworld = \"app\"\n
         [[component]]\nname = \"provider\"\nsource = \"provider.js\"\nwit = \"world.wit\"\nworld = \"provides\"\n",
        &[
            ("world.wit", include_str!("../wide/world.wit")),
            ("app.ts", include_str!("../wide/app.ts")),
            ("provider.js", include_str!("../wide/provider.js")),
        ],
    );
    bare(&scratch, &["build"]).success();
    let (x, above, twice) = ("9007199254740993", "9007199254740994", "18014398509481987");
    let seen = [x, x, above, twice, above, "1", x, x].join(", ");
    returns(&scratch, "exact", x, &format!("[{seen}]"));
    returns(
        &scratch,
        "negative",
        "-4611686018427387904",
        "-4611686018427387905",
    );
    let said = format!("bigint {x} 2 after it 18014398509481986");
    returns(&scratch, "described", x, &said);
    let all = "18446744073709551615";
    returns(&scratch, "flat", &format!("some(some({all}))"), all);
    returns(&scratch, "flat", "some(none)", "null");
}

#[test]
fn errors_are_shown_where_they_are() {
    let refused = |source: &str, expected: &[&str]| {
        let scratch = project(
            "source = \"src/app.ts\"\nwit = \"wit\"\n",
            &[("src/app.ts", source), ("wit/greeter.wit", GREETER)],
        );
        bare(&scratch, &["build"]).failure().says(expected);
        assert!(!scratch.has("target/wasm/app.wasm"));
    };
    refused(
        "export const greeter = {\n  greet(name: string) { return name + ; },\n};\n",
        &["Unexpected token", "src/app.ts:2:39"],
    );
    refused(
        "import { x } from \"./nowhere\";\nimport { y } from \"left-pad\";\n\
         import z from \"/etc/hostname\";\nexport const greeter = { x, y, z };\n",
        &[
            "`./nowhere` is not to be found",
            "src/app.ts:1:19",
            // It is on this machine, and no part of the project.
            "`/etc/hostname` is not to be found",
            "src/app.ts:3:15",
            "`left-pad` is not to be found",
            "npm install",
            "3 imports cannot be found",
        ],
    );
    refused(
        "export const greter = {};\n",
        &[
            "interface `demo:greet/greeter@0.1.0` is not exported",
            "export it as `greeter`",
        ],
    );
    refused(
        "function boom(): never {\n  throw new TypeError(\"on purpose\");\n}\n\nexport const greeter = boom();\n",
        &[
            "on purpose",
            "src/app.ts:2:3",
            "runs once, while the component is built",
        ],
    );
    refused(
        "const x = await Promise.resolve(1);\nexport const greeter = { x };\n",
        &[
            "`await` outside a function is not to be had here",
            "src/app.ts:1:11",
        ],
    );
    refused(
        "export const greeter = 1;\nexport const greeter = 2;\n",
        &[
            "Identifier `greeter` has already been declared",
            "src/app.ts",
        ],
    );
}

#[test]
fn a_source_that_needs_the_web_asks_for_the_other_engine() {
    let scratch = project(
        "source = \"app.js\"\nwit = \"wit\"\n",
        &[
            (
                "app.js",
                "export const greeter = { greet: () => new URL(\"http://a\").host };\n",
            ),
            ("wit/greeter.wit", GREETER),
        ],
    );
    bare(&scratch, &["build"]).failure().says(&[
        "needs jco, which was not found",
        "npm install --save-dev @bytecodealliance/jco",
    ]);
    let manifest = String::from_utf8(scratch.read("run.toml")).unwrap();
    scratch.write(
        "run.toml",
        &format!("{manifest}\n[component.settings]\nengine = \"quickjs\"\n"),
    );
    bare(&scratch, &["build"])
        .success()
        .says(&["`URL` is not there in the engine quickjs", "app.js:1:43"]);
}

#[test]
fn templates_build_and_pass_their_tests() {
    // The library in TypeScript is in the README, and run from there.
    for (language, template) in [
        ("javascript", "library"),
        ("javascript", "command"),
        ("typescript", "command"),
    ] {
        greeter::starter_passes(language, template, &tools::of(language));
    }
}
