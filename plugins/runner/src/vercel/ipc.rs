//! What is told to the platform: JSON documents, each with a NUL behind it.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::log;

/// Which request is meant, in the platform's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) invocation: String,
    pub(super) request: u64,
}

impl Context {
    fn json(&self) -> Value {
        json!({ "invocationId": self.invocation, "requestId": self.request })
    }

    /// What the platform's own call the time outside of requests.
    fn none() -> Self {
        Self {
            invocation: "0".to_owned(),
            request: 0,
        }
    }
}

/// How serious a line of the log is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    Info,
    Warn,
    Error,
}

/// The socket, for whoever has something to tell.
pub(super) struct Ipc(Mutex<UnixStream>);

impl Ipc {
    /// # Errors
    /// Nobody listens there.
    pub(super) fn connect(socket: &Path) -> Result<Arc<Self>, String> {
        let stream = UnixStream::connect(socket).map_err(|error| {
            let socket = socket.display();
            format!("cannot reach the platform at `{socket}`, as VERCEL_IPC_PATH has it: {error}")
        })?;
        Ok(Arc::new(Self(Mutex::new(stream))))
    }

    /// That requests can come, and to which port of this machine.
    ///
    /// # Errors
    /// The platform does not hear it, so none will.
    pub(super) fn started(&self, after: Duration, port: u16) -> Result<(), String> {
        let took = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        let payload = json!({ "initDuration": took, "httpPort": port });
        self.send("server-started", &payload)
            .map_err(|error| format!("cannot tell the platform of the port: {error}"))
    }

    /// That a request has reached the component.
    pub(super) fn begun(&self, context: &Context) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let payload = json!({ "context": context.json(), "handlerStartedAt": now });
        self.tell("handler-started", &payload);
    }

    /// That all of a request is done. The machine may be stopped after the last.
    pub(super) fn end(&self, context: &Context) {
        let payload = json!({ "context": context.json(), "error": null });
        self.tell("end", &payload);
    }

    /// A line of the log, and the request it belongs to.
    pub(super) fn log(&self, context: Option<&Context>, level: Level, line: &str) {
        let level = match level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        let context = context.cloned().unwrap_or_else(Context::none);
        let message = STANDARD.encode(line);
        let payload = json!({ "context": context.json(), "message": message, "level": level });
        if self.send("log", &payload).is_err() {
            log::line(line);
        }
    }

    fn tell(&self, kind: &str, payload: &Value) {
        if let Err(error) = self.send(kind, payload) {
            log::line(&format!(
                "error: the platform does not hear `{kind}`: {error}"
            ));
        }
    }

    /// Waits where the platform does not listen: what a component prints is not
    /// kept here.
    fn send(&self, kind: &str, payload: &Value) -> std::io::Result<()> {
        let mut message = json!({ "type": kind, "payload": payload })
            .to_string()
            .into_bytes();
        message.push(0);
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write_all(&message)
    }

    #[cfg(test)]
    pub(super) fn pair() -> (Arc<Self>, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Arc::new(Self(Mutex::new(ours))), theirs)
    }
}
