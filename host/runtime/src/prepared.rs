//! A component that is compiled and linked, ready to be instantiated any number
//! of times.

use std::path::Path;
use std::sync::OnceLock;

use run_files::Digest;
use wasmtime::component::{Component, InstancePre};

#[cfg(feature = "compiler")]
use crate::artifact::Loaded;
use crate::exports::{self, ExportedFunction};
use crate::linker::{self, Linked};
use crate::sandbox::State;
use crate::values::{self, Argument};
#[cfg(feature = "compiler")]
use crate::{ArtifactCache, Wasm};
use crate::{Engine, Error};

/// A compiled component.
pub struct Prepared {
    pub(crate) engine: Engine,
    pub(crate) component: Component,
    name: String,
    digest: Digest,
    linked: OnceLock<Result<Link, Error>>,
    functions: OnceLock<Vec<ExportedFunction>>,
}

/// A component with all that it imports.
pub(crate) struct Link {
    pub(crate) pre: InstancePre<State>,
    pub(crate) waits: bool,
    pub(crate) draws: bool,
    pub(crate) alone: bool,
}

#[cfg(feature = "compiler")]
impl Prepared {
    /// Compiles a component, or maps its artifact. A core module becomes a
    /// component first, see [`crate::encode`].
    ///
    /// # Errors
    /// The bytes are not valid, or a core module that cannot become a component.
    pub fn new(engine: &Engine, cache: &ArtifactCache, wasm: &Wasm) -> Result<Self, Error> {
        let component = cache.load(engine, wasm)?;
        Ok(Self::of(engine, component, wasm.name(), wasm.digest()))
    }

    /// The same from a file, which is not even read where it is known.
    ///
    /// # Errors
    /// As [`Prepared::new`], and where the file cannot be read.
    pub fn open(engine: &Engine, cache: &ArtifactCache, path: &Path) -> Result<Self, Error> {
        let Loaded {
            component,
            name,
            digest,
        } = cache.open(engine, path)?;
        Ok(Self::of(engine, component, &name, digest))
    }
}

impl Prepared {
    /// A component that was compiled before, by `ahead::compile`.
    ///
    /// # Safety
    /// What the file holds is run as it is: it must have come from there, and
    /// nobody may have had the chance to change it since.
    ///
    /// # Errors
    /// The file cannot be read, or was made by another version, for another
    /// kind of machine, or with other settings.
    pub unsafe fn precompiled(engine: &Engine, path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        // SAFETY: what the caller promises.
        let mapped = unsafe { Component::deserialize_file(engine.wasmtime(), path) };
        match mapped {
            // Nothing is drawn from its digest where random numbers are real.
            Ok(component) => Ok(Self::of(engine, component, &name, Digest::of(b""))),
            Err(error) => Err(Error::NotPrecompiled {
                name,
                reason: format!("{error:#}"),
            }),
        }
    }

    fn of(engine: &Engine, component: Component, name: &str, digest: Digest) -> Self {
        Self {
            engine: engine.clone(),
            component,
            name: name.to_owned(),
            digest,
            linked: OnceLock::new(),
            functions: OnceLock::new(),
        }
    }

    /// What errors call this component.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of its bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The functions it exports.
    #[must_use]
    pub fn functions(&self) -> &[ExportedFunction] {
        self.functions
            .get_or_init(|| exports::functions(&self.engine, &self.component))
    }

    /// The exported function that `wanted` names.
    ///
    /// # Errors
    /// Imports that nothing provides, since then no function can be called; or
    /// see [`exports::find`].
    pub fn function(&self, wanted: &str) -> Result<ExportedFunction, Error> {
        self.link()?;
        exports::find(self.name(), self.functions(), wanted)
    }

    /// Whether everything it imports is provided.
    ///
    /// # Errors
    /// Imports that nothing provides.
    pub fn check_imports(&self) -> Result<(), Error> {
        self.link().map(drop)
    }

    /// The arguments of `function` from what was typed.
    ///
    /// # Errors
    /// See [`values::plan`].
    pub fn arguments(
        &self,
        function: &ExportedFunction,
        given: &[String],
    ) -> Result<Vec<Argument>, Error> {
        values::plan(function, &|| self.functions().to_vec(), given)
    }

    pub(crate) fn link(&self) -> Result<&Link, Error> {
        self.linked
            .get_or_init(|| self.make_link())
            .as_ref()
            .map_err(Clone::clone)
    }

    fn make_link(&self) -> Result<Link, Error> {
        let engine = self.engine.wasmtime();
        let ty = self.component.component_type();
        let imports: Vec<_> = ty.imports(engine).map(|(name, _)| name).collect();
        let Linked {
            linker,
            waits,
            draws,
            alone,
            missing,
        } = linker::link(engine, imports.iter().copied()).map_err(Error::sandbox)?;
        if !missing.is_empty() {
            return Err(Error::UnsatisfiedImports {
                name: self.name.clone(),
                help: unsatisfied_help(&missing),
                imports: missing,
            });
        }
        let pre = linker
            .instantiate_pre(&self.component)
            .map_err(|error| Error::Link {
                name: self.name.clone(),
                reason: format!("{error:#}"),
            })?;
        Ok(Link {
            pre,
            waits,
            draws,
            alone,
        })
    }
}

fn unsatisfied_help(imports: &[String]) -> String {
    let wasi = imports.iter().all(|name| name.starts_with("wasi:"));
    if wasi {
        "this release of `run` does not provide that version of WASI".to_owned()
    } else {
        "compose it with a component that exports them: `--with FILE`".to_owned()
    }
}
