//! `[build]`.

use super::build_cache::BuildCache;
use crate::path::RelativePath;
use crate::section::Entry;
use crate::spanned::Spanned;
use crate::value::choice;

/// How components are built.
#[derive(Debug, Clone)]
pub struct Build {
    /// `output_dir`: where components go; never the project's root. Default
    /// `target/wasm`, then with an empty span.
    pub output_dir: Spanned<RelativePath>,
    /// `opt_level`. Default `debug`.
    pub opt_level: OptLevel,
    /// `reproducible`: the same bytes from the same input, on any machine.
    /// Default false.
    pub reproducible: bool,
    /// `[build.cache]`: a build cache that many machines share.
    pub cache: Option<BuildCache>,
}

/// What a build optimises for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptLevel {
    /// `debug`: building fast.
    Debug,
    /// `release`: running fast.
    Release,
}

impl Build {
    pub(super) fn read(entry: Option<Entry<'_>>) -> Self {
        let mut build = Self {
            output_dir: Spanned::new(RelativePath::default_output(), 0..0),
            opt_level: OptLevel::Debug,
            reproducible: false,
            cache: None,
        };
        let Some(mut section) = entry.and_then(Entry::section) else {
            return build;
        };
        let output_dir = section.take("output_dir").and_then(|entry| {
            entry.parse(|text| {
                let path: RelativePath = text.parse()?;
                // `clean` empties it.
                super::check::below_root(&path).map(|()| path)
            })
        });
        if let Some(output_dir) = output_dir {
            build.output_dir = output_dir;
        }
        let levels = [("debug", OptLevel::Debug), ("release", OptLevel::Release)];
        let level = section
            .take("opt_level")
            .and_then(|e| e.parse(|text| choice(text, &levels)));
        if let Some(level) = level {
            build.opt_level = level.value;
        }
        if let Some(reproducible) = section.take("reproducible").and_then(Entry::boolean) {
            build.reproducible = reproducible.value;
        }
        build.cache = section.take("cache").and_then(BuildCache::read);
        section.finish();
        build
    }
}
