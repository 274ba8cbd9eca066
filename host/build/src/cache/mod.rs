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
mod remote;
mod shape;
mod used;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use run_files::Digest;
use run_plugins::cancel::Cancel;
use run_runtime::Wasm;

pub(crate) use entry::Entry;
pub(crate) use places::Places;
pub use remote::{KeyError, KeyId, PublicKey, RemoteOptions, RemotePlace, SecretKey};
pub(crate) use shape::Shape;

use crate::inputs::Inputs;
use local::Local;
use remote::Remote;

/// How many of the shapes that are known here a remote cache is asked for.
const MOST_ASKED: usize = 4;

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
    /// One that is shared with other machines, asked where this one has nothing.
    pub remote: Option<Arc<RemoteOptions>>,
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
    /// The one that is shared with other machines.
    Remote,
}

impl CachedIn {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
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
    /// Who answers for it, where it was built on another machine.
    pub(crate) signer: Option<KeyId>,
}

/// The caches a session uses.
pub(crate) struct BuildCache {
    mode: CacheMode,
    local: Option<Local>,
    /// What was got from others, by who answers for it: what one project trusts
    /// is not for another to be taken in by.
    signed: Vec<(KeyId, Local)>,
    remote: Option<Remote>,
    /// Where the project notes what it took or put.
    used: used::Used,
}

impl BuildCache {
    pub(crate) fn open(options: &CacheOptions, project: &Path, cancel: &Cancel) -> Self {
        let on = options.mode != CacheMode::Off;
        let dir = options.dir.as_ref().filter(|_| on);
        let remote = options.remote.as_ref().filter(|_| on);
        let trusted = remote.map(|remote| remote.trusted.as_slice());
        let of = |dir: &PathBuf| {
            let by = |key: &PublicKey| {
                let dir = dir.join(local::SIGNED).join(key.id().hex());
                (key.id(), Local::at(&dir, options.size))
            };
            trusted.unwrap_or_default().iter().map(by).collect()
        };
        Self {
            mode: options.mode,
            local: dir.map(|dir| Local::at(dir, options.size)),
            signed: dir.map(of).unwrap_or_default(),
            remote: remote.map(|remote| Remote::open(remote.clone(), cancel.clone())),
            used: used::Used::of(project),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.local.is_some() || self.remote.is_some()
    }

    /// What went wrong with the remote cache since this was last asked.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let remote = self.remote.as_ref();
        remote.map(Remote::warnings).unwrap_or_default()
    }

    /// The component, where it was built before from the same; else why there
    /// is none.
    pub(crate) fn find(&self, query: &Query<'_>, name: &str) -> Result<Hit, String> {
        if !self.is_on() {
            return Err("the build cache is off".to_owned());
        }
        let mut shapes = Vec::new();
        let own = self.local.iter().map(|local| (None, local));
        let signed = self.signed.iter().map(|(key, local)| (Some(*key), local));
        for (signer, local) in own.chain(signed) {
            let known = local.shapes(query.first);
            for shape in &known {
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
                        signer,
                    });
                }
            }
            shapes.extend(known);
        }
        let mut found = shapes.len();
        if let Some(remote) = &self.remote {
            let theirs = remote.shapes(query.first);
            found += theirs.len();
            shapes.truncate(MOST_ASKED);
            shapes.extend(theirs);
            if let Some(hit) = self.ask_remote(remote, &shapes, query, name) {
                return Ok(hit);
            }
        }
        Err(match found {
            0 => "the build cache has no build with this plugin, these tools and these settings",
            _ => "the build cache has builds with these settings, and none of these sources",
        }
        .to_owned())
    }

    fn ask_remote(
        &self,
        remote: &Remote,
        shapes: &[Shape],
        query: &Query<'_>,
        name: &str,
    ) -> Option<Hit> {
        let mut asked = Vec::new();
        for shape in shapes {
            let inputs = Inputs::look(query.root, &shape.patterns);
            let Some(second) = shape.key(query, &inputs) else {
                continue;
            };
            if asked.contains(&second) {
                continue;
            }
            asked.push(second);
            let Some(found) = remote.get(second, name) else {
                continue;
            };
            let remote::Found {
                entry,
                component,
                signer,
            } = found;
            let mut kept = self.signed.iter().filter(|(key, _)| *key == signer);
            if self.mode == CacheMode::ReadWrite
                && let Some((_, local)) = kept.next()
                && local
                    .put(query.first, shape.clone(), second, &entry, &component)
                    .is_ok()
            {
                self.used.add(second);
            }
            return Some(Hit {
                component,
                inputs,
                entry,
                from: CachedIn::Remote,
                signer: Some(signer),
            });
        }
        None
    }

    /// Keeps a component that was built. A cache that cannot be written is no
    /// reason for a build to fail.
    pub(crate) fn keep(&self, query: &Query<'_>, inputs: &Inputs, component: &Wasm, entry: &Entry) {
        if self.mode != CacheMode::ReadWrite {
            return;
        }
        let shape = Shape {
            patterns: inputs.patterns().to_vec(),
            places: query.places.found_in(component.bytes()),
        };
        // An input changed meanwhile: what it was built from cannot be said.
        let Some(second) = shape.key(query, inputs) else {
            return;
        };
        if let Some(remote) = &self.remote {
            remote.put(query.first, &shape, second, entry, component);
        }
        if let Some(local) = &self.local
            && local
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
        // All of them lie in one directory, which has one size.
        let all = self
            .signed
            .iter()
            .map(|(_, local)| local)
            .chain(&self.local);
        let added = all.map(Local::growth).sum();
        if added > 0
            && let Some(local) = &self.local
        {
            local.prune(added);
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
    let all = Local::all_in(dir, options.size);
    let keys = used::Used::of(project).read();
    let forget = |key: &Digest| all.iter().filter(|local| local.remove(*key)).count() > 0;
    keys.into_iter().filter(forget).count()
}

#[cfg(test)]
mod tests;
