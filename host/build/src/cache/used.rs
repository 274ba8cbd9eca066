//! Which builds of the cache a project put in or took: what `clean --cache` has
//! to take out again, so that the next build is one.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use run_files::Digest;

pub(super) struct Used {
    list: PathBuf,
    new: Mutex<BTreeSet<String>>,
}

impl Used {
    pub(super) fn of(project: &Path) -> Self {
        Self {
            list: project.join(".run/cached-builds"),
            new: Mutex::default(),
        }
    }

    pub(super) fn add(&self, key: Digest) {
        if let Ok(mut new) = self.new.lock() {
            new.insert(key.to_string());
        }
    }

    /// Those that were noted; what is no digest was torn and is left out.
    pub(super) fn read(&self) -> Vec<Digest> {
        let text = fs::read_to_string(&self.list).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Adds what is new to the list. It is append-only and each line stands for
    /// itself, so a crash can cost a line and no more.
    pub(super) fn write(&self) {
        let Ok(mut new) = self.new.lock() else { return };
        if new.is_empty() {
            return;
        }
        let there = fs::read_to_string(&self.list).unwrap_or_default();
        let text: String = std::mem::take(&mut *new)
            .into_iter()
            .filter(|key| !there.lines().any(|line| line == key))
            .map(|key| format!("{key}\n"))
            .collect();
        if !text.is_empty()
            && let Ok(mut file) = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.list)
        {
            file.write_all(text.as_bytes()).ok();
        }
    }
}
