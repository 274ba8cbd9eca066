//! Secret variables, which are the project's and not a deployment's: those that
//! we made go when they are not wanted any more.

use run_plugin_api::Result;
use run_provider_shared::Method;
use run_provider_shared::body::encoded;
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;

/// A variable of a project. Its value is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Variable {
    pub(crate) id: String,
    pub(crate) key: String,
    #[serde(default)]
    target: Targets,
}

/// One, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Targets {
    One(String),
    Several(Vec<String>),
}

impl Default for Targets {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Variable {
    /// Whether this is the only target it is for: then it is one that is set
    /// for it, and not one that it shares.
    pub(crate) fn is_for(&self, target: &str) -> bool {
        match &self.target {
            Targets::One(one) => one == target,
            Targets::Several(all) => all.as_slice() == [target],
        }
    }
}

/// Those that a project has.
pub(crate) fn all(api: &Api<'_, '_>, project: &str) -> Result<Vec<Variable>> {
    #[derive(Deserialize)]
    struct Listed {
        envs: Vec<Variable>,
    }
    let path = format!("/v9/projects/{}/env", encoded(project));
    let answer: Listed = api.client.get(&api.path(&path, &[]))?.read()?;
    Ok(answer.envs)
}

/// Sets secret variables for one target; each is a name with what the host puts
/// the value in the place of.
pub(crate) fn set(
    api: &Api<'_, '_>,
    project: &str,
    target: &str,
    secrets: &[(String, String)],
) -> Result<()> {
    let path = format!("/v10/projects/{}/env", encoded(project));
    let body: Vec<_> = secrets
        .iter()
        .map(|(name, value)| {
            json!({ "key": name, "value": value, "type": "sensitive", "target": [target] })
        })
        .collect();
    let path = api.path(&path, &[("upsert", "true")]);
    api.client.json(Method::Post, &path, &body).map(drop)
}

pub(crate) fn remove(api: &Api<'_, '_>, project: &str, variable: &Variable) -> Result<()> {
    let path = format!(
        "/v9/projects/{}/env/{}",
        encoded(project),
        encoded(&variable.id)
    );
    api.client.delete(&api.path(&path, &[]))
}

/// What we made, as the record has it: `production:NAME`.
pub(crate) fn mark(target: &str, name: &str) -> String {
    format!("{target}:{name}")
}

/// Those of `present` that we made and nobody wants: `wanted` are the names for
/// `target`, and what is for the other target stays as it is.
pub(crate) fn unwanted(
    present: &[Variable],
    made: &[String],
    target: &str,
    wanted: &[String],
) -> Vec<Variable> {
    present
        .iter()
        .filter(|variable| {
            variable.is_for(target)
                && made.contains(&mark(target, &variable.key))
                && !wanted.contains(&variable.key)
        })
        .cloned()
        .collect()
}

/// What the record has to say of ours once `wanted` are set: those before, and
/// those that are new.
pub(crate) fn ours(
    present: &[Variable],
    made: &[String],
    target: &str,
    wanted: &[String],
) -> Vec<String> {
    let is_there = |name: &String| present.iter().any(|v| v.key == *name && v.is_for(target));
    let new = wanted
        .iter()
        .filter(|name| !is_there(name))
        .map(|name| mark(target, name))
        .filter(|mark| !made.contains(mark));
    made.iter().cloned().chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_set_is_not_ours() {
        let listed = r#"[
            { "id": "1", "key": "OLD", "target": ["production"] },
            { "id": "2", "key": "OLD", "target": "preview" },
            { "id": "3", "key": "THEIRS", "target": ["production"] },
            { "id": "4", "key": "SHARED", "target": ["production", "preview"] },
            { "id": "5", "key": "NOWHERE" }
        ]"#;
        let present: Vec<Variable> = serde_json::from_str(listed).unwrap();
        let made = ["production:OLD", "preview:OLD", "production:SHARED"].map(str::to_owned);
        let wanted = ["THEIRS", "NEW"].map(str::to_owned);
        let gone = unwanted(&present, &made, "production", &wanted);
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].id, "1");
        let ours = ours(&present, &made, "production", &wanted);
        assert_eq!(ours[..3], made);
        assert_eq!(ours[3..], ["production:NEW"]);
    }
}
