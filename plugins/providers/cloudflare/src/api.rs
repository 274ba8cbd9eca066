//! Cloudflare's API, version 4, as far as Workers need it:
//! <https://developers.cloudflare.com/api/resources/workers/>.

use run_plugin_api::{Error, Result};
use run_provider_shared::body::encoded;
use run_provider_shared::{Answer, Client, Method, Said, Transport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where the API is. The host sends requests elsewhere if the user says so.
const BASE: &str = "https://api.cloudflare.com/client/v4";

/// What every answer is wrapped in.
#[derive(Debug, Deserialize)]
struct Envelope<T> {
    success: bool,
    #[serde(default)]
    errors: Vec<Value>,
    result: Option<T>,
}

pub(crate) fn client(transport: &dyn Transport) -> Client<'_> {
    Client::new(transport, "Cloudflare", BASE, said)
}

/// The first of `errors`, in the platform's words.
fn said(answer: &Value) -> Said {
    first(answer["errors"].as_array().map_or(&[], Vec::as_slice))
}

fn first(errors: &[Value]) -> Said {
    let first = errors.first().unwrap_or(&Value::Null);
    Said {
        code: first["code"].as_i64().map(|code| code.to_string()),
        message: first["message"].as_str().map(str::to_owned),
    }
}

/// What an answer is about.
pub(crate) fn result<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    let envelope: Envelope<T> = answer.read()?;
    match envelope.result {
        Some(result) if envelope.success => Ok(result),
        _ => {
            let said = first(&envelope.errors);
            Err(Error::remote(format!(
                "Cloudflare did not do it: {} [{}]",
                said.message.as_deref().unwrap_or("it does not say why"),
                said.code.as_deref().unwrap_or("no code"),
            )))
        }
    }
}

/// The calls about one Worker of one account.
pub(crate) struct Api<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) account: String,
    pub(crate) worker: String,
}

/// One share of a deployment.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) version_id: String,
    pub(crate) percentage: f64,
}

/// Which versions were live from some time on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Deployed {
    pub(crate) versions: Vec<Share>,
}

#[derive(Debug, Deserialize)]
struct Deployments {
    deployments: Vec<Deployed>,
}

/// One upload.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Version {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) number: Option<u64>,
    #[serde(default)]
    pub(crate) annotations: Annotations,
    #[serde(default)]
    pub(crate) metadata: VersionMetadata,
}

/// When it was uploaded.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct VersionMetadata {
    pub(crate) created_on: Option<String>,
}

/// What we said of it when it was uploaded.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Annotations {
    #[serde(rename = "workers/tag")]
    pub(crate) tag: Option<String>,
    #[serde(rename = "workers/message")]
    pub(crate) message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Versions {
    items: Vec<Version>,
}

/// How a Worker is reached below workers.dev.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct WorkersDev {
    pub(crate) enabled: bool,
    #[serde(default)]
    pub(crate) previews_enabled: bool,
}

#[derive(Debug, Deserialize)]
struct Subdomain {
    subdomain: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Schedules {
    schedules: Vec<Schedule>,
}

#[derive(Debug, Deserialize)]
struct Schedule {
    cron: String,
}

/// A host name that is a Worker's own.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Domain {
    pub(crate) id: String,
    pub(crate) hostname: String,
    pub(crate) service: String,
}

/// A pattern that a Worker answers.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Route {
    pub(crate) id: String,
    pub(crate) pattern: String,
    pub(crate) script: Option<String>,
}

/// A KV namespace.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct KvNamespace {
    pub(crate) id: String,
    pub(crate) title: String,
}

#[derive(Debug, Deserialize)]
struct Account {
    id: String,
    name: String,
}

/// The account that the token reaches.
///
/// # Errors
/// It reaches none, or several.
pub(crate) fn only_account(client: &Client<'_>) -> Result<String> {
    let mut accounts: Vec<Account> = result(&client.get("/accounts?per_page=50")?)?;
    match accounts.len() {
        1 => Ok(accounts.remove(0).id),
        0 => Err(Error::invalid_input("the token reaches no account")
            .with_help("set the option `account_id`, or CLOUDFLARE_ACCOUNT_ID")),
        _ => {
            let names: Vec<_> = accounts
                .iter()
                .map(|account| format!("{} ({})", account.id, account.name))
                .collect();
            Err(
                Error::invalid_input("the token reaches several accounts").with_help(format!(
                    "set the option `account_id`, or CLOUDFLARE_ACCOUNT_ID, to one of {}",
                    names.join(", ")
                )),
            )
        }
    }
}

impl Api<'_, '_> {
    /// A path about the Worker's script.
    pub(crate) fn script(&self, rest: &str) -> String {
        let worker = encoded(&self.worker);
        self.in_account(&format!("/workers/scripts/{worker}{rest}"))
    }

    pub(crate) fn in_account(&self, rest: &str) -> String {
        format!("/accounts/{}{rest}", encoded(&self.account))
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        result(&self.client.get(path)?)
    }

    pub(crate) fn exists(&self) -> Result<bool> {
        let path = format!("/workers/services/{}", encoded(&self.worker));
        Ok(self.client.find(&self.in_account(&path))?.is_some())
    }

    /// Newest first.
    pub(crate) fn deployments(&self) -> Result<Vec<Deployed>> {
        let answer: Deployments = self.read(&self.script("/deployments"))?;
        Ok(answer.deployments)
    }

    /// Newest first.
    pub(crate) fn versions(&self) -> Result<Vec<Version>> {
        let answer: Versions = self.read(&self.script("/versions"))?;
        Ok(answer.items)
    }

    pub(crate) fn version(&self, id: &str) -> Result<Option<Version>> {
        let path = self.script(&format!("/versions/{}", encoded(id)));
        self.client.find(&path)?.as_ref().map(result).transpose()
    }

    /// The account's part of names below workers.dev.
    pub(crate) fn subdomain(&self) -> Result<Option<String>> {
        let answer = self.client.find(&self.in_account("/workers/subdomain"))?;
        let answer: Option<Subdomain> = answer.as_ref().map(result).transpose()?;
        Ok(answer.and_then(|answer| answer.subdomain))
    }

    pub(crate) fn workers_dev(&self) -> Result<WorkersDev> {
        self.read(&self.script("/subdomain"))
    }

    pub(crate) fn schedules(&self) -> Result<Vec<String>> {
        let answer: Schedules = self.read(&self.script("/schedules"))?;
        Ok(answer.schedules.into_iter().map(|s| s.cron).collect())
    }

    /// Every one of the account.
    pub(crate) fn domains(&self) -> Result<Vec<Domain>> {
        self.read(&self.in_account("/workers/domains"))
    }

    pub(crate) fn routes(&self, zone: &str) -> Result<Vec<Route>> {
        self.read(&format!("/zones/{}/workers/routes", encoded(zone)))
    }

    /// Every one of the account, as far as a hundred pages go.
    pub(crate) fn namespaces(&self) -> Result<Vec<KvNamespace>> {
        const PAGE: usize = 100;
        let mut all = Vec::new();
        for page in 1..=100 {
            let path = format!("/storage/kv/namespaces?per_page={PAGE}&page={page}");
            let some: Vec<KvNamespace> = self.read(&self.in_account(&path))?;
            let last = some.len() < PAGE;
            all.extend(some);
            if last {
                break;
            }
        }
        Ok(all)
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        result(&self.client.json(Method::Post, path, body)?)
    }

    pub(crate) fn put<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        result(&self.client.json(Method::Put, path, body)?)
    }

    /// Makes these shares live.
    pub(crate) fn deploy(&self, shares: &[Share], message: &str) -> Result<()> {
        let body = serde_json::json!({
            "strategy": "percentage",
            "versions": shares,
            "annotations": { "workers/message": message },
        });
        self.post::<Value>(&self.script("/deployments"), &body)
            .map(drop)
    }
}
