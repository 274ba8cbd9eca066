//! From the interpreter's words to a diagnostic at the user's own source.

use std::path::{Path, PathBuf};

use run_plugin_api::diagnostics::byte_column;
use run_plugin_api::{Diagnostic, Span, files};

use crate::source::Module;
use crate::traceback::{Frame, Traceback};

/// How the tool names the copy of the modules: the first directory it is given.
pub(crate) const STAGED: &str = "/0";

/// What is needed to find the user's files again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) module: &'a Module,
    /// The directory of `run.toml`, which scripts are named relative to.
    pub(crate) project: &'a Path,
}

impl Sources<'_> {
    /// A path as the user writes it: relative to `run.toml`.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.project).unwrap_or(path);
        path.to_string_lossy().into_owned()
    }

    /// Text with the copies' paths replaced by the user's.
    fn plain(&self, text: &str) -> String {
        let root = match self.shown(&self.module.root) {
            root if root.is_empty() => root,
            root => root + "/",
        };
        text.replace(&format!("{STAGED}/"), &root)
    }

    /// The user's own file behind a printed one.
    fn own(&self, printed: &str) -> Option<PathBuf> {
        let path = match printed.strip_prefix(STAGED) {
            Some(rest) => self.module.root.join(rest.strip_prefix('/')?),
            None if printed.starts_with(['/', '<']) => return None,
            None => self.project.join(printed),
        };
        path.is_file().then_some(path)
    }

    fn span(&self, frame: &Frame) -> Option<Span> {
        let file = self.own(&frame.file)?;
        let text = files::read_to_string(&file).unwrap_or_default();
        let source = text
            .lines()
            .nth(usize::try_from(frame.line).ok()?.saturating_sub(1))
            .unwrap_or_default();
        let file = file.to_string_lossy().into_owned();
        let indent = source.chars().take_while(|c| c.is_whitespace()).count();
        // What is printed is the line without its indentation.
        let same = frame.code.as_deref() == Some(source.trim());
        let (from, to) = match frame.marked {
            Some((from, to)) if same => (indent + from, indent + to),
            _ => (indent, source.trim_end().chars().count()),
        };
        let column = |character: usize| byte_column(source, character + 1);
        Some(Span::new(file, frame.line, column(from)).to(frame.line, column(to)))
    }
}

/// What is wrong, where, and what can be done about it.
pub(crate) fn diagnostic(traceback: &Traceback, sources: Sources<'_>) -> Diagnostic {
    if let Some(class) = missing_class(traceback) {
        let file = sources.module.file.to_string_lossy().into_owned();
        let name = sources.module.file.file_name().unwrap_or_default();
        return Diagnostic::error(format!(
            "`{}` has no class `{class}`, which the world exports",
            name.to_string_lossy()
        ))
        .label(Span::new(file, 1, 1), "in this module")
        .help(format!(
            "with `from wit_world import exports`, write `class {class}(exports.{class})`; \
             functions of the world itself belong to `class WitWorld(wit_world.WitWorld)`"
        ));
    }
    let message = match traceback.message.as_str() {
        "" => traceback.kind.as_str(),
        message => message,
    };
    let mut diagnostic = Diagnostic::error(sources.plain(message)).code(&traceback.kind);
    let mut own = traceback
        .frames
        .iter()
        .enumerate()
        .filter_map(|(index, frame)| Some((index, sources.span(frame)?)))
        .collect::<Vec<_>>();
    if let Some((index, span)) = own.pop() {
        let deepest = index + 1 == traceback.frames.len();
        let said = if deepest { "" } else { "while this ran" };
        diagnostic = diagnostic.label(span, said);
        for (_, span) in own.into_iter().rev().take(4) {
            diagnostic = diagnostic.label(span, "came from here");
        }
        if let Some(last) = traceback.frames.last().filter(|_| !deepest) {
            let file = sources.plain(&last.file);
            diagnostic = diagnostic.help(format!("raised in {file}:{}", last.line));
        }
    }
    if let Some(module) = traceback.missing_module() {
        diagnostic = diagnostic.help(advice(module, traceback));
    } else if ["FileNotFoundError", "PermissionError"].contains(&traceback.kind.as_str()) {
        diagnostic = diagnostic.help(
            "modules are imported while the component is built, where they see each other, \
             what the setting `include` names, and nothing else of this machine",
        );
    }
    diagnostic
}

/// The class that the tool looked for in the module and did not find.
fn missing_class(traceback: &Traceback) -> Option<&str> {
    let rest = traceback.message.strip_prefix("module '")?;
    let (_, rest) = rest.split_once("' has no attribute '")?;
    (traceback.kind == "AttributeError" && traceback.frames.is_empty())
        .then(|| rest.split('\'').next())?
}

/// Where a missing module may be had.
fn advice(module: &str, traceback: &Traceback) -> String {
    let by_library = traceback
        .frames
        .last()
        .is_some_and(|frame| frame.file.starts_with("/python/"));
    if by_library || module.starts_with('_') {
        return format!("`{module}` is a part of Python that WebAssembly does not have");
    }
    let package = module.split('.').next().unwrap_or(module);
    format!(
        "put `{package}` into requirements.txt or the dependencies of pyproject.toml, \
         or its source beside the module; what is installed on this machine is not used"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic_of(text: &str, source: &str) -> Diagnostic {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        for file in ["app.py", "bad.py", "helper.py"] {
            files::write(root.join(file), source).unwrap();
        }
        let module = Module {
            root: root.to_owned(),
            name: "app".into(),
            file: root.join("app.py"),
        };
        let sources = Sources {
            module: &module,
            project: root,
        };
        let inner = crate::traceback::inner(text);
        let mut diagnostic = diagnostic(&Traceback::parse(inner).unwrap(), sources);
        for label in &mut diagnostic.labels {
            label.at.file = label.at.file.rsplit('/').next().unwrap().to_owned();
        }
        diagnostic
    }

    /// File, line, column and end of a label.
    fn place(diagnostic: &Diagnostic, label: usize) -> (&str, u32, u32, Option<(u32, u32)>) {
        let at = &diagnostic.labels[label].at;
        let end = at.end.map(|end| (end.line, end.column));
        (&at.file, at.start.line, at.start.column, end)
    }

    #[test]
    fn a_missing_module_is_shown_where_it_is_imported() {
        let text = include_str!("../tests/data/import.txt");
        let diagnostic = diagnostic_of(text, "# x\nimport nosuch\nimport helper\n");
        assert_eq!(diagnostic.code.as_deref(), Some("ModuleNotFoundError"));
        assert_eq!(diagnostic.labels.len(), 2);
        assert_eq!(place(&diagnostic, 0), ("helper.py", 2, 1, Some((2, 14))));
        assert_eq!(diagnostic.labels[1].at.file, "bad.py");
        assert!(diagnostic.help.unwrap().contains("requirements.txt"));
    }

    #[test]
    fn columns_are_bytes_and_indentation_counts() {
        let text = include_str!("../tests/data/syntax.txt");
        let diagnostic = diagnostic_of(text, "  s = \"ünïcode\" + f(1\n");
        // Two for the indentation, two for what is longer than a character.
        assert_eq!(place(&diagnostic, 0), ("bad.py", 1, 22, Some((1, 23))));
    }

    #[test]
    fn a_class_that_is_missing_is_asked_for() {
        let text = "AssertionError: AttributeError: module 'app' has no attribute 'Run'\n";
        let diagnostic = diagnostic_of(text, "");
        assert_eq!(
            diagnostic.message,
            "`app.py` has no class `Run`, which the world exports"
        );
    }

    #[test]
    fn what_happens_in_the_library_is_shown_where_it_was_called() {
        let text = "AssertionError: Traceback (most recent call last):\n  File \"app.py\", line 1, in <module>\n    import sqlite3\n  File \"/python/sqlite3/__init__.py\", line 57, in <module>\n    from _sqlite3 import *\nModuleNotFoundError: No module named '_sqlite3'\n";
        let diagnostic = diagnostic_of(text, "import sqlite3\n");
        assert_eq!(diagnostic.labels[0].at.start.line, 1);
        let help = diagnostic.help.unwrap();
        assert!(
            help.contains("raised in /python/sqlite3/__init__.py:57"),
            "{help}"
        );
        assert!(help.contains("WebAssembly does not have"), "{help}");
    }
}
