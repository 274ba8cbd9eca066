//! What is sent to AWS, in its order.

use run_provider_shared::fake::Script;

use crate::Clients;
use crate::bundle::{Bundle, bundle};
use crate::deploy::{self, Package};
use crate::settings::{Settings, tests::settings};
use crate::steps::{Steps, plain};

const F: &str = "/2015-03-31/functions/shop";
const ROLE: &str = "arn:aws:iam::1:role/run-shop";
const URL: &str = "/2021-10-31/functions/shop/url?Qualifier=live";
const ACTIVE: &str = r#"{"FunctionArn":"arn:aws:lambda:eu-west-1:1:function:shop","State":"Active","LastUpdateStatus":"Successful"}"#;

fn made(settings: &Settings) -> Bundle {
    bundle(b"runner", b"code", settings, "sha256:0").unwrap()
}

fn deployed(script: &Script, settings: &Settings) -> run_plugin_api::Result<deploy::Deployed> {
    let bundle = made(settings);
    let clients = Clients::new(script, settings);
    let services = clients.services(settings);
    let present = deploy::present(&services, settings, false)?;
    let steps = Steps::of(settings, &present, &bundle, "sha256:0");
    let role = match &present.role {
        Some(role) => role.clone(),
        None => services.roles.create()?,
    };
    let package = Package {
        bundle: &bundle,
        digest: "sha256:0",
        variables: &plain(settings),
    };
    deploy::apply(&services, settings, &present, &role, &steps, &package)
}

const GET_ROLE: &str = "GET /?Action=GetRole&Version=2010-05-08&RoleName=run-shop";

fn role() -> String {
    format!("<CreateRoleResponse><Arn>{ROLE}</Arn></CreateRoleResponse>")
}

#[test]
fn the_first_deployment_makes_everything() {
    let settings = settings(&[]).unwrap();
    let script = Script::default()
        .then(GET_ROLE, 404, "<Error><Code>NoSuchEntity</Code></Error>")
        .then(&format!("GET {F}/configuration"), 404, "{}")
        .then("POST /", 200, &role())
        .then("POST /", 200, "<AttachRolePolicyResponse/>")
        .then(
            "POST /2015-03-31/functions",
            400,
            r#"{"Message":"The role defined for the function cannot be assumed by Lambda."}"#,
        )
        .then("POST /2015-03-31/functions", 201, "{}")
        .then(
            &format!("GET {F}/configuration"),
            200,
            r#"{"State":"Pending"}"#,
        )
        .then(&format!("GET {F}/configuration"), 200, ACTIVE)
        .then(&format!("POST {F}/versions"), 201, r#"{"Version":"1"}"#)
        .then(&format!("GET {F}/aliases/live"), 404, "{}")
        .then(&format!("POST {F}/aliases"), 201, "{}")
        .then(
            &format!("POST {URL}"),
            201,
            r#"{"FunctionUrl":"https://u.test/"}"#,
        )
        .then(&format!("POST {F}/policy?Qualifier=live"), 201, "{}")
        .then(&format!("POST {F}/policy?Qualifier=live"), 409, "{}");
    let deployed = deployed(&script, &settings).unwrap();
    assert_eq!(deployed.version, "1");
    assert_eq!(deployed.url.as_deref(), Some("https://u.test/"));
    assert_eq!(deployed.arn, "arn:aws:lambda:eu-west-1:1:function:shop");
    let sent = script.finish();
    let create = sent
        .iter()
        .rfind(|r| r.url.ends_with("/functions"))
        .unwrap();
    let body: serde_json::Value = serde_json::from_slice(&create.body).unwrap();
    assert_eq!(body["Role"], ROLE);
    assert_eq!(body["Runtime"], "provided.al2023");
    assert_eq!(body["Architectures"][0], "x86_64");
    assert!(
        create
            .url
            .starts_with("https://lambda.eu-west-1.amazonaws.com/")
    );
}

fn configuration(settings: &Settings, memory: u32) -> String {
    serde_json::json!({
        "FunctionArn": "arn:aws:lambda:eu-west-1:1:function:shop",
        "CodeSha256": made(settings).sha,
        "Role": ROLE,
        "MemorySize": memory,
        "Timeout": 30,
        "Architectures": ["x86_64"],
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })
    .to_string()
}

fn there(settings: &Settings, memory: u32) -> Script {
    let versions = serde_json::json!({"Versions": [
        {"Version": "$LATEST"},
        {"Version": "3", "CodeSha256": made(settings).sha, "Description": "sha256:0"},
    ]});
    Script::default()
        .then(GET_ROLE, 200, &role())
        .then(
            &format!("GET {F}/configuration"),
            200,
            &configuration(settings, memory),
        )
        .then(
            &format!("GET {F}/aliases/live"),
            200,
            r#"{"FunctionVersion":"3"}"#,
        )
        .then(
            &format!("GET {F}/versions?MaxItems=50"),
            200,
            &versions.to_string(),
        )
        .then(
            &format!("GET {URL}"),
            200,
            r#"{"FunctionUrl":"https://u.test/","AuthType":"NONE","InvokeMode":"BUFFERED"}"#,
        )
        .then(&format!("GET {F}/configuration"), 200, ACTIVE)
}

#[test]
fn the_same_again_changes_nothing() {
    let settings = settings(&[]).unwrap();
    let script = there(&settings, 256)
        .then(&format!("GET {F}/configuration"), 200, ACTIVE)
        .then(&format!("POST {F}/policy?Qualifier=live"), 409, "{}")
        .then(&format!("POST {F}/policy?Qualifier=live"), 409, "{}");
    assert_eq!(deployed(&script, &settings).unwrap().version, "3");
    script.finish();
}

#[test]
fn another_configuration_is_another_version() {
    let settings = settings(&[("url", "iam")]).unwrap();
    let script = there(&settings, 128)
        .then(&format!("PUT {F}/configuration"), 200, "{}")
        .then(&format!("GET {F}/configuration"), 200, ACTIVE)
        .then(&format!("GET {F}/configuration"), 200, ACTIVE)
        .then(&format!("POST {F}/versions"), 201, r#"{"Version":"4"}"#)
        .then(
            &format!("GET {F}/aliases/live"),
            200,
            r#"{"FunctionVersion":"3"}"#,
        )
        .then(&format!("PUT {F}/aliases/live"), 200, "{}")
        .then(
            &format!("DELETE {F}/policy/run-url?Qualifier=live"),
            204,
            "",
        )
        .then(
            &format!("DELETE {F}/policy/run-url-invoke?Qualifier=live"),
            404,
            "{}",
        )
        .then(
            &format!("PUT {URL}"),
            200,
            r#"{"FunctionUrl":"https://u.test/"}"#,
        );
    assert_eq!(deployed(&script, &settings).unwrap().version, "4");
    script.finish();
}

#[test]
fn a_role_that_stays_unknown_and_a_failed_function_are_said() {
    let settings = settings(&[("role", ROLE)]).unwrap();
    let failed = r#"{"State":"Failed","StateReason":"the code is no program"}"#;
    let script = Script::default()
        .then(&format!("GET {F}/configuration"), 404, "{}")
        .then("POST /2015-03-31/functions", 201, "{}")
        .then(&format!("GET {F}/configuration"), 200, failed);
    let error = deployed(&script, &settings).unwrap_err();
    assert!(
        error.message().contains("the code is no program"),
        "{}",
        error.message()
    );
    let denied = r#"{"Message":"User is not authorized to perform: lambda:CreateFunction"}"#;
    let script = Script::default()
        .then(&format!("GET {F}/configuration"), 404, "{}")
        .then("POST /2015-03-31/functions", 403, denied);
    let error = deployed(&script, &settings).unwrap_err();
    assert!(
        error.message().contains("not authorized"),
        "{}",
        error.message()
    );
}
