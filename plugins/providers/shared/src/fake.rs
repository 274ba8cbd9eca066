//! A platform that answers by a script, for tests of what is sent to it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use run_plugin_api::{Error, Result};

use crate::settings::Source;
use crate::transport::{Request, Response, Transport};

/// Answers requests in the order in which they are expected.
#[derive(Debug, Default)]
pub struct Script {
    expected: RefCell<VecDeque<(String, Result<Response>)>>,
    sent: RefCell<Vec<Request>>,
    paused: RefCell<Vec<Duration>>,
}

impl Script {
    /// Then expects `request`, a verb and the URL's path with its query, and
    /// answers this JSON.
    #[must_use]
    pub fn then(self, request: &str, status: u16, json: &str) -> Self {
        let response = Response {
            status,
            headers: Vec::new(),
            body: json.as_bytes().to_vec(),
        };
        self.with(request, Ok(response))
    }

    /// Then expects `request` and answers with this header.
    #[must_use]
    pub fn then_with_header(self, request: &str, status: u16, name: &str, value: &str) -> Self {
        let response = Response {
            status,
            headers: vec![(name.to_owned(), value.to_owned())],
            body: Vec::new(),
        };
        self.with(request, Ok(response))
    }

    /// Then expects `request`, and the connection breaks.
    #[must_use]
    pub fn then_breaks(self, request: &str) -> Self {
        self.with(request, Err(Error::remote("the connection broke")))
    }

    fn with(self, request: &str, answer: Result<Response>) -> Self {
        let expected = (request.to_owned(), answer);
        self.expected.borrow_mut().push_back(expected);
        self
    }

    /// What was sent, once everything that was expected has been.
    ///
    /// # Panics
    /// Something was not.
    #[track_caller]
    pub fn finish(self) -> Vec<Request> {
        let left: Vec<_> = self.expected.take().into_iter().map(|(r, _)| r).collect();
        assert!(left.is_empty(), "it was not sent: {left:#?}");
        self.sent.take()
    }

    /// How long was waited.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        self.paused.borrow().clone()
    }
}

impl Transport for Script {
    fn send(&self, request: &Request) -> Result<Response> {
        let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
        let sent = format!("{} /{path}", request.method);
        let (expected, answer) = self
            .expected
            .borrow_mut()
            .pop_front()
            .unwrap_or_else(|| panic!("nothing more was expected, and it sent {sent}"));
        assert_eq!(sent, expected);
        self.sent.borrow_mut().push(request.clone());
        answer
    }

    fn pause(&self, time: Duration) -> Result<()> {
        self.paused.borrow_mut().push(time);
        Ok(())
    }
}

/// Settings as a test writes them: the same key again for several values.
#[derive(Debug)]
pub struct Pairs<'a>(pub &'a [(&'a str, &'a str)]);

impl Source for Pairs<'_> {
    fn one(&self, key: &str) -> Option<String> {
        self.all(key).pop()
    }

    fn all(&self, key: &str) -> Vec<String> {
        let of_key = self.0.iter().filter(|(name, _)| *name == key);
        of_key.map(|(_, value)| (*value).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, Method, Said};
    use run_plugin_api::ErrorKind;

    fn client(script: &Script) -> Client<'_> {
        Client::new(script, "Acme", "https://api.acme.test/v1", |json| Said {
            code: json["code"].as_str().map(str::to_owned),
            message: json["message"].as_str().map(str::to_owned),
        })
    }

    #[test]
    fn what_is_safe_is_sent_again() {
        let script = Script::default()
            .then_breaks("GET /v1/a")
            .then_with_header("GET /v1/a", 503, "retry-after", "2")
            .then("GET /v1/a", 200, "[1]")
            .then_with_header("POST /v1/b", 429, "retry-after", "1")
            .then("POST /v1/b", 201, "{}");
        let client = client(&script);
        let numbers: Vec<u8> = client.get("/a").unwrap().read().unwrap();
        assert_eq!(numbers, [1]);
        client.json(Method::Post, "/b", &()).unwrap();
        assert_eq!(
            script.pauses(),
            [1000, 2000, 1000].map(Duration::from_millis)
        );
        script.finish();
    }

    #[test]
    fn what_adds_is_not_and_neither_is_patience_endless() {
        let script = Script::default()
            .then_breaks("POST /v1/b")
            .then("POST /v1/b", 503, "")
            .then_with_header("PUT /v1/c", 429, "retry-after", "600")
            .then("GET /v1/d", 200, "<html>")
            .then("GET /v1/e", 404, r#"{"code":"gone","message":"no e"}"#)
            .then("GET /v1/f", 500, "");
        let client = client(&script);
        let post = || client.json(Method::Post, "/b", &()).unwrap_err();
        assert_eq!(post().message(), "the connection broke");
        assert_eq!(post().message(), "Acme answered 503 to `POST /b`");
        let error = client.json(Method::Put, "/c", &()).unwrap_err();
        assert!(error.help().unwrap().contains("600 s"));
        let error = client.get("/d").unwrap().read::<Vec<u8>>().unwrap_err();
        assert!(error.message().contains("something unexpected"));
        assert_eq!(error.kind(), ErrorKind::Remote);
        assert!(client.find("/e").unwrap().is_none());
        assert!(client.find("/f").is_err());
        assert!(script.pauses().is_empty());
        script.finish();
    }
}
