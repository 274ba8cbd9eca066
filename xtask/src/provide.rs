//! Tools that the tests drive, by language, and servers that they speak to: got
//! into the developers' cache, and told as the variables that make them be found.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::cache::at;
use crate::fixtures::{go, python_package, python_package_alone};
use crate::step::Result;
use crate::{runner, servers};

/// The release that the plugin's manifest names in its install command.
const COMPONENTIZE_PY: &str = "0.25.1";

/// The release that the plugin is written for.
const ZIG: &str = "0.17.0";

/// The release whose wheel carries the emulator of the platform's runtime
/// interface.
const SAM: &str = "1.170.0";

const KNOWN: &[&str] = &[
    "emulator", "go", "moto", "python", "registry", "runner", "store", "zig",
];

/// Gets what building in each of the languages takes, and prints a variable and
/// its value a line, separated by a tab. What `PATH` names goes in front.
pub(crate) fn run(languages: &[String]) -> Result {
    if languages.is_empty() {
        return Err(format!("which language? There is: {}", KNOWN.join(", ")));
    }
    for language in languages {
        for (name, value) in variables(language)? {
            println!("{name}\t{}", value.display());
        }
    }
    Ok(())
}

/// Gets what one language takes, and tells the variables it is found by.
pub(crate) fn variables(language: &str) -> Result<Vec<(&'static str, PathBuf)>> {
    Ok(match language {
        // The machine's own is on PATH already.
        "go" => go()?
            .parent()
            .filter(|path| path.is_absolute())
            .map(|directory| ("PATH", directory.to_owned()))
            .into_iter()
            .collect(),
        "zig" => vec![("PATH", python_package("ziglang", ZIG)?.join("ziglang"))],
        "python" => {
            let package = python_package("componentize-py", COMPONENTIZE_PY)?;
            vec![("PATH", package.join("bin")), ("PYTHONPATH", package)]
        }
        "runner" => {
            let target = format!("{}-linux-musl", std::env::consts::ARCH);
            vec![("RUNNER", runner::build(&target)?)]
        }
        "emulator" => vec![("EMULATOR", emulator()?)],
        "moto" => vec![("PYTHONPATH", servers::moto()?)],
        "registry" => vec![("PATH", servers::registry()?)],
        "store" => vec![("PATH", servers::store()?)],
        other => {
            return Err(format!(
                "no tools are known for `{other}`; there is: {}",
                KNOWN.join(", ")
            ));
        }
    })
}

/// The emulator, which is a program by itself: nothing else of the package is
/// wanted.
fn emulator() -> Result<PathBuf> {
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let package = python_package_alone("aws-sam-cli", SAM)?;
    let emulator = package.join(format!("samcli/local/rapid/aws-lambda-rie-{machine}"));
    // The wheel leaves out the bit that makes it a program.
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&emulator, executable).map_err(|error| at(&emulator, error))?;
    Ok(emulator)
}
