//! Answers requests in every way there is, good and bad: by the path.

// For its own target only: names of exports are no symbols elsewhere.
#![cfg(target_arch = "wasm32")]

#[allow(missing_docs)]
mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "web",
        generate_all,
        pub_export_macro: true,
    });
}

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{
    ErrorCode, Fields, IncomingRequest, OutgoingBody, OutgoingRequest, OutgoingResponse,
    ResponseOutparam, Scheme,
};
use bindings::wasi::io::streams::{OutputStream, StreamError};

struct Web;

/// Tests write another number over this one, and have another component.
static VERSION: &str = "version-1";

impl Guest for Web {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/" => text(out, 200, "hello\n"),
            "/echo" => echo(&request, out),
            "/ticks" => ticks(out, query.parse().expect("a number")),
            "/panic" => panic!("as asked"),
            "/cut" => {
                let body = begin(out, 200, &[]);
                put(&body.1, b"the first half");
                wait(query);
                panic!("as asked");
            }
            "/spin" => loop {
                std::hint::spin_loop();
            },
            "/spin-for" => spin(out, query.parse().expect("a number")),
            "/memory" => {
                let mut held: Vec<Vec<u8>> = Vec::new();
                loop {
                    held.push(vec![1; 1 << 20]);
                }
            }
            "/none" => {}
            "/error" => ResponseOutparam::set(out, Err(ErrorCode::LoopDetected)),
            "/env" => text(out, 200, &std::env::var(query).unwrap_or_default()),
            "/file" => match std::fs::read_to_string(query) {
                Ok(contents) => text(out, 200, &contents),
                Err(error) => text(out, 403, &error.to_string()),
            },
            "/print" => {
                print!("one ");
                std::io::stdout().flush().expect("it is there");
                println!("line");
                eprint!("another {query}");
                text(out, 200, "");
            }
            "/random" => text(
                out,
                200,
                &RandomState::new().build_hasher().finish().to_string(),
            ),
            "/clock" => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                text(out, 200, &now.expect("after 1970").as_secs().to_string());
            }
            "/fetch" => match fetch(query) {
                Ok(status) => text(out, 200, &status.to_string()),
                Err(code) => text(out, 502, &format!("{code:?}")),
            },
            "/after" => {
                text(out, 200, "done\n");
                wait(query);
                eprintln!("and after");
            }
            "/version" => text(out, 200, VERSION),
            "/headers" => {
                let entries = request.headers().entries();
                let names: Vec<_> = entries.into_iter().map(|(name, _)| name).collect();
                text(out, 200, &names.join(","));
            }
            _ => text(out, 404, "there is no such path\n"),
        }
    }
}

fn wait(milliseconds: &str) {
    let milliseconds = milliseconds.parse().expect("a number");
    std::thread::sleep(Duration::from_millis(milliseconds));
}

type Begun = (OutgoingBody, OutputStream);

fn begin(out: ResponseOutparam, status: u16, headers: &[(&str, String)]) -> Begun {
    let fields = Fields::new();
    for (name, value) in headers {
        fields
            .append(name, value.as_bytes())
            .expect("it is allowed");
    }
    let response = OutgoingResponse::new(fields);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("the first time");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("the first time");
    (body, stream)
}

fn put(stream: &OutputStream, bytes: &[u8]) {
    for piece in bytes.chunks(4096) {
        stream.blocking_write_and_flush(piece).expect("a reader");
    }
}

fn end((body, stream): Begun) {
    drop(stream);
    OutgoingBody::finish(body, None).expect("as long as it said");
}

fn text(out: ResponseOutparam, status: u16, text: &str) {
    let begun = begin(out, status, &[("content-length", text.len().to_string())]);
    put(&begun.1, text.as_bytes());
    end(begun);
}

/// What comes in goes out before more has come.
fn echo(request: &IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().expect("the first time");
    let stream = incoming.stream().expect("the first time");
    let mut first = Some(out);
    let mut begun = None;
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(bytes) => {
                let begun =
                    begun.get_or_insert_with(|| begin(first.take().expect("once"), 200, &[]));
                put(&begun.1, &bytes);
            }
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(_)) => match first.take() {
                Some(out) => {
                    let code = ErrorCode::HttpRequestBodySize(None);
                    return ResponseOutparam::set(out, Err(code));
                }
                None => panic!("the request ended early"),
            },
        }
    }
    end(begun.unwrap_or_else(|| begin(first.take().expect("once"), 200, &[])));
}

/// A line every 50 ms, then the version.
fn ticks(out: ResponseOutparam, times: u32) {
    let begun = begin(out, 200, &[]);
    for tick in 0..times {
        put(&begun.1, format!("{tick}\n").as_bytes());
        std::thread::sleep(Duration::from_millis(50));
    }
    put(&begun.1, VERSION.as_bytes());
    end(begun);
}

fn spin(out: ResponseOutparam, rounds: u64) {
    let mut sum = 0_u64;
    for round in 0..rounds {
        sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(round));
    }
    text(out, 200, &sum.to_string());
}

fn fetch(authority: &str) -> Result<u16, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
    request
        .set_authority(Some(authority))
        .expect("an authority");
    request.set_path_with_query(Some("/")).expect("a path");
    let sent = outgoing_handler::handle(request, None)?;
    sent.subscribe().block();
    let response = sent.get().expect("it is there").expect("the first time")?;
    Ok(response.status())
}

bindings::export!(Web with_types_in bindings);
