//! `run v2 serve`: one server and many kinds of requests, good and bad.

use std::net::TcpListener;

use run_tests::server::{Server, get};
use run_tests::{Scratch, guest};

/// A project whose component is the guest that answers in every way there is.
fn project(rest: &str) -> Scratch {
    let scratch = Scratch::with(&[(
        "run.toml",
        &format!(
            "[project]\nname = \"t\"\nversion = \"0.1.0\"\n[[component]]\nname = \"web\"\npath = \"web.wasm\"\n{rest}"
        ),
    )]);
    std::fs::copy(guest::web(), scratch.path().join("web.wasm")).unwrap();
    scratch
}

fn serve(arguments: &[&str]) -> Server {
    let scratch = project("");
    Server::start(scratch.path(), &[&["web"], arguments].concat())
}

#[test]
fn requests_are_answered_and_bodies_are_streamed_both_ways() {
    let server = serve(&[]);
    assert_eq!(server.text("/"), (200, "hello\n".to_owned()));
    assert_eq!(server.text("/nowhere").0, 404);

    // What was sent comes back before the rest of it is sent.
    let mut echo =
        server.open("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    echo.send_chunk("first");
    assert_eq!(echo.head().0, 200);
    assert_eq!(echo.chunk().as_deref(), Some("first"));
    echo.send_chunk("second");
    assert_eq!(echo.chunk().as_deref(), Some("second"));
    echo.send_chunk("");
    assert_eq!(echo.chunk().as_deref(), Some(""));

    // And the connection goes on.
    echo.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    let (status, headers) = echo.head();
    assert_eq!(status, 200);
    assert!(
        headers.contains(&"content-length: 6".to_owned()),
        "{headers:?}"
    );
    echo.send(&get("/version"));
    assert_eq!(echo.response().body, "version-1");

    let large = "x".repeat(3 << 20);
    let request = format!(
        "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{large}",
        large.len()
    );
    let address = server.authority.clone();
    let echoed = std::thread::spawn(move || {
        run_tests::server::Connection::open(&address, "").exchange(&request)
    });
    assert!(echoed.join().unwrap().body == large);

    // It has what a server needs: the time, and numbers nobody foresees.
    let now: u64 = server.text("/clock").1.parse().unwrap();
    assert!(now > 1_700_000_000, "{now}");
    assert_ne!(server.text("/random"), server.text("/random"));

    // An instance goes on after its response.
    assert_eq!(server.text("/after?300").1, "done\n");
    assert_eq!(server.event("output")["line"], "and after");
}

#[test]
fn what_a_component_does_wrong_is_one_response_and_no_more() {
    let server = serve(&[
        "--timeout",
        "1s",
        "--max-memory",
        "16MiB",
        "--max-request-body",
        "1000",
        "--max-response-body",
        "2000000",
        "--max-headers",
        "8KiB",
    ]);
    assert_eq!(server.text("/panic").0, 500);
    let failed = server.event("failed");
    assert_eq!(failed["error"]["code"], "run::runtime::trap", "{failed}");
    assert_eq!(server.text("/none").0, 500);
    assert_eq!(
        server.event("failed")["error"]["code"],
        "run::runtime::unanswered"
    );
    assert_eq!(server.text("/error").0, 500);
    let failed = server.event("failed");
    assert_eq!(
        failed["error"]["code"], "run::runtime::answered_error",
        "{failed}"
    );
    assert_eq!(server.text("/memory").0, 500);
    let message = server.event("failed")["error"]["message"].to_string();
    assert!(message.contains("more than 16 MiB of memory"), "{message}");
    assert_eq!(server.text("/spin").0, 504);
    let message = server.event("failed")["error"]["message"].to_string();
    assert!(message.contains("ran for more than 1s"), "{message}");
    assert!(
        !server.text("/panic").1.contains("as asked"),
        "clients are told why"
    );

    // A response that cannot be whole does not look as if it were.
    let cut = server.get("/cut?200");
    assert_eq!((cut.status, cut.is_whole), (200, false), "{cut:?}");
    assert_eq!(server.text("/cut?0").0, 500, "nothing of it was sent yet");
    assert!(!server.get("/ticks?40").is_whole, "its time was over");
    let access = std::iter::repeat_with(|| server.event("access"))
        .find(|access| access["path"] == "/cut?200");
    assert_eq!(access.unwrap()["cut"], true);

    let post = |length: usize, body: &str| {
        let head = format!(
            "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        server.open(&head).response().status
    };
    assert_eq!(post(4, "four"), 200);
    assert_eq!(post(1_001, ""), 413, "before it is sent");
    let mut unsaid = server.open(
        "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    unsaid.send_chunk(&"x".repeat(1_001));
    // What was sent and is not read can take the answer along.
    assert!(matches!(unsaid.status(), Some(413) | None));
    let long = format!(
        "GET / HTTP/1.1\r\nHost: t\r\nX: {}\r\n\r\n",
        "x".repeat(9 << 10)
    );
    assert!(matches!(server.open(&long).status(), Some(431) | None));
    assert_eq!(
        server
            .open("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .response()
            .status,
        400
    );
    assert_eq!(server.open("nonsense\r\n\r\n").response().status, 400);

    assert_eq!(
        server.text("/"),
        (200, "hello\n".to_owned()),
        "it still answers"
    );
    assert_eq!(server.figure("run_component_failures_total"), 7.0);
    assert_eq!(server.figure("run_component_timeouts_total"), 2.0);
    assert_eq!(
        server.figure("run_http_responses_total{class=\"5xx\"}"),
        7.0
    );
    assert_eq!(server.figure("run_instances"), 0.0);
}

#[test]
fn a_component_reaches_what_it_was_given_and_nothing_else() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = elsewhere.local_addr().unwrap().to_string();
    let scratch = project("capabilities = [\"env:GIVEN\", \"fs:read:data\"]\n");
    scratch.write("data/file", "contents");
    scratch.write("other/file", "secret");
    let given = |more: &[&str]| {
        let mut arguments = vec!["web", "--env", "GIVEN=yes"];
        arguments.extend(more);
        Server::start(scratch.path(), &arguments)
    };
    let server = given(&[]);
    assert_eq!(server.text("/env?GIVEN").1, "yes");
    assert_eq!(server.text("/env?PATH").1, "");
    assert_eq!(server.text("/file?data/file").1, "contents");
    assert_eq!(server.text("/file?other/file").0, 403);
    assert_eq!(
        server.text(&format!("/fetch?{authority}")),
        (502, "ErrorCode::HttpRequestDenied".to_owned())
    );
    let denied = server.event("denied");
    assert_eq!(denied["flag"], "--allow-http 127.0.0.1", "{denied}");
    assert_eq!(denied["capability"], "http-client:127.0.0.1");
    // Lines of two streams come whole, with or without an end.
    assert_eq!(server.text("/print?one").0, 200);
    let lines = [server.event("output"), server.event("output")];
    assert!(
        lines.iter().any(|event| event["line"] == "one line"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|event| event["line"] == "another one"),
        "{lines:?}"
    );

    let server = given(&["--allow-http", "127.0.0.1"]);
    let other = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = elsewhere.accept().unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    assert_eq!(server.text(&format!("/fetch?{authority}")).1, "204");
    other.join().unwrap();
}

#[test]
fn many_are_answered_at_once_and_one_cannot_hold_up_the_others() {
    let server = serve(&["--concurrency", "60"]);
    let spinning: Vec<_> = (0..4).map(|_| server.open(&get("/spin"))).collect();
    let answers: Vec<_> = (0..100)
        .map(|_| {
            let authority = server.authority.clone();
            std::thread::spawn(move || {
                run_tests::server::Connection::open(&authority, &get("/ticks?4")).response()
            })
        })
        .collect();
    for answer in answers {
        let answer = answer.join().unwrap();
        assert_eq!((answer.status, answer.is_whole), (200, true), "{answer:?}");
        assert_eq!(answer.body, "0\n1\n2\n3\nversion-1");
    }
    assert_eq!(server.figure("run_instances"), 4.0);
    // Whoever goes away takes the instance along.
    drop(spinning);
    let gone =
        std::iter::repeat_with(|| server.event("access")).find(|access| access["status"] == 499);
    assert_eq!(gone.unwrap()["path"], "/spin");
}

#[test]
fn a_new_component_takes_over_and_what_was_begun_ends_on_the_old_one() {
    let scratch = project("");
    let server = Server::start(scratch.path(), &["web"]);
    let mut old = server.open(&get("/ticks?30"));
    assert_eq!(old.head().0, 200);
    assert_eq!(old.chunk().as_deref(), Some("0\n"));

    let path = scratch.path().join("web.wasm");
    let component = std::fs::read(&path).unwrap();
    std::fs::write(&path, "(component").unwrap();
    server.signal("HUP");
    assert!(server.event("reload-failed")["error"]["message"].is_string());
    assert_eq!(server.text("/version").1, "version-1");

    std::fs::write(&path, newer(component)).unwrap();
    server.signal("HUP");
    server.event("reloaded");
    assert_eq!(server.text("/version").1, "version-2");
    assert!(old.response_body().ends_with("29\nversion-1"));
    assert_eq!(server.figure("run_reloads_total"), 1.0);
    assert_eq!(server.figure("run_reload_failures_total"), 1.0);
}

/// The component with another version in its data.
fn newer(mut component: Vec<u8>) -> Vec<u8> {
    let old = b"version-1";
    let at: Vec<_> = (0..component.len() - old.len())
        .filter(|at| component[*at..].starts_with(old))
        .collect();
    assert!(!at.is_empty());
    for at in at {
        component[at + old.len() - 1] = b'2';
    }
    component
}

#[test]
fn it_stops_when_what_was_begun_is_done_or_its_time_is_over() {
    let server = serve(&[]);
    let mut idle = server.open("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_eq!(idle.head().0, 200);
    let mut begun = server.open(&get("/ticks?10"));
    assert_eq!(begun.head().0, 200);
    server.signal("TERM");
    assert_eq!(server.event("draining")["requests"], 1);
    assert!(
        std::net::TcpStream::connect(&server.authority).is_err(),
        "it takes no more"
    );
    assert!(begun.response_body().ends_with("9\nversion-1"));
    assert_eq!(server.event("stopped")["requests"], 0);
    assert_eq!(server.ended(), 0);

    let server = serve(&["--drain", "200ms"]);
    let mut begun = server.open(&get("/ticks?1000"));
    assert_eq!(begun.head().0, 200);
    server.signal("INT");
    assert_eq!(server.event("stopped")["requests"], 1);
    assert_eq!(server.ended(), 0);
}

#[test]
fn what_cannot_be_served_is_said_at_once() {
    let scratch = project("");
    scratch.write("command.wat", run_tests::components::CAT);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, says) in [
        (vec!["wbe"], "did you mean `web`?"),
        (
            vec!["command.wat"],
            "it is a command: run it with `run v2 exec`",
        ),
        (
            vec!["web", "--listen", &taken],
            "something else listens there",
        ),
        (vec!["web", "--dir", "nowhere"], "nowhere"),
    ] {
        let mut command = run_tests::command::command(scratch.path());
        command.arg("serve").args(arguments);
        run_tests::Outcome::of(&mut command).failure().says(&[says]);
    }
}
