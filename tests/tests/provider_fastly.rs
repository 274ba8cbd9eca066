//! Deploying to Fastly: what is sent, what runs in the platform's engine, and
//! what is said when the platform refuses.

mod fastly;

use std::time::Duration;

use run_tests::edge::fastly::{
    Package, SECRET, Shop, TOKEN, assert_same, command, form, imports, lines, viceroy,
};
use run_tests::edge::{Answer, Platform, Request, recorded};
use serde_json::json;

#[test]
fn what_is_sent_is_what_the_platforms_own_command_sends() {
    let shop = Shop::new("domains = [\"shop.test\"]\nbackends = [\"https://api.shop.test\"]");
    shop.deploy().says(&["shop.test"]);
    let sent = shop.changes();
    assert!(sent.iter().all(|r| r.header("fastly-key") == Some(TOKEN)));
    assert_same(&sent, &recorded("fastly", "first"));

    // The same again is nothing, and another package another version.
    let _ = shop.deploy();
    assert_eq!(lines(&shop.changes()), [""; 0]);
    shop.touch();
    let _ = shop.deploy();
    assert_same(&shop.changes(), &recorded("fastly", "again"));

    let status = shop.project.deploy(&["status"]).success();
    for text in ["live: 2 https://shop.test", "superseded: 1 "] {
        assert!(status.stdout.contains(text), "{text} in {status}");
    }
    let _ = shop
        .project
        .deploy(&["--wait", "1s", "rollback", "1", "--yes"]);
    assert_eq!(
        lines(&shop.changes()),
        ["PUT /service/S/version/1/activate"]
    );
    shop.project
        .deploy(&["rollback", "7", "--yes"])
        .failure()
        .says(&["has no version `7`"]);
    shop.project
        .deploy(&["logs"])
        .failure()
        .says(&["keeps no log", "fastly log-tail"]);
    shop.project.deploy(&["destroy", "--yes"]).success();
    assert_eq!(
        lines(&shop.changes()),
        ["PUT /service/S/version/1/deactivate", "DELETE /service/S"]
    );
}

#[test]
fn what_is_uploaded_runs_in_the_platforms_engine() {
    let upstream = |name: &'static str| {
        Platform::start(move |_: &Request| Answer::Raw(200, ("content-type", "text/plain"), name))
    };
    let (known, other) = (upstream("known"), upstream("other"));
    let shop = Shop::new(&format!(
        "domains = [\"shop.test\"]\nbackends = [\"http://{}\"]\nsecrets = [\"PASSWORD\"]\n\
         kv_stores = [\"cache\"]\nvariables = {{ GREETING = \"hi = ü & more\" }}",
        known.authority()
    ));
    let _ = shop.deploy();
    let sent = shop.changes();
    assert_eq!(
        lines(&sent)[..6],
        [
            "POST /service",
            "POST /resources/stores/config",
            &lines(&sent)[2],
            "POST /resources/stores/secret",
            "PUT /resources/stores/secret/store1/secrets",
            "POST /resources/stores/kv",
        ]
    );
    let item = sent[2].path.rsplit('/').next().unwrap();
    let (_, value) = form(&sent[2]).remove(0);
    let secret = sent[4].json();
    assert_eq!(
        secret,
        json!({ "name": "PASSWORD", "secret": "czNjcmV0ICLDvCI=" })
    );
    let upload = sent.iter().find(|r| r.path.ends_with("/package")).unwrap();
    let package = Package::of(upload);

    let file = shop.project.scratch().path().join("package.tar.gz");
    std::fs::write(&file, &package.bytes).unwrap();
    let said = command(&["compute", "validate", "--package"], &file);
    assert!(said.contains("Validated package"), "{said}");
    let foreign: Vec<_> = imports(package.component())
        .into_iter()
        .filter(|name| {
            let platforms = name.starts_with("fastly:compute/") && name.ends_with("@0.1.0");
            let common = name.starts_with("wasi:") && name.ends_with("@0.2.6");
            !(platforms || common)
        })
        .collect();
    assert_eq!(foreign, [""; 0], "what the platform's world does not have");

    let name = known.authority().replace(['.', ':'], "_");
    let running = viceroy(
        package.component(),
        &format!(
            "[local_server.backends.{name}]\nurl = \"http://{}\"\n\
             [local_server.config_stores.run_environment]\nformat = \"inline-toml\"\n\
             [local_server.config_stores.run_environment.contents]\n\"{item}\" = {value:?}\n\
             [[local_server.secret_stores.run_secrets]]\nkey = \"PASSWORD\"\ndata = {SECRET:?}\n",
            known.authority()
        ),
    );
    let hello = running.get("/");
    assert_eq!(
        (hello.status, hello.text().as_str()),
        (200, "Hello from a component\n")
    );
    let digest = run_files::Digest::of(
        &std::fs::read(shop.project.scratch().path().join("handler.wasm")).unwrap(),
    );
    assert_eq!(hello.header("x-run-digest"), [digest.to_string()]);

    let echo = running.ask("POST", "/echo?a=b", "", b"little");
    assert_eq!(echo.text(), "little");
    assert_eq!(echo.header("x-method"), ["Method::Post"]);
    let large: Vec<u8> = (0..300_000u32).map(|n| b'a' + (n % 26) as u8).collect();
    let echo = running.ask("PUT", "/echo", "", &large);
    assert!(
        echo.text().as_bytes() == large,
        "{} bytes",
        echo.text().len()
    );

    let environment = running.get("/env").text();
    let of = |name: &str| environment.lines().find_map(|line| line.strip_prefix(name));
    assert_eq!(of("GREETING="), Some("hi = ü & more"));
    assert_eq!(of("PASSWORD="), Some(SECRET));
    assert!(of("FASTLY_SERVICE_VERSION=").is_some(), "{environment}");

    let slept: u32 = running.get("/sleep").text().parse().unwrap();
    assert!(slept >= 50);
    assert!(running.get("/time").text().ends_with(" 16 true"));
    for (server, expected) in [(&known, "200 known"), (&other, "200 other")] {
        let fetched = running.get(&format!("/fetch?{}", server.authority()));
        assert_eq!(fetched.text(), expected);
        let asked = server.take().pop().unwrap();
        assert_eq!(asked.line(), "POST /upstream");
        assert_eq!(asked.header("x-from"), Some("component"));
        assert_eq!(asked.body, b"from the component");
    }
    let headers = running.ask("GET", "/headers", "x-asked: 1\r\nx-asked: 2\r\n", b"");
    assert_eq!(headers.status, 418);
    assert_eq!(headers.header("set-cookie"), ["a=1", "b=2; Path=/"]);
    assert_eq!(headers.text(), "1|2");
    let stream = running.get("/stream");
    assert_eq!(stream.text(), "0\n1\n2\n");
    // As it was written, and not all at once in the end.
    let times: Vec<_> = stream.pieces.iter().map(|(time, _)| *time).collect();
    assert!(
        times.len() == 3 && times[2] - times[0] >= Duration::from_millis(150),
        "{times:?}"
    );
    assert_eq!(running.get("/log").text(), "logged");
    running.says("to stderr");
    assert_eq!(running.get("/silent").status, 500);
    running.says("run: the component gave no answer");
    assert_eq!(running.get("/panic").status, 500);
    assert_eq!(running.get("/").status, 200);
}
