//! What a project asks for beyond the standard library: where it says so, and
//! whether every version of it is fixed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, files};

use crate::request::SOURCE_TREE;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Requirements {
    /// The file that says so; none where nothing is asked for.
    pub(crate) file: Option<PathBuf>,
    /// Its requirements, where they had to be taken out of another format.
    pub(crate) extracted: Option<String>,
    /// Everything that was read or looked for.
    pub(crate) inputs: Vec<PathBuf>,
    /// The text of all of it.
    text: String,
}

impl Requirements {
    /// By the setting, else what is nearest to the module: `requirements.txt`
    /// before `pyproject.toml`.
    pub(crate) fn find(setting: Option<&str>, project: &Path, start: &Path) -> Result<Self> {
        let mut found = Self::default();
        if let Some(setting) = setting {
            let file = project.join(setting);
            if !file.is_file() {
                return Err(Error::not_found(format!(
                    "`settings.requirements` names `{setting}`, which is not there"
                )));
            }
            found.take(&file)?;
            return Ok(found);
        }
        let above = start
            .ancestors()
            .take_while(|directory| directory.starts_with(SOURCE_TREE) || *directory == start);
        for directory in above {
            for name in ["requirements.txt", "pyproject.toml"] {
                let file = directory.join(name);
                found.inputs.push(file.clone());
                if file.is_file() && found.take(&file)? {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Takes one file's requirements; whether it says anything about them.
    fn take(&mut self, file: &Path) -> Result<bool> {
        let text = files::read_to_string(file)?;
        self.note(file);
        if file.extension().is_none_or(|ending| ending != "toml") {
            self.add(file, &text)?;
            self.file = (!self.lines().is_empty()).then(|| file.to_owned());
            return Ok(true);
        }
        let Some(dependencies) = dependencies(file, &text)? else {
            return Ok(false);
        };
        self.text = dependencies.join("\n");
        if !dependencies.is_empty() {
            self.file = Some(file.to_owned());
            self.extracted = Some(format!("{}\n", self.text));
        }
        Ok(true)
    }

    /// Adds a requirements file's text and that of those it names.
    fn add(&mut self, file: &Path, text: &str) -> Result<()> {
        for line in text.lines() {
            self.text.push_str(line);
            self.text.push('\n');
            let named = ["-r", "--requirement", "-c", "--constraint"]
                .iter()
                .find_map(|flag| line.trim().strip_prefix(flag))
                .map(|rest| rest.trim_start_matches(['=', ' ']).trim());
            if let Some(named) = named {
                let other = file.with_file_name("").join(named);
                if !self.inputs.contains(&other) && other.is_file() {
                    self.note(&other);
                    let text = files::read_to_string(&other)?;
                    self.add(&other, &text)?;
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, file: &Path) {
        if !self.inputs.iter().any(|known| known == file) {
            self.inputs.push(file.to_owned());
        }
    }

    /// Requirements without comments, options and continued hashes.
    fn lines(&self) -> Vec<&str> {
        self.text
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '-']))
            .collect()
    }

    /// The first requirement whose version is not fixed.
    pub(crate) fn loose(&self) -> Option<&str> {
        self.lines()
            .into_iter()
            .find(|line| !line.contains("==") && !line.contains(" @ "))
    }

    /// A name for the packages that these requirements give.
    pub(crate) fn key(&self, python: &str) -> String {
        let mut hasher = DefaultHasher::new();
        (python, &self.text).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// `project.dependencies`; none where there is no `[project]`.
fn dependencies(file: &Path, text: &str) -> Result<Option<Vec<String>>> {
    let invalid =
        |why: String| Error::invalid_input(format!("`{}` is not valid: {why}", file.display()));
    let manifest =
        toml::de::DeTable::parse(text).map_err(|error| invalid(error.message().to_owned()))?;
    let Some(project) = manifest.get_ref().get("project") else {
        return Ok(None);
    };
    let Some(list) = project.get_ref().get("dependencies") else {
        return Ok(Some(Vec::new()));
    };
    let list = list
        .get_ref()
        .as_array()
        .ok_or_else(|| invalid("`project.dependencies` is no array".to_owned()))?;
    list.iter()
        .map(|entry| {
            let entry = entry.get_ref().as_str();
            entry
                .map(str::to_owned)
                .ok_or_else(|| invalid("`project.dependencies` has more than strings".to_owned()))
        })
        .collect::<Result<Vec<_>>>()
        .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(files_in: &[(&str, &str)], start: &str) -> Requirements {
        let temp = tempfile::tempdir().unwrap();
        for (file, text) in files_in {
            files::write(temp.path().join(file), text).unwrap();
        }
        let setting = files_in.iter().any(|(file, _)| *file == "chosen.txt");
        let setting = setting.then_some("chosen.txt");
        Requirements::find(setting, temp.path(), &temp.path().join(start)).unwrap()
    }

    #[test]
    fn the_file_that_says_it() {
        const PYPROJECT: &str = "[project]\nname = 'x'\ndependencies = ['a==1', 'b>2']";
        let found = find(&[("pyproject.toml", PYPROJECT)], "");
        assert_eq!(found.extracted.as_deref(), Some("a==1\nb>2\n"));
        assert_eq!(found.loose(), Some("b>2"));

        let both = [("pyproject.toml", PYPROJECT), ("requirements.txt", "c==1")];
        let found = find(&both, "");
        assert!(found.file.unwrap().ends_with("requirements.txt"));
        assert_eq!(found.extracted, None);

        let found = find(&[("requirements.txt", "# none\n\n--no-index\n")], "");
        assert_eq!(found.file, None);
        let found = find(&[("chosen.txt", "a"), ("requirements.txt", "b==1")], "");
        assert_eq!(found.loose(), Some("a"));
        assert_eq!(find(&[], "").file, None);
        assert_eq!(find(&[("pyproject.toml", "[tool.x]")], "").file, None);
    }

    #[test]
    fn files_that_are_named_count_and_may_name_each_other() {
        let found = find(
            &[
                (
                    "requirements.txt",
                    "-r more.txt\na==1 \\\n  --hash=sha256:00\n",
                ),
                ("more.txt", "--requirement=requirements.txt\nb\n"),
            ],
            "",
        );
        assert_eq!(found.loose(), Some("b"));
        let other = find(
            &[("requirements.txt", "-r more.txt\n"), ("more.txt", "b==2")],
            "",
        );
        assert_eq!(other.loose(), None);
        assert_ne!(found.key("3.14"), other.key("3.14"));
        assert_ne!(other.key("3.13"), other.key("3.14"));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let temp = tempfile::tempdir().unwrap();
        for text in [
            "[project",
            "[project]\ndependencies = 1",
            "[project]\ndependencies = [1]",
        ] {
            files::write(temp.path().join("pyproject.toml"), text).unwrap();
            let error = Requirements::find(None, temp.path(), temp.path()).unwrap_err();
            assert!(error.message().contains("is not valid"), "{error}");
        }
        assert!(Requirements::find(Some("gone.txt"), temp.path(), temp.path()).is_err());
    }
}
