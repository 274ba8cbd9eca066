//! Schedules that call the live version with an event:
//! <https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html>.

use std::time::Duration;

use run_plugin_api::Result;
use run_provider_shared::body::{encoded, form};
use run_provider_shared::{Client, Method, PlatformError};
use serde::Deserialize;
use serde_json::{Value, json};

/// The calls about one function's schedules.
pub(crate) struct Schedules<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    /// What their names begin with.
    pub(crate) prefix: String,
}

/// What a schedule does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Schedule {
    pub(crate) schedule_expression: String,
    pub(crate) target: Target,
}

/// Whom it calls, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Target {
    pub(crate) arn: String,
    pub(crate) role_arn: String,
}

/// The most of them that are looked for.
const MOST: usize = 100;

/// How often a role that is too new is tried, and what is waited between.
const LOOKS: u32 = 15;
const BETWEEN: Duration = Duration::from_secs(2);

impl Schedules<'_, '_> {
    /// Those that are there, by name: this deployment's and an earlier one's.
    pub(crate) fn there(&self) -> Result<Vec<(String, Schedule)>> {
        let mut there = Vec::new();
        for name in self.names()? {
            // Another may have removed it in between.
            if let Some(answer) = self.client.find(&path(&name))? {
                there.push((name, answer.read()?));
            }
        }
        Ok(there)
    }

    fn names(&self) -> Result<Vec<String>> {
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

    /// Brings what is there to what is wanted.
    pub(crate) fn set(&self, steps: &[Step]) -> Result<()> {
        for step in steps {
            match step {
                Step::Put {
                    name,
                    schedule,
                    new,
                } => self.put(name, schedule, *new)?,
                Step::Remove { name } => self.client.delete(&path(name))?,
            }
        }
        Ok(())
    }

    /// A role that was just made is refused for some seconds.
    fn put(&self, name: &str, schedule: &Schedule, new: bool) -> Result<()> {
        let method = if new { Method::Post } else { Method::Put };
        let mut look = 0;
        loop {
            let made = self.client.try_json(method, &path(name), &body(schedule))?;
            match made {
                Ok(_) => return Ok(()),
                Err(refused) if is_role_too_new(&refused) && look < LOOKS => {
                    look += 1;
                    self.client.pause(BETWEEN)?;
                }
                Err(refused) => return Err(refused.into()),
            }
        }
    }
}

/// What the names of a function's schedules begin with.
pub(crate) fn prefix(function: &str) -> String {
    format!("run-{function}-")
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Put {
        name: String,
        schedule: Schedule,
        new: bool,
    },
    Remove {
        name: String,
    },
}

/// What makes `wanted` of what is there: expressions, and whom they call as whom.
pub(crate) fn steps(
    prefix: &str,
    wanted: &[String],
    target: &Target,
    there: &[(String, Schedule)],
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut names = Vec::new();
    for (at, expression) in wanted.iter().enumerate() {
        let name = format!("{prefix}{at}");
        let schedule = Schedule {
            schedule_expression: expression.clone(),
            target: target.clone(),
        };
        let known = there.iter().find(|(known, _)| *known == name);
        if known.is_none_or(|(_, known)| *known != schedule) {
            steps.push(Step::Put {
                name: name.clone(),
                schedule,
                new: known.is_none(),
            });
        }
        names.push(name);
    }
    let gone = there.iter().filter(|(name, _)| !names.contains(name));
    steps.extend(gone.map(|(name, _)| Step::Remove { name: name.clone() }));
    steps
}

fn path(name: &str) -> String {
    format!("/schedules/{}", encoded(name))
}

fn body(schedule: &Schedule) -> Value {
    let Schedule {
        schedule_expression: expression,
        target,
    } = schedule;
    let input = json!({
        "source": "aws.scheduler",
        "detail-type": "Scheduled Event",
        "detail": { "schedule": expression },
    });
    json!({
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": { "Arn": target.arn, "RoleArn": target.role_arn, "Input": input.to_string() },
    })
}

fn is_role_too_new(refused: &PlatformError) -> bool {
    let words = refused.said.message.as_deref().unwrap_or_default();
    refused.status == 400 && words.contains("to assume the role")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_stays() {
        let target = Target {
            arn: "arn:f:live".into(),
            role_arn: "arn:r".into(),
        };
        let schedule = |expression: &str| Schedule {
            schedule_expression: expression.into(),
            target: target.clone(),
        };
        let there = [
            ("run-f-0".to_owned(), schedule("rate(1 hour)")),
            ("run-f-1".to_owned(), schedule("rate(2 hours)")),
            ("run-f-2".to_owned(), schedule("rate(3 hours)")),
        ];
        let wanted = ["rate(1 hour)".to_owned(), "rate(5 hours)".to_owned()];
        assert_eq!(
            steps("run-f-", &wanted, &target, &there),
            [
                Step::Put {
                    name: "run-f-1".into(),
                    schedule: schedule("rate(5 hours)"),
                    new: false
                },
                Step::Remove {
                    name: "run-f-2".into()
                },
            ]
        );
        let other = Target {
            role_arn: "arn:other".into(),
            ..target.clone()
        };
        let moved = steps("run-f-", &wanted[..1], &other, &there[..1]);
        assert!(
            matches!(moved[..], [Step::Put { new: false, .. }]),
            "{moved:?}"
        );
        assert_eq!(steps("run-f-", &[], &target, &[]), []);
    }
}
