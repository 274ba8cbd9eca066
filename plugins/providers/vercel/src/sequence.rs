//! Tests of what is sent, and in which order.

mod later;

use run_plugin_api::provider::Verb;
use run_plugin_api::{ErrorKind, Result};
use run_provider_shared::Request;
use run_provider_shared::fake::Script;
use serde_json::{Value, json};

use crate::api::{self, Api};
use crate::deploy::{Applied, Package, apply};
use crate::output::{File, Mode};
use crate::settings::Settings;
use crate::settings::tests::settings;
use crate::steps::{Made, Steps, present};

const Q: &str = "teamId=team_1";

fn files() -> Vec<File> {
    ["a", "b"]
        .map(|name| File {
            path: format!(".vercel/output/{name}"),
            sha: format!("{name}{name}"),
            bytes: name.as_bytes().to_vec(),
            mode: Mode::Plain,
        })
        .to_vec()
}

fn project(live: Value) -> String {
    json!({ "id": "prj_1", "name": "shop", "targets": { "production": live } }).to_string()
}

fn ready(state: &str) -> String {
    json!({
        "id": "dpl_1", "url": "shop-1.vercel.app", "readyState": state,
        "alias": ["shop.vercel.app"], "target": "production", "errorMessage": "no room",
    })
    .to_string()
}

fn script(project: (u16, &str)) -> Script {
    Script::default().then(&format!("GET /v9/projects/shop?{Q}"), project.0, project.1)
}

/// What is there beside deployments: domains, and variables.
fn with(script: Script, domains: &[&str], variables: Value) -> Script {
    let domains: Vec<_> = domains.iter().map(|name| json!({ "name": name })).collect();
    let path = format!("GET /v9/projects/prj_1/domains?{Q}&limit=100");
    script
        .then(&path, 200, &json!({ "domains": domains }).to_string())
        .then(
            &format!("GET /v9/projects/prj_1/env?{Q}"),
            200,
            &json!({ "envs": variables }).to_string(),
        )
}

fn list(script: Script, deployments: Value) -> Script {
    let path = format!("GET /v7/deployments?{Q}&projectId=prj_1&limit=100");
    script.then(
        &path,
        200,
        &json!({ "deployments": deployments }).to_string(),
    )
}

fn deploy_path() -> String {
    format!("POST /v13/deployments?{Q}&skipAutoDetectionConfirmation=1&prebuilt=1")
}

fn deployed(
    script: Script,
    settings: &Settings,
) -> (Vec<(Verb, String)>, Result<Applied>, Vec<Request>) {
    let client = api::client(&script);
    let api = of(&client);
    let made = Made {
        domains: vec!["old.test".to_owned()],
        secrets: vec!["production:OLD".to_owned()],
    };
    let present = present(&api, settings, &made).unwrap();
    let steps = Steps::of(settings, &present, &made, "tag");
    let files = files();
    let actions = steps.actions(settings, &files);
    let secrets: Vec<_> = settings
        .secrets
        .iter()
        .map(|name| (name.clone(), "placeholder".to_owned()))
        .collect();
    let package = Package {
        files: &files,
        tag: "tag",
        digest: "sha256:00",
        secrets: &secrets,
    };
    let project = match present.project {
        Some(project) => project,
        None => api.create_project(&settings.project).unwrap(),
    };
    let deployed = apply(&api, settings, &project, &steps, &package);
    let actions = actions.into_iter().map(|a| (a.verb, a.subject)).collect();
    (actions, deployed, script.finish())
}

fn of<'c, 't>(client: &'c run_provider_shared::Client<'t>) -> Api<'c, 't> {
    Api {
        client,
        team: Some("team_1".into()),
    }
}

fn json_of(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

#[test]
fn what_the_platform_lacks_is_sent_and_no_more() {
    let missing = json!({ "error": {
        "code": "missing_files", "message": "Missing files", "missing": ["bb"],
    } });
    let script = script((404, r#"{"error":{"code":"not_found","message":"none"}}"#))
        .then(
            &format!("POST /v11/projects?{Q}"),
            200,
            &project(Value::Null),
        )
        .then(
            &format!("POST /v10/projects/prj_1/env?{Q}&upsert=true"),
            201,
            "{}",
        )
        .then(
            &format!("POST /v10/projects/prj_1/domains?{Q}"),
            200,
            r#"{"name":"shop.test","verified":false,"verification":[
                {"type":"TXT","domain":"_vercel.shop.test","value":"vc=1","reason":"pending"}]}"#,
        )
        .then(&deploy_path(), 400, &missing.to_string())
        .then(&format!("POST /v2/files?{Q}"), 200, "{}")
        .then(&deploy_path(), 200, &ready("QUEUED"))
        .then(
            &format!("GET /v13/deployments/dpl_1?{Q}"),
            200,
            &ready("BUILDING"),
        )
        .then(
            &format!("GET /v13/deployments/dpl_1?{Q}"),
            200,
            &ready("READY"),
        );
    let settings = settings(&[("secrets", "KEY"), ("domains", "shop.test")]).unwrap();
    let (actions, deployment, sent) = deployed(script, &settings);
    let subjects: Vec<_> = actions
        .iter()
        .map(|(_, subject)| subject.as_str())
        .collect();
    assert_eq!(
        subjects,
        [
            "project shop",
            "secrets",
            "project shop",
            "domain shop.test"
        ]
    );
    let applied = deployment.unwrap();
    assert_eq!(applied.deployment.alias, ["shop.vercel.app"]);
    assert!(applied.notes[0].contains("TXT _vercel.shop.test \"vc=1\""));
    assert_eq!(
        json_of(&sent[2]),
        json!([{ "key": "KEY", "value": "placeholder", "type": "sensitive", "target": ["production"] }])
    );
    assert_eq!(sent[5].body, b"b");
    assert!(
        sent[5]
            .headers
            .contains(&("x-now-digest".into(), "bb".into()))
    );
    assert_eq!(json_of(&sent[6])["meta"]["runDigest"], "sha256:00");
}

#[test]
fn the_same_again_changes_nothing() {
    let live = json!({ "id": "dpl_1", "alias": ["shop.vercel.app"] });
    let same = json!([{ "uid": "dpl_1", "state": "READY", "target": "production",
                        "meta": { "runTag": "tag" } }]);
    let there = with(script((200, &project(live))), &[], json!([]));
    let there = list(there, same).then(
        &format!("GET /v13/deployments/dpl_1?{Q}"),
        200,
        &ready("READY"),
    );
    let (actions, deployment, sent) = deployed(there, &settings(&[]).unwrap());
    assert_eq!(actions, [(Verb::Keep, "project shop".to_owned())]);
    assert_eq!(deployment.unwrap().deployment.id, "dpl_1");
    assert!(sent.iter().all(|request| request.body.is_empty()));
}

#[test]
fn what_we_made_goes_and_what_fails_says_why() {
    let variables = json!([
        { "id": "e1", "key": "OLD", "target": ["production"] },
        { "id": "e2", "key": "OTHER", "target": ["production"] },
    ]);
    // Somebody went back to dpl_0, so nothing goes live by itself.
    let project = json!({
        "id": "prj_1", "name": "shop", "targets": { "production": { "id": "dpl_0" } },
        "lastAliasRequest": { "type": "rollback", "fromDeploymentId": "dpl_9" },
    })
    .to_string();
    let there = || {
        let there = script((200, &project));
        with(there, &["old.test", "other.test"], variables.clone())
    };
    let working = list(there(), json!([]))
        .then(&deploy_path(), 200, &ready("QUEUED"))
        .then(
            &format!("GET /v13/deployments/dpl_1?{Q}"),
            200,
            &ready("READY"),
        )
        .then(
            &format!("POST /v10/projects/prj_1/promote/dpl_1?{Q}"),
            201,
            "",
        )
        .then(
            &format!("GET /v9/projects/prj_1?{Q}"),
            200,
            &self::project(json!({ "id": "dpl_1" })),
        )
        .then(
            &format!("DELETE /v9/projects/prj_1/domains/old.test?{Q}"),
            200,
            "{}",
        )
        .then(&format!("DELETE /v9/projects/prj_1/env/e1?{Q}"), 200, "{}");
    let (actions, applied, _) = deployed(working, &settings(&[]).unwrap());
    let subject = |verb, text: &str| (verb, text.to_owned());
    assert_eq!(
        actions,
        [
            subject(Verb::Update, "project shop"),
            subject(Verb::Update, "project shop"),
            subject(Verb::Delete, "secret OLD"),
            subject(Verb::Delete, "domain old.test"),
        ]
    );
    assert!(applied.is_ok());

    let failing = list(there(), json!([]))
        .then(&deploy_path(), 200, &ready("QUEUED"))
        .then(
            &format!("GET /v13/deployments/dpl_1?{Q}"),
            200,
            &ready("ERROR"),
        );
    let (_, applied, _) = deployed(failing, &settings(&[]).unwrap());
    let error = applied.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.message().contains("no room"), "{}", error.message());
}

#[test]
fn a_file_that_is_not_ours_is_not_sent() {
    let stranger = r#"{"error":{"code":"missing_files","missing":["cc"]}}"#;
    let there = with(script((200, &project(Value::Null))), &[], json!([]));
    let script = list(there, json!([])).then(&deploy_path(), 400, stranger);
    let (_, applied, _) = deployed(script, &settings(&[]).unwrap());
    let error = applied.err().unwrap();
    assert!(error.message().contains("none of ours"));
}
