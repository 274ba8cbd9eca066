//! What an event is, by its form.

pub(crate) mod http;
mod url;

use serde_json::Value;

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    /// An HTTP request, and the form its response takes.
    Http {
        format: http::Format,
        request: Box<::http::Request<Vec<u8>>>,
    },
    /// A call of an exported function.
    Call {
        function: String,
        arguments: Vec<Value>,
    },
    /// Whatever else: a schedule's, a queue's, or someone's own.
    Other(Value),
}

/// Reads an event.
///
/// # Errors
/// It is no JSON, or has the form of a request and is none.
pub(crate) fn read(event: &[u8]) -> Result<Event, String> {
    let event: Value =
        serde_json::from_slice(event).map_err(|error| format!("the event is no JSON: {error}"))?;
    if let Some(format) = http::Format::of(&event) {
        let request = http::request(format, &event)?;
        return Ok(Event::Http {
            format,
            request: Box::new(request),
        });
    }
    match call(&event) {
        Some((function, arguments)) => Ok(Event::Call {
            function,
            arguments,
        }),
        None => Ok(Event::Other(event)),
    }
}

/// `{"function": "add", "args": [1, "s32:2"]}`, and no more keys than these.
fn call(event: &Value) -> Option<(String, Vec<Value>)> {
    let event = event.as_object()?;
    let function = event.get("function")?.as_str()?;
    let arguments = match event.get("args") {
        None => Vec::new(),
        Some(arguments) => arguments.as_array()?.clone(),
    };
    let keys = usize::from(event.contains_key("args")) + 1;
    (event.len() == keys).then(|| (function.to_owned(), arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_apart_by_their_form() {
        let read = |text: &str| super::read(text.as_bytes());
        let called = read(r#"{"function":"add","args":[1,"s32:2"]}"#).unwrap();
        assert!(
            matches!(called, Event::Call { function, arguments } if function == "add" && arguments.len() == 2)
        );
        assert!(matches!(
            read(r#"{"function":"f"}"#),
            Ok(Event::Call { .. })
        ));
        for other in [
            r#"{"function":"f","more":1}"#,
            r#"{"source":"aws.events","detail-type":"Scheduled Event"}"#,
            r#"{"Records":[]}"#,
            "null",
            "[1]",
        ] {
            assert!(matches!(read(other), Ok(Event::Other(_))), "{other}");
        }
        assert!(read("{").is_err());
    }
}
