//! Tools that the tests drive, by language, and servers that they speak to: got
//! into the developers' cache, and told as the variables that make them be found.

use std::path::Path;

use crate::fixtures::{go, python_package};
use crate::servers;
use crate::step::Result;

/// The release that the plugin's manifest names in its install command.
const COMPONENTIZE_PY: &str = "0.25.1";

/// The release that the plugin is written for.
const ZIG: &str = "0.17.0";

const KNOWN: &[&str] = &["go", "python", "registry", "store", "zig"];

/// Gets what building in each of the languages takes, and prints a variable and
/// its value a line, separated by a tab. What `PATH` names goes in front.
pub(crate) fn run(languages: &[String]) -> Result {
    if languages.is_empty() {
        return Err(format!("which language? There is: {}", KNOWN.join(", ")));
    }
    for language in languages {
        match language.as_str() {
            // The machine's own is on PATH already.
            "go" => {
                if let Some(directory) = go()?.parent().filter(|path| path.is_absolute()) {
                    variable("PATH", directory);
                }
            }
            "zig" => variable("PATH", &python_package("ziglang", ZIG)?.join("ziglang")),
            "python" => {
                let package = python_package("componentize-py", COMPONENTIZE_PY)?;
                variable("PATH", &package.join("bin"));
                variable("PYTHONPATH", &package);
            }
            "registry" => variable("PATH", &servers::registry()?),
            "store" => variable("PATH", &servers::store()?),
            other => {
                return Err(format!(
                    "no tools are known for `{other}`; there is: {}",
                    KNOWN.join(", ")
                ));
            }
        }
    }
    Ok(())
}

fn variable(name: &str, value: &Path) {
    println!("{name}\t{}", value.display());
}
