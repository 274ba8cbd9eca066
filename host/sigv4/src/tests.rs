//! The worked examples that were published with the signature: those of its test
//! suite, and those of the stores' reference.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

/// Of `2015-08-30T12:36:00Z`, in the suite's scope.
fn suite(method: &str, path: &str, query: &str, headers: &[(&str, &str)]) -> String {
    suite_of(method, path, query, headers, "", b"")
}

fn suite_of(
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
    token: &str,
    body: &[u8],
) -> String {
    let key = Key {
        id: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        token,
    };
    let request = Request {
        method,
        host: "example.amazonaws.com",
        path,
        query,
        headers,
        body,
    };
    signature(&request, key, "service", 1_440_938_160)
}

/// Of `2013-05-24T00:00:00Z`, to a store.
fn store(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
    let key = Key {
        id: "AKIAIOSFODNN7EXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        token: "",
    };
    let request = Request {
        method,
        host: "examplebucket.s3.amazonaws.com",
        path,
        query,
        headers,
        body,
    };
    signature(&request, key, "s3", 1_369_353_600)
}

fn signature(request: &Request<'_>, key: Key<'_>, service: &str, seconds: u64) -> String {
    let scope = Scope {
        region: "us-east-1",
        service,
    };
    let now = UNIX_EPOCH + Duration::from_secs(seconds);
    let headers = sign(request, key, scope, now);
    assert!(headers.iter().all(|(name, _)| HEADERS.contains(name)));
    let (name, value) = headers.last().unwrap();
    assert_eq!(*name, "authorization");
    value.rsplit_once("Signature=").unwrap().1.to_owned()
}

#[test]
fn the_examples_of_the_suite_are_met() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    for (name, actual, expected) in [
        (
            "get-vanilla",
            suite("GET", "/", "", &[]),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "get-vanilla-query-order-key-case",
            suite("GET", "/", "Param2=value2&Param1=value1", &[]),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "post-vanilla",
            suite("POST", "", "", &[]),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "post-x-www-form-urlencoded",
            suite_of("POST", "/", "", &form, "", b"Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            "post-sts-header-before",
            suite_of("POST", "/", "", &[], token, b""),
            "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        ),
    ] {
        assert_eq!(actual, expected, "{name}");
    }
}

#[test]
fn the_examples_of_the_stores_are_met() {
    let range = [("range", "bytes=0-9")];
    assert_eq!(
        store("GET", "/test.txt", "", &range, b""),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    let headers = [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    assert_eq!(
        store(
            "PUT",
            "/test$file.text",
            "",
            &headers,
            b"Welcome to Amazon S3."
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
    assert_eq!(
        store("GET", "/", "lifecycle", &[], b""),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

#[test]
fn everything_that_is_sent_is_signed() {
    let base = suite("GET", "/b", "", &[]);
    for other in [
        suite("PUT", "/b", "", &[]),
        suite("GET", "/c", "", &[]),
        suite("GET", "/b", "c", &[]),
        suite("GET", "/b", "", &[("c", "d")]),
        suite_of("GET", "/b", "", &[], "", b"e"),
    ] {
        assert_ne!(base, other);
    }
}

#[test]
fn paths_queries_and_headers_are_written_one_way() {
    assert_eq!(canonical::path("", true), "/");
    // What is sent to a service is encoded once more, whatever it is.
    assert_eq!(canonical::path("/a:/b%3Ac", true), "/a%3A/b%253Ac");
    assert_eq!(canonical::path("/a:/b%3ac~", false), "/a%3A/b%3Ac~");
    assert_eq!(canonical::query("b=2&a=1&a=%2f&c"), "a=%2F&a=1&b=2&c=");
    assert_eq!(canonical::query("x=a+b"), "x=a%2Bb");
    let (lines, names) =
        canonical::headers("h", [("X", "b  c"), ("a", "1"), ("x", "a")].into_iter());
    assert_eq!(lines, "a:1\nhost:h\nx:b c,a\n");
    assert_eq!(names, "a;host;x");
}
