//! `build` of Python with the real componentize-py, through the sandboxed
//! plugin.

use run_tests::command::command;
use run_tests::{Outcome, Scratch, tools};

/// A project of these files, with a `run.toml` of this rest.
fn project(rest: &str, files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::with(files);
    let head = "[project]\nname = \"py\"\nversion = \"0.1.0\"\n";
    scratch.write("run.toml", &format!("{head}{rest}"));
    scratch
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Outcome {
    scratch.run_with(&tools::of("python"), arguments)
}

/// Made from `template`, as a user does it, built and tested.
fn starter(template: &str) -> Scratch {
    let scratch = Scratch::new();
    let arguments = [
        "init",
        "my_app",
        "--language",
        "python",
        "--template",
        template,
    ];
    run(&scratch, &arguments).success();
    let inside = Scratch::new();
    inside.copy_from(&scratch.path().join("my_app"));
    run(&inside, &["build"]).success();
    inside
}

const COMMAND: &str = "[[component]]\nname = \"tool\"\nsource = \"tool.py\"\n";

#[test]
fn the_library_starter_builds_passes_its_tests_and_has_stubs() {
    let scratch = starter("library");
    let tests = scratch.run(&["test"]).success();
    assert!(
        tests.stdout.ends_with("\nResults: 1 passed, 0 failed\n"),
        "{tests}"
    );
    for (function, argument, expected) in [
        (
            "measure",
            "string:two words",
            r#"{"words":2,"longest":"words"}"#,
        ),
        ("parse", "string:x", r#"{"err":"not a number: x"}"#),
    ] {
        let call = ["exec", "my_app", "--function", function, "--args", argument];
        let printed = scratch.run(&call).success().stdout;
        assert_eq!(
            printed,
            format!("{{\"exit_code\":0,\"return_value\":{expected}}}\n")
        );
    }
    let stubs = ".run/cache/run-python/bindings/my_app/wit_world/exports/greetings.py";
    assert!(scratch.has(stubs));

    // Nothing changed, and nothing is done.
    let fresh = run(&scratch, &["build"]).success();
    fresh.says(&["Fresh my_app"]);
}

#[test]
fn a_script_is_a_command_with_what_it_imports() {
    let scratch = project(
        &format!("{COMMAND}\n[component.settings]\ninclude = [\"words.txt\"]\n"),
        &[
            (
                "tool.py",
                "import sys\nfrom helper import WORDS\n\ndef late():\n    import colorsys\n    return colorsys.rgb_to_hls(0, 0, 0)\n\ntry:\n    import nothing_of_that_name\nexcept ImportError:\n    pass\n\nif __name__ == \"__main__\":\n    print(sys.argv[1:], WORDS, late())\n    print(sys.stdin.read().strip())\n    if len(sys.argv) > 2:\n        raise ValueError(\"too many\")\n    sys.exit(4)\n",
            ),
            (
                "helper.py",
                "from pathlib import Path\nWORDS = (Path(__file__).parent / \"words.txt\").read_text().split()\n",
            ),
            ("words.txt", "a b"),
            // Neither is looked at: the first is no module of the project, the
            // second is another language's.
            (".venv/lib/broken.py", "def ("),
            ("node_modules/x/componentize-py.toml", "nonsense"),
        ],
    );
    run(&scratch, &["build"]).success();
    let mut stdin = command(scratch.path());
    stdin
        .args(["exec", "tool", "--", "x"])
        .stdin(std::process::Stdio::null());
    let outcome = Outcome::of(&mut stdin);
    assert_eq!(outcome.code, Some(4), "{outcome}");
    assert_eq!(outcome.stdout, "['x'] ['a', 'b'] (0.0, 0.0, 0.0)\n\n");

    let failed = scratch.run(&["exec", "tool", "--", "x", "y"]).failure();
    failed.says(&[
        "File \"tool.py\", line 17, in <module>",
        "raise ValueError(\"too many\")",
        "ValueError: too many",
    ]);
}

#[test]
fn mistakes_in_modules_are_shown_at_their_place() {
    let scratch = project(COMMAND, &[("helper.py", "")]);
    for (source, helper, says) in [
        (
            "größe = \"ü\" + (1\n",
            "",
            &[
                "SyntaxError",
                "'(' was never closed",
                "tool.py:1:18",
                "größe = \"ü\" + (1",
            ][..],
        ),
        (
            "import helper\n",
            "\nimport nosuch\n",
            &[
                "ModuleNotFoundError",
                "No module named 'nosuch'",
                "helper.py:2:1",
                "import nosuch",
                "put `nosuch` into requirements.txt",
            ],
        ),
        (
            "from helper import x\n",
            "",
            &[
                "ImportError",
                "cannot import name 'x' from 'helper' (helper.py)",
                "tool.py:1:1",
            ],
        ),
        (
            "import helper\n",
            "def f():\n    return 1 / 0\n\nf()\n",
            &["ZeroDivisionError", "helper.py:2:12", "return 1 / 0"],
        ),
        (
            "import helper\n",
            "open('/etc/hostname')\n",
            &[
                "No such file or directory: '/etc/hostname'",
                "helper.py:1:1",
                "what the setting `include` names",
            ],
        ),
        (
            "import tkinter\n",
            "",
            &[
                "tool.py:1:1",
                "is a part of Python that WebAssembly does not have",
            ],
        ),
        (
            "from wit_world import exports\n\nclass Ran(exports.Run):\n    pass\n",
            "",
            &["`tool.py` has no class `Run`", "class Run(exports.Run)"],
        ),
    ] {
        scratch.write("tool.py", source);
        scratch.write("helper.py", helper);
        run(&scratch, &["build"]).failure().says(says);
        assert!(!scratch.has("target/wasm/tool.wasm"));
    }
}

#[test]
fn packages_are_fetched_once_and_only_those_that_work() {
    let scratch = project(
        COMMAND,
        &[
            (
                "tool.py",
                "import idna\nprint(idna.encode(\"straße.de\").decode())\n",
            ),
            (
                "pyproject.toml",
                "[project]\nname = \"tool\"\nversion = \"1\"\ndependencies = [\"idna==3.10\"]\n",
            ),
        ],
    );
    run(&scratch, &["build", "--offline"])
        .failure()
        .says(&["are not there", "without `--offline`"]);
    run(&scratch, &["build", "--locked"]).success();
    let printed = scratch.run(&["exec", "tool"]).success().stdout;
    assert_eq!(printed, "xn--strae-oqa.de\n");
    // They are there: it gets as far as the source, where it is to end.
    scratch.write("tool.py", "import idna\nidna.encode(\n");
    run(&scratch, &["build", "--offline"])
        .failure()
        .says(&["SyntaxError", "tool.py:2"]);

    // What a lock would have to fix, and what cannot be had for WebAssembly.
    scratch.write("requirements.txt", "idna\n");
    run(&scratch, &["build", "--locked"])
        .failure()
        .says(&["exact versions only", "asks for `idna`"]);
    scratch.write("requirements.txt", "numpy==2.3.4\n");
    run(&scratch, &["build"])
        .failure()
        .says(&["numpy", "wheels for WASI"]);
    scratch.write(
        "requirements.txt",
        "idna==3.10 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
    );
    run(&scratch, &["build"])
        .failure()
        .says(&["is not the one that is written down"]);
}

#[test]
fn what_cannot_be_done_is_said() {
    let scratch = project(COMMAND, &[("tool.py", "print(1)\n")]);
    run(&scratch, &["build", "--reproducible"])
        .failure()
        .says(&["cannot be built reproducibly", "the modules were imported"]);

    let mut bare = command(scratch.path());
    bare.arg("build").env("PATH", scratch.path());
    Outcome::of(&mut bare).failure().says(&[
        "`componentize-py` was not found",
        "puts the interpreter and the modules into a component",
        "python3 -m pip install 'componentize-py==0.25.1'",
        ">=0.25.0, <0.26.0",
    ]);

    let scratch = project(
        "[[component]]\nname = \"x\"\nsource = \"src\"\nlanguage = \"python\"\n",
        &[("src/readme", "")],
    );
    run(&scratch, &["build"])
        .failure()
        .says(&["has no module that could be built", "`settings.module`"]);
}
