//! What `[deploy.NAME.options]` says, checked and without a network.

use run_plugin_api::{Error, Result};
use run_provider_shared::settings::{Source, number, pairs};

/// The settings of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) region: String,
    pub(crate) function: String,
    pub(crate) role: Option<String>,
    pub(crate) url: Url,
    pub(crate) variables: Vec<(String, String)>,
    /// Names only.
    pub(crate) secrets: Vec<String>,
    pub(crate) http: Vec<String>,
    pub(crate) connect: Vec<String>,
    pub(crate) config: Vec<(String, String)>,
    pub(crate) schedules: Vec<String>,
    pub(crate) architecture: Architecture,
    /// In MB.
    pub(crate) memory: u32,
    /// In seconds.
    pub(crate) timeout: u32,
    pub(crate) streaming: bool,
}

/// Who may call the function's URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Url {
    None,
    Public,
    Iam,
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

    /// How a program says that it is for this machine: `e_machine` of ELF.
    pub(crate) fn machine(self) -> u16 {
        match self {
            Self::X86 => 62,
            Self::Arm => 183,
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

impl Settings {
    pub(crate) fn read(component: &str, source: &impl Source) -> Result<Self> {
        let function = source
            .one("function")
            .unwrap_or_else(|| component.to_owned());
        let suffix = source.one("name_suffix").unwrap_or_default();
        let region = source.one("region").filter(|region| !region.is_empty());
        let settings = Self {
            region: region.ok_or_else(|| {
                Error::invalid_input("no region is set").with_help(
                    "set `region` in the options, or AWS_REGION in your environment, such as \
                     `eu-central-1`",
                )
            })?,
            function: format!("{function}{suffix}"),
            role: source.one("role"),
            url: match source.one("url").as_deref() {
                None | Some("public") => Url::Public,
                Some("iam") => Url::Iam,
                Some("none") => Url::None,
                Some(other) => return Err(one_of("url", other, "`public`, `iam` or `none`")),
            },
            variables: pairs(source.all("variables")),
            secrets: source.all("secrets"),
            http: source.all("http"),
            connect: source.all("connect"),
            config: pairs(source.all("config")),
            schedules: source.all("schedules"),
            architecture: match source.one("architecture").as_deref() {
                None | Some("x86_64") => Architecture::X86,
                Some("arm64") => Architecture::Arm,
                Some(other) => return Err(one_of("architecture", other, "`x86_64` or `arm64`")),
            },
            memory: number(source, "memory", 128..=10_240)?.unwrap_or(256),
            timeout: number(source, "timeout", 1..=900)?.unwrap_or(30),
            streaming: source.one("streaming").is_some_and(|value| value == "true"),
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        let fail = |message: String| Err(Error::invalid_input(message));
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if self.function.is_empty() || self.function.len() > 64 || !self.function.chars().all(fits)
        {
            return fail(format!(
                "`{}` cannot be a function's name: 1 to 64 letters, digits, `-` and `_`",
                self.function
            ));
        }
        // It becomes part of a host's name.
        let is_region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !self.region.chars().all(is_region) {
            return fail(format!("`{}` is no region", self.region));
        }
        if let Some(role) = self.role.as_ref().filter(|role| !role.starts_with("arn:")) {
            return fail(format!("`{role}` is no role: its ARN begins with `arn:`"));
        }
        let is_schedule = |text: &String| {
            ["rate(", "cron(", "at("]
                .iter()
                .any(|form| text.starts_with(form))
                && text.ends_with(')')
        };
        if let Some(schedule) = self.schedules.iter().find(|text| !is_schedule(text)) {
            return fail(format!(
                "`{schedule}` in `schedules` is neither `rate(…)`, `cron(…)` nor `at(…)`"
            ));
        }
        // A schedule's name has 64 characters at most, as a function's has.
        if !self.schedules.is_empty() && self.function.len() > 57 {
            return fail(format!(
                "`{}` is too long a name for a function with schedules: 57 characters",
                self.function
            ));
        }
        self.check_variables()
    }

    fn check_variables(&self) -> Result<()> {
        let fail = |message: String| Err(Error::invalid_input(message));
        let mut seen = Vec::new();
        for name in self
            .variables
            .iter()
            .map(|(name, _)| name)
            .chain(&self.secrets)
        {
            let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.len() > 1;
            if !is_name {
                return fail(format!(
                    "`{name}` cannot be a variable: two or more letters, digits and `_`, a letter \
                     first"
                ));
            }
            if name.starts_with("AWS_") || name.starts_with("LAMBDA_") {
                return fail(format!("`{name}` is one of the platform's own variables"));
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

fn one_of(key: &str, given: &str, known: &str) -> Error {
    Error::invalid_input(format!("`{key}` is `{given}`: expected {known}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use run_provider_shared::fake::Pairs;

    pub(crate) fn settings(pairs: &[(&str, &str)]) -> Result<Settings> {
        let with_region: Vec<_> = [("region", "eu-west-1")]
            .iter()
            .chain(pairs)
            .copied()
            .collect();
        Settings::read("shop", &Pairs(&with_region))
    }

    #[test]
    fn everything_is_read() {
        let read = settings(&[
            ("name_suffix", "-staging"),
            ("variables", "AB=1=2"),
            ("architecture", "arm64"),
            ("url", "iam"),
            ("memory", "1024"),
            ("schedules", "rate(1 hour)"),
        ])
        .unwrap();
        assert_eq!(read.function, "shop-staging");
        assert_eq!(read.variables, [("AB".to_owned(), "1=2".to_owned())]);
        assert_eq!(read.architecture.target(), "aarch64-linux-musl");
        assert_eq!((read.url, read.memory, read.timeout), (Url::Iam, 1024, 30));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let long = "f".repeat(58);
        for (pairs, expected) in [
            (&[("function", "a.b")][..], "`a.b` cannot be"),
            (&[("region", "eu/x")], "`eu/x` is no region"),
            (&[("memory", "64")], "`memory` is 64"),
            (&[("role", "admin")], "`admin` is no role"),
            (&[("schedules", "daily")], "neither `rate("),
            (
                &[("function", long.as_str()), ("schedules", "rate(1 day)")],
                "too long a name",
            ),
            (&[("url", "open")], "`url` is `open`"),
            (&[("architecture", "riscv")], "`architecture` is `riscv`"),
            (&[("variables", "1A=1")], "cannot be a variable"),
            (&[("variables", "AWS_REGION=1")], "platform's own"),
            (&[("variables", "AB=1"), ("secrets", "AB")], "there twice"),
        ] {
            let error = settings(pairs).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
        let error = Settings::read("shop", &Pairs(&[])).unwrap_err();
        assert!(error.message().contains("no region"));
    }
}
