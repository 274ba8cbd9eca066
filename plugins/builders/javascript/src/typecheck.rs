//! TypeScript's own opinion, from `tsc` where it is there.

use std::path::{Path, PathBuf};

use run_plugin_api::process::Line;
use run_plugin_api::{Diagnostic, Error, Result, Span, files};

use crate::node;
use crate::request::Request;
use crate::source;

/// Checks the entry and what it imports; returns what else the outcome depends
/// on.
pub(crate) fn check(entry: &Path, types: Option<&Path>, request: &Request) -> Result<Vec<PathBuf>> {
    let demanded = request.settings.typecheck;
    if demanded == Some(false) || !source::is_typescript(entry) {
        return Ok(Vec::new());
    }
    let Some(program) = node::find("typescript", "tsc", request) else {
        return match demanded {
            Some(true) => Err(Error::missing_tool(
                "`typecheck = true` needs tsc, which was not found",
            )
            .with_help("install it in the project with `npm install --save-dev typescript`")),
            _ => Ok(Vec::new()),
        };
    };
    let directory = entry.parent().unwrap_or(entry);
    let config = files::find_upwards(directory, "tsconfig.json", &request.root);
    let mut command = program.command().args(["--noEmit", "--pretty", "false"]);
    command = match &config {
        Some(config) => command.arg("--project").arg(config.as_path()),
        None => {
            let flags = [
                "--strict",
                "--target",
                "es2023",
                "--module",
                "esnext",
                "--moduleResolution",
                "bundler",
                "--skipLibCheck",
                "--types",
                "",
            ];
            let command = command.args(flags).arg(entry);
            match types {
                Some(types) => command.arg(types),
                None => command,
            }
        }
    };
    let mut errors = 0;
    let mut said = Vec::new();
    let exit = command.current_dir(&request.root).lines(|line| {
        let (Line::Stdout(text) | Line::Stderr(text)) = line;
        match Finding::of(text, &request.root) {
            Some(finding) => {
                errors += 1;
                finding.diagnostic().report();
            }
            None => said.push(text.to_owned()),
        }
    })?;
    match errors {
        0 if exit.success() => Ok(config.into_iter().collect()),
        0 => Err(Error::failed(format!("`tsc` {exit}")).with_help(said.join("\n"))),
        1 => Err(Error::failed("a type does not fit")),
        n => Err(Error::failed(format!("{n} types do not fit"))),
    }
}

/// One line of `tsc --pretty false`.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    file: PathBuf,
    line: u32,
    /// In characters, from 1.
    column: u32,
    code: String,
    message: String,
}

impl Finding {
    /// `src/app.ts(15,5): error TS2322: Type … is not assignable …`
    fn of(line: &str, root: &Path) -> Option<Self> {
        let (place, rest) = line.split_once(": error ")?;
        let (file, position) = place.strip_suffix(')')?.rsplit_once('(')?;
        let (line, column) = position.split_once(',')?;
        let (code, message) = rest.split_once(": ")?;
        Some(Self {
            file: root.join(file),
            line: line.parse().ok()?,
            column: column.parse().ok()?,
            code: code.to_owned(),
            message: message.to_owned(),
        })
    }

    fn diagnostic(&self) -> Diagnostic {
        let text = files::read_to_string(&self.file).unwrap_or_default();
        let line = text.lines().nth(self.line as usize - 1).unwrap_or_default();
        let column = run_plugin_api::diagnostics::byte_column(line, self.column as usize);
        let start = column as usize - 1;
        let length = line.get(start..).map_or(0, |rest| {
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            rest.find(|c| !word(c)).unwrap_or(rest.len()).max(1)
        });
        let end = u32::try_from(start + length + 1).unwrap_or(column);
        Diagnostic::error(&self.message).code(&self.code).label(
            Span::new(self.file.to_string_lossy(), self.line, column).to(self.line, end),
            "",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_checker_are_read() {
        let found = Finding::of(
            "src/app.ts(15,5): error TS2322: Type 'string' is not assignable to type 'number'.",
            Path::new("/src"),
        );
        assert_eq!(
            found,
            Some(Finding {
                file: "/src/src/app.ts".into(),
                line: 15,
                column: 5,
                code: "TS2322".into(),
                message: "Type 'string' is not assignable to type 'number'.".into(),
            })
        );
        assert_eq!(Finding::of("  and more of it", Path::new("/src")), None);
    }
}
