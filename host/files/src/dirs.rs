//! Where the user's caches and settings live.

use std::path::PathBuf;

/// The directory for everything that can be made again: `$RUN_CACHE_DIR`, else
/// `run` below the platform's cache directory (`$XDG_CACHE_HOME` or `~/.cache`
/// on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows). `None`
/// where the user has no home directory.
#[must_use]
pub fn cache() -> Option<PathBuf> {
    match std::env::var_os("RUN_CACHE_DIR") {
        Some(dir) if !dir.is_empty() => Some(PathBuf::from(dir)),
        _ => Some(directories::BaseDirs::new()?.cache_dir().join("run")),
    }
}

/// The directory for what the user has set up: `$RUN_CONFIG_DIR`, else `run`
/// below the platform's directory for configuration (`$XDG_CONFIG_HOME` or
/// `~/.config` on Linux, `~/Library/Application Support` on macOS, `%APPDATA%` on
/// Windows). `None` where the user has no home directory.
#[must_use]
pub fn config() -> Option<PathBuf> {
    match std::env::var_os("RUN_CONFIG_DIR") {
        Some(dir) if !dir.is_empty() => Some(PathBuf::from(dir)),
        _ => Some(directories::BaseDirs::new()?.config_dir().join("run")),
    }
}

/// The user's home directory, where there is one.
#[must_use]
pub fn home() -> Option<PathBuf> {
    Some(directories::BaseDirs::new()?.home_dir().to_owned())
}
