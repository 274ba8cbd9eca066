//! The `run.toml` of a directory that is taken elsewhere: of the project only
//! what says how its components are run. Tokens, sources, plugins, profiles and
//! comments stay behind.

use std::path::Path;

use toml::{Table, Value};

use crate::edit::EditError;
use crate::manifest::Manifest;

/// What a component's table keeps.
const KEPT: &[&str] = &["capabilities", "limits", "config"];

/// The text for these components, each of which is `<name>.wasm` beside it.
///
/// # Errors
/// The text does not parse, or the result would not hold.
pub fn bundled(text: &str, components: &[&str]) -> Result<String, EditError> {
    let root: Table = text
        .parse()
        .map_err(|error: toml::de::Error| EditError::NotTaken(error.message().to_owned()))?;
    let mut out = Table::new();
    if let Some(project) = root.get("project") {
        out.insert("project".to_owned(), project.clone());
    }
    let entries = components.iter().map(|name| {
        let mut entry = Table::new();
        entry.insert("name".to_owned(), Value::from(*name));
        entry.insert("path".to_owned(), Value::from(format!("{name}.wasm")));
        let of_project = component(&root, name);
        for key in KEPT {
            let value = of_project.and_then(|table| table.get(*key));
            entry.extend(value.map(|value| ((*key).to_owned(), value.clone())));
        }
        Value::Table(entry)
    });
    out.insert("component".to_owned(), Value::Array(entries.collect()));
    let text =
        toml::to_string_pretty(&out).map_err(|error| EditError::NotTaken(error.to_string()))?;
    Manifest::parse(&text, Path::new("run.toml")).map_err(EditError::Invalid)?;
    Ok(text)
}

fn component<'r>(root: &'r Table, name: &str) -> Option<&'r Table> {
    let listed = root.get("component").and_then(Value::as_array);
    let mut listed = listed.into_iter().flatten().filter_map(Value::as_table);
    listed
        .find(|table| table.get("name").and_then(Value::as_str) == Some(name))
        .or_else(|| root.get("components")?.get(name)?.as_table())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_to_run_is_kept_and_no_secret() {
        let text = r#"
# token: hunter2
[project]
name = "shop" # hunter2
version = "1.0.0"

[[component]]
name = "api"
source = "src/lib.rs"
wit = "wit"
capabilities = ["http-server"] # hunter2
config = { greeting = "hi" }
settings = { key = "hunter2" }

[components.db]
path = "db.wasm"
[components.db.limits]
memory = "64MiB"

[registry]
auth_token = "hunter2"

[deploy.live]
target_type = "edge"
provider = "acme"
[deploy.live.options]
token = "hunter2"
"#;
        let bundled = bundled(text, &["api", "db"]).unwrap();
        assert!(!bundled.contains("hunter2"), "{bundled}");
        let manifest = Manifest::parse(&bundled, Path::new("run.toml")).unwrap();
        let api = manifest.component("api").unwrap();
        assert_eq!(api.config, [("greeting".to_owned(), "hi".to_owned())]);
        assert_eq!(api.capabilities.len(), 1);
        assert!(bundled.contains("64MiB"), "{bundled}");
        assert!(super::bundled("x", &[]).is_err());
    }
}
