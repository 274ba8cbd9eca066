//! Where the granted tools are, and which versions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use run_files::{Digest, atomic};

use super::{environment, reads};
use crate::manifest::{Manifest, Reads, Tool as Declared};
use crate::process::confine::Policy;
use crate::process::{Spec, query};

/// A tool as it is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What the plugin calls it.
    pub id: String,
    /// What it is called on `PATH`.
    pub program: String,
    /// The real program: no launcher, no symbolic link.
    pub path: PathBuf,
    /// The version it printed, where the manifest says how to ask.
    pub version: Option<String>,
    /// What its process reads of its own.
    pub(crate) files: Vec<PathBuf>,
}

/// Why a tool cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ToolError {
    /// The manifest has no such tool, or the user did not grant it.
    #[error("the tool `{0}` is not declared in the plugin's manifest, or not granted")]
    NotGranted(String),
    /// It is not on this machine.
    #[error("`{program}` was not found: {why}")]
    Missing {
        /// The program.
        program: String,
        /// What it is for, or what its launcher said.
        why: String,
        /// How to get it.
        help: String,
    },
    /// It is there in a version the plugin does not work with.
    #[error("`{program}` is {found}, and the plugin works with {accepts}")]
    Version {
        /// The program.
        program: String,
        /// What was found.
        found: String,
        /// The range.
        accepts: String,
        /// How to get another.
        help: String,
    },
}

/// The tools of one plugin in one project, each resolved once.
pub struct Tools {
    manifest: Manifest,
    directory: PathBuf,
    granted: Box<dyn Fn(&str) -> bool + Send + Sync>,
    resolved: Mutex<BTreeMap<String, Result<Tool, ToolError>>>,
}

impl Tools {
    /// `directory` is where launchers are asked: they may answer by project.
    pub fn new(
        manifest: &Manifest,
        directory: &Path,
        granted: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            manifest: manifest.clone(),
            directory: directory.to_owned(),
            granted: Box::new(granted),
            resolved: Mutex::default(),
        }
    }

    /// The tool with this id.
    ///
    /// # Errors
    /// It is not granted, not there, or of a version that does not fit.
    pub fn resolve(&self, id: &str) -> Result<Tool, ToolError> {
        let declared = self
            .manifest
            .tool(id)
            .filter(|tool| (self.granted)(&tool.id))
            .ok_or_else(|| ToolError::NotGranted(id.to_owned()))?;
        let mut resolved = self.resolved.lock().unwrap_or_else(|e| e.into_inner());
        resolved
            .entry(id.to_owned())
            .or_insert_with(|| self.find(declared))
            .clone()
    }

    /// Every granted tool that is there.
    pub fn present(&self) -> Vec<Tool> {
        self.manifest
            .tools
            .iter()
            .filter_map(|tool| self.resolve(&tool.id).ok())
            .collect()
    }

    fn find(&self, declared: &Declared) -> Result<Tool, ToolError> {
        let missing = |why: String| ToolError::Missing {
            program: declared.program.clone(),
            why,
            help: install_help(declared),
        };
        let path = self.path(declared).map_err(missing)?;
        let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
        let mut files = vec![path.clone()];
        files.extend(
            declared
                .files
                .iter()
                .filter_map(|file| fs::canonicalize(directory.join(file)).ok()),
        );
        // The kernel starts a script's interpreter, and so has to read it.
        files.extend(
            reads::interpreter(&path).and_then(|interpreter| fs::canonicalize(interpreter).ok()),
        );
        let mut tool = Tool {
            id: declared.id.clone(),
            program: declared.program.clone(),
            path,
            version: None,
            files,
        };
        if let Some(asked) = &declared.reads {
            tool.files
                .extend(self.reads(asked, &tool).map_err(missing)?);
        }
        tool.version = self.version(declared, &tool).map_err(missing)?;
        if let (Some(accepts), Some(found)) = (&declared.accepts, &tool.version) {
            let fits = semver::Version::parse(&complete(found)).is_ok_and(|v| {
                // A nightly of an accepted release is accepted.
                accepts.matches(&semver::Version::new(v.major, v.minor, v.patch))
            });
            if !fits {
                return Err(ToolError::Version {
                    program: declared.program.clone(),
                    found: found.clone(),
                    accepts: accepts.to_string(),
                    help: install_help(declared),
                });
            }
        }
        Ok(tool)
    }

    fn path(&self, declared: &Declared) -> Result<PathBuf, String> {
        let found = on_path(&declared.program);
        let launcher = declared.locate.as_ref().and_then(|locate| {
            let path = on_path(&locate.program)?;
            // A program that is there by itself is used as it is; one that is
            // the launcher in disguise is asked for the real one.
            let disguised = found
                .as_ref()
                .is_none_or(|found| same_file(found, &path) || found.parent() == path.parent());
            disguised.then_some((locate, path))
        });
        let path = match (launcher, found) {
            (Some((locate, launcher)), found) => {
                match self.ask_launcher(&launcher, &locate.arguments) {
                    Ok(Some(path)) => path,
                    Ok(None) => found.ok_or_else(|| declared.why.clone())?,
                    // Beside the launcher and yet its own program.
                    Err(_) if found.as_ref().is_some_and(|f| !same_file(f, &launcher)) => {
                        found.unwrap_or_default()
                    }
                    Err(why) => return Err(why),
                }
            }
            (None, Some(found)) => found,
            (None, None) => return Err(declared.why.clone()),
        };
        fs::canonicalize(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Where the launcher says that the program is; `None` where nothing is.
    fn ask_launcher(
        &self,
        launcher: &Path,
        arguments: &[String],
    ) -> Result<Option<PathBuf>, String> {
        let mut environment =
            environment::inherited(&self.manifest, false, environment::user_environment());
        for key in ["HOME", "PATH"] {
            if let Some(value) = environment::user_variable(key) {
                environment.insert(key.to_owned(), value);
            }
        }
        let answer = query(&Spec {
            program: launcher.to_owned(),
            arguments: arguments.to_vec(),
            directory: self.directory.clone(),
            environment,
            // It may look anywhere and change nothing.
            policy: Policy {
                read: vec![PathBuf::from("/")],
                ..Policy::default()
            },
            name: launcher.display().to_string(),
        })
        .map_err(|error| error.to_string())?;
        let path = PathBuf::from(answer.lines().next().unwrap_or_default().trim());
        Ok((path.is_absolute() && path.is_file()).then_some(path))
    }

    fn reads(&self, asked: &Reads, tool: &Tool) -> Result<Vec<PathBuf>, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        reads::ask(asked, &tool.path, home.path(), self.bare(tool, home.path()))
    }

    /// The environment of a question: what the plugin's children get, in a home
    /// that is empty.
    fn bare(&self, tool: &Tool, home: &Path) -> BTreeMap<String, String> {
        let at = |path: &Path| path.display().to_string();
        let beside = tool.path.parent().unwrap_or(Path::new("/"));
        let mut environment =
            environment::inherited(&self.manifest, false, environment::user_environment());
        environment.extend([
            ("HOME".to_owned(), at(home)),
            ("TMPDIR".to_owned(), at(home)),
            ("PATH".to_owned(), at(beside)),
            ("LC_ALL".to_owned(), "C".to_owned()),
        ]);
        environment
    }

    /// Asked once for each program file: the answer is kept beside its size and
    /// times.
    fn version(&self, declared: &Declared, tool: &Tool) -> Result<Option<String>, String> {
        let Some(pattern) = &declared.pattern else {
            return Ok(None);
        };
        if declared.probe.is_empty() {
            return Ok(None);
        }
        let remembered = remembered_at(&tool.path, &declared.probe, pattern);
        if let Some(path) = &remembered
            && let Ok(version) = fs::read_to_string(path)
        {
            return Ok(Some(version));
        }
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let printed = query(&Spec {
            program: tool.path.clone(),
            arguments: declared.probe.clone(),
            directory: home.path().to_owned(),
            environment: self.bare(tool, home.path()),
            policy: Policy {
                read: tool.files.clone(),
                write: vec![home.path().to_owned()],
                ..Policy::default()
            },
            name: tool.program.clone(),
        })
        .map_err(|error| format!("it does not run ({error})"))?;
        let version = regex::Regex::new(pattern)
            .ok()
            .and_then(|regex| Some(regex.captures(&printed)?.get(1)?.as_str().to_owned()))
            .ok_or_else(|| format!("it printed no version: {}", printed.trim()))?;
        if let Some(path) = &remembered
            && let Some(dir) = path.parent()
        {
            // A cache: where it cannot be written the tool is asked again.
            fs::create_dir_all(dir)
                .and_then(|()| atomic::write(path, version.as_bytes()))
                .ok();
        }
        Ok(Some(version))
    }
}

/// What a person does to get the tool.
pub(crate) fn install_help(tool: &Declared) -> String {
    let help = match tool.install.here() {
        Some(command) => format!("install it with `{command}`"),
        None => format!("install `{}` and put it on PATH", tool.program),
    };
    match &tool.accepts {
        Some(accepts) => format!("{help}; versions that fit: {accepts}"),
        None => help,
    }
}

pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(program))
        .find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => a.dev() == b.dev() && a.ino() == b.ino(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

fn remembered_at(path: &Path, probe: &[String], pattern: &str) -> Option<PathBuf> {
    let meta = fs::metadata(path).ok()?;
    let changed = format!("{:?} {}", meta.modified().ok()?, meta.len());
    let key = Digest::of_fields(
        [path.to_str()?, &changed, pattern]
            .into_iter()
            .chain(probe.iter().map(String::as_str))
            .map(str::as_bytes),
    );
    Some(run_files::dirs::cache()?.join("tools").join(key.hex()))
}

/// `1.95` → `1.95.0`, so that any dotted number compares.
fn complete(version: &str) -> String {
    let numbers = version.split(['-', '+']).next().unwrap_or(version);
    let missing = 2_usize.saturating_sub(numbers.matches('.').count());
    format!("{numbers}{}", ".0".repeat(missing))
}
