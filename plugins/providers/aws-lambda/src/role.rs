//! The role a function runs as, by IAM's query interface:
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>.

use run_plugin_api::{Error, Result};
use run_provider_shared::body::form;
use run_provider_shared::{Answer, Client, Method, PlatformError};
use serde_json::json;

use crate::api::between;

/// The version of the interface.
const VERSION: &str = "2010-05-08";

/// Lets a function write its log, and nothing else.
const LOG: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

/// The policy that lets schedules call the function.
const SCHEDULES: &str = "run-schedules";

/// The role's name: of this function alone.
pub(crate) fn name(function: &str) -> String {
    // A role's name has 64 characters at most, as a function's has.
    let short: String = function.chars().take(60).collect();
    format!("run-{short}")
}

/// The calls about one role.
pub(crate) struct Roles<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) name: String,
}

impl Roles<'_, '_> {
    fn ask(&self, action: &str, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("Action", action),
            ("Version", VERSION),
            ("RoleName", &self.name),
        ];
        pairs.extend(more);
        form(&pairs)
    }

    /// The ARN of the role, where it is there.
    pub(crate) fn find(&self) -> Result<Option<String>> {
        let path = format!("/?{}", self.ask("GetRole", &[]));
        match self.client.find(&path)? {
            Some(answer) => arn(&answer).map(Some),
            None => Ok(None),
        }
    }

    /// Makes it: for the platform's functions and schedules to run as.
    pub(crate) fn create(&self) -> Result<String> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": ["lambda.amazonaws.com", "scheduler.amazonaws.com"] },
                "Action": "sts:AssumeRole",
            }],
        });
        let more = [
            ("AssumeRolePolicyDocument", trust.to_string()),
            ("Description", "Made by `run v2 deploy`".to_owned()),
        ];
        let more: Vec<_> = more.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let made = self.post(&self.ask("CreateRole", &more))?;
        let arn = arn(&made?)?;
        self.attach()?;
        Ok(arn)
    }

    /// The same again changes nothing.
    pub(crate) fn attach(&self) -> Result<()> {
        let body = self.ask("AttachRolePolicy", &[("PolicyArn", LOG)]);
        self.post(&body)??;
        Ok(())
    }

    /// Lets schedules call the function's live version.
    pub(crate) fn permit_schedules(&self, function_arn: &str) -> Result<()> {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": format!("{function_arn}:{}", crate::api::LIVE),
            }],
        })
        .to_string();
        let more = [
            ("PolicyName", SCHEDULES),
            ("PolicyDocument", policy.as_str()),
        ];
        self.post(&self.ask("PutRolePolicy", &more))??;
        Ok(())
    }

    /// Removes the role and what belongs to it; what is gone already is as good.
    pub(crate) fn destroy(&self) -> Result<()> {
        for body in [
            self.ask("DetachRolePolicy", &[("PolicyArn", LOG)]),
            self.ask("DeleteRolePolicy", &[("PolicyName", SCHEDULES)]),
            self.ask("DeleteRole", &[]),
        ] {
            match self.post(&body)? {
                Err(refused) if refused.status != 404 => return Err(refused.into()),
                _ => {}
            }
        }
        Ok(())
    }

    fn post(&self, body: &str) -> Result<std::result::Result<Answer, PlatformError>> {
        let headers = [(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )];
        self.client
            .try_send(Method::Post, "/", &headers, body.as_bytes().to_vec())
    }
}

/// The role's ARN from an answer, which is XML or, where it is asked for, JSON.
fn arn(answer: &Answer) -> Result<String> {
    let text = String::from_utf8_lossy(answer.bytes());
    between(&text, "<Arn>", "</Arn>")
        .or_else(|| between(&text, "\"Arn\":\"", "\""))
        .filter(|arn| arn.starts_with("arn:"))
        .ok_or_else(|| Error::remote("AWS answered about a role and did not give its ARN"))
}
