//! One installation, from the package's name to the tool in its place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use run_files::Digest;
use semver::VersionReq;

use super::description::{Manager, Values};
use super::run::Runner;
use super::staging::Staging;
use super::{InstallError, Watched, digest, versions};
use crate::manifest::{Manifest, Package, Source, Tool as Declared};
use crate::source_tree::SourceTree;
use crate::tools::{Pins, Tool, Tools, installed_name};

/// What is to be installed.
pub struct Request<'a> {
    /// The project's directory.
    pub project: &'a Path,
    /// The plugin's own tools, as far as they were granted.
    pub manifest: &'a Manifest,
    /// Which of them.
    pub tool: &'a Declared,
    /// Where it is to be had.
    pub package: &'a Package,
    /// By whom.
    pub manager: &'a Manager,
    /// What the lock demands of it.
    pub pins: &'a Pins,
    /// What the lock says of installed trees on this platform, by program.
    pub trees: &'a BTreeMap<String, Digest>,
}

/// What was installed.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The tool.
    pub tool: Tool,
    /// The digest of its tree, where that is the same on other machines.
    pub tree: Option<Digest>,
}

impl Request<'_> {
    /// Installs it: beside its place, checked there, and then moved.
    ///
    /// # Errors
    /// See [`InstallError`]; nothing is left behind.
    pub fn install(&self, watched: Watched<'_>) -> Result<Installed, InstallError> {
        let (tool, manager) = (self.tool, self.manager);
        let io = |what: String| move |error: io::Error| InstallError::io(what, error);
        let tree = SourceTree::of(self.project, &Source::default())
            .map_err(io(format!("cannot read `{}`", self.project.display())))?;
        let tools = manager.tools(tree.clone());
        tools
            .resolve(&manager.manifest.tools[0].id)
            .map_err(|error| InstallError::Manager {
                program: tool.program.clone(),
                error,
            })?;
        let staging = Staging::new(&tree.project, &tools)?;
        let runner = Runner {
            manager,
            tool: &tool.program,
            staging: &staging,
            tools,
            watched,
        };
        let pinned = self.pins.versions.get(&tool.program).map(String::as_str);
        watched
            .progress
            .now(&format!("looking for `{}`", self.package.name));
        let version = versions::choose(&runner, self.package, &self.range(), pinned)?;
        watched
            .progress
            .now(&format!("getting `{}` {version}", self.package.name));
        self.fetch(&runner, &staging, &version)?;

        watched.progress.now("checking what was installed");
        let found = self.probe(&tree, &staging.tree, &version)?;
        let number = found.version.clone().unwrap_or_default();
        let digest = self.verify(&found, &staging.tree, &number)?;
        let place = staging.publish(&installed_name(&tool.program, &number))?;
        let tool = self.probe(&tree, &place, &version)?;
        Ok(Installed { tool, tree: digest })
    }

    /// Which versions of the package will do.
    fn range(&self) -> VersionReq {
        let own = self.package.version.clone();
        own.or_else(|| self.tool.accepts.clone())
            .unwrap_or(VersionReq::STAR)
    }

    fn fetch(
        &self,
        runner: &Runner<'_>,
        staging: &Staging,
        version: &str,
    ) -> Result<(), InstallError> {
        let (directory, home) = (
            staging.tree.display().to_string(),
            staging.home.display().to_string(),
        );
        let values = Values {
            package: self.package,
            version,
            directory: &directory,
            home: &home,
        };
        for file in &self.manager.text.files {
            let path = staging.tree.join(&file.path);
            fs::write(&path, self.manager.fill(&file.text, &values)).map_err(|error| {
                InstallError::io(format!("cannot write `{}`", path.display()), error)
            })?;
        }
        for step in &self.manager.text.steps {
            runner.run(&step.arguments, step.network, &values)?;
        }
        Ok(())
    }

    /// The program in `dir`, started and asked for its version.
    fn probe(&self, tree: &SourceTree, dir: &Path, version: &str) -> Result<Tool, InstallError> {
        let view = crate::api::ProjectView {
            tree: tree.clone(),
            source: tree.project.clone(),
            settings: Vec::new(),
            cache: PathBuf::new(),
        };
        let wrong = |why: String| InstallError::Program {
            package: self.package.name.clone(),
            version: version.to_owned(),
            why,
        };
        let tool = Tools::new(self.manifest, &view, self.pins, |_| true)
            .installed_in(self.tool, self.package, dir)
            .map_err(|error| wrong(error.to_string()))?;
        match (self.pins.versions.get(&tool.program), &tool.version) {
            (Some(pinned), Some(found)) if pinned != found => Err(wrong(format!(
                "its `{}` says it is {found}; run.lock.toml pins {pinned}",
                tool.program
            ))),
            _ => Ok(tool),
        }
    }

    /// The tree's digest, once it and the program are what the lock says.
    fn verify(
        &self,
        tool: &Tool,
        dir: &Path,
        version: &str,
    ) -> Result<Option<Digest>, InstallError> {
        if !self.manager.same_bytes() {
            return Ok(None);
        }
        let unreadable =
            |error| InstallError::io(format!("cannot read `{}`", dir.display()), error);
        let tree = digest(dir, self.manager).map_err(unreadable)?;
        let program = Digest::of_file(&tool.path).map_err(unreadable)?;
        let pins = [
            (self.trees.get(&tool.program), tree),
            (self.pins.checksums.get(&tool.program), program),
        ];
        for (pinned, found) in pins {
            if let Some(pinned) = pinned.filter(|pinned| **pinned != found) {
                return Err(InstallError::Checksum {
                    program: tool.program.clone(),
                    version: version.to_owned(),
                    pinned: *pinned,
                    found,
                });
            }
        }
        Ok(Some(tree))
    }
}
