//! The function's log, which CloudWatch keeps:
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use std::time::Duration;

use run_plugin_api::provider::LogPage;
use run_plugin_api::{Error, Result};
use run_provider_shared::{Client, Method, PlatformError};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The one call that is made, as the manifest declares it among what only reads.
const CALL: (&str, &str) = ("x-amz-target", "Logs_20140328.FilterLogEvents");
const TYPE: (&str, &str) = ("content-type", "application/x-amz-json-1.1");

/// How far back the first page goes, in milliseconds.
const BACK: u64 = 15 * 60 * 1000;

/// How many events one request asks for.
const EVENTS: u32 = 1000;

/// How many requests make one page at most: a log that was searched in part is
/// answered without events, and with where to go on.
const REQUESTS: u32 = 20;

/// How many events of one millisecond are remembered.
const SEEN: usize = 500;

/// A function's log.
pub(crate) struct Log<'c, 't> {
    pub(crate) client: &'c Client<'t>,
    pub(crate) function: &'c str,
}

/// Where a page ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// Where the search began, in milliseconds since 1970.
    from: u64,
    /// Where it goes on.
    next: Option<String>,
    /// The time of the newest event that was given, and the ids of those that
    /// have this time: the next search begins with it.
    newest: u64,
    seen: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Found {
    events: Vec<Event>,
    next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Event {
    event_id: String,
    timestamp: u64,
    message: String,
}

impl Log<'_, '_> {
    /// One page after `cursor`. `now` is in milliseconds since 1970.
    ///
    /// # Errors
    /// The cursor is of another log, or the platform cannot be asked.
    pub(crate) fn page(&self, cursor: Option<&str>, now: u64) -> Result<LogPage> {
        let mut cursor = match cursor {
            None => Cursor {
                from: now.saturating_sub(BACK),
                ..Cursor::default()
            },
            Some(text) => serde_json::from_str(text)
                .map_err(|_| Error::invalid_input("the cursor is none of this log"))?,
        };
        let mut lines = Vec::new();
        for _ in 0..REQUESTS {
            // Nothing was logged ever.
            let Some(found) = self.ask(&cursor)? else {
                break;
            };
            lines.extend(cursor.take(found));
            if cursor.next.is_none() || !lines.is_empty() {
                break;
            }
        }
        let cursor = serde_json::to_string(&cursor)
            .map_err(|error| Error::failed(format!("a cursor cannot be written: {error}")))?;
        Ok(LogPage {
            lines,
            cursor: Some(cursor),
        })
    }

    fn ask(&self, cursor: &Cursor) -> Result<Option<Found>> {
        let mut body = json!({
            "logGroupName": format!("/aws/lambda/{}", self.function),
            "startTime": cursor.from,
            "limit": EVENTS,
        });
        if let Some(next) = &cursor.next {
            body["nextToken"] = next.as_str().into();
        }
        let body = body.to_string().into_bytes();
        let mut attempt = 1;
        loop {
            let headers = [TYPE, CALL];
            let answer = self
                .client
                .try_send(Method::Post, "/", &headers, body.clone())?;
            match answer {
                Ok(answer) => return answer.read().map(Some),
                Err(refused) if is(&refused, "ResourceNotFoundException") => return Ok(None),
                Err(refused) if is(&refused, "ThrottlingException") && attempt < 5 => {
                    self.client.pause(Duration::from_secs(attempt))?;
                    attempt += 1;
                }
                Err(refused) => return Err(refused.into()),
            }
        }
    }
}

/// Some of the platform's codes come with the name of a service before them.
fn is(refused: &PlatformError, code: &str) -> bool {
    let said = refused.said.code.as_deref().unwrap_or_default();
    said.rsplit('#').next() == Some(code)
}

impl Cursor {
    /// The lines of what was not given before; goes on behind them.
    fn take(&mut self, found: Found) -> Vec<String> {
        let mut lines = Vec::new();
        for event in found.events {
            if event.timestamp == self.newest && self.seen.contains(&event.event_id) {
                continue;
            }
            if event.timestamp > self.newest {
                self.newest = event.timestamp;
                self.seen.clear();
            }
            if event.timestamp == self.newest && self.seen.len() < SEEN {
                self.seen.push(event.event_id);
            }
            lines.push(event.message.trim_end().to_owned());
        }
        self.next = found.next_token.filter(|next| !next.is_empty());
        if self.next.is_none() {
            self.from = self.from.max(self.newest);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run_provider_shared::fake::Script;

    fn events(events: &[(&str, u64)], next: Option<&str>) -> String {
        let events: Vec<_> = events
            .iter()
            .map(|(id, time)| json!({ "eventId": id, "timestamp": time, "message": format!("{id}\n") }))
            .collect();
        json!({ "events": events, "nextToken": next }).to_string()
    }

    fn pages(script: &Script, count: usize) -> Vec<Vec<String>> {
        let client = crate::api::client(script, "logs", Some("eu-west-1"));
        let log = Log {
            client: &client,
            function: "shop",
        };
        let mut cursor = None;
        (0..count)
            .map(|_| {
                let page = log.page(cursor.as_deref(), 1_000_000).unwrap();
                cursor = page.cursor;
                page.lines
            })
            .collect()
    }

    #[test]
    fn each_event_is_given_once() {
        let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
        let script = Script::default()
            // A part of the log without events is gone over.
            .then("POST /", 200, &events(&[], Some("a")))
            .then("POST /", 400, throttled)
            .then(
                "POST /",
                200,
                &events(&[("1", 150_000), ("2", 150_001)], Some("b")),
            )
            .then("POST /", 200, &events(&[("3", 150_001)], None))
            // What has the time of the newest one is answered again.
            .then(
                "POST /",
                200,
                &events(&[("2", 150_001), ("3", 150_001), ("4", 150_001)], None),
            )
            .then("POST /", 200, &events(&[], None));
        let given = pages(&script, 4);
        assert_eq!(given, [vec!["1", "2"], vec!["3"], vec!["4"], vec![]]);
        let asked: Vec<serde_json::Value> = script
            .finish()
            .iter()
            .map(|request| {
                assert!(request.headers.contains(&(CALL.0.into(), CALL.1.into())));
                assert_eq!(request.url, "https://logs.eu-west-1.amazonaws.com/");
                serde_json::from_slice(&request.body).unwrap()
            })
            .collect();
        let places: Vec<_> = asked
            .iter()
            .map(|body| {
                (
                    body["startTime"].as_u64().unwrap(),
                    body["nextToken"].as_str(),
                )
            })
            .collect();
        assert_eq!(
            places,
            [
                (100_000, None),
                (100_000, Some("a")),
                (100_000, Some("a")),
                (100_000, Some("b")),
                (150_001, None),
                (150_001, None),
            ]
        );
        assert_eq!(asked[0]["logGroupName"], "/aws/lambda/shop");
    }

    #[test]
    fn what_never_logged_has_no_lines_and_a_foreign_cursor_is_refused() {
        let none = r#"{"__type":"com.amazonaws.logs#ResourceNotFoundException"}"#;
        let script = Script::default().then("POST /", 400, none);
        assert_eq!(pages(&script, 1), [vec![""; 0]]);
        let client = crate::api::client(&script, "logs", Some("eu-west-1"));
        let log = Log {
            client: &client,
            function: "shop",
        };
        let error = log.page(Some("1700000000000"), 0).unwrap_err();
        assert!(error.message().contains("none of this log"));
    }

    #[test]
    fn a_search_without_an_end_is_left() {
        let empty = events(&[], Some("more"));
        let script = (0..REQUESTS).fold(Script::default(), |script, _| {
            script.then("POST /", 200, &empty)
        });
        assert_eq!(pages(&script, 1), [vec![""; 0]]);
        script.finish();
    }
}
