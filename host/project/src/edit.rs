//! Changes to `run.toml` that keep its comments, order and formatting.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::manifest::Manifest;
use crate::names::{PackageName, PluginName};
use crate::problem::ManifestError;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The text is not TOML.
    #[error("it is not TOML: {0}")]
    Syntax(#[from] toml_edit::TomlError),
    /// Nothing can be taken from the text.
    #[error("{0}")]
    NotTaken(String),
    /// A section that should be a table is something else.
    #[error("`{0}` is not a table")]
    NotATable(String),
    /// What would come out does not hold.
    #[error("the changed file would not hold: {}", .0.plain())]
    Invalid(ManifestError),
}

/// Where an added plugin comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginSpec {
    /// A version of the bundled plugin of that name.
    Version(String),
    /// A file, relative to the project, with `/`.
    Path(String),
}

/// The text with `[plugins] name` set; what else its table said (its
/// `permissions`) stays.
///
/// # Errors
/// The text does not parse, or the result would not hold.
pub fn add_plugin(text: &str, name: &PluginName, spec: &PluginSpec) -> Result<String, EditError> {
    change(text, |document| {
        let plugins = table(document, "plugins")?;
        let item = plugins.entry(name.as_str()).or_insert(Item::None);
        match (spec, item.as_table_like_mut()) {
            (PluginSpec::Version(version), None) => *item = value(version),
            (PluginSpec::Path(path), None) => {
                let mut inline = InlineTable::new();
                inline.insert("path", path.as_str().into());
                *item = value(inline);
            }
            (spec, Some(existing)) => {
                for key in ["version", "package", "oci", "path"] {
                    existing.remove(key);
                }
                match spec {
                    PluginSpec::Version(version) => existing.insert("version", value(version)),
                    PluginSpec::Path(path) => existing.insert("path", value(path)),
                };
            }
        }
        Ok(())
    })
}

/// The text without `[plugins] name`.
///
/// # Errors
/// The text does not parse, or the result would not hold.
pub fn remove_plugin(text: &str, name: &PluginName) -> Result<String, EditError> {
    change(text, |document| {
        let plugins = table(document, "plugins")?;
        plugins.remove(name.as_str());
        if plugins.is_empty() {
            document.remove("plugins");
        }
        Ok(())
    })
}

/// The text with a dependency set to a version requirement; `dev` for
/// `[dev_dependencies]`, in the spelling the file uses. A dependency that is a
/// table keeps its other keys.
///
/// # Errors
/// The text does not parse, or the result would not hold.
pub fn set_dependency(
    text: &str,
    name: &PackageName,
    requirement: &str,
    dev: bool,
) -> Result<String, EditError> {
    change(text, |document| {
        let section = match dev {
            false => "dependencies",
            true if document.contains_key("dev-dependencies") => "dev-dependencies",
            true => "dev_dependencies",
        };
        let dependencies = table(document, section)?;
        let item = dependencies.entry(name.as_str()).or_insert(Item::None);
        match item.as_table_like_mut() {
            Some(existing) => {
                existing.insert("version", value(requirement));
            }
            None => *item = value(requirement),
        }
        Ok(())
    })
}

fn change(
    text: &str,
    edit: impl FnOnce(&mut DocumentMut) -> Result<(), EditError>,
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    edit(&mut document)?;
    let changed = document.to_string();
    Manifest::parse(&changed, Path::new("run.toml")).map_err(EditError::Invalid)?;
    Ok(changed)
}

fn table<'d>(document: &'d mut DocumentMut, name: &str) -> Result<&'d mut Table, EditError> {
    let item = document
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()));
    item.as_table_mut()
        .ok_or_else(|| EditError::NotATable(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# The shop.
[project] # ours
name = \"shop\"
version = \"1.0.0\"

[plugins]
elm = { path = \"old.wasm\" } # pinned by hand

[plugins.elm2]
path = \"elm2.wasm\"
permissions = { tools = [\"elmc\"] }
";

    fn name(text: &str) -> PluginName {
        text.parse().unwrap()
    }

    #[test]
    fn everything_around_a_change_stays() {
        let added = add_plugin(TEXT, &name("zz"), &PluginSpec::Path("zz.wasm".into())).unwrap();
        assert!(added.contains("zz = { path = \"zz.wasm\" }"), "{added}");
        for line in TEXT.lines() {
            assert!(added.contains(line), "{line} is gone from {added}");
        }
        assert_eq!(remove_plugin(&added, &name("zz")).unwrap(), TEXT);
    }

    #[test]
    fn replacing_a_plugin_keeps_its_permissions() {
        let text = add_plugin(TEXT, &name("elm2"), &PluginSpec::Path("new.wasm".into())).unwrap();
        let manifest = Manifest::parse(&text, Path::new("run.toml")).unwrap();
        let plugin = manifest.plugin("elm2").unwrap();
        assert_eq!(plugin.permissions.tools.as_ref().unwrap()[0].value, "elmc");
        assert!(
            text.contains("new.wasm") && !text.contains("elm2.wasm"),
            "{text}"
        );
    }

    #[test]
    fn dependencies_are_set_where_the_file_has_them() {
        let package: PackageName = "wasi:http".parse().unwrap();
        let text = set_dependency(TEXT, &package, "0.2.0", false).unwrap();
        assert!(
            text.contains("[dependencies]\n\"wasi:http\" = \"0.2.0\""),
            "{text}"
        );
        let spelled = format!("{TEXT}\n[dev-dependencies]\n");
        let text = set_dependency(&spelled, &package, "0.2.0", true).unwrap();
        assert!(!text.contains("dev_dependencies"), "{text}");
    }

    #[test]
    fn a_file_that_does_not_hold_is_not_changed() {
        let spec = PluginSpec::Path("x".into());
        assert!(add_plugin("not toml", &name("a"), &spec).is_err());
        assert!(add_plugin("[project]\n", &name("a"), &spec).is_err());
        assert!(add_plugin(&format!("plugins = 1\n{TEXT}"), &name("a"), &spec).is_err());
    }
}
