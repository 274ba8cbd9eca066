//! Edits (temporary).
use crate::names::PluginName;
/// A plugin's source.
pub enum PluginSpec { /// A file.
    Path(String) }
/// Adds a plugin.
/// # Errors
/// The text does not parse.
pub fn add_plugin(text: &str, name: &PluginName, spec: &PluginSpec) -> Result<String, toml_edit::TomlError> {
    let mut doc: toml_edit::DocumentMut = text.parse()?;
    let PluginSpec::Path(path) = spec;
    let mut t = toml_edit::InlineTable::new();
    t.insert("path", path.as_str().into());
    doc["plugins"][name.as_str()] = toml_edit::value(t);
    Ok(doc.to_string())
}
