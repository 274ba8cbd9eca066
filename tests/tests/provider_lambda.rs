//! The provider of AWS Lambda, by the real command against moto, which checks the
//! signatures and what the key may do; and what it deploys, in the platform's own
//! emulator.

use run_tests::edge::aws::{Aws, Key, LOGGED, architecture, unpacked};
use run_tests::edge::{Answer, Project, Request, changes, handler};
use run_tests::emulator::{Emulator, request};
use run_tests::{Outcome, command::workspace, machine};
use serde_json::json;

/// What the documentation says that a key needs.
fn documented() -> Vec<String> {
    let path = workspace().join("docs/deploy/aws-lambda.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("## Permissions").unwrap();
    let (section, _) = section.split_once("It is taken from").unwrap();
    let mut service = "lambda";
    let mut actions = Vec::new();
    for word in section.split('`').skip(1).step_by(2) {
        let action = match word.split_once(':') {
            Some((of, action)) => {
                service = of;
                action
            }
            None => word,
        };
        if action.starts_with(char::is_uppercase) {
            actions.push(format!("{service}:{action}"));
        }
    }
    assert!(
        actions.contains(&"iam:CreateRole".to_owned()),
        "{actions:?}"
    );
    actions
}

fn project(aws: &Aws, key: &Key, options: &str) -> Project {
    aws.project(key, handler(), options)
}

/// Deploys, and does not wait for what is not in the world.
fn deploy(project: &Project) -> Outcome {
    project.deploy(&["--yes", "--wait", "1s"])
}

const F: &str = "/2015-03-31/functions/handler";
const URL: &str = "/2021-10-31/functions/handler/url";

#[test]
fn functions_come_change_go_back_and_go() {
    let aws = Aws::start(&documented());
    let schedules = r#"schedules = ["rate(1 hour)", "cron(0 5 * * ? *)"]"#;
    let options = format!("variables = {{ GREETING = \"hi\" }}\n{schedules}");
    let mut project = project(&aws, &aws.key, &options);
    let planned = project.deploy(&["--dry-run"]).success();
    for text in ["role run-handler", "function handler in", "alias live"] {
        assert!(planned.stdout.contains(text), "{planned}");
    }
    assert_eq!(changes(&aws.platform), [""; 0]);

    deploy(&project).failure().says(&["is live, and https://"]);
    let first = aws.platform.take();
    let lines: Vec<_> = first
        .iter()
        .filter(|request| request.method != "GET")
        .map(Request::line)
        .collect();
    let expected: [&str; 11] = [
        "POST /",
        "POST /",
        "POST /2015-03-31/functions",
        &format!("POST {F}/versions"),
        &format!("POST {F}/aliases"),
        &format!("POST {URL}"),
        &format!("POST {F}/policy"),
        &format!("POST {F}/policy"),
        // What the role is for, and what calls as it.
        "POST /",
        "POST /schedules/run-handler-0",
        "POST /schedules/run-handler-1",
    ];
    assert_eq!(lines, expected);

    // The same again changes nothing.
    deploy(&project).success().says(&["Unchanged"]);
    assert_eq!(changes(&aws.platform), [""; 0]);

    project.change();
    project.replace(schedules, r#"schedules = ["rate(2 hours)"]"#);
    deploy(&project).failure();
    let lines = changes(&aws.platform);
    assert_eq!(
        lines,
        [
            // The role's policy, which an attempt that was stopped may lack.
            "POST /".to_owned(),
            format!("PUT {F}/code"),
            format!("POST {F}/versions"),
            format!("PUT {F}/aliases/live"),
            // The URL's two permissions, for the same reason.
            format!("POST {F}/policy"),
            format!("POST {F}/policy"),
            "POST /".to_owned(),
            "PUT /schedules/run-handler-0".to_owned(),
            "DELETE /schedules/run-handler-1".to_owned(),
        ]
    );
    let status = project.deploy(&["status"]).success();
    assert!(status.stdout.contains("superseded"), "{status}");
    assert!(status.stdout.contains("live"), "{status}");
    let _ = project.deploy(&["--wait", "1s", "rollback", "1", "--yes"]);
    assert_eq!(changes(&aws.platform), [format!("PUT {F}/aliases/live")]);

    logs(&aws, &project);
    project.deploy(&["destroy", "--yes"]).success();
    let lines = changes(&aws.platform);
    let gone = [
        "DELETE /schedules/run-handler-0".to_owned(),
        format!("DELETE {URL}"),
        format!("DELETE {F}"),
    ];
    assert_eq!(lines[..3], gone);
    assert_eq!(lines[3..], ["POST /"; 3]);
    let gone = project.deploy(&["--dry-run"]).success();
    assert!(gone.stdout.contains("role run-handler"), "{gone}");

    runs(&first);
    on_the_other_machine(&aws);
}

/// What the function logged is read with the one call that the host lets through,
/// in pages, in order, each line once.
fn logs(aws: &Aws, project: &Project) {
    let said = project.deploy(&["logs"]).success();
    let lines: Vec<_> = (0..LOGGED).map(|n| format!("line {n}")).collect();
    assert!(said.stdout.lines().eq(lines), "{said}");
    let asked = aws.platform.take();
    assert!(asked.len() > 1, "{} pages", asked.len());
    for request in &asked {
        let call = request.header("x-amz-target");
        assert_eq!(call, Some("Logs_20140328.FilterLogEvents"));
        assert_eq!(request.json()["logGroupName"], "/aws/lambda/handler");
    }
}

/// The archive for another machine has a program and code for it.
fn on_the_other_machine(aws: &Aws) {
    let (target, machine) = machine::install_stand_in();
    let options = "function = \"elsewhere\"";
    deploy(&aws.project_on(target, &aws.key, handler(), options)).failure();
    let sent = aws.platform.take();
    let created = sent.iter().find(|r| r.path == "/2015-03-31/functions");
    let created = created.unwrap().json();
    assert_eq!(created["Architectures"], json!([architecture(target)]));
    let unpacked = unpacked(&sent);
    for file in ["bootstrap", "app.cwasm"] {
        let bytes = std::fs::read(unpacked.path().join(file)).unwrap();
        assert!(bytes.starts_with(b"\x7fELF"), "{file}");
        assert_eq!(bytes[18..20], machine.to_le_bytes(), "{file}");
    }
}

/// What was deployed answers, in the platform's own emulator.
fn runs(first: &[Request]) {
    let unpacked = unpacked(first);
    let variables = [("GREETING", "hi"), ("OTHER", "no")];
    let emulator = Emulator::start(unpacked.path(), &variables);
    let root = emulator.invoke(&request("GET", "/", ""));
    assert_eq!(root["body"], "Hello from a component\n", "{root}");
    let digest = root["headers"]["x-run-digest"].as_str();
    assert!(
        digest.is_some_and(|digest| digest.starts_with("sha256:")),
        "{root}"
    );
    let environment = emulator.invoke(&request("GET", "/env", ""));
    assert_eq!(environment["body"], "GREETING=hi", "{environment}");
    let echo = emulator.invoke(&request("POST", "/echo", "back"));
    assert_eq!(echo["body"], "back", "{echo}");
    let schedule = first.iter().find(|r| r.path.starts_with("/schedules/run-"));
    let target = &schedule.unwrap().json()["Target"];
    assert!(
        target["Arn"]
            .as_str()
            .unwrap()
            .ends_with(":function:handler:live"),
        "{target}"
    );
    let event = serde_json::from_str(target["Input"].as_str().unwrap()).unwrap();
    assert_eq!(emulator.invoke(&event), "the job ran\n");
    let failed = emulator.invoke(&request("GET", "/panic", ""));
    assert_eq!(failed["errorType"], "Run.ComponentFailed", "{failed}");
}

#[test]
fn failures_are_told_in_the_platforms_words() {
    let aws = Aws::start(&documented());
    let wrong = (aws.key.0.clone(), "another-secret".to_owned());
    deploy(&project(&aws, &wrong, ""))
        .failure()
        .says(&["403", "SignatureDoesNotMatch"]);
    deploy(&project(&aws, &aws.reader, "")).failure().says(&[
        "403",
        "AccessDenied",
        "iam:CreateRole",
    ]);
    assert_eq!(changes(&aws.platform), ["POST /"]);
    project(&aws, &aws.reader, "")
        .deploy(&["logs"])
        .failure()
        .says(&["AccessDenied", "logs:FilterLogEvents"]);

    let role = "role = \"arn:aws:iam::123456789012:role/given\"";
    let project = project(&aws, &aws.key, role);
    let create = "/2015-03-31/functions";
    let limited = Answer::Raw(429, ("retry-after", "900"), "{}");
    let internal = Answer::Json(500, json!({ "Type": "Server", "Message": "we failed" }));
    for (verb, path, answer, expected) in [
        ("POST", create, limited, &["429", "900 s"][..]),
        (
            "POST",
            create,
            internal,
            &["500", "we failed", "fault of AWS"],
        ),
        ("POST", create, Answer::Cut, &["127.0.0.1"]),
        (
            "GET",
            "/configuration",
            Answer::Raw(200, ("x", "y"), "<html>"),
            &["something unexpected"],
        ),
        (
            "POST",
            create,
            Answer::Json(
                400,
                json!({ "Type": "User", "Message": "Unzipped size must be smaller" }),
            ),
            &["400", "Unzipped size"],
        ),
    ] {
        aws.platform.fail(verb, path, answer);
        let outcome = deploy(&project).failure();
        for text in expected {
            assert!(
                outcome.has_said(text),
                "{verb} {path}: `{text}` is not in\n{outcome}"
            );
        }
        assert!(!outcome.stderr.contains(&aws.key.1), "{outcome}");
    }
}
