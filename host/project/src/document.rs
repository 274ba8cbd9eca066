//! From bytes to a table with spans.

use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use crate::problem::{Codes, ManifestError, Problem, Problems, problem};
use crate::section::Section;

/// The text of a file.
///
/// # Errors
/// Bytes that are not UTF-8, which TOML asks for ("Preliminaries").
pub(crate) fn text(
    bytes: Vec<u8>,
    source_name: &Path,
    codes: &'static Codes,
) -> Result<Arc<str>, ManifestError> {
    String::from_utf8(bytes).map(Arc::from).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        // Up to the first bad byte, the replacement text is the file.
        let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let bad = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
        ManifestError {
            source_name: source_name.to_owned(),
            source_text: Arc::from(shown),
            problems: vec![
                problem(codes.encoding, "the file is not UTF-8", bad)
                    .label("the first byte that is not")
                    .help("save it as UTF-8"),
            ],
        }
    })
}

/// Parses `text` and hands its top level to `read`, together with a place for
/// what is wrong. Returns what was read and the warnings.
///
/// # Errors
/// Every syntax error, or else every problem that `read` reported.
pub(crate) fn read<T>(
    text: &str,
    source_name: &Path,
    codes: &'static Codes,
    read: impl FnOnce(Section<'_>) -> Option<T>,
) -> Result<(T, Vec<Problem>), ManifestError> {
    let failed = |problems| ManifestError {
        source_name: source_name.to_owned(),
        source_text: Arc::from(text),
        problems,
    };
    // What a broken file means is a guess, so nothing beyond the syntax is
    // reported of it.
    let (root, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        let mut problems: Vec<_> = syntax
            .iter()
            .map(|error| syntax_error(error, codes))
            .collect();
        // A file that ends in the middle is told so once for each open bracket.
        problems.dedup();
        return Err(failed(problems));
    }
    let problems = Problems::new(codes);
    let value = read(Section::root(root.get_ref(), &problems));
    let (errors, warnings) = problems.into_parts();
    match value {
        Some(value) if errors.is_empty() => Ok((value, warnings)),
        _ => Err(failed(errors)),
    }
}

fn syntax_error(error: &toml::de::Error, codes: &'static Codes) -> Problem {
    Problem {
        code: codes.syntax,
        message: error.message().to_owned(),
        span: error.span(),
        label: String::new(),
        help: None,
    }
}
