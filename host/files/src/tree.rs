//! The digest of a directory and all that is in it.

use std::fs;
use std::io;
use std::path::Path;

use crate::Digest;

/// The digest of a tree: of every file its path, its content and whether it can
/// be executed, of every link its path and where it leads, in the order of the
/// paths' bytes. Times, owners, other permissions and empty directories do not
/// count, nor what `ignored` says so of, by its path with `/`.
///
/// # Errors
/// Something in it cannot be read, has a name that is not UTF-8, or is neither
/// a file, a directory nor a link.
pub fn digest(dir: &Path, ignored: impl Fn(&str) -> bool) -> io::Result<Digest> {
    let mut entries = Vec::new();
    walk(dir, "", &ignored, &mut entries)?;
    entries.sort();
    let fields = entries
        .iter()
        .flat_map(|(path, kind, content)| [path.as_bytes(), kind.as_bytes(), content.as_slice()]);
    Ok(Digest::of_fields(fields))
}

type Entry = (String, &'static str, Vec<u8>);

fn walk(
    dir: &Path,
    prefix: &str,
    ignored: &impl Fn(&str) -> bool,
    out: &mut Vec<Entry>,
) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let unusable = |what: &str| io::Error::other(format!("{}: {what}", entry.path().display()));
        let name = entry.file_name();
        let name = name
            .to_str()
            .ok_or_else(|| unusable("its name is not UTF-8"))?;
        let path = format!("{prefix}{name}");
        if ignored(&path) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), ignored, out)?;
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path())?;
            out.push((path, "link", target.as_os_str().as_encoded_bytes().to_vec()));
        } else if kind.is_file() {
            let kind = if is_executable(&entry.metadata()?) {
                "program"
            } else {
                "file"
            };
            let content = Digest::of_file(&entry.path())?;
            out.push((path, kind, content.as_bytes().to_vec()));
        } else {
            return Err(unusable("it is no file, directory or link"));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn make(dir: &Path) {
        fs::create_dir_all(dir.join("a/b")).unwrap();
        fs::write(dir.join("a/b/c"), "1").unwrap();
        fs::write(dir.join("d"), "2").unwrap();
        symlink("a/b/c", dir.join("l")).unwrap();
    }

    #[test]
    fn what_counts_and_what_does_not() {
        let scratch = tempfile::tempdir().unwrap();
        let (one, other) = (scratch.path().join("1"), scratch.path().join("2"));
        make(&one);
        make(&other);
        let of = |dir: &Path| digest(dir, |path| path == "note").unwrap();
        let first = of(&one);
        fs::write(other.join("note"), "x").unwrap();
        fs::create_dir(other.join("empty")).unwrap();
        assert_eq!(of(&other), first);
        type Change = fn(&Path);
        let changes: [Change; 4] = [
            |dir| fs::write(dir.join("d"), "3").unwrap(),
            |dir| fs::rename(dir.join("d"), dir.join("e")).unwrap(),
            |dir| {
                fs::set_permissions(dir.join("e"), fs::Permissions::from_mode(0o755)).unwrap();
            },
            |dir| {
                fs::remove_file(dir.join("l")).unwrap();
                symlink("a/b", dir.join("l")).unwrap();
            },
        ];
        let mut seen = vec![first];
        for change in changes {
            change(&other);
            let now = of(&other);
            assert!(!seen.contains(&now));
            seen.push(now);
        }
    }
}
