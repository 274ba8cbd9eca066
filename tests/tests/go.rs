//! Go through its plugin, with the real compiler.

use std::fs;
use std::process::Command;

use run_files::Digest;
use run_runtime::engine::Options;
use run_runtime::sandbox::{Limits, Permissions, Stdio};
use run_runtime::{ArtifactCache, Engine, Furnish, Prepared};
use run_tests::command;
use run_tests::{Outcome, Scratch, Tools, User, greeter, tools};

const GREETER: &str = r#"
package greeter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	types "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/demo_greet_greeter"
)

func Greet(name string) string { return "Hello, " + name + ", from Go!" }

func Measure(text string) demo_greet_greeter.Stats {
	return demo_greet_greeter.Stats{Length: uint32(utf8.RuneCountInString(text)), Upper: strings.ToUpper(text)}
}

func Parse(text string) types.Result[uint32, string] {
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return types.Err[uint32, string]("not a number: " + text)
	}
	return types.Ok[uint32, string](uint32(number))
}
"#;

fn run_toml(components: &[&str]) -> String {
    greeter::run_toml("go", components)
}

fn typed() -> Scratch {
    Scratch::with(&[
        (
            "run.toml",
            &run_toml(&["name = \"greeter\"\nsource = \"greeter.go\"\nwit = \"wit\"\n"]),
        ),
        ("go.mod", "module example.com/greeter\n\ngo 1.25\n"),
        ("greeter.go", GREETER),
        ("wit/greeter.wit", greeter::WIT),
    ])
}

fn go() -> Tools {
    tools::of("go")
}

#[test]
fn a_package_implements_a_world_in_whichever_shape_it_has() {
    // One package beside `go.mod`.
    let scratch = typed();
    scratch.run_with(&go(), &["build"]).success();
    let implements = |scratch: &Scratch| greeter::implements(scratch, "Go", "GRÖßE");
    implements(&scratch);
    let nothing = scratch.run_with(&go(), &["build"]).success();
    assert!(nothing.stderr.contains("Fresh greeter"), "{nothing}");

    // A directory for the export, as the generator of the bindings has it.
    let package = GREETER.replace("package greeter", "package export_demo_greet_greeter");
    scratch.write("export_demo_greet_greeter/greeter.go", &package);
    fs::remove_file(scratch.path().join("greeter.go")).unwrap();
    scratch.write(
        "run.toml",
        &run_toml(&["name = \"greeter\"\nsource = \".\"\nwit = \"wit\"\n"]),
    );
    scratch.run_with(&go(), &["build", "--release"]).success();
    implements(&scratch);

    // A file of no module.
    fs::remove_file(scratch.path().join("go.mod")).unwrap();
    fs::remove_dir_all(scratch.path().join("export_demo_greet_greeter")).unwrap();
    scratch.write(
        "lone.go",
        &GREETER.replace("package greeter", "package main\n\nfunc main() {}"),
    );
    scratch.write(
        "run.toml",
        &run_toml(&["name = \"greeter\"\nsource = \"lone.go\"\nwit = \"wit\"\n"]),
    );
    // `func main` stands before the imports there, which Go does not take.
    let misplaced = scratch.run_with(&go(), &["build"]).failure();
    misplaced.says(&["lone.go", "does not compile"]);
    let ordered = GREETER.replace("package greeter", "package main") + "\nfunc main() {}\n";
    scratch.write("lone.go", &ordered);
    scratch.run_with(&go(), &["build"]).success();
    implements(&scratch);
}

#[test]
fn a_typed_component_survives_many_calls() {
    let scratch = typed();
    scratch
        .run_with(&go(), &["build", "--component", "greeter", "--release"])
        .success();
    let wasm = scratch.path().join("target/wasm/greeter.wasm");
    let engine = Engine::application(&Options::default()).unwrap();
    let prepared = Prepared::open(&engine, &ArtifactCache::disabled(), &wasm).unwrap();
    let function = prepared.function("measure").unwrap();
    let text = format!("string:{}", "text ".repeat(200));
    let arguments = prepared.arguments(&function, &[text]).unwrap();
    let (permissions, limits) = (Permissions::default(), Limits::default());
    let stdio = Stdio::capture();
    let furnish = Furnish {
        permissions: &permissions,
        limits: &limits,
        stdio: &stdio,
        argv: &[],
    };
    // With the collector as Go has it, an early call of these ends the instance.
    let mut instance = prepared.instance(furnish).unwrap();
    for count in 0..20_000 {
        let returned = instance.call(&function, &arguments);
        assert!(returned.is_ok(), "call {count}: {:?}", returned.err());
    }
}

#[test]
fn programs_get_arguments_and_give_their_exit_code() {
    let main = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t\"example.com/app/words\"\n)\n\n\
                func main() {\n\tfmt.Println(words.Join(os.Args[1:]))\n\tos.Exit(len(os.Args))\n}\n";
    let scratch = Scratch::with(&[
        (
            "run.toml",
            &run_toml(&[
                "name = \"app\"\nsource = \"go.mod\"\ncapabilities = [\"stdout\"]\n",
                "name = \"lone\"\nsource = \"lone/main.go\"\ncapabilities = [\"stdout\"]\n",
            ]),
        ),
        ("go.mod", "module example.com/app\n\ngo 1.25\n"),
        ("main.go", main),
        (
            "words/words.go",
            "package words\n\nimport (\n\t_ \"embed\"\n\t\"strings\"\n)\n\n//go:embed mark.txt\nvar mark string\n\n\
             func Join(words []string) string { return strings.Join(words, \"-\") + mark }\n",
        ),
        ("words/mark.txt", "!"),
        (
            "lone/main.go",
            "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"alone\") }\n",
        ),
    ]);
    scratch.run_with(&go(), &["build"]).success();
    let outcome = scratch.run(&["exec", "app", "--", "a", "b"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(3), "a-b!\n"));
    assert_eq!(scratch.run(&["exec", "lone"]).success().stdout, "alone\n");

    // What was read decides, and nothing else.
    let app = |expected: &str| {
        let outcome = scratch
            .run_with(&go(), &["build", "--component", "app"])
            .success();
        assert!(outcome.stderr.contains(expected), "{expected}: {outcome}");
    };
    app("Fresh app");
    scratch.write("words/mark.txt", "?");
    app("Built app");
    scratch.write("words/more.go", "package words\n");
    app("Built app");
    scratch.write("lone/other.txt", "");
    app("Fresh app");
}

#[test]
fn starters_build_and_pass_their_own_tests() {
    for template in ["library", "command"] {
        greeter::starter_passes("go", template, &go());
    }
}

#[test]
fn mistakes_are_shown_at_their_place() {
    let scratch = typed();
    scratch.write(
        "greeter.go",
        &GREETER.replace("\"Hello, \" + name", "1 + größe(name)"),
    );
    scratch.run_with(&go(), &["build"]).failure().says(&[
        "undefined: größe",
        "greeter.go:13:45",
        "func Greet(name string) string { return 1 + größe(name)",
        "`greeter` does not compile: 1 error",
    ]);
    assert!(!scratch.has("target/wasm/greeter.wasm"));

    let lacking = GREETER.replace("func Measure", "func measure");
    scratch.write("greeter.go", &lacking);
    scratch.run_with(&go(), &["build"]).failure().says(&[
        "the world `typed` exports a function that no package has: `Measure`",
        "write it: `func Measure(text string) demo_greet_greeter.Stats`",
    ]);

    let other = GREETER.replace("func Greet(name string)", "func Greet(name int)");
    scratch.write("greeter.go", &other);
    scratch
        .run_with(&go(), &["build"])
        .failure()
        .says(&["func Greet(name string) string"]);

    scratch.write(
        "greeter.go",
        "package greeter\n\nimport _ \"example.org/nowhere\"\n",
    );
    scratch.run_with(&go(), &["build"]).failure().says(&[
        "no required module provides package example.org/nowhere",
        "greeter.go:3:8",
        "go get example.org/nowhere",
    ]);

    let elsewhere = Scratch::with(&[("go.mod", "module example.org/nowhere\n")]);
    let elsewhere = elsewhere.path().display();
    let module = String::from_utf8(scratch.read("go.mod")).unwrap();
    scratch.write(
        "go.mod",
        &format!(
            "{module}\nrequire example.org/nowhere v0.0.0\n\
             replace example.org/nowhere => {elsewhere}\n"
        ),
    );
    scratch.run_with(&go(), &["build"]).failure().says(&[
        "run::sandbox::refused",
        &format!("the sandbox did not let the build read `{elsewhere}"),
    ]);
    scratch.write("go.mod", &module);

    scratch.write(
        "run.toml",
        &run_toml(&["name = \"greeter\"\nsource = \"greeter.go\"\n"]),
    );
    scratch.run_with(&go(), &["build"]).failure().says(&[
        "is the package `greeter`, not a program, and the component has no `wit`",
        "`package main`",
    ]);
}

#[test]
fn without_go_it_is_said_what_is_missing_and_how_to_get_it() {
    let scratch = typed();
    let mut command = command::command(scratch.path());
    command.env("PATH", scratch.path());
    Outcome::of(command.arg("build")).failure().says(&[
        "`go` was not found: fetches modules and compiles the package",
        "install it with",
    ]);
}

#[test]
fn the_same_bytes_come_from_any_directory_and_any_user() {
    let arguments = ["build", "--release", "--reproducible"];
    let digest = |scratch: &Scratch| {
        Digest::of_file(&scratch.path().join("target/wasm/greeter.wasm"))
            .unwrap()
            .to_string()
    };
    let (ours, theirs) = (typed(), typed());
    ours.run_with(&go(), &arguments).success();
    User::new().run(&theirs, &go(), &arguments).success();
    assert_eq!(digest(&ours), digest(&theirs));
}

#[test]
fn modules_are_fetched_once_and_then_not_needed_again() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            &run_toml(&["name = \"app\"\nsource = \"main.go\"\ncapabilities = [\"stdout\"]\n"]),
        ),
        (
            "go.mod",
            "module example.com/app\n\ngo 1.25\n\nrequire github.com/google/uuid v1.6.0\n",
        ),
        (
            "go.sum",
            "github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=\n\
             github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=\n",
        ),
        (
            "main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/google/uuid\"\n)\n\n\
             func main() { fmt.Println(uuid.Nil) }\n",
        ),
    ]);
    let modules = scratch.path().join("modules");
    let run = |arguments: &[&str]| {
        let mut command = command::command(scratch.path());
        go().apply(&mut command);
        Outcome::of(command.env("GOMODCACHE", &modules).args(arguments))
    };
    run(&["build", "--offline"])
        .failure()
        .says(&["run `run v2 build` once without `--offline`"]);
    run(&["build"]).success();
    // Its data and heap are such that the adapter's pages would be taken.
    let printed = scratch.run(&["exec", "app"]).success().stdout;
    assert_eq!(printed, "00000000-0000-0000-0000-000000000000\n");
    scratch.write("more.go", "package main\n");
    run(&["build", "--offline"]).success();
    // The modules are read-only, as Go makes them.
    Command::new("chmod")
        .args(["-R", "u+w"])
        .arg(&modules)
        .status()
        .unwrap();
}

/// TinyGo is in no registry that this machine has: a program that notes how it
/// was called stands in for it, and gives a module of the real Go's.
#[test]
fn tinygo_is_called_as_its_documentation_has_it() {
    let module = run_tests::toolchains::component("go", "greeter");
    let scratch = typed();
    let wit = include_str!("../toolchains/wit/greeter.wit");
    scratch.write("wit/greeter.wit", wit);
    let bin = scratch.path().join("bin");
    let made = bin.join("made.wasm");
    scratch.write(
        "bin/tinygo",
        &format!(
            "#!/bin/sh\n\
             if [ \"$1\" = version ]; then\n\
             \x20 echo 'tinygo version 0.39.0 linux/amd64 (using go version go1.25.0 and LLVM version 19.1.2)'\n\
             \x20 exit\nfi\n\
             echo \"$@\" > \"$HOME/noted\"\n\
             while [ \"$1\" != -o ]; do shift; done\n\
             /bin/cat '{}' > \"$2\"\n",
            made.display(),
        ),
    );
    fs::copy(&module, &made).unwrap();
    Command::new("chmod")
        .arg("+x")
        .arg(bin.join("tinygo"))
        .status()
        .unwrap();
    scratch.write(
        "run.toml",
        &run_toml(&[
            "name = \"greeter\"\nsource = \".\"\nwit = \"wit\"\nsettings = { compiler = \"tinygo\" }\n",
        ]),
    );
    let mut command = command::command(scratch.path());
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    Outcome::of(command.args(["build", "--release"])).success();
    let noted = String::from_utf8(scratch.read(".run/cache/run-go/home/noted")).unwrap();
    let words: Vec<&str> = noted.split_whitespace().collect();
    let has = |words: &[&str], wanted: &[&str]| {
        assert!(
            words.windows(wanted.len()).any(|window| window == wanted),
            "{wanted:?} in {words:?}"
        );
    };
    assert_eq!(words[0], "build");
    has(&words, &["-target=wasip2", "--wit-package"]);
    has(&words, &["--wit-world", "demo:greet/typed@0.1.0"]);
    has(&words, &["-opt=z", "-no-debug"]);
    assert_eq!(words.last(), Some(&"."));
    let greeting = greeter::call(&scratch, "greet", "string:you");
    assert_eq!(greeting, "Hello, you, from Go!");
}
