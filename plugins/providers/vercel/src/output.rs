//! The files of a deployment: Build Output, version 3, with one function for
//! every path. <https://vercel.com/docs/build-output-api>

use run_plugin_api::{Error, Result};
use run_provider_transpile::{Module, Outside, bundle};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::entry::{JOB, entry};
use crate::settings::Settings;

/// One file, as the platform knows it: by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is below the project.
    pub(crate) path: String,
    /// SHA-1 in hexadecimal digits.
    pub(crate) sha: String,
    pub(crate) bytes: Vec<u8>,
}

/// The first Node.js that suspends WebAssembly without a flag.
const RUNTIME: &str = "nodejs24.x";

/// The function's directory.
const FUNCTION: &str = ".vercel/output/functions/index.func";

/// The most that a function may have, unpacked, in bytes:
/// <https://vercel.com/docs/functions/limitations>.
const SIZE: usize = 250 << 20;

/// What the platform is asked to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handlers {
    /// Requests.
    pub(crate) fetch: bool,
    /// Schedules.
    pub(crate) job: bool,
}

/// What can be said of a component without translating it.
///
/// # Errors
/// It exports nothing that can be called, or imports what is not there.
pub(crate) fn handlers(outside: &Outside, settings: &Settings) -> Result<Handlers> {
    outside.check_imports(&[])?;
    let handlers = Handlers {
        fetch: outside.exports("wasi:http/incoming-handler"),
        job: outside.exports("wasi:cli/run") && !settings.crons.is_empty(),
    };
    if !handlers.fetch && !handlers.job {
        return Err(Error::invalid_input(
            "the component exports no `wasi:http/incoming-handler` of WASI 0.2, so there is \
             nothing to serve",
        )
        .with_help(
            "a component that exports `wasi:cli/run` can be deployed with the option `crons`",
        ));
    }
    if !settings.crons.is_empty() && !handlers.job {
        return Err(Error::invalid_input(
            "`crons` call `wasi:cli/run`, which the component does not export",
        ));
    }
    let memory = u64::from(settings.memory) << 20;
    if outside.memory > memory {
        return Err(Error::invalid_input(format!(
            "the component's memory begins with {} MiB, and `memory` is {} MB",
            outside.memory >> 20,
            settings.memory
        )));
    }
    Ok(handlers)
}

/// All files, by path. `digest` is what answers carry in `x-run-digest`.
///
/// # Errors
/// The component cannot be translated, or is too large.
pub(crate) fn files(
    component: &[u8],
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Result<Vec<File>> {
    of_modules(bundle(component)?, handlers, settings, digest)
}

fn of_modules(
    modules: Vec<Module>,
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Result<Vec<File>> {
    let entry = entry(&modules, handlers, settings, digest);
    let mut files = vec![
        file(
            ".vercel/output/config.json",
            text(&config(handlers, settings)),
        ),
        file(
            &format!("{FUNCTION}/.vc-config.json"),
            text(&function(settings)),
        ),
        // Modules end in `.js`, which is CommonJS unless this says otherwise.
        file(
            &format!("{FUNCTION}/package.json"),
            text(&json!({ "type": "module" })),
        ),
        file(&format!("{FUNCTION}/index.mjs"), entry.into_bytes()),
    ];
    for module in modules {
        files.push(file(&format!("{FUNCTION}/{}", module.name), module.bytes));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let size: usize = files.iter().map(|file| file.bytes.len()).sum();
    if size > SIZE {
        return Err(Error::invalid_input(format!(
            "the function has {} MiB, and the platform takes {} MiB",
            size >> 20,
            SIZE >> 20
        ))
        .with_help("a build with `--release` is smaller"));
    }
    Ok(files)
}

fn file(path: &str, bytes: Vec<u8>) -> File {
    let sha: Vec<_> = Sha1::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    File {
        path: path.to_owned(),
        sha: sha.concat(),
        bytes,
    }
}

fn text(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn config(handlers: Handlers, settings: &Settings) -> Value {
    let mut config = json!({
        "version": 3,
        "routes": [{ "handle": "filesystem" }, { "src": "/(.*)", "dest": "/index" }],
    });
    if handlers.job {
        let crons = settings.crons.iter();
        config["crons"] = crons
            .map(|schedule| json!({ "path": JOB, "schedule": schedule }))
            .collect();
    }
    config
}

fn function(settings: &Settings) -> Value {
    let environment: serde_json::Map<_, _> = settings
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let mut function = json!({
        "runtime": RUNTIME,
        "handler": "index.mjs",
        "launcherType": "Nodejs",
        "shouldAddHelpers": false,
        "supportsResponseStreaming": true,
        "memory": settings.memory,
        "maxDuration": settings.max_duration,
        "environment": environment,
    });
    if !settings.regions.is_empty() {
        function["regions"] = json!(settings.regions);
    }
    function
}

#[cfg(test)]
mod tests {
    use run_provider_transpile::Kind;

    use super::*;
    use crate::settings::CRON_SECRET;
    use crate::settings::tests::settings;

    #[test]
    fn the_layout_is_the_platforms() {
        let settings = settings(&[
            ("variables", "GREETING=hi"),
            ("secrets", CRON_SECRET),
            ("secrets", "KEY"),
            ("crons", "0 5 * * *"),
            ("regions", "fra1"),
        ])
        .unwrap();
        let handlers = Handlers {
            fetch: true,
            job: true,
        };
        let modules = vec![Module {
            name: "app.core.wasm".into(),
            kind: Kind::Wasm,
            bytes: b"abc".to_vec(),
        }];
        let files = of_modules(modules, handlers, &settings, "sha256:00").unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                ".vercel/output/config.json",
                ".vercel/output/functions/index.func/.vc-config.json",
                ".vercel/output/functions/index.func/app.core.wasm",
                ".vercel/output/functions/index.func/index.mjs",
                ".vercel/output/functions/index.func/package.json",
            ]
        );
        // Of the bytes `abc`: FIPS 180-2, appendix A.1.
        assert_eq!(files[2].sha, "a9993e364706816aba3e25717850c26c9cd0d89d");
        let read = |at: usize| serde_json::from_slice::<Value>(&files[at].bytes).unwrap();
        assert_eq!(read(0)["crons"][0]["path"], JOB);
        assert_eq!(read(1)["environment"]["GREETING"], "hi");
        assert_eq!(read(1)["regions"][0], "fra1");
        let entry = String::from_utf8(files[3].bytes.clone()).unwrap();
        assert!(
            entry.contains("const variables = [\"GREETING\",\"KEY\"];"),
            "{entry}"
        );
    }

    #[test]
    fn what_a_function_can_be() {
        let outside = |exports: &[&str]| Outside {
            exports: exports.iter().map(|name| (*name).to_owned()).collect(),
            ..Outside::default()
        };
        let plain = settings(&[]).unwrap();
        let http = outside(&["wasi:http/incoming-handler@0.2.0"]);
        assert!(handlers(&http, &plain).unwrap().fetch);
        let job = outside(&["wasi:cli/run@0.2.0"]);
        let error = handlers(&job, &plain).unwrap_err();
        assert!(error.message().contains("nothing to serve"));
        let crons = settings(&[("crons", "0 5 * * *"), ("secrets", CRON_SECRET)]).unwrap();
        assert!(handlers(&job, &crons).unwrap().job);
        assert!(handlers(&http, &crons).is_err());
        let mut large = http;
        large.memory = 2 << 30;
        assert!(handlers(&large, &plain).is_err());
    }
}
