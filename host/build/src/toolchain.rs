//! Which tools the components of a project need, and what is there of them.

use std::path::Path;

use run_plugins::api::{ProjectView, Watch};
use run_plugins::manifest::{Manifest, Tool as Declared};
use run_plugins::{CallError, SourceTree, Tool, ToolError, Tools};

use crate::error::BuildError;
use crate::plugins::Available;
use crate::session::Session;
use crate::session::make::cache_name;
use crate::spec::{Kind, Spec};

/// A tool that components need, all of them the same one.
pub struct Need {
    /// The plugin's tool.
    pub declared: Declared,
    /// The plugin that builds them, with what it was granted.
    pub plugin: Available,
    /// The components, and why each needs it.
    pub wanted_by: Vec<Wanted>,
    /// What is there.
    pub found: Result<Tool, ToolError>,
}

/// One component's need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The component.
    pub component: String,
    /// Why, in the plugin's words.
    pub reason: String,
    /// The versions that will do, where it says so.
    pub accepts: Option<semver::VersionReq>,
}

/// A tool as its plugin declares it, who wants it, and what there is.
type Looked = (Declared, Wanted, Result<Tool, ToolError>);

impl Need {
    /// What the tool is called, on `PATH` and in the lock.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.declared.program
    }

    /// The range of versions that all will do with: the plugin's own, and what
    /// the sources ask for.
    #[must_use]
    pub fn accepts(&self) -> Option<String> {
        let own = self.declared.accepts.iter();
        let mut ranges: Vec<String> = own
            .chain(self.wanted_by.iter().filter_map(|w| w.accepts.as_ref()))
            .map(ToString::to_string)
            .collect();
        ranges.sort();
        ranges.dedup();
        (!ranges.is_empty()).then(|| ranges.join(", "))
    }
}

impl Session<'_> {
    /// The tools that the components need, sorted by program, and the plugins
    /// that build them: what each plugin says of each source, and what it cannot
    /// do without.
    ///
    /// # Errors
    /// No plugin builds a component, or one fails.
    pub fn toolchain(&self, specs: &[Spec]) -> Result<(Vec<Need>, Vec<Available>), BuildError> {
        let mut needs: Vec<Need> = Vec::new();
        let mut plugins: Vec<Available> = Vec::new();
        for spec in specs {
            let Kind::Source { source, language } = &spec.kind else {
                continue;
            };
            // WebAssembly text needs no plugin and no tool.
            if source.extension().is_some_and(|ending| ending == "wat") {
                continue;
            }
            self.require(spec, source)?;
            let plugin = self
                .plugins
                .choose(spec, language.as_deref(), source, self)?;
            for (declared, wanted, found) in self.wanted(spec, source, &plugin)? {
                let same = needs.iter_mut().find(|need| {
                    need.declared.program == declared.program
                        && need.plugin.plugin.digest() == plugin.plugin.digest()
                        && place(&need.found) == place(&found)
                });
                match same {
                    Some(need) => {
                        need.wanted_by.push(wanted);
                        if need.found.is_ok() {
                            need.found = found;
                        }
                    }
                    None => needs.push(Need {
                        declared,
                        plugin: plugin.clone(),
                        wanted_by: vec![wanted],
                        found,
                    }),
                }
            }
            let known = |other: &Available| other.plugin.digest() == plugin.plugin.digest();
            if !plugins.iter().any(known) {
                plugins.push(plugin);
            }
        }
        needs.sort_by(|a, b| a.program().cmp(b.program()));
        Ok((needs, plugins))
    }

    fn wanted(
        &self,
        spec: &Spec,
        source: &Path,
        available: &Available,
    ) -> Result<Vec<Looked>, BuildError> {
        let manifest = &available.plugin.manifest;
        let view = self.view(spec, source, available)?;
        let watch = Watch {
            events: std::sync::Arc::new(run_plugins::events::Silent),
            cancel: self.cancel.clone(),
        };
        let host = self.host()?;
        let builder = host
            .builder(&available.plugin, &available.granted)
            .map_err(CallError::from)?;
        let asked = builder.toolchain(&view, &watch)?;
        let granted = granted(available);
        let known = granted.clone();
        let tools = Tools::new(manifest, &view, &self.options.pins, move |id| {
            known.tool(id).is_some()
        });
        let fault = |rule: String| CallError::Violation {
            plugin: available.plugin.name.clone(),
            rule,
        };
        let mut wanted = Vec::new();
        for requirement in asked {
            let declared = manifest.tool(&requirement.tool).ok_or_else(|| {
                fault(format!(
                    "it asked for `{}`, which its manifest does not declare",
                    requirement.tool
                ))
            })?;
            let range = requirement.version.parse::<semver::VersionReq>();
            let range = range.map_err(|error| {
                fault(format!(
                    "it asked for `{}` in the versions `{}`: {error}",
                    requirement.tool, requirement.version
                ))
            })?;
            let accepts = (range != semver::VersionReq::STAR).then_some(range);
            let found = tools.resolve_within(&declared.id, accepts.as_ref());
            wanted.push((
                granted.tool(&declared.id).unwrap_or(declared).clone(),
                Wanted {
                    component: spec.name.clone(),
                    reason: requirement.reason,
                    accepts,
                },
                found,
            ));
        }
        for declared in manifest.tools.iter().filter(|tool| !tool.optional) {
            if !wanted.iter().any(|(tool, ..)| tool.id == declared.id) {
                wanted.push((
                    granted.tool(&declared.id).unwrap_or(declared).clone(),
                    Wanted {
                        component: spec.name.clone(),
                        reason: declared.why.clone(),
                        accepts: None,
                    },
                    tools.resolve(&declared.id),
                ));
            }
        }
        Ok(wanted)
    }

    fn view(
        &self,
        spec: &Spec,
        source: &Path,
        available: &Available,
    ) -> Result<ProjectView, BuildError> {
        let manifest = &available.plugin.manifest;
        let unreadable =
            |error| BuildError::io(format!("cannot read `{}`", source.display()), error);
        Ok(ProjectView {
            settings: spec.settings_for(manifest)?,
            tree: SourceTree::of(&self.root, &manifest.source).map_err(unreadable)?,
            source: std::fs::canonicalize(source).map_err(unreadable)?,
            cache: self
                .root
                .join(".run/cache")
                .join(cache_name(&manifest.plugin.id)),
        })
    }
}

/// The manifest of a plugin, as far as it was granted.
#[must_use]
pub fn granted(available: &Available) -> Manifest {
    run_plugins::consent::narrow(available.plugin.manifest.clone(), &available.granted)
}

fn place(found: &Result<Tool, ToolError>) -> Option<&Path> {
    found.as_ref().ok().map(|tool| tool.path.as_path())
}
