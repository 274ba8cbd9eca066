//! The URL of a function's live version, and who may call it.

use run_plugin_api::Result;
use run_provider_shared::Method;
use run_provider_shared::body::encoded;
use serde::Deserialize;
use serde_json::json;

use super::functions::Lambda;
use super::versions::LIVE;
use crate::settings::{Settings, Url};

/// The permissions of a public URL.
const URL: &str = "run-url";
const INVOKE: &str = "run-url-invoke";

/// A function's URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct FunctionUrl {
    pub(crate) function_url: String,
    pub(crate) auth_type: String,
    pub(crate) invoke_mode: String,
}

impl Lambda<'_, '_> {
    fn url_path(&self) -> String {
        format!(
            "/2021-10-31/functions/{}/url?Qualifier={LIVE}",
            encoded(self.function)
        )
    }

    pub(crate) fn url(&self) -> Result<Option<FunctionUrl>> {
        let found = self.client.find(&self.url_path())?;
        found.map(|answer| answer.read()).transpose()
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
                self.remove_url()?;
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

    /// Takes it away, where there is one.
    pub(super) fn remove_url(&self) -> Result<()> {
        self.client.delete(&self.url_path())
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
