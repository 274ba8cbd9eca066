//! `run v2 deploy`, with a provider and a cloud of the tests' own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use run_tests::cloud::{Cloud, Fault};
use run_tests::command::example;
use run_tests::{Outcome, Scratch, assert_expected, command};

const TOKEN: &str = "cloud-token-0123456789";
const SECRET: &str = "pass \"word\"\\ü+/";

const MANIFEST: &str = r#"[project]
name = "shop"
version = "1.0.0"

[[component]]
name = "api"
path = "api.wasm"
capabilities = ["clock"] # kept

[registry]
auth_token = "hunter2-registry"

[deploy.live]
target_type = "edge"
provider = "nimbus"
[deploy.live.options]
region = "eu-1"
secrets = ["DATABASE_URL"]
vars = { GREETING = "hi" }
"#;

/// A component that answers with a number.
fn component(answer: u32) -> String {
    format!(
        r#"(component
            (core module $m (func (export "f") (result i32) i32.const {answer}))
            (core instance $i (instantiate $m))
            (func (export "f") (result s32) (canon lift (core func $i "f"))))"#
    )
}

/// The provider's file.
fn provider() -> &'static Path {
    static PROVIDER: OnceLock<PathBuf> = OnceLock::new();
    PROVIDER.get_or_init(|| example("run-hostile-plugins", "cloud"))
}

struct Shop {
    scratch: Scratch,
    cloud: Cloud,
}

impl Shop {
    fn new() -> Self {
        Self::with(MANIFEST)
    }

    fn with(manifest: &str) -> Self {
        let scratch = Scratch::with(&[("run.toml", manifest)]);
        std::fs::copy(provider(), scratch.path().join("cloud.wasm")).unwrap();
        let shop = Self {
            scratch,
            cloud: Cloud::new(),
        };
        shop.component(1);
        shop.scratch
            .run(&["plugin", "add", "cloud", "--path", "cloud.wasm", "--yes"])
            .success();
        shop
    }

    fn component(&self, answer: u32) {
        let bytes = wat::parse_str(component(answer)).unwrap();
        std::fs::write(self.scratch.path().join("api.wasm"), bytes).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = command::command(self.scratch.path());
        command
            .arg("deploy")
            .args(arguments)
            .env("HOME", self.scratch.path())
            .env("CLOUD_API_BASE_URL", self.cloud.url())
            .env("CLOUD_RUN_URL", self.cloud.at("/run"))
            .env("CLOUD_TOKEN", TOKEN)
            .env("CLOUD_KEY_ID", "KEYID")
            .env("CLOUD_SECRET_KEY", "key-secret-0123456789")
            .env("CLOUD_SESSION_TOKEN", "session-0123456789")
            .env("DATABASE_URL", SECRET);
        command
    }

    fn deploy(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(arguments))
    }

    /// With the provider told to do something wrong.
    fn attack(&self, attack: &str) -> Outcome {
        let option = format!("attack = \"{attack}\"\nregion");
        self.scratch
            .write("run.toml", &self.manifest().replacen("region", &option, 1));
        let outcome = self.deploy(&["--yes", "--verbose"]);
        self.scratch.write("run.toml", &self.manifest());
        outcome
    }

    /// As it is with the plugin added.
    fn manifest(&self) -> String {
        let shifted: String = TOKEN.bytes().map(|b| char::from(b + 1)).collect();
        let text = format!("{MANIFEST}\n[plugins]\ncloud = {{ path = \"cloud.wasm\" }}\n");
        text.replacen("region", &format!("needle = \"{shifted}\"\nregion"), 1)
    }

    fn record(&self) -> serde_json::Value {
        serde_json::from_slice(&self.scratch.read(".run/deploy/live/api.json")).unwrap()
    }

    /// Paths, ports, digests and times as words.
    fn stable(&self, text: &str) -> String {
        let digest = regex::Regex::new("sha256:[0-9a-f]{64}").unwrap();
        let port = regex::Regex::new(r"127\.0\.0\.1:\d+").unwrap();
        let text = digest.replace_all(text, "sha256:…");
        port.replace_all(&text, "127.0.0.1:PORT").into_owned()
    }
}

/// Nothing that may not be seen.
#[track_caller]
fn assert_clean(what: &str, text: &str) {
    let secrets = [
        TOKEN,
        SECRET,
        "pass \\\"word\\\"",
        "key-secret",
        "session-0123",
        "hunter2",
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{what} has {secret}: {text}");
    }
}

#[track_caller]
fn assert_says(outcome: &Outcome, texts: &[&str]) {
    for text in texts {
        assert!(
            outcome.has_said(text),
            "`{text}` is missing from:\n{outcome}"
        );
    }
}

#[test]
fn what_is_deployed_once_is_planned_applied_checked_and_recorded() {
    let shop = Shop::new();
    let planned = shop.deploy(&["--dry-run"]).success();
    assert_expected(
        "deploy/plan.txt",
        &shop.stable(&format!("{}\n{}", planned.stdout, planned.stderr)),
    );
    assert!(
        shop.cloud.take_changes().is_empty(),
        "a dry run changes nothing"
    );
    assert!(!shop.scratch.has(".run/deploy/live/api.json"));

    shop.deploy(&[]).failure().says(&["there is nobody to ask"]);
    shop.cloud.start_slowly(2);
    let _ = shop.cloud.take();
    let deployed = shop.deploy(&["--yes", "--verbose"]).success();
    assert_says(&deployed, &["answers with this artifact"]);
    let url = shop.cloud.at("/site/shop-api");
    assert!(deployed.stdout.ends_with(&format!("{url}\n")), "{deployed}");

    let received = shop.cloud.take();
    let upload = received
        .iter()
        .find(|r| r.line.starts_with("POST"))
        .unwrap();
    assert_eq!(upload.line, "POST /v1/apps/shop-api/deployments");
    assert_eq!(
        upload.header("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
    let text = upload.text();
    for written in [
        "{\"DATABASE_URL\":\"pass \\\"word\\\"\\\\ü+/\"}\n",
        "DATABASE_URL=pass+%22word%22%5C%C3%BC%2B%2F\n",
        "cGFzcyAid29yZCJcw7wrLw==\n",
    ] {
        assert!(text.contains(written), "{text}");
    }
    // Whoever asks the URL has no credential.
    let asked = received.iter().filter(|r| r.line.starts_with("GET /site/"));
    assert!(asked.clone().count() > 0);
    assert!(asked.clone().all(|r| r.header("authorization").is_none()));

    let record = shop.record();
    assert_eq!(record["current"]["id"], "d1");
    assert_eq!(record["current"]["url"], url);
    assert_eq!(record["current"]["live"], true);
    assert_eq!(record["facts"]["last"], "d1");
    assert_eq!(record["pending"], serde_json::Value::Null);
    for (what, text) in [
        ("stdout", &deployed.stdout),
        ("stderr", &deployed.stderr),
        ("the record", &record.to_string()),
        (
            "the lock",
            &String::from_utf8(shop.scratch.read("run.lock.toml")).unwrap(),
        ),
    ] {
        assert_clean(what, text);
    }

    let again = shop.deploy(&["--yes", "--json"]).success().document();
    assert_eq!(again["components"][0]["plan"][0]["verb"], "keep");
    assert_eq!(again["components"][0]["changed"], false);
    assert!(shop.cloud.take_changes().is_empty());

    // Another one, back to the first, what it logged, and away with it.
    shop.component(2);
    shop.deploy(&["--yes"]).success();
    let status = shop.deploy(&["status"]).success().stdout;
    assert_expected("deploy/status.txt", &shop.stable(&status));
    shop.deploy(&["rollback", "--yes"])
        .success()
        .says(&["Rolling back"]);
    assert_eq!(shop.record()["current"]["id"], "d1");
    assert_eq!(shop.record()["previous"][0]["id"], "d2");
    shop.deploy(&["rollback", "d9", "--yes"])
        .failure()
        .says(&["the cloud has no `d9`"]);
    let listed = shop.deploy(&["list", "--json"]).success().document();
    assert_eq!(listed["records"][0]["pending"]["to"], "d9");
    let logs = shop.deploy(&["logs"]).success().stdout;
    assert_eq!(logs, "started\nanswered \u{fffd}[31mone\n");
    shop.deploy(&["destroy", "--yes"]).success();
    let status = shop.deploy(&["status", "--json"]).success().document();
    assert_eq!(status["components"][0]["states"], serde_json::json!([]));
    assert_eq!(
        status["components"][0]["record"]["current"],
        serde_json::Value::Null
    );
}

#[test]
fn what_a_cloud_answers_is_said_and_the_next_try_finishes() {
    let shop = Shop::new();
    let _ = shop.cloud.take();
    for (fault, says) in [
        (
            Fault::Answer(401, "", "who are you"),
            "the cloud answers 401: who are you",
        ),
        (
            Fault::Answer(403, "", "you may not"),
            "the cloud answers 403: you may not",
        ),
        (
            Fault::Answer(404, "", "gone"),
            "the cloud answers 404: gone",
        ),
        (
            Fault::Answer(409, "", "taken"),
            "the cloud answers 409: taken",
        ),
        (
            Fault::Answer(429, "retry-after: 7\r\n", "slow down"),
            "try again in 7 s",
        ),
        (Fault::Answer(500, "", "oh"), "the cloud answers 500: oh"),
        (
            Fault::Answer(307, "location: http://127.0.0.1:1/\r\n", ""),
            "the cloud answers 307",
        ),
        (
            Fault::Answer(200, "content-encoding: gzip\r\n", "x"),
            "api.cloud.test failed",
        ),
    ] {
        shop.cloud.fail("POST /v1/apps/shop-api/deployments", fault);
        let failed = shop
            .deploy(&["--yes"])
            .failure()
            .says(&[says, "failed on its way"]);
        assert_clean("stderr", &failed.stderr);
        assert_eq!(shop.cloud.take_changes().len(), 1, "it is sent once");
        let pending = &shop.record()["pending"];
        assert_eq!(pending["step"], "apply");
        assert!(pending["failure"].is_string(), "{pending}");
    }
    let key = shop.record()["pending"]["key"].clone();
    // What was cut off may have happened all the same.
    shop.cloud
        .fail("POST /v1/apps/shop-api/deployments", Fault::Cut);
    shop.deploy(&["--yes"])
        .failure()
        .says(&["the request to api.cloud.test failed"]);
    assert_eq!(shop.record()["pending"]["key"], key);
    let status = shop.deploy(&["status"]).success().stdout;
    assert!(status.contains("not finished: deploying"), "{status}");
    assert!(status.contains("superseded: d1"), "{status}");

    let _ = shop.cloud.take();
    shop.cloud
        .fail("GET /v1/apps/shop-api", Fault::Answer(200, "", "<html>"));
    shop.deploy(&["--yes"])
        .failure()
        .says(&["is none of its own"]);
    shop.cloud
        .fail("PUT", Fault::Slow(Duration::from_millis(300)));
    shop.deploy(&["--yes"]).success();
    assert_eq!(shop.cloud.take_changes(), ["PUT /v1/apps/shop-api/live"]);
    assert_eq!(shop.record()["current"]["id"], "d1");
}

#[cfg(unix)]
#[test]
fn wherever_it_is_interrupted_the_next_try_finishes() {
    for (signal, at, sent) in [
        (libc::SIGINT, "POST", &["PUT /v1/apps/shop-api/live"][..]),
        (libc::SIGKILL, "POST", &["PUT /v1/apps/shop-api/live"]),
        (libc::SIGINT, "PUT", &[]),
        (libc::SIGKILL, "PUT", &[]),
    ] {
        let shop = Shop::new();
        let _ = shop.cloud.take();
        shop.cloud.fail(at, Fault::Silent);
        let child = shop
            .command(&["--yes"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        shop.cloud.wait_for(at);
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id()));
        if let Ok(line) = line {
            assert_clean("the command line", &line);
        }
        let pid = i32::try_from(child.id()).unwrap();
        // SAFETY: a signal to the child that was started above and not waited for.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
        let ended = Outcome::ended(child.wait_with_output().unwrap());
        let expected = (signal == libc::SIGINT).then_some(130);
        assert_eq!(ended.code, expected, "{ended}");

        let status = shop.deploy(&["status", "--json"]).success().document();
        let component = &status["components"][0];
        assert_eq!(component["record"]["pending"]["step"], "apply", "{status}");
        assert_eq!(component["states"][0]["id"], "d1", "{status}");
        let _ = shop.cloud.take();
        shop.deploy(&["--yes"]).success();
        assert_eq!(shop.cloud.take_changes(), sent, "{at}");
        let record = shop.record();
        assert_eq!(record["current"]["id"], "d1");
        assert_eq!(record["current"]["live"], true);
        assert_eq!(record["pending"], serde_json::Value::Null);
    }
}

#[test]
fn a_provider_that_misbehaves_is_stopped_and_sees_no_secret() {
    let shop = Shop::new();
    for (attack, says) in [
        ("other-host", "does not declare `evil.test`"),
        ("post-in-plan", "in a step that may only read"),
        ("leaves-base", "not below what its manifest declares"),
        ("own-header", "it set the header `authorization`"),
        (
            "remembers-in-plan",
            "it wanted a fact kept in a step that may only read",
        ),
        ("request-in-validate", "in a step that has no network"),
        (
            "secret-to-open-host",
            "it sent a secret to `open.cloud.test`",
        ),
        ("endless-body", "api.cloud.test failed"),
    ] {
        let _ = shop.cloud.take();
        let outcome = shop.attack(attack).failure().says(&[says]);
        assert_clean(attack, &format!("{outcome}"));
        for received in shop.cloud.take() {
            assert!(received.line.starts_with("GET "), "{attack}: {received:?}");
        }
    }
    let shown = shop.attack("escape-sequence").failure().stderr;
    assert!(!shown.contains('\u{1b}'), "{shown:?}");

    let echoed = shop.attack("echo").success();
    assert_says(
        &echoed,
        &[
            "saw Bearer *** and",
            "authorization: Bearer ***",
            "found 0 in memory",
            "has 0 variables and arguments",
        ],
    );
    assert_clean("what the plugin saw", &format!("{echoed}"));
    assert_clean("the record", &shop.record().to_string());

    let _ = shop.cloud.take();
    shop.component(2);
    shop.attack("signed")
        .success()
        .says(&["credentials [true, true, false]"]);
    let received = shop.cloud.take();
    let signed = received
        .iter()
        .find(|r| r.line.starts_with("GET /run/status"))
        .unwrap();
    let value = signed.header("authorization").unwrap();
    assert!(
        value.starts_with("AWS4-HMAC-SHA256 Credential=KEYID/"),
        "{value}"
    );
    assert!(value.contains("/eu-1/run/aws4_request, "), "{value}");
    assert!(
        value.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"),
        "{value}"
    );
    assert_eq!(
        signed.header("x-amz-security-token"),
        Some("session-0123456789")
    );
    assert_eq!(
        signed.header("host"),
        shop.cloud.at("").strip_prefix("http://")
    );
}

#[test]
fn what_cannot_be_deployed_is_said_before_anything_is_sent() {
    let shop = Shop::new();
    let more = format!(
        "{}\n[deploy.staging]\ntarget_type = \"registry\"\n[deploy.box]\ntarget_type = \"local\"\n",
        shop.manifest()
            .replace("region = \"eu-1\"", "regoin = \"eu-1\"")
            .replace("[registry]\nauth_token = \"hunter2-registry\"\n\n", "")
    );
    shop.scratch.write("run.toml", &more);
    let _ = shop.cloud.take();
    let without = |variable: &str| {
        let mut command = shop.command(&["--profile", "live", "--yes"]);
        command.env_remove(variable);
        Outcome::of(&mut command).failure().stderr
    };
    let mut said = Vec::new();
    for arguments in [
        &["--profile", "stagin"][..],
        &[],
        &["--provider", "clod"],
        &["--profile", "staging", "--target", "local"],
        &["--profile", "staging"],
        &["status", "--profile", "box"],
        &["--profile", "live", "--component", "apo"],
        &["--profile", "live"],
    ] {
        said.push(shop.deploy(arguments).failure().stderr);
    }
    shop.scratch
        .write("run.toml", &more.replace("regoin", "region"));
    said.push(without("CLOUD_TOKEN"));
    said.push(without("DATABASE_URL"));
    said.push(without("CLOUD_KEY_ID"));
    let mut command = shop.command(&["--profile", "live"]);
    let outcome = Outcome::of(command.env("CLOUD_API_BASE_URL", "http://proxy.test/v1"));
    said.push(outcome.failure().stderr);
    assert_expected("deploy/refusals.txt", &shop.stable(&said.join("\n")));
    assert!(shop.cloud.take().is_empty());

    // A project's lock file is not the user's own word.
    let mut command = shop.command(&["--profile", "live"]);
    let cache = shop.scratch.path().join("cache");
    Outcome::of(command.env("RUN_CACHE_DIR", cache))
        .failure()
        .says(&["was never used here", "token [bearer] from CLOUD_TOKEN"]);
    assert!(shop.cloud.take().is_empty());

    // Where another program keeps the credential.
    shop.scratch
        .write(".cloud/config.toml", "[user]\ntoken = \"from-file-0123\"\n");
    let mut command = shop.command(&["--profile", "live", "--dry-run"]);
    Outcome::of(command.env_remove("CLOUD_TOKEN")).success();
    let asked = shop.cloud.take();
    assert_eq!(
        asked[0].header("authorization"),
        Some("Bearer from-file-0123")
    );

    // A program that the user has named for it goes before that file.
    shop.scratch.write(
        "config/credentials.toml",
        "[cloud.token]\ncommand = [\"sh\", \"-c\", \"echo from-program-$WHO\"]\n",
    );
    let mut command = shop.command(&["--profile", "live", "--dry-run"]);
    command
        .env_remove("CLOUD_TOKEN")
        .env("RUN_CONFIG_DIR", shop.scratch.path().join("config"))
        .env("WHO", "0123");
    Outcome::of(&mut command).success();
    let asked = shop.cloud.take();
    assert_eq!(
        asked[0].header("authorization"),
        Some("Bearer from-program-0123")
    );

    let help = shop
        .deploy(&["--provider", "cloud", "--help"])
        .success()
        .stdout;
    let (_, options) = help.split_once("Options of").unwrap();
    assert_expected("deploy/help.txt", options);
}

#[test]
fn a_local_deployment_is_a_directory_without_secrets() {
    let shop = Shop::new();
    shop.deploy(&["--target", "local"])
        .success()
        .says(&["Packaged"]);
    let read =
        |name: &str| String::from_utf8(shop.scratch.read(&format!("dist/deploy/{name}"))).unwrap();
    let packaged = format!("{}\n{}", read("run.toml"), read("deploy.json"));
    assert_clean("the package", &packaged);
    assert_expected("deploy/local.txt", &shop.stable(&packaged));
    assert_eq!(
        shop.scratch.read("dist/deploy/api.wasm"),
        shop.scratch.read("api.wasm")
    );
    shop.scratch.write("out/mine", "");
    shop.deploy(&["--target", "local", "--output", "out"])
        .failure()
        .says(&["was not written by `deploy`"]);
    // What is there runs.
    let outcome = command::run(
        &shop.scratch.path().join("dist/deploy"),
        &["exec", "api", "--function", "f"],
    );
    assert_eq!(outcome.success().document()["return_value"], 1);
    // And what was changed on the way does not.
    shop.scratch.write("dist/deploy/api.wasm", "cut short");
    let outcome = shop.scratch.run(&["serve", "dist/deploy"]);
    outcome
        .failure()
        .says(&["api.wasm` is not what was packaged"]);
}
