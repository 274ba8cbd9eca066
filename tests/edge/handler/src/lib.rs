//! Does a bit of everything that an HTTP handler may ask of where it runs: each
//! path is one of them.

// For its own target only: names of exports are no symbols elsewhere.
#![cfg(target_arch = "wasm32")]

#[allow(missing_docs)]
mod bindings {
    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package test:handler;

            world handler {
                import wasi:clocks/monotonic-clock@0.2.12;
                import wasi:clocks/wall-clock@0.2.12;
                import wasi:random/random@0.2.12;
                import wasi:http/outgoing-handler@0.2.12;
                export wasi:http/incoming-handler@0.2.12;
                export wasi:cli/run@0.2.12;
            }
        ",
        world: "test:handler/handler",
        generate_all,
        pub_export_macro: true,
    });
}

use bindings::wasi::clocks::{monotonic_clock, wall_clock};
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, OutgoingBody, OutgoingRequest, OutgoingResponse,
    ResponseOutparam, Scheme,
};
use bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use bindings::wasi::random::random;

struct Handler;

bindings::export!(Handler with_types_in bindings);

impl bindings::exports::wasi::cli::run::Guest for Handler {
    fn run() -> Result<(), ()> {
        println!("the job ran");
        match std::env::var("JOB_FAILS") {
            Ok(_) => Err(()),
            Err(_) => Ok(()),
        }
    }
}

impl bindings::exports::wasi::http::incoming_handler::Guest for Handler {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/" => text(out, 200, "Hello from a component\n"),
            "/echo" => echo(&request, out),
            "/env" => {
                let mut all: Vec<_> = std::env::vars().map(|(k, v)| format!("{k}={v}")).collect();
                all.sort();
                text(out, 200, &all.join("\n"));
            }
            "/time" => {
                let now = wall_clock::now().seconds;
                let random = random::get_random_bytes(16).len();
                let passed = monotonic_clock::now() > 0;
                text(out, 200, &format!("{now} {random} {passed}"));
            }
            "/sleep" => {
                let before = monotonic_clock::now();
                monotonic_clock::subscribe_duration(50_000_000).block();
                let slept = (monotonic_clock::now() - before) / 1_000_000;
                text(out, 200, &format!("{slept}"));
            }
            "/fetch" => match fetch(query) {
                Ok(said) => text(out, 200, &said),
                Err(why) => text(out, 502, &why),
            },
            "/headers" => {
                let headers = Fields::new();
                for value in ["a=1", "b=2; Path=/"] {
                    headers
                        .append("set-cookie", value.as_bytes())
                        .expect("a header");
                }
                let seen = request.headers().get("x-asked");
                let seen: Vec<_> = seen.iter().map(|v| String::from_utf8_lossy(v)).collect();
                answer(out, 418, headers, |body| {
                    write(body, seen.join("|").as_bytes())
                });
            }
            "/stream" => answer(out, 200, Fields::new(), |body| {
                for number in 0..3 {
                    write(body, format!("{number}\n").as_bytes());
                    monotonic_clock::subscribe_duration(100_000_000).block();
                }
            }),
            "/log" => {
                println!("to stdout");
                eprintln!("to stderr");
                text(out, 200, "logged");
            }
            "/silent" => drop(out),
            "/panic" => panic!("as asked"),
            _ => text(out, 404, "there is nothing here"),
        }
    }
}

fn text(out: ResponseOutparam, status: u16, text: &str) {
    let headers = Fields::new();
    headers
        .append("content-type", b"text/plain")
        .expect("a header");
    answer(out, status, headers, |body| write(body, text.as_bytes()));
}

fn answer(out: ResponseOutparam, status: u16, headers: Fields, fill: impl FnOnce(&OutputStream)) {
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("its body");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("its stream");
    fill(&stream);
    drop(stream);
    OutgoingBody::finish(body, None).expect("the whole body");
}

/// As it comes, without keeping all of it.
fn echo(request: &IncomingRequest, out: ResponseOutparam) {
    let method = format!("{:?}", request.method());
    let headers = Fields::new();
    headers
        .append("x-method", method.as_bytes())
        .expect("a header");
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("its stream");
    answer(out, 200, headers, |to| {
        each(&stream, |bytes| write(to, bytes))
    });
}

fn each(stream: &InputStream, mut take: impl FnMut(&[u8])) {
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(bytes) => take(&bytes),
            Err(StreamError::Closed) => return,
            Err(StreamError::LastOperationFailed(error)) => panic!("{}", error.to_debug_string()),
        }
    }
}

fn write(stream: &OutputStream, bytes: &[u8]) {
    for chunk in bytes.chunks(4096) {
        stream.blocking_write_and_flush(chunk).expect("it is taken");
    }
}

/// What a server at `authority` says to a POST.
fn fetch(authority: &str) -> Result<String, String> {
    let refused = |()| "it is not taken".to_owned();
    let headers = Fields::new();
    headers
        .append("x-from", b"component")
        .map_err(|e| format!("{e:?}"))?;
    let request = OutgoingRequest::new(headers);
    request
        .set_method(&bindings::wasi::http::types::Method::Post)
        .and_then(|()| request.set_scheme(Some(&Scheme::Http)))
        .and_then(|()| request.set_authority(Some(authority)))
        .and_then(|()| request.set_path_with_query(Some("/upstream?x=1")))
        .map_err(refused)?;
    let body = request.body().map_err(refused)?;
    let sent = outgoing_handler::handle(request, None).map_err(|code| format!("{code:?}"))?;
    let stream = body.write().map_err(refused)?;
    write(&stream, b"from the component");
    drop(stream);
    OutgoingBody::finish(body, None).map_err(|code| format!("{code:?}"))?;
    sent.subscribe().block();
    let response = sent
        .get()
        .and_then(Result::ok)
        .ok_or("there is no answer")?
        .map_err(|code| format!("{code:?}"))?;
    let body: IncomingBody = response.consume().map_err(refused)?;
    let mut read = Vec::new();
    each(&body.stream().map_err(refused)?, |bytes| read.extend(bytes));
    Ok(format!(
        "{} {}",
        response.status(),
        String::from_utf8_lossy(&read)
    ))
}
