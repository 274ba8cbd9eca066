//! Why a project's plugins cannot be used.

use miette::Diagnostic;
use run_files::Digest;
use run_plugins::LoadError;

/// Why the project's plugins cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PluginsError {
    /// One was refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Load(#[from] LoadError),

    /// One was never agreed to, or asks for more than was agreed to.
    #[error("the plugin `{name}` asks for what it was not granted:\n{}", list(.asks))]
    #[diagnostic(
        code(run::plugin::consent),
        help(
            "look it over and grant it with `run v2 plugin add {name} --path …`; the answer is kept in run.lock.toml"
        )
    )]
    Consent {
        /// The plugin.
        name: String,
        /// What it asks for beyond what was granted.
        asks: Vec<String>,
    },

    /// The file is not the one that was agreed to.
    #[error(
        "the plugin `{name}` is not the one that run.lock.toml names\n  locked: {locked}\n  found:  {found}"
    )]
    #[diagnostic(
        code(run::plugin::digest),
        help("if the new file is meant, grant it with `run v2 plugin add {name} --path …`")
    )]
    Digest {
        /// The plugin.
        name: String,
        /// In the lock.
        locked: Digest,
        /// Of the file.
        found: Digest,
    },

    /// Another `run` ships another plugin.
    #[error(
        "the plugin `{name}` that ships with this `run` is not the one that run.lock.toml names\n  locked: {locked}\n  found:  {found}"
    )]
    #[diagnostic(
        code(run::plugin::drifted),
        help("use the `run` it was locked with, or take this one with `run v2 toolchain sync`")
    )]
    Drifted {
        /// The plugin.
        name: String,
        /// In the lock.
        locked: Digest,
        /// Of what ships.
        found: Digest,
    },

    /// A source this release cannot fetch from.
    #[error(
        "the plugin `{name}` is to come from {place}, and this release of `run` has plugins that ship with it and from files"
    )]
    #[diagnostic(
        code(run::plugin::source),
        help("download it and name the file: `{name} = {{ path = \"…\" }}`")
    )]
    Elsewhere {
        /// The plugin.
        name: String,
        /// What `run.toml` says.
        place: String,
    },

    /// A bundled plugin of another version, or none of that name.
    #[error("no plugin `{name}` in a version that fits {wanted} ships with this `run`{}", .have.as_ref().map(|v| format!(" (it has {v})")).unwrap_or_default())]
    #[diagnostic(code(run::plugin::version), help("change the range in [plugins]"))]
    Version {
        /// The plugin.
        name: String,
        /// The range.
        wanted: semver::VersionReq,
        /// The version that ships.
        have: Option<semver::Version>,
    },

    /// No plugin has the language.
    #[error("no plugin builds the language `{language}`")]
    #[diagnostic(code(run::build::language), help("{help}"))]
    Language {
        /// As `run.toml` spells it.
        language: String,
        /// The nearest, or what there is.
        help: String,
        /// `run.toml`.
        #[source_code]
        source_code: miette::NamedSource<String>,
        /// The component.
        #[label("this component")]
        at: Option<miette::SourceSpan>,
    },

    /// The language is not named and no plugin knows the source.
    #[error("the language of `{name}` cannot be told from `{path}`")]
    #[diagnostic(
        code(run::build::detect),
        help("say it in run.toml: `language = \"…\"`; there is: {known}")
    )]
    Undetected {
        /// The component.
        name: String,
        /// Its source.
        path: String,
        /// The languages there are.
        known: String,
    },
}

fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return "  nothing beyond reading the project; it was not agreed to yet".to_owned();
    }
    lines
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
