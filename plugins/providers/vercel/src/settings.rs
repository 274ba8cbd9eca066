//! What `[deploy.NAME.options]` says, checked and without a network.

use run_plugin_api::{Error, Result};
use run_provider_shared::settings::{Source, number, pairs};

/// The settings of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) team: Option<String>,
    /// The name or id of the project.
    pub(crate) project: String,
    pub(crate) preview: bool,
    pub(crate) domains: Vec<String>,
    pub(crate) regions: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    /// Names only.
    pub(crate) secrets: Vec<String>,
    pub(crate) crons: Vec<String>,
    pub(crate) runtime: Runtime,
    /// In MB.
    pub(crate) memory: u32,
    /// In seconds.
    pub(crate) max_duration: u32,
}

/// What runs the component there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// The platform's Node.js, which runs what the component is translated to.
    Node,
    /// Our runner, which runs the component compiled.
    Executable(Executable),
}

/// What only the runner is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Executable {
    pub(crate) architecture: Architecture,
    /// Hosts it may send requests to; `*` for any.
    pub(crate) http: Vec<String>,
    /// Addresses it may connect to.
    pub(crate) connect: Vec<String>,
    pub(crate) config: Vec<(String, String)>,
}

/// The machine it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    X86,
    Arm,
}

impl Architecture {
    /// What the platform calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }

    /// What the host compiles for.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::X86 => "x86_64-linux-musl",
            Self::Arm => "aarch64-linux-musl",
        }
    }
}

impl Runtime {
    fn read(source: &impl Source) -> Result<Self> {
        let fail = |message: String| Err(Error::invalid_input(message));
        match source.one("runtime").as_deref() {
            None | Some("nodejs24.x") => {
                let set = |key: &&str| !source.all(key).is_empty() || source.one(key).is_some();
                let only = ["architecture", "http", "connect", "config"];
                match only.iter().find(|key| set(key)) {
                    Some(key) => Err(Error::invalid_input(format!(
                        "`{key}` is for the runtime `executable`"
                    ))
                    .with_help("set `runtime = \"executable\"`, or leave it out")),
                    None => Ok(Self::Node),
                }
            }
            Some("executable") => Ok(Self::Executable(Executable {
                architecture: match source.one("architecture").as_deref() {
                    None | Some("x86_64") => Architecture::X86,
                    Some("arm64") => Architecture::Arm,
                    Some(other) => {
                        return fail(format!(
                            "`architecture` is `{other}`: expected `x86_64` or `arm64`"
                        ));
                    }
                },
                http: source.all("http"),
                connect: source.all("connect"),
                config: pairs(source.all("config")),
            })),
            Some(other) => fail(format!(
                "`runtime` is `{other}`: expected `nodejs24.x` or `executable`"
            )),
        }
    }
}

/// What the platform sends with the calls of its schedules, where it is set:
/// <https://vercel.com/docs/cron-jobs/manage-cron-jobs#securing-cron-jobs>.
pub(crate) const CRON_SECRET: &str = "CRON_SECRET";

impl Settings {
    pub(crate) fn read(component: &str, source: &impl Source) -> Result<Self> {
        let project = source
            .one("project")
            .unwrap_or_else(|| component.to_owned());
        let suffix = source.one("name_suffix").unwrap_or_default();
        let settings = Self {
            team: source.one("team"),
            project: format!("{project}{suffix}"),
            preview: source.one("preview").is_some_and(|value| value == "true"),
            domains: source.all("domains"),
            regions: source.all("regions"),
            variables: pairs(source.all("variables")),
            secrets: source.all("secrets"),
            crons: source.all("crons"),
            runtime: Runtime::read(source)?,
            memory: number(source, "memory", 128..=4096)?.unwrap_or(1024),
            max_duration: number(source, "max_duration", 1..=900)?.unwrap_or(30),
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        let fail = |message: String| Err(Error::invalid_input(message));
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.project.is_empty()
            || self.project.len() > 100
            || !self.project.chars().all(fits)
            || self.project.contains("---")
        {
            return fail(format!(
                "`{}` cannot be a project's name: 1 to 100 letters, digits, `-`, `_` and `.`",
                self.project
            ));
        }
        if let Some(cron) = self
            .crons
            .iter()
            .find(|cron| cron.split_whitespace().count() != 5)
        {
            return fail(format!("`{cron}` in `crons` does not have five fields"));
        }
        if !self.crons.is_empty() && !self.secrets.iter().any(|name| name == CRON_SECRET) {
            return Err(Error::invalid_input(format!(
                "`crons` need the secret {CRON_SECRET}, or anybody could start the job"
            ))
            .with_help(format!(
                "add \"{CRON_SECRET}\" to `secrets`, and set it in your environment to 16 \
                 characters or more that nobody can guess"
            )));
        }
        let mut seen = Vec::new();
        for name in self
            .variables
            .iter()
            .map(|(name, _)| name)
            .chain(&self.secrets)
        {
            let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && name.starts_with(|c: char| c.is_ascii_alphabetic());
            if !is_name {
                return fail(format!(
                    "`{name}` cannot be a variable: letters, digits and `_`, a letter first"
                ));
            }
            if seen.contains(&name) {
                return fail(format!(
                    "`{name}` is there twice among `variables` and `secrets`"
                ));
            }
            seen.push(name);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use run_provider_shared::fake::Pairs;

    pub(crate) fn settings(pairs: &[(&str, &str)]) -> Result<Settings> {
        Settings::read("shop", &Pairs(pairs))
    }

    #[test]
    fn everything_is_read() {
        let read = settings(&[
            ("name_suffix", "-staging"),
            ("team", "team_1"),
            ("variables", "A=1=2"),
            ("secrets", CRON_SECRET),
            ("crons", "0 5 * * *"),
            ("memory", "2048"),
        ])
        .unwrap();
        assert_eq!(read.project, "shop-staging");
        assert_eq!(read.variables, [("A".to_owned(), "1=2".to_owned())]);
        assert_eq!((read.memory, read.max_duration), (2048, 30));
    }

    #[test]
    fn the_runner_is_told_more_than_the_platforms_node() {
        assert_eq!(settings(&[]).unwrap().runtime, Runtime::Node);
        let read = settings(&[
            ("runtime", "executable"),
            ("architecture", "arm64"),
            ("http", "a.test"),
            ("config", "A=1"),
        ]);
        let Runtime::Executable(told) = read.unwrap().runtime else {
            panic!("it is the other runtime");
        };
        assert_eq!(told.architecture.target(), "aarch64-linux-musl");
        assert_eq!(told.http, ["a.test"]);
        assert_eq!(told.config, [("A".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (pairs, expected) in [
            (&[("project", "a/b")][..], "`a/b` cannot be"),
            (&[("memory", "64")], "`memory` is 64"),
            (&[("crons", "daily")], "five fields"),
            (&[("runtime", "edge")], "`runtime` is `edge`"),
            (
                &[("runtime", "executable"), ("architecture", "riscv")],
                "`architecture` is `riscv`",
            ),
            (&[("http", "a.test")], "`http` is for the runtime"),
            (&[("crons", "0 5 * * *")], "need the secret CRON_SECRET"),
            (&[("variables", "1A=1")], "cannot be a variable"),
            (&[("variables", "A=1"), ("secrets", "A")], "there twice"),
        ] {
            let error = settings(pairs).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
    }
}
