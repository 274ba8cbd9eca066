//! What a plugin asks for, what the user granted, and the difference.
//!
//! Requests are sentences of a fixed form, the same in the lock file, in the
//! question that is put to the user, and in the comparison after an update: a
//! plugin that asks for anything new asks in a new sentence.

use std::collections::BTreeSet;

use crate::manifest::{
    Access, CommandPattern, Credential, Host, Manifest, Package, Phase, Reads, Tool,
};

/// What may be asked for, by kind. Also what was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Programs with their argument patterns: `elmc: build **`.
    pub tools: BTreeSet<String>,
    /// Environment variables: `ELM_HOME`.
    pub env: BTreeSet<String>,
    /// Directories outside the project: `$ELM_HOME/packages [fetch]`.
    pub directories: BTreeSet<String>,
    /// How far it reaches around the project, and what it writes there.
    pub source: BTreeSet<String>,
    /// Hosts and methods: `api.acme.test: GET POST`.
    pub hosts: BTreeSet<String>,
    /// Credentials: `token [bearer] from ACME_TOKEN for api.acme.test`.
    pub credentials: BTreeSet<String>,
}

impl Permissions {
    /// All that the manifest asks for.
    #[must_use]
    pub fn requested(manifest: &Manifest) -> Self {
        let source = &manifest.source;
        let mut asked = Self {
            env: manifest
                .environment
                .iter()
                .map(|e| environment(&e.key, e.phase))
                .collect(),
            hosts: manifest.hosts.iter().map(host_sentence).collect(),
            ..Self::default()
        };
        for tool in &manifest.tools {
            asked.tools.extend(tool_sentences(tool));
            if let Some(reads) = &tool.reads {
                asked.tools.insert(reads_sentence(&tool.program, reads));
            }
            let packages = tool.packages.iter();
            asked
                .tools
                .extend(packages.map(|package| package_sentence(&tool.program, package)));
        }
        for directory in &manifest.directories {
            asked
                .directories
                .insert(directory_sentence(&directory.path, directory.access));
        }
        for credential in &manifest.credentials {
            asked.credentials.insert(credential_sentence(credential));
        }
        for setting in &manifest.settings {
            asked.env.extend(setting.environment.iter().cloned());
        }
        asked
            .source
            .extend(source.root.iter().map(|file| format!("widen to {file}")));
        asked.source.extend(
            source
                .ancestors
                .iter()
                .map(|file| format!("read above: {file}")),
        );
        asked
            .source
            .extend(source.writable.iter().map(|file| format!("write {file}")));
        asked
    }

    /// What is asked here and was not granted.
    #[must_use]
    pub fn beyond(&self, granted: &Self) -> Self {
        let minus = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
        Self {
            tools: minus(&self.tools, &granted.tools),
            env: minus(&self.env, &granted.env),
            directories: minus(&self.directories, &granted.directories),
            source: minus(&self.source, &granted.source),
            hosts: minus(&self.hosts, &granted.hosts),
            credentials: minus(&self.credentials, &granted.credentials),
        }
    }

    /// What is left where a project allows only `limits`.
    #[must_use]
    pub fn narrowed_to(&self, limits: &Limits) -> Self {
        let keep = |all: &BTreeSet<String>, limits: &Option<Vec<String>>| match limits {
            None => all.clone(),
            Some(limits) => all
                .iter()
                .filter(|sentence| {
                    let name = sentence.split([':', ' ']).next().unwrap_or_default();
                    limits.iter().any(|limit| limit == name)
                })
                .cloned()
                .collect(),
        };
        Self {
            tools: keep(&self.tools, &limits.tools),
            env: keep(&self.env, &limits.env),
            hosts: keep(&self.hosts, &limits.hosts),
            credentials: keep(&self.credentials, &limits.credentials),
            directories: self.directories.clone(),
            source: self.source.clone(),
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Every sentence with the kind it is of, in a fixed order.
    pub fn sentences(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("run", &self.tools),
            ("see the variable", &self.env),
            ("reach the directory", &self.directories),
            ("beyond reading the project", &self.source),
            ("talk to", &self.hosts),
            ("use the credential", &self.credentials),
        ]
        .into_iter()
        .flat_map(|(kind, set)| set.iter().map(move |sentence| (kind, sentence.as_str())))
    }
}

/// What a project allows a plugin at most, by name; an absent kind is not
/// narrowed, and directories and the source tree cannot be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Programs.
    pub tools: Option<Vec<String>>,
    /// Environment variables.
    pub env: Option<Vec<String>>,
    /// Hosts.
    pub hosts: Option<Vec<String>>,
    /// Credentials.
    pub credentials: Option<Vec<String>>,
}

/// Takes out of the manifest all that was not granted: what is left is what the
/// sandbox enforces.
#[must_use]
pub fn narrow(mut manifest: Manifest, granted: &Permissions) -> Manifest {
    manifest.tools.retain_mut(|tool| {
        let sentences = tool_sentences(tool);
        let program = tool.program.clone();
        tool.commands
            .retain(|command| granted.tools.contains(&command_sentence(&program, command)));
        let reads = tool
            .reads
            .take()
            .filter(|reads| granted.tools.contains(&reads_sentence(&program, reads)));
        tool.reads = reads;
        tool.packages
            .retain(|package| granted.tools.contains(&package_sentence(&program, package)));
        sentences
            .iter()
            .any(|sentence| granted.tools.contains(sentence))
    });
    manifest
        .environment
        .retain(|e| granted.env.contains(&environment(&e.key, e.phase)));
    manifest.directories.retain(|d| {
        granted
            .directories
            .contains(&directory_sentence(&d.path, d.access))
    });
    let source = &mut manifest.source;
    source
        .root
        .retain(|file| granted.source.contains(&format!("widen to {file}")));
    source
        .ancestors
        .retain(|file| granted.source.contains(&format!("read above: {file}")));
    source
        .writable
        .retain(|file| granted.source.contains(&format!("write {file}")));
    for setting in &mut manifest.settings {
        setting.environment.retain(|key| granted.env.contains(key));
    }
    manifest
        .hosts
        .retain(|host| granted.hosts.contains(&host_sentence(host)));
    manifest
        .credentials
        .retain(|c| granted.credentials.contains(&credential_sentence(c)));
    manifest
}

fn host_sentence(host: &Host) -> String {
    let methods = host.methods.iter().map(|method| format!(" {method}"));
    let mut sentence = format!("{}:{}", host.name, methods.collect::<String>());
    if host.base != "/" {
        sentence.push_str(&format!(" [below {}]", host.base));
    }
    if !host.reads.is_empty() {
        sentence.push_str(&format!(" [reads with {}]", host.reads.join(", ")));
    }
    if !host.overrides.is_empty() {
        sentence.push_str(&format!(" [elsewhere by {}]", host.overrides.join(" ")));
    }
    sentence
}

fn credential_sentence(credential: &Credential) -> String {
    let files = credential.files.iter().map(|file| {
        let variable = file
            .variable
            .as_ref()
            .map_or(String::new(), |v| format!("${v} or "));
        format!(", {variable}{} ({})", file.path, file.keys.join(" "))
    });
    format!(
        "{} [{}] from {}{} for {}",
        credential.name,
        credential.inject,
        credential.environment.join(" "),
        files.collect::<String>(),
        credential.hosts.join(" ")
    )
}

fn tool_sentences(tool: &Tool) -> Vec<String> {
    let mut sentences: Vec<_> = tool
        .commands
        .iter()
        .map(|command| command_sentence(&tool.program, command))
        .collect();
    if tool.commands.is_empty() {
        sentences.push(format!("{} [from other tools]", tool.program));
    }
    sentences
}

fn package_sentence(program: &str, package: &Package) -> String {
    format!(
        "{program} [installed as {} by {}, when asked to]",
        package.name, package.manager
    )
}

fn command_sentence(program: &str, command: &CommandPattern) -> String {
    let network = if command.network { " [network]" } else { "" };
    let cache = if command.cache { " [cache]" } else { "" };
    let deny = if command.deny.is_empty() {
        String::new()
    } else {
        format!(" [never {}]", command.deny.join(" "))
    };
    format!("{program}: {}{network}{cache}{deny}", command.arguments)
}

/// The command is said whole: what it prints is opened up to the tool.
fn reads_sentence(program: &str, reads: &Reads) -> String {
    let asked = if reads.interpreter {
        "interpreter"
    } else {
        "program"
    };
    let arguments = reads.arguments.join(" ");
    format!("{program} [reads what its {asked} prints for: {arguments}]")
}

fn environment(key: &str, phase: Phase) -> String {
    match phase {
        Phase::Any => key.to_owned(),
        Phase::Network => format!("{key} [network]"),
    }
}

fn directory_sentence(path: &str, access: Access) -> String {
    let access = match access {
        Access::Read => "read",
        Access::Fetch => "fetch",
        Access::Network => "network",
        Access::Cache => "cache",
    };
    format!("{path} [{access}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(extra: &str) -> Manifest {
        Manifest::parse(
            format!(
                r#"
                [plugin]
                id = "acme:elm"
                kind = "language-builder"
                version = "0.1.0"
                description = ""
                license = "MIT"
                [[tool]]
                id = "elmc"
                program = "elmc"
                why = ""
                [[tool.command]]
                arguments = "build **"
                deny = ["--eval"]
                {extra}
                "#
            )
            .as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn an_update_that_asks_for_more_says_so() {
        let old = Permissions::requested(&manifest(""));
        let new = Permissions::requested(&manifest(
            "[[tool.command]]\narguments = 'get **'\nnetwork = true",
        ));
        let more = new.beyond(&old);
        assert_eq!(
            more.tools.into_iter().collect::<Vec<_>>(),
            ["elmc: get ** [network]"]
        );
        assert!(old.beyond(&new).is_empty());
    }

    #[test]
    fn what_a_tool_reads_is_asked_for_by_the_question_that_tells() {
        let plain = Permissions::requested(&manifest(""));
        let full = manifest("[tool.reads]\narguments = ['-c', 'print(1)']\ninterpreter = true");
        let more = Permissions::requested(&full).beyond(&plain);
        assert_eq!(
            more.tools.into_iter().collect::<Vec<_>>(),
            ["elmc [reads what its interpreter prints for: -c print(1)]"]
        );
        let narrowed = narrow(full, &plain);
        assert!(narrowed.tools[0].reads.is_none());
        assert_eq!(narrowed.tools[0].commands.len(), 1);
    }

    #[test]
    fn dropping_a_denied_word_is_asking_for_more() {
        let old = Permissions::requested(&manifest(""));
        let mut looser = manifest("");
        looser.tools[0].commands[0].deny.clear();
        assert!(!Permissions::requested(&looser).beyond(&old).is_empty());
    }

    #[test]
    fn what_was_not_granted_is_gone_from_the_manifest() {
        let full = manifest("[[environment]]\nkey = 'ELM_HOME'\nwhy = ''");
        let mut granted = Permissions::requested(&full);
        granted.env.clear();
        let narrowed = narrow(full.clone(), &granted);
        assert!(narrowed.environment.is_empty());
        assert_eq!(narrowed.tools.len(), 1);
        granted.tools.clear();
        assert!(narrow(full, &granted).tools.is_empty());
    }
}
