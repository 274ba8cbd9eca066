//! What the compiler prints, as diagnostics.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use run_builder_shared::messages::Message;
use run_builder_shared::paths::{normal, text};
use run_builder_shared::world::World;
use run_plugin_api::{Diagnostic, Span};

use crate::generated;
use crate::request::SOURCE_TREE;
use crate::workspace::Workspace;

/// Collects what one build says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What printed paths are relative to.
    directory: PathBuf,
    /// The copy of the source tree, where there is one.
    tree: Option<PathBuf>,
    /// Generated files in it.
    generated: BTreeSet<PathBuf>,
    /// The world that generated files bind, and the package they are made for.
    world: Option<(World, String)>,
    diagnostics: Vec<Diagnostic>,
    /// Messages that were taken: a package may be compiled more than once.
    seen: BTreeSet<String>,
    /// What is no message about source.
    other: String,
    /// What the last lines belong to.
    last: Last,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Other,
    Diagnostic,
}

impl Said {
    /// Of a build in the source tree itself.
    pub(crate) fn in_source(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            ..Self::default()
        }
    }

    /// Of a build in a copy.
    pub(crate) fn in_copy(workspace: &Workspace) -> Self {
        Self {
            directory: workspace.directory.clone(),
            tree: Some(workspace.tree.clone()),
            generated: workspace.generated.clone(),
            world: workspace
                .world
                .clone()
                .map(|world| (world, workspace.base.clone())),
            ..Self::default()
        }
    }

    pub(crate) fn line(&mut self, line: &str) {
        // The package that the next lines are about, which they name as well.
        if line.starts_with("# ") || line.starts_with("too many errors") {
            return;
        }
        if let Some(continued) = line.strip_prefix('\t') {
            return self.continued(continued);
        }
        match Message::parse(line) {
            Some(message) if message.text == "too many errors" => {}
            Some(message) if !message.file.starts_with("go: ") => {
                let diagnostic = self.diagnostic(&message);
                // Generated code asks for the same in several places.
                let key = match diagnostic.labels.is_empty() {
                    true => &diagnostic.message,
                    false => line,
                };
                if self.seen.insert(key.to_owned()) {
                    self.diagnostics.push(diagnostic);
                }
                self.last = Last::Diagnostic;
            }
            _ => {
                self.other.push_str(line);
                self.other.push('\n');
                self.last = Last::Other;
            }
        }
    }

    /// What is wrong with the source.
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whatever else was said.
    pub(crate) fn other(&self) -> &str {
        self.other.trim()
    }

    fn continued(&mut self, line: &str) {
        match self.diagnostics.last_mut() {
            Some(last) if self.last == Last::Diagnostic => {
                let told = std::mem::replace(last, Diagnostic::error(""));
                *last = told.help(line.trim_end());
            }
            _ => {
                self.other.push_str(line);
                self.other.push('\n');
            }
        }
    }

    fn diagnostic(&self, message: &Message<'_>) -> Diagnostic {
        let path = normal(&self.directory.join(message.file));
        if let Some(diagnostic) = self.in_glue(&path, message) {
            return diagnostic;
        }
        match self.own(&path) {
            Some(file) => Diagnostic::error(message.text)
                .label(Span::new(file, message.line, message.column), ""),
            None => Diagnostic::error(format!("{} (in {})", message.text, message.file)),
        }
    }

    /// The user's own file behind a path.
    fn own(&self, path: &Path) -> Option<String> {
        let path = match &self.tree {
            Some(tree) => match path.strip_prefix(tree) {
                Ok(rest) => Path::new(SOURCE_TREE).join(rest),
                Err(_) => path.to_owned(),
            },
            None => path.to_owned(),
        };
        path.starts_with(SOURCE_TREE).then(|| text(&path))
    }

    /// What is wrong where generated code calls the user's: a function that is
    /// missing, or not as the world declares it.
    fn in_glue(&self, path: &Path, message: &Message<'_>) -> Option<Diagnostic> {
        let (world, base) = self.world.as_ref()?;
        let is_glue = self.generated.contains(path) || path.ends_with("wit_exports.go");
        if !is_glue {
            return None;
        }
        let glue = fs::read_to_string(path).unwrap_or_default();
        let signatures = generated::signatures(world, base).unwrap_or_default();
        let all: Vec<&String> = signatures.values().flatten().collect();
        if let Some(name) = message.text.strip_prefix("undefined: ") {
            let name = name.rsplit('.').next().unwrap_or(name);
            let mut diagnostic = Diagnostic::error(format!(
                "the world `{}` exports a function that no package has: `{name}`",
                world.name()
            ));
            if let Some(signature) = all.iter().find(|signature| function(signature) == name) {
                diagnostic = diagnostic.help(format!("write it: `{signature}`"));
            } else if glue.contains(&format!("resourceNew{name}(")) {
                diagnostic = Diagnostic::error(format!(
                    "the world `{}` exports a resource that no package has: `{name}`",
                    world.name()
                ))
                .help(format!(
                    "write it: `type {name} struct {{ pinner runtime.Pinner; handle int32 }}`, \
                     with a method `OnDrop()`"
                ));
            }
            return Some(diagnostic);
        }
        let mut diagnostic = Diagnostic::error(format!(
            "a function is not as the world `{}` declares it: {}",
            world.name(),
            message.text
        ));
        let line = usize::try_from(message.line).unwrap_or(0);
        let called = enclosing(&glue, line);
        if let Some(signature) = all
            .iter()
            .find(|signature| called.contains(&format!("{}(", function(signature))))
        {
            diagnostic = diagnostic.help(format!("it should be: `{signature}`"));
        }
        Some(diagnostic)
    }
}

/// The function of generated code that a line is in.
fn enclosing(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let line = line.min(lines.len());
    let begin = lines[..line]
        .iter()
        .rposition(|line| line.starts_with("func "))
        .unwrap_or(0);
    let body = lines
        .iter()
        .skip(begin + 1)
        .take_while(|line| !line.starts_with("func "));
    body.copied().collect::<Vec<_>>().join("\n")
}

/// The name in `func Name(` or `func (self *T) Name(`.
fn function(signature: &str) -> &str {
    let rest = signature.strip_prefix("func ").unwrap_or(signature);
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(") ").map_or(rest, |(_, rest)| rest),
        None => rest,
    };
    rest.split('(').next().unwrap_or(rest).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_about_the_users_files() {
        let mut said = Said::in_source(Path::new("/src/app"));
        said.tree = Some("/cache/components/x/tree".into());
        said.directory = "/cache/components/x/tree/app".into();
        for line in [
            "# example.com/app",
            "./main.go:8:27: cannot use x (variable of type int) as string value",
            "./main.go:8:27: cannot use x (variable of type int) as string value",
            "../lib/l.go:3:8: no required module provides package a.b/c; to add it:",
            "\tgo get a.b/c",
            "/opt/go/src/fmt/print.go:1:1: in the library",
            "go: example.com/x@v1.0.0: missing go.sum entry",
            "too many errors",
        ] {
            said.line(line);
        }
        let [first, second, third] = said.diagnostics() else {
            panic!("{:?}", said.diagnostics());
        };
        let place = |diagnostic: &Diagnostic| {
            let at = &diagnostic.labels[0].at;
            format!("{}:{}:{}", at.file, at.start.line, at.start.column)
        };
        assert_eq!(place(first), "/src/app/main.go:8:27");
        assert_eq!(place(second), "/src/lib/l.go:3:8");
        assert_eq!(second.help.as_deref(), Some("go get a.b/c"));
        assert!(third.labels.is_empty());
        assert_eq!(
            said.other(),
            "go: example.com/x@v1.0.0: missing go.sum entry"
        );
    }

    #[test]
    fn functions_are_found_by_signature_and_by_place() {
        assert_eq!(function("func Greet(name string) string"), "Greet");
        assert_eq!(function("func (self *Thing) Move(x int)"), "Move");
        let text = "func a() {\n\tX()\n}\nfunc b() {\n\tY()\n}";
        assert!(enclosing(text, 5).contains("Y()"));
        assert!(!enclosing(text, 5).contains("X()"));
        assert_eq!(enclosing("", 3), "");
    }
}
