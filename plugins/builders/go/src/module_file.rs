//! As much of `go.mod` and `go.work` as a build needs to know.

use std::path::Path;

/// The directives of one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ModuleFile {
    /// The module's path.
    pub(crate) module: String,
    /// The language version, such as `1.25`.
    pub(crate) go: Option<String>,
    /// Paths of modules that are replaced by directories, and those, as they
    /// are written.
    pub(crate) replaced: Vec<(String, String)>,
    /// Every replacement, as a directive on a line of its own.
    pub(crate) replacements: Vec<String>,
    /// Directories of `use`, as they are written.
    pub(crate) uses: Vec<String>,
    /// Whether it requires any module.
    pub(crate) requires: bool,
}

impl ModuleFile {
    /// Reads one; empty where there is none.
    pub(crate) fn read(path: &Path) -> Self {
        Self::parse(&std::fs::read_to_string(path).unwrap_or_default())
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut file = Self::default();
        let mut block = None;
        for line in text.lines() {
            let line = line.split("//").next().unwrap_or_default().trim();
            let words: Vec<&str> = line.split_whitespace().map(unquoted).collect();
            match (block, words.as_slice()) {
                (_, []) => {}
                (Some(_), [")"]) => block = None,
                (None, [directive, "("]) => block = Some(*directive),
                (Some(directive), words) => file.take(directive, words),
                (None, [directive, words @ ..]) => file.take(directive, words),
            }
        }
        file
    }

    fn take(&mut self, directive: &str, words: &[&str]) {
        if directive == "replace" {
            self.replacements
                .push(format!("replace {}", words.join(" ")));
        }
        match (directive, words) {
            ("module", [path]) => self.module = (*path).to_owned(),
            ("go", [version]) => self.go = Some((*version).to_owned()),
            ("use", [directory]) => self.uses.push((*directory).to_owned()),
            ("require", [_, ..]) => self.requires = true,
            ("replace", [old, .., "=>", new]) if new.starts_with(['.', '/']) => {
                self.replaced.push(((*old).to_owned(), (*new).to_owned()));
            }
            _ => {}
        }
    }
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}

/// The newest of some language versions.
pub(crate) fn newest<'a>(versions: impl Iterator<Item = &'a str>) -> String {
    versions
        .max_by_key(|version| {
            version
                .split('.')
                .map(|part| {
                    let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                    digits.parse::<u32>().unwrap_or(0)
                })
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_alone_and_in_blocks() {
        let file = ModuleFile::parse(
            "// a comment\nmodule \"example.com/app\"\n\ngo 1.26.1 // why\n\
             require (\n\texample.com/a v1.0.0 // indirect\n)\n\
             replace example.com/b => ../b\n\
             replace (\n\texample.com/c v1.2.0 => ./c\n\texample.com/d => example.com/e v1.0.0\n)\n\
             use (\n\t.\n\t./tool\n)\n",
        );
        assert_eq!(
            file,
            ModuleFile {
                module: "example.com/app".into(),
                go: Some("1.26.1".into()),
                replaced: vec![
                    ("example.com/b".into(), "../b".into()),
                    ("example.com/c".into(), "./c".into()),
                ],
                replacements: vec![
                    "replace example.com/b => ../b".into(),
                    "replace example.com/c v1.2.0 => ./c".into(),
                    "replace example.com/d => example.com/e v1.0.0".into(),
                ],
                uses: vec![".".into(), "./tool".into()],
                requires: true,
            }
        );
        assert!(!ModuleFile::parse("module x\nrequire (\n)\n").requires);
    }

    #[test]
    fn versions_compare_as_numbers() {
        let found = newest(["1.25", "1.9", "1.26.1", "1.26"].into_iter());
        assert_eq!(found, "1.26.1");
    }
}
