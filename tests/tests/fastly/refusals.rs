//! What is said when the platform refuses, and what the next attempt does.

use std::time::Duration;

use run_tests::edge::Answer;
use run_tests::edge::fastly::{Shop, lines};
use serde_json::json;

#[test]
fn refusals_are_told_and_what_was_begun_is_finished() {
    let says = |text: &str| json!({ "msg": text });
    let package = "PUT /service/S/version/1/package";
    let cases: Vec<(&'static str, Answer, &[&str])> = vec![
        (
            "POST /service",
            Answer::Json(403, says("You are not authorized")),
            &[
                "403",
                "`POST /service`: You are not authorized",
                "permission",
            ],
        ),
        (
            "GET /service/search",
            Answer::Json(401, says("Provided credentials are missing or invalid")),
            &["401", "credentials are missing or invalid", "token"],
        ),
        (
            "POST /service/S/version/1/domain",
            Answer::Json(
                409,
                json!({ "msg": "Conflict", "detail": "Domain 'shop.test' is owned by another customer" }),
            ),
            &["409", "owned by another customer"],
        ),
        (
            package,
            Answer::Json(404, says("Record not found")),
            &["404", "Record not found"],
        ),
        (
            package,
            Answer::Raw(
                429,
                ("retry-after", "600"),
                "{\"msg\":\"Too many requests\"}",
            ),
            &["429", "Too many requests", "600 s"],
        ),
        (
            package,
            Answer::Json(
                500,
                json!({ "title": "Internal error", "detail": "try later" }),
            ),
            &["500", "Internal error: try later"],
        ),
        (
            "GET /service/S/version/1/validate",
            Answer::Json(200, json!({ "status": "error", "msg": "no backends" })),
            &["does not take version 1", "no backends"],
        ),
        (
            "GET /service/S/version/1/validate",
            Answer::Raw(200, ("content-type", "text/html"), "<html>"),
            &["something unexpected"],
        ),
        (
            "PUT /service/S/version/1/activate",
            Answer::Json(
                400,
                json!({ "errors": [{ "title": "Bad request", "detail": "not now" }] }),
            ),
            &["400", "Bad request: not now"],
        ),
    ];
    let shop = Shop::new("domains = [\"shop.test\"]");
    for (line, answer, expected) in cases {
        shop.fail(line, answer);
        let outcome = shop.deploy().failure();
        for text in expected {
            assert!(
                outcome.has_said(text),
                "{line}: `{text}` is missing from:\n{outcome}"
            );
        }
    }
    // What is safe is sent again.
    shop.fail("PUT /service/S/version/1/activate", Answer::Cut);
    let _ = shop.platform.take();
    let _ = shop.deploy();
    let late = Answer::Json(200, json!({ "status": "ok", "msg": null }));
    // One version from all of these attempts, with nothing in it twice.
    assert_eq!(
        lines(&shop.changes()),
        [
            "PUT /service/S/version/1",
            "PUT /service/S/version/1/activate",
            "PUT /service/S/version/1/activate",
        ]
    );
    shop.touch();
    let slow = Answer::Late(Duration::from_millis(300), Box::new(late));
    shop.fail("GET /service/S/version/2/validate", slow);
    let _ = shop.deploy();
    let last = lines(&shop.changes()).pop();
    assert_eq!(last.as_deref(), Some("PUT /service/S/version/2/activate"));
}
