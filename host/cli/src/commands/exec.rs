//! `run v2 exec`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run_runtime::call::{Failed, Output, Prepared};
use run_runtime::sandbox::{Limits, Observed, Permissions, Stdio};
use run_runtime::{ArtifactCache, Engine, Wasm, values};
use serde_json::{Value, json};

use crate::args::Exec;
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::shell::Shell;

pub(crate) fn run(args: &Exec, shell: &Shell) -> Result<ExitCode, Failure> {
    let file = target(&args.target, shell)?;
    let engine = Engine::application()?;
    let prepared = Prepared::new(&engine, &ArtifactCache::user(), Wasm::read(&file)?)?;
    let permissions = Permissions {
        clock: args.allow_clock,
        random: args.allow_random,
        environment: Vec::new(),
    };
    match &args.function {
        Some(function) => call(&prepared, function, args, &permissions, shell),
        None => command(&prepared, &file, args, &permissions, shell),
    }
}

/// The file that `exec` and `info` are given: a path, or the name of a
/// component. A path wins, and then no `run.toml` is read.
pub(crate) fn target(given: &str, shell: &Shell) -> Result<PathBuf, Failure> {
    let path = Path::new(given);
    if path.is_file() || path.with_extension("wat").is_file() {
        return Ok(path.to_owned());
    }
    let looks_like_path = given.contains(['/', '\\']) || path.extension().is_some();
    let missing = |help: String| {
        Failure::from(CommandError::new(
            format!("there is no file `{given}`"),
            help,
        ))
    };
    let Ok(project) = project::load(shell) else {
        return Err(missing("name a .wasm or .wat file".to_owned()));
    };
    let Some(component) = project.manifest.component(given) else {
        let known: Vec<_> = project
            .manifest
            .components
            .iter()
            .map(|component| component.name.value.as_str())
            .collect();
        return Err(if looks_like_path {
            missing("name a .wasm or .wat file, or a component of run.toml".to_owned())
        } else {
            CommandError::new(
                format!("there is neither a file nor a component `{given}`"),
                project::one_of(given, &known),
            )
            .into()
        });
    };
    let file = project::artifact(&project, component);
    if file.is_file() || file.with_extension("wat").is_file() {
        return Ok(file);
    }
    Err(CommandError::new(
        format!(
            "the component `{given}` is not built: `{}` is not there",
            file.display()
        ),
        format!("build it with `run v2 build --component {given}`"),
    )
    .into())
}

fn call(
    prepared: &Prepared,
    function: &str,
    args: &Exec,
    permissions: &Permissions,
    shell: &Shell,
) -> Result<ExitCode, Failure> {
    let function = prepared.function(function)?;
    let arguments = values::parse_all(&function.full_name(), &function.ty, &args.args)?;
    let returned = prepared
        .call(&function, &arguments, permissions, &Limits::default())
        .map_err(|failed| failure(failed, args.json, shell))?;
    let value = returned.value.as_ref().map_or(Value::Null, values::to_json);
    shell.out(&document(0, value, &returned.output, args.json).to_string());
    virtual_note(returned.observed, shell);
    Ok(ExitCode::SUCCESS)
}

fn command(
    prepared: &Prepared,
    file: &Path,
    args: &Exec,
    permissions: &Permissions,
    shell: &Shell,
) -> Result<ExitCode, Failure> {
    let program = file.file_name().map_or_else(
        || prepared.name().to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let mut argv = vec![program];
    argv.extend(args.arguments.iter().cloned());
    let stdio = if args.json {
        Stdio::capture()
    } else {
        Stdio::Inherit
    };
    let exited = prepared
        .run(&argv, permissions, &Limits::default(), stdio)
        .map_err(|failed| failure(failed, args.json, shell))?;
    if args.json {
        let document = document(exited.code, Value::Null, &exited.output, true);
        shell.out(&document.to_string());
    }
    virtual_note(exited.observed, shell);
    // Codes beyond a byte are cut by the system; they must not become success.
    Ok(ExitCode::from(u8::try_from(exited.code).unwrap_or(1)))
}

/// One document: with `--json` always all four keys, else what the guest wrote
/// only where it wrote something.
fn document(exit_code: i32, value: Value, output: &Output, all: bool) -> Value {
    let mut document = json!({ "exit_code": exit_code, "return_value": value });
    for (key, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if all || !bytes.is_empty() {
            document[key] = json!(String::from_utf8_lossy(bytes));
        }
    }
    document
}

/// What the guest wrote before it failed belongs in front of the error, and not
/// in a JSON document that reports the error.
fn failure(failed: Failed, json: bool, shell: &Shell) -> Failure {
    if !json {
        for bytes in [&failed.output.stdout, &failed.output.stderr] {
            if !bytes.is_empty() {
                shell.err(String::from_utf8_lossy(bytes).trim_end());
            }
        }
    }
    failed.error.into()
}

fn virtual_note(observed: Observed, shell: &Shell) {
    let (what, flags) = match (observed.clock, observed.random) {
        (true, true) => (
            "a virtual clock and seeded random numbers",
            "--allow-clock, --allow-random",
        ),
        (true, false) => ("a virtual clock", "--allow-clock"),
        (false, true) => ("seeded random numbers", "--allow-random"),
        (false, false) => return,
    };
    shell.note(&format!(
        "the component was given {what}; for the real ones: {flags}"
    ));
}
