//! The provider of Cloudflare Workers, by the real command against a server in
//! place of the API: what it sends, what runs of it, and how it fails.

use std::time::Duration;

use run_tests::Outcome;
use run_tests::edge::cloudflare::{self, refusal, start, upload, worker};
use run_tests::edge::{
    Answer, Platform, Project, Recorded, Request, changes, handler, parts, recorded, schema,
    schema_of,
};
use serde_json::{Value, json};

/// What `tests/edge/record/wrangler/wrangler.toml` says.
const AS_RECORDED: &str = "compatibility_date = \"2026-04-01\"
variables = { GREETING = \"hi\" }
crons = [\"*/5 * * * *\"]";

/// Without an address, so that nobody is asked whether it answers.
const UNSEEN: &str = "workers_dev = false";

fn project(platform: &Platform, options: &str) -> Project {
    cloudflare::project(platform, handler(), options)
}

/// Deploys, and does not wait for what is not in the world.
fn deploy(project: &Project) -> Outcome {
    project.deploy(&["--yes", "--wait", "1s"])
}

/// The requests that change something are wrangler's, in their order, with the
/// same queries; and so is what they say, but for what is ours.
#[track_caller]
fn assert_as_recorded(ours: &[Request], theirs: &[Recorded]) {
    let ours: Vec<_> = ours.iter().filter(|r| r.method != "GET").collect();
    let theirs: Vec<_> = theirs.iter().filter(|r| r.changes()).collect();
    let lines = |all: &[String]| all.join("\n");
    let our_lines: Vec<_> = ours.iter().map(|r| r.line()).collect();
    let their_lines: Vec<_> = theirs.iter().map(|r| r.line()).collect();
    assert_eq!(lines(&our_lines), lines(&their_lines));
    for (our, their) in ours.iter().zip(theirs) {
        let query = their.query.iter();
        let query: Vec<_> = query
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        assert_eq!(our.query, query, "{}", our.line());
        if let Some(list) = their.json.as_array() {
            assert_eq!(our.json(), json!(list), "{}", our.line());
        }
        for (key, value) in their.json.as_object().into_iter().flatten() {
            // Versions have other ids, and we say more about them.
            if !["versions", "annotations", "tags"].contains(&key.as_str()) {
                assert_eq!(our.json()[key], *value, "{} {key}", our.line());
            }
        }
    }
}

/// The parts are of the same form as wrangler's.
fn assert_same_form(request: &Request, theirs: &[Value]) {
    let ours = parts(request);
    let metadata: Value = serde_json::from_slice(&ours[0].bytes).unwrap();
    assert_eq!(ours[0].name, "metadata");
    assert_eq!(ours[0].filename, None);
    for (key, value) in theirs[0]["json"].as_object().unwrap() {
        assert_eq!(metadata[key], *value, "{key}");
    }
    let kinds = |ending: &str| {
        let of_theirs = theirs.iter().find(|part| {
            let name = part["name"].as_str().unwrap_or_default();
            name.ends_with(ending)
        });
        of_theirs.unwrap()["type"].as_str().unwrap().to_owned()
    };
    assert_eq!(ours[1].name, metadata["main_module"]);
    for part in &ours[1..] {
        assert_eq!(part.filename.as_ref(), Some(&part.name));
        let ending = part.name.rsplit('.').next().unwrap();
        assert_eq!(part.kind, kinds(ending), "{}", part.name);
    }
    schema::check(&schema_of("cloudflare-metadata"), &metadata).unwrap();
    // And it would be said if it were not.
    let mut wrong = metadata;
    wrong["bindings"][0]["type"] = json!("plain_txt");
    assert!(schema::check(&schema_of("cloudflare-metadata"), &wrong).is_err());
}

#[test]
fn it_sends_what_wrangler_sends_and_its_modules_run() {
    let platform = start();
    let mut project = project(&platform, AS_RECORDED);
    let planned = project.deploy(&["--dry-run"]).success();
    assert!(planned.stdout.contains("Worker handler"), "{planned}");
    assert!(changes(&platform).is_empty());

    deploy(&project)
        .failure()
        .says(&["is live, and https://handler"]);
    let first = platform.take();
    let theirs = recorded("cloudflare", "first");
    assert_as_recorded(&first, &theirs);
    let form = theirs.iter().find(|r| !r.parts.is_empty()).unwrap();
    assert_same_form(upload(&first), &form.parts);
    let tokens: Vec<_> = first.iter().map(|r| r.header("authorization")).collect();
    assert!(
        tokens
            .iter()
            .all(|token| *token == Some("Bearer cf-token-0123456789"))
    );

    // The same again changes nothing.
    deploy(&project).success().says(&["Unchanged"]);
    assert!(changes(&platform).is_empty());

    // A new artifact is a version, as wrangler makes it.
    project.change();
    deploy(&project).failure();
    let again = recorded("cloudflare", "again");
    // Those two wrangler sends whether or not they change something.
    let needed = again
        .into_iter()
        .filter(|r| !(r.path.ends_with("/subdomain") || r.path.ends_with("/schedules")));
    assert_as_recorded(&platform.take(), &needed.collect::<Vec<_>>());

    runs(upload(&first));
}

/// Everything that the component asks for works in Cloudflare's own engine.
fn runs(upload: &Request) {
    let upstream = Platform::start(|request| {
        let said = format!(
            "{} {}",
            request.line(),
            request.header("x-from").unwrap_or("-")
        );
        Answer::Json(201, json!([said, String::from_utf8_lossy(&request.body)]))
    });
    let worker = worker(upload, &[("GREETING", "hi")]);
    run_tests::edge::answers(&worker, &upstream, "did not answer");
}

#[test]
fn versions_are_listed_gone_back_to_and_taken_away() {
    let platform = start();
    let mut project = project(&platform, UNSEEN);
    deploy(&project).success();
    project.change();
    project.option("rollout = 25");
    deploy(&project).success();
    let share = platform
        .take()
        .into_iter()
        .rfind(|r| r.path.ends_with("/deployments") && r.method == "POST");
    assert_eq!(
        share.unwrap().json()["versions"],
        json!([
            { "version_id": "version-2", "percentage": 25.0 },
            { "version_id": "version-1", "percentage": 75.0 },
        ])
    );
    let status = project.deploy(&["status"]).success();
    for text in ["version-1", "version-2", "25 %"] {
        assert!(status.stdout.contains(text), "{status}");
    }
    project
        .deploy(&["--wait", "1s", "rollback", "version-1", "--yes"])
        .success();
    let back = platform
        .take()
        .into_iter()
        .rfind(|r| r.method == "POST")
        .unwrap();
    assert_eq!(
        back.json()["versions"],
        json!([{ "version_id": "version-1", "percentage": 100.0 }])
    );
    let logs = project.deploy(&["logs"]).success();
    assert!(logs.stdout.contains("first\n"), "{logs}");
    let _ = platform.take();
    project.deploy(&["destroy", "--yes"]).success();
    let worker = "/client/v4/accounts/account/workers/scripts/handler";
    assert_eq!(changes(&platform), [format!("DELETE {worker}")]);
}

#[test]
fn secrets_reach_the_platform_and_nothing_else() {
    let platform = start();
    let options = format!("{UNSEEN}\nsecrets = [\"API_KEY\"]");
    let mut project = project(&platform, &options);
    let secret = "s3cret \"in quotes\"";
    project.set("API_KEY", secret);
    let outcome = project.deploy(&["--yes", "--verbose"]).success();
    let requests = platform.take();
    let metadata: Value = serde_json::from_slice(&parts(upload(&requests))[0].bytes).unwrap();
    assert_eq!(
        metadata["bindings"],
        json!([{ "type": "secret_text", "name": "API_KEY", "text": secret }])
    );
    let record =
        String::from_utf8(project.scratch().read(".run/deploy/live/handler.json")).unwrap();
    for text in [&outcome.stdout, &outcome.stderr, &record] {
        assert!(
            !text.contains("s3cret") && !text.contains("cf-token"),
            "{text}"
        );
    }
}

#[test]
fn failures_are_told_in_the_platforms_words() {
    let platform = start();
    let project = project(&platform, UNSEEN);
    let upload = "/scripts/handler";
    let late = |answer| Answer::Late(Duration::from_millis(700), Box::new(answer));
    let limited = Answer::Raw(429, ("retry-after", "900"), "{}");
    for (verb, path, answer, expected) in [
        (
            "GET",
            "/services/handler",
            refusal(401, 10000, "Authentication error"),
            &["401", "Authentication error", "[10000]", "expired"][..],
        ),
        (
            "GET",
            "/services/handler",
            refusal(403, 9109, "Unauthorized to access"),
            &["403", "[9109]", "permission"],
        ),
        (
            "PUT",
            upload,
            refusal(409, 10079, "another deployment"),
            &["409", "[10079]", "deploying again"],
        ),
        ("PUT", upload, limited, &["429", "900 s"]),
        (
            "PUT",
            upload,
            refusal(500, 10013, "An unknown error"),
            &["500", "[10013]", "fault of Cloudflare"],
        ),
        (
            "PUT",
            upload,
            late(refusal(400, 10021, "startup exceeded")),
            &["400", "[10021]", "could not start it"],
        ),
        ("PUT", upload, Answer::Cut, &["127.0.0.1"]),
        (
            "PUT",
            upload,
            Answer::Raw(200, ("x", "y"), "<html>"),
            &["something unexpected"],
        ),
        (
            "PUT",
            upload,
            Answer::Json(
                200,
                json!({ "success": false, "errors": [{ "code": 1, "message": "m" }] }),
            ),
            &["did not do it: m [1]"],
        ),
    ] {
        platform.fail(verb, path, answer);
        let outcome = deploy(&project).failure();
        for text in expected {
            assert!(
                outcome.has_said(text),
                "{verb} {path}: `{text}` is not in\n{outcome}"
            );
        }
        assert!(!outcome.stderr.contains("cf-token"), "{outcome}");
    }
}
