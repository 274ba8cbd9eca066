//! The build caches, as `run.toml`, the environment and the command line ask
//! for them.

pub(crate) mod key;
mod remote;

use run_build::{CacheMode, CacheOptions};
use run_project::{Project, ValueError, size};

use crate::failure::{CommandError, Failure};
use crate::project::one_of;

/// How large it may become where nobody says.
const SIZE: u64 = 5 << 30;

/// What a command needs of the caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nothing: `--no-cache`.
    Nothing,
    /// What is on this machine.
    Local,
    /// And what other machines share.
    All,
}

/// The caches of a project, as far as they are needed.
pub(crate) fn options(project: &Project, needed: Use) -> Result<CacheOptions, Failure> {
    let mode = match variable("RUN_BUILD_CACHE").as_deref() {
        _ if needed == Use::Nothing => CacheMode::Off,
        None | Some("on" | "read-write") => CacheMode::ReadWrite,
        Some("off") => CacheMode::Off,
        Some("read") => CacheMode::Read,
        Some(other) => {
            return Err(CommandError::new(
                format!("`{other}` is no value of RUN_BUILD_CACHE"),
                one_of(other, &["off", "on", "read"]),
            )
            .into());
        }
    };
    let dir = match variable("RUN_BUILD_CACHE_DIR") {
        Some(dir) => Some(dir.into()),
        None => run_files::dirs::cache().map(|dir| dir.join("builds")),
    };
    let remote = match mode {
        CacheMode::Read | CacheMode::ReadWrite if needed == Use::All => remote::options(project)?,
        _ => None,
    };
    Ok(CacheOptions {
        mode,
        dir,
        size: parsed("RUN_BUILD_CACHE_SIZE", size)?.unwrap_or(SIZE),
        remote,
    })
}

/// What a variable says, where it is set.
fn parsed<T>(
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Result<Option<T>, Failure> {
    let value = variable(name).map(|text| parse(&text)).transpose();
    value.map_err(|error| {
        CommandError {
            message: format!("{name}: {error}"),
            help: error.help,
        }
        .into()
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
