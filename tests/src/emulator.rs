//! The emulator of the platform that starts the runner for each event.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Connection;
use crate::{machine, tools};

/// A process that is killed when it is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").to_string()
}

/// The emulator with what is deployed; the component is started at the first
/// event.
pub struct Emulator {
    _running: Running,
    authority: String,
}

impl Emulator {
    /// Starts it for what was unpacked in `deployed`, with these variables.
    ///
    /// # Panics
    /// It cannot be had or does not start.
    #[must_use]
    pub fn start(deployed: &Path, variables: &[(&str, &str)]) -> Self {
        let (authority, runtime) = (free(), free());
        let bootstrap = deployed.join("bootstrap");
        machine::startable(&bootstrap);
        let mut command = Command::new(tools::of("emulator").variable("EMULATOR"));
        command
            .args(["--runtime-interface-emulator-address", &authority])
            .args(["--runtime-api-address", &runtime])
            .arg(bootstrap)
            .envs(variables.iter().copied())
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "30")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let running = Running(command.spawn().expect("the emulator"));
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(&authority).is_err() {
            assert!(Instant::now() < until, "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self {
            _running: running,
            authority,
        }
    }

    /// The answer to an event.
    ///
    /// # Panics
    /// It is no JSON.
    #[must_use]
    pub fn invoke(&self, event: &Value) -> Value {
        let event = event.to_string();
        let request = format!(
            "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        );
        let response = Connection::open(&self.authority, &request).response();
        serde_json::from_str(&response.body).unwrap_or_else(|_| panic!("{response:?}"))
    }
}

/// A request as a function URL sends it.
#[must_use]
pub fn request(method: &str, target: &str, body: &str) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    json!({
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "f.test", "accept": "*/*"},
        "requestContext": {"domainName": "f.test", "http": {"method": method}},
        "body": body,
        "isBase64Encoded": false,
    })
}
