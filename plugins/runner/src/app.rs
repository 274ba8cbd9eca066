//! `app.json`: which component, and what it may reach and use.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use run_runtime::sandbox::{Directory, HttpHosts, Limits, LineOutlet, NetRule, Permissions, Stdio};
use run_runtime::{Engine, Prepared};
use run_serve::App;
use serde::Deserialize;

use crate::log;

/// What lies beside the component, written by whoever deployed it. Unknown keys
/// are an error: they may be restrictions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The form of this file; there is 1.
    version: u32,
    /// The compiled component, beside this file.
    component: String,
    /// What responses carry in `x-run-digest`.
    #[serde(default)]
    digest: Option<String>,
    /// Variables it gets, by name.
    #[serde(default)]
    environment: Vec<String>,
    /// Hosts it may send requests to; `*` for any.
    #[serde(default)]
    http: Vec<String>,
    /// Addresses it may connect to, as `HOST:PORT`.
    #[serde(default)]
    connect: Vec<String>,
    /// Directories it sees.
    #[serde(default)]
    directories: Vec<Shared>,
    /// What `wasi:config/store` answers.
    #[serde(default)]
    config: std::collections::BTreeMap<String, String>,
    /// What one request may use.
    #[serde(default)]
    limits: Figures,
    /// Send responses as they are written, where the platform can.
    #[serde(default)]
    pub(crate) streaming: bool,
    /// What schedules call, where they call a path.
    #[serde(default)]
    job: Option<Job>,
}

/// A path that runs `wasi:cli/run` instead of asking the component.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Job {
    pub(crate) path: String,
    /// The variable with the secret that a call has to know.
    pub(crate) secret: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    host: PathBuf,
    guest: String,
    #[serde(default)]
    writable: bool,
}

/// Bytes, elements and milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    memory: Option<usize>,
    table: Option<usize>,
    instances: Option<usize>,
    stack: Option<usize>,
    output: Option<usize>,
    timeout: Option<u64>,
}

/// A component with its sandbox.
pub(crate) struct Loaded {
    pub(crate) component: Prepared,
    pub(crate) permissions: Permissions,
    pub(crate) limits: Limits,
    pub(crate) stdio: Stdio,
    pub(crate) streaming: bool,
    pub(crate) job: Option<Job>,
    digest: Option<HeaderValue>,
}

impl Loaded {
    /// For where nothing calls a path on schedule.
    ///
    /// # Errors
    /// `app.json` says that something does.
    pub(crate) fn without_job(self) -> Result<Self, String> {
        match &self.job {
            Some(_) => Err("`job` in `app.json` is for functions of Vercel only".to_owned()),
            None => Ok(self),
        }
    }

    /// As a component that answers requests.
    pub(crate) fn app(self) -> Result<App, String> {
        let made = App::new(self.component, self.permissions, self.limits, self.stdio);
        let app = made.map_err(|error| error.to_string())?;
        Ok(match self.digest {
            Some(digest) => app.with_header(HeaderName::from_static("x-run-digest"), digest),
            None => app,
        })
    }
}

/// Loads what `directory/app.json` says. Without a directory, the one that this
/// program is in: what lies beside it can be trusted as much as it can itself.
///
/// # Errors
/// Something is not there, or not as it must be.
pub(crate) fn load(directory: Option<PathBuf>, at_once: Option<u32>) -> Result<Loaded, String> {
    let directory = match directory {
        Some(directory) => directory,
        None => std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.to_owned()))
            .ok_or("this program does not know where it is: name the directory")?,
    };
    let manifest = read(&directory.join("app.json"))?;
    let limits = manifest.limits.limits();
    let path = directory.join(&manifest.component);
    let load = |at_once| {
        let engine = Engine::precompiled(&limits, at_once)?;
        // SAFETY: whoever put this file here also put the program here that
        // reads it, or said on its command line to run what is in here. It is
        // as much a program as this one is.
        unsafe { Prepared::precompiled(&engine, &path) }
    };
    // What does not fit in memory that is set aside is given its own.
    let component = load(at_once).or_else(|error| match at_once {
        Some(_) => load(None),
        None => Err(error),
    });
    Ok(Loaded {
        component: component.map_err(|error| error.to_string())?,
        permissions: manifest.permissions()?,
        stdio: Stdio::lines(LineOutlet::new(log::line)),
        streaming: manifest.streaming,
        job: manifest.job,
        digest: match &manifest.digest {
            Some(digest) => {
                Some(HeaderValue::from_str(digest).map_err(|_| {
                    format!("`digest` in `app.json` is `{}`", digest.escape_debug())
                })?)
            }
            None => None,
        },
        limits,
    })
}

fn read(path: &Path) -> Result<Manifest, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| format!("`{shown}` is not understood: {error}"))?;
    if manifest.version != 1 {
        let version = manifest.version;
        return Err(format!(
            "`{shown}` has the form {version}, and this program knows 1"
        ));
    }
    let name = Path::new(&manifest.component);
    if name.file_name() != Some(name.as_os_str()) {
        return Err(format!(
            "`component` in `{shown}` is no name of a file beside it"
        ));
    }
    Ok(manifest)
}

impl Manifest {
    fn permissions(&self) -> Result<Permissions, String> {
        let variable = |name: &String| Some((name.clone(), std::env::var(name).ok()?));
        let directory = |shared: &Shared| Directory {
            host: shared.host.clone(),
            guest: shared.guest.clone(),
            writable: shared.writable,
        };
        let network = self.connect.iter().map(|address| connect(address));
        Ok(Permissions {
            clock: true,
            random: true,
            strict: false,
            environment: self.environment.iter().filter_map(variable).collect(),
            directories: self.directories.iter().map(directory).collect(),
            network: network.collect::<Result<_, _>>()?,
            http: match self.http.as_slice() {
                [] => HttpHosts::None,
                hosts if hosts.iter().any(|host| host == "*") => HttpHosts::All,
                hosts => HttpHosts::Some(hosts.to_vec()),
            },
            config: self.config.clone().into_iter().collect(),
        })
    }
}

fn connect(address: &str) -> Result<NetRule, String> {
    let parsed = address.rsplit_once(':').and_then(|(host, port)| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some((host, port.parse().ok()?))
    });
    match parsed {
        Some((host, port)) if !host.is_empty() => Ok(NetRule::Connect {
            host: host.to_owned(),
            port,
        }),
        _ => Err(format!("`{address}` in `connect` is no HOST:PORT")),
    }
}

impl Figures {
    /// What is not said is as for `run v2 serve`.
    fn limits(&self) -> Limits {
        let usual = Limits::serving();
        Limits {
            memory: self.memory.unwrap_or(usual.memory),
            table: self.table.unwrap_or(usual.table),
            instances: self.instances.unwrap_or(usual.instances),
            stack: self.stack.unwrap_or(usual.stack),
            output: self.output.or(usual.output),
            fuel: None,
            timeout: self.timeout.map(Duration::from_millis).or(usual.timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(rest: &str) -> Result<Manifest, String> {
        let dir = std::env::temp_dir().join(format!("runner-app-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(format!("{}.json", rest.len()));
        std::fs::write(
            &path,
            format!("{{\"version\":1,\"component\":\"a.cwasm\"{rest}}}"),
        )
        .unwrap();
        let manifest = read(&path);
        std::fs::remove_file(path).unwrap();
        manifest
    }

    #[test]
    fn nothing_is_given_unless_it_is_said() {
        let permissions = manifest("").unwrap().permissions().unwrap();
        assert!(permissions.environment.is_empty() && permissions.network.is_empty());
        assert!(permissions.directories.is_empty() && permissions.http == HttpHosts::None);
        let said =
            manifest(",\"http\":[\"a.test\"],\"connect\":[\"[::1]:5\"],\"limits\":{\"timeout\":5}");
        let said = said.unwrap();
        assert_eq!(said.limits.limits().timeout, Some(Duration::from_millis(5)));
        let permissions = said.permissions().unwrap();
        assert!(permissions.http.allows("A.test") && !permissions.http.allows("b.test"));
        let rule = NetRule::Connect {
            host: "::1".to_owned(),
            port: 5,
        };
        assert_eq!(permissions.network, [rule]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for rest in [",\"htpp\":[]", ",\"limits\":{\"cpu\":1}", ",\"version\":1"] {
            assert!(manifest(rest).is_err(), "{rest}");
        }
        let bad = manifest(",\"connect\":[\"nothing\"]").unwrap();
        assert!(bad.permissions().is_err());
    }
}
