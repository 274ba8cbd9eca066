//! What has to be done: from what is wanted and what is there. The plan shows
//! it, `apply` does it.

use run_plugin_api::provider::{Action, Verb};
use run_plugin_api::{Error, Result};

use crate::api::{Domain, Route, WorkersDev};
use crate::present::{Made, Present};
use crate::settings::{Namespace, Settings};

/// How the version comes to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Upload {
    /// It is there, by this id.
    Keep(String),
    /// It is uploaded as a new Worker, and gets every request by that.
    First,
    /// It is uploaded, and gets no request by that.
    Version,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) upload: Upload,
    /// Names of stores to be made.
    pub(crate) stores: Vec<String>,
    pub(crate) workers_dev: Option<WorkersDev>,
    pub(crate) schedules: Option<Vec<String>>,
    pub(crate) add_routes: Vec<String>,
    pub(crate) remove_routes: Vec<Route>,
    pub(crate) add_domains: Vec<String>,
    pub(crate) remove_domains: Vec<Domain>,
}

impl Steps {
    /// # Errors
    /// Something that is wanted belongs to another Worker, or cannot be had in
    /// this order.
    pub(crate) fn of(
        settings: &Settings,
        present: &Present,
        made: &Made,
        tag: &str,
    ) -> Result<Self> {
        let upload = match present.uploaded(settings, tag) {
            Some(id) => Upload::Keep(id.to_owned()),
            None if present.exists => Upload::Version,
            None => Upload::First,
        };
        if upload == Upload::First && (settings.preview || settings.rollout < 100) {
            return Err(Error::invalid_input(format!(
                "there is no Worker `{}` yet, and a first version gets every request",
                settings.worker
            ))
            .with_help("deploy once without the options `preview` and `rollout`"));
        }
        let mut steps = Self {
            upload,
            stores: settings
                .stores
                .iter()
                .filter(|(name, namespace)| {
                    *namespace == Namespace::New
                        && present.namespace(&settings.title(name)).is_none()
                })
                .map(|(name, _)| name.clone())
                .collect(),
            workers_dev: None,
            schedules: None,
            add_routes: Vec::new(),
            remove_routes: Vec::new(),
            add_domains: Vec::new(),
            remove_domains: Vec::new(),
        };
        steps.reached(settings, present)?;
        // A preview changes nothing of what is live.
        if !settings.preview {
            if !same(&settings.crons, &present.schedules) {
                steps.schedules = Some(settings.crons.clone());
            }
            steps.routes(settings, present, made)?;
            steps.domains(settings, present, made)?;
        }
        Ok(steps)
    }

    fn reached(&mut self, settings: &Settings, present: &Present) -> Result<()> {
        let now = present.workers_dev.unwrap_or(WorkersDev {
            enabled: false,
            previews_enabled: false,
        });
        let wanted = WorkersDev {
            enabled: if settings.preview {
                now.enabled
            } else {
                settings.workers_dev
            },
            previews_enabled: settings.preview || now.previews_enabled,
        };
        if (wanted.enabled || settings.preview) && present.subdomain.is_none() {
            return Err(Error::invalid_input(
                "the account has no name below workers.dev yet, which is chosen once",
            )
            .with_help(
                "choose one under Workers in the dashboard, or set `workers_dev = false` and \
                 give it `domains` or a `route`",
            ));
        }
        if wanted != now {
            self.workers_dev = Some(wanted);
        }
        Ok(())
    }

    fn routes(&mut self, settings: &Settings, present: &Present, made: &Made) -> Result<()> {
        for pattern in &settings.routes {
            match present.routes.iter().find(|r| r.pattern == *pattern) {
                None => self.add_routes.push(pattern.clone()),
                Some(route) if route.script.as_deref() == Some(&settings.worker) => {}
                Some(route) => {
                    return Err(taken("route", pattern, route.script.as_deref()));
                }
            }
        }
        self.remove_routes = present
            .routes
            .iter()
            .filter(|route| {
                route.script.as_deref() == Some(&settings.worker)
                    && made.routes.contains(&route.pattern)
                    && !settings.routes.contains(&route.pattern)
            })
            .cloned()
            .collect();
        Ok(())
    }

    fn domains(&mut self, settings: &Settings, present: &Present, made: &Made) -> Result<()> {
        for name in &settings.domains {
            match present.domains.iter().find(|d| d.hostname == *name) {
                None => self.add_domains.push(name.clone()),
                Some(domain) if domain.service == settings.worker => {}
                Some(domain) => return Err(taken("domain", name, Some(&domain.service))),
            }
        }
        self.remove_domains = present
            .domains
            .iter()
            .filter(|domain| {
                domain.service == settings.worker
                    && made.domains.contains(&domain.hostname)
                    && !settings.domains.contains(&domain.hostname)
            })
            .cloned()
            .collect();
        Ok(())
    }

    /// For the user.
    pub(crate) fn actions(&self, settings: &Settings, present: &Present) -> Vec<Action> {
        let worker = format!("Worker {}", settings.worker);
        let mut actions = Vec::new();
        let mut add = |verb, subject: &str, summary: &str| {
            actions.push(Action::new(verb, subject, summary));
        };
        for store in &self.stores {
            add(
                Verb::Create,
                &format!("KV {}", settings.title(store)),
                "a namespace",
            );
        }
        match &self.upload {
            Upload::First => add(Verb::Create, &worker, "with a first version"),
            Upload::Version if settings.preview => {
                add(
                    Verb::Create,
                    &worker,
                    "a version to look at; nothing live changes",
                );
            }
            Upload::Version if settings.rollout == 100 => {
                add(Verb::Update, &worker, "a new version for every request");
            }
            Upload::Version => add(
                Verb::Update,
                &worker,
                &format!("a new version for {} % of the requests", settings.rollout),
            ),
            Upload::Keep(id) if settings.preview => add(Verb::Keep, &worker, id),
            Upload::Keep(id) if present.is_live(&present.shares(id, settings.rollout)) => {
                add(Verb::Keep, &worker, "the same is live");
            }
            Upload::Keep(id) => add(
                Verb::Promote,
                &worker,
                &format!("version {id} to {} % of the requests", settings.rollout),
            ),
        }
        if let Some(wanted) = self.workers_dev {
            let verb = if wanted.enabled {
                Verb::Create
            } else {
                Verb::Delete
            };
            let on = if wanted.enabled {
                "reached"
            } else {
                "not reached"
            };
            let previews = if wanted.previews_enabled {
                ", with previews"
            } else {
                ""
            };
            let verb = if settings.preview { Verb::Update } else { verb };
            add(
                verb,
                "workers.dev",
                &format!("{on} below workers.dev{previews}"),
            );
        }
        for pattern in &self.add_routes {
            add(Verb::Create, &format!("route {pattern}"), "to this Worker");
        }
        for route in &self.remove_routes {
            add(
                Verb::Delete,
                &format!("route {}", route.pattern),
                "no longer wanted",
            );
        }
        for name in &self.add_domains {
            add(
                Verb::Create,
                &format!("domain {name}"),
                "with DNS and a certificate",
            );
        }
        for domain in &self.remove_domains {
            add(
                Verb::Delete,
                &format!("domain {}", domain.hostname),
                "no longer wanted",
            );
        }
        if let Some(crons) = &self.schedules {
            add(Verb::Update, "schedules", &crons.join(", "));
        }
        actions
    }
}

fn same(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.contains(one))
}

fn taken(what: &str, name: &str, by: Option<&str>) -> Error {
    let by = match by {
        Some(by) => format!("belongs to the Worker `{by}`"),
        None => "is set to run no Worker".to_owned(),
    };
    Error::new(
        run_plugin_api::ErrorKind::Conflict,
        format!("the {what} `{name}` {by}"),
    )
    .with_help("take it away from there first: a deployment takes nothing from others")
}
