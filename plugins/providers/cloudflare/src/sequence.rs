//! Tests of what is sent, and in which order.

use run_plugin_api::provider::{Phase, Verb};
use run_plugin_api::{ErrorKind, Result};
use run_provider_shared::Request;
use run_provider_shared::fake::Script;
use run_provider_transpile::Module;
use serde_json::{Value, json};

use crate::apply::{Applied, Package, apply};
use crate::present::{Made, api, present};
use crate::settings::Settings;
use crate::settings::tests::settings;
use crate::steps::Steps;
use crate::{api, later};

const W: &str = "/client/v4/accounts/a/workers";
const NEW: &str = r#"{"success":false,"errors":[{"code":10090,"message":"no such Worker"}]}"#;

fn ok(result: &Value) -> String {
    json!({ "success": true, "errors": [], "result": result }).to_string()
}

fn base() -> Vec<(&'static str, &'static str)> {
    vec![("account_id", "a"), ("workers_dev", "true")]
}

/// A script that answers what is asked of a Worker that is live by `tag`.
fn live(tag: &str, shares: &[(&str, u8)]) -> Script {
    let versions: Vec<_> = shares
        .iter()
        .map(|(id, percentage)| json!({ "version_id": id, "percentage": percentage }))
        .collect();
    let deployments = ok(&json!({ "deployments": [{ "versions": versions }] }));
    let script = Script::default()
        .then(&format!("GET {W}/services/shop"), 200, &ok(&json!({})))
        .then(
            &format!("GET {W}/scripts/shop/deployments"),
            200,
            &deployments,
        );
    let script = shares
        .iter()
        .enumerate()
        .fold(script, |script, (at, (id, _))| {
            let tag = if at == 0 { tag } else { "older" };
            let version = json!({ "id": id, "annotations": { "workers/tag": tag } });
            script.then(
                &format!("GET {W}/scripts/shop/versions/{id}"),
                200,
                &ok(&version),
            )
        });
    let dev = json!({ "enabled": true, "previews_enabled": false });
    script
        .then(&format!("GET {W}/scripts/shop/subdomain"), 200, &ok(&dev))
        .then(
            &format!("GET {W}/scripts/shop/schedules"),
            200,
            &ok(&json!({ "schedules": [] })),
        )
        .then(
            &format!("GET {W}/subdomain"),
            200,
            &ok(&json!({ "subdomain": "acme" })),
        )
}

/// Plans and applies: what of it is shown, what came of it, what was sent.
fn deployed(
    script: Script,
    settings: &Settings,
    made: &Made,
) -> (Vec<(Verb, String)>, Result<Applied>, Vec<Request>) {
    let client = api::client(&script);
    let api = api(&client, settings).unwrap();
    let present = present(&api, settings, made).unwrap();
    let steps = Steps::of(settings, &present, made, "tag").unwrap();
    let actions = steps.actions(settings, &present);
    let modules = [Module::script("worker.js", "export default {}")];
    let package = Package {
        modules: &modules,
        secrets: vec![("KEY".into(), "placeholder".into())],
        tag: "tag",
        digest: "sha256:00",
    };
    let applied = apply(&api, settings, &present, &steps, package);
    let actions = actions.into_iter().map(|a| (a.verb, a.subject)).collect();
    (actions, applied, script.finish())
}

fn json_of(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

#[test]
fn a_first_deployment_is_one_upload() {
    let script = Script::default()
        .then(&format!("GET {W}/services/shop"), 404, NEW)
        .then(&format!("GET {W}/subdomain"), 200, &ok(&json!({ "subdomain": "acme" })))
        .then(
            "GET /client/v4/accounts/a/storage/kv/namespaces?per_page=100&page=1",
            200,
            &ok(&json!([])),
        )
        .then(
            "POST /client/v4/accounts/a/storage/kv/namespaces",
            200,
            &ok(&json!({ "id": "ns", "title": "shop-cache" })),
        )
        .then(
            &format!("PUT {W}/scripts/shop?excludeScript=true&bindings_inherit=strict"),
            200,
            &ok(&json!({ "id": "shop", "startup_time_ms": 7 })),
        )
        .then(
            &format!("GET {W}/scripts/shop/deployments"),
            200,
            &ok(&json!({ "deployments": [{ "versions": [{ "version_id": "v1", "percentage": 100 }] }] })),
        )
        .then(&format!("POST {W}/scripts/shop/subdomain"), 200, &ok(&json!({})))
        .then(&format!("PUT {W}/scripts/shop/schedules"), 200, &ok(&json!({})));
    let mut pairs = base();
    pairs.extend([
        ("kv", "cache=new"),
        ("crons", "0 5 * * *"),
        ("secrets", "KEY"),
    ]);
    let settings = settings(&pairs).unwrap();
    let (actions, applied, sent) = deployed(script, &settings, &Made::default());
    let subjects: Vec<_> = actions
        .iter()
        .map(|(_, subject)| subject.as_str())
        .collect();
    assert_eq!(
        subjects,
        ["KV shop-cache", "Worker shop", "workers.dev", "schedules"]
    );
    let applied = applied.unwrap();
    assert_eq!((applied.id.as_str(), applied.startup_ms), ("v1", Some(7)));
    let upload = String::from_utf8(sent[4].body.clone()).unwrap();
    for part in [
        r#"{"type":"secret_text","name":"KEY","text":"placeholder"}"#,
        r#"{"type":"kv_namespace","name":"cache","namespace_id":"ns"}"#,
        r#""workers/tag":"tag","workers/message":"run v2 deploy sha256:00""#,
        "name=\"worker.js\"; filename=\"worker.js\"",
    ] {
        assert!(upload.contains(part), "{part}: {upload}");
    }
    assert_eq!(json_of(&sent[7]), json!([{ "cron": "0 5 * * *" }]));
}

#[test]
fn the_same_again_changes_nothing() {
    let settings = settings(&base()).unwrap();
    let (actions, applied, sent) =
        deployed(live("tag", &[("v1", 100)]), &settings, &Made::default());
    assert_eq!(actions, [(Verb::Keep, "Worker shop".to_owned())]);
    assert_eq!(applied.unwrap().id, "v1");
    assert!(sent.iter().all(|request| request.body.is_empty()));
}

#[test]
fn a_change_is_a_version_with_its_share() {
    let uploaded = ok(&json!({ "id": "v2", "startup_time_ms": 8 }));
    let upload = format!("POST {W}/scripts/shop/versions?bindings_inherit=strict");
    let deploy = format!("POST {W}/scripts/shop/deployments");
    let patch = format!("PATCH {W}/scripts/shop/script-settings");
    let script = live("old", &[("v1", 100)])
        .then(&upload, 200, &uploaded)
        .then(&deploy, 200, &ok(&json!({})))
        .then(&patch, 200, &ok(&json!({})));
    let mut pairs = base();
    pairs.push(("rollout", "10"));
    let gradual = settings(&pairs).unwrap();
    let (_, applied, sent) = deployed(script, &gradual, &Made::default());
    assert_eq!(applied.unwrap().id, "v2");
    assert_eq!(
        json_of(&sent[sent.len() - 2])["versions"],
        json!([
            { "version_id": "v2", "percentage": 10.0 },
            { "version_id": "v1", "percentage": 90.0 },
        ])
    );

    // Then all of it, without another upload.
    let script = live("tag", &[("v2", 10), ("v1", 90)]).then(&deploy, 200, &ok(&json!({})));
    let all = settings(&base()).unwrap();
    let (actions, _, sent) = deployed(script, &all, &Made::default());
    assert_eq!(actions[0].0, Verb::Promote);
    assert_eq!(
        json_of(&sent[sent.len() - 1])["versions"],
        json!([{ "version_id": "v2", "percentage": 100.0 }])
    );
}

#[test]
fn what_others_have_is_not_taken_and_what_we_made_goes() {
    let domains =
        |service: &str| ok(&json!([{ "id": "d1", "hostname": "shop.test", "service": service }]));
    let list = "GET /client/v4/accounts/a/workers/domains";
    let script = live("tag", &[("v1", 100)]).then(list, 200, &domains("other"));
    let mut pairs = base();
    pairs.push(("domains", "shop.test"));
    let wanted = settings(&pairs).unwrap();
    let client = api::client(&script);
    let found = api(&client, &wanted).unwrap();
    let there = present(&found, &wanted, &Made::default()).unwrap();
    let error = Steps::of(&wanted, &there, &Made::default(), "tag").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("belongs to the Worker `other`"));
    script.finish();

    let made = Made {
        domains: vec!["shop.test".into()],
        routes: Vec::new(),
    };
    let script = live("tag", &[("v1", 100)])
        .then(list, 200, &domains("shop"))
        .then(
            "DELETE /client/v4/accounts/a/workers/domains/d1",
            200,
            &ok(&json!({})),
        );
    let (actions, applied, _) = deployed(script, &settings(&base()).unwrap(), &made);
    assert_eq!(actions[1], (Verb::Delete, "domain shop.test".to_owned()));
    applied.unwrap();
}

#[test]
fn how_it_stands_and_going_back() {
    let settings = settings(&base()).unwrap();
    let deployments = ok(&json!({ "deployments": [
        { "versions": [{ "version_id": "v2", "percentage": 100 }] },
        { "versions": [{ "version_id": "v1", "percentage": 100 }] },
    ] }));
    let message = "run v2 deploy sha256:01";
    let versions = ok(&json!({ "items": [
        { "id": "v1", "number": 1, "annotations": { "workers/message": message } },
        { "id": "v3", "number": 3 },
        { "id": "v2", "number": 2 },
    ] }));
    let script = Script::default()
        .then(&format!("GET {W}/services/shop"), 200, &ok(&json!({})))
        .then(
            &format!("GET {W}/scripts/shop/deployments"),
            200,
            &deployments,
        )
        .then(&format!("GET {W}/scripts/shop/versions"), 200, &versions)
        .then(
            &format!("GET {W}/scripts/shop/versions/v1"),
            200,
            &ok(&json!({ "id": "v1" })),
        )
        .then(
            &format!("POST {W}/scripts/shop/deployments"),
            200,
            &ok(&json!({})),
        )
        .then(&format!("GET {W}/scripts/shop/versions/v9"), 404, NEW);
    let client = api::client(&script);
    let api = api(&client, &settings).unwrap();
    let stands = later::status(&api, None).unwrap();
    let shown: Vec<_> = stands.iter().map(|s| (s.id.as_str(), s.phase)).collect();
    assert_eq!(
        shown,
        [
            ("v3", Phase::Pending),
            ("v2", Phase::Live),
            ("v1", Phase::Superseded)
        ]
    );
    assert_eq!(stands[2].digest.as_deref(), Some("sha256:01"));
    later::rollback(&api, "v1").unwrap();
    let error = later::rollback(&api, "v9").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    script.finish();
}
