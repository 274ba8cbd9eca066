//! HTTP requests, settings, the store and the log, from inside a component.

use std::io::{Read, Write};
use std::net::TcpListener;

use run_tests::{Outcome, Scratch, guest};
use serde_json::Value;

/// `run v2 exec FLAGS reach.wasm --function FUNCTION --args ARGS…`.
fn reach(flags: &[&str], function: &str, args: &[&str]) -> Outcome {
    let file = guest::reach().to_str().expect("UTF-8");
    let mut arguments = vec!["exec", "--json"];
    arguments.extend(flags);
    arguments.extend([file, "--function", function]);
    for arg in args {
        arguments.extend(["--args", arg]);
    }
    Scratch::new().run(&arguments)
}

fn returned(outcome: &Outcome) -> Value {
    let document: Value = serde_json::from_str(&outcome.stdout).expect("one document");
    document["return_value"].clone()
}

/// A server that answers so many requests with their first line, and its port.
fn server(requests: usize) -> (u16, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let serving = std::thread::spawn(move || {
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut read = Vec::new();
            while !read.windows(4).any(|end| end == b"\r\n\r\n") {
                let mut bytes = [0; 512];
                let count = stream.read(&mut bytes).expect("a request");
                assert!(count > 0, "a whole request");
                read.extend(&bytes[..count]);
            }
            let text = String::from_utf8(read).expect("text");
            let line = text.lines().next().expect("a line");
            write!(
                stream,
                "HTTP/1.1 203 Fine\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{line}",
                line.len()
            )
            .expect("an answer");
        }
    });
    (port, serving)
}

#[test]
fn a_request_goes_to_an_allowed_host_and_its_answer_comes_back() {
    let (port, serving) = server(2);
    let authority = format!("string:127.0.0.1:{port}");
    for flags in [&["--allow-http", "127.0.0.1"][..], &["--allow-http", "*"]] {
        let outcome = reach(flags, "fetch", &[&authority, "string:/a?b=c"]).success();
        let expected = serde_json::json!({ "ok": [203, "GET /a?b=c HTTP/1.1"] });
        assert_eq!(returned(&outcome), expected, "{outcome}");
    }
    serving.join().expect("it served");
}

#[test]
fn a_request_to_any_other_host_is_denied_and_says_what_would_allow_it() {
    // Nothing listens, and nothing is asked.
    for flags in [&[][..], &["--allow-http", "example.com"]] {
        let outcome = reach(flags, "fetch", &["string:127.0.0.1:9", "string:/"]).success();
        assert_eq!(
            returned(&outcome)["err"].as_str(),
            Some("ErrorCode::HttpRequestDenied"),
            "{outcome}"
        );
        outcome.says(&[
            "wasi:http/outgoing-handler",
            "--allow-http 127.0.0.1",
            "http-client:127.0.0.1",
        ]);
    }
}

#[test]
fn settings_are_those_that_were_given() {
    let flags = ["--config", "b=2=3", "--config", "a=1"];
    let all = returned(&reach(&flags, "settings", &[]).success());
    assert_eq!(all, serde_json::json!([["a", "1"], ["b", "2=3"]]));
    let one = |name: &str| returned(&reach(&flags, "setting", &[name]).success());
    assert_eq!(one("string:b"), "2=3");
    assert_eq!(one("string:c"), Value::Null);
}

#[test]
fn the_store_keeps_what_is_put_into_it_for_one_run() {
    for _ in 0..2 {
        let seen = returned(&reach(&[], "keep", &[]).success());
        let expected = [
            "Ok(None)",
            "Ok(Some(\"one\"))",
            "Ok(2)",
            "Ok(5)",
            "true",
            "Ok(false)",
            "[\"b\", \"c\", \"n\"] None",
        ];
        assert_eq!(seen, serde_json::json!(expected));
    }
    let other = returned(&reach(&[], "open-store", &["string:other"]).success());
    assert_eq!(other, serde_json::json!({ "err": "Error::NoSuchStore" }));
}

#[test]
fn the_log_is_on_standard_error() {
    let outcome = reach(&[], "say", &["string:look out"]).success();
    let document: Value = serde_json::from_str(&outcome.stdout).expect("one document");
    assert_eq!(document["stderr"], "warn [reach]: look out\ninfo: done\n");
}
