//! A server in place of a platform's API: it answers what a test says, keeps
//! what came, and can fail in every way that a server fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// One request that came.
#[derive(Debug, Clone)]
pub struct Request {
    /// E.g. `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// `name=value`, decoded, in their order.
    pub query: Vec<String>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(header, _)| header == name)?;
        Some(value)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }

    /// Verb and path.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A status and JSON.
    Json(u16, Value),
    /// A status, one more header, and a body that may be anything.
    Raw(u16, (&'static str, &'static str), &'static str),
    /// A status, the type of the body, and the body.
    Text(u16, String, String),
    /// Nothing: the connection is closed.
    Cut,
    /// Something, after a while.
    Late(Duration, Box<Answer>),
}

/// A verb with the end of a path, and what is answered instead.
type Fault = (String, Answer);

type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

/// The running server.
pub struct Platform {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    fault: Arc<Mutex<Option<Fault>>>,
    stopped: Arc<AtomicBool>,
}

impl Platform {
    /// Starts it.
    ///
    /// # Panics
    /// There is no port.
    pub fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let platform = Self {
            address,
            requests: Arc::default(),
            fault: Arc::default(),
            stopped: Arc::default(),
        };
        let handler: Arc<Handler> = Arc::new(handler);
        let (requests, stopped) = (platform.requests.clone(), platform.stopped.clone());
        let fault = platform.fault.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (handler, requests, fault) = (handler.clone(), requests.clone(), fault.clone());
                std::thread::spawn(move || {
                    // A client that goes away is its own business.
                    let _ = serve(&stream, &*handler, &requests, &fault);
                });
            }
        });
        platform
    }

    /// `http://127.0.0.1:…`, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:…`
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.address
    }

    /// From now on every request of this verb whose path ends so is answered so,
    /// and changes nothing.
    ///
    /// # Panics
    /// The server panicked.
    pub fn fail(&self, verb: &str, path: &str, answer: Answer) {
        *self.fault.lock().expect("the server is fine") = Some((format!("{verb} {path}"), answer));
    }

    /// What came since the last call.
    ///
    /// # Panics
    /// The server panicked.
    #[must_use]
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().expect("the server is fine"))
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes it up.
        let _ = TcpStream::connect(&self.address);
    }
}

/// One request a connection.
fn serve(
    stream: &TcpStream,
    handler: &Handler,
    requests: &Mutex<Vec<Request>>,
    fault: &Mutex<Option<Fault>>,
) -> std::io::Result<()> {
    let Some(request) = read(&mut BufReader::new(stream))? else {
        return Ok(());
    };
    let answer = {
        let mut before = requests.lock().expect("the server is fine");
        let fault = fault.lock().expect("the test is fine").clone();
        let answer = match fault {
            Some((line, answer)) if is_meant(&line, &request) => answer,
            _ => handler(&request),
        };
        before.push(request);
        answer
    };
    write(stream, answer)
}

fn is_meant(line: &str, request: &Request) -> bool {
    line.split_once(' ')
        .is_some_and(|(verb, path)| request.method == verb && request.path.ends_with(path))
}

fn write(mut stream: &TcpStream, answer: Answer) -> std::io::Result<()> {
    let kind;
    let (status, header, body) = match answer {
        Answer::Cut => return Ok(()),
        Answer::Late(time, answer) => {
            std::thread::sleep(time);
            return write(stream, *answer);
        }
        Answer::Json(status, json) => {
            let header = ("content-type", "application/json");
            (status, header, json.to_string())
        }
        Answer::Raw(status, header, body) => (status, header, body.to_owned()),
        Answer::Text(status, of, body) => {
            kind = of;
            (status, ("content-type", kind.as_str()), body)
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\n{}: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        header.0,
        header.1,
        body.len()
    )
}

fn read(from: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None => break,
        }
    }
    let mut request = Request {
        method,
        path: decoded(path),
        query: query
            .split('&')
            .filter(|q| !q.is_empty())
            .map(decoded)
            .collect(),
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length").map(str::to_owned);
    if let Some(length) = length.and_then(|length| length.parse().ok()) {
        from.take(length).read_to_end(&mut request.body)?;
    } else if request.header("transfer-encoding").is_some() {
        request.body = chunks(from)?;
    }
    Ok(Some(request))
}

fn chunks(from: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
        from.take(size).read_to_end(&mut body)?;
        from.read_line(&mut String::new())?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
