//! A server that runs, and how the tests talk to it: by the bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::command;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(30);

/// `run v2 serve`, with `--json`, on a port of its own. It is killed when it is
/// dropped.
pub struct Server {
    child: Child,
    events: Receiver<Value>,
    /// Its address and port.
    pub authority: String,
    /// Those of its figures.
    pub metrics: String,
}

impl Server {
    /// Starts `run v2 serve` with `arguments` in `directory`, and waits until it
    /// answers.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = command::command(directory);
        command
            .args(["serve", "--json", "--listen", "0", "--metrics", "0"])
            .args(arguments)
            .env_remove("PORT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let mut child = command.spawn().expect("the command starts");
        let stdout = child.stdout.take().expect("it is piped");
        let (tell, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let line = line.expect("UTF-8 on stdout");
                let event = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                if tell.send(event).is_err() {
                    return;
                }
            }
        });
        let mut server = Self {
            child,
            events,
            authority: String::new(),
            metrics: String::new(),
        };
        let listening = server.event("listening");
        let authority = |url: &Value| {
            let url = url.as_str().expect("an address");
            let url = url.trim_start_matches("http://");
            url.split('/').next().unwrap_or(url).to_owned()
        };
        server.authority = authority(&listening["url"]);
        server.metrics = authority(&listening["metrics"]);
        server
    }

    /// The next event of this kind; those before are passed over.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn event(&self, kind: &str) -> Value {
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(event) if event["event"] == kind => return event,
                Ok(_) => {}
                Err(error) => panic!("no event `{kind}`: {error}"),
            }
        }
    }

    /// The response to `GET path`.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.open(&get(path)).response()
    }

    /// The status and the body of that.
    #[track_caller]
    pub fn text(&self, path: &str) -> (u16, String) {
        let response = self.get(path);
        assert!(response.is_whole, "{response:?}");
        (response.status, response.body)
    }

    /// What the figures say under `name`.
    ///
    /// # Panics
    /// They do not say it.
    #[track_caller]
    pub fn figure(&self, name: &str) -> f64 {
        let text = Connection::open(&self.metrics, &get("/metrics"))
            .response()
            .body;
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
            .unwrap_or_else(|| panic!("no `{name}` in\n{text}"))
    }

    /// A connection on which this is sent.
    #[track_caller]
    pub fn open(&self, request: &str) -> Connection {
        Connection::open(&self.authority, request)
    }

    /// Sends a signal: `HUP`, `TERM` or `INT`.
    ///
    /// # Panics
    /// There is no such signal.
    pub fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .expect("kill is there");
        assert!(status.success());
    }

    /// Its exit code, once it has ended by itself.
    ///
    /// # Panics
    /// A signal ended it.
    pub fn ended(mut self) -> i32 {
        let status = self.child.wait().expect("it is a child");
        status.code().expect("it ended by itself")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A request without a body, after which the connection is closed.
#[must_use]
pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
}

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers, as they came.
    pub headers: Vec<String>,
    /// Its body.
    pub body: String,
    /// Whether the body ended as the headers promised.
    pub is_whole: bool,
}

impl Connection {
    /// Connects, and sends this.
    ///
    /// # Panics
    /// Nobody listens there.
    #[must_use]
    #[track_caller]
    pub fn open(authority: &str, request: &str) -> Self {
        let stream = TcpStream::connect(authority).expect("someone listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is one");
        let mut connection = Self {
            stream: BufReader::new(stream),
        };
        connection.send(request);
        connection
    }

    /// Sends more. Whether it arrives is what the response tells.
    pub fn send(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).ok();
    }

    /// Sends a piece of a body that comes in pieces; an empty one ends it.
    pub fn send_chunk(&mut self, text: &str) {
        self.send(&format!("{:x}\r\n{text}\r\n", text.len()));
    }

    /// The next line, without its end; empty where there is no more.
    ///
    /// # Panics
    /// None comes.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("no line: {error}"),
        }
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    /// The status; `None` where the connection is closed instead.
    pub fn status(mut self) -> Option<u16> {
        self.line().split(' ').nth(1)?.parse().ok()
    }

    /// The status and the headers.
    ///
    /// # Panics
    /// No response comes.
    #[track_caller]
    pub fn head(&mut self) -> (u16, Vec<String>) {
        let line = self.line();
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in `{line}`"));
        let mut headers = Vec::new();
        loop {
            let header = self.line();
            if header.is_empty() {
                return (status, headers);
            }
            headers.push(header.to_lowercase());
        }
    }

    /// The next piece of a body that comes in pieces; `None` where it is cut.
    pub fn chunk(&mut self) -> Option<String> {
        let length = usize::from_str_radix(&self.line(), 16).ok()?;
        let mut bytes = vec![0; length + 2];
        self.stream.read_exact(&mut bytes).ok()?;
        bytes.truncate(length);
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The whole response.
    ///
    /// # Panics
    /// None comes.
    #[track_caller]
    pub fn response(mut self) -> Response {
        let (status, headers) = self.head();
        let mut body = String::new();
        let chunked = headers.iter().any(|h| h == "transfer-encoding: chunked");
        let mut is_whole = true;
        if chunked {
            loop {
                match self.chunk() {
                    Some(chunk) if chunk.is_empty() => break,
                    Some(chunk) => body.push_str(&chunk),
                    None => {
                        is_whole = false;
                        break;
                    }
                }
            }
        } else {
            let length = headers
                .iter()
                .find_map(|header| header.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            let mut bytes = vec![0; length];
            is_whole = self.stream.read_exact(&mut bytes).is_ok();
            body = String::from_utf8_lossy(&bytes).into_owned();
        }
        Response {
            status,
            headers,
            body,
            is_whole,
        }
    }
}

impl Connection {
    /// Sends a request while its response is read: one that is large fills the
    /// buffers of both sides.
    ///
    /// # Panics
    /// No response comes.
    #[must_use]
    pub fn exchange(self, request: &str) -> Response {
        let mut writer = self.stream.get_ref().try_clone().expect("a second handle");
        std::thread::scope(|scope| {
            scope.spawn(move || writer.write_all(request.as_bytes()).ok());
            self.response()
        })
    }

    /// What is left of a body whose beginning was read.
    pub fn response_body(&mut self) -> String {
        let mut body = String::new();
        while let Some(chunk) = self.chunk().filter(|chunk| !chunk.is_empty()) {
            body.push_str(&chunk);
        }
        body
    }
}
