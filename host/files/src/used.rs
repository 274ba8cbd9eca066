//! Files that are kept while they are used: a cache notes when each was used last,
//! and what was not used for longest goes first where all are too much.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::atomic;

/// How exactly the time of the last use is kept.
const MATTERS_AFTER: Duration = Duration::from_secs(600);

/// Notes that a file is used now. Failing to is not an error: it may go earlier.
pub fn touch(path: &Path) {
    let now = SystemTime::now();
    let recent = fs::metadata(path)
        .and_then(|meta| meta.modified())
        .is_ok_and(|time| {
            now.duration_since(time)
                .is_ok_and(|age| age < MATTERS_AFTER)
        });
    if !recent && let Ok(file) = File::options().write(true).open(path) {
        file.set_modified(now).ok();
    }
}

/// What files are counted in, in bytes.
const BLOCK: u64 = 4096;

struct Kept {
    used: SystemTime,
    size: u64,
    path: PathBuf,
}

/// What is left over is noted here, so that not everything is looked at whenever
/// something is added.
const ROOM: &str = ".room";

/// Makes room for `added` bytes that are there already: where the files are larger
/// together than `limit` bytes, removes those that were not used for longest, until
/// a tenth of it is free. `dir` is the cache, and each of `dirs` a directory of it,
/// and how deep below that there are more.
pub fn prune(dir: &Path, dirs: &[(&Path, usize)], added: u64, limit: u64) {
    let note = dir.join(ROOM);
    let added = added.next_multiple_of(BLOCK);
    if let Some(room) = room(&note, limit)
        && let Some(left) = room.checked_sub(added)
    {
        keep(&note, limit, left);
        return;
    }
    let mut all = Vec::new();
    for (dir, depth) in dirs {
        collect(dir, *depth, &mut all);
    }
    let mut total: u64 = all.iter().map(|kept| kept.size).sum();
    if total > limit {
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
    // What others add meanwhile is counted the next time.
    keep(&note, limit, limit.saturating_sub(total) / 2);
}

fn room(note: &Path, limit: u64) -> Option<u64> {
    let text = fs::read_to_string(note).ok()?;
    let (of, left) = text.trim_end().split_once(' ')?;
    (of == limit.to_string()).then(|| left.parse().ok())?
}

fn keep(note: &Path, limit: u64, left: u64) {
    atomic::replace(note, format!("{limit} {left}\n").as_bytes()).ok();
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
                size: meta.len().next_multiple_of(BLOCK),
                path: entry.path(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
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
        let artifacts = dir.path().join("artifacts");
        let all = [(artifacts.as_path(), 1)];
        let prune = |limit| prune(dir.path(), &all, 1, limit);
        prune(10 * 4096);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 10);
        prune(5 * 4096);
        let mut left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["0", "1", "2", "3"], "and a tenth is free");
        touch(&folder.join("3"));
        let meta = fs::metadata(folder.join("3")).unwrap();
        let age = meta.modified().unwrap().elapsed().unwrap();
        assert!(age > Duration::from_secs(2), "a moment ago is now");
        let old = File::options().write(true).open(folder.join("2")).unwrap();
        old.set_modified(now - 2 * MATTERS_AFTER).unwrap();
        touch(&folder.join("2"));
        prune(3 * 4096 + 4095);
        assert!(folder.join("2").exists() && !folder.join("3").exists());
    }

    #[test]
    fn not_everything_is_looked_at_for_each() {
        let dir = tempfile::tempdir().unwrap();
        let all = [(dir.path(), 0)];
        let add = |name: &str| {
            fs::write(dir.path().join(name), vec![0; 4096]).unwrap();
            prune(dir.path(), &all, 4096, 8 * 4096);
        };
        let left = || room(&dir.path().join(ROOM), 8 * 4096).unwrap() / 4096;
        add("a");
        assert_eq!(left(), 3, "half of what is free");
        fs::write(dir.path().join("unseen"), vec![0; 7 * 4096]).unwrap();
        for expected in [2, 1, 0] {
            add(&format!("{expected}"));
            assert_eq!(left(), expected);
            assert!(dir.path().join("unseen").exists());
        }
        add("b");
        assert!(!dir.path().join("unseen").exists());
    }
}
