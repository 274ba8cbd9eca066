//! `[deploy.NAME.options]` against what the provider's manifest says they may
//! be.

use std::ops::Range;

use run_files::nearest::nearest;
use run_plugins::manifest::{Manifest, SettingKind, SettingValue};
use run_plugins::remote::{Secret, User};

use crate::error::DeployError;

/// One thing that is wrong with the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionProblem {
    /// What.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where in `run.toml`.
    pub span: Range<usize>,
}

/// Options as a provider gets them.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Every setting that has a value, in the manifest's order.
    pub settings: Vec<(String, SettingValue)>,
    /// Names of variables whose values are to be deployed as secrets.
    pub secrets: Vec<String>,
}

/// Checks options, completes them from the user's environment where the
/// manifest says so, and from its defaults.
///
/// # Errors
/// All that is wrong with them.
pub fn options(
    granted: &Manifest,
    given: &[(String, SettingValue, Range<usize>)],
    user: &User<'_>,
) -> Result<Options, Vec<OptionProblem>> {
    let problems: Vec<_> = given
        .iter()
        .filter_map(|(key, value, span)| {
            let (message, help) = wrong(granted, key, value)?;
            Some(OptionProblem {
                message,
                help,
                span: span.clone(),
            })
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut found = Options::default();
    for setting in &granted.settings {
        let set = given.iter().find(|(key, ..)| *key == setting.name);
        let from_environment = || {
            let mut names = setting.environment.iter();
            names
                .find_map(|name| (user.variable)(name).filter(|value| !value.is_empty()))
                .map(SettingValue::String)
        };
        let value = set
            .map(|(_, value, _)| value.clone())
            .or_else(from_environment)
            .or_else(|| setting.default.clone());
        let Some(value) = value else { continue };
        if setting.kind == SettingKind::Secrets {
            found.secrets.extend(value.texts());
        }
        found.settings.push((setting.name.clone(), value));
    }
    Ok(found)
}

/// What is wrong with one option, and what to do about it.
fn wrong(manifest: &Manifest, key: &str, value: &SettingValue) -> Option<(String, String)> {
    let Some(setting) = manifest.settings.iter().find(|s| s.name == key) else {
        let names = || manifest.settings.iter().map(|s| s.name.as_str());
        let help = match nearest(key, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has: {}", names().collect::<Vec<_>>().join(", ")),
        };
        let id = &manifest.plugin.id;
        return Some((format!("the provider `{id}` has no option `{key}`"), help));
    };
    let empty = matches!(value, SettingValue::Strings(texts) if texts.is_empty());
    let many = matches!(setting.kind, SettingKind::Strings | SettingKind::Secrets);
    let fits = value.fits(setting.kind) || (empty && many);
    if !fits {
        let message = format!("`{key}` must be {}, not {}", setting.kind, value.kind());
        return Some((message, setting.doc.clone()));
    }
    let texts = value.texts();
    if let Some(values) = &setting.values
        && let Some(other) = texts.iter().find(|text| !values.contains(text))
    {
        let help = format!("it may be: {}", values.join(", "));
        return Some((format!("`{other}` is no value of `{key}`"), help));
    }
    if setting.kind != SettingKind::Secrets {
        return None;
    }
    // Listing the provider's own credential would hand it to what is deployed.
    let credential = |name: &&String| {
        let mut all = manifest.credentials.iter();
        all.any(|credential| credential.environment.contains(name))
    };
    if let Some(name) = texts.iter().find(credential) {
        let help = "it is what you deploy with; what is deployed should have one of its own";
        return Some((
            format!("`{name}` is not deployed as a secret"),
            help.to_owned(),
        ));
    }
    let name = texts.iter().find(|name| !is_variable(name))?;
    let help = "list names; values are taken from the environment of `run v2 deploy`";
    Some((format!("`{name}` is no variable's name"), help.to_owned()))
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Options {
    /// The values of the secrets.
    ///
    /// # Errors
    /// One is not set.
    pub fn secret_values(&self, user: &User<'_>) -> Result<Vec<(String, Secret)>, DeployError> {
        self.secrets
            .iter()
            .map(|name| match (user.variable)(name) {
                Some(value) if !value.is_empty() => Ok((name.clone(), Secret::new(value))),
                _ => Err(DeployError::Secret { name: name.clone() }),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run_plugins::remote::Helpers;

    const MANIFEST: &str = r#"
        plugin = { id = "acme:cloud", kind = "deploy-provider", version = "0.1.0", description = "d", license = "MIT" }
        host = [{ name = "api.acme.test", methods = ["GET"], why = "" }]
        credential = [{ name = "token", environment = ["ACME_TOKEN"], inject = "bearer", hosts = ["api.acme.test"], why = "" }]
        setting = [
            { name = "account", type = "string", environment = ["ACME_ACCOUNT"], doc = "whose" },
            { name = "size", type = "integer", default = 1, doc = "how large" },
            { name = "mode", type = "string", values = ["a", "b"], doc = "how" },
            { name = "vars", type = "table", doc = "variables" },
            { name = "secrets", type = "secrets", doc = "secrets" },
        ]
    "#;

    fn check(given: &[(&str, SettingValue)]) -> Result<Options, Vec<OptionProblem>> {
        let given: Vec<_> = given
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone(), 0..1))
            .collect();
        let variable = |name: &str| (name == "ACME_ACCOUNT").then(|| "a1".to_owned());
        let user = User {
            variable: &variable,
            home: None,
            helpers: Helpers::default(),
        };
        options(
            &Manifest::parse(MANIFEST.as_bytes()).unwrap(),
            &given,
            &user,
        )
    }

    #[test]
    fn options_are_completed_from_the_environment_and_defaults() {
        let text = |text: &str| SettingValue::String(text.to_owned());
        let vars = SettingValue::Table(vec![("A".into(), "1".into())]);
        let found = check(&[("vars", vars.clone())]).unwrap();
        let expected = vec![
            ("account".to_owned(), text("a1")),
            ("size".to_owned(), SettingValue::Integer(1)),
            ("vars".to_owned(), vars),
        ];
        assert_eq!(found.settings, expected);
        let found = check(&[("account", text("a2"))]).unwrap();
        assert_eq!(found.settings[0].1, text("a2"));
    }

    #[test]
    fn what_options_cannot_be() {
        let texts = |all: &[&str]| SettingValue::Strings(all.iter().map(|s| (*s).into()).collect());
        for (key, value, expected) in [
            (
                "acount",
                SettingValue::Bool(true),
                "did you mean `account`?",
            ),
            ("size", SettingValue::Bool(true), "must be a whole number"),
            (
                "mode",
                SettingValue::String("c".into()),
                "no value of `mode`",
            ),
            ("secrets", texts(&["A=B"]), "no variable's name"),
            (
                "secrets",
                texts(&["ACME_TOKEN"]),
                "not deployed as a secret",
            ),
        ] {
            let problems = check(&[(key, value)]).unwrap_err();
            let text = format!("{} {}", problems[0].message, problems[0].help);
            assert!(text.contains(expected), "{text}");
        }
        let secrets = check(&[("secrets", texts(&["A"]))]).unwrap().secrets;
        assert_eq!(secrets, ["A"]);
    }
}
