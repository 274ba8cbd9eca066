//! What happens after a first deployment: staging, and what is no longer wanted.

use run_tests::edge::fastly::{Shop, form, lines};

#[test]
fn staging_leaves_what_is_live() {
    let mut shop = Shop::new("domains = [\"shop.test\"]");
    let _ = shop.deploy();
    let _ = shop.changes();
    shop.project.option("staging = true");
    shop.touch();
    shop.deploy().success();
    let staged = [
        "PUT /service/S/version/1/clone",
        "PUT /service/S/version/2/package",
        "PUT /service/S/version/2",
        "PUT /service/S/version/2/activate/staging",
    ];
    assert_eq!(lines(&shop.changes()), staged);
    let record = shop.project.scratch().read(".run/deploy/live/handler.json");
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record["current"]["attributes"]["staging"], "192.0.2.7");
    shop.deploy().success();
    assert_eq!(lines(&shop.changes()), [""; 0]);
    let status = shop.project.deploy(&["status"]).success();
    for text in ["live: 2 ", "in staging", "1 ", "live outside of staging"] {
        assert!(status.stdout.contains(text), "{text} in {status}");
    }

    shop.touch();
    shop.deploy().success();
    let last = lines(&shop.changes()).pop();
    assert_eq!(
        last.as_deref(),
        Some("PUT /service/S/version/3/activate/staging")
    );
    let back = shop.project.deploy(&["rollback", "2", "--yes"]);
    back.success();
    assert_eq!(
        lines(&shop.changes()),
        ["PUT /service/S/version/2/activate/staging"]
    );
    shop.project.deploy(&["destroy", "--yes"]).success();
    assert_eq!(
        lines(&shop.changes()),
        [
            "PUT /service/S/version/2/deactivate/staging",
            "PUT /service/S/version/1/deactivate",
            "DELETE /service/S",
        ]
    );
}

/// Where the first deployment is asked for more than the second.
#[test]
fn what_is_no_longer_wanted_goes_and_comes_back() {
    let wanted = "domains = [\"shop.test\", \"old.test\"]\n\
                  backends = [\"https://api.test\", \"https://old-api.test\"]\n\
                  config_stores = [\"prices\"]\nsecret_stores = [\"keys\"]\nkv_stores = [\"cache\"]";
    let mut shop = Shop::new(wanted);
    let _ = shop.deploy();
    let sent = shop.changes();
    let links: Vec<Vec<String>> = sent
        .iter()
        .filter(|r| r.path == "/service/S/version/1/resource")
        .map(|r| form(r).into_iter().map(|(_, value)| value).collect())
        .collect();
    let expected: [Vec<String>; 3] = [
        ["prices", "store0"],
        ["keys", "store1"],
        ["cache", "store2"],
    ]
    .map(|link| link.map(str::to_owned).to_vec());
    assert_eq!(links, expected);

    shop.project.replace(
        wanted,
        "domains = [\"shop.test\"]\nbackends = [\"http://api.test\"]\nkv_stores = [\"cache\"]",
    );
    let planned = shop.project.deploy(&["--dry-run"]).success();
    for text in [
        "domain old.test",
        "backend old-api_test",
        "backend api_test",
        "link prices",
        "link keys",
    ] {
        assert!(planned.stdout.contains(text), "{text} in {planned}");
    }
    let _ = shop.deploy();
    let sent = shop.changes();
    assert_eq!(
        lines(&sent),
        [
            "PUT /service/S/version/1/clone",
            "PUT /service/S/version/2/backend/api_test",
            "DELETE /service/S/version/2/domain/old.test",
            "DELETE /service/S/version/2/backend/old-api_test",
            "DELETE /service/S/version/2/resource/L-prices",
            "DELETE /service/S/version/2/resource/L-keys",
            "PUT /service/S/version/2",
            "PUT /service/S/version/2/activate",
        ]
    );
    let changed = form(&sent[1]);
    assert!(changed.contains(&("use_ssl".into(), "0".into())));
    assert!(changed.contains(&("port".into(), "80".into())));

    // All of it belongs to a version, so the old one brings it back. Stores that
    // options name stay, whatever happens.
    let _ = shop
        .project
        .deploy(&["--wait", "1s", "rollback", "1", "--yes"]);
    assert_eq!(
        lines(&shop.changes()),
        ["PUT /service/S/version/1/activate"]
    );
    shop.project.deploy(&["destroy", "--yes"]).success();
    assert_eq!(
        lines(&shop.changes()),
        ["PUT /service/S/version/1/deactivate", "DELETE /service/S"]
    );
}
