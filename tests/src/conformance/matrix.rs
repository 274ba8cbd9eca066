//! The page that says which language does what.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::case::Case;
use super::language::LANGUAGES;
use super::outcome::{self, Outcome};
use crate::command::workspace;

const HEAD: &str = "\
# Conformance

What components of each language do, seen by building and running the sources in
[`tests/conformance`](../tests/conformance) with the real compilers. The suite
writes this page (`cargo xtask conformance`), and fails where it is not what came
out. A gap that has a source is tried as well, and fails the suite once it is
none. WebAssembly text has no column: it is run as it is written, and
[`tests/composition`](../tests/composition) is made of it.

";

/// Where the page is.
#[must_use]
pub fn path() -> PathBuf {
    workspace().join("docs/conformance.md")
}

/// The page, from what came of every language's cases.
#[must_use]
pub fn render() -> String {
    let mut page = HEAD.to_owned();
    let mut gaps = String::new();
    let mut untried = String::new();
    let titles: Vec<_> = LANGUAGES.iter().map(|language| language.title).collect();
    writeln!(page, "| case | {} |", titles.join(" | ")).expect("a string");
    writeln!(page, "|---|{}", ":-:|".repeat(titles.len())).expect("a string");
    for case in Case::all() {
        let name = &case.name;
        let summary = &case.expected.summary;
        write!(page, "| [{name}](../tests/conformance/{name}): {summary} |").expect("a string");
        for language in LANGUAGES {
            let mark = match outcome::of(language.name).get(name) {
                Some(Outcome::Passed) => "yes",
                Some(Outcome::Gap(reason)) => {
                    let title = language.title;
                    writeln!(gaps, "- **{name}** in {title}: {reason}.").expect("a string");
                    "no"
                }
                Some(Outcome::Untried(reason)) => {
                    let title = language.title;
                    writeln!(untried, "- **{name}** in {title}: {reason}.").expect("a string");
                    "–"
                }
                Some(Outcome::Failed(_)) | None => "fails",
            };
            write!(page, " {mark} |").expect("a string");
        }
        page.push('\n');
    }
    if !gaps.is_empty() {
        write!(page, "\n## Gaps\n\n{gaps}").expect("a string");
    }
    if !untried.is_empty() {
        write!(page, "\n## Not tried here\n\n{untried}").expect("a string");
    }
    page
}
