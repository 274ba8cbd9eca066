//! `run v2 exec`.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run_project::{Component, Project};
use run_runtime::call::Failed;
use run_runtime::sandbox::{Observed, Outlet, Stdio};
use run_runtime::{ArtifactCache, Engine, Furnish, Output, Prepared, values};
use serde_json::{Value, json};

use crate::args::Exec;
use crate::composition::{self, Runnable};
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::sandbox::Furnishing;
use crate::shell::Shell;

pub(crate) fn run(args: &Exec, shell: &Shell) -> Result<ExitCode, Failure> {
    let target = find(&args.target, shell)?;
    let furnishing = Furnishing::new(target.component(), &args.sandbox)?;
    let engine = ManuallyDrop::new(Engine::application(&furnishing.engine())?);
    let cache = ArtifactCache::user();
    let prepared = match composition::of_target(&args.target, &target.file, &args.linking, shell)? {
        Runnable::File(file) => Prepared::open(&engine, &cache, &file)?,
        Runnable::Wasm(wasm) => Prepared::new(&engine, &cache, &wasm)?,
    };
    // The process ends with the call: the system takes memory back faster than it
    // is given back piece by piece.
    let prepared = ManuallyDrop::new(prepared);
    let run = Run {
        prepared: &prepared,
        furnishing: &furnishing,
        args,
        shell,
    };
    match &args.function {
        Some(function) => run.call(function),
        None => run.command(&target.file),
    }
}

/// What `exec` and `info` are given.
pub(crate) struct Target {
    /// The file that it names.
    pub(crate) file: PathBuf,
    /// The project and the component's place in it, where it was named by that.
    project: Option<(Project, usize)>,
}

impl Target {
    pub(crate) fn component(&self) -> Option<(&Project, &Component)> {
        let (project, index) = self.project.as_ref()?;
        Some((project, project.manifest.components.get(*index)?))
    }
}

/// Finds a target by its path, or by the name of a component. A path wins, and
/// then no `run.toml` is read.
pub(crate) fn find(given: &str, shell: &Shell) -> Result<Target, Failure> {
    let path = Path::new(given);
    if composition::is_there(path) {
        return Ok(Target {
            file: path.to_owned(),
            project: None,
        });
    }
    let looks_like_path = given.contains(['/', '\\']) || path.extension().is_some();
    let missing = |help: String| {
        Failure::from(CommandError::new(
            format!("there is no file `{given}`"),
            help,
        ))
    };
    if !project::is_near() {
        return Err(missing("name a .wasm or .wat file".to_owned()));
    }
    let project = project::load(shell)?;
    let components = &project.manifest.components;
    let index = components
        .iter()
        .position(|component| component.name.value.as_str() == given);
    let Some((index, component)) = index.and_then(|at| Some((at, components.get(at)?))) else {
        let known: Vec<_> = components
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
        return Ok(Target {
            file,
            project: Some((project, index)),
        });
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

struct Run<'a> {
    prepared: &'a Prepared,
    furnishing: &'a Furnishing,
    args: &'a Exec,
    shell: &'a Shell,
}

impl Run<'_> {
    fn furnish<'f>(&'f self, stdio: &'f Stdio, argv: &'f [String]) -> Furnish<'f> {
        Furnish {
            permissions: &self.furnishing.permissions,
            limits: &self.furnishing.limits,
            stdio,
            argv,
        }
    }

    fn call(&self, function: &str) -> Result<ExitCode, Failure> {
        let function = self.prepared.function(function)?;
        let arguments = self.prepared.arguments(&function, &self.args.args)?;
        let stdio = Stdio::capture();
        let returned = self
            .prepared
            .call(&function, &arguments, self.furnish(&stdio, &[]))
            .map_err(|failed| self.failure(failed))?;
        let value = returned.value.as_ref().map_or(Value::Null, values::to_json);
        let document = document(0, value, &returned.output, self.shell.json());
        self.shell.out(&document.to_string());
        self.tell(&returned.observed, false);
        Ok(ExitCode::SUCCESS)
    }

    fn command(&self, file: &Path) -> Result<ExitCode, Failure> {
        // Native programs expect their own name first, and some fail without.
        let program = file.file_name().unwrap_or(file.as_os_str());
        let mut argv = vec![program.to_string_lossy().into_owned()];
        argv.extend(self.args.arguments.iter().cloned());
        let stdio = Stdio {
            output: if self.shell.json() {
                Outlet::Capture
            } else {
                Outlet::Inherit
            },
            ..Stdio::inherit()
        };
        let exited = self
            .prepared
            .run(self.furnish(&stdio, &argv))
            .map_err(|failed| self.failure(failed))?;
        if self.shell.json() {
            let document = document(exited.code, Value::Null, &exited.output, true);
            self.shell.out(&document.to_string());
        }
        self.tell(&exited.observed, exited.code != 0);
        // Codes beyond a byte are cut by the system; they must not become success.
        Ok(ExitCode::from(u8::try_from(exited.code).unwrap_or(1)))
    }

    fn failure(&self, failed: Failed) -> Failure {
        self.tell(&failed.observed, true);
        Failure::Guest {
            error: Box::new(failed.error),
            output: failed.output,
        }
    }

    /// What the user should know of how it ran, on stderr.
    fn tell(&self, observed: &Observed, failed: bool) {
        if let Some(note) = stand_ins(observed) {
            self.shell.note(&note);
        }
        for denial in &observed.denied {
            self.shell.warn(&format!(
                "the component tried to {} (`{}`) and was denied; allow it with `{}`, or with the capability `{}`",
                denial.what, denial.import, denial.flag, denial.capability
            ));
        }
        if failed && observed.directories {
            self.shell.note(
                "the component looked for files, and was given no directory; `--dir` or a capability such as `fs:read:PATH` gives it one",
            );
        }
    }
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

/// Which stand-ins a component was given.
fn stand_ins(observed: &Observed) -> Option<String> {
    let (what, flags) = match (observed.clock, observed.random) {
        (true, true) => (
            "a virtual clock and seeded random numbers",
            "--allow-clock, --allow-random",
        ),
        (true, false) => ("a virtual clock", "--allow-clock"),
        (false, true) => ("seeded random numbers", "--allow-random"),
        (false, false) => return None,
    };
    Some(format!(
        "the component was given {what}; for the real ones: {flags}"
    ))
}
