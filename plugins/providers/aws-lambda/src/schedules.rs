//! Schedules that call the live version with an event:
//! <https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html>.

use run_plugin_api::Result;
use run_provider_shared::body::{encoded, form};
use run_provider_shared::{Client, Method};
use serde::Deserialize;
use serde_json::{Value, json};

/// The calls about one function's schedules.
pub(crate) struct Schedules<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    /// What their names begin with.
    pub(crate) prefix: String,
}

/// A schedule as it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Schedule {
    pub(crate) schedule_expression: String,
    pub(crate) target: Target,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Target {
    pub(crate) arn: String,
    pub(crate) role_arn: String,
}

/// The most of them that are looked for.
const MOST: usize = 100;

impl Schedules<'_, '_> {
    /// Their names, those that an earlier deployment made among them.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Page {
            schedules: Vec<Named>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Named {
            name: String,
        }
        let most = MOST.to_string();
        let query = form(&[("MaxResults", &most), ("NamePrefix", &self.prefix)]);
        let page: Page = self.client.get(&format!("/schedules?{query}"))?.read()?;
        let mut names: Vec<_> = page.schedules.into_iter().map(|named| named.name).collect();
        // Another function's name may begin like this one's.
        names.retain(|name| {
            let rest = name.strip_prefix(&self.prefix);
            rest.is_some_and(|rest| rest.parse::<usize>().is_ok())
        });
        names.sort();
        Ok(names)
    }

    /// Puts these in place, and removes those that are no longer wanted.
    pub(crate) fn set(&self, wanted: &[String], target: &str, role: &str) -> Result<()> {
        for (at, expression) in wanted.iter().enumerate() {
            self.put(&self.name(at), expression, target, role)?;
        }
        let names: Vec<_> = (0..wanted.len()).map(|at| self.name(at)).collect();
        for gone in self.names()?.iter().filter(|name| !names.contains(name)) {
            self.client.delete(&path(gone))?;
        }
        Ok(())
    }

    fn name(&self, at: usize) -> String {
        format!("{}{at}", self.prefix)
    }

    fn put(&self, name: &str, expression: &str, target: &str, role: &str) -> Result<()> {
        let there = self.client.find(&path(name))?;
        let there: Option<Schedule> = there.map(|answer| answer.read()).transpose()?;
        let wanted = Schedule {
            schedule_expression: expression.to_owned(),
            target: Target {
                arn: target.to_owned(),
                role_arn: role.to_owned(),
            },
        };
        let method = match there {
            Some(there) if there == wanted => return Ok(()),
            Some(_) => Method::Put,
            None => Method::Post,
        };
        self.client
            .json(method, &path(name), &body(expression, target, role))
            .map(drop)
    }
}

fn path(name: &str) -> String {
    format!("/schedules/{}", encoded(name))
}

fn body(expression: &str, target: &str, role: &str) -> Value {
    let input = json!({
        "source": "aws.scheduler",
        "detail-type": "Scheduled Event",
        "detail": { "schedule": expression },
    });
    json!({
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": { "Arn": target, "RoleArn": role, "Input": input.to_string() },
    })
}
