//! What is sent once something is deployed.

use run_plugin_api::ErrorKind;
use run_plugin_api::provider::Phase;
use run_provider_shared::fake::Script;
use serde_json::{Value, json};

use super::{Q, json_of, list, of, project, ready};
use crate::{api, later};

#[test]
fn how_it_stands_and_going_back() {
    let live = json!({ "id": "dpl_2", "alias": ["shop.vercel.app"] });
    let stands = |id: &str| project(json!({ "id": id }));
    let asked = format!("GET /v9/projects/prj_1?{Q}");
    let project: api::Project = serde_json::from_str(&project(live)).unwrap();
    let listed = json!([
        { "uid": "dpl_3", "url": "shop-3.vercel.app", "state": "READY" },
        { "uid": "dpl_2", "url": "shop-2.vercel.app", "state": "READY", "target": "production",
          "meta": { "runDigest": "sha256:02" } },
        { "uid": "dpl_1", "state": "READY", "target": "production" },
        { "uid": "dpl_5", "state": "READY", "target": "production", "readySubstate": "STAGED" },
        { "uid": "dpl_0", "state": "ERROR", "target": "production" },
    ]);
    let one = |id: &str, more: Value| {
        let mut one = json!({ "id": id, "readyState": "READY" });
        for (key, value) in more.as_object().into_iter().flatten() {
            one[key] = value.clone();
        }
        one.to_string()
    };
    let staged = json!({ "target": "production", "readySubstate": "STAGED" });
    let of_preview = json!({ "meta": { "runDigest": "sha256:03", "runTag": "tag" } });
    let mut failed: Value = serde_json::from_str(&stands("dpl_2")).unwrap();
    failed["lastAliasRequest"] =
        json!({ "type": "rollback", "toDeploymentId": "dpl_1", "jobStatus": "failed" });
    let failed = failed.to_string();
    let get = |id: &str| format!("GET /v13/deployments/{id}?{Q}");
    let script = list(Script::default(), listed)
        .then(&get("dpl_1"), 200, &ready("READY"))
        .then(
            &format!("POST /v1/projects/prj_1/rollback/dpl_1?{Q}"),
            201,
            "",
        )
        // Taken in, and done a little later.
        .then(&asked, 200, &stands("dpl_2"))
        .then(&asked, 200, &stands("dpl_1"))
        .then(&get("dpl_2"), 200, &one("dpl_2", staged))
        .then(
            &format!("POST /v10/projects/prj_1/promote/dpl_2?{Q}"),
            201,
            "",
        )
        .then(&asked, 200, &stands("dpl_2"))
        // What is live of a preview is a new deployment, with other variables.
        .then(&get("dpl_3"), 200, &one("dpl_3", of_preview))
        .then(
            &format!("POST /v13/deployments?{Q}"),
            200,
            &one("dpl_4", json!({})),
        )
        .then(&get("dpl_4"), 200, &one("dpl_4", json!({})))
        .then(&get("dpl_9"), 404, "{}")
        .then(&get("dpl_1"), 200, &ready("READY"))
        .then(
            &format!("POST /v1/projects/prj_1/rollback/dpl_1?{Q}"),
            201,
            "",
        )
        .then(&asked, 200, &failed);
    let client = api::client(&script);
    let api = of(&client);
    let listed = later::status(&api, &project, None).unwrap();
    let phases: Vec<_> = listed.iter().map(|stand| stand.phase).collect();
    assert_eq!(
        phases,
        [
            Phase::Live,
            Phase::Live,
            Phase::Superseded,
            Phase::Pending,
            Phase::Failed
        ]
    );
    assert_eq!(listed[1].url.as_deref(), Some("https://shop.vercel.app"));
    later::rollback(&api, &project, "dpl_1").unwrap();
    later::rollback(&api, &project, "dpl_2").unwrap();
    assert_eq!(
        later::rollback(&api, &project, "dpl_3").unwrap().id,
        "dpl_4"
    );
    let error = later::rollback(&api, &project, "dpl_9").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = later::rollback(&api, &project, "dpl_1").unwrap_err();
    assert!(error.message().contains("did not make `dpl_1` live"));
    let again = json_of(&script.finish()[9]);
    let meta = json!({ "action": "promote", "runDigest": "sha256:03", "runTag": "tag" });
    assert_eq!(
        again,
        json!({ "deploymentId": "dpl_3", "name": "shop", "target": "production", "meta": meta })
    );
}
