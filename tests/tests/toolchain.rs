//! `toolchain`, `doctor`, and what builds make of pins.

use run_files::Digest;
use run_tests::Scratch;
use run_tests::command::workspace;
use run_tests::toolbox::Toolbox;

const PINNED: &str =
    "[toolchains]\nelmc = \"1.2.0\"\n\n[checksums.PLATFORM]\nelmc = \"DIGEST\"\n\n";

#[test]
fn what_is_pinned_is_what_a_build_uses() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox.elmc("PATH", "1.2.0");
    let build = toolbox.run(&["build", "--locked"]).success();
    assert!(build.has_said("elmc says elmc 1.2.0"), "{build}");
    let synced = toolbox.run(&["toolchain", "sync"]).success();
    assert_eq!(toolbox.pins(), PINNED);
    assert_eq!(
        toolbox.plain(&synced.stderr),
        "      Pinned elmc 1.2.0\n       Wrote run.lock.toml; commit it, so that everyone builds with the same tools\n"
    );
    // Once more it is the same file, and what was granted is still there.
    let before = toolbox.lock();
    assert!(before.contains("[plugin.granted]"), "{before}");
    let again = toolbox.run(&["toolchain", "sync", "--json"]).success();
    assert_eq!(again.document()["changed"], false, "{again}");
    assert_eq!(toolbox.lock(), before);
    let check = toolbox.run(&["toolchain", "check"]).success();
    assert_eq!(check.stderr, "      Pinned elmc 1.2.0\n");
    let build = toolbox.run(&["build", "--locked"]).success();
    assert!(!build.has_said("warning"), "{build}");

    // Another version: told where it may be, refused where it may not.
    toolbox.elmc("PATH", "1.3.0");
    let build = toolbox.run(&["build"]).success();
    assert!(
        build.has_said("`elmc` is 1.3.0, and run.lock.toml pins 1.2.0; install `elmc` 1.2.0, or pin what is here with `run v2 toolchain sync`"),
        "{build}"
    );
    assert_eq!(build.stderr.matches("pins 1.2.0").count(), 1, "{build}");
    for flag in ["--locked", "--frozen", "--reproducible"] {
        let build = toolbox.run(&["build", flag]).failure();
        build.says(&[
            "run::toolchain::pinned",
            "`elmc` is 1.3.0, and run.lock.toml pins 1.2.0",
            "run v2 toolchain sync",
        ]);
    }
    toolbox.run(&["toolchain", "check"]).failure().says(&[
        "run::toolchain::check",
        "`elmc` is 1.3.0, and run.lock.toml pins 1.2.0",
    ]);
    let check = toolbox.run(&["toolchain", "check", "--json"]).failure();
    let document = check.document();
    assert_eq!(document["ok"], false);
    assert_eq!(document["tools"][0]["state"], "drifted");
    assert_eq!(document["problems"].as_array().unwrap().len(), 1, "{check}");

    // The same version, and other bytes.
    let path = toolbox.path("../bin/elmc");
    std::fs::write(&path, "#!/bin/sh\necho elmc 1.2.0 # patched\n").unwrap();
    toolbox.run(&["build", "--locked"]).failure().says(&[
        "`elmc` is not the file that run.lock.toml pins",
        "pinned: sha256:",
    ]);
    let build = toolbox.run(&["build"]).success();
    assert!(
        build.has_said("is not the file that run.lock.toml pins"),
        "{build}"
    );
    toolbox.run(&["toolchain", "sync"]).success();
    toolbox.run(&["build", "--locked"]).success();
}

#[test]
fn a_reproducible_build_says_what_is_not_pinned() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox.elmc("PATH", "1.2.0");
    let build = toolbox.run(&["build", "--reproducible"]).success();
    assert!(
        build.has_said("`elmc` not pinned, so that others may build with other versions; pin what is here with `run v2 toolchain sync`"),
        "{build}"
    );
}

#[test]
fn other_platforms_keep_their_checksums_while_the_version_stays() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox.elmc("PATH", "1.2.0");
    let theirs = Digest::of(b"theirs");
    let plugins = toolbox.lock();
    let with = |version: &str| {
        std::fs::write(
            toolbox.path("run.lock.toml"),
            format!(
                "[toolchains]\nelmc = \"{version}\"\nold = \"1.0.0\"\n\n[checksums.plan9-mips]\nelmc = \"{theirs}\"\n\n{plugins}"
            ),
        )
        .unwrap();
    };
    // Theirs is no mismatch here: there is no checksum for this platform yet.
    with("1.2.0");
    let check = toolbox.run(&["toolchain", "check"]).success();
    assert!(check.has_said("adds the checksum for"), "{check}");
    toolbox.run(&["build", "--locked"]).success();
    let synced = toolbox.run(&["toolchain", "sync"]).success();
    assert!(
        synced.has_said("Unpinned old, which nothing needs"),
        "{synced}"
    );
    let lock = toolbox.lock();
    assert!(
        lock.contains(&format!("[checksums.plan9-mips]\nelmc = \"{theirs}\"")),
        "{lock}"
    );
    assert!(
        toolbox.pins().contains("[checksums.PLATFORM]\nelmc"),
        "{lock}"
    );
    // Another version: what they have is of the old one.
    with("1.1.0");
    let synced = toolbox.run(&["toolchain", "sync"]).success();
    assert!(synced.has_said("Pinned elmc 1.2.0 (was 1.1.0)"), "{synced}");
    assert_eq!(toolbox.pins(), PINNED);
}

#[test]
fn a_launcher_is_asked_again_where_it_might_answer_otherwise() {
    let toolbox = Toolbox::new(&["elmd"]);
    let root = toolbox.path("..");
    for version in ["1.0.0", "2.0.0"] {
        toolbox.script(&format!("{version}/elmd"), &format!("echo elmd {version}"));
    }
    let chosen = root.join("chosen");
    let line = format!("read -r path < '{}'; echo \"$path\"", chosen.display());
    toolbox.script("bin/elm-manager", &line);
    let choose = |version: &str| {
        let program = root.canonicalize().unwrap().join(version).join("elmd");
        std::fs::write(&chosen, format!("{}\n", program.display())).unwrap();
    };
    let version = || {
        let list = toolbox.run(&["toolchain", "list", "--json"]).success();
        list.document()["tools"][0]["version"].clone()
    };
    choose("1.0.0");
    assert_eq!(version(), "1.0.0");
    // Nobody says that this file counts: had it been asked, it would have said so.
    choose("2.0.0");
    assert_eq!(version(), "1.0.0");
    std::fs::write(toolbox.path(".elm-version"), "2").unwrap();
    assert_eq!(version(), "2.0.0");
    choose("1.0.0");
    std::fs::write(root.join(".elm-version"), "1").unwrap();
    assert_eq!(version(), "1.0.0");
    // What it named is gone.
    choose("2.0.0");
    std::fs::remove_file(root.join("1.0.0/elmd")).unwrap();
    assert_eq!(version(), "2.0.0");
}

#[test]
fn the_projects_own_program_comes_before_path() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox.elmc("PATH", "1.0.0");
    let version = || {
        let list = toolbox.run(&["toolchain", "list", "--json"]).success();
        let tool = &list.document()["tools"][0];
        format!("{} {}", tool["version"], tool["place"])
    };
    assert_eq!(version(), "\"1.0.0\" \"path\"");
    toolbox.elmc("mods/.bin/elmc", "1.1.0");
    assert_eq!(version(), "\"1.1.0\" \"project\"");
    toolbox.elmc("web/mods/.bin/elmc", "1.2.0");
    assert_eq!(version(), "\"1.2.0\" \"project\"");
    let build = toolbox.run(&["build"]).success();
    assert!(build.has_said("elmc says elmc 1.2.0"), "{build}");
}

#[test]
fn what_is_missing_is_told_with_how_to_get_it() {
    let toolbox = Toolbox::new(&["elmc", "json5"]);
    let list = toolbox.run(&["toolchain", "list"]).success();
    let expected = "elmc is missing
  for:      app (says its version)
  accepted: >=1.0.0, <3.0.0
  `elmc` was not found: compiles the source
  install it with `get-elmc --global` (accepted: >=1.0.0, <3.0.0)
json5 is missing
  for:      app (says its version)
  accepted: >=2.0.0, <3.0.0
  `json5` was not found: reads configuration
  `run v2 toolchain install json5` gets it for this project alone; or install `json5` (accepted: >=2.0.0, <3.0.0) and put it on PATH
";
    assert_eq!(list.stdout, expected);
    toolbox.run(&["build"]).failure().says(&[
        "run::plugin::missing_tool",
        "`elmc` was not found: compiles the source",
        "install it with `get-elmc --global` (accepted: >=1.0.0, <3.0.0)",
    ]);
    toolbox.run(&["toolchain", "sync"]).failure().says(&[
        "what is not there cannot be pinned",
        "`json5` was not found",
        "run v2 toolchain install json5",
    ]);
    assert!(!toolbox.lock().contains("[toolchains]"));
    toolbox
        .run(&["toolchain", "install", "json5", "--offline"])
        .failure()
        .says(&["`json5` cannot be installed with `--offline`"]);
    toolbox
        .run(&["toolchain", "install", "json5", "--locked"])
        .failure()
        .says(&["run.lock.toml does not say which `json5` to install"]);
    toolbox
        .run(&["toolchain", "install", "elmc"])
        .failure()
        .says(&["install it with `get-elmc --global`"]);
    toolbox
        .run(&["toolchain", "install", "jsno5"])
        .failure()
        .says(&[
            "no plugin of this project uses `jsno5`",
            "did you mean `json5`?",
        ]);
    let doctor = toolbox.run(&["doctor"]).failure();
    assert!(
        doctor.stdout.contains("  missing `elmc` was not found: compiles the source; needed for app\n          → install it with `get-elmc --global` (accepted: >=1.0.0, <3.0.0)\n"),
        "{doctor}"
    );
    assert!(
        doctor
            .stdout
            .ends_with("2 things to mend; what to type is beside the `→`.\n"),
        "{doctor}"
    );

    // There, and in no version that is accepted; the source may ask for more.
    toolbox.elmc("PATH", "3.1.0");
    toolbox.run(&["build"]).failure().says(&[
        "`elmc` is 3.1.0",
        "and the plugin works with >=1.0.0, <3.0.0",
    ]);
    let toolbox = Toolbox::new(&["elmc@>=1.5"]);
    toolbox.elmc("PATH", "1.4.0");
    let list = toolbox.run(&["toolchain", "list", "--json"]).success();
    let document = list.document();
    assert_eq!(document["tools"][0]["state"], "missing");
    assert_eq!(document["tools"][0]["accepts"], ">=1.0.0, <3.0.0, >=1.5");
}

#[test]
fn doctor_has_one_page_and_one_document() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox.elmc("PATH", "1.2.0");
    let doctor = toolbox.run(&["doctor"]).success();
    for part in [
        &format!("run {} on PLATFORM\n", env!("CARGO_PKG_VERSION")),
        "Project t\n  ok      ROOT/p/run.toml: 1 component, 0 tests\n",
        "Tools\n  advice  elmc 1.2.0 (ROOT/bin/elmc), not pinned\n          → `run v2 toolchain sync` pins it in run.lock.toml\n",
        "  ok      test:tools 0.1.0 (ROOT/p/tools.wasm)\n",
        "Everything this project needs is there; 1 thing could be better.\n",
    ] {
        let text = toolbox.plain(&doctor.stdout);
        assert!(text.contains(part), "{part} is missing from:\n{text}");
    }
    let document = toolbox.run(&["doctor", "--json"]).success().document();
    assert_eq!(document["ok"], true);
    let sections = document["sections"].as_array().unwrap();
    let keys: Vec<_> = sections
        .iter()
        .map(|s| s["section"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["host", "project", "tools", "plugins", "directories"]);
    let host = &sections[0]["findings"][0]["data"];
    assert!(host["landlock_abi"].as_u64().unwrap() >= 1, "{host}");

    // Where nothing can be read it says so, and goes on.
    std::fs::write(toolbox.path("run.toml"), "[projct]\n").unwrap();
    let doctor = toolbox.run(&["doctor"]).failure();
    assert!(doctor.stdout.contains("Plugins\n"), "{doctor}");
    assert!(doctor.stdout.contains("projct"), "{doctor}");
    let nowhere = Scratch::new();
    let doctor = nowhere.run(&["doctor"]).success();
    assert!(
        doctor.stdout.contains("there is no run.toml here or above"),
        "{doctor}"
    );
}

#[test]
fn the_example_pins_its_compiler_and_its_plugin() {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("examples/greeter"));
    scratch.run(&["toolchain", "sync"]).success();
    let lock = String::from_utf8(scratch.read("run.lock.toml")).unwrap();
    for part in [
        "[toolchains]\ncargo = \"1.95.0\"\nrustc = \"1.95.0\"\n",
        "\nname = \"rust\"\npackage = \"run:rust\"\n",
        "\nsource = \"bundled\"\n",
    ] {
        assert!(lock.contains(part), "{part} is missing from:\n{lock}");
    }
    scratch.run(&["toolchain", "check"]).success();
    scratch
        .run(&["build", "--locked", "--component", "greeter"])
        .success();

    // Another `run` may ship another plugin.
    let at = lock.find("source = \"bundled\"\ndigest = \"").unwrap() + 29;
    let other = format!("{}{}{}", &lock[..at], Digest::of(b"x"), &lock[at + 71..]);
    scratch.write("run.lock.toml", &other);
    let build = scratch.run(&["build", "--component", "greeter"]).success();
    assert!(
        build.has_said(
            "the plugin `rust` that ships with this `run` is not the one that run.lock.toml names"
        ),
        "{build}"
    );
    scratch
        .run(&["build", "--locked"])
        .failure()
        .says(&["run::plugin::drifted", "run v2 toolchain sync"]);
    scratch.run(&["toolchain", "check"]).failure();
    scratch.run(&["toolchain", "sync"]).success();
    assert_eq!(scratch.read("run.lock.toml"), lock.as_bytes());
}
