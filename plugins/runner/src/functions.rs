//! As a function of a platform that hands out events one at a time, over the
//! runtime interface of AWS Lambda:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
//!
//! Events that are HTTP requests go to `wasi:http/incoming-handler`, others to
//! `wasi:cli/run`, and calls by name to the exported function.

mod api;
mod body;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{Response, response};
use http_body_util::BodyExt;
use run_runtime::Prepared;
use run_runtime::incoming::{Ended, NoResponse, ResponseBody, Scheme};
use run_runtime::sandbox::{Limits, Permissions};
use run_serve::{App, LimitedBody};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::events::{self, Event, http::Format};
use crate::{app, invoke, log};
use api::{Api, Invocation};

/// What an invocation that did not succeed is called, and why.
pub(crate) struct Failure {
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

/// Answers events until the platform ends the process.
///
/// # Errors
/// The component does not load, or the platform cannot be reached.
pub(crate) fn run(address: &str, directory: Option<PathBuf>) -> Result<(), String> {
    // One event at a time, so one thread: it is there sooner than several are.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut api = Api::new(address);
        let function = match Function::load(directory) {
            Ok(function) => function,
            Err(reason) => {
                api.cannot_start(&reason).await.ok();
                return Err(reason);
            }
        };
        loop {
            let invocation = api.next().await?;
            function.answer(&mut api, invocation).await?;
        }
    })
}

/// The component, and the way events reach it.
struct Function {
    component: Component,
    permissions: Permissions,
    limits: Limits,
    streaming: bool,
}

enum Component {
    Handler(Box<App>),
    Other(Arc<Prepared>),
}

impl Function {
    fn load(directory: Option<PathBuf>) -> Result<Self, String> {
        let loaded = app::load(directory, None)?.without_job()?;
        let (permissions, limits) = (loaded.permissions.clone(), loaded.limits.clone());
        let streaming = loaded.streaming;
        let component = if loaded.component.is_handler() {
            Component::Handler(Box::new(loaded.app()?))
        } else {
            let component = loaded.component;
            component
                .check_imports()
                .map_err(|error| error.to_string())?;
            Component::Other(Arc::new(component))
        };
        Ok(Self {
            component,
            permissions,
            limits,
            streaming,
        })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// The platform cannot be reached; what goes wrong here is told to it.
    async fn answer(&self, api: &mut Api, invocation: Invocation) -> Result<(), String> {
        let Invocation {
            id,
            deadline,
            event,
        } = invocation;
        let limits = Limits {
            timeout: within(deadline, self.limits.timeout),
            ..self.limits.clone()
        };
        let event = match events::read(&event) {
            Ok(event) => event,
            Err(message) => {
                let kind = "Run.BadEvent";
                return api.failed(&id, &Failure { kind, message }).await;
            }
        };
        let answered = match event {
            Event::Http { format, request } => match &self.component {
                Component::Handler(app) => {
                    return self.http(api, &id, app, format, *request, &limits).await;
                }
                Component::Other(_) => Err(Failure {
                    kind: "Run.NotAHandler",
                    message: "the event is an HTTP request, and the component answers none: it exports no `wasi:http/incoming-handler`".to_owned(),
                }),
            },
            Event::Call { function, arguments } => {
                self.invoke(limits, move |component, furnish| {
                    invoke::call(component, &function, &arguments, furnish)
                })
                .await
            }
            Event::Other(event) => {
                self.invoke(limits, move |component, furnish| {
                    invoke::run(component, &event, furnish)
                })
                .await
            }
        };
        match answered {
            Ok(value) => api.succeeded(&id, value.to_string()).await,
            Err(failure) => api.failed(&id, &failure).await,
        }
    }

    async fn http(
        &self,
        api: &mut Api,
        id: &str,
        app: &App,
        format: Format,
        request: http::Request<Vec<u8>>,
        limits: &Limits,
    ) -> Result<(), String> {
        let request = request.map(|body| {
            let most = u64::try_from(body.len()).unwrap_or(u64::MAX);
            LimitedBody::new(http_body_util::Full::from(body), most)
        });
        let (tell, ended) = oneshot::channel();
        let answer = app.answer_within(request, Scheme::Https, limits, move |end: Ended| {
            tell.send(end).ok();
        });
        match answer.await {
            Err(none) => {
                let failure = failure(none, ended.await.ok());
                api.failed(id, &failure).await
            }
            Ok(response) => {
                let (parts, body) = response.into_parts();
                if self.streaming {
                    let prelude = events::http::prelude(&parts);
                    api.stream(id, &prelude, body).await?;
                    told(ended.await.ok());
                    return Ok(());
                }
                self.whole(api, id, format, parts, body, ended).await
            }
        }
    }

    async fn whole(
        &self,
        api: &mut Api,
        id: &str,
        format: Format,
        parts: response::Parts,
        body: ResponseBody,
        ended: oneshot::Receiver<Ended>,
    ) -> Result<(), String> {
        let Ok(body) = body.collect().await else {
            let failure = failure(NoResponse::Failed, ended.await.ok());
            return api.failed(id, &failure).await;
        };
        let response = Response::from_parts(parts, body.to_bytes().to_vec());
        let document = events::http::response(format, response);
        api.succeeded(id, document.to_string()).await?;
        // The platform stops the clock once the next event is asked for.
        told(ended.await.ok());
        Ok(())
    }

    /// Something that is called and returns, on a thread that may block.
    async fn invoke<F>(&self, limits: Limits, invoke: F) -> Result<Value, Failure>
    where
        F: FnOnce(&Prepared, invoke::Sandbox) -> Result<Value, Failure> + Send + 'static,
    {
        let component = match &self.component {
            Component::Handler(app) => app.component().clone(),
            Component::Other(component) => component.clone(),
        };
        let sandbox = invoke::Sandbox {
            permissions: self.permissions.clone(),
            limits,
        };
        let done = tokio::task::spawn_blocking(move || invoke(&component, sandbox)).await;
        done.unwrap_or_else(|error| {
            Err(Failure {
                kind: "Run.Failed",
                message: error.to_string(),
            })
        })
    }
}

/// What is left of an event's time, less what telling of it takes.
fn within(deadline: Option<u64>, timeout: Option<Duration>) -> Option<Duration> {
    const TELLING: Duration = Duration::from_millis(50);
    let left = deadline.map(|deadline| {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Duration::from_millis(deadline)
            .saturating_sub(now)
            .saturating_sub(TELLING)
    });
    match (left, timeout) {
        (Some(left), Some(timeout)) => Some(left.min(timeout)),
        (left, timeout) => left.or(timeout),
    }
}

fn failure(none: NoResponse, ended: Option<Ended>) -> Failure {
    let kind = match none {
        NoResponse::BadRequest => "Run.BadEvent",
        NoResponse::TooLarge => "Run.TooLarge",
        NoResponse::Late => "Run.Timeout",
        NoResponse::Failed => "Run.ComponentFailed",
    };
    let message = ended
        .as_ref()
        .and_then(|ended| Some(ended.error.as_ref()?.to_string()));
    if let Some(ended) = ended {
        denied(&ended);
    }
    Failure {
        kind,
        message: message.unwrap_or_else(|| "the request is not one".to_owned()),
    }
}

fn told(ended: Option<Ended>) {
    if let Some(ended) = ended {
        if let Some(error) = &ended.error {
            log::line(&format!("error: {error}"));
        }
        denied(&ended);
    }
}

fn denied(ended: &Ended) {
    for denial in &ended.observed.denied {
        log::line(&format!("warning: {}", log::denied(denial)));
    }
}
