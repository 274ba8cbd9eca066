//! The runner, and the emulator of the platform that starts it for each event.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::workspace;
use crate::server::Connection;
use crate::tools;

/// The runner for this machine, built where it is not there yet.
#[must_use]
pub fn runner() -> PathBuf {
    PathBuf::from(tools::of("runner").variable("RUNNER"))
}

/// Puts the runner where the command of the tests finds it.
///
/// # Panics
/// It cannot be had.
pub fn install() {
    let version = env!("CARGO_PKG_VERSION");
    let dir = workspace().join("target/test-cache/runners").join(version);
    run_files::private::make_dir(&dir).expect("a directory");
    let to = dir.join(format!("run-runner-{}-linux-musl", std::env::consts::ARCH));
    let bytes = std::fs::read(runner()).expect("the runner");
    run_files::atomic::write(&to, &bytes).expect("a copy");
}

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
        let mut command = Command::new(tools::of("runner").variable("EMULATOR"));
        command
            .args(["--runtime-interface-emulator-address", &authority])
            .args(["--runtime-api-address", &runtime])
            .arg(deployed.join("bootstrap"))
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
