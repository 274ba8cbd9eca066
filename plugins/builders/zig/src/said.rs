//! What Zig prints: errors with places, as diagnostics.

use std::path::{Path, PathBuf};

use run_builder_shared::messages::Message;
use run_builder_shared::paths::{normal, text};
use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Command, Line};
use run_plugin_api::{Diagnostic, Error, Result, Severity, Span};

use crate::bindings::Bindings;
use crate::request::{Request, SOURCE_TREE};

/// Runs a command and reports what it says; an error where it fails.
pub(crate) fn run(command: Command, doing: &str, request: &Request, mut said: Said) -> Result<()> {
    let _step = Step::new(&format!("{}: {doing}", request.name), None);
    let mut printed = String::new();
    let exit = command.lines(|line| {
        let (Line::Stdout(line) | Line::Stderr(line)) = line;
        events::debug(line);
        printed.push_str(line);
        printed.push('\n');
        said.line(line);
    })?;
    let diagnostics = said.finish();
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    diagnostics.iter().for_each(Diagnostic::report);
    if exit.success() {
        return Ok(());
    }
    Err(match errors {
        0 => Error::failed(format!("`zig` {exit}")).with_help(printed.trim()),
        errors => Error::failed(format!(
            "`{}` does not compile: {errors} error{}",
            request.name,
            if errors == 1 { "" } else { "s" }
        )),
    })
}

/// Collects what is said.
#[derive(Debug)]
pub(crate) struct Said {
    /// What printed paths are relative to.
    directory: PathBuf,
    /// Functions that the user implements, with their signatures.
    wanted: Vec<(String, String)>,
    diagnostics: Vec<Diagnostic>,
    /// Whether the next lines are the source and the marks below it.
    marks: Marks,
}

/// Where a message's own quotation of the source is.
#[derive(Debug, PartialEq, Eq)]
enum Marks {
    None,
    /// The next line is the source.
    Source,
    /// The next line is `~~~^~~~`, for the label that was added last.
    Below,
}

impl Said {
    pub(crate) fn new(directory: &Path, bindings: Option<&Bindings>) -> Self {
        Self {
            directory: directory.to_owned(),
            wanted: bindings.map_or_else(Vec::new, |bindings| bindings.wanted.clone()),
            diagnostics: Vec::new(),
            marks: Marks::None,
        }
    }

    /// Everything that was said.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub(crate) fn line(&mut self, line: &str) {
        match std::mem::replace(&mut self.marks, Marks::None) {
            Marks::Source => {
                self.marks = Marks::Below;
                return;
            }
            Marks::Below if self.mark(line) => return,
            _ => {}
        }
        if let Some(message) = Message::parse(line) {
            self.message(&message);
        } else if let Some(text) = line.strip_prefix("error: ") {
            self.plain(text);
        }
    }

    fn message(&mut self, message: &Message<'_>) {
        let Some((kind, text)) = message.text.split_once(": ") else {
            return;
        };
        let place = self
            .own(message.file)
            .map(|file| Span::new(file, message.line, message.column));
        match (kind, self.diagnostics.last_mut()) {
            ("error", _) => {
                let diagnostic = match place {
                    Some(place) => Diagnostic::error(text).label(place, ""),
                    None => Diagnostic::error(format!("{text} (in {})", message.file)),
                };
                self.diagnostics.push(diagnostic);
            }
            ("note", Some(last)) => {
                let told = std::mem::replace(last, Diagnostic::error(""));
                *last = match place {
                    Some(place) => told.label(place, text),
                    None => told.help(format!("note: {text}")),
                };
            }
            _ => return,
        }
        self.marks = Marks::Source;
    }

    /// Takes the marks below a quoted line as the length of the last label.
    fn mark(&mut self, line: &str) -> bool {
        let marks = line.trim();
        let is_mark = marks.contains('^') && marks.bytes().all(|b| b == b'^' || b == b'~');
        if is_mark
            && let Some(label) = self
                .diagnostics
                .last_mut()
                .and_then(|last| last.labels.last_mut())
            && label.at.end.is_none()
        {
            let after = marks.len() - marks.find('^').unwrap_or(0);
            let start = label.at.start;
            let end = start.column + u32::try_from(after).unwrap_or(1);
            label.at = label.at.clone().to(start.line, end);
        }
        is_mark
    }

    /// An error without a place, such as the linker's.
    fn plain(&mut self, text: &str) {
        if text.starts_with("the following") || text.starts_with("process exited") {
            return;
        }
        if let Some((_, name)) = text.split_once("undefined symbol: ")
            && let Some((_, signature)) = self.wanted.iter().find(|(wanted, _)| wanted == name)
        {
            self.diagnostics.push(
                Diagnostic::error(format!(
                    "the world exports a function that nothing implements: `{name}`"
                ))
                .help(format!("write it: `export {signature}`")),
            );
            return;
        }
        let mut diagnostic = Diagnostic::error(text);
        if text.contains("no module named") {
            diagnostic = diagnostic.help(
                "modules of packages come from `build.zig`: set `source` to it, \
                 or to its directory",
            );
        }
        self.diagnostics.push(diagnostic);
    }

    /// The user's own file behind a printed path.
    fn own(&self, printed: &str) -> Option<String> {
        let path = normal(&self.directory.join(printed));
        path.starts_with(SOURCE_TREE).then(|| text(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(printed: &str) -> Vec<Diagnostic> {
        let mut said = Said::new(Path::new("/src/app"), None);
        said.wanted = vec![(
            "exports_w_greet".into(),
            "fn exports_w_greet(name: [*c]w_string_t) void".into(),
        )];
        printed.lines().for_each(|line| said.line(line));
        said.finish()
    }

    #[test]
    fn errors_have_places_notes_and_lengths() {
        let diagnostics = said(
            "main.zig:3:19: error: expected type 'u8', found '*const [1:0]u8'\n\
             const x: u8 = \"a\";\n\
             \x20             ^~~\n\
             ../lib/x.zig:2:1: note: declared here\n\
             fn f() void {\n\
             ^~~~~~~~~~~\n\
             /opt/zig/lib/std/fmt.zig:1:1: error: in the library\n\
             error: the following command failed:\n",
        );
        assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
        let first = &diagnostics[0];
        assert_eq!(first.message, "expected type 'u8', found '*const [1:0]u8'");
        let place = |index: usize| {
            let at = &first.labels[index].at;
            let end = at.end.map(|end| end.column);
            (at.file.as_str(), at.start.line, at.start.column, end)
        };
        assert_eq!(place(0), ("/src/app/main.zig", 3, 19, Some(22)));
        assert_eq!(place(1), ("/src/lib/x.zig", 2, 1, Some(12)));
        assert_eq!(first.labels[1].message, "declared here");
        assert!(diagnostics[1].labels.is_empty());
    }

    #[test]
    fn an_export_that_is_missing_is_shown_with_its_signature() {
        let diagnostics =
            said("error: wasm-ld: /cache/zig/o/1/typed.o: undefined symbol: exports_w_greet\n");
        assert_eq!(
            diagnostics[0].help.as_deref(),
            Some("write it: `export fn exports_w_greet(name: [*c]w_string_t) void`")
        );
    }
}
