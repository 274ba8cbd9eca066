//! The `local` target: a directory with all that is needed to run elsewhere.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use run_files::Digest;
use serde_json::json;

use crate::error::DeployError;

/// A component to be packaged, with all that it imports composed into it.
pub struct Packaged {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub wasm: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
    /// Whether it answers HTTP requests.
    pub http: bool,
}

/// What to package.
pub struct Packed<'a> {
    /// The project's name.
    pub project: &'a str,
    /// The project's version.
    pub version: &'a str,
    /// `run.toml` as it is to be: without secrets, with the components' files.
    pub manifest: &'a str,
    /// The components.
    pub components: &'a [Packaged],
}

/// Names the files of a directory that this made, and what they hold.
pub(crate) const INDEX: &str = "deploy.json";

/// Writes the directory `to` whole: what an earlier deployment left there is
/// gone, and anything else that is there is refused.
///
/// # Errors
/// It is in use for something else, or cannot be written.
pub fn package(packed: &Packed<'_>, to: &Path) -> Result<(), DeployError> {
    let failed = |error| DeployError::io(format!("cannot write `{}`", to.display()), error);
    if !is_ours(to).map_err(failed)? {
        return Err(DeployError::InTheWay {
            path: to.display().to_string(),
        });
    }
    let parent = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed)?;
    let new = tempfile::Builder::new()
        .prefix(".run-deploy-")
        .tempdir_in(parent)
        .map_err(failed)?;
    for (name, bytes) in files(packed) {
        write(&new.path().join(name), &bytes).map_err(failed)?;
    }
    swap(new, to).map_err(failed)
}

/// Not there, empty, or written by this before.
fn is_ours(to: &Path) -> io::Result<bool> {
    match fs::read_dir(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
        Ok(mut entries) => Ok(entries.next().is_none() || to.join(INDEX).is_file()),
    }
}

fn files(packed: &Packed<'_>) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = packed
        .components
        .iter()
        .map(|component| (format!("{}.wasm", component.name), component.wasm.clone()))
        .collect();
    files.push(("run.toml".to_owned(), packed.manifest.as_bytes().to_vec()));
    if packed.components.iter().any(|component| component.http) {
        let fill = |template: &str| template.replace("@PROJECT@", packed.project).into_bytes();
        let unit = include_str!("templates/unit.service");
        files.push((format!("{}.service", packed.project), fill(unit)));
        let container = include_str!("templates/Containerfile");
        files.push(("Containerfile".to_owned(), fill(container)));
    }
    let components: Vec<_> = packed
        .components
        .iter()
        .map(|component| {
            json!({
                "name": component.name,
                "path": format!("{}.wasm", component.name),
                "size": component.wasm.len(),
                "digest": component.digest.to_string(),
                "http": component.http,
            })
        })
        .collect();
    let digests: serde_json::Map<_, _> = files
        .iter()
        .map(|(name, bytes)| (name.clone(), Digest::of(bytes).to_string().into()))
        .collect();
    // No time and no path of this machine: the same project gives the same
    // directory.
    let index = json!({
        "version": 1,
        "run": env!("CARGO_PKG_VERSION"),
        "project": { "name": packed.project, "version": packed.version },
        "components": components,
        "files": digests,
    });
    files.push((INDEX.to_owned(), format!("{index:#}\n").into_bytes()));
    files
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write;
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Puts the new directory where the old one was, which is gone only then.
fn swap(new: tempfile::TempDir, to: &Path) -> io::Result<()> {
    let readable = |path: &Path| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Temporary directories are private, this is to be copied around.
            fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            Ok(())
        }
    };
    readable(new.path())?;
    let old: Option<PathBuf> = if to.exists() {
        let aside = new.path().with_extension("old");
        fs::rename(to, &aside)?;
        Some(aside)
    } else {
        None
    };
    let new = new.keep();
    if let Err(error) = fs::rename(&new, to) {
        if let Some(old) = &old {
            fs::rename(old, to)?;
        }
        fs::remove_dir_all(&new)?;
        return Err(error);
    }
    match old {
        Some(old) => fs::remove_dir_all(old),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_to(to: &Path, wasm: &[u8]) -> Result<(), DeployError> {
        let components = [Packaged {
            name: "api".into(),
            wasm: wasm.to_vec(),
            digest: Digest::of(wasm),
            http: true,
        }];
        package(
            &Packed {
                project: "shop",
                version: "1.0.0",
                manifest: "[project]\nname = \"shop\"\n",
                components: &components,
            },
            to,
        )
    }

    #[test]
    fn a_directory_is_replaced_whole_and_others_are_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let to = root.path().join("dist/deploy");
        write_to(&to, b"one").unwrap();
        fs::write(to.join("stale"), "").unwrap();
        write_to(&to, b"two").unwrap();
        assert_eq!(fs::read(to.join("api.wasm")).unwrap(), b"two");
        assert!(!to.join("stale").exists());
        assert!(
            fs::read_to_string(to.join("shop.service"))
                .unwrap()
                .contains("/srv/shop")
        );
        assert_eq!(fs::read_dir(root.path().join("dist")).unwrap().count(), 1);
        let index = fs::read_to_string(to.join(INDEX)).unwrap();
        assert!(index.contains(&Digest::of(b"two").to_string()), "{index}");

        let other = root.path().join("home");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("letter"), "").unwrap();
        assert!(matches!(
            write_to(&other, b"x"),
            Err(DeployError::InTheWay { .. })
        ));
        assert!(other.join("letter").exists());
    }
}
