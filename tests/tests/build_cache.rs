//! The build cache: what was built once is not built again, here or elsewhere,
//! and every decision is explained.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use run_tests::Scratch;
use run_tests::command::{Outcome, command, workspace};
use serde_json::Value;

/// A project and a build cache of its own.
struct Fixture {
    project: Scratch,
    cache: PathBuf,
    _cache: tempfile::TempDir,
}

impl Fixture {
    /// With these of the components in `shapes`.
    fn new(components: &[&str]) -> Self {
        Self::of(project(components))
    }

    fn of(project: Scratch) -> Self {
        let cache = tempfile::tempdir().unwrap();
        Self {
            project,
            cache: cache.path().join("builds"),
            _cache: cache,
        }
    }

    /// Runs in another directory with the same cache.
    fn run_in(&self, directory: &Path, arguments: &[&str]) -> Outcome {
        self.with(directory, &[], arguments)
    }

    fn with(&self, directory: &Path, env: &[(&str, &str)], arguments: &[&str]) -> Outcome {
        let mut command = self.command(directory);
        Outcome::of(command.envs(env.iter().copied()).args(arguments))
    }

    fn command(&self, directory: &Path) -> Command {
        let mut command = command(directory);
        command
            .env("RUN_BUILD_CACHE", "on")
            .env("RUN_BUILD_CACHE_DIR", &self.cache);
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_in(self.project.path(), arguments)
    }

    /// Builds, and asserts what became of each component.
    #[track_caller]
    fn build(&self, expected: &[&str]) -> Outcome {
        let outcome = self.run(&["build"]).success();
        for line in expected {
            assert!(outcome.has_said(line), "{line}: {outcome}");
        }
        outcome
    }

    /// All files of a kind in the cache.
    fn files(&self, kind: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for folder in fs::read_dir(self.cache.join(kind)).unwrap() {
            for file in fs::read_dir(folder.unwrap().path()).unwrap() {
                found.push(file.unwrap().path());
            }
        }
        found
    }
}

fn project(components: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("tests/fixtures/shapes"));
    let mut manifest = "[project]\nname = \"shapes\"\nversion = \"0.1.0\"\n".to_owned();
    for name in components {
        manifest.push_str(&format!(
            "[[component]]\nname = \"{name}\"\nsource = \"{name}/Cargo.toml\"\n"
        ));
    }
    scratch.write("run.toml", &manifest);
    scratch
}

#[test]
fn going_back_to_what_was_built_before_builds_nothing() {
    let fixture = Fixture::new(&["plain", "member", "scripted"]);
    fixture.build(&["Built plain", "Built member", "Built scripted"]);
    fixture.build(&["Fresh plain", "Fresh member", "Fresh scripted"]);
    let first = fixture.project.read("target/wasm/member.wasm");

    let branch = |name: &str| fixture.project.write("member/src/name.txt", name);
    branch("other");
    fixture.build(&["Fresh plain", "Built member"]);
    let second = fixture.project.read("target/wasm/member.wasm");
    assert_ne!(first, second);

    branch("member");
    fixture.build(&["Fresh plain", "Cached member"]);
    assert_eq!(fixture.project.read("target/wasm/member.wasm"), first);
    fixture.build(&["Fresh member"]);
    branch("other");
    fixture.build(&["Cached member"]);
    assert_eq!(fixture.project.read("target/wasm/member.wasm"), second);

    // A file more is another build, and so is the other profile.
    fixture.project.write("member/src/extra.rs", "");
    fixture.project.write(
        "member/src/main.rs",
        "mod deep;\nmod extra;\nfn main() {\n    println!(\"{}\", deep::NAME);\n}\n",
    );
    fixture.build(&["Built member"]);
    fixture.run(&["build", "--release"]).success();
    let back = fixture.build(&["Cached plain", "Cached member"]);
    assert!(!back.stderr.contains("Built"), "{back}");

    // What was taken from the cache is the user's own.
    fixture.project.write("target/wasm/member.wasm", "edited");
    fixture.build(&["Cached member"]);
}

#[test]
fn a_first_build_that_writes_its_lock_file_is_kept() {
    let fixture = Fixture::new(&["plain"]);
    fs::remove_file(fixture.project.path().join("Cargo.lock")).unwrap();
    fixture.build(&["Built plain"]);
    assert!(fixture.project.has("Cargo.lock"));
    fixture.build(&["Fresh plain"]);
    fs::remove_dir_all(fixture.project.path().join(".run")).unwrap();
    fs::remove_dir_all(fixture.project.path().join("target")).unwrap();
    fixture.build(&["Cached plain"]);
    // Without it, it is another build: the cache does not write lock files.
    fs::remove_file(fixture.project.path().join("Cargo.lock")).unwrap();
    fixture.build(&["Built plain"]);
    assert!(fixture.project.has("Cargo.lock"));
}

#[test]
fn checkouts_share_what_does_not_depend_on_where_it_was_built() {
    let fixture = Fixture::new(&["member"]);
    let other = project(&["member"]);
    let build = |directory: &Path, flags: &[&str]| {
        let arguments: Vec<_> = ["build"].iter().chain(flags).copied().collect();
        fixture.run_in(directory, &arguments).success()
    };
    // A debug build has the paths of its sources in it.
    build(fixture.project.path(), &[]).says(&["Built member"]);
    let path = fixture.project.path().to_str().unwrap();
    let built = fixture.project.read("target/wasm/member.wasm");
    assert!(memmem(&built, path.as_bytes()));
    build(other.path(), &[]).says(&["Built member"]);
    let theirs = other.read("target/wasm/member.wasm");
    assert!(!memmem(&theirs, path.as_bytes()));

    // One without them can be had by both.
    build(fixture.project.path(), &["--reproducible"]).says(&["Built member"]);
    build(other.path(), &["--reproducible"]).says(&["Cached member"]);
    let all =
        ["target/wasm/member.wasm"].map(|file| (fixture.project.read(file), other.read(file)));
    assert!(all.iter().all(|(ours, theirs)| ours == theirs));
}

fn memmem(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_damaged_cache_costs_a_build_and_nothing_else() {
    let fixture = Fixture::new(&["member"]);
    fixture.build(&["Built member"]);
    let whole = fixture.project.read("target/wasm/member.wasm");
    for kind in ["artifacts", "entries", "shapes"] {
        for file in fixture.files(kind) {
            fs::write(file, b"\0asm\x0d\0\x01\0").unwrap();
        }
        fs::remove_dir_all(fixture.project.path().join("target")).unwrap();
        fixture.build(&["Built member"]);
        assert_eq!(fixture.project.read("target/wasm/member.wasm"), whole);
    }
    fs::remove_dir_all(fixture.project.path().join("target")).unwrap();
    fixture.build(&["Cached member"]);
}

#[test]
fn it_can_be_turned_off_read_only_and_emptied() {
    let fixture = Fixture::new(&["member"]);
    let forget = || {
        for dir in ["target", ".run/build"] {
            fs::remove_dir_all(fixture.project.path().join(dir)).unwrap();
        }
    };
    let build = |env: &[(&str, &str)], flags: &[&str], expected: &str| {
        let arguments: Vec<_> = ["build"].iter().chain(flags).copied().collect();
        let outcome = fixture.with(fixture.project.path(), env, &arguments);
        outcome.success().says(&[expected]);
        forget();
    };
    build(&[], &["--no-cache"], "Built member");
    build(&[("RUN_BUILD_CACHE", "read")], &[], "Built member");
    assert!(!fixture.cache.exists());
    build(&[], &[], "Built member");
    build(&[("RUN_BUILD_CACHE", "read")], &[], "Cached member");
    build(&[("RUN_BUILD_CACHE", "off")], &[], "Built member");
    let cleaned = fixture.run(&["clean", "--cache"]).success();
    cleaned.says(&["1 build from the build cache"]);
    build(&[("RUN_BUILD_CACHE_SIZE", "1KiB")], &[], "Built member");
    assert_eq!(fixture.files("artifacts").len(), 0, "nothing fits");

    for (variable, value, expected) in [
        ("RUN_BUILD_CACHE", "reed", "did you mean `read`?"),
        ("RUN_BUILD_CACHE_SIZE", "5 GB", "`5 GB` is not a size"),
    ] {
        fixture
            .with(fixture.project.path(), &[(variable, value)], &["build"])
            .failure()
            .says(&[variable, expected]);
    }
}

#[test]
fn every_decision_is_explained() {
    let fixture = Fixture::new(&["member"]);
    let explained = |expected: &[&str]| {
        let outcome = fixture.run(&["build", "--explain"]).success();
        outcome.says(expected);
    };
    explained(&[
        "Because member: it was not built before",
        "Because member: built: the build cache has no build with this plugin, these tools and these settings",
    ]);
    explained(&[
        "Because member: nothing to do: none of its",
        "inputs changed",
    ]);
    fixture.project.write("member/src/name.txt", "other");
    explained(&[
        "Because member: `member/src/name.txt` changed",
        "Because member: built: the build cache has builds with these settings, and none of these sources",
    ]);
    fixture.project.write("member/src/name.txt", "member");
    explained(&[
        "Because member: `member/src/name.txt` changed",
        "Because member: taken from the build cache: it was built before from the same",
    ]);
    let manifest = String::from_utf8(fixture.project.read("run.toml")).unwrap();
    fixture.project.write(
        "run.toml",
        &format!("{manifest}settings = {{ default-features = false }}\n"),
    );
    fs::remove_file(fixture.project.path().join("target/wasm/member.wasm")).unwrap();
    let outcome = fixture
        .with(
            fixture.project.path(),
            &[("RUSTFLAGS", "-Cdebuginfo=0")],
            &["build", "--json"],
        )
        .success();
    let lines = outcome.lines();
    let started = lines
        .iter()
        .find(|line| line["event"] == "started")
        .unwrap();
    let causes: Vec<_> = started["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| (text(&cause["kind"]), text(&cause["message"])))
        .collect();
    assert_eq!(
        causes,
        [
            (
                "setting",
                "the setting `default-features` changed from true to false"
            ),
            ("variable", "the variable `RUSTFLAGS` is set now"),
            ("output", "`target/wasm/member.wasm` is not there"),
        ]
    );
    fixture.project.write("run.toml", &manifest);
    let outcome = fixture.run(&["build", "--json"]).success();
    let cached = &outcome.lines()[0];
    assert_eq!(text(&cached["event"]), "cached");
    assert_eq!(text(&cached["cache"]), "local");
    assert_eq!(cached["causes"].as_array().unwrap().len(), 2);
    assert_eq!(outcome.lines()[1]["cached"], 1);
}

/// The bundled engine needs no tool, so this takes no time; what is refused and
/// what is taken is the same for all plugins.
#[cfg(target_os = "linux")]
#[test]
fn a_hermetic_build_takes_only_what_was_confined() {
    let files = [
        (
            "run.toml",
            "[project]\nname = \"demo\"\nversion = \"0.1.0\"\n\n\
             [[component]]\nname = \"app\"\nsource = \"app.js\"\n",
        ),
        ("app.js", "console.log(1);"),
    ];
    let fixture = Fixture::of(Scratch::with(&files));
    let unconfined = |arguments: &[&str]| {
        let mut command = fixture.command(fixture.project.path());
        run_tests::unconfined::without_landlock(&mut command);
        Outcome::of(command.args(arguments))
    };
    unconfined(&["build"]).success().says(&["Built app"]);
    unconfined(&["build"]).success().says(&["Fresh app"]);
    unconfined(&["build", "--hermetic", "--explain"])
        .failure()
        .says(&[
            "the confinement of tools changed from off to on",
            "the build cache has no build with",
            "`--hermetic` asks that tools run confined, and this system cannot",
        ]);
    let other = Scratch::with(&files);
    let build = ["build", "--hermetic"];
    let confined = fixture.run_in(other.path(), &build).success();
    confined.says(&["Built app"]);
    unconfined(&build).success().says(&["Cached app"]);
    unconfined(&build).success().says(&["Fresh app"]);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
