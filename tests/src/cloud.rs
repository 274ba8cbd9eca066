//! A cloud of the tests' own: an HTTP server that speaks to the provider
//! `tests/hostile/plugins/cloud.rs` and can be told to fail.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Method, space, path with query.
    pub line: String,
    /// In order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Received {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This answer: status, headers, body.
    Answer(u16, &'static str, &'static str),
    /// The connection is closed in the middle of the answer.
    Cut,
    /// The answer comes after this.
    Slow(Duration),
    /// There never is an answer, though what was asked for happened.
    Silent,
}

/// A running cloud; it ends with the process.
pub struct Cloud {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// Prefixes of request lines with what goes wrong, once each.
    faults: VecDeque<(&'static str, Fault)>,
    received: Vec<Received>,
    /// Ids with digests, newest first.
    deployments: Vec<(String, String)>,
    live: String,
    /// For how many questions a new one is starting.
    starting: usize,
    started: usize,
}

impl Default for Cloud {
    fn default() -> Self {
        Self::new()
    }
}

impl Cloud {
    /// Starts one.
    ///
    /// # Panics
    /// No port is free.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let inner = Arc::new(Mutex::new(Inner::default()));
        let shared = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = shared.clone();
                // A client that goes away is its own affair.
                std::thread::spawn(move || serve(&stream, address, &inner).ok());
            }
        });
        Self { address, inner }
    }

    fn hold(&self) -> MutexGuard<'_, Inner> {
        hold(&self.inner)
    }

    /// The URL of its API.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Its address with another path.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Lets the next request whose line begins so go wrong.
    pub fn fail(&self, line: &'static str, fault: Fault) {
        self.hold().faults.push_back((line, fault));
    }

    /// Lets each new deployment be starting for that many questions.
    pub fn start_slowly(&self, questions: usize) {
        self.hold().starting = questions;
    }

    /// What has arrived, and forgets it.
    #[must_use]
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.hold().received)
    }

    /// Lines of what has arrived and changes something, and forgets all.
    #[must_use]
    pub fn take_changes(&self) -> Vec<String> {
        let lines = self.take().into_iter().map(|received| received.line);
        lines.filter(|line| !line.starts_with("GET ")).collect()
    }

    /// Whether something that begins so has arrived; waits for it.
    ///
    /// # Panics
    /// It does not come.
    pub fn wait_for(&self, line: &str) {
        for _ in 0..3000 {
            if self
                .hold()
                .received
                .iter()
                .any(|r| r.line.starts_with(line))
            {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("`{line}` was not sent");
    }
}

fn hold(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: &TcpStream, address: SocketAddr, inner: &Mutex<Inner>) -> std::io::Result<()> {
    let received = read(stream)?;
    let line = received.line.clone();
    let (fault, answer) = {
        let mut inner = hold(inner);
        inner.received.push(received.clone());
        let at = inner
            .faults
            .iter()
            .position(|(prefix, _)| line.starts_with(prefix));
        let fault = at
            .and_then(|at| inner.faults.remove(at))
            .map(|(_, fault)| fault);
        let happens = matches!(
            fault,
            None | Some(Fault::Slow(_) | Fault::Silent | Fault::Cut)
        );
        let answer = happens.then(|| inner.answer(&received, address));
        (fault, answer.unwrap_or_default())
    };
    let mut stream = stream;
    match fault {
        Some(Fault::Answer(status, headers, body)) => stream.write_all(
            format!(
                "HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        ),
        Some(Fault::Cut) => stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\nliv"),
        Some(Fault::Silent) => {
            // Until the other end gives up.
            stream.read(&mut [0; 1]).map(drop)
        }
        Some(Fault::Slow(time)) => {
            std::thread::sleep(time);
            stream.write_all(&answer)
        }
        None if line.ends_with("/endless") => {
            stream.write_all(b"HTTP/1.1 200 x\r\n\r\n")?;
            loop {
                stream.write_all(&[b'x'; 1 << 16])?;
            }
        }
        None => stream.write_all(&answer),
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Received> {
    let mut reader = BufReader::new(stream);
    let mut next = || -> std::io::Result<String> {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    };
    let line = next()?;
    let mut headers = Vec::new();
    loop {
        let header = next()?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(Received {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body,
    })
}

impl Inner {
    fn answer(&mut self, received: &Received, address: SocketAddr) -> Vec<u8> {
        let (method, path) = received.line.split_once(' ').unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let ok = |body: String| reply(200, "", &body);
        let name = path.split('/').nth(3).unwrap_or_default();
        match (method, path.rsplit('/').next().unwrap_or_default()) {
            (_, "echo") => {
                let all: String = received
                    .headers
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}\n"))
                    .collect();
                let token = received.header("authorization").unwrap_or_default();
                let body = format!("{all}\"{token}\" {token}");
                reply(200, &format!("x-echo: {token}\r\n"), &body)
            }
            ("GET", "url") => ok(format!("http://{address}/site/{name}")),
            ("GET", "logs") => {
                let from = received.line.rsplit('=').next().unwrap_or_default();
                let lines = ["started\n", "answered \u{1b}[31mone\n"];
                ok(lines.into_iter().skip(from.parse().unwrap_or(0)).collect())
            }
            ("POST", "deployments") => {
                let digest = received
                    .text()
                    .lines()
                    .nth(1)
                    .unwrap_or_default()
                    .to_owned();
                let id = format!("d{}", self.deployments.len() + 1);
                self.deployments.insert(0, (id.clone(), digest));
                ok(id)
            }
            ("PUT", "live") => {
                self.live = received.text();
                self.started = self.starting;
                ok(String::new())
            }
            ("DELETE", _) => {
                self.deployments.clear();
                self.live.clear();
                ok(String::new())
            }
            ("GET", _) if path.starts_with("/site/") => {
                let mut all = self.deployments.iter();
                let digest = all
                    .find(|(id, _)| *id == self.live)
                    .map(|(_, digest)| digest);
                let digest = digest.cloned().unwrap_or_default();
                reply(200, &format!("x-run-digest: {digest}\r\n"), "hello")
            }
            ("GET", _) if path.starts_with("/v1/apps/") && self.deployments.is_empty() => {
                reply(404, "", "there is no such app")
            }
            ("GET", _) => {
                let starting = if self.started > 0 { " starting" } else { "" };
                self.started = self.started.saturating_sub(1);
                let all: String = self
                    .deployments
                    .iter()
                    .map(|(id, digest)| format!("{id} {digest}\n"))
                    .collect();
                ok(format!("live={}{starting}\n{all}", self.live))
            }
            _ => reply(405, "", "no such thing"),
        }
    }
}

fn reply(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}
