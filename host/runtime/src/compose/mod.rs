//! Composition: a component's imports satisfied by other components' exports.
//!
//! Everything is bytes in and bytes out, so what comes of it is an ordinary
//! component that runs wherever components run. It goes in two steps. Who is
//! linked to whom is decided from names alone, which are read from a few bytes
//! of each file; only then, and only where no earlier run has left the same
//! composition in the cache, are the components that take part validated, linked
//! and the outcome validated. Each is instantiated once, however many import
//! from it, so those share its state and its resources.

mod cache;
mod choose;
mod error;
mod explain;
mod link;
mod name;
mod outline;
mod parts;
mod plan;
mod types;

pub use cache::CompositionCache;
pub use error::ComposeError;
pub use parts::{Choice, Content, Part};

use run_files::Digest;

use crate::Wasm;
use parts::Parts;
use plan::{Plan, ROOT};

/// What came of composing.
pub struct Composed {
    /// The root itself, byte for byte, where nothing had to be linked.
    pub wasm: Wasm,
    /// Who was linked to whom.
    pub links: Vec<Link>,
    /// Choices that decided nothing because their component imports no such
    /// thing, as component and import.
    pub idle_choices: Vec<(String, String)>,
}

/// An import and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The part that imports.
    pub importer: String,
    /// The import's name.
    pub import: String,
    /// The part it comes from.
    pub provider: String,
    /// The export's name, which can be at a newer version.
    pub export: String,
}

/// Composes `root` with those of `others` that it needs, directly or through
/// one another.
///
/// An import is satisfied by the part that exports the same name, at the same
/// version or a newer one that is compatible; by a part that was given for this
/// composition before one that was chosen, and by one that was chosen before the
/// only one there is. A `wasi:*` import that no part exports stays an import. An
/// interface of nothing but types needs no part.
///
/// # Errors
/// See [`ComposeError`].
pub fn compose(
    root: Part,
    others: Vec<Part>,
    cache: &CompositionCache,
) -> Result<Composed, ComposeError> {
    let parts = Parts::new(root, others);
    let plan = Plan::new(&parts)?;
    let wasm = if plan.is_empty() {
        parts.wasm(ROOT)?.clone()
    } else {
        linked(&parts, &plan, cache)?
    };
    Ok(Composed {
        wasm,
        links: plan.links(&parts),
        idle_choices: plan.idle_choices(&parts),
    })
}

fn linked(parts: &Parts, plan: &Plan, cache: &CompositionCache) -> Result<Wasm, ComposeError> {
    let key = plan.key(parts)?;
    let (bytes, digest) = match cache.get(key) {
        Some(kept) => kept,
        None => {
            let bytes = link::link(parts, plan)?;
            let digest = Digest::of(&bytes);
            // A full disk or a read-only home must not keep anyone from running.
            cache.put(key, &bytes, digest).ok();
            (bytes, digest)
        }
    };
    let name = parts.wasm(ROOT)?.name();
    Ok(Wasm::trusted_component(name, bytes, digest))
}
