//! The record's file: read, changed and written whole, by one process at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use run_files::atomic;

use crate::error::DeployError;
use crate::record::{Record, VERSION};

/// One record with its file.
pub struct Ledger {
    path: PathBuf,
    record: Mutex<Record>,
    /// Held while something may change.
    _lock: Option<File>,
}

impl Ledger {
    /// Opens the record of a component in a profile, to change it.
    ///
    /// # Errors
    /// Another process is at it, or the file does not hold.
    pub fn open(
        root: &Path,
        profile: &str,
        component: &str,
        provider: &str,
    ) -> Result<Self, DeployError> {
        let directory = directory(root).join(profile);
        let failed = |error| DeployError::io("cannot write the record of deployments", error);
        fs::create_dir_all(&directory).map_err(failed)?;
        let lock = File::create(directory.join(format!(".{component}.lock"))).map_err(failed)?;
        if lock.try_lock().is_err() {
            return Err(DeployError::Busy {
                profile: profile.to_owned(),
                component: component.to_owned(),
            });
        }
        Ok(Self {
            _lock: Some(lock),
            ..Self::read(root, profile, component, provider)?
        })
    }

    /// Opens it to look at.
    ///
    /// # Errors
    /// The file does not hold.
    pub fn read(
        root: &Path,
        profile: &str,
        component: &str,
        provider: &str,
    ) -> Result<Self, DeployError> {
        let path = directory(root)
            .join(profile)
            .join(format!("{component}.json"));
        let record = load(&path)?.unwrap_or_else(|| Record::new(profile, component, provider));
        if record.provider != provider {
            return Err(DeployError::OtherProvider {
                component: component.to_owned(),
                profile: profile.to_owned(),
                recorded: record.provider,
                wanted: provider.to_owned(),
            });
        }
        Ok(Self {
            path,
            record: Mutex::new(record),
            _lock: None,
        })
    }

    /// The record as it is now.
    #[must_use]
    pub fn record(&self) -> Record {
        self.record
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the record and writes it, whole and flushed, before it returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Record)) -> io::Result<()> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut record);
        let mut text = serde_json::to_string_pretty(&*record)?;
        text.push('\n');
        atomic::write(&self.path, text.as_bytes())
    }
}

/// Every record of a project, by profile and component.
///
/// # Errors
/// One does not hold.
pub fn records(root: &Path) -> Result<Vec<Record>, DeployError> {
    let mut records = Vec::new();
    for profile in entries(&directory(root)) {
        for path in entries(&profile) {
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                records.extend(load(&path)?);
            }
        }
    }
    Ok(records)
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}

fn directory(root: &Path) -> PathBuf {
    root.join(".run").join("deploy")
}

fn load(path: &Path) -> Result<Option<Record>, DeployError> {
    let broken = |why: String| DeployError::Record {
        path: path.display().to_string(),
        why,
    };
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(broken(error.to_string())),
    };
    let record: Record =
        serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    if record.version != VERSION {
        return Err(broken(format!(
            "its layout is {}, and this `run` knows {VERSION}",
            record.version
        )));
    }
    Ok(Some(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_and_belongs_to_one_process() {
        let root = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(root.path(), "live", "api", "acme").unwrap();
        ledger
            .update(|record| {
                record.facts.insert("service".into(), "s1".into());
            })
            .unwrap();
        assert!(matches!(
            Ledger::open(root.path(), "live", "api", "acme"),
            Err(DeployError::Busy { .. })
        ));
        let read = Ledger::read(root.path(), "live", "api", "acme").unwrap();
        assert_eq!(read.record(), ledger.record());
        assert!(matches!(
            Ledger::read(root.path(), "live", "api", "other"),
            Err(DeployError::OtherProvider { .. })
        ));
        assert_eq!(records(root.path()).unwrap().len(), 1);
        std::fs::write(root.path().join(".run/deploy/live/api.json"), "{").unwrap();
        assert!(matches!(
            records(root.path()),
            Err(DeployError::Record { .. })
        ));
    }
}
