//! A store that misbehaves as a test tells it to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// What is done to the answers for what a path contains.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This status, with headers and a body.
    Status(u16, Vec<(String, String)>, Vec<u8>),
    /// The answer ends in the middle.
    Cut,
    /// Other bytes.
    Bytes(Vec<u8>),
    /// Bytes without an end.
    Endless,
    /// Nothing ever comes.
    Silence,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    faults: Vec<(String, Fault)>,
    seen: Vec<Seen>,
}

/// The store: it keeps what is put under a path and gives it to anyone, and
/// knows as much of a registry's uploads as it takes.
#[derive(Clone)]
pub struct Fake {
    /// `127.0.0.1:` and its port.
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self::new()
    }
}

impl Fake {
    /// One that works.
    ///
    /// # Panics
    /// There is no port for it.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let fake = Self {
            address: listener.local_addr().expect("its address").to_string(),
            state: Arc::default(),
        };
        let server = fake.clone();
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        fake
    }

    /// Does this to whatever has `part` in its path.
    pub fn fails(&self, part: &str, fault: Fault) {
        self.state().faults.push((part.to_owned(), fault));
    }

    /// Works again.
    pub fn works(&self) {
        self.state().faults.clear();
    }

    /// What was asked since this was last asked.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state().seen)
    }

    /// How many requests there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.state().seen.len()
    }

    /// Changes what is kept under the paths that have `part` in them.
    ///
    /// # Panics
    /// There is nothing.
    pub fn change(&self, part: &str, change: impl Fn(&mut Vec<u8>)) {
        let mut state = self.state();
        let mut found = state
            .objects
            .iter_mut()
            .filter(|(path, _)| path.contains(part));
        change(found.next().expect("something is kept under it").1);
        found.for_each(|(_, bytes)| change(bytes));
    }

    /// What is kept, by path.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state().objects.clone()
    }

    /// Keeps this instead.
    pub fn keep(&self, objects: BTreeMap<String, Vec<u8>>) {
        self.state().objects = objects;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|error| error.into_inner())
    }

    /// Answers one request. Connections are not kept.
    fn serve(&self, stream: TcpStream) -> Option<()> {
        let (seen, body) = request(&stream)?;
        let mut state = self.state();
        state.seen.push(seen.clone());
        let path = seen.path.split('?').next()?.to_owned();
        let fault = state
            .faults
            .iter()
            .find(|(part, _)| seen.path.contains(part));
        let fault = fault.map(|(_, fault)| fault.clone());
        let (status, headers, bytes) = match seen.method.as_str() {
            "PUT" => {
                let kept = match seen.path.split_once("digest=") {
                    Some((_, digest)) => format!("/blobs/{}", digest.replace("%3A", ":")),
                    None => path,
                };
                state.objects.insert(kept, body);
                (201, String::new(), Vec::new())
            }
            "POST" => (202, "location: /upload\r\n".to_owned(), Vec::new()),
            _ => {
                let blob = path.find("/blobs/").map_or(path.as_str(), |at| &path[at..]);
                match state.objects.get(blob) {
                    Some(bytes) => (200, String::new(), bytes.clone()),
                    None => (404, String::new(), Vec::new()),
                }
            }
        };
        drop(state);
        answer(stream, fault, status, &headers, &bytes);
        Some(())
    }
}

fn request(stream: &TcpStream) -> Option<(Seen, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let seen = Seen {
        method,
        path,
        headers,
    };
    Some((seen, body))
}

/// Whoever asked may be gone; that is its own affair.
fn answer(mut stream: TcpStream, fault: Option<Fault>, status: u16, headers: &str, bytes: &[u8]) {
    let head = |status: u16, headers: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        )
    };
    let mut send = |parts: &[&[u8]]| parts.iter().all(|part| stream.write_all(part).is_ok());
    match fault {
        None => {
            send(&[head(status, headers, bytes.len()).as_bytes(), bytes]);
        }
        Some(Fault::Bytes(bytes)) => {
            send(&[head(200, headers, bytes.len()).as_bytes(), &bytes]);
        }
        Some(Fault::Cut) => {
            let half = &bytes[..bytes.len() / 2];
            send(&[head(status, headers, bytes.len()).as_bytes(), half]);
        }
        Some(Fault::Status(status, headers, body)) => {
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            send(&[head(status, &headers, body.len()).as_bytes(), &body]);
        }
        Some(Fault::Endless) => {
            send(&[b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n"]);
            while send(&[&[b' '; 4096]]) {}
        }
        Some(Fault::Silence) => {
            // Until the other side has gone.
            let _any = stream.read(&mut [0]).unwrap_or_default();
        }
    }
}
