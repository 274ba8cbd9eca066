//! The build cache, as the environment and the command line ask for it.

use run_build::{CacheMode, CacheOptions};
use run_project::size;

use crate::failure::{CommandError, Failure};
use crate::project::one_of;

/// How large it may become where nobody says.
const SIZE: u64 = 5 << 30;

/// The cache a build uses; `off` is `--no-cache`.
pub(crate) fn options(off: bool) -> Result<CacheOptions, Failure> {
    let mode = match variable("RUN_BUILD_CACHE").as_deref() {
        _ if off => CacheMode::Off,
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
    let size = match variable("RUN_BUILD_CACHE_SIZE") {
        None => SIZE,
        Some(text) => size(&text).map_err(|error| CommandError {
            message: format!("RUN_BUILD_CACHE_SIZE: {error}"),
            help: error.help,
        })?,
    };
    let dir = match variable("RUN_BUILD_CACHE_DIR") {
        Some(dir) => Some(dir.into()),
        None => run_files::dirs::cache().map(|dir| dir.join("builds")),
    };
    Ok(CacheOptions { mode, dir, size })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
