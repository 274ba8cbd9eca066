//! The host knows no language and no cloud.

use std::fs;
use std::path::Path;

use run_tests::command::workspace;

/// Names of languages, compilers and clouds, whole words in lower case. The
/// bundle's list of plugins is the one place for them, and it is not a host
/// crate.
const NAMES: &[&str] = &[
    "rust",
    "rustc",
    "rustup",
    "cargo",
    "golang",
    "tinygo",
    "python",
    "cpython",
    "pypi",
    "componentize",
    "javascript",
    "typescript",
    "quickjs",
    "nodejs",
    "node",
    "npm",
    "jco",
    "zig",
    "cloudflare",
    "workers",
    "wrangler",
    "fastly",
    "viceroy",
    "lambda",
    "vercel",
    "aws",
    "amazon",
];

/// Words of a library's own API, or of a published example, in the one file that
/// takes them from it.
const EXCEPT: &[(&str, &str)] = &[("values/tree.rs", "node"), ("sigv4/src/tests.rs", "amazon")];

#[test]
fn no_host_crate_names_a_language_a_compiler_or_a_cloud() {
    let mut found = Vec::new();
    let mut files = 0;
    for krate in fs::read_dir(workspace().join("host")).unwrap() {
        walk(&krate.unwrap().path().join("src"), &mut |path| {
            files += 1;
            let text = fs::read_to_string(path).unwrap().to_lowercase();
            for (number, line) in text.lines().enumerate() {
                let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                let meant = |word: &&str| {
                    let except = |(file, name): &(&str, &str)| path.ends_with(file) && word == name;
                    NAMES.contains(word) && !EXCEPT.iter().any(except)
                };
                for word in words.filter(meant) {
                    found.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        });
    }
    assert!(files > 50, "the host's sources are where they were");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn walk(dir: &Path, each: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, each);
        } else {
            each(&path);
        }
    }
}
