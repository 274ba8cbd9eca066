//! Vercel's API, as far as deployments need it:
//! <https://vercel.com/docs/rest-api>.

use run_plugin_api::{Error, Result};
use run_provider_shared::body::{encoded, form};
use run_provider_shared::{Answer, Client, Method, PlatformError, Said, Transport};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::output::File;

/// Where the API is. The host sends requests elsewhere if the user says so.
const BASE: &str = "https://api.vercel.com";

pub(crate) fn client(transport: &dyn Transport) -> Client<'_> {
    Client::new(transport, "Vercel", BASE, |answer| Said {
        code: answer["error"]["code"].as_str().map(str::to_owned),
        message: answer["error"]["message"].as_str().map(str::to_owned),
    })
}

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) targets: Option<Targets>,
    /// The last time that somebody pointed what is live at something.
    #[serde(default, rename = "lastAliasRequest")]
    pub(crate) pointed: Option<Pointed>,
}

impl Project {
    /// What is live.
    pub(crate) fn live(&self) -> Option<&Target> {
        self.targets.as_ref()?.production.as_ref()
    }

    /// What was live before somebody went back, and nobody went on since: until
    /// somebody does, nothing new goes live by itself.
    pub(crate) fn rolled_back_from(&self) -> Option<&str> {
        let pointed = self.pointed.as_ref()?;
        let is_rollback = pointed.kind.as_deref() == Some("rollback");
        is_rollback.then(|| pointed.from.as_deref().unwrap_or_default())
    }
}

/// A promotion, or a rollback.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pointed {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "fromDeploymentId")]
    from: Option<String>,
    #[serde(rename = "toDeploymentId")]
    to: Option<String>,
    #[serde(rename = "jobStatus")]
    status: Option<String>,
}

impl Pointed {
    /// Whether it was to this deployment, and failed.
    pub(crate) fn failed_at(&self, id: &str) -> bool {
        self.to.as_deref() == Some(id) && self.status.as_deref() == Some("failed")
    }
}

/// What is live, by target.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Targets {
    pub(crate) production: Option<Target>,
}

/// A deployment that is live.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Target {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) alias: Vec<String>,
}

/// A deployment, as the call for one gives it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    #[serde(rename = "readyState")]
    pub(crate) state: String,
    /// `STAGED` where it never was live.
    #[serde(rename = "readySubstate")]
    pub(crate) substate: Option<String>,
    #[serde(default)]
    pub(crate) target: Option<String>,
    #[serde(default)]
    pub(crate) alias: Vec<String>,
    #[serde(default)]
    pub(crate) meta: Meta,
    #[serde(rename = "errorMessage")]
    pub(crate) error: Option<String>,
    #[serde(rename = "inspectorUrl")]
    pub(crate) inspector: Option<String>,
}

/// What we said of it when it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Meta {
    /// The artifact.
    #[serde(rename = "runDigest")]
    pub(crate) digest: Option<String>,
    /// See [`crate::deploy::tag`].
    #[serde(rename = "runTag")]
    pub(crate) tag: Option<String>,
}

/// A deployment, as the list gives it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Listed {
    pub(crate) uid: String,
    pub(crate) url: Option<String>,
    #[serde(alias = "readyState")]
    pub(crate) state: Option<String>,
    #[serde(rename = "readySubstate")]
    substate: Option<String>,
    pub(crate) target: Option<String>,
    #[serde(default)]
    pub(crate) meta: Meta,
}

impl Listed {
    /// Whether it is for production and never was live.
    pub(crate) fn is_staged(&self) -> bool {
        self.target.as_deref() == Some("production") && self.substate.as_deref() == Some("STAGED")
    }
}

#[derive(Debug, Deserialize)]
struct Deployments {
    deployments: Vec<Listed>,
}

/// The calls of one team about one project.
pub(crate) struct Api<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) team: Option<String>,
}

impl Api<'_, '_> {
    /// A path with a query that has the team.
    pub(crate) fn path(&self, path: &str, query: &[(&str, &str)]) -> String {
        let team = self.team.as_deref().map(|team| ("teamId", team));
        let query: Vec<_> = team.into_iter().chain(query.iter().copied()).collect();
        match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", form(&query)),
        }
    }

    pub(crate) fn project(&self, name: &str) -> Result<Option<Project>> {
        let path = self.path(&format!("/v9/projects/{}", encoded(name)), &[]);
        self.client
            .find(&path)?
            .map(|answer| answer.read())
            .transpose()
    }

    pub(crate) fn create_project(&self, name: &str) -> Result<Project> {
        let path = self.path("/v11/projects", &[]);
        let body = json!({ "name": name, "framework": null });
        self.client.json(Method::Post, &path, &body)?.read()
    }

    /// Newest first, the latest hundred.
    pub(crate) fn deployments(&self, project: &str) -> Result<Vec<Listed>> {
        let path = self.path(
            "/v7/deployments",
            &[("projectId", project), ("limit", "100")],
        );
        let answer: Deployments = self.client.get(&path)?.read()?;
        Ok(answer.deployments)
    }

    pub(crate) fn deployment(&self, id: &str) -> Result<Option<Deployment>> {
        let path = self.path(&format!("/v13/deployments/{}", encoded(id)), &[]);
        self.client
            .find(&path)?
            .map(|answer| answer.read())
            .transpose()
    }

    /// Points what is live at a deployment that never was, or is to be again, and
    /// has the next ones go live by themselves.
    pub(crate) fn promote(&self, project: &str, id: &str) -> Result<()> {
        self.point(&format!(
            "/v10/projects/{}/promote/{}",
            encoded(project),
            encoded(id)
        ))
    }

    /// Points what is live at an earlier deployment. The next ones do not go live
    /// by themselves: <https://vercel.com/docs/instant-rollback>.
    pub(crate) fn roll_back(&self, project: &str, id: &str) -> Result<()> {
        self.point(&format!(
            "/v1/projects/{}/rollback/{}",
            encoded(project),
            encoded(id)
        ))
    }

    fn point(&self, path: &str) -> Result<()> {
        self.client
            .json(Method::Post, &self.path(path, &[]), &json!({}))
            .map(drop)
    }

    /// Makes a production deployment of what another one is of, as the platform's
    /// own command does to promote a preview: it gets the variables of production.
    pub(crate) fn deploy_again(&self, project: &Project, of: &Deployment) -> Result<Deployment> {
        let body = json!({
            "deploymentId": of.id,
            "name": project.name,
            "target": "production",
            "meta": { "action": "promote", "runDigest": of.meta.digest, "runTag": of.meta.tag },
        });
        let path = self.path("/v13/deployments", &[]);
        self.client.json(Method::Post, &path, &body)?.read()
    }

    /// Says which files a deployment has; refused while some were never sent.
    pub(crate) fn deploy(&self, body: &Value) -> Result<Result<Answer, PlatformError>> {
        // `prebuilt` is what makes the platform take the files as they are.
        let query = [("skipAutoDetectionConfirmation", "1"), ("prebuilt", "1")];
        let path = self.path("/v13/deployments", &query);
        self.client.try_json(Method::Post, &path, body)
    }

    pub(crate) fn send_file(&self, file: &File) -> Result<()> {
        let size = file.bytes.len().to_string();
        let headers = [
            ("content-type", "application/octet-stream"),
            ("x-now-digest", file.sha.as_str()),
            ("x-now-size", size.as_str()),
        ];
        let path = self.path("/v2/files", &[]);
        // By its digest: the same file again is the same file.
        self.client
            .send_idempotent(Method::Post, &path, &headers, file.bytes.clone())
            .map(drop)
    }
}

/// The digests that the platform has no file for, where that is why it refused.
pub(crate) fn missing(refused: &PlatformError) -> Result<Option<Vec<String>>> {
    #[derive(Deserialize)]
    struct Body {
        error: Missing,
    }
    #[derive(Deserialize)]
    struct Missing {
        missing: Vec<String>,
    }
    if !refused.is("missing_files") {
        return Ok(None);
    }
    match serde_json::from_slice::<Body>(&refused.body) {
        Ok(body) => Ok(Some(body.error.missing)),
        Err(_) => Err(Error::remote("Vercel lacks files and does not say which")),
    }
}
