//! The bindings of a component's world: C from the generator, and the same in
//! Zig.

use std::path::{Path, PathBuf};

use run_builder_shared::world::World;
use run_plugin_api::{Error, Result, files};
use wit_bindgen_core::Files;

use crate::header::Header;

/// Bindings, written below the cache.
#[derive(Debug, Clone)]
pub(crate) struct Bindings {
    /// Where they are.
    pub(crate) directory: PathBuf,
    /// The C file.
    pub(crate) source: PathBuf,
    /// The object that carries the world.
    pub(crate) object: PathBuf,
    /// The Zig file with all declarations.
    pub(crate) zig: PathBuf,
    /// The functions that the user implements: name and Zig signature.
    pub(crate) wanted: Vec<(String, String)>,
}

impl Bindings {
    /// Generates them into `directory`, leaving alone what is as it was.
    pub(crate) fn write(world: &World, directory: &Path) -> Result<Self> {
        let mut resolve = world.resolve.clone();
        let mut generated = Files::default();
        wit_bindgen_c::Opts::default()
            .build()
            .generate(&mut resolve, world.id, &mut generated)
            .map_err(|error| Error::failed(format!("no bindings for this world: {error:#}")))?;
        let find = |ending: &str| {
            generated
                .iter()
                .find(|(name, _)| name.ends_with(ending))
                .ok_or_else(|| Error::failed(format!("the generator made no `*{ending}`")))
        };
        let (_, header) = find(".h")?;
        let header = Header::translate(&String::from_utf8_lossy(header)).map_err(|reason| {
            Error::unsupported(format!(
                "the world `{}` needs what Zig bindings do not have yet: {reason}",
                world.name()
            ))
        })?;
        let zig = directory.join("wit.zig");
        files::write_if_changed(&zig, ZIG_PREAMBLE.to_owned() + &header.zig)?;
        for (name, contents) in generated.iter() {
            files::write_if_changed(directory.join(name), contents)?;
        }
        let wanted = header
            .functions
            .iter()
            .filter(|(name, _)| is_wanted(name))
            .map(|(name, signature)| (name.clone(), signature.clone()))
            .collect();
        let (source, object) = (find(".c")?.0.to_owned(), find(".o")?.0.to_owned());
        Ok(Self {
            source: directory.join(source),
            object: directory.join(object),
            zig,
            directory: directory.to_owned(),
            wanted,
        })
    }
}

const ZIG_PREAMBLE: &str = "//! What the component imports and exports, as C declares it. Functions whose\n\
    //! names begin with `exports_` are for the component to `export`.\n\n";

/// Whether a function is one the user writes: an export, or the end of a
/// resource of theirs. The other helpers of exported resources are generated.
fn is_wanted(name: &str) -> bool {
    let helper = ["_free", "_new", "_rep", "_drop_own", "_drop_borrow"]
        .iter()
        .any(|ending| name.ends_with(ending));
    name.starts_with("exports_") && (!helper || name.ends_with("_destructor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_of_all_types_becomes_zig() {
        let temp = tempfile::tempdir().unwrap();
        let wit = temp.path().join("wit");
        files::write(wit.join("w.wit"), include_str!("../tests/data/types.wit")).unwrap();
        let world = World::load(&wit, "demo:types/everything").unwrap();
        let bindings = Bindings::write(&world, &temp.path().join("gen")).unwrap();
        let zig = files::read_to_string(&bindings.zig).unwrap();
        for expected in [
            "pub const everything_string_t = extern struct {",
            "pub extern fn demo_types_log_write([*c]everything_string_t) void;",
            "pub const EXPORTS_DEMO_TYPES_API_COLOUR_DARK_RED = 0;",
        ] {
            assert!(zig.contains(expected), "{expected}\n--- in\n{zig}");
        }
        let wanted: Vec<_> = bindings
            .wanted
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(
            wanted.contains(&"exports_demo_types_api_maybe"),
            "{wanted:?}"
        );
        assert!(bindings.source.is_file() && bindings.object.is_file());
    }
}
