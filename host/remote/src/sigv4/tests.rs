//! The worked examples that were published with the signature: those of its test
//! suite, and those of the stores' reference.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

/// Of `2015-08-30T12:36:00Z`, in the suite's scope.
fn suite(method: &str, url: &str, headers: &[(&str, &str)]) -> String {
    let credentials = Credentials {
        key_id: "AKIDEXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: None,
    };
    signature(
        method,
        url,
        headers,
        b"",
        &credentials,
        "service",
        1_440_938_160,
    )
}

/// Of `2013-05-24T00:00:00Z`, to a store.
fn store(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
    let credentials = Credentials {
        key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: None,
    };
    let url = format!("https://examplebucket.s3.amazonaws.com{path}");
    signature(
        method,
        &url,
        headers,
        body,
        &credentials,
        "s3",
        1_369_353_600,
    )
}

fn signature(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    credentials: &Credentials,
    service: &str,
    seconds: u64,
) -> String {
    let url = url.parse().unwrap();
    let request = Request {
        method,
        url: &url,
        headers,
        body,
    };
    let scope = Scope {
        region: "us-east-1",
        service,
    };
    let now = UNIX_EPOCH + Duration::from_secs(seconds);
    let headers = sign(&request, credentials, scope, now);
    let (name, value) = headers.last().unwrap();
    assert_eq!(*name, "authorization");
    value.rsplit_once("Signature=").unwrap().1.to_owned()
}

#[test]
fn the_examples_of_the_suite_are_met() {
    for (method, url, expected) in [
        (
            "GET",
            "https://example.amazonaws.com/",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "POST",
            "https://example.amazonaws.com/",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "GET",
            "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
    ] {
        assert_eq!(suite(method, url, &[]), expected, "{method} {url}");
    }
}

#[test]
fn the_examples_of_the_stores_are_met() {
    let range = [("range", "bytes=0-9")];
    assert_eq!(
        store("GET", "/test.txt", &range, b""),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    let headers = [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    assert_eq!(
        store("PUT", "/test$file.text", &headers, b"Welcome to Amazon S3."),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
    assert_eq!(
        store("GET", "/?lifecycle", &[], b""),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

#[test]
fn everything_that_is_sent_is_signed() {
    let base = suite("GET", "https://a.test/b", &[]);
    for other in [
        suite("PUT", "https://a.test/b", &[]),
        suite("GET", "https://b.test/b", &[]),
        suite("GET", "https://a.test:1/b", &[]),
        suite("GET", "https://a.test/c", &[]),
        suite("GET", "https://a.test/b?c", &[]),
        suite("GET", "https://a.test/b", &[("c", "d")]),
    ] {
        assert_ne!(base, other);
    }
    // One way of writing is as good as another.
    assert_eq!(base, suite("GET", "https://a.test/%62", &[]));
}

#[test]
fn credentials_are_not_shown() {
    let credentials = Credentials {
        key_id: "key".to_owned(),
        secret: "secret".to_owned(),
        session_token: Some("token".to_owned()),
    };
    let shown = format!("{credentials:?}");
    assert!(
        ["key", "secret", "token"]
            .iter()
            .all(|text| !shown.contains(text))
    );
}
