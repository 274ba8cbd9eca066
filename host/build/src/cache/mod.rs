//! Builds that were done before: here, in another branch, in another project.
//!
//! What decides a build is known in two steps. The facts (plugin, programs,
//! settings, …) are known before it; which files it reads is known only after
//! it, because the builder says so. So a first key, of the facts, leads to the
//! *shapes* that builds with it had: the patterns of their inputs. The contents
//! of the files that a shape names give the second key, and that leads to the
//! component. It is the manifest of ccache's direct mode, with patterns for
//! headers.

mod entry;
mod local;
mod places;
mod prune;
mod shape;
mod used;

use std::path::{Path, PathBuf};

use run_files::Digest;
use run_runtime::Wasm;

pub(crate) use entry::Entry;
pub(crate) use places::Places;
pub(crate) use shape::Shape;

use crate::inputs::Inputs;
use local::Local;

/// What the build cache may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CacheMode {
    /// Nothing.
    Off,
    /// Taking from it.
    Read,
    /// Taking from it, and putting into it.
    #[default]
    ReadWrite,
}

/// Where the build cache is and how large it may become.
#[derive(Debug, Clone)]
pub struct CacheOptions {
    /// What it is used for.
    pub mode: CacheMode,
    /// Its directory; `None` where the user has none.
    pub dir: Option<PathBuf>,
    /// In bytes.
    pub size: u64,
}

/// Which cache a component came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachedIn {
    /// The user's, on this machine.
    Local,
}

impl CachedIn {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
        }
    }
}

/// What is known of a build before it runs.
pub(crate) struct Query<'q> {
    /// A digest of all that decides it and is no file of the source tree.
    pub(crate) first: Digest,
    /// The source tree's root.
    pub(crate) root: &'q Path,
    /// The directories that may be found in what it makes.
    pub(crate) places: &'q Places,
}

/// A component that need not be built.
pub(crate) struct Hit {
    pub(crate) component: Wasm,
    pub(crate) inputs: Inputs,
    pub(crate) entry: Entry,
    pub(crate) from: CachedIn,
}

/// The caches a session uses.
pub(crate) struct BuildCache {
    mode: CacheMode,
    local: Option<Local>,
    /// Where the project notes what it took or put.
    used: used::Used,
}

impl BuildCache {
    pub(crate) fn open(options: &CacheOptions, project: &Path) -> Self {
        let on = options.mode != CacheMode::Off;
        Self {
            mode: options.mode,
            local: options
                .dir
                .as_ref()
                .filter(|_| on)
                .map(|dir| Local::at(dir, options.size)),
            used: used::Used::of(project),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.local.is_some()
    }

    /// The component, where it was built before from the same; else why there
    /// is none.
    pub(crate) fn find(&self, query: &Query<'_>, name: &str) -> Result<Hit, String> {
        let Some(local) = &self.local else {
            return Err("the build cache is off".to_owned());
        };
        let shapes = local.shapes(query.first);
        for shape in &shapes {
            let inputs = Inputs::look(query.root, &shape.patterns);
            let Some(second) = shape.key(query, &inputs) else {
                continue;
            };
            if let Some((entry, component)) = local.get(second, name) {
                self.used.add(second);
                return Ok(Hit {
                    component,
                    inputs,
                    entry,
                    from: CachedIn::Local,
                });
            }
        }
        Err(match shapes.len() {
            0 => "the build cache has no build with this plugin, these tools and these settings",
            _ => "the build cache has builds with these settings, and none of these sources",
        }
        .to_owned())
    }

    /// Keeps a component that was built. A cache that cannot be written is no
    /// reason for a build to fail.
    pub(crate) fn keep(&self, query: &Query<'_>, inputs: &Inputs, component: &Wasm, entry: &Entry) {
        let Some(local) = self
            .local
            .as_ref()
            .filter(|_| self.mode == CacheMode::ReadWrite)
        else {
            return;
        };
        let shape = Shape {
            patterns: inputs.patterns().to_vec(),
            places: query.places.found_in(component.bytes()),
        };
        // An input changed meanwhile: what it was built from cannot be said.
        let Some(second) = shape.key(query, inputs) else {
            return;
        };
        if local
            .put(query.first, shape, second, entry, component)
            .is_ok()
        {
            self.used.add(second);
        }
    }

    /// What is left for the end of a build: to note what was used and, where
    /// something was put in, to stay within the size.
    pub(crate) fn settle(&self) {
        self.used.write();
        if let Some(local) = &self.local {
            local.prune();
        }
    }
}

/// Takes everything out of the build cache that a project put in or took.
/// Returns how many builds that were.
#[must_use]
pub fn forget(options: &CacheOptions, project: &Path) -> usize {
    let Some(dir) = options
        .dir
        .as_ref()
        .filter(|_| options.mode == CacheMode::ReadWrite)
    else {
        return 0;
    };
    let local = Local::at(dir, options.size);
    let keys = used::Used::of(project).read();
    keys.into_iter().filter(|key| local.remove(*key)).count()
}

#[cfg(test)]
mod tests;
