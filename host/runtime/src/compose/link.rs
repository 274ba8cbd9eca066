//! From a plan to the bytes of one component.

use std::collections::BTreeMap;

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, InstantiationArgumentError, NodeId, PackageId};
use wasmparser::{Validator, WasmFeatures};

use super::ComposeError;
use super::choose::Source;
use super::parts::Parts;
use super::plan::{Plan, ROOT};
use super::types;
use crate::{Error, Wasm};

/// The composed component: valid, and the same bytes for the same parts.
///
/// # Errors
/// A part is not valid, or an export is not what its importer expects.
pub(super) fn link(parts: &Parts, plan: &Plan) -> Result<Vec<u8>, ComposeError> {
    let mut linker = Linker {
        parts,
        plan,
        graph: CompositionGraph::new(),
        instances: BTreeMap::new(),
        arguments: BTreeMap::new(),
    };
    for &part in &plan.order {
        linker.instantiate(part)?;
    }
    // Exports may be made of types of an interface that is now inside. Where the
    // validator misses their names, that interface is exported as well.
    let closed = linker.clone().encode(false);
    closed.or_else(|first| linker.encode(true).map_err(|_| first))
}

#[derive(Clone)]
struct Linker<'p> {
    parts: &'p Parts,
    plan: &'p Plan,
    graph: CompositionGraph,
    /// One instance of each part, shared by all that import from it.
    instances: BTreeMap<usize, NodeId>,
    /// What was found for an import; nothing where the host provides it.
    arguments: BTreeMap<(usize, String), Option<NodeId>>,
}

impl Linker<'_> {
    /// The bytes, with the root's exports, and before them the interfaces that
    /// it imports where these are to be seen from outside.
    fn encode(mut self, open: bool) -> Result<Vec<u8>, ComposeError> {
        if open {
            self.export_imports()?;
        }
        self.export_root()?;
        let options = EncodeOptions {
            // What it makes is validated below, by the validator of the engine.
            validate: false,
            ..EncodeOptions::default()
        };
        let bytes = self
            .graph
            .encode(options)
            .map_err(|error| self.invalid(chain(&error)))?;
        validate(&bytes).map_err(|reason| self.invalid(reason))?;
        Ok(bytes)
    }

    /// Instantiates a part whose providers are there already.
    fn instantiate(&mut self, part: usize) -> Result<(), ComposeError> {
        let wasm = self.parts.wasm(part)?;
        // The graph takes valid components for granted.
        let invalid = |reason| Error::Invalid {
            name: self.parts.name(part).to_owned(),
            reason,
        };
        validate(wasm.bytes()).map_err(invalid)?;
        let package = self.register(wasm.bytes()).map_err(invalid_in(wasm))?;
        let instance = self.graph.instantiate(package);
        self.instances.insert(part, instance);
        for (import, source) in self.plan.sources(part) {
            if let Some(argument) = self.argument(part, import, source)? {
                self.graph
                    .set_instantiation_argument(instance, import, argument)
                    .map_err(|error| self.mismatch(part, import, source, &error))?;
            }
        }
        Ok(())
    }

    fn register(&mut self, bytes: &[u8]) -> Result<PackageId, String> {
        // A name of its own for each, which is not written anywhere.
        let name = format!("run:part{}", self.graph.packages().count());
        let package = Package::from_bytes(&name, None, bytes, self.graph.types_mut())
            .map_err(|error| format!("{error:#}"))?;
        self.graph
            .register_package(package)
            .map_err(|error| error.to_string())
    }

    /// The item that an import is satisfied by.
    fn argument(
        &mut self,
        part: usize,
        import: &str,
        source: &Source,
    ) -> Result<Option<NodeId>, ComposeError> {
        let key = (part, import.to_owned());
        if let Some(known) = self.arguments.get(&key) {
            return Ok(*known);
        }
        let item = match source {
            Source::Host => None,
            Source::Export { provider, name } => {
                let instance = self.instances[provider];
                Some(self.alias(instance, name)?)
            }
            Source::Types => Some(self.types(part, import)?),
        };
        self.arguments.insert(key, item);
        Ok(item)
    }

    fn alias(&mut self, instance: NodeId, export: &str) -> Result<NodeId, ComposeError> {
        self.graph
            .alias_instance_export(instance, export)
            .map_err(|error| self.invalid(error.to_string()))
    }

    /// A component made for the types of one import. Types it takes from
    /// elsewhere come from where the importer takes them.
    fn types(&mut self, part: usize, import: &str) -> Result<NodeId, ComposeError> {
        let wasm = self.parts.wasm(part)?;
        let types = types::provide(wasm, import).map_err(invalid_in(wasm))?;
        let package = self.register(&types.bytes).map_err(invalid_in(wasm))?;
        let instance = self.graph.instantiate(package);
        let world = self.graph[package].ty();
        let needed: Vec<String> = self.graph.types()[world].imports.keys().cloned().collect();
        for name in needed {
            let source = self
                .plan
                .sources(part)
                .iter()
                .find(|(other, _)| *other == name && name != import);
            let Some((_, source)) = source else {
                continue;
            };
            if let Some(argument) = self.argument(part, &name, source)? {
                self.graph
                    .set_instantiation_argument(instance, &name, argument)
                    .map_err(|error| self.mismatch(part, &name, source, &error))?;
            }
        }
        let interface = self.alias(instance, &types.interface)?;
        match &types.ty {
            Some(ty) => self.alias(interface, ty),
            None => Ok(interface),
        }
    }

    fn export_imports(&mut self) -> Result<(), ComposeError> {
        let exports = &self.parts.outline(ROOT)?.exports;
        for (import, _) in self.plan.sources(ROOT) {
            let argument = self.arguments.get(&(ROOT, import.clone())).copied();
            if let Some(item) = argument.flatten()
                && import.contains(':')
                && !exports.contains(import)
            {
                self.graph
                    .export(item, import)
                    .map_err(|error| self.invalid(chain(&error)))?;
            }
        }
        Ok(())
    }

    fn export_root(&mut self) -> Result<(), ComposeError> {
        let root = self.instances[&ROOT];
        for name in &self.parts.outline(ROOT)?.exports {
            let item = self.alias(root, name)?;
            self.graph
                .export(item, name)
                .map_err(|error| self.invalid(chain(&error)))?;
        }
        Ok(())
    }

    fn mismatch(
        &self,
        part: usize,
        import: &str,
        source: &Source,
        error: &InstantiationArgumentError,
    ) -> ComposeError {
        let reason = match error {
            InstantiationArgumentError::ArgumentTypeMismatch { source, .. } => {
                format!("{source:#}")
            }
            other => chain(other),
        };
        let (provider, import) = match source {
            Source::Export { provider, name } if name != import => {
                (self.parts.name(*provider), format!("{import} (as {name})"))
            }
            Source::Export { provider, .. } => (self.parts.name(*provider), import.to_owned()),
            Source::Types | Source::Host => (self.parts.name(part), import.to_owned()),
        };
        ComposeError::Mismatch {
            importer: self.parts.name(part).to_owned(),
            import,
            provider: provider.to_owned(),
            reason,
        }
    }

    fn invalid(&self, reason: String) -> ComposeError {
        let links: Vec<_> = self
            .plan
            .links(self.parts)
            .iter()
            .map(|link| format!("`{}` to `{}`", link.importer, link.provider))
            .collect();
        ComposeError::Invalid {
            root: self.parts.name(ROOT).to_owned(),
            reason,
            links: links.join(", "),
        }
    }
}

fn invalid_in(wasm: &Wasm) -> impl Fn(String) -> ComposeError {
    let name = wasm.name().to_owned();
    move |reason| {
        Error::Invalid {
            name: name.clone(),
            reason,
        }
        .into()
    }
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(bytes)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
