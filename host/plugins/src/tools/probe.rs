//! Asking a program for its version, confined, once for each file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use run_files::{Digest, atomic};

use super::Tool;
use crate::manifest::Tool as Declared;
use crate::process::confine::Policy;
use crate::process::{Spec, query};

/// What a tool is given to answer with.
pub(super) struct Question<'q> {
    /// Variables, for a home that is empty.
    pub(super) environment: &'q dyn Fn(&Path) -> BTreeMap<String, String>,
    /// Programs that are linked on its `PATH`, with what they read of their own.
    pub(super) helpers: &'q [(String, PathBuf, Vec<PathBuf>)],
    /// What it reads besides, as it tells itself.
    pub(super) files: &'q dyn Fn() -> Result<Vec<PathBuf>, String>,
}

/// The version that a tool prints, where the manifest says how to ask. The
/// answer is kept beside what tells the file apart.
pub(super) fn version(
    declared: &Declared,
    tool: &Tool,
    question: &Question<'_>,
) -> Result<Option<String>, String> {
    let Some(pattern) = &declared.pattern else {
        return Ok(None);
    };
    if declared.probe.is_empty() {
        return Ok(None);
    }
    let remembered = remembered_at(&tool.path, &declared.probe, pattern);
    if let Some(path) = &remembered
        && let Ok(version) = fs::read_to_string(path)
    {
        return Ok(Some(version));
    }
    let printed = ask(declared, tool, question)?;
    let version = regex::Regex::new(pattern)
        .ok()
        .and_then(|regex| Some(regex.captures(&printed)?.get(1)?.as_str().to_owned()))
        .ok_or_else(|| format!("it printed no version: {}", printed.trim()))?;
    remember(remembered.as_deref(), &version);
    Ok(Some(version))
}

/// The digest of a program's file, read once for each file.
pub(super) fn digest(path: &Path) -> io::Result<Digest> {
    let remembered = remembered_at(path, &[], "sha256").filter(|_| is_settled(path));
    if let Some(known) = remembered
        .as_ref()
        .and_then(|path| fs::read_to_string(path).ok()?.parse().ok())
    {
        return Ok(known);
    }
    let digest = Digest::of_file(path)?;
    remember(remembered.as_deref(), &digest.to_string());
    Ok(digest)
}

/// What was answered before by a program whose file is still the same, to this
/// question.
pub(super) struct Remembered(Option<PathBuf>);

impl Remembered {
    pub(super) fn of(program: &Path, question: &[String]) -> Self {
        Self(remembered_at(program, question, "answer"))
    }

    pub(super) fn answer(&self) -> Option<String> {
        fs::read_to_string(self.0.as_ref()?).ok()
    }

    pub(super) fn keep(&self, answer: &str) {
        remember(self.0.as_deref(), answer);
    }
}

/// A cache: where it cannot be written the same is found out again.
fn remember(at: Option<&Path>, text: &str) {
    if let Some(path) = at
        && let Some(dir) = path.parent()
    {
        fs::create_dir_all(dir)
            .and_then(|()| atomic::write(path, text.as_bytes()))
            .ok();
    }
}

/// Whether a change of the file would show: one within the same tick of the
/// file system's clock, of which the coarsest is FAT's, would not.
fn is_settled(path: &Path) -> bool {
    let Ok(meta) = fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        u64::try_from(meta.ctime())
            .ok()
            .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    };
    #[cfg(not(unix))]
    let changed = meta.modified().ok();
    changed
        .and_then(|changed| SystemTime::now().duration_since(changed).ok())
        .is_some_and(|age| age > Duration::from_secs(3))
}

fn ask(declared: &Declared, tool: &Tool, question: &Question<'_>) -> Result<String, String> {
    let home = tempfile::tempdir().map_err(|error| error.to_string())?;
    let bin = home.path().join("bin");
    let mut read = tool.files.clone();
    read.extend((question.files)()?);
    fs::create_dir(&bin).map_err(|error| error.to_string())?;
    for (name, path, files) in question.helpers {
        #[cfg(unix)]
        let linked = std::os::unix::fs::symlink(path, bin.join(name));
        #[cfg(not(unix))]
        let linked = fs::copy(path, bin.join(name)).map(drop);
        linked.map_err(|error| error.to_string())?;
        read.extend(files.iter().cloned());
    }
    let mut variables = (question.environment)(home.path());
    let path = variables.entry("PATH".to_owned()).or_default();
    *path = format!("{}:{path}", bin.display());
    query(&Spec {
        program: tool.path.clone(),
        arguments: declared.probe.clone(),
        directory: home.path().to_owned(),
        environment: variables,
        policy: Policy {
            read,
            write: vec![home.path().to_owned()],
            ..Policy::default()
        },
        name: tool.program.clone(),
    })
    .map_err(|error| format!("it does not run ({error})"))
}

fn remembered_at(path: &Path, probe: &[String], pattern: &str) -> Option<PathBuf> {
    let meta = fs::metadata(path).ok()?;
    let mut changed = format!("{:?} {}", meta.modified().ok()?, meta.len());
    // Package managers set one time for all files they unpack, so that two
    // releases of a script may differ in nothing but when they came here.
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        changed.push_str(&format!(
            " {} {} {}",
            meta.ino(),
            meta.ctime(),
            meta.ctime_nsec()
        ));
    }
    let key = Digest::of_fields(
        [path.to_str()?, &changed, pattern]
            .into_iter()
            .chain(probe.iter().map(String::as_str))
            .map(str::as_bytes),
    );
    Some(run_files::dirs::cache()?.join("tools").join(key.hex()))
}
