//! What is wrong with WIT, shown where it is.

use std::path::Path;

use miette::{Diagnostic, NamedSource, SourceSpan};
use run_files::nearest::nearest;
use wit_parser::{PackageId, Resolve};

use crate::Error;
use crate::error::offset_of;

/// A mistake in WIT text, or in what is asked of it.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
pub enum WitError {
    /// Text that does not parse, or uses what there is not.
    #[error("{message}")]
    #[diagnostic(code(run::runtime::wit))]
    Text {
        /// The parser's message.
        message: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<String>,
        /// The place.
        #[label("here")]
        at: SourceSpan,
    },

    /// A world that a package does not have.
    #[error("the WIT package `{package}` has no world `{world}`")]
    #[diagnostic(code(run::runtime::wit))]
    NoWorld {
        /// The package.
        package: String,
        /// What was asked for.
        world: String,
        /// The nearest, or all there are.
        #[help]
        help: String,
    },

    /// Several worlds, and none is named.
    #[error("the WIT package `{package}` has several worlds: {worlds}")]
    #[diagnostic(code(run::runtime::wit), help("say which one with `world`"))]
    SeveralWorlds {
        /// The package.
        package: String,
        /// All of them.
        worlds: String,
    },
}

/// What `root` says, at the place in what the parser printed: `message`, and in
/// a line of its own `--> file:line:column`. Files below `path` are named as
/// below `shown`.
pub(super) fn parsed(printed: &str, root: &str, path: &Path, shown: &Path) -> Error {
    let place = printed
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> "));
    located(place, root, path, shown).unwrap_or_else(|| Error::Wit {
        path: shown.display().to_string(),
        reason: printed.to_owned(),
    })
}

fn located(place: Option<&str>, message: &str, path: &Path, shown: &Path) -> Option<Error> {
    let mut parts = place?.rsplitn(3, ':');
    let column: usize = parts.next()?.trim().parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let file = Path::new(parts.next()?);
    let text = std::fs::read_to_string(file).ok()?;
    let at = offset_of(&text, line, column)?;
    let name = match file.strip_prefix(path) {
        Ok(below) if !below.as_os_str().is_empty() => shown.join(below),
        _ => shown.to_owned(),
    };
    let error = WitError::Text {
        message: message.to_owned(),
        source_code: NamedSource::new(name.display().to_string(), text),
        at: at.into(),
    };
    Some(error.into())
}

/// Why no world could be chosen.
pub(super) fn unchosen(
    resolve: &Resolve,
    package: PackageId,
    world: Option<&str>,
    reason: String,
    shown: &Path,
) -> Error {
    let worlds: Vec<&str> = resolve.packages[package]
        .worlds
        .keys()
        .map(String::as_str)
        .collect();
    let package = resolve.packages[package].name.to_string();
    let all = worlds
        .iter()
        .map(|world| format!("`{world}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match world {
        Some(world) if !world.contains([':', '/']) && !worlds.contains(&world) => {
            let help = match nearest(world, worlds.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if worlds.is_empty() => "it has none".to_owned(),
                None => format!("there is: {all}"),
            };
            let world = world.to_owned();
            WitError::NoWorld {
                package,
                world,
                help,
            }
            .into()
        }
        None if worlds.len() > 1 => WitError::SeveralWorlds {
            package,
            worlds: all,
        }
        .into(),
        _ => Error::Wit {
            path: shown.display().to_string(),
            reason,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::load_wit;
    use super::*;

    fn refused(wit: &str, world: Option<&str>) -> Error {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join("w.wit"), wit).unwrap();
        let refused = load_wit(temp.path(), Path::new("there/wit"), world);
        refused.err().expect("it is refused")
    }

    #[test]
    fn a_mistake_has_its_file_and_place() {
        for (wit, said, offset) in [
            (
                "package a:b;\nworld w { export f: func(x: u33); }",
                "name `u33` does not exist",
                41,
            ),
            (
                "package a:b;\nworld w { import a:c/d; }",
                "package 'a:c' not found",
                30,
            ),
            ("package a:b;\nworld {", "expected an identifier", 19),
        ] {
            let error = refused(wit, None);
            let Error::WitText(WitError::Text {
                message,
                source_code,
                at,
            }) = &error
            else {
                panic!("{wit}: {error:?}");
            };
            assert!(message.contains(said), "{message}");
            assert_eq!(source_code.name(), "there/wit/w.wit");
            assert_eq!(at.offset(), offset, "{wit}");
        }
    }

    #[test]
    fn a_world_that_is_not_there_has_a_neighbour() {
        let wit = "package a:b;\nworld server {}\nworld client {}";
        let help = |world| {
            let error = refused(wit, Some(world));
            Diagnostic::help(&error).expect("a help").to_string()
        };
        assert_eq!(help("sever"), "did you mean `server`?");
        assert_eq!(help("x"), "there is: `server`, `client`");
        let several = refused(wit, None).to_string();
        assert!(several.contains("several worlds: `server`, `client`"));
    }
}
