//! The README's own examples, executed.

use std::process::Command;

use run_tests::command::{binary, workspace};
use run_tests::project::copy;
use run_tests::{Scratch, tools};

const MARK: &str = "<!-- executed by tests/tests/readme.rs -->";

/// Commands of one block, each with the lines it is shown to print.
fn blocks() -> Vec<Vec<(String, Vec<String>)>> {
    let text = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    text.split(MARK)
        .skip(1)
        .map(|rest| {
            let body = rest.split("```").nth(1).unwrap();
            let mut commands: Vec<(String, Vec<String>)> = Vec::new();
            for line in body.lines().skip(1) {
                match line.strip_prefix("$ ") {
                    Some(command) => commands.push((command.to_owned(), Vec::new())),
                    None if line.is_empty() => {}
                    None => commands.last_mut().unwrap().1.push(line.to_owned()),
                }
            }
            commands
        })
        .collect()
}

#[test]
fn every_example_prints_what_the_readme_says() {
    let blocks = blocks();
    assert_eq!(blocks.len(), 4, "each marked block is run");
    for block in blocks {
        let scratch = Scratch::new();
        let mut directory = scratch.path().to_owned();
        let mut languages: &[&str] = &[];
        for (line, expected) in block {
            if let Some(into) = line.strip_prefix("cd ") {
                if into.starts_with("examples/") {
                    std::fs::create_dir_all(directory.join(into)).unwrap();
                    copy(&workspace().join(into), &directory.join(into));
                    languages = &["go", "python"];
                }
                directory.push(into);
                continue;
            }
            let words: Vec<String> = line.split(' ').map(|word| word.replace('"', "")).collect();
            assert_eq!(words[0], "run", "{line}");
            let mut command = Command::new(binary());
            command
                .current_dir(&directory)
                .args(&words[1..])
                .env("RUN_CACHE_DIR", workspace().join("target/test-cache"));
            for language in languages {
                tools::of(language).apply(&mut command);
            }
            let output = command.output().unwrap();
            let stdout = String::from_utf8(output.stdout).unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{line}\n{stdout}{stderr}");
            let mut printed = stdout.lines();
            for wanted in expected {
                assert!(
                    printed.any(|line| line == wanted),
                    "`{line}` does not print `{wanted}` in this order:\n{stdout}{stderr}"
                );
            }
        }
    }
}
