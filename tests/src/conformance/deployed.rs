//! Requests to a handler that the real command has deployed: in the platform's
//! own engine, with a server in place of the platform's API.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::answer::Answer;
use super::case::{Platform, Request};
use crate::Outcome;
use crate::edge::aws::{self, Aws};
use crate::edge::fastly::{Package, Shop, viceroy};
use crate::edge::{Project, Running, cloudflare, node, vercel};
use crate::emulator::{self, Emulator};

type Ask = Box<dyn Fn(&Request) -> Answer>;

/// Deploys it, asks, and compares answers.
pub(super) fn check(
    platform: Platform,
    component: &Path,
    requests: &[Request],
) -> Result<(), String> {
    // What deploys and what asks panics where it does not get on, and here that
    // may be a gap.
    let made = catch_unwind(AssertUnwindSafe(|| {
        let ask = match platform {
            Platform::AwsLambda => on_aws_lambda(component),
            Platform::Cloudflare => on_cloudflare(component),
            Platform::Fastly => on_fastly(component),
            Platform::Vercel => on_vercel(component),
        };
        requests.iter().try_for_each(|request| {
            ask(request)
                .is_expected(request)
                .map_err(|why| format!("{} {}: {why}", request.method, request.path))
        })
    }));
    made.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(text.unwrap_or("it panicked").to_owned())
    })
}

/// Deploys, and waits for nobody: its addresses are not in the world, which is
/// where the command fails in the end.
fn deploy(project: &Project) {
    sent(&project.deploy(&["--yes", "--wait", "1s"]));
}

fn sent(outcome: &Outcome) {
    let got_there = outcome.code == Some(0) || outcome.has_said("is live, and https://");
    assert!(got_there, "it is not deployed\n{outcome}");
}

fn on_cloudflare(component: &Path) -> Ask {
    let platform = cloudflare::start();
    deploy(&cloudflare::project(&platform, component, ""));
    let requests = platform.take();
    asked(cloudflare::worker(cloudflare::upload(&requests), &[]))
}

fn on_vercel(component: &Path) -> Ask {
    let platform = vercel::start(true);
    deploy(&vercel::project(&platform, component, ""));
    let files = vercel::files(&platform.take());
    asked(node(vercel::function(&files), &[]))
}

fn on_fastly(component: &Path) -> Ask {
    let shop = Shop::of(component, "");
    sent(&shop.deploy());
    let changes = shop.changes();
    let upload = changes.iter().find(|r| r.path.ends_with("/package"));
    let package = Package::of(upload.expect("a package"));
    asked(viceroy(package.component(), ""))
}

fn asked(server: Running) -> Ask {
    Box::new(move |request| {
        let sent = request.send.as_bytes();
        let reply = server.ask(&request.method, &request.path, "", sent);
        Answer {
            status: reply.status,
            body: reply.text(),
            headers: reply.headers,
        }
    })
}

/// The emulator takes events, as the platform's front makes them of requests.
fn on_aws_lambda(component: &Path) -> Ask {
    let everything = ["iam:*", "lambda:*"].map(str::to_owned);
    let aws = Aws::start(&everything);
    deploy(&aws.project(&aws.key, component, ""));
    let unpacked = aws::unpacked(&aws.platform.take());
    let emulator = Emulator::start(unpacked.path(), &[]);
    Box::new(move |request| {
        let _files = &unpacked;
        let event = emulator::request(&request.method, &request.path, &request.send);
        let answer = emulator.invoke(&event);
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let headers = answer["headers"].as_object().into_iter().flatten();
        Answer {
            status: answer["statusCode"].as_u64().unwrap_or_default() as u16,
            headers: headers
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
            body: text(&answer["body"]),
        }
    })
}
