//! What `[deploy.NAME.options]` says, checked and without a network.

use run_plugin_api::{Error, Result};
use run_provider_shared::settings::{Source, number, pairs};

/// The settings of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) account: Option<String>,
    /// The Worker's name, with its suffix.
    pub(crate) worker: String,
    pub(crate) workers_dev: bool,
    pub(crate) zone: Option<String>,
    pub(crate) routes: Vec<String>,
    pub(crate) domains: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    /// Names only.
    pub(crate) secrets: Vec<String>,
    /// Names of stores with the namespace behind each.
    pub(crate) stores: Vec<(String, Namespace)>,
    pub(crate) crons: Vec<String>,
    pub(crate) compatibility_date: String,
    pub(crate) compatibility_flags: Vec<String>,
    pub(crate) cpu_ms: Option<u32>,
    pub(crate) observability: bool,
    pub(crate) preview: bool,
    /// 1 to 100.
    pub(crate) rollout: u8,
}

/// What is behind a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// It is there already.
    Id(String),
    /// Made where there is none of the name that [`Settings::title`] gives.
    New,
}

/// The most a variable may hold:
/// <https://developers.cloudflare.com/workers/platform/limits/>.
const VARIABLE: usize = 5 * 1024;

impl Settings {
    pub(crate) fn read(component: &str, source: &impl Source) -> Result<Self> {
        let flag = |key: &str| source.one(key).is_some_and(|value| value == "true");
        let name = source.one("name").unwrap_or_else(|| component.to_owned());
        let suffix = source.one("name_suffix").unwrap_or_default();
        let settings = Self {
            account: source.one("account_id"),
            worker: format!("{name}{suffix}"),
            workers_dev: flag("workers_dev"),
            zone: source.one("zone_id"),
            routes: source
                .one("route")
                .into_iter()
                .chain(source.all("routes"))
                .collect(),
            domains: source.all("domains"),
            variables: pairs(source.all("variables")),
            secrets: source.all("secrets"),
            stores: pairs(source.all("kv"))
                .into_iter()
                .map(|(name, value)| {
                    let namespace = match value.as_str() {
                        "new" => Namespace::New,
                        _ => Namespace::Id(value),
                    };
                    (name, namespace)
                })
                .collect(),
            crons: source.all("crons"),
            compatibility_date: source.one("compatibility_date").unwrap_or_default(),
            compatibility_flags: source.all("compatibility_flags"),
            cpu_ms: number(source, "cpu_ms", 10..=300_000)?,
            observability: flag("observability"),
            preview: flag("preview"),
            rollout: number(source, "rollout", 1..=100)?
                .and_then(|percent| u8::try_from(percent).ok())
                .unwrap_or(100),
        };
        settings.check()?;
        Ok(settings)
    }

    /// What a new namespace is called.
    pub(crate) fn title(&self, store: &str) -> String {
        format!("{}-{store}", self.worker)
    }

    fn check(&self) -> Result<()> {
        let fail = |message: String| Err(Error::invalid_input(message));
        // It becomes a label of a host name.
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !self.worker.chars().all(fits)
            || self.worker.len() > 63
            || self.worker.starts_with('-')
            || self.worker.ends_with('-')
        {
            let suggestion: String = self.worker.to_lowercase().replace(['_', '.', ' '], "-");
            return Err(Error::invalid_input(format!(
                "`{}` cannot be a Worker's name: 1 to 63 lower-case letters, digits and `-`",
                self.worker
            ))
            .with_help(format!(
                "set the option `name`, to `{suggestion}` for example"
            )));
        }
        if !self.routes.is_empty() && self.zone.is_none() {
            return fail("`route` needs the option `zone_id`".to_owned());
        }
        if let Some(cron) = self
            .crons
            .iter()
            .find(|cron| cron.split_whitespace().count() != 5)
        {
            return fail(format!("`{cron}` in `crons` does not have five fields"));
        }
        let names = self.variables.iter().map(|(name, _)| name);
        let mut seen = Vec::new();
        for name in names
            .chain(&self.secrets)
            .chain(self.stores.iter().map(|(n, _)| n))
        {
            if !is_binding(name) {
                return fail(format!(
                    "`{name}` cannot be a binding: letters, digits and `_`, no digit first"
                ));
            }
            if seen.contains(&name) {
                return fail(format!(
                    "`{name}` is there twice among `variables`, `secrets` and `kv`"
                ));
            }
            seen.push(name);
        }
        match self.variables.iter().find(|(_, v)| v.len() > VARIABLE) {
            Some((name, value)) => fail(format!(
                "the variable `{name}` has {} bytes, and the platform takes {VARIABLE}",
                value.len()
            )),
            None => Ok(()),
        }
    }
}

fn is_binding(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
            ("workers_dev", "true"),
            ("zone_id", "z"),
            ("route", "a.test/*"),
            ("routes", "b.test/*"),
            ("variables", "A=1=2"),
            ("kv", "cache=new"),
            ("kv", "users=0f"),
            ("crons", "*/5 * * * *"),
            ("rollout", "10"),
            ("cpu_ms", "50"),
        ])
        .unwrap();
        assert_eq!(read.worker, "shop-staging");
        assert_eq!(read.routes, ["a.test/*", "b.test/*"]);
        assert_eq!(read.variables, [("A".to_owned(), "1=2".to_owned())]);
        assert_eq!(read.stores[0], ("cache".into(), Namespace::New));
        assert_eq!(read.stores[1], ("users".into(), Namespace::Id("0f".into())));
        assert_eq!((read.rollout, read.cpu_ms), (10, Some(50)));
        assert_eq!(read.title("cache"), "shop-staging-cache");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (pair, expected) in [
            (&[("name", "My_Shop")][..], "`My_Shop` cannot be"),
            (&[("name_suffix", "-")], "`shop-` cannot be"),
            (&[("route", "a.test/*")], "needs the option `zone_id`"),
            (&[("rollout", "0")], "`rollout` is 0"),
            (&[("cpu_ms", "many")], "`cpu_ms` is many"),
            (&[("crons", "@daily")], "five fields"),
            (&[("variables", "A-B=1")], "cannot be a binding"),
            (&[("variables", "A=1"), ("secrets", "A")], "there twice"),
        ] {
            let error = settings(pair).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
        let long = "x".repeat(VARIABLE);
        let error = settings(&[("variables", &format!("A={long}x"))]).unwrap_err();
        assert!(error.message().contains("5121 bytes"));
        let error = settings(&[("name", "My_Shop")]).unwrap_err();
        assert!(error.help().unwrap().contains("`my-shop`"));
    }
}
