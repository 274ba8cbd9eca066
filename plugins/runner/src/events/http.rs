//! Events that are HTTP requests, and the responses to them.
//!
//! Function URLs and HTTP APIs send format 2.0, REST APIs format 1.0, and load
//! balancers one of their own that is nearly 1.0:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>.

use http::header::{COOKIE, HOST, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Method, Request, Response, Uri, response};
use serde_json::{Map, Value, json};

use super::url;
use crate::base64;

/// The form of a request's event, which is that of its response as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// 2.0.
    V2,
    /// 1.0.
    V1,
    /// A load balancer's; with several values for a header where it was set up
    /// to send and take them.
    Balancer { multi: bool },
}

impl Format {
    /// The format of an event that is a request.
    pub(super) fn of(event: &Value) -> Option<Self> {
        let context = event.get("requestContext")?;
        if context.get("http").is_some() {
            return Some(Self::V2);
        }
        event.get("httpMethod")?;
        if context.get("elb").is_some() {
            let multi = event.get("multiValueHeaders").is_some();
            return Some(Self::Balancer { multi });
        }
        Some(Self::V1)
    }
}

/// The request that an event is.
///
/// # Errors
/// What is in it makes no request.
pub(super) fn request(format: Format, event: &Value) -> Result<Request<Vec<u8>>, String> {
    let headers = headers(format, event)?;
    let (method, path, query) = match format {
        Format::V2 => (
            text(&event["requestContext"]["http"], "method"),
            url::path(text(event, "rawPath").unwrap_or("/")),
            text(event, "rawQueryString").unwrap_or_default().to_owned(),
        ),
        Format::V1 | Format::Balancer { .. } => (
            text(event, "httpMethod"),
            url::path(text(event, "path").unwrap_or("/")),
            query(format, event),
        ),
    };
    let method = method.ok_or("the event has no method")?;
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| format!("the event's method `{}` is none", method.escape_debug()))?;
    let target = match query.as_str() {
        "" => path,
        query => format!("{path}?{query}"),
    };
    let uri: Uri = target
        .parse()
        .map_err(|_| format!("the event's path `{}` is none", target.escape_debug()))?;
    let body = match (text(event, "body"), event["isBase64Encoded"].as_bool()) {
        (None, _) => Vec::new(),
        (Some(body), Some(true)) => {
            base64::decode(body).ok_or("the event's body is said to be in base64, and is not")?
        }
        (Some(body), _) => body.as_bytes().to_vec(),
    };
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn headers(format: Format, event: &Value) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &str| -> Result<(), String> {
        let bad = || format!("the event's header `{}` is none", name.escape_debug());
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        // Names and values of 2.0 are decoded from what came in.
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| bad())?;
        headers.append(name, value);
        Ok(())
    };
    let several = event.get("multiValueHeaders").and_then(Value::as_object);
    let single = event.get("headers").and_then(Value::as_object);
    match (several, single) {
        (Some(several), _) => {
            for (name, values) in several {
                for value in values.as_array().into_iter().flatten() {
                    add(name, value.as_str().unwrap_or_default())?;
                }
            }
        }
        (None, Some(single)) => {
            for (name, value) in single {
                add(name, value.as_str().unwrap_or_default())?;
            }
        }
        (None, None) => {}
    }
    if format == Format::V2 {
        let cookies = event.get("cookies").and_then(Value::as_array);
        let cookies: Vec<_> = cookies
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !cookies.is_empty() {
            headers.remove(COOKIE);
            let joined = HeaderValue::from_str(&cookies.join("; "));
            headers.insert(COOKIE, joined.map_err(|_| "the event's cookies are none")?);
        }
    }
    if !headers.contains_key(HOST) {
        let domain = text(&event["requestContext"], "domainName").unwrap_or("localhost");
        let domain = HeaderValue::from_str(domain);
        headers.insert(HOST, domain.map_err(|_| "the event's domain is none")?);
    }
    Ok(headers)
}

/// The query of 1.0, put together again. Its parts are decoded, and a load
/// balancer's are as they came.
fn query(format: Format, event: &Value) -> String {
    let mut out = String::new();
    let escape = |text: &str, out: &mut String| match format {
        Format::Balancer { .. } => out.push_str(text),
        Format::V1 | Format::V2 => url::escape(text, out),
    };
    let mut add = |name: &str, value: &Value| {
        if !out.is_empty() {
            out.push('&');
        }
        escape(name, &mut out);
        out.push('=');
        escape(value.as_str().unwrap_or_default(), &mut out);
    };
    let several = event.get("multiValueQueryStringParameters");
    let single = event.get("queryStringParameters");
    if let Some(several) = several.and_then(Value::as_object) {
        for (name, values) in several {
            for value in values.as_array().into_iter().flatten() {
                add(name, value);
            }
        }
    } else if let Some(single) = single.and_then(Value::as_object) {
        for (name, value) in single {
            add(name, value);
        }
    }
    out
}

/// The document that is the response.
pub(crate) fn response(format: Format, response: Response<Vec<u8>>) -> Value {
    let (parts, body) = response.into_parts();
    let (body, is_base64) = base64::encode(&parts.headers, body);
    let mut document = match format {
        Format::V2 => prelude(&parts),
        Format::V1 | Format::Balancer { multi: true } => json!({
            "statusCode": parts.status.as_u16(),
            "multiValueHeaders": several(&parts.headers),
        }),
        Format::Balancer { multi: false } => json!({
            "statusCode": parts.status.as_u16(),
            "headers": joined(&parts.headers, true),
        }),
    };
    if let Format::Balancer { .. } = format {
        let reason = parts.status.canonical_reason().unwrap_or_default();
        document["statusDescription"] = format!("{} {reason}", parts.status.as_u16()).into();
    }
    document["body"] = body.into();
    document["isBase64Encoded"] = is_base64.into();
    document
}

/// What is in front of a body that is streamed, and of one of 2.0.
pub(crate) fn prelude(parts: &response::Parts) -> Value {
    let cookies = parts.headers.get_all(SET_COOKIE).iter().map(shown);
    json!({
        "statusCode": parts.status.as_u16(),
        "headers": joined(&parts.headers, false),
        "cookies": cookies.collect::<Vec<_>>(),
    })
}

fn shown(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// One value for each name: several are a list with commas (RFC 9110, 5.3),
/// which cookies cannot be.
fn joined(headers: &HeaderMap, with_cookies: bool) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers
        .keys()
        .filter(|name| with_cookies || **name != SET_COOKIE)
    {
        let values: Vec<_> = headers.get_all(name).iter().map(shown).collect();
        let value = if *name == SET_COOKIE {
            // The last one: there is no way to send more.
            values.last().cloned().unwrap_or_default()
        } else {
            values.join(", ")
        };
        joined.insert(name.to_string(), value.into());
    }
    joined
}

fn several(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| {
            let values: Vec<_> = headers.get_all(name).iter().map(shown).collect();
            (name.to_string(), values.into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: Value) -> (Format, Request<Vec<u8>>) {
        let format = Format::of(&event).unwrap();
        (format, request(format, &event).unwrap())
    }

    #[test]
    fn a_function_url_sends_format_2() {
        let (format, request) = read(json!({
            "version": "2.0",
            "rawPath": "/a b",
            "rawQueryString": "x=1&x=2",
            "cookies": ["a=1", "b=2"],
            "headers": {"accept": "text/html,*/*", "host": "f.test"},
            "requestContext": {"domainName": "f.test", "http": {"method": "POST"}},
            "body": "aGk=",
            "isBase64Encoded": true,
        }));
        assert_eq!(format, Format::V2);
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "/a%20b?x=1&x=2");
        assert_eq!(request.headers()["cookie"], "a=1; b=2");
        assert_eq!(request.body(), b"hi");
    }

    #[test]
    fn a_rest_api_sends_format_1_and_a_load_balancer_nearly() {
        let event = json!({
            "httpMethod": "GET",
            "path": "/p",
            "multiValueHeaders": {"Accept": ["a", "b"]},
            "multiValueQueryStringParameters": {"q": ["a b", "c"]},
            "requestContext": {"domainName": "r.test"},
            "body": null,
        });
        let (format, request) = read(event.clone());
        assert_eq!(format, Format::V1);
        assert_eq!(request.uri(), "/p?q=a%20b&q=c");
        assert_eq!(request.headers().get_all("accept").iter().count(), 2);
        assert_eq!(request.headers()["host"], "r.test");

        let mut event = event;
        event["requestContext"] = json!({"elb": {}});
        event["multiValueQueryStringParameters"] = json!({"q": ["a%20b"]});
        let (format, request) = read(event);
        assert_eq!(format, Format::Balancer { multi: true });
        assert_eq!(request.uri(), "/p?q=a%20b");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for event in [
            json!({"requestContext": {"http": {}}}),
            json!({"requestContext": {"http": {"method": "A B"}}}),
            json!({"requestContext": {"http": {"method": "GET"}}, "headers": {"a b": "c"}}),
            json!({"requestContext": {"http": {"method": "GET"}}, "headers": {"a": "b\nc"}}),
            json!({"requestContext": {"http": {"method": "GET"}}, "body": "?", "isBase64Encoded": true}),
        ] {
            let format = Format::of(&event).unwrap();
            assert!(request(format, &event).is_err(), "{event}");
        }
    }

    #[test]
    fn responses_take_the_form_of_their_requests() {
        let made = || {
            Response::builder()
                .status(201)
                .header("content-type", "text/plain")
                .header("vary", "a")
                .header("vary", "b")
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2")
                .body(b"hi".to_vec())
                .unwrap()
        };
        assert_eq!(
            response(Format::V2, made()),
            json!({
                "statusCode": 201,
                "headers": {"content-type": "text/plain", "vary": "a, b"},
                "cookies": ["a=1", "b=2"],
                "body": "hi",
                "isBase64Encoded": false,
            })
        );
        let v1 = response(Format::V1, made());
        assert_eq!(v1["multiValueHeaders"]["set-cookie"], json!(["a=1", "b=2"]));
        let balancer = response(Format::Balancer { multi: false }, made());
        assert_eq!(balancer["statusDescription"], "201 Created");
        assert_eq!(balancer["headers"]["set-cookie"], "b=2");
    }
}
