//! The worlds of components that are declared without WIT, and how a script
//! becomes a command.

use std::path::{Path, PathBuf};

use run_plugin_api::{Result, files};

use crate::request::{Declared, Kind};

/// The WIT of WASI, which both worlds are made of.
const WASI: [(&str, &str); 7] = [
    ("cli", include_str!("../../../../wit/deps/cli.wit")),
    ("clocks", include_str!("../../../../wit/deps/clocks.wit")),
    (
        "filesystem",
        include_str!("../../../../wit/deps/filesystem.wit"),
    ),
    ("http", include_str!("../../../../wit/deps/http.wit")),
    ("io", include_str!("../../../../wit/deps/io.wit")),
    ("random", include_str!("../../../../wit/deps/random.wit")),
    ("sockets", include_str!("../../../../wit/deps/sockets.wit")),
];

const WORLDS: &str = "\
package run:python;

world command {
  include wasi:cli/command@0.2.12;
}

world http {
  include wasi:http/proxy@0.2.12;
}
";

/// The module that runs a script.
const RUNNER: &str = include_str!("../runtime/command.py");

/// The name of that module.
pub(crate) const RUNNER_MODULE: &str = "run_script_as_command";

/// Writes the world of a component that has none below `cache`.
pub(crate) fn of(kind: Kind, cache: &Path) -> Result<Declared> {
    let wit = cache.join("wit");
    files::write_if_changed(wit.join("world.wit"), WORLDS)?;
    for (name, text) in WASI {
        files::write_if_changed(wit.join("deps").join(format!("{name}.wit")), text)?;
    }
    let world = match kind {
        Kind::Command => "run:python/command",
        Kind::Http => "run:python/http",
    };
    Ok(Declared {
        wit,
        world: world.to_owned(),
    })
}

/// Whether a module is written against the generated ones, and so implements
/// its world itself.
pub(crate) fn implements_world(text: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("import" | "from"))
            && words
                .next()
                .is_some_and(|module| module.split(['.', ',']).next() == Some("wit_world"))
    })
}

/// Writes the module that runs a script; `staged` is where the tool sees the
/// script, `shown` what tracebacks call it.
pub(crate) fn runner(staged: &str, shown: &str, directory: &Path) -> Result<PathBuf> {
    let literal = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let text = RUNNER
        .replace("{{staged}}", &literal(staged))
        .replace("{{shown}}", &literal(shown));
    let file = directory.join(format!("{RUNNER_MODULE}.py"));
    files::write_if_changed(&file, text)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use run_builder_shared::world::World;

    use super::*;

    #[test]
    fn both_worlds_are_whole() {
        let temp = tempfile::tempdir().unwrap();
        for (kind, export) in [
            (Kind::Command, "wasi:cli/run@0.2.12"),
            (Kind::Http, "wasi:http/incoming-handler@0.2.12"),
        ] {
            let declared = of(kind, temp.path()).unwrap();
            let world = World::load(&declared.wit, &declared.world).unwrap();
            assert_eq!(world.exports(), [export]);
        }
    }

    #[test]
    fn modules_of_the_world_are_told_from_scripts() {
        for (text, expected) in [
            ("import sys\nprint(1)", false),
            ("from wit_world import exports", true),
            ("import wit_world.imports", true),
            ("    from  wit_world.exports import Run", true),
            ("import wit_worlds", false),
            ("# from wit_world import x", false),
        ] {
            assert_eq!(implements_world(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_cannot_end_the_runners_literal() {
        let temp = tempfile::tempdir().unwrap();
        let file = runner("/1/a\"b.py", "a\\b.py", temp.path()).unwrap();
        let text = files::read_to_string(file).unwrap();
        assert!(text.contains(r#"STAGED = "/1/a\"b.py""#));
        assert!(text.contains(r#"SHOWN = "a\\b.py""#));
        assert!(!text.contains("{{"));
    }
}
