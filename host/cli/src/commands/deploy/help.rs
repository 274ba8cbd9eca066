//! `deploy --provider NAME --help`: the options of that provider.

use std::ffi::OsString;

use run_plugins::manifest::Manifest;

use crate::project;

/// What to print after the help, where a provider was named.
pub(crate) fn of_words(words: impl Iterator<Item = OsString>) -> Option<String> {
    let words: Vec<_> = words.filter_map(|word| word.into_string().ok()).collect();
    if !words.iter().any(|word| word == "deploy") {
        return None;
    }
    let name = words.iter().enumerate().find_map(|(index, word)| {
        let same = word.strip_prefix("--provider=").map(str::to_owned);
        same.or_else(|| (word == "--provider").then(|| words.get(index + 1).cloned())?)
    })?;
    let plugins = match project::find() {
        Ok(project) => {
            let lock = project::lock(&project).ok()?;
            project::plugins(&project, lock.as_ref()).ok()?
        }
        Err(_) => run_build::PluginSet::read(&project::shipped(), &[]).ok()?,
    };
    Some(match plugins.for_provider(&name) {
        Some((available, provider)) => options(&provider, &available.plugin.manifest),
        None => format!(
            "\nNo plugin deploys to `{name}`: {}",
            project::one_of(&name, &plugins.providers())
        ),
    })
}

fn options(provider: &str, manifest: &Manifest) -> String {
    let mut lines = vec![format!(
        "\nOptions of `{provider}`, in [deploy.NAME.options]:"
    )];
    for setting in &manifest.settings {
        let mut line = format!("  {} ({}): {}", setting.name, setting.kind, setting.doc);
        if let Some(values) = &setting.values {
            line.push_str(&format!(" [possible: {}]", values.join(", ")));
        }
        if let Some(default) = &setting.default {
            line.push_str(&format!(" [default: {}]", default.texts().join(", ")));
        }
        if !setting.environment.is_empty() {
            line.push_str(&format!(" [env: {}]", setting.environment.join(", ")));
        }
        lines.push(line);
    }
    if !manifest.credentials.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "Credentials, from the environment or [{provider}.NAME] in credentials.toml:"
        ));
    }
    for credential in &manifest.credentials {
        let mut line = format!(
            "  {}: {} [env: {}]",
            credential.name,
            credential.why,
            credential.environment.join(", "),
        );
        if !credential.printed.is_empty() {
            line.push_str(&format!(" [JSON: {}]", credential.printed.join(", ")));
        }
        lines.push(line);
    }
    lines.join("\n")
}
