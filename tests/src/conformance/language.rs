//! How a language's cases are laid out.

use super::case::Case;
use crate::tools::{self, Tools};

/// A language.
#[derive(Debug, Clone, Copy)]
pub struct Language {
    /// As in `run.toml`, and the name of its directory in each case.
    pub name: &'static str,
    /// What the page calls it.
    pub title: &'static str,
    /// How typed cases and handlers become one component; where it is absent,
    /// each is one of its own.
    pub together: Option<Together>,
    /// The file whose content does not matter where a build fails before it is
    /// read.
    pub any: &'static str,
}

/// How many modules become one component: it is built, compiled and linked once.
#[derive(Debug, Clone, Copy)]
pub struct Together {
    /// What `source` says, below the directory; empty for the directory.
    pub source: &'static str,
    /// The file that brings in all modules.
    pub entry: &'static str,
    /// What it begins with.
    pub head: &'static str,
    /// Its line for one module.
    pub line: fn(&str) -> String,
    /// The directory for one case's files.
    pub directory: fn(&Case) -> String,
}

impl Together {
    /// One entry beside its modules.
    const fn beside(entry: &'static str, line: fn(&str) -> String) -> Self {
        Self {
            source: entry,
            entry,
            head: "",
            line,
            directory: |_| String::new(),
        }
    }
}

/// All that ship.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        title: "Rust",
        together: None,
        any: "lib.rs",
    },
    Language {
        name: "go",
        title: "Go",
        together: Some(Together {
            source: "",
            entry: "go.mod",
            head: "module conformance\n\ngo 1.25\n",
            line: |_| String::new(),
            // A package for each interface that the world exports.
            directory: |case| {
                let interface = match case.interface() {
                    full if full.contains(':') => full.to_owned(),
                    own => format!("conformance:{}/{own}", case.name),
                };
                format!("export_{}", interface.replace([':', '/', '-'], "_"))
            },
        }),
        any: "app.go",
    },
    Language {
        name: "python",
        title: "Python",
        together: Some(Together::beside("app.py", |module| {
            format!("from {module} import *\n")
        })),
        any: "app.py",
    },
    Language {
        name: "javascript",
        title: "JavaScript",
        together: Some(Together::beside("app.js", |module| {
            format!("export * from \"./{module}.js\";\n")
        })),
        any: "app.js",
    },
    Language {
        name: "typescript",
        title: "TypeScript",
        together: Some(Together::beside("app.ts", |module| {
            format!("export * from \"./{module}.ts\";\n")
        })),
        any: "app.ts",
    },
    Language {
        name: "zig",
        title: "Zig",
        together: Some(Together::beside("root.zig", |module| {
            format!("comptime {{\n    _ = @import(\"{module}.zig\");\n}}\n")
        })),
        any: "app.zig",
    },
];

impl Language {
    /// The one of this name.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn named(name: &str) -> &'static Self {
        LANGUAGES
            .iter()
            .find(|language| language.name == name)
            .unwrap_or_else(|| panic!("no such language: {name}"))
    }

    /// What it is built with.
    #[must_use]
    pub fn tools(&self) -> Tools {
        tools::of(self.name)
    }
}
