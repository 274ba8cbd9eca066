//! Texts that users read, compared with what was read and found good.

use std::fs;

use crate::command::workspace;

/// Compares a text with the file `tests/<path>`. With `BLESS=1` in the
/// environment the file is written anew, to be read in the diff.
///
/// # Panics
/// They differ, or the file is not there.
#[track_caller]
pub fn assert_expected(path: &str, text: &str) {
    let file = workspace().join("tests").join(path);
    // No line ends in spaces in the repository.
    let text: String = text
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("below tests/")).expect("a directory");
        fs::write(&file, &text).expect("a file");
    }
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        text == expected,
        "{path} is\n{expected}\nand it says\n{text}"
    );
}
