//! The first answer of a function: from an event at the emulator of the platform,
//! which then starts the runner, to the first byte of what comes back.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::serves::{self, Server, free, median};
use super::{Ours, table};
use crate::cache::at;
use crate::step::{self, Result};
use crate::{fixtures, provide, runner};

/// Each has an emulator of its own, whose function was never asked.
const TIMES: usize = 15;

const GREETING: &str = r#"{"function":"greet","args":["\"World\""]}"#;
const REQUEST: &str = r#"{"version":"2.0","rawPath":"/","rawQueryString":"","headers":{"host":"f.test"},"requestContext":{"domainName":"f.test","http":{"method":"GET"}},"body":"","isBase64Encoded":false}"#;

pub(super) fn run(ours: &Ours) -> Result {
    let python = fixtures::all()?
        .into_iter()
        .find(|fixture| fixture.toolchain == "python" && fixture.component == "greeter")
        .ok_or("tests/toolchains has no typed component by Python")?;
    for (what, component, event, said, bar) in [
        ("a handler by Rust", serves::guest()?, REQUEST, "hello", 25),
        ("a function by Python", python.path, GREETING, "World", 60),
    ] {
        let function = deployed(ours, &component)?;
        let first = || first(&function, event, said);
        // What is read for the first time comes from the disk.
        first()?;
        let times = (0..TIMES).map(|_| first()).collect::<Result<Vec<_>>>()?;
        let size = fs::metadata(&component).map_err(|error| at(&component, error))?;
        table::absolute(
            &format!(
                "cold start of the runner to its first byte, {what} ({:.1} MB)",
                size.len() as f64 / 1e6
            ),
            median(times),
            Duration::from_millis(bar),
        );
    }
    Ok(())
}

/// A directory as it is deployed.
fn deployed(ours: &Ours, component: &Path) -> Result<PathBuf> {
    let name = component.file_stem().unwrap_or_default();
    let dir = ours.work.join("function").join(name);
    fs::create_dir_all(&dir).map_err(|error| at(&dir, error))?;
    let target = format!("{}-linux-musl", std::env::consts::ARCH);
    let bootstrap = dir.join("bootstrap");
    fs::copy(runner::build(&target)?, &bootstrap).map_err(|error| at(&bootstrap, error))?;
    let code = dir.join("app.cwasm");
    step::run(
        step::cargo()
            .args(["build", "--quiet", "--locked", "--workspace"])
            .args(["--bin", "ahead"]),
    )?;
    step::run(
        Command::new(step::root().join("target/debug/ahead"))
            .arg(component)
            .arg(&target)
            .arg(&code),
    )?;
    let about = dir.join("app.json");
    fs::write(&about, r#"{"version":1,"component":"app.cwasm"}"#)
        .map_err(|error| at(&about, error))?;
    Ok(dir)
}

/// From the event to the first byte, of a function that nobody has asked.
fn first(function: &Path, event: &str, said: &str) -> Result<Duration> {
    let (address, runtime) = (free()?, free()?);
    let emulator = provide::variables("emulator")?;
    let (_, emulator) = emulator.first().ok_or("there is no emulator")?;
    let mut command = Command::new(emulator);
    command
        .args(["--runtime-interface-emulator-address", &address])
        .args(["--runtime-api-address", &runtime])
        .arg(function.join("bootstrap"))
        .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "30");
    let _emulator = Server::start(command, &address)?;
    let failed = |error: std::io::Error| format!("the emulator does not answer: {error}");
    let mut connection = TcpStream::connect(&address).map_err(failed)?;
    let request = format!(
        "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: bench\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{event}",
        event.len()
    );
    let start = Instant::now();
    connection.write_all(request.as_bytes()).map_err(failed)?;
    let mut answer = vec![0; 1];
    connection.read_exact(&mut answer).map_err(failed)?;
    let took = start.elapsed();
    connection.read_to_end(&mut answer).map_err(failed)?;
    let answer = String::from_utf8_lossy(&answer);
    match answer.contains(said) {
        true => Ok(took),
        false => Err(format!("it answers\n{answer}")),
    }
}
