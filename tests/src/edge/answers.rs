//! What `tests/edge/handler` does, wherever it runs.

use std::time::Duration;

use super::{Platform, Running};

/// Asks for all of it. `upstream` answers what the component sends. The server
/// has the variable `GREETING`, and answers with `failed` for one that did not.
///
/// # Panics
/// Something is not as it should be.
pub fn answers(server: &Running, upstream: &Platform, failed: &str) {
    let root = server.get("/");
    assert_eq!(
        (root.status, root.text().as_str()),
        (200, "Hello from a component\n")
    );
    let digest = root.header("x-run-digest");
    assert!(
        digest.iter().all(|digest| digest.starts_with("sha256:")),
        "{digest:?}"
    );
    assert_eq!(digest.len(), 1);

    // More than any buffer on the way has room for.
    let body = "0123456789abcdef".repeat(40_000);
    let echo = server.ask("POST", "/echo", "", body.as_bytes());
    assert_eq!(echo.header("x-method"), ["Method::Post"]);
    assert!(echo.text() == body, "{} bytes came back", echo.text().len());

    assert_eq!(server.get("/env").text(), "GREETING=hi");
    let time = server.get("/time").text();
    assert!(time.ends_with(" 16 true"), "{time}");
    let slept: u32 = server.get("/sleep").text().parse().expect("milliseconds");
    assert!(slept >= 40, "it slept {slept} ms");

    let fetched = server.get(&format!("/fetch?{}", upstream.authority()));
    assert_eq!(
        fetched.text(),
        r#"201 ["POST /upstream component","from the component"]"#
    );
    let asked = upstream.take();
    assert_eq!(asked[0].query, ["x=1"]);
    let refused = server.get("/fetch?127.0.0.1:1");
    assert_eq!(refused.status, 502, "{}", refused.text());

    let headers = server.ask("GET", "/headers", "x-asked: why\r\n", b"");
    assert_eq!((headers.status, headers.text().as_str()), (418, "why"));
    assert_eq!(headers.header("set-cookie"), ["a=1", "b=2; Path=/"]);

    // Each piece as it is written, and not all of them at the end.
    let stream = server.get("/stream");
    assert_eq!(stream.text(), "0\n1\n2\n");
    let (first, last) = (&stream.pieces[0], &stream.pieces[stream.pieces.len() - 1]);
    assert!(
        last.0 - first.0 > Duration::from_millis(50),
        "{:?}",
        stream.pieces
    );

    assert_eq!(server.get("/log").status, 200);
    server.says("to stdout");
    server.says("to stderr");

    // A failure is that of one request.
    let silent = server.get("/silent");
    assert_eq!(silent.status, 500);
    let panicked = server.get("/panic");
    assert_eq!(panicked.status, 500);
    assert!(panicked.text().contains(failed), "{}", panicked.text());
    server.says("as asked");
    assert_eq!(server.get("/").status, 200);
}
