//! Which files of the source tree a build reads: the packages that a component
//! is made of, found by what they import.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use run_builder_shared::paths::escaped;
use run_plugin_api::files;

use crate::go_file::{GoFile, is_generated};
use crate::modules::Modules;
use crate::source::{Source, go_files};

/// What `go` compiles beside Go.
const OTHER: [&str; 5] = ["s", "S", "h", "c", "syso"];

/// The packages of one component.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packages {
    /// Files of the source tree that are compiled or embedded.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Paths and patterns that name those, and those that may come.
    pub(crate) inputs: Vec<String>,
}

impl Packages {
    /// Those that `source` and the packages in `more` are made of.
    pub(crate) fn of(source: &Source, modules: &Modules, more: &[PathBuf]) -> Self {
        let mut found = Self::default();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<PathBuf> = more.to_vec();
        match &source.file {
            Some(file) => waiting.extend(found.file(file, modules)),
            None => waiting.push(source.directory.clone()),
        }
        while let Some(directory) = waiting.pop() {
            if seen.insert(directory.clone()) {
                waiting.extend(found.package(&directory, modules));
            }
        }
        found
            .inputs
            .extend(modules.files().iter().map(|file| escaped(file)));
        found.files.extend(
            modules
                .files()
                .into_iter()
                .filter(|file| file.is_file() && !file.ends_with("go.work")),
        );
        found
    }

    /// Takes a package in; returns the directories of those it imports.
    fn package(&mut self, directory: &Path, modules: &Modules) -> Vec<PathBuf> {
        let pattern = escaped(directory);
        self.inputs.push(format!("{pattern}/*.{{go,s,S,h,c,syso}}"));
        let others = fs::read_dir(directory).into_iter().flatten().flatten();
        self.files
            .extend(others.map(|entry| entry.path()).filter(|path| {
                let ending = path.extension().map(|ending| ending.to_string_lossy());
                ending.is_some_and(|ending| OTHER.contains(&&*ending)) && path.is_file()
            }));
        go_files(directory)
            .iter()
            .flat_map(|file| self.file(file, modules))
            .collect()
    }

    fn file(&mut self, path: &Path, modules: &Modules) -> Vec<PathBuf> {
        let text = files::read_to_string(path).unwrap_or_default();
        if is_generated(&text) {
            return Vec::new();
        }
        self.files.insert(path.to_owned());
        self.inputs.push(escaped(path));
        let file = GoFile::parse(&text);
        let directory = path.parent().unwrap_or(Path::new("/"));
        for pattern in &file.embeds {
            // Names of files may hold what means something in our patterns.
            let base = escaped(directory);
            self.inputs.push(format!("{base}/{pattern}"));
            self.inputs.push(format!("{base}/{pattern}/**"));
            let parts: Vec<&str> = pattern.split('/').collect();
            embedded(directory, &parts, &mut self.files);
        }
        file.imports
            .iter()
            .filter_map(|import| Some(modules.package(import)?.1))
            .collect()
    }
}

/// What a pattern of `//go:embed` names, and below a wildcard everything: `go`
/// itself takes what it means.
fn embedded(directory: &Path, parts: &[&str], into: &mut BTreeSet<PathBuf>) {
    let Some((first, rest)) = parts.split_first() else {
        return whole(directory, into);
    };
    if !first.contains(['*', '?', '[', '\\']) {
        return embedded(&directory.join(first), rest, into);
    }
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if matches(first, &name.to_string_lossy()) {
            whole(&entry.path(), into);
        }
    }
}

fn whole(path: &Path, into: &mut BTreeSet<PathBuf>) {
    if path.is_file() {
        into.insert(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        // A link to a directory may lead back to where it stands.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) || entry.path().is_file() {
            whole(&entry.path(), into);
        }
    }
}

/// Whether `*` and `?` match; what is more than that matches anything.
fn matches(pattern: &str, name: &str) -> bool {
    if pattern.contains(['[', '\\']) {
        return true;
    }
    match (pattern.chars().next(), name.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            matches(&pattern[1..], name)
                || name
                    .chars()
                    .next()
                    .is_some_and(|first| matches(pattern, &name[first.len_utf8()..]))
        }
        (Some('?'), Some(first)) => matches(&pattern[1..], &name[first.len_utf8()..]),
        (Some(a), Some(b)) if a == b => matches(&pattern[a.len_utf8()..], &name[b.len_utf8()..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source;

    #[test]
    fn only_what_is_imported_or_embedded_is_read() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for (file, text) in [
            ("go.mod", "module a.b/app\nreplace a.b/lib => ./lib"),
            (
                "main.go",
                "package main\nimport (\"fmt\"; \"a.b/app/used\")",
            ),
            (
                "used/u.go",
                "package used\nimport \"a.b/lib/deep\"\n//go:embed page/*.html data\n",
            ),
            ("used/u_test.go", "package used\nimport \"a.b/app/unused\""),
            ("used/asm.s", ""),
            ("used/page/a.html", ""),
            ("used/page/b.txt", ""),
            ("used/data/x/y", ""),
            ("unused/n.go", "package unused"),
            ("lib/go.mod", "module a.b/lib"),
            ("lib/deep/d.go", "package deep"),
            (
                "gen/g.go",
                "// Generated by `wit-bindgen` 0.60.0. DO NOT EDIT!\npackage gen",
            ),
            ("big/node_modules/x.js", ""),
        ] {
            files::write(top.join(file), text).unwrap();
        }
        let source = source::find(&top.join("main.go"), top).unwrap();
        let modules = Modules::around(top, top);
        let packages = Packages::of(&source, &modules, &[top.join("gen")]);
        let found: Vec<_> = packages
            .files
            .iter()
            .map(|file| file.strip_prefix(top).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            found,
            [
                "go.mod",
                "lib/deep/d.go",
                "lib/go.mod",
                "main.go",
                "used/asm.s",
                "used/data/x/y",
                "used/page/a.html",
                "used/u.go",
            ]
        );
        let input = escaped(&top.join("used"));
        assert!(
            packages
                .inputs
                .contains(&format!("{input}/*.{{go,s,S,h,c,syso}}"))
        );
        assert!(packages.inputs.contains(&format!("{input}/page/*.html")));
        assert!(packages.inputs.contains(&escaped(&top.join("go.sum"))));
    }
}
