//! Which files of the source tree a build reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use run_builder_shared::paths::{escaped, normal};

/// The files that a root file and all it imports are made of: those named by
/// `@import` and `@embedFile`, whether or not they exist. An import in a
/// comment counts too, which rebuilds once too often and never too seldom.
pub(crate) fn of_file(root: &Path) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(file) = waiting.pop() {
        if !seen.insert(file.clone()) || !is_source(&file) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        let directory = file.parent().unwrap_or(Path::new("/"));
        waiting.extend(
            named(&text)
                .into_iter()
                .map(|name| normal(&directory.join(name))),
        );
    }
    seen.iter().map(|file| escaped(file)).collect()
}

/// What `build.zig` may read of its project: a program decides, so it is every
/// file of a kind that builds are made of.
pub(crate) fn of_project(directory: &Path) -> Vec<String> {
    let directory = escaped(directory);
    vec![
        format!(
            "{directory}/**/*.{{zig,zon,c,h,cc,hh,cpp,hpp,cxx,inc,s,S,wit,json,txt,html,css,csv}}"
        ),
        format!("{directory}/build.zig"),
        format!("{directory}/build.zig.zon"),
    ]
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zig")
}

/// The files that a source's `@import`s and `@embedFile`s name; modules, which
/// are named without an ending, are not files.
fn named(text: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (builtin, any) in [("@import(", false), ("@embedFile(", true)] {
        for (index, _) in text.match_indices(builtin) {
            let rest = text[index + builtin.len()..].trim_start();
            let name = rest
                .strip_prefix('"')
                .and_then(|rest| rest.split_once('"'))
                .map(|(name, _)| name);
            if let Some(name) = name
                && (any || name.ends_with(".zig") || name.ends_with(".zon"))
            {
                files.push(PathBuf::from(name));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use run_builder_shared::paths::text;
    use run_plugin_api::files;

    use super::*;

    #[test]
    fn imports_are_followed() {
        let temp = tempfile::tempdir().unwrap();
        let at = |file: &str| temp.path().join(file);
        files::write(
            at("src/main.zig"),
            "const std = @import(\"std\");\nconst a = @import( \"deep/a.zig\");\nconst t = @embedFile(\"t.txt\");",
        )
        .unwrap();
        files::write(at("src/deep/a.zig"), "const m = @import(\"../main.zig\");").unwrap();
        files::write(at("src/other.zig"), "").unwrap();
        assert_eq!(
            of_file(&at("src/main.zig")),
            ["src/deep/a.zig", "src/main.zig", "src/t.txt"].map(|file| text(&at(file)))
        );
    }
}
