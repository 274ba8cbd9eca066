//! A stand-in for what starts programs at Vercel. The platform's own is nowhere to
//! be had: this holds to the messages of its crate `vercel_runtime`, and of what
//! its builders put into functions.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Running;
use crate::Scratch;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that was started, and has said where it listens. What it logs over
/// the socket is what the server says.
pub struct Launcher {
    /// Where it is asked.
    pub server: Running,
    told: Receiver<Value>,
    _socket: Scratch,
}

impl Launcher {
    /// Starts `program` of a function's directory, with these variables.
    ///
    /// # Panics
    /// It does not say that it is there.
    #[must_use]
    pub fn start(function: Scratch, program: &str, variables: &[(&str, &str)]) -> Self {
        let socket = Scratch::new();
        let path = socket.path().join("ipc.sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let mut command = Command::new(function.path().join(program));
        command
            .env_clear()
            .envs(variables.iter().copied())
            .env("VERCEL_IPC_PATH", &path);
        let server = Running::spawn(command, function);
        let (said, (tell, told)) = (server.saying(), channel());
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("it connects");
            let messages = BufReader::new(stream).split(0);
            for message in messages.map_while(Result::ok) {
                let message: Value = serde_json::from_slice(&message).expect("JSON");
                if message["type"] == "log" {
                    let line = message["payload"]["message"].as_str().expect("a line");
                    let line = STANDARD.decode(line).expect("base64");
                    let mut said = said.lock().expect("the test is fine");
                    said.push_str(&String::from_utf8_lossy(&line));
                    said.push('\n');
                }
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        let mut launcher = Self {
            server,
            told,
            _socket: socket,
        };
        let started = launcher.hears("server-started");
        assert!(started["initDuration"].is_u64(), "{started}");
        let port = started["httpPort"]
            .as_u64()
            .and_then(|port| port.try_into().ok());
        launcher.server.listens(port.expect("a port"));
        launcher
    }

    /// The kind and the payload of the next message.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn next(&self) -> (String, Value) {
        match self.told.recv_timeout(PATIENCE) {
            Ok(mut message) => {
                let kind = message["type"].as_str().unwrap_or_default().to_owned();
                (kind, message["payload"].take())
            }
            Err(_) => panic!("nothing is told: {}", self.server.said()),
        }
    }

    /// The payload of the next message, which is of this kind.
    ///
    /// # Panics
    /// It is not, or there is none.
    #[track_caller]
    pub fn hears(&self, kind: &str) -> Value {
        let (of, payload) = self.next();
        assert_eq!(of, kind, "{payload}");
        payload
    }

    /// That nothing was said since.
    ///
    /// # Panics
    /// Something was.
    #[track_caller]
    pub fn hears_nothing(&self) {
        if let Ok(message) = self.told.try_recv() {
            panic!("{message}");
        }
    }
}
