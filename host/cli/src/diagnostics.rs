//! A compiler's diagnostics, shown with the source they are about.

use std::fmt;
use std::path::Path;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity as Level, SourceCode};
use run_plugins::events::{self, Severity};

/// A plugin's diagnostic with its source read from disk.
#[derive(Debug)]
pub(crate) struct Shown {
    diagnostic: events::Diagnostic,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
}

/// Larger sources are named and not shown.
const LARGEST: u64 = 4 << 20;

impl Shown {
    /// `root` is what shown paths are relative to.
    pub(crate) fn new(diagnostic: events::Diagnostic, root: &Path) -> Self {
        let Some(primary) = diagnostic.labels.first() else {
            return Self {
                diagnostic,
                source: None,
                labels: Vec::new(),
            };
        };
        let file = primary.file.clone();
        let name = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        let small = std::fs::metadata(&file).is_ok_and(|meta| meta.len() <= LARGEST);
        let text = small.then(|| std::fs::read_to_string(&file).ok()).flatten();
        // Only places in the primary file can be drawn together.
        let labels = text.as_ref().map_or(Vec::new(), |text| {
            diagnostic
                .labels
                .iter()
                .enumerate()
                .filter(|(_, label)| label.file == file)
                .filter_map(|(index, label)| {
                    let start = offset(text, label.start)?;
                    let end = label.end.and_then(|end| offset(text, end)).unwrap_or(start);
                    let message = Some(label.message.clone()).filter(|text| !text.is_empty());
                    let span = (start, end.saturating_sub(start));
                    Some(if index == 0 {
                        LabeledSpan::new_primary_with_span(message, span)
                    } else {
                        LabeledSpan::new_with_span(message, span)
                    })
                })
                .collect()
        });
        Self {
            source: text.map(|text| NamedSource::new(name, text)),
            diagnostic,
            labels,
        }
    }
}

/// The byte offset of a one-based line and byte column.
fn offset(text: &str, (line, column): (u32, u32)) -> Option<usize> {
    let lines = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)? as usize);
    let at = lines.map(str::len).sum::<usize>() + column.checked_sub(1)? as usize;
    (at <= text.len() && text.is_char_boundary(at)).then_some(at)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)?;
        // Where the source cannot be shown its place is said.
        if self.source.is_none()
            && let Some(label) = self.diagnostic.labels.first()
        {
            write!(
                f,
                " ({}:{}:{})",
                label.file.display(),
                label.start.0,
                label.start.1
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic
            .code
            .as_ref()
            .map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<Level> {
        Some(match self.diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Note | Severity::Help => Level::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic
            .help
            .as_ref()
            .map(|help| Box::new(help) as _)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.url.as_ref().map(|url| Box::new(url) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn positions_to_offsets() {
        let text = "ab\nçd\n";
        for (position, expected) in [
            ((1, 1), Some(0)),
            ((2, 1), Some(3)),
            ((2, 2), None),
            ((2, 3), Some(5)),
            ((0, 1), None),
            ((9, 9), None),
        ] {
            assert_eq!(offset(text, position), expected, "{position:?}");
        }
    }
}
