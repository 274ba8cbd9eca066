//! Functions: <https://docs.aws.amazon.com/lambda/latest/api/welcome.html>.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run_plugin_api::{Error, Result};
use run_provider_shared::body::encoded;
use run_provider_shared::{Client, Method, PlatformError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bundle::Bundle;
use crate::settings::{Architecture, Settings};

/// How often a function's state is asked for, and what is waited between.
const LOOKS: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(1);

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

/// The calls about one function.
pub(crate) struct Lambda<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) function: &'c str,
}

impl Lambda<'_, '_> {
    /// A path below the function's own.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/2015-03-31/functions/{}{rest}", encoded(self.function))
    }

    /// The function as it is now, published or not.
    pub(crate) fn function(&self) -> Result<Option<Function>> {
        let found = self.client.find(&self.path("/configuration"))?;
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

    pub(crate) fn destroy(&self) -> Result<()> {
        self.remove_url()?;
        self.client.delete(&self.path(""))
    }
}

fn is_role_too_new(refused: &PlatformError) -> bool {
    let words = refused.said.message.as_deref().unwrap_or_default();
    refused.status == 400 && words.contains("cannot be assumed")
}
