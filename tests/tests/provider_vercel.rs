//! The provider of Vercel, by the real command against a server in place of the
//! API: what it sends, what runs of it, and how it fails.

use std::time::Duration;

use run_tests::Outcome;
use run_tests::edge::vercel::{
    self, File, assert_as_recorded, body, files, function, public, refusal, start,
};
use run_tests::edge::{
    Answer, Launcher, Platform, Project, changes, handler, node, recorded, schema, schema_of,
    vercel_dev,
};
use run_tests::machine::install;
use serde_json::{Value, json};

fn project(platform: &Platform, options: &str) -> Project {
    vercel::project(platform, handler(), options)
}

/// Deploys; the names that it gets are of no world.
fn deploy(project: &Project) -> Outcome {
    let outcome = project.deploy(&["--yes", "--wait", "1s"]).failure();
    assert!(
        outcome.has_said("is live, and https://handler"),
        "{outcome}"
    );
    outcome
}

#[test]
fn it_sends_what_the_command_sends_and_its_function_runs() {
    let platform = start(true);
    let mut project = project(&platform, "variables = { GREETING = \"hi\" }");
    let planned = project.deploy(&["--dry-run"]).success();
    assert!(planned.stdout.contains("project handler"), "{planned}");
    assert!(changes(&platform).is_empty());

    deploy(&project);
    let first = platform.take();
    let theirs = recorded("vercel", "first");
    assert_as_recorded(&first, &theirs);
    let tokens: Vec<_> = first.iter().map(|r| r.header("authorization")).collect();
    assert!(
        tokens
            .iter()
            .all(|token| *token == Some("Bearer vercel-token-0123456789"))
    );
    let asked = theirs.iter().find(|r| !r.json.is_null()).expect("a body");
    let body = public(body(&first), &asked.json);
    schema::check(&schema_of("vercel-deployment"), &body).unwrap();
    // And it would be said if it were not.
    let mut wrong = body;
    wrong["files"][0]["file"] = json!(1);
    assert!(schema::check(&schema_of("vercel-deployment"), &wrong).is_err());

    // The same again changes nothing.
    let same = project.deploy(&["--yes"]).success();
    assert!(same.has_said("Unchanged"), "{same}");
    assert!(changes(&platform).is_empty());

    // Of a new artifact only what is new is sent.
    project.change();
    deploy(&project);
    let again = platform.take();
    let sent = again.iter().filter(|r| r.path == "/v2/files").count();
    assert_eq!(sent, 1, "the entry, which knows the digest");

    let files = files(&first);
    runs(&files);
    is_served(&files);
}

/// Everything that the component asks for works in the platform's Node.js.
fn runs(files: &[File]) {
    let function = function(files);
    let settings: Value = serde_json::from_slice(&function.read(".vc-config.json")).unwrap();
    assert_eq!(settings["runtime"], "nodejs24.x");
    assert_eq!(settings["environment"], json!({ "GREETING": "hi" }));
    // The platform has variables of its own, which are none of the component's.
    let server = node(
        function,
        &[("GREETING", "hi"), ("AWS_SECRET_ACCESS_KEY", "platform")],
    );
    run_tests::edge::answers(&server, &upstream(), "did not answer");
}

/// The platform's own code for functions finds what it looks for in it. Each
/// request takes that a second, so they are few.
fn is_served(files: &[File]) {
    let server = vercel_dev(function(files), &[("GREETING", "hi")]);
    let root = server.get("/");
    assert_eq!(root.text(), "Hello from a component\n");
    assert_eq!(root.header("server"), ["Vercel"]);
    assert_eq!(root.header("x-run-digest").len(), 1);
    let echo = server.ask("POST", "/echo", "", b"back");
    assert_eq!(echo.header("x-method"), ["Method::Post"]);
    assert_eq!(echo.text(), "back");
    assert_eq!(server.get("/env").text(), "GREETING=hi");
    let headers = server.ask("GET", "/headers", "x-asked: why\r\n", b"");
    assert_eq!((headers.status, headers.text().as_str()), (418, "why"));
    assert_eq!(headers.header("set-cookie"), ["a=1", "b=2; Path=/"]);
}

/// What the component sends requests to.
fn upstream() -> Platform {
    Platform::start(|request| {
        let said = format!(
            "{} {}",
            request.line(),
            request.header("x-from").unwrap_or("-")
        );
        Answer::Json(201, json!([said, String::from_utf8_lossy(&request.body)]))
    })
}

/// The runner, the compiled component and what that may reach, as they were
/// uploaded; what starts them at the platform is a stand-in.
#[test]
fn as_a_program_it_does_the_same_with_less_leave() {
    install();
    let platform = start(true);
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let options = format!(
        "runtime = \"executable\"\narchitecture = \"{machine}\"\nhttp = [\"127.0.0.1\"]\n\
         variables = {{ GREETING = \"hi\" }}\n\
         crons = [\"0 5 * * *\"]\nsecrets = [\"CRON_SECRET\"]"
    );
    let mut project = project(&platform, &options);
    project.set("CRON_SECRET", "cron-secret-0123456789");
    deploy(&project);
    let files = files(&platform.take());
    let config: Value = serde_json::from_slice(&files[0].bytes).unwrap();
    let job = config["crons"][0]["path"].as_str().unwrap();
    let function = function(&files);
    let settings: Value = serde_json::from_slice(&function.read(".vc-config.json")).unwrap();
    assert_eq!(
        settings,
        json!({
            "runtime": "executable", "runtimeLanguage": "rust", "handler": "executable",
            "architecture": machine, "supportsResponseStreaming": true, "memory": 1024,
            "maxDuration": 30, "environment": { "GREETING": "hi" },
        })
    );
    let launcher = Launcher::start(
        function,
        settings["handler"].as_str().unwrap(),
        &[
            ("GREETING", "hi"),
            ("CRON_SECRET", "cron-secret-0123456789"),
            ("VERCEL_DEPLOYMENT_KEY", "platform"),
        ],
    );
    let server = &launcher.server;
    run_tests::edge::answers(server, &upstream(), "Internal Server Error");

    assert_eq!(server.get(job).status, 401);
    let secret = "authorization: Bearer cron-secret-0123456789\r\n";
    assert_eq!(server.ask("GET", job, secret, b"").status, 204);
    server.says("the job ran");
}

#[test]
fn schedules_call_the_job_with_their_secret_only() {
    let platform = start(false);
    let options = "crons = [\"0 5 * * *\"]\nsecrets = [\"CRON_SECRET\"]";
    let mut project = project(&platform, options);
    project.set("CRON_SECRET", "cron-secret-0123456789");
    let outcome = deploy(&project);
    let requests = platform.take();
    let secrets = requests.iter().find(|r| r.path.ends_with("/env")).unwrap();
    assert_eq!(
        secrets.json(),
        json!([{ "key": "CRON_SECRET", "value": "cron-secret-0123456789", "type": "sensitive", "target": ["production"] }])
    );
    assert!(!outcome.to_string().contains("cron-secret"), "{outcome}");
    let files = files(&requests);
    let config: Value = serde_json::from_slice(&files[0].bytes).unwrap();
    let path = config["crons"][0]["path"].as_str().unwrap().to_owned();

    let function = function(&files);
    let server = node(function, &[("CRON_SECRET", "cron-secret-0123456789")]);
    assert_eq!(server.get(&path).status, 401);
    let called = server.ask(
        "GET",
        &path,
        "authorization: Bearer cron-secret-0123456789\r\n",
        b"",
    );
    assert_eq!(called.status, 204);
    server.says("the job ran");
    // The component does not see what guards its job.
    assert_eq!(server.get("/env").text(), "");
}

#[test]
fn deployments_are_listed_gone_back_to_and_taken_away() {
    let platform = start(false);
    let mut project = project(&platform, "");
    deploy(&project);
    assert_eq!(changes(&platform)[0], "POST /v11/projects");
    project.change();
    deploy(&project);
    let status = project.deploy(&["status"]).success();
    for text in ["dpl_1", "dpl_2"] {
        assert!(status.stdout.contains(text), "{status}");
    }
    let _ = platform.take();
    let back = project
        .deploy(&["--wait", "1s", "rollback", "dpl_1", "--yes"])
        .failure();
    assert!(back.has_said("is live, and https://handler"), "{back}");
    assert_eq!(
        changes(&platform),
        ["POST /v1/projects/prj_handler/rollback/dpl_1"]
    );
    project.deploy(&["logs"]).failure().says(&["its dashboard"]);
    // What is new does not go live by itself once somebody went back.
    project.change();
    deploy(&project);
    let promoted = "POST /v10/projects/prj_handler/promote/dpl_3";
    assert_eq!(changes(&platform).last().unwrap(), promoted);
    // It was made by the first deployment.
    project.deploy(&["destroy", "--yes"]).success();
    assert_eq!(changes(&platform), ["DELETE /v9/projects/prj_handler"]);
}

#[test]
fn failures_are_told_in_the_platforms_words() {
    let platform = start(true);
    let project = project(&platform, "");
    let late = |answer| Answer::Late(Duration::from_millis(700), Box::new(answer));
    for (verb, path, answer, expected) in [
        (
            "GET",
            "/v9/projects/handler",
            refusal(401, "unauthorized", "Not authorized"),
            &["401", "Not authorized", "[unauthorized]", "expired"][..],
        ),
        (
            "GET",
            "/v9/projects/handler",
            refusal(403, "forbidden", "Not in this team"),
            &["403", "[forbidden]", "permission"],
        ),
        (
            "POST",
            "/v13/deployments",
            refusal(409, "conflict", "Conflict"),
            &["409", "[conflict]"],
        ),
        (
            "POST",
            "/v13/deployments",
            Answer::Raw(429, ("retry-after", "900"), "{}"),
            &["429", "900 s"],
        ),
        (
            "POST",
            "/v13/deployments",
            late(refusal(500, "internal_server_error", "Oops")),
            &["500", "[internal_server_error]", "fault of Vercel"],
        ),
        (
            "POST",
            "/v2/files",
            refusal(404, "not_found", "Not found"),
            &["404", "[not_found]"],
        ),
        ("POST", "/v2/files", Answer::Cut, &["127.0.0.1"]),
        (
            "POST",
            "/v13/deployments",
            Answer::Raw(200, ("x", "y"), "<html>"),
            &["something unexpected"],
        ),
    ] {
        platform.fail(verb, path, answer);
        let outcome = project.deploy(&["--yes", "--wait", "1s"]).failure();
        for text in expected {
            assert!(
                outcome.has_said(text),
                "{verb} {path}: `{text}` is not in\n{outcome}"
            );
        }
        assert!(!outcome.stderr.contains("vercel-token"), "{outcome}");
    }
}
