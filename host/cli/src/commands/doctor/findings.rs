//! What was found, as a page and as data.

use serde_json::{Value, json};

use crate::shell::Shell;

/// How good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// As it should be.
    Good,
    /// Worth knowing.
    Fact,
    /// Works, and could be better.
    Advice,
    /// This project cannot be built, or not as it is pinned.
    Missing,
}

/// One line of the page.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    pub(crate) what: String,
    /// What to type, or to do.
    pub(crate) help: Option<String>,
    /// The same for programs.
    pub(crate) data: Value,
}

impl Finding {
    pub(crate) fn new(level: Level, what: impl Into<String>) -> Self {
        Self {
            level,
            what: what.into(),
            help: None,
            data: Value::Null,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into()).filter(|help: &String| !help.is_empty());
        self
    }

    pub(crate) fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }
}

/// Findings of one kind.
pub(crate) struct Section {
    pub(crate) title: String,
    /// Its key in the document.
    pub(crate) key: &'static str,
    pub(crate) findings: Vec<Finding>,
}

impl Section {
    pub(crate) fn text(&self, shell: &Shell) -> String {
        let mut out = shell.paint("1", &self.title);
        out.push('\n');
        for finding in &self.findings {
            let (style, mark) = match finding.level {
                Level::Good => ("32", "ok"),
                Level::Fact => ("0", ""),
                Level::Advice => ("33", "advice"),
                Level::Missing => ("31", "missing"),
            };
            let mut lines = finding.what.lines();
            let first = lines.next().unwrap_or_default();
            let mark = shell.paint(style, &format!("{mark:<8}"));
            out.push_str(format!("  {mark}{first}").trim_end());
            out.push('\n');
            for line in lines {
                out.push_str(&format!("          {line}\n"));
            }
            if let Some(help) = &finding.help {
                out.push_str(&format!("          → {help}\n"));
            }
        }
        out
    }

    pub(crate) fn as_json(&self) -> Value {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "level": match finding.level {
                        Level::Good => "ok",
                        Level::Fact => "fact",
                        Level::Advice => "advice",
                        Level::Missing => "missing",
                    },
                    "message": finding.what,
                    "help": finding.help,
                    "data": finding.data,
                })
            })
            .collect();
        json!({ "section": self.key, "findings": findings })
    }
}
