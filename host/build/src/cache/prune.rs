//! Keeping the cache within its size: what was not used for longest goes first.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

struct Kept {
    used: SystemTime,
    size: u64,
    path: PathBuf,
}

/// Removes files until a tenth of `limit` is free. An entry whose component is
/// gone, or the other way round, is removed when it is next looked at.
pub(super) fn prune(dir: &Path, limit: u64) {
    let mut all = Vec::new();
    for kind in ["shapes", "entries", "artifacts"] {
        collect(&dir.join(kind), 2, &mut all);
    }
    collect(&dir.join(super::local::SIGNED), 4, &mut all);
    let mut total: u64 = all.iter().map(|kept| kept.size).sum();
    if total <= limit {
        return;
    }
    all.sort_by_key(|kept| kept.used);
    let goal = limit - limit / 10;
    for kept in all {
        if total <= goal {
            break;
        }
        if fs::remove_file(&kept.path).is_ok() {
            total -= kept.size;
        }
    }
}

fn collect(dir: &Path, depth: usize, all: &mut Vec<Kept>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let Ok(meta) = entry.metadata() else {
            continue;
        };
        if meta.is_dir() && depth > 0 {
            collect(&entry.path(), depth - 1, all);
        } else if meta.is_file() {
            all.push(Kept {
                used: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                // A small file takes a block.
                size: meta.len().next_multiple_of(4096),
                path: entry.path(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("artifacts/aa");
        fs::create_dir_all(&folder).unwrap();
        let now = SystemTime::now();
        for age in 0..10 {
            let file = fs::File::create(folder.join(age.to_string())).unwrap();
            file.set_len(4096).unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
        }
        prune(dir.path(), 10 * 4096);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 10);
        prune(dir.path(), 5 * 4096);
        let mut left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["0", "1", "2", "3"], "and a tenth is free");
    }
}
