//! `[dev]`.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::section::Entry;
use crate::spanned::Spanned;
use crate::value::{ValueError, choice, quoted};

/// How the development server works.
#[derive(Debug, Clone)]
pub struct Dev {
    /// `watch`: patterns of files whose change rebuilds, beside those that the
    /// builds say they read. Relative to the project's root, with `/`; `*` does
    /// not cross a `/`, `**` does.
    pub watch: Vec<Spanned<Glob>>,
    /// `hot_reload`. Default true.
    pub hot_reload: bool,
    /// `port`; 0 is any that is free. Default 3000.
    pub port: u16,
    /// `log_level`. Default `info`.
    pub log_level: LogLevel,
}

/// The least important message that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// `error`.
    Error,
    /// `warn`.
    Warn,
    /// `info`.
    Info,
    /// `debug`.
    Debug,
    /// `trace`.
    Trace,
}

impl Default for Dev {
    fn default() -> Self {
        Self {
            watch: Vec::new(),
            hot_reload: true,
            port: 3000,
            log_level: LogLevel::Info,
        }
    }
}

impl Dev {
    /// All of `watch` as one matcher of paths relative to the project's root. A
    /// pattern that names a directory also stands for all that is below it.
    ///
    /// # Errors
    /// Patterns that are too large together.
    pub fn watch_set(&self) -> Result<GlobSet, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in &self.watch {
            set.add(pattern.value.clone());
            set.add(glob(&format!("{}/**", pattern.glob()))?);
        }
        set.build()
    }

    pub(super) fn read(entry: Option<Entry<'_>>) -> Self {
        let default = Self::default();
        let Some(mut section) = entry.and_then(Entry::section) else {
            return default;
        };
        let watch = section
            .take("watch")
            .map(Entry::elements)
            .unwrap_or_default();
        let hot_reload = section.take("hot_reload").and_then(Entry::boolean);
        let port = section
            .take("port")
            .and_then(|e| e.integer(0..=i64::from(u16::MAX)));
        let levels = [
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("info", LogLevel::Info),
            ("debug", LogLevel::Debug),
            ("trace", LogLevel::Trace),
        ];
        let level = section
            .take("log_level")
            .and_then(|e| e.parse(|text| choice(text, &levels)));
        section.finish();
        Self {
            watch: watch
                .into_iter()
                .filter_map(|entry| entry.parse(pattern))
                .collect(),
            hot_reload: hot_reload.map_or(default.hot_reload, |value| value.value),
            port: port
                .and_then(|port| u16::try_from(port.value).ok())
                .unwrap_or(default.port),
            log_level: level.map_or(default.log_level, |level| level.value),
        }
    }
}

/// Only parses: compiling is left to whoever watches.
fn pattern(text: &str) -> Result<Glob, ValueError> {
    let error = |why: &str| {
        Err(ValueError::new(
            format!("{} is not a pattern of files: {why}", quoted(text)),
            "write e.g. `src/**/*.txt`, relative to the directory of run.toml",
        ))
    };
    let plain = text.trim_start_matches("./").trim_end_matches('/');
    if plain.is_empty() {
        return error("it is empty");
    }
    if plain.starts_with('/') || plain.split('/').any(|part| part == "..") {
        return error("it leaves the project");
    }
    if plain.contains('\\') {
        return error("it has a backslash");
    }
    glob(plain).or_else(|why| error(&why.kind().to_string()))
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_with_and_without_stars() {
        let watch = ["src/**/*.elm", "./wit/", "notes.txt", "*.toml"]
            .map(|text| Spanned::new(pattern(text).unwrap(), 0..0));
        let set = Dev {
            watch: watch.into(),
            ..Dev::default()
        }
        .watch_set()
        .unwrap();
        for path in [
            "src/a.elm",
            "src/a/b.elm",
            "wit/deps/a.wit",
            "notes.txt",
            "run.toml",
        ] {
            assert!(set.is_match(path), "{path}");
        }
        for path in ["src/a.txt", "a/run.toml", "notes"] {
            assert!(!set.is_match(path), "{path}");
        }
        for bad in [
            "",
            ".",
            "./",
            "/etc/*",
            "../*",
            "a/../../b",
            "a\\*",
            "[",
            "{a",
        ] {
            assert!(pattern(bad).is_err() || bad == ".", "{bad}");
        }
    }
}
