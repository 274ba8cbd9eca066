//! The runner: a component that was compiled before, served without a compiler;
//! by itself, and in the emulator of the platform that starts it for each event.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use run_runtime::{Wasm, ahead};
use run_tests::edge::Launcher;
use run_tests::emulator::{Emulator, Running, request};
use run_tests::machine;
use run_tests::server::{Connection, get};
use run_tests::{Scratch, components, guest};
use serde_json::{Value, json};

/// A directory as it is deployed: the runner, a compiled component, and what
/// that may reach.
fn deployed(component: &Wasm, rest: Value) -> Scratch {
    let scratch = Scratch::new();
    let bootstrap = scratch.path().join("bootstrap");
    std::fs::copy(machine::runner(), &bootstrap).unwrap();
    machine::startable(&bootstrap);
    let code = ahead::compile(component, &machine::target()).unwrap();
    std::fs::write(scratch.path().join("app.cwasm"), code).unwrap();
    let mut manifest = json!({ "version": 1, "component": "app.cwasm" });
    for (key, value) in rest.as_object().into_iter().flatten() {
        manifest[key] = value.clone();
    }
    scratch.write("app.json", &manifest.to_string());
    scratch
}

fn web(rest: Value) -> Scratch {
    deployed(&Wasm::read(guest::web()).unwrap(), rest)
}

fn wat(text: &str) -> Scratch {
    let wasm = Wasm::from_bytes("component.wat", text.as_bytes().to_vec()).unwrap();
    deployed(&wasm, json!({}))
}

#[test]
fn by_itself_it_is_a_server() {
    let deployed = web(json!({"environment": ["GIVEN"], "digest": "sha256:0"}));
    let mut command = machine::command();
    command
        .args(["--listen", "127.0.0.1:0"])
        .arg(deployed.path())
        .env("GIVEN", "yes")
        .stderr(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut stderr = BufReader::new(running.0.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let authority = line
        .trim()
        .strip_prefix("serving http://")
        .unwrap_or_else(|| panic!("{line}"));
    let text = |path: &str| Connection::open(authority, &get(path)).response();
    assert_eq!(text("/").body, "hello\n");
    assert!(
        text("/")
            .headers
            .contains(&"x-run-digest: sha256:0".to_owned())
    );
    assert_eq!(text("/env?GIVEN").body, "yes");
    assert_eq!(text("/env?PATH").body, "");
    assert_eq!(
        text("/fetch?127.0.0.1:1").body,
        "ErrorCode::HttpRequestDenied"
    );
    assert_eq!(text("/panic").status, 500);
    assert_eq!(text("/").status, 200);

    deployed.write(
        "app.json",
        r#"{"version":1,"component":"app.cwasm","allow":"all"}"#,
    );
    let refused = machine::command().arg(deployed.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("unknown field `allow`"), "{said}");
    deployed.write("app.json", r#"{"version":1,"component":"app.json"}"#);
    let refused = machine::command().arg(deployed.path()).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("is not a component that was compiled"),
        "{said}"
    );
}

#[test]
fn events_that_are_requests_are_answered() {
    let deployed = web(json!({"environment": ["GIVEN"], "limits": {"timeout": 1000}}));
    let emulator = Emulator::start(deployed.path(), &[("GIVEN", "yes")]);
    let answer =
        |method: &str, target: &str, body: &str| emulator.invoke(&request(method, target, body));
    let hello = answer("GET", "/", "");
    assert_eq!(hello["statusCode"], 200, "{hello}");
    assert_eq!(
        (&hello["body"], &hello["isBase64Encoded"]),
        (&json!("hello\n"), &json!(false))
    );
    assert_eq!(answer("POST", "/echo", "back")["body"], "back");
    assert_eq!(answer("GET", "/env?GIVEN", "")["body"], "yes");
    assert_eq!(answer("GET", "/env?AWS_LAMBDA_RUNTIME_API", "")["body"], "");
    assert_eq!(answer("GET", "/nowhere", "")["statusCode"], 404);
    assert_eq!(answer("GET", "/headers", "")["body"], "accept");

    let failed = answer("GET", "/panic", "");
    assert_eq!(failed["errorType"], "Run.ComponentFailed", "{failed}");
    assert_eq!(answer("GET", "/spin", "")["errorType"], "Run.Timeout");
    assert_eq!(
        answer("GET", "/cut?0", "")["errorType"],
        "Run.ComponentFailed"
    );
    let bad = emulator.invoke(&json!({"requestContext": {"http": {}}}));
    assert_eq!(bad["errorType"], "Run.BadEvent", "{bad}");
    let scheduled = emulator.invoke(&json!({"detail-type": "Scheduled Event"}));
    assert_eq!(scheduled["errorType"], "Run.NotACommand", "{scheduled}");

    let balancer = emulator.invoke(&json!({
        "httpMethod": "GET",
        "path": "/",
        "headers": {"host": "b.test"},
        "requestContext": {"elb": {}},
        "body": "",
    }));
    assert_eq!(balancer["statusDescription"], "200 OK", "{balancer}");
}

#[test]
fn other_events_run_commands_and_call_functions() {
    let cat = wat(components::CAT);
    let emulator = Emulator::start(cat.path(), &[]);
    let event = json!({"detail-type": "Scheduled Event", "time": "now"});
    assert_eq!(
        emulator.invoke(&event),
        event,
        "what it prints is the answer"
    );

    let calc = wat(components::CALC);
    let emulator = Emulator::start(calc.path(), &[]);
    let call =
        |function: &str, args: Value| emulator.invoke(&json!({"function": function, "args": args}));
    assert_eq!(call("add", json!([2, "s32:3"]))["return_value"], 5);
    let wrong = call("add", json!([2]));
    assert_eq!(wrong["errorType"], "Run.BadCall", "{wrong}");
    assert_eq!(call("sub-tract", json!([]))["errorType"], "Run.BadCall");
}

/// A platform that hands out these events, and keeps what is answered.
fn platform(listener: &TcpListener, events: &[Value]) -> Vec<String> {
    let (stream, _) = listener.accept().unwrap();
    let mut stream = BufReader::new(stream);
    let mut answers = Vec::new();
    for event in events {
        let asked = message(&mut stream);
        assert!(
            asked.starts_with("GET /2018-06-01/runtime/invocation/next"),
            "{asked}"
        );
        let event = event.to_string();
        let response = format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        );
        stream.get_mut().write_all(response.as_bytes()).unwrap();
        answers.push(message(&mut stream));
        let accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        stream.get_mut().write_all(accepted.as_bytes()).unwrap();
    }
    answers
}

/// A whole message: what is in pieces is put together, trailers follow.
fn message(stream: &mut BufReader<TcpStream>) -> String {
    let line = |stream: &mut BufReader<TcpStream>| {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    };
    let mut message = String::new();
    let (mut length, mut pieces) = (0, false);
    loop {
        let header = line(stream);
        message.push_str(&header.to_lowercase().replace("get /", "GET /"));
        let lower = header.to_lowercase();
        pieces |= lower.starts_with("transfer-encoding: chunked");
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut take = |stream: &mut BufReader<TcpStream>, length: usize| {
        let mut bytes = vec![0; length];
        stream.read_exact(&mut bytes).unwrap();
        message.push_str(&String::from_utf8_lossy(&bytes));
    };
    if !pieces {
        take(stream, length);
        return message;
    }
    loop {
        let size = usize::from_str_radix(line(stream).trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        take(stream, size);
        line(stream);
    }
    loop {
        let trailer = line(stream);
        if trailer.trim().is_empty() {
            return message;
        }
        message.push_str(&trailer.to_lowercase());
    }
}

#[test]
fn responses_are_streamed_where_that_is_asked_for() {
    let deployed = web(json!({"streaming": true}));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(deployed.path().join("bootstrap"));
    command
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            listener.local_addr().unwrap().to_string(),
        )
        .stderr(Stdio::null());
    let _running = Running(command.spawn().unwrap());
    let events = [
        request("GET", "/ticks?2", ""),
        request("GET", "/cut?200", ""),
    ];
    let answers = platform(&listener, &events);
    let whole = &answers[0];
    for part in [
        "lambda-runtime-function-response-mode: streaming",
        "content-type: application/vnd.awslambda.http-integration-response",
        "{\"statusCode\":200,\"headers\":{},\"cookies\":[]}\0\0\0\0\0\0\0\x000\n1\nversion-1",
    ] {
        assert!(whole.contains(part), "{part}:\n{whole}");
    }
    assert!(whole.ends_with("version-1"), "{whole}");
    assert!(answers[1].contains("the first half"), "{}", answers[1]);
    assert!(
        answers[1].contains("lambda-runtime-function-error-type: run.componentfailed"),
        "{}",
        answers[1]
    );
}

#[test]
fn a_platform_that_passes_requests_on_hears_of_each() {
    let launcher = Launcher::start(web(json!({})), "bootstrap", &[]);
    let server = &launcher.server;
    assert_eq!(server.get("/_vercel/ping").text(), "OK");
    assert_eq!(server.get("/").text(), "hello\n");
    launcher.hears_nothing();

    let numbers = "x-vercel-internal-invocation-id: inv\r\nx-vercel-internal-request-id: 7\r\n\
                   x-vercel-internal-span-id: s\r\nx-vercel-id: fra1::x\r\n";
    let context = json!({ "invocationId": "inv", "requestId": 7 });
    let names = server.ask("GET", "/headers", numbers, b"").text();
    assert!(names.contains("x-vercel-id"), "{names}");
    assert!(!names.contains("internal"), "{names}");
    assert_eq!(launcher.hears("handler-started")["context"], context);
    let done = json!({ "context": context, "error": null });
    assert_eq!(launcher.hears("end"), done);

    // What a request logs is its own, and comes before it is done.
    assert_eq!(server.ask("GET", "/panic", numbers, b"").status, 500);
    launcher.hears("handler-started");
    let mut levels = Vec::new();
    let ended = loop {
        let (kind, payload) = launcher.next();
        assert_eq!(payload["context"], context);
        match kind.as_str() {
            "log" => levels.push(payload["level"].clone()),
            _ => break (kind, payload),
        }
    };
    assert_eq!(ended, ("end".to_owned(), done));
    assert!(levels.contains(&json!("info")), "{levels:?}");
    assert_eq!(levels.last(), Some(&json!("error")));
}

#[test]
fn what_cannot_start_is_told_to_the_platform() {
    let deployed = wat("(component (import \"acme:shop/prices@1.0.0\" (instance)))");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new(deployed.path().join("bootstrap"));
    command
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            listener.local_addr().unwrap().to_string(),
        )
        .stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let (stream, _) = listener.accept().unwrap();
    let mut stream = BufReader::new(stream);
    let told = message(&mut stream);
    assert!(told.contains("/runtime/init/error"), "{told}");
    assert!(told.contains("acme:shop/prices@1.0.0"), "{told}");
    let accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    stream.get_mut().write_all(accepted.as_bytes()).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(1));
}
