//! The world that a component is declared with.

use std::path::Path;

use run_plugin_api::{Error, Job, Result};
use wit_component::StringEncoding;
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// A world, and the packages that it is made of.
#[derive(Debug, Clone)]
pub struct World {
    /// Every package.
    pub resolve: Resolve,
    /// The world in it.
    pub id: WorldId,
}

impl World {
    /// The world that a job's component implements, where it is declared with
    /// one.
    ///
    /// # Errors
    /// The WIT cannot be read. The host has read it before, so this is rare.
    pub fn of(job: &Job) -> Result<Option<Self>> {
        match (job.wit(), job.target_world()) {
            (Some(wit), Some(world)) => Self::load(Path::new(&wit), &world).map(Some),
            _ => Ok(None),
        }
    }

    /// The world called `name` of the package in a directory.
    ///
    /// # Errors
    /// The WIT cannot be read, or has no such world.
    pub fn load(wit: &Path, name: &str) -> Result<Self> {
        let mut resolve = Resolve::default();
        let fail = |error| Error::invalid_input(format!("{}: {error:#}", wit.display()));
        let (package, _) = resolve.push_path(wit).map_err(fail)?;
        let id = resolve
            .select_world(&[package], Some(name))
            .map_err(|error| Error::invalid_input(format!("{}: {error:#}", wit.display())))?;
        Ok(Self { resolve, id })
    }

    /// Its name without its package.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.resolve.worlds[self.id].name
    }

    /// The names of what it exports, functions and interfaces.
    #[must_use]
    pub fn exports(&self) -> Vec<String> {
        let world = &self.resolve.worlds[self.id];
        world
            .exports
            .iter()
            .filter(|(_, item)| !matches!(item, WorldItem::Type { .. }))
            .map(|(key, _)| self.resolve.name_world_key(key))
            .collect()
    }

    /// Whether a plain program implements it: it exports `wasi:cli/run` and
    /// nothing else, or nothing at all.
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.exports().iter().all(|name| is_run(name))
    }

    /// The same without the export `wasi:cli/run`, which the adapter for
    /// programs gives to what has a `main`.
    #[must_use]
    pub fn without_run(&self) -> Self {
        let mut other = self.clone();
        let run: Vec<WorldKey> = self.resolve.worlds[self.id]
            .exports
            .keys()
            .filter(|key| is_run(&self.resolve.name_world_key(key)))
            .cloned()
            .collect();
        let exports = &mut other.resolve.worlds[other.id].exports;
        for key in run {
            exports.shift_remove(&key);
        }
        other
    }

    /// Writes into a core module which world it implements, so that the host
    /// can make a component of it.
    ///
    /// # Errors
    /// It is no module.
    pub fn embed_in(&self, module: &mut Vec<u8>) -> Result<()> {
        wit_component::embed_component_metadata(
            module,
            &self.resolve,
            self.id,
            StringEncoding::UTF8,
        )
        .map_err(|error| Error::failed(format!("what the compiler made is no module: {error:#}")))
    }
}

fn is_run(name: &str) -> bool {
    name.split('@').next() == Some("wasi:cli/run")
}

#[cfg(test)]
mod tests {
    use run_plugin_api::files;

    use super::*;

    fn world(text: &str) -> World {
        let temp = tempfile::tempdir().unwrap();
        files::write(
            temp.path().join("w.wit"),
            format!("package a:b;\ninterface i {{ f: func(); }}\nworld w {{ {text} }}"),
        )
        .unwrap();
        files::write(
            temp.path().join("deps/cli.wit"),
            "package wasi:cli@0.2.12;\ninterface run { run: func() -> result; }",
        )
        .unwrap();
        World::load(temp.path(), "a:b/w").unwrap()
    }

    #[test]
    fn programs_are_told_from_libraries() {
        for (text, program) in [
            ("", true),
            ("import i;", true),
            ("export wasi:cli/run@0.2.12;", true),
            ("export wasi:cli/run@0.2.12; export i;", false),
            ("export f: func();", false),
        ] {
            let world = world(text);
            assert_eq!(world.is_program(), program, "{text}");
            let left = world.without_run().exports();
            assert!(!left.iter().any(|name| is_run(name)), "{left:?}");
            assert_eq!(left.is_empty(), program);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = World::load(Path::new("/nonexistent"), "a:b/w").unwrap_err();
        assert!(error.message().contains("/nonexistent"), "{error}");
    }
}
