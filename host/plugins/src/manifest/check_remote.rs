//! What a provider's manifest must keep to: hosts, credentials, and settings
//! that come from the user's environment.

use super::read::Read;
use super::{Credential, Host, Inject, Kind, Manifest, Setting, SettingKind};

pub(super) fn check(manifest: &Manifest) -> Result<(), String> {
    for host in &manifest.hosts {
        check_host(host).map_err(|why| format!("host `{}`: {why}", host.name))?;
    }
    for credential in &manifest.credentials {
        check_credential(credential, manifest)
            .map_err(|why| format!("credential `{}`: {why}", credential.name))?;
    }
    for setting in &manifest.settings {
        check_setting(setting, manifest)
            .map_err(|why| format!("setting `{}`: {why}", setting.name))?;
    }
    Ok(())
}

fn check_host(host: &Host) -> Result<(), String> {
    let labels: Vec<_> = host.name.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let stars = labels.iter().filter(|label| **label == "*").count();
    // In front or among the last two labels, a `*` would stand for hosts of
    // other people: whoever sells names below a domain, for example.
    let star_inside = stars == 0
        || labels.first() != Some(&"*") && labels.iter().rev().take(2).all(|label| *label != "*");
    let named = labels.iter().all(|label| *label == "*" || is_label(label));
    if !named || labels.len() < 2 || stars > 1 || !star_inside {
        return Err("it is no host's name; one label inside of it may be `*`".to_owned());
    }
    if labels
        .last()
        .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err("it is an address".to_owned());
    }
    if let Some(method) = host.methods.iter().find(|method| !is_method(method)) {
        return Err(format!("`{method}` is no method"));
    }
    if !is_path(&host.base) || host.base.contains('*') {
        return Err(format!("`base`: `{}` is no path", host.base));
    }
    if let Some(key) = host.overrides.iter().find(|key| !is_variable(key)) {
        return Err(format!("`override`: `{key}` is no variable's name"));
    }
    let bad_read = host.reads.iter().find(|read| {
        !Read::parse(read).is_some_and(|read| is_method(read.method) && is_path(read.path))
    });
    match bad_read {
        Some(read) => Err(format!(
            "`reads`: `{read}` is no method with a path, and perhaps `header=value`"
        )),
        None => Ok(()),
    }
}

fn check_credential(credential: &Credential, manifest: &Manifest) -> Result<(), String> {
    if let Some(key) = credential.environment.iter().find(|key| !is_variable(key)) {
        return Err(format!("`{key}` is no variable's name"));
    }
    if let Inject::Header(name) = &credential.inject
        && crate::sandbox::http::is_framing(name)
    {
        return Err(format!("the header `{name}` carries no credentials"));
    }
    let parts = credential.inject.parts();
    if credential.inject == Inject::SigV4 && credential.environment.len() != parts {
        return Err("`sigv4` has three variables: key id, secret key, session token".to_owned());
    }
    if credential.environment.is_empty() {
        return Err("it has no variable".to_owned());
    }
    let printed = credential.printed.len();
    if printed != 0 && (parts == 1 || printed != parts) {
        return Err(match parts {
            1 => "it is one text, which a program prints without keys".to_owned(),
            parts => format!("`printed` needs {parts} keys"),
        });
    }
    for file in &credential.files {
        if !file.path.starts_with("~/") || file.path.split('/').any(|step| step == "..") {
            return Err(format!("`{}` is not below `~/`", file.path));
        }
        if file.keys.len() != parts {
            return Err(format!("`{}` needs {parts} keys", file.path));
        }
        let variables = [&file.variable, &file.section_variable];
        if let Some(key) = variables
            .into_iter()
            .flatten()
            .find(|key| !is_variable(key))
        {
            return Err(format!("`{key}` is no variable's name"));
        }
    }
    if credential.hosts.is_empty() {
        return Err("it is bound to no host".to_owned());
    }
    for name in &credential.hosts {
        let Some(host) = manifest.hosts.iter().find(|host| host.name == *name) else {
            return Err(format!("`{name}` is no `[[host]]` of the manifest"));
        };
        let regional = host.name.contains('*');
        if credential.inject == Inject::SigV4 && !regional && credential.region.is_none() {
            return Err(format!("`{name}` has no region: say `region`"));
        }
    }
    Ok(())
}

fn check_setting(setting: &Setting, manifest: &Manifest) -> Result<(), String> {
    let of_provider = !setting.environment.is_empty() || setting.kind == SettingKind::Secrets;
    if of_provider && manifest.plugin.kind != Kind::DeployProvider {
        return Err("only a provider's may be secrets or come from the environment".to_owned());
    }
    if !setting.environment.is_empty() && setting.kind != SettingKind::String {
        return Err("only a string may come from the environment".to_owned());
    }
    for key in &setting.environment {
        let is_credential = manifest
            .credentials
            .iter()
            .any(|credential| credential.environment.contains(key));
        if is_credential || !is_variable(key) {
            return Err(format!("`{key}` cannot be read for it"));
        }
    }
    Ok(())
}

fn is_method(method: &str) -> bool {
    !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains("..")
        && path
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"?#\\".contains(&b))
}

fn is_variable(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use crate::manifest::Manifest;

    const BASE: &str = r#"
        [plugin]
        id = "acme:cloud"
        kind = "deploy-provider"
        version = "0.1.0"
        description = "d"
        license = "MIT"

        [[host]]
        name = "api.acme.test"
        methods = ["GET"]
        why = ""

        [[host]]
        name = "run.*.acme.test"
        methods = ["GET"]
        why = ""
    "#;

    #[test]
    fn what_a_providers_manifest_cannot_say() {
        assert!(Manifest::parse(BASE.as_bytes()).is_ok());
        let host = |keys: &str| format!("[[host]]\nmethods = ['GET']\nwhy = ''\n{keys}");
        let credential = |keys: &str| format!("[[credential]]\nname = 'token'\nwhy = ''\n{keys}");
        let setting = |keys: &str| format!("[[setting]]\nname = 'x'\ndoc = ''\n{keys}");
        for (addition, expected) in [
            (host("name = 'API.acme.test'"), "no host's name"),
            (host("name = 'localhost'"), "no host's name"),
            (host("name = '*.acme.test'"), "no host's name"),
            (host("name = 'a.*.test'"), "no host's name"),
            (host("name = 'a.b*.acme.test'"), "no host's name"),
            (host("name = '10.0.0.1'"), "an address"),
            (host("name = 'a.test'\nbase = 'v4'"), "no path"),
            (
                host("name = 'a.test'\nreads = ['POST']"),
                "no method with a path",
            ),
            (
                host("name = 'a.test'\nreads = ['POST / x-call']"),
                "no method with a path",
            ),
            (
                host("name = 'a.test'\noverride = ['A B']"),
                "no variable's name",
            ),
            (
                credential("environment = ['T']\ninject = 'basic'\nhosts = ['api.acme.test']"),
                "neither `bearer`",
            ),
            (
                credential(
                    "environment = ['T']\ninject = 'header:Host'\nhosts = ['api.acme.test']",
                ),
                "carries no credentials",
            ),
            (
                credential("environment = ['T']\ninject = 'bearer'\nhosts = ['other.test']"),
                "no `[[host]]`",
            ),
            (
                credential("environment = ['T']\ninject = 'sigv4'\nhosts = ['run.*.acme.test']"),
                "three variables",
            ),
            (
                credential(
                    "environment = ['A', 'B', 'C']\ninject = 'sigv4'\nhosts = ['api.acme.test']",
                ),
                "no region",
            ),
            (
                credential(
                    "environment = ['T']\ninject = 'bearer'\nhosts = ['api.acme.test']\n[[credential.file]]\npath = '/etc/shadow'\nformat = 'ini'\nkeys = ['x']",
                ),
                "not below",
            ),
            (
                format!(
                    "{}\n{}",
                    credential("environment = ['T']\ninject = 'bearer'\nhosts = ['api.acme.test']"),
                    setting("type = 'string'\nenvironment = ['T']")
                ),
                "cannot be read",
            ),
            (
                setting("type = 'bool'\nenvironment = ['X']"),
                "only a string",
            ),
        ] {
            let text = format!("{BASE}\n{addition}");
            let error = Manifest::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{addition}: {error}");
        }
    }

    #[test]
    fn hosts_and_paths_match_whole_steps() {
        let manifest = BASE.replacen("why", "base = '/v4'\nwhy", 1);
        let manifest = Manifest::parse(manifest.as_bytes()).unwrap();
        let [api, run] = manifest.hosts.as_slice() else {
            panic!("two hosts");
        };
        assert_eq!(api.matches("api.acme.test"), Some(""));
        assert_eq!(api.matches("xapi.acme.test"), None);
        assert_eq!(run.matches("run.eu-1.acme.test"), Some("eu-1"));
        for not in [
            "run.acme.test",
            "run..acme.test",
            "run.a.b.acme.test",
            "run.a/b.acme.test",
        ] {
            assert_eq!(run.matches(not), None, "{not}");
        }
        for (path, covered) in [
            ("/v4", true),
            ("/v4/x", true),
            ("/v40", false),
            ("/", false),
        ] {
            assert_eq!(api.covers(path), covered, "{path}");
        }
        assert!(run.covers("/anything"));
    }
}
