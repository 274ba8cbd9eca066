//! The function as a program of our own: the runner, the component compiled for
//! the machine, and what that may reach.

use run_plugin_api::Result;
use serde_json::{Map, Value, json};

use crate::output::{Content, File, Handlers, JOB, Mode, files, memory, text};
use crate::settings::{CRON_SECRET, Executable, Settings};

/// What the platform's own builder calls the program.
const PROGRAM: &str = "executable";

/// What is left of the longest that a request may take for saying that it took
/// longer, in milliseconds.
const SAYING: u64 = 250;

/// All files. `digest` is what answers carry in `x-run-digest`.
///
/// # Errors
/// It is larger than the platform takes.
pub(crate) fn deployment(
    (runner, component): (Vec<u8>, Vec<u8>),
    executable: &Executable,
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Result<Vec<File>> {
    // As the builder for the one language that the platform starts so has it.
    let function = json!({
        "runtime": "executable",
        "runtimeLanguage": "rust",
        "handler": PROGRAM,
        "architecture": executable.architecture.name(),
    });
    let manifest = manifest(executable, handlers, settings, digest);
    let contents = vec![
        Content::plain("app.cwasm", component),
        Content::plain("app.json", text(&manifest)),
        Content {
            mode: Mode::Program,
            ..Content::plain(PROGRAM, runner)
        },
    ];
    files(function, contents, handlers, settings)
}

/// `app.json`, as the runner's `src/app.rs` reads it.
fn manifest(
    executable: &Executable,
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Value {
    let variables = settings.variables.iter().map(|(name, _)| name);
    let names: Vec<_> = variables
        .chain(&settings.secrets)
        .filter(|name| *name != CRON_SECRET)
        .collect();
    let config: Map<_, _> = executable
        .config
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let mut manifest = json!({
        "version": 1,
        "component": "app.cwasm",
        "digest": digest,
        "environment": names,
        "http": executable.http,
        "connect": executable.connect,
        "config": config,
        "limits": {
            "memory": u64::from(memory(settings)) << 20,
            "timeout": u64::from(settings.max_duration) * 1000 - SAYING,
        },
    });
    if handlers.job {
        manifest["job"] = json!({ "path": JOB, "secret": CRON_SECRET });
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Runtime;
    use crate::settings::tests::settings;

    #[test]
    fn the_runner_lies_beside_what_it_runs() {
        let settings = settings(&[
            ("runtime", "executable"),
            ("architecture", "arm64"),
            ("http", "a.test"),
            ("secrets", CRON_SECRET),
            ("secrets", "KEY"),
            ("crons", "0 5 * * *"),
        ])
        .unwrap();
        let Runtime::Executable(executable) = &settings.runtime else {
            panic!("it is the other runtime");
        };
        let handlers = Handlers {
            fetch: true,
            job: true,
        };
        let parts = (b"#!runner".to_vec(), b"code".to_vec());
        let files = deployment(parts, executable, handlers, &settings, "sha256:0").unwrap();
        let function = ".vercel/output/functions/index.func";
        let named = |name: &str| {
            let path = format!("{function}/{name}");
            files.iter().find(|file| file.path == path).unwrap()
        };
        assert_eq!(named("executable").mode, Mode::Program);
        assert_eq!(named("app.cwasm").mode, Mode::Plain);
        let read = |name: &str| serde_json::from_slice::<Value>(&named(name).bytes).unwrap();
        let config = read(".vc-config.json");
        assert_eq!(config["handler"], "executable");
        assert_eq!(config["architecture"], "arm64");
        let manifest = read("app.json");
        assert_eq!(manifest["environment"], json!(["KEY"]));
        assert_eq!(manifest["http"], json!(["a.test"]));
        assert_eq!(manifest["limits"]["memory"], 960 << 20);
        assert_eq!(manifest["limits"]["timeout"], 29_750);
        assert_eq!(manifest["job"]["path"], JOB);
    }
}
