//! Answering requests: as many as come on some connections, one after the other
//! on each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Ours, peers, table};
use crate::cache::at;
use crate::step::{self, Result};

/// Connections, each on a thread.
const CONNECTIONS: usize = 16;
/// Rounds of each side, in turn; the medians count.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_secs(1);

pub(super) fn run(ours: &Ours) -> Result {
    let guest = guest()?;
    let (address, theirs_address) = (free()?, free()?);
    let mut command = ours.v2(&ours.work, &["serve", "--quiet", "--listen"]);
    command.arg(&address).arg(&guest);
    let our_server = Server::start(command, &address)?;
    let mut command = Command::new(peers::wasmtime()?);
    command
        .args(["serve", "-Scli", "-C", "cache=y", "--addr", &theirs_address])
        .arg(&guest)
        .env("XDG_CACHE_HOME", ours.work.join("theirs"));
    let their_server = Server::start(command, &theirs_address)?;
    for (what, path, body) in [
        ("an answer of six bytes", "/", 0),
        ("64 KiB echoed", "/echo", 64 << 10),
    ] {
        let request = request(path, body);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        // The first round fills caches and pools.
        for round in 0..=ROUNDS {
            let one = measure(&our_server.address, &request)?;
            let other = measure(&their_server.address, &request)?;
            if round > 0 {
                a.push(one);
                b.push(other);
            }
        }
        let (one, other) = (median(a), median(b));
        let shown = |each: Duration| format!("{:.1} µs", each.as_secs_f64() * 1e6);
        table::row(
            &format!("time for {what}, on {CONNECTIONS} connections"),
            &shown(one),
            &shown(other),
            one.as_secs_f64() / other.as_secs_f64(),
            Some(1.0),
        );
    }
    Ok(())
}

/// The component, in the profile that ships.
pub(super) fn guest() -> Result<PathBuf> {
    step::run(step::cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "run-web-guest",
        "--target",
        "wasm32-wasip2",
        "--target-dir",
        "target/hostile",
    ]))?;
    Ok(step::root().join("target/hostile/wasm32-wasip2/release/run_web_guest.wasm"))
}

/// An address that nothing listens on.
pub(super) fn free() -> Result<String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.to_string())
        .map_err(|error| format!("no port is free: {error}"))
}

fn request(path: &str, body: usize) -> Vec<u8> {
    let mut request =
        format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {body}\r\n\r\n")
            .into_bytes();
    request.resize(request.len() + body, b'x');
    request
}

/// One that is ended with its guard.
pub(super) struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub(super) fn start(mut command: Command, address: &str) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| at(Path::new(command.get_program()), error))?;
        let server = Self {
            child,
            address: address.to_owned(),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).is_err() {
            if Instant::now() > until {
                return Err(format!("{command:?} does not listen"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(super) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The time for each answer, over one round on all connections.
fn measure(address: &str, request: &[u8]) -> Result<Duration> {
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (address, request) = (address.to_owned(), request.to_vec());
            std::thread::spawn(move || client(&address, &request, start + ROUND))
        })
        .collect();
    let mut answers = 0_u32;
    for client in clients {
        let answered = client.join().map_err(|_| "a client panicked")?;
        answers += answered.map_err(|error| format!("{address}: {error}"))?;
    }
    if answers == 0 {
        return Err(format!("{address} answered nothing"));
    }
    Ok(start.elapsed() / answers)
}

/// How many answers come until then.
fn client(address: &str, request: &[u8], until: Instant) -> std::io::Result<u32> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut answers = 0;
    while Instant::now() < until {
        reader.get_mut().write_all(request)?;
        answer(&mut reader)?;
        answers += 1;
    }
    Ok(answers)
}

fn answer(reader: &mut impl BufRead) -> std::io::Result<()> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(std::io::Error::other(format!("answered `{}`", line.trim())));
    }
    let mut length = None;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    if let Some(length) = length {
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        return Ok(());
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
        std::io::copy(&mut reader.by_ref().take(size + 2), &mut std::io::sink())?;
        if size == 0 {
            return Ok(());
        }
    }
}
