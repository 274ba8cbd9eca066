//! Where the granted tools are, and which versions.

mod launcher;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::error::install_help;
use super::place::{self, Place, on_path};
use super::script::{self, Interpreter};
use super::{Pins, Tool, ToolError, environment, probe, reads, release};
use crate::api::ProjectView;
use crate::manifest::{Manifest, Package, Reads, Tool as Declared};

/// The tools of one plugin in one project, each resolved once.
pub struct Tools {
    manifest: Manifest,
    /// Of `run.toml`; launchers are asked there, for they may answer by project.
    project: PathBuf,
    /// How far the source tree reaches, and where the source is in it.
    tree: (PathBuf, PathBuf),
    pins: Pins,
    granted: Box<dyn Fn(&str) -> bool + Send + Sync>,
    resolved: Mutex<BTreeMap<String, Result<Tool, ToolError>>>,
    /// What tools told that they read, by their program's file.
    told: Mutex<BTreeMap<PathBuf, Result<Vec<PathBuf>, String>>>,
}

impl Tools {
    /// For the source of `view`; of several that `run` installed, those that
    /// are pinned are taken.
    pub fn new(
        manifest: &Manifest,
        view: &ProjectView,
        pins: &Pins,
        granted: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            manifest: manifest.clone(),
            project: view.tree.project.clone(),
            tree: (view.tree.root.clone(), view.source.clone()),
            pins: pins.clone(),
            granted: Box::new(granted),
            resolved: Mutex::default(),
            told: Mutex::default(),
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

    /// The same, where the source itself asks for a range.
    ///
    /// # Errors
    /// As [`Tools::resolve`].
    pub fn resolve_within(
        &self,
        id: &str,
        accepts: Option<&semver::VersionReq>,
    ) -> Result<Tool, ToolError> {
        let tool = self.resolve(id)?;
        let (Some(accepts), Some(found)) = (accepts, &tool.version) else {
            return Ok(tool);
        };
        if release(found).is_some_and(|version| accepts.matches(&version)) {
            return Ok(tool);
        }
        Err(ToolError::Version {
            program: tool.program.clone(),
            found: found.clone(),
            path: tool.path.display().to_string(),
            accepts: accepts.to_string(),
            help: self.manifest.tool(id).map(install_help).unwrap_or_default(),
        })
    }

    /// Every granted tool that is there.
    pub fn present(&self) -> Vec<Tool> {
        self.manifest
            .tools
            .iter()
            .filter_map(|tool| self.resolve(&tool.id).ok())
            .collect()
    }

    /// What a process of the tool reads of its own. The tool is asked for some of
    /// it, so this is for when it is started, and not for telling it apart.
    ///
    /// # Errors
    /// It does not answer, or wants more than a tool may read.
    pub fn files(&self, tool: &Tool) -> Result<Vec<PathBuf>, ToolError> {
        let mut files = tool.files.clone();
        let declared = self.manifest.tool(&tool.id);
        if let Some(declared) = declared {
            let told = self.told(declared, tool);
            files.extend(told.map_err(|why| missing(declared, why))?);
        }
        Ok(files)
    }

    /// Asked once.
    fn told(&self, declared: &Declared, tool: &Tool) -> Result<Vec<PathBuf>, String> {
        let Some(asked) = &declared.reads else {
            return Ok(Vec::new());
        };
        let mut told = self.told.lock().unwrap_or_else(|e| e.into_inner());
        told.entry(tool.path.clone())
            .or_insert_with(|| self.reads(asked, tool))
            .clone()
    }

    fn find(&self, declared: &Declared) -> Result<Tool, ToolError> {
        let (path, place, files) = self.place(declared).map_err(|why| missing(declared, why))?;
        self.examine(declared, path, place, files)
    }

    /// The program of a package that was installed in `dir`.
    pub(crate) fn installed_in(
        &self,
        declared: &Declared,
        package: &Package,
        dir: &Path,
    ) -> Result<Tool, ToolError> {
        let missing = |why: String| ToolError::Missing {
            program: declared.program.clone(),
            why,
            help: String::new(),
        };
        let dir = fs::canonicalize(dir).map_err(|error| missing(error.to_string()))?;
        let path = place::program_of(package, &dir)
            .ok_or_else(|| missing(format!("there is no `{}`", package.program)))?;
        let place = Place::Installed(dir);
        let files = self.around(declared, &path, &place);
        self.examine(declared, path, place, files)
    }

    /// Asks for the version, and whether it fits.
    fn examine(
        &self,
        declared: &Declared,
        path: PathBuf,
        place: Place,
        files: Vec<PathBuf>,
    ) -> Result<Tool, ToolError> {
        let mut tool = Tool {
            id: declared.id.clone(),
            program: declared.program.clone(),
            path,
            place,
            version: None,
            files,
        };
        // The kernel starts a script's interpreter, and so has to read it.
        let interpreter = self.interpreter(&tool.path);
        tool.files
            .extend(interpreter.and_then(|path| fs::canonicalize(path).ok()));
        let question = probe::Question {
            environment: &|home| self.bare(&tool, home),
            helpers: &self.helpers(&tool.path),
            files: &|| self.told(declared, &tool),
        };
        let version = probe::version(declared, &tool, &question);
        tool.version = version.map_err(|why| missing(declared, why))?;
        if let (Some(accepts), Some(found)) = (&declared.accepts, &tool.version)
            && !release(found).is_some_and(|version| accepts.matches(&version))
        {
            return Err(ToolError::Version {
                program: declared.program.clone(),
                found: found.clone(),
                path: tool.path.display().to_string(),
                accepts: accepts.to_string(),
                help: install_help(declared),
            });
        }
        Ok(tool)
    }

    /// The program, where it is, and what its process reads of its own.
    fn place(&self, declared: &Declared) -> Result<(PathBuf, Place, Vec<PathBuf>), String> {
        let (root, source) = &self.tree;
        let pinned = self.pins.versions.get(&declared.program);
        let (path, place) = if let Some((path, dir)) =
            place::installed(&self.project, declared, pinned.map(|p| &**p))
        {
            (path, Place::Installed(dir))
        } else if let Some(path) = place::in_project(root, source, declared) {
            (path, Place::Project)
        } else {
            (self.path(declared)?, Place::Path)
        };
        let files = self.around(declared, &path, &place);
        Ok((path, place, files))
    }

    fn around(&self, declared: &Declared, path: &Path, place: &Place) -> Vec<PathBuf> {
        let mut files = vec![path.to_owned()];
        let directory = path.parent().unwrap_or(Path::new("/"));
        files.extend(
            declared
                .files
                .iter()
                .filter_map(|file| fs::canonicalize(directory.join(file)).ok()),
        );
        match place {
            Place::Installed(dir) => files.push(dir.clone()),
            // It is a part of the tree, which its process reads anyway.
            Place::Project => files.push(self.tree.0.clone()),
            Place::Path => {}
        }
        files
    }

    /// Whoever runs the script at `path`: the manifest's own tool of that name.
    fn helpers(&self, path: &Path) -> Vec<(String, PathBuf, Vec<PathBuf>)> {
        let Some(Interpreter::Named(name)) = script::interpreter(path) else {
            return Vec::new();
        };
        let helper = self.runner(&name).map(|(path, files)| (name, path, files));
        helper.into_iter().collect()
    }

    /// The manifest's own tool of a program's name, and what it reads. A version
    /// manager has other scripts of that name on `PATH`.
    fn runner(&self, name: &str) -> Option<(PathBuf, Vec<PathBuf>)> {
        let mut tools = self.manifest.tools.iter();
        let tool = tools.find(|tool| tool.program == name && (self.granted)(&tool.id))?;
        let (path, _, files) = self.place(tool).ok()?;
        Some((path, files))
    }

    /// Who starts `path` where it is a script.
    fn interpreter(&self, path: &Path) -> Option<PathBuf> {
        match script::interpreter(path)? {
            Interpreter::Named(name) => self
                .runner(&name)
                .map_or_else(|| on_path(&name), |(path, _)| Some(path)),
            Interpreter::At(path) => Some(path),
        }
    }

    fn reads(&self, asked: &Reads, tool: &Tool) -> Result<Vec<PathBuf>, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let program = match asked.interpreter {
            true => self
                .interpreter(&tool.path)
                .ok_or("it is no script that names an interpreter")?,
            false => tool.path.clone(),
        };
        reads::ask(asked, program, home.path(), self.bare(tool, home.path()))
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
}

fn missing(declared: &Declared, why: String) -> ToolError {
    ToolError::Missing {
        program: declared.program.clone(),
        why,
        help: install_help(declared),
    }
}
