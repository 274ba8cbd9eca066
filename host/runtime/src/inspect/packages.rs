//! WIT packages: text on disk, or encoded as WebAssembly.

use std::path::Path;

use wit_component::DecodedWasm;
use wit_parser::{PackageId, Resolve};

use super::items::{self, Item};
use super::wit_error;
use crate::{ArtifactCache, Error, Wasm, wasm};

/// A WIT package: worlds and interfaces, and nothing to run.
pub struct Package {
    resolve: Resolve,
    id: PackageId,
}

/// A world of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldOutline {
    /// Its name within the package.
    pub name: String,
    /// What a component of it imports.
    pub imports: Vec<Item>,
    /// What it exports.
    pub exports: Vec<Item>,
}

impl Package {
    /// Whether `path` is WIT: a `.wit` file, or a directory with one in it.
    #[must_use]
    pub fn is_wit(path: &Path) -> bool {
        let is_text = |path: &Path| path.extension().is_some_and(|ending| ending == "wit");
        if !path.is_dir() {
            return is_text(path) && path.is_file();
        }
        std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| is_text(&entry.path()))
    }

    /// Reads a WIT file, or a directory with a package and its `deps/`.
    ///
    /// # Errors
    /// The WIT does not parse.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let (resolve, id) = read(path, path)?;
        Ok(Self { resolve, id })
    }

    /// The package that `wasm` encodes; `None` where it is a component to run,
    /// or a core module.
    ///
    /// # Errors
    /// The bytes are not valid.
    pub fn decode(wasm: &Wasm) -> Result<Option<Self>, Error> {
        if wasm.kind() == wasm::Kind::CoreModule {
            return Ok(None);
        }
        let types = super::validate(wasm, &ArtifactCache::disabled())?;
        Ok(match super::to_wit(wasm, &types) {
            Ok(DecodedWasm::WitPackage(resolve, id)) => Some(Self { resolve, id }),
            _ => None,
        })
    }

    /// `namespace:name@version`.
    #[must_use]
    pub fn name(&self) -> String {
        self.resolve.packages[self.id].name.to_string()
    }

    /// The other packages it uses.
    #[must_use]
    pub fn dependencies(&self) -> Vec<String> {
        self.resolve
            .packages
            .iter()
            .filter(|(id, _)| *id != self.id)
            .map(|(_, package)| package.name.to_string())
            .collect()
    }

    /// Its interfaces with their functions and types.
    #[must_use]
    pub fn interfaces(&self) -> Vec<Item> {
        self.resolve.packages[self.id]
            .interfaces
            .iter()
            .map(|(name, id)| {
                items::of_interface(&self.resolve, name.clone(), &self.resolve.interfaces[*id])
            })
            .collect()
    }

    /// Its worlds.
    #[must_use]
    pub fn worlds(&self) -> Vec<WorldOutline> {
        self.resolve.packages[self.id]
            .worlds
            .iter()
            .map(|(name, id)| {
                let world = &self.resolve.worlds[*id];
                WorldOutline {
                    name: name.clone(),
                    imports: items::of_world(&self.resolve, world.imports.iter()),
                    exports: items::of_world(&self.resolve, world.exports.iter()),
                }
            })
            .collect()
    }

    /// The package as WIT text, with those it uses nested at the end.
    ///
    /// # Errors
    /// It has what WIT text has no form for.
    pub fn text(&self) -> Result<String, Error> {
        print(&self.resolve, self.id).map_err(|reason| Error::Wit {
            path: self.name(),
            reason,
        })
    }
}

pub(super) fn read(path: &Path, shown: &Path) -> Result<(Resolve, PackageId), Error> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = if path.is_dir() {
        resolve.push_dir(path).map(|(package, _)| package)
    } else {
        resolve.push_file(path)
    };
    match package {
        Ok(package) => Ok((resolve, package)),
        Err(error) => {
            let printed = resolve.render_error(&error);
            let root = error.root_cause().to_string();
            Err(wit_error::parsed(&printed, &root, path, shown))
        }
    }
}

/// The WIT of a component, or of a core module that carries its world in a
/// `component-type` section.
///
/// # Errors
/// The bytes are not valid, carry no WIT, or what WIT text has no form for.
pub fn wit_text(wasm: &Wasm) -> Result<String, Error> {
    let types = super::validate(wasm, &ArtifactCache::disabled())?;
    let none = |reason: String| Error::Wit {
        path: wasm.name().to_owned(),
        reason,
    };
    let (resolve, world) = match wasm.kind() {
        wasm::Kind::Component => match super::to_wit(wasm, &types) {
            Ok(DecodedWasm::Component(resolve, world)) => (resolve, world),
            Ok(DecodedWasm::WitPackage(resolve, id)) => {
                return Package { resolve, id }.text();
            }
            Err(reason) => return Err(none(reason)),
        },
        wasm::Kind::CoreModule => super::module::embedded_world(wasm)?.ok_or_else(|| {
            none("it is a core module, and no `component-type` section says its world".to_owned())
        })?,
    };
    let package = resolve.worlds[world].package;
    let package = package.ok_or_else(|| none("its world is in no package".to_owned()))?;
    print(&resolve, package).map_err(none)
}

fn print(resolve: &Resolve, main: PackageId) -> Result<String, String> {
    let nested: Vec<_> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = wit_component::WitPrinter::default();
    printer
        .print(resolve, main, &nested)
        .map_err(|error| format!("{error:#}"))?;
    Ok(printer.output.to_string())
}
