//! The files of a deployment: Build Output, version 3, with one function for
//! every path. <https://vercel.com/docs/build-output-api>

use run_plugin_api::{Error, Result};
use run_provider_transpile::Outside;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::settings::{Runtime, Settings};

/// One file, as the platform knows it: by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is below the project.
    pub(crate) path: String,
    /// SHA-1 in hexadecimal digits.
    pub(crate) sha: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: Mode,
}

/// What a file is to the system there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Program,
}

impl Mode {
    /// As `st_mode` has it: a regular file that everybody may read, and start.
    pub(crate) fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o100_644,
            Self::Program => 0o100_755,
        }
    }
}

/// Where schedules call the job. It is no path of the component's.
pub(crate) const JOB: &str = "/_run/job";

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
    if settings.runtime == Runtime::Node {
        // The runner has all of WASI.
        outside.check_imports(&[])?;
    }
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
    if outside.memory > u64::from(memory(settings)) << 20 {
        return Err(Error::invalid_input(format!(
            "the component's memory begins with {} MiB, and `memory` is {} MB",
            outside.memory >> 20,
            settings.memory
        )));
    }
    Ok(handlers)
}

/// What of the function's memory is the component's, in MB.
pub(crate) fn memory(settings: &Settings) -> u32 {
    /// The runner, and what it keeps for requests.
    const RUNNER: u32 = 64;
    match settings.runtime {
        Runtime::Node => settings.memory,
        Runtime::Executable(_) => settings.memory - RUNNER,
    }
}

/// What a function's directory has beside its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: Mode,
}

impl Content {
    pub(crate) fn plain(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            bytes,
            mode: Mode::Plain,
        }
    }
}

/// All files of a deployment, by path. `function` says how the platform starts
/// what is in `contents`; what is the same for all is added.
///
/// # Errors
/// It is larger than the platform takes.
pub(crate) fn files(
    mut function: Value,
    contents: Vec<Content>,
    handlers: Handlers,
    settings: &Settings,
) -> Result<Vec<File>> {
    function["memory"] = json!(settings.memory);
    function["maxDuration"] = json!(settings.max_duration);
    function["supportsResponseStreaming"] = json!(true);
    function["environment"] = settings
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    if !settings.regions.is_empty() {
        function["regions"] = json!(settings.regions);
    }
    let mut files = vec![
        file(
            ".vercel/output/config.json",
            Content::plain("", text(&config(handlers, settings))),
        ),
        file(
            &format!("{FUNCTION}/.vc-config.json"),
            Content::plain("", text(&function)),
        ),
    ];
    for content in contents {
        let path = format!("{FUNCTION}/{}", content.name);
        files.push(file(&path, content));
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

fn file(path: &str, content: Content) -> File {
    let sha: Vec<_> = Sha1::digest(&content.bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    File {
        path: path.to_owned(),
        sha: sha.concat(),
        bytes: content.bytes,
        mode: content.mode,
    }
}

/// JSON as people read it.
pub(crate) fn text(value: &Value) -> Vec<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::CRON_SECRET;
    use crate::settings::tests::settings;

    #[test]
    fn the_layout_is_the_platforms() {
        let settings = settings(&[
            ("variables", "GREETING=hi"),
            ("secrets", CRON_SECRET),
            ("crons", "0 5 * * *"),
            ("regions", "fra1"),
        ])
        .unwrap();
        let handlers = Handlers {
            fetch: true,
            job: true,
        };
        let program = Content {
            mode: Mode::Program,
            ..Content::plain("zz", b"abc".to_vec())
        };
        let function = json!({ "runtime": "some" });
        let files = files(function, vec![program], handlers, &settings).unwrap();
        let listed: Vec<_> = files.iter().map(|file| (&*file.path, file.mode)).collect();
        let function = ".vercel/output/functions/index.func";
        assert_eq!(
            listed,
            [
                (".vercel/output/config.json", Mode::Plain),
                (&*format!("{function}/.vc-config.json"), Mode::Plain),
                (&*format!("{function}/zz"), Mode::Program),
            ]
        );
        // Of the bytes `abc`: FIPS 180-2, appendix A.1.
        assert_eq!(files[2].sha, "a9993e364706816aba3e25717850c26c9cd0d89d");
        let read = |at: usize| serde_json::from_slice::<Value>(&files[at].bytes).unwrap();
        assert_eq!(read(0)["crons"][0]["path"], JOB);
        let function = json!({
            "runtime": "some", "memory": 1024, "maxDuration": 30,
            "supportsResponseStreaming": true, "environment": { "GREETING": "hi" },
            "regions": ["fra1"],
        });
        assert_eq!(read(1), function);
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
        large.memory = 1 << 30;
        assert!(handlers(&large, &plain).is_ok());
        let runner = settings(&[("runtime", "executable")]).unwrap();
        assert!(handlers(&large, &runner).is_err());
        large.memory += 1;
        assert!(handlers(&large, &plain).is_err());
    }
}
