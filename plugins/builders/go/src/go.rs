//! How every `go` is started.

use std::path::{Path, PathBuf};

use run_plugin_api::process::{Argument, Command};

use crate::request::Request;

/// The compiler's own cache, which all projects share: the standard library is
/// compiled once for the machine. `go build` runs nothing of a project.
const BUILD_CACHE: &str = "/dirs/build-cache";

/// What `go` takes for the workspace.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Off,
    File(PathBuf),
}

/// A command of `go` whose outcome does not depend on what the user configured
/// for their own platform.
pub(crate) fn command(subcommand: &[&str], directory: &Path, work: &Work) -> Command {
    let work = match work {
        Work::Off => Argument::from("off"),
        Work::File(file) => Argument::from(file.as_path()),
    };
    Command::new("go")
        .args(subcommand.iter().copied())
        .current_dir(directory)
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm")
        .env("CGO_ENABLED", "0")
        .env("GO111MODULE", "on")
        .env("GOENV", "off")
        .env("GOFLAGS", "-buildvcs=false")
        .env("GOTOOLCHAIN", "local")
        .env("GOCACHE", Path::new(BUILD_CACHE))
        .env("GOWORK", work)
}

/// The flags of `-ldflags` for a profile, with the user's own behind them.
pub(crate) fn linker_flags(request: &Request, bindings: bool) -> String {
    let mut flags = vec!["-buildid="];
    if request.release {
        flags.extend(["-s", "-w"]);
    }
    if bindings {
        // What generated code allocates with is the runtime's own.
        flags.push("-checklinkname=0");
    }
    flags.extend(request.ldflags.iter().map(String::as_str));
    flags.join(" ")
}
