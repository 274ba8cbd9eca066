//! The provider of Vercel, by the real command against a server in place of the
//! API: what it sends, what runs of it, and how it fails.

use std::time::Duration;

use run_tests::Outcome;
use run_tests::edge::vercel::{self, body, files, function, refusal, start};
use run_tests::edge::{
    Answer, Platform, Project, Recorded, Request, changes, handler, node, recorded, schema,
    schema_of,
};
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

/// The requests that change something are those of the platform's own command,
/// in their order, with the same queries; and so is what they say, but for what
/// is ours.
fn assert_as_recorded(ours: &[Request], theirs: &[Recorded]) {
    let lines = |mut all: Vec<String>| {
        // One for each file, however many there are.
        all.dedup();
        all.join("\n")
    };
    let our: Vec<_> = ours.iter().filter(|r| r.method != "GET").collect();
    let their: Vec<_> = theirs.iter().filter(|r| r.changes()).collect();
    assert_eq!(
        lines(our.iter().map(|r| r.line()).collect()),
        lines(their.iter().map(|r| r.line()).collect())
    );
    let query: Vec<_> = their[0]
        .query
        .iter()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(our[0].query, query);
    let (our, their) = (our[0].json(), &their[0].json);
    for (key, value) in their.as_object().expect("a body") {
        match key.as_str() {
            "meta" => assert!(our["meta"]["runDigest"].is_string()),
            "files" => {
                let keys = |files: &Value| -> Vec<String> {
                    files[0]
                        .as_object()
                        .expect("a file")
                        .keys()
                        .cloned()
                        .collect()
                };
                let (mut ours, mut theirs) = (keys(&our["files"]), keys(value));
                ours.sort();
                theirs.sort();
                assert_eq!(ours, theirs);
                assert_eq!(our["files"][0]["mode"], value[0]["mode"]);
            }
            _ => assert_eq!(our[key], *value, "{key}"),
        }
    }
}

/// What of a body is of the public SDK's type; the rest is what only the
/// platform's own command sends, and that it does is recorded.
fn public(mut body: Value, theirs: &Value) -> Value {
    for key in ["version", "source", "env", "build"] {
        assert!(
            theirs.get(key).is_some(),
            "{key} is not sent by the command"
        );
        body.as_object_mut().expect("an object").remove(key);
    }
    let setting = "sourceFilesOutsideRootDirectory";
    for file in body["files"].as_array_mut().expect("files") {
        file.as_object_mut().expect("a file").remove("mode");
    }
    assert!(theirs["projectSettings"].get(setting).is_some());
    body
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

    runs(&files(&first));
}

/// Everything that the component asks for works in the platform's Node.js.
fn runs(files: &[(String, Vec<u8>)]) {
    let function = function(files);
    let settings: Value = serde_json::from_slice(&function.read(".vc-config.json")).unwrap();
    assert_eq!(settings["runtime"], "nodejs24.x");
    assert_eq!(settings["environment"], json!({ "GREETING": "hi" }));
    let upstream = Platform::start(|request| {
        let said = format!(
            "{} {}",
            request.line(),
            request.header("x-from").unwrap_or("-")
        );
        Answer::Json(201, json!([said, String::from_utf8_lossy(&request.body)]))
    });
    // The platform has variables of its own, which are none of the component's.
    let server = node(
        function,
        &[("GREETING", "hi"), ("AWS_SECRET_ACCESS_KEY", "platform")],
    );
    run_tests::edge::answers(&server, &upstream);
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
    let config: Value = serde_json::from_slice(&files[0].1).unwrap();
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
    let _ = platform.take();
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
