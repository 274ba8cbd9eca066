//! The directories of this machine that a tool may write into what it makes.

use std::path::Path;

/// Directories by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Vec<(&'static str, String)>);

impl Places {
    /// Those of a build in this source tree.
    pub(crate) fn of(tree: &Path) -> Self {
        let home = run_files::dirs::home();
        let places = [("checkout", Some(tree)), ("home", home.as_deref())];
        Self(
            places
                .into_iter()
                .filter_map(|(name, path)| Some((name, path?.to_str()?.to_owned())))
                // The root directory's path is in everything.
                .filter(|(_, path)| path.len() > 1)
                .collect(),
        )
    }

    /// The path of a place.
    pub(crate) fn path(&self, name: &str) -> Option<&str> {
        let (_, path) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(path)
    }

    /// The names of those whose paths are in `bytes`.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        self.0
            .iter()
            .filter(|(_, path)| memchr::memmem::find(bytes, path.as_bytes()).is_some())
            .map(|(name, _)| (*name).to_owned())
            .collect()
    }

    /// `text` with the paths replaced by their names, so that it reads the same
    /// on other machines.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, path)| {
            text.replace(path.as_str(), &format!("<{name}>"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_bytes_are_found_and_hidden_in_text() {
        let places = Places(vec![
            ("checkout", "/home/u/app".to_owned()),
            ("home", "/home/u".to_owned()),
        ]);
        assert_eq!(
            places.found_in(b"\0/home/u/.reg/x.rs\0"),
            ["home"],
            "nothing of the checkout"
        );
        assert_eq!(
            places.found_in(b"\0/home/u/app/x\0"),
            ["checkout", "home"],
            "one is in the other"
        );
        assert!(places.found_in(b"home").is_empty());
        assert_eq!(
            places.hide("-L/home/u/app/l:/home/u/m"),
            "-L<checkout>/l:<home>/m"
        );
    }
}
