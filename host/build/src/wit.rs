//! The WIT package a component is declared with, as a directory the plugin can
//! be shown.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use run_runtime::inspect::{self, World};

use crate::error::BuildError;

/// A staged package and the world the component promises to implement.
pub(crate) struct Staged {
    /// The directory with the package and its `deps/`.
    pub(crate) dir: PathBuf,
    pub(crate) world: World,
}

/// Stages `wit`: a directory is used as it is; a single file is copied into a
/// directory of its own, with the `deps/` beside it, because other files there
/// may be other packages.
///
/// Errors name its files relative to `root`.
pub(crate) fn stage(
    wit: &Path,
    world: Option<&str>,
    work: &Path,
    root: &Path,
) -> Result<Staged, BuildError> {
    let (dir, original) = if wit.is_dir() {
        (wit.to_owned(), wit)
    } else {
        let copy = copy_package(wit, &work.join("wit")).map_err(|source| {
            BuildError::io(
                format!("cannot read the WIT file `{}`", wit.display()),
                source,
            )
        })?;
        (copy, wit.parent().unwrap_or(wit))
    };
    let shown = original.strip_prefix(root).unwrap_or(original);
    let world = inspect::load_wit(&dir, shown, world)?;
    Ok(Staged { dir, world })
}

fn copy_package(file: &Path, to: &Path) -> io::Result<PathBuf> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    let name = file.file_name().unwrap_or_default();
    fs::copy(file, to.join(name))?;
    let deps = file.with_file_name("deps");
    if deps.is_dir() {
        copy_dir(&deps, &to.join("deps"))?;
    }
    Ok(to.to_owned())
}

fn copy_dir(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// What of a WIT package decides a build, as patterns below `root`; none where
/// it lies elsewhere.
pub(crate) fn patterns(wit: &Path, root: &Path) -> Vec<String> {
    let Some(relative) = fs::canonicalize(wit)
        .ok()
        .and_then(|wit| Some(wit.strip_prefix(root).ok()?.to_str()?.to_owned()))
    else {
        return Vec::new();
    };
    if wit.is_dir() {
        return vec![format!("{relative}/**")];
    }
    let deps = match relative.rsplit_once('/') {
        Some((dir, _)) => format!("{dir}/deps/**"),
        None => "deps/**".to_owned(),
    };
    vec![relative, deps]
}
