//! The world `language-builder`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use wasmtime::component::Resource;

use super::bindings::builder::LanguageBuilderPre;
use super::bindings::{Job, Project};
use super::call::{Loaded, ProcessSetup, Setup};
use super::convert;
use crate::api::{
    Artifact, BuildJob, Built, Detection, Host, ProjectView, Template, ToolRequirement, Watch,
};
use crate::artifact::Plugin;
use crate::error::{CallError, LoadError};
use crate::events::Level;
use crate::manifest::{Access, Kind, Manifest};
use crate::process::confine::{self, Support};
use crate::remote::{self, Placeholders};
use crate::sandbox::http::Network;
use crate::sandbox::paths::{Mode, Mount};
use crate::sandbox::processes::Processes;
use crate::sandbox::refusals;
use crate::sandbox::state::{Declared, Subject};
use crate::tools::{Tools, environment};

/// A builder of this version of the contract.
pub(in crate::api) struct Builder(Loaded);

impl Builder {
    pub(in crate::api) fn load(
        host: &Host,
        plugin: &Plugin,
        granted: Arc<Manifest>,
    ) -> Result<Self, LoadError> {
        Loaded::new(host, plugin, granted, Kind::LanguageBuilder).map(Self)
    }

    /// Calls that only look: the source and nothing else.
    fn look(&self, project: &ProjectView) -> Result<(Setup, Scratch), CallError> {
        let scratch = Scratch::new(&self.0)?;
        let tmp = self.0.mount("/tmp", &scratch.tmp, Mode::Write)?;
        let setup = Setup {
            mounts: vec![self.0.mount("/src", &project.tree.root, Mode::Read)?, tmp],
            subject: Subject::Project(project.clone()),
            frozen: Some(0),
            network: Network::None,
            access: remote::Access::default(),
            placeholders: Placeholders::default(),
            processes: None,
        };
        Ok((setup, scratch))
    }

    fn processes(
        &self,
        job: &BuildJob,
        scratch: &Scratch,
        tools: &Arc<Tools>,
        used: &Used,
    ) -> Result<(ProcessSetup, Vec<Mount>), CallError> {
        if job.hermetic
            && let Support::Missing(reason) = confine::support()
        {
            return Err(CallError::Hermetic {
                reason: reason.clone(),
            });
        }
        let granted = self.0.granted.clone();
        let mut named = Vec::new();
        let mut directories = Vec::new();
        for directory in &granted.directories {
            let Some(path) =
                environment::expand(&directory.path, &granted, environment::user_variable)
            else {
                continue;
            };
            if matches!(directory.access, Access::Fetch | Access::Cache) && !path.exists() {
                // Where it cannot be made, the tool says what it misses.
                make_shared(&path, directory.file).ok();
            }
            let Ok(path) = std::fs::canonicalize(path) else {
                continue;
            };
            named.push(Mount {
                guest: format!("/dirs/{}", directory.id),
                host: path.clone(),
                mode: Mode::NameOnly,
            });
            directories.push((path, directory.access));
        }
        let home = job.project.cache.join("home");
        make_dir(&home)?;
        link_tools(tools, &scratch.bin)?;
        let (plugin, declared, limits) = (
            self.0.name.clone(),
            self.0.declared.clone(),
            self.0.host.limits.clone(),
        );
        let (bin, tmp) = (scratch.bin.clone(), scratch.tmp.clone());
        let (job, tools, used) = (job.clone(), tools.clone(), used.clone());
        let setup: ProcessSetup = Box::new(move |paths, violation, killers| {
            Ok(Processes {
                plugin,
                declared,
                granted,
                tools,
                tree: job.project.tree.clone(),
                paths,
                directories,
                bin,
                home,
                tmp,
                offline: job.offline,
                locked: job.locked,
                source_date_epoch: job.source_date_epoch,
                limits,
                violation,
                killers,
                used,
            })
        });
        Ok((setup, named))
    }
}

type Used = Arc<Mutex<BTreeMap<String, crate::tools::Tool>>>;

/// Directories of one call that are gone after it.
struct Scratch {
    _root: tempfile::TempDir,
    tmp: PathBuf,
    bin: PathBuf,
}

impl Scratch {
    fn new(loaded: &Loaded) -> Result<Self, CallError> {
        let make = || {
            let root = tempfile::Builder::new().prefix("run-plugin-").tempdir()?;
            let path = std::fs::canonicalize(root.path())?;
            let (tmp, bin) = (path.join("tmp"), path.join("bin"));
            std::fs::create_dir(&tmp)?;
            std::fs::create_dir(&bin)?;
            Ok(Self {
                _root: root,
                tmp,
                bin,
            })
        };
        make().map_err(|source| CallError::Host {
            what: format!(
                "cannot make a temporary directory for the plugin `{}`",
                loaded.name
            ),
            source,
        })
    }
}

fn make_dir(path: &Path) -> Result<(), CallError> {
    std::fs::create_dir_all(path).map_err(|source| CallError::Host {
        what: format!("cannot make the directory `{}`", path.display()),
        source,
    })
}

/// Makes a directory or an empty file of the user's that tools share.
fn make_shared(path: &Path, file: bool) -> std::io::Result<()> {
    if !file {
        return std::fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map(drop)
}

/// A directory that holds the granted tools under their own names and nothing
/// else: the children's `PATH`.
fn link_tools(tools: &Tools, bin: &Path) -> Result<(), CallError> {
    for tool in tools.present() {
        // Asked before the plugin runs: nothing in its call may be waited for. What
        // comes of it is told when the tool is started.
        tools.files(&tool).ok();
        let link = bin.join(&tool.program);
        #[cfg(unix)]
        let made = std::os::unix::fs::symlink(&tool.path, &link);
        #[cfg(not(unix))]
        let made = std::fs::copy(&tool.path, &link).map(drop);
        match made {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(CallError::Host {
                    what: format!("cannot link `{}` for the plugin's children", tool.program),
                    source: error,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

impl crate::api::Builder for Builder {
    fn detect(&self, project: &ProjectView, watch: &Watch) -> Result<Option<Detection>, CallError> {
        let (setup, _scratch) = self.look(project)?;
        let answer = self.0.call(watch, setup, async |store, instance| {
            let plugin = LanguageBuilderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let project: Resource<Project> = store.data_mut().table.push(Project)?;
            plugin
                .run_plugin_builder()
                .call_detect(store, project)
                .await
        })?;
        let found = answer.map_err(|error| convert::failure(&self.0.name, error))?;
        Ok(found.map(|found| Detection {
            language: found.language,
            confidence: found.confidence.min(100),
        }))
    }

    fn toolchain(
        &self,
        project: &ProjectView,
        watch: &Watch,
    ) -> Result<Vec<ToolRequirement>, CallError> {
        let (setup, _scratch) = self.look(project)?;
        let answer = self.0.call(watch, setup, async |store, instance| {
            let plugin = LanguageBuilderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let project: Resource<Project> = store.data_mut().table.push(Project)?;
            plugin
                .run_plugin_builder()
                .call_toolchain(store, project)
                .await
        })?;
        let tools = answer.map_err(|error| convert::failure(&self.0.name, error))?;
        Ok(tools
            .into_iter()
            .map(|tool| ToolRequirement {
                tool: tool.tool,
                version: tool.version,
                reason: tool.reason,
            })
            .collect())
    }

    fn build(&self, job: &BuildJob, watch: &Watch) -> Result<Built, CallError> {
        make_dir(&job.project.cache)?;
        let scratch = Scratch::new(&self.0)?;
        let granted = self.0.granted.clone();
        let tools = Arc::new(Tools::new(
            &self.0.declared,
            &job.project,
            &job.pins,
            move |id| granted.tool(id).is_some(),
        ));
        self.check_pins(job, &tools, watch)?;
        let used = Used::default();
        let (processes, named) = self.processes(job, &scratch, &tools, &used)?;
        let mut mounts = vec![
            self.0.mount("/out", &job.output, Mode::Write)?,
            self.0.mount("/cache", &job.project.cache, Mode::Write)?,
            self.0.mount("/tmp", &scratch.tmp, Mode::Write)?,
            self.0.mount("/src", &job.project.tree.root, Mode::Read)?,
        ];
        if let Some((wit, _)) = &job.wit {
            mounts.push(self.0.mount("/wit", wit, Mode::Read)?);
        }
        mounts.extend(named);
        let setup = Setup {
            subject: Subject::Build(job.clone()),
            mounts,
            frozen: Some(job.source_date_epoch),
            network: Network::None,
            access: remote::Access::default(),
            placeholders: Placeholders::default(),
            processes: Some(processes),
        };
        let (answer, declared, refused) = self.0.call(watch, setup, async |store, instance| {
            let plugin = LanguageBuilderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let handle: Resource<Job> = store.data_mut().table.push(Job)?;
            let answer = plugin
                .run_plugin_builder()
                .call_build(&mut *store, handle)
                .await?;
            let declared: Declared = std::mem::take(&mut store.data_mut().declared);
            let refused = std::mem::take(&mut store.data_mut().refused);
            Ok((answer, declared, refused))
        })?;
        if answer.is_err() {
            for refusal in &refused {
                watch.events.diagnostic(refusals::diagnostic(refusal));
            }
        }
        let artifacts = answer.map_err(|error| convert::failure(&self.0.name, error))?;
        let artifacts = artifacts
            .into_iter()
            .map(|artifact| {
                Ok(Artifact {
                    kind: convert::artifact_kind(artifact.kind),
                    path: self.accept(&job.output, &artifact.path)?,
                    attributes: artifact
                        .attributes
                        .into_iter()
                        .map(|a| (a.key, a.value))
                        .collect(),
                })
            })
            .collect::<Result<_, CallError>>()?;
        let used = used.lock().map(|used| used.clone()).unwrap_or_default();
        if job.reproducible {
            tell_unpinned(used.keys(), &job.pins, watch);
        }
        Ok(Built {
            artifacts,
            depends_on: declared.depends_on,
            irreproducible: declared.irreproducible,
            tools: used
                .into_values()
                .map(|tool| (tool.program, tool.path, tool.version.unwrap_or_default()))
                .collect(),
        })
    }

    fn templates(&self, language: &str, watch: &Watch) -> Result<Vec<Template>, CallError> {
        let setup = Setup {
            subject: Subject::Nothing,
            mounts: Vec::new(),
            frozen: Some(0),
            network: Network::None,
            access: remote::Access::default(),
            placeholders: Placeholders::default(),
            processes: None,
        };
        let templates = self.0.call(watch, setup, async |store, instance| {
            let plugin = LanguageBuilderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            plugin
                .run_plugin_builder()
                .call_templates(store, language)
                .await
        })?;
        Ok(templates
            .into_iter()
            .map(|template| Template {
                name: template.name,
                summary: template.summary,
            })
            .collect())
    }

    fn scaffold(
        &self,
        language: &str,
        template: &str,
        name: &str,
        output: &Path,
        watch: &Watch,
    ) -> Result<Vec<PathBuf>, CallError> {
        let setup = Setup {
            subject: Subject::Nothing,
            mounts: vec![self.0.mount("/out", output, Mode::Write)?],
            frozen: Some(0),
            network: Network::None,
            access: remote::Access::default(),
            placeholders: Placeholders::default(),
            processes: None,
        };
        let answer = self.0.call(watch, setup, async |store, instance| {
            let plugin = LanguageBuilderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            plugin
                .run_plugin_builder()
                .call_scaffold(store, language, template, name)
                .await
        })?;
        answer
            .map_err(|error| convert::failure(&self.0.name, error))?
            .iter()
            .map(|path| self.accept(output, path))
            .collect()
    }
}

/// The same source gives the same bytes where the tools are the same, so it is
/// worth saying that nothing keeps them so.
fn tell_unpinned<'p>(
    programs: impl Iterator<Item = &'p String>,
    pins: &crate::tools::Pins,
    watch: &Watch,
) {
    let unpinned: Vec<_> = programs
        .filter(|program| !pins.has(program))
        .map(|program| format!("`{program}`"))
        .collect();
    let message = format!(
        "{} not pinned, so that others may build with other versions; pin what is here with `run v2 toolchain sync`",
        unpinned.join(", ")
    );
    if !unpinned.is_empty() && pins.tell(&message) {
        watch.events.log(Level::Warn, &message, &[]);
    }
}

impl Builder {
    /// Compares the tools with what the lock pins of them, before any of them
    /// runs.
    fn check_pins(&self, job: &BuildJob, tools: &Tools, watch: &Watch) -> Result<(), CallError> {
        let pinned = |tool: &&crate::manifest::Tool| job.pins.has(&tool.program);
        for declared in self.0.granted.tools.iter().filter(pinned) {
            // One that is not there is told when it is needed.
            let Ok(tool) = tools.resolve(&declared.id) else {
                continue;
            };
            let drift = job.pins.drift(&tool).map_err(|source| CallError::Host {
                what: format!("cannot read `{}`", tool.path.display()),
                source,
            })?;
            let Some(drift) = drift else { continue };
            let help = drift.help(!declared.packages.is_empty());
            if job.pins.strict {
                return Err(CallError::Pinned { drift, help });
            }
            let message = format!("{drift}; {help}");
            if job.pins.tell(&message) {
                watch.events.log(Level::Warn, &message, &[]);
            }
        }
        Ok(())
    }

    /// The host path of a file a plugin made, which must be a regular file that
    /// lies in `output` after every link is followed.
    fn accept(&self, output: &Path, guest: &str) -> Result<PathBuf, CallError> {
        let refuse = |why: &str| CallError::Violation {
            plugin: self.0.name.clone(),
            rule: format!("it returned `{guest}` as an artifact, which {why}"),
        };
        let mount = self.0.mount("/out", output, Mode::Write)?;
        let root = mount.host.clone();
        let paths = crate::sandbox::paths::PathMap::new(vec![mount]);
        let (path, _) = paths
            .to_host(guest)
            .ok_or_else(|| refuse("is not below /out"))?;
        let meta = std::fs::symlink_metadata(&path).map_err(|_| refuse("does not exist"))?;
        if !meta.is_file() {
            return Err(refuse("is not a regular file"));
        }
        let real = std::fs::canonicalize(&path).map_err(|_| refuse("does not exist"))?;
        if !real.starts_with(&root) {
            return Err(refuse("leads out of /out"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            if meta.nlink() != 1 {
                return Err(refuse("is a hard link"));
            }
        }
        Ok(real)
    }
}
