//! Lambda's API, as far as deployments need it:
//! <https://docs.aws.amazon.com/lambda/latest/api/welcome.html>.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run_plugin_api::{Error, Result};
use run_provider_shared::body::{encoded, form};
use run_provider_shared::{Client, Method, PlatformError, Said, Transport};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::Bundle;
use crate::settings::{Architecture, Settings, Url};

/// The alias that is live: URLs and schedules call it, versions come and go.
pub(crate) const LIVE: &str = "live";

/// The permissions of a public URL.
const URL: &str = "run-url";
const INVOKE: &str = "run-url-invoke";

/// How often a function's state is asked for, and what is waited between.
const LOOKS: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(1);

/// A client for one service in one region. Its base lives as long as the
/// plugin, which is one call.
pub(crate) fn client<'t>(
    transport: &'t dyn Transport,
    service: &str,
    region: Option<&str>,
) -> Client<'t> {
    let host = match region {
        Some(region) => format!("https://{service}.{region}.amazonaws.com"),
        None => format!("https://{service}.amazonaws.com"),
    };
    Client::new(transport, "AWS", host.leak(), said)
}

/// Errors of the services that speak JSON, where the code is in a header and in
/// some of them in the body; and of the one that speaks XML.
fn said(answer: &Value) -> Said {
    if let Some(xml) = answer.as_str() {
        return Said {
            code: between(xml, "<Code>", "</Code>"),
            message: between(xml, "<Message>", "</Message>"),
        };
    }
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    Said {
        code: text("__type")
            .or_else(|| text("Code"))
            .or_else(|| text("code")),
        message: text("Message").or_else(|| text("message")),
    }
}

/// What is between two marks in an answer of XML.
pub(crate) fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0.trim().to_owned())
}

/// A function, or one of its versions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Function {
    pub(crate) function_arn: String,
    pub(crate) version: String,
    /// What a version was published with.
    pub(crate) description: String,
    pub(crate) code_sha256: String,
    pub(crate) role: String,
    pub(crate) memory_size: u32,
    pub(crate) timeout: u32,
    pub(crate) architectures: Vec<String>,
    pub(crate) environment: Environment,
    pub(crate) state: String,
    pub(crate) state_reason: Option<String>,
    pub(crate) last_update_status: String,
    pub(crate) last_update_status_reason: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Environment {
    pub(crate) variables: Map<String, Value>,
}

/// What an alias points to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Alias {
    pub(crate) function_version: String,
}

/// A function's URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct FunctionUrl {
    pub(crate) function_url: String,
    pub(crate) auth_type: String,
    pub(crate) invoke_mode: String,
}

/// The calls about one function.
pub(crate) struct Lambda<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) function: &'c str,
}

impl Lambda<'_, '_> {
    fn path(&self, rest: &str) -> String {
        format!("/2015-03-31/functions/{}{rest}", encoded(self.function))
    }

    fn url_path(&self) -> String {
        format!(
            "/2021-10-31/functions/{}/url?Qualifier={LIVE}",
            encoded(self.function)
        )
    }

    /// The function as it is now, published or not.
    pub(crate) fn function(&self) -> Result<Option<Function>> {
        let found = self.client.find(&self.path("/configuration"))?;
        found.map(|answer| answer.read()).transpose()
    }

    /// Its published versions, oldest first.
    pub(crate) fn versions(&self) -> Result<Vec<Function>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Versions {
            #[serde(default)]
            versions: Vec<Function>,
            #[serde(default)]
            next_marker: Option<String>,
        }
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        // A function has 10,000 at most; what is asked for is bounded all the same.
        for _ in 0..200 {
            let query = match &marker {
                Some(marker) => form(&[("MaxItems", "50"), ("Marker", marker)]),
                None => form(&[("MaxItems", "50")]),
            };
            let page = self
                .client
                .find(&self.path(&format!("/versions?{query}")))?;
            let Some(page) = page else { break };
            let page: Versions = page.read()?;
            all.extend(page.versions);
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        all.retain(|version| version.version != "$LATEST");
        Ok(all)
    }

    /// The version that is live.
    pub(crate) fn live(&self) -> Result<Option<String>> {
        let found = self.client.find(&self.path(&format!("/aliases/{LIVE}")))?;
        let alias: Option<Alias> = found.map(|answer| answer.read()).transpose()?;
        Ok(alias.map(|alias| alias.function_version))
    }

    pub(crate) fn url(&self) -> Result<Option<FunctionUrl>> {
        let found = self.client.find(&self.url_path())?;
        found.map(|answer| answer.read()).transpose()
    }

    /// Makes the function. The platform takes a role that was just made only
    /// some seconds later, and until then says that it cannot be assumed.
    pub(crate) fn create(
        &self,
        settings: &Settings,
        role: &str,
        variables: &Map<String, Value>,
        bundle: &Bundle,
    ) -> Result<()> {
        let body = json!({
            "FunctionName": self.function,
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "PackageType": "Zip",
            "Role": role,
            "Code": { "ZipFile": STANDARD.encode(&bundle.bytes) },
            "Architectures": [settings.architecture.name()],
            "MemorySize": settings.memory,
            "Timeout": settings.timeout,
            "Environment": { "Variables": variables },
            "Publish": false,
        });
        let mut look = 0;
        loop {
            let made = self
                .client
                .try_json(Method::Post, "/2015-03-31/functions", &body)?;
            match made {
                Ok(_) => return Ok(()),
                Err(refused) if is_role_too_new(&refused) && look < 15 => {
                    look += 1;
                    self.client.pause(Duration::from_secs(2))?;
                }
                Err(refused) => return Err(refused.into()),
            }
        }
    }

    pub(crate) fn update_code(&self, architecture: Architecture, bundle: &Bundle) -> Result<()> {
        let body = json!({
            "ZipFile": STANDARD.encode(&bundle.bytes),
            "Architectures": [architecture.name()],
            "Publish": false,
        });
        self.client
            .json(Method::Put, &self.path("/code"), &body)
            .map(drop)
    }

    pub(crate) fn update_configuration(
        &self,
        settings: &Settings,
        role: &str,
        variables: &Map<String, Value>,
    ) -> Result<()> {
        let body = json!({
            "Role": role,
            "MemorySize": settings.memory,
            "Timeout": settings.timeout,
            "Environment": { "Variables": variables },
        });
        self.client
            .json(Method::Put, &self.path("/configuration"), &body)
            .map(drop)
    }

    /// Waits until the platform has done what it was asked for: until then it
    /// refuses to be asked for more.
    pub(crate) fn until_settled(&self) -> Result<Function> {
        for _ in 0..LOOKS {
            let Some(function) = self.function()? else {
                return Err(Error::not_found(format!(
                    "the function `{}` is gone",
                    self.function
                )));
            };
            let failed = [&function.state, &function.last_update_status]
                .iter()
                .any(|state| *state == "Failed");
            if failed {
                let reason = function
                    .last_update_status_reason
                    .or(function.state_reason)
                    .unwrap_or_else(|| "it does not say why".to_owned());
                return Err(Error::remote(format!(
                    "AWS could not make the function: {reason}"
                )));
            }
            let pending =
                function.state == "Pending" || function.last_update_status == "InProgress";
            if !pending {
                return Ok(function);
            }
            self.client.pause(BETWEEN)?;
        }
        Err(
            Error::remote("the function is still not ready after a minute").with_help(
                "`deploy status` says how it stands; deploying again goes on from there",
            ),
        )
    }

    /// Publishes what is there as a version, and gives its number.
    pub(crate) fn publish(&self, bundle: &Bundle, description: &str) -> Result<String> {
        let body = json!({ "CodeSha256": bundle.sha, "Description": description });
        let made: Function = self
            .client
            .json(Method::Post, &self.path("/versions"), &body)?
            .read()?;
        Ok(made.version)
    }

    /// Makes a version the live one.
    pub(crate) fn promote(&self, version: &str, exists: bool) -> Result<()> {
        let (method, path, body) = match exists {
            true => (
                Method::Put,
                self.path(&format!("/aliases/{LIVE}")),
                json!({ "FunctionVersion": version }),
            ),
            false => (
                Method::Post,
                self.path("/aliases"),
                json!({ "Name": LIVE, "FunctionVersion": version }),
            ),
        };
        self.client.json(method, &path, &body).map(drop)
    }

    /// Puts the URL in place, or takes it away; what is there is given.
    pub(crate) fn set_url(
        &self,
        settings: &Settings,
        there: Option<&FunctionUrl>,
    ) -> Result<Option<FunctionUrl>> {
        if settings.url != Url::Public && there.is_some() {
            self.permit_nobody()?;
        }
        let wanted = wanted(settings);
        let (Some(wanted), there) = (wanted, there) else {
            if there.is_some() {
                self.client.delete(&self.url_path())?;
            }
            return Ok(None);
        };
        let same = there.is_some_and(|there| {
            there.auth_type == wanted.auth_type && there.invoke_mode == wanted.invoke_mode
        });
        let url = match there {
            Some(there) if same => there.clone(),
            _ => {
                let method = if there.is_some() {
                    Method::Put
                } else {
                    Method::Post
                };
                let body = json!({
                    "AuthType": wanted.auth_type,
                    "InvokeMode": wanted.invoke_mode,
                });
                self.client.json(method, &self.url_path(), &body)?.read()?
            }
        };
        if settings.url == Url::Public {
            self.permit_everyone()?;
        }
        Ok(Some(url))
    }

    /// A public URL takes both permissions; that they are there is as good.
    fn permit_everyone(&self) -> Result<()> {
        let path = self.path(&format!("/policy?Qualifier={LIVE}"));
        for body in [
            json!({
                "StatementId": URL,
                "Action": "lambda:InvokeFunctionUrl",
                "Principal": "*",
                "FunctionUrlAuthType": "NONE",
            }),
            json!({
                "StatementId": INVOKE,
                "Action": "lambda:InvokeFunction",
                "Principal": "*",
                "InvokedViaFunctionUrl": true,
            }),
        ] {
            match self.client.try_json(Method::Post, &path, &body)? {
                Err(refused) if refused.status != 409 => return Err(refused.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// What an earlier deployment may have permitted.
    fn permit_nobody(&self) -> Result<()> {
        for statement in [URL, INVOKE] {
            let path = self.path(&format!("/policy/{statement}?Qualifier={LIVE}"));
            self.client.delete(&path)?;
        }
        Ok(())
    }

    pub(crate) fn destroy(&self) -> Result<()> {
        self.client.delete(&self.url_path())?;
        self.client.delete(&self.path(""))
    }
}

/// The URL that the settings ask for.
pub(crate) fn wanted(settings: &Settings) -> Option<FunctionUrl> {
    let auth_type = match settings.url {
        Url::None => return None,
        Url::Public => "NONE",
        Url::Iam => "AWS_IAM",
    };
    let invoke_mode = match settings.streaming {
        true => "RESPONSE_STREAM",
        false => "BUFFERED",
    };
    Some(FunctionUrl {
        function_url: String::new(),
        auth_type: auth_type.to_owned(),
        invoke_mode: invoke_mode.to_owned(),
    })
}

fn is_role_too_new(refused: &PlatformError) -> bool {
    let words = refused.said.message.as_deref().unwrap_or_default();
    refused.status == 400 && words.contains("cannot be assumed")
}
