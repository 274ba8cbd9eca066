//! Starting the programs a plugin was granted, and nothing else.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::limits::{Limits, Violation};
use super::paths::{Mode, PathMap};
use crate::manifest::{Access, CommandPattern, Manifest};
use crate::process::confine::Policy;
use crate::process::{Child, Spec};
use crate::source_tree::SourceTree;
use crate::tools::{Tool, ToolError, Tools, environment, patterns};

/// A part of an argument or of a variable's value.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(String),
    Path(String),
}

/// What a plugin asks to run.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) tool: String,
    pub(crate) arguments: Vec<Vec<Piece>>,
    pub(crate) directory: String,
    pub(crate) environment: Vec<(String, Vec<Piece>)>,
}

/// Why a child was not started.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Not in the plugin's own manifest: the plugin is at fault.
    Undeclared(String),
    /// In the manifest, and not granted by the user.
    NotGranted(String),
    /// A guest path that leads nowhere.
    Path(String),
    /// The tool is not there, or not in a version that fits.
    Tool(ToolError),
    /// The system refused.
    Io(io::Error),
    /// The call is being stopped.
    Cancelled,
}

/// The process side of one call.
pub(crate) struct Processes {
    pub(crate) plugin: String,
    /// All that the plugin declares, to tell a fault from a missing grant.
    pub(crate) declared: Arc<Manifest>,
    /// What of it was granted.
    pub(crate) granted: Arc<Manifest>,
    pub(crate) tools: Arc<Tools>,
    pub(crate) tree: SourceTree,
    pub(crate) paths: PathMap,
    /// `[[directory]]` entries that exist, with their host paths.
    pub(crate) directories: Vec<(PathBuf, Access)>,
    /// Links to the granted tools: the children's `PATH`.
    pub(crate) bin: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) tmp: PathBuf,
    pub(crate) offline: bool,
    pub(crate) locked: bool,
    pub(crate) source_date_epoch: u64,
    pub(crate) limits: Limits,
    pub(crate) violation: Violation,
    pub(crate) killers: Killers,
    pub(crate) used: Arc<Mutex<BTreeMap<String, Tool>>>,
}

impl Processes {
    /// The probed version of a tool.
    pub(crate) fn version(&self, id: &str) -> Result<String, Refusal> {
        Ok(self.tool(id)?.version.unwrap_or_default())
    }

    pub(crate) fn spawn(&self, request: &Request) -> Result<Child, Refusal> {
        let guest: Vec<String> = request
            .arguments
            .iter()
            .map(|pieces| guest_form(pieces))
            .collect();
        let pattern = self.check(&request.tool, &guest)?;
        let network = pattern.network && !self.offline;
        for (key, _) in &request.environment {
            self.check_variable(key, network)?;
        }
        let tool = self.tool(&request.tool)?;
        let directory = self.host(&request.directory)?;
        let directory = fs::canonicalize(&directory).map_err(Refusal::Io)?;
        let arguments = request
            .arguments
            .iter()
            .map(|pieces| self.host_form(pieces))
            .collect::<Result<Vec<_>, _>>()?;
        let mut variables =
            environment::inherited(&self.granted, network, environment::user_environment());
        for (key, value) in &request.environment {
            variables.insert(key.clone(), self.host_form(value)?);
        }
        variables.extend(self.fixed_variables());

        let writable = self.writable_files(&directory).map_err(Refusal::Io)?;
        let spec = Spec {
            program: tool.path.clone(),
            arguments,
            environment: variables,
            policy: self.policy(
                network,
                pattern.cache,
                writable.iter().map(|file| file.path.clone()).collect(),
            ),
            directory,
            name: tool.program.clone(),
        };
        let child = Child::spawn(&spec, &self.limits, &self.violation).map_err(Refusal::Io)?;
        if !self.killers.add(child.killer(), writable) {
            return Err(Refusal::Cancelled);
        }
        Ok(child)
    }

    /// The pattern that allows the command.
    fn check(&self, id: &str, arguments: &[String]) -> Result<&CommandPattern, Refusal> {
        let undeclared = |why: String| Refusal::Undeclared(why);
        let declared = self.declared.tool(id).ok_or_else(|| {
            undeclared(format!(
                "it ran `{id}`, which its manifest does not declare"
            ))
        })?;
        let pattern = patterns::allow(declared, arguments).map_err(undeclared)?;
        let granted = self
            .granted
            .tool(id)
            .and_then(|tool| patterns::allow(tool, arguments).ok());
        match granted {
            Some(_) => Ok(pattern),
            None => Err(Refusal::NotGranted(format!(
                "`{}` was not granted to the plugin `{}`",
                pattern.arguments, self.plugin
            ))),
        }
    }

    fn check_variable(&self, key: &str, network: bool) -> Result<(), Refusal> {
        if environment::declared(&self.declared, key).is_none() {
            return Err(Refusal::Undeclared(format!(
                "it set the variable `{key}`, which its manifest does not declare"
            )));
        }
        match environment::declared(&self.granted, key) {
            Some(entry) if entry.phase == crate::manifest::Phase::Any || network => Ok(()),
            _ => Err(Refusal::NotGranted(format!(
                "the variable `{key}` was not granted to the plugin `{}`",
                self.plugin
            ))),
        }
    }

    fn tool(&self, id: &str) -> Result<Tool, Refusal> {
        if self.declared.tool(id).is_none() {
            return Err(Refusal::Undeclared(format!(
                "it asked for `{id}`, which its manifest does not declare"
            )));
        }
        let tool = self.tools.resolve(id).map_err(Refusal::Tool)?;
        self.tools.files(&tool).map_err(Refusal::Tool)?;
        if let Ok(mut used) = self.used.lock() {
            used.insert(tool.program.clone(), tool.clone());
        }
        Ok(tool)
    }

    fn host(&self, guest: &str) -> Result<PathBuf, Refusal> {
        match self.paths.to_host(guest) {
            Some((path, _)) => Ok(path),
            None => Err(Refusal::Path(format!(
                "`{guest}` is in no directory of this call"
            ))),
        }
    }

    fn host_form(&self, pieces: &[Piece]) -> Result<String, Refusal> {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Path(guest) => {
                    let host = self.host(guest)?;
                    out.push_str(host.to_str().ok_or_else(|| {
                        Refusal::Path(format!("`{guest}` is not UTF-8 on this machine"))
                    })?);
                }
            }
        }
        Ok(out)
    }

    fn fixed_variables(&self) -> [(String, String); 6] {
        let text = |path: &Path| path.display().to_string();
        [
            ("PATH", text(&self.bin)),
            ("HOME", text(&self.home)),
            ("TMPDIR", text(&self.tmp)),
            ("SOURCE_DATE_EPOCH", self.source_date_epoch.to_string()),
            ("TZ", "UTC".to_owned()),
            ("LC_ALL", "C".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
    }

    fn policy(&self, network: bool, cache: bool, write_files: Vec<PathBuf>) -> Policy {
        let mut policy = Policy {
            read: vec![self.bin.clone()],
            write: Vec::new(),
            write_files,
            network,
        };
        for mount in self.paths.mounts() {
            match mount.mode {
                Mode::Read => policy.read.push(mount.host.clone()),
                Mode::Write => policy.write.push(mount.host.clone()),
                Mode::NameOnly => {}
            }
        }
        policy.read.extend(self.tree.ancestors.iter().cloned());
        for tool in self.tools.present() {
            // One that does not tell is not started either.
            policy
                .read
                .extend(self.tools.files(&tool).unwrap_or_default());
        }
        for (path, access) in &self.directories {
            match access {
                Access::Fetch if network => policy.write.push(path.clone()),
                Access::Cache if cache => policy.write.push(path.clone()),
                Access::Network if !network => {}
                Access::Read | Access::Fetch | Access::Network | Access::Cache => {
                    policy.read.push(path.clone())
                }
            }
        }
        policy
    }

    /// The manifest's `source.writable` files of a working directory inside the
    /// source tree, made where they are missing: a file that does not exist
    /// cannot be opened up to a child.
    fn writable_files(&self, directory: &Path) -> io::Result<Vec<Writable>> {
        if self.locked || !directory.starts_with(&self.tree.root) {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for name in &self.granted.source.writable {
            let path = directory.join(name);
            match fs::symlink_metadata(&path) {
                Ok(meta) if meta.is_file() => files.push(Writable { path, made: false }),
                // A link could lead out of the tree.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    match OpenOptions::new().write(true).create_new(true).open(&path) {
                        Ok(_) => files.push(Writable { path, made: true }),
                        // A read-only checkout has nothing to write to.
                        Err(_) => continue,
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }
}

fn guest_form(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Path(text) => text.as_str(),
        })
        .collect()
}

/// A file of the source tree that a child may write.
struct Writable {
    path: PathBuf,
    /// Made by the host, and to be taken away again if it stayed empty.
    made: bool,
}

impl Drop for Writable {
    fn drop(&mut self) {
        if self.made && fs::metadata(&self.path).is_ok_and(|meta| meta.len() == 0) {
            fs::remove_file(&self.path).ok();
        }
    }
}

/// Ends all children of a call, at once and for good.
#[derive(Clone, Default)]
pub(crate) struct Killers(Arc<Mutex<Running>>);

#[derive(Default)]
struct Running {
    stopped: bool,
    children: Vec<Box<dyn Fn() + Send + Sync>>,
    writable: Vec<Writable>,
}

impl Killers {
    /// Registers a child; false, and the child is ended, where the call is
    /// being stopped.
    fn add(&self, kill: impl Fn() + Send + Sync + 'static, writable: Vec<Writable>) -> bool {
        let mut running = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if running.stopped {
            kill();
            return false;
        }
        running.children.push(Box::new(kill));
        running.writable.extend(writable);
        true
    }

    pub(crate) fn kill_all(&self) {
        let mut running = self.0.lock().unwrap_or_else(|e| e.into_inner());
        running.stopped = true;
        for kill in &running.children {
            kill();
        }
    }
}
