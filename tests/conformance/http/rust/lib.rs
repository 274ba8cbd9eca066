wit_bindgen::generate!({ generate_all });

use exports::wasi::http::incoming_handler::Guest;
use wasi::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasi::io::streams::StreamError;

struct Case;

export!(Case);

impl Guest for Case {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        match (request.method(), path.split('?').next().unwrap_or_default()) {
            (Method::Get, "/hello") => answer(out, 200, format!("GET {path}\n").as_bytes()),
            (Method::Post, "/echo") => answer(out, 201, &body(&request)),
            _ => answer(out, 404, b""),
        }
    }
}

fn body(request: &IncomingRequest) -> Vec<u8> {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("a stream");
    let mut all = Vec::new();
    loop {
        match stream.blocking_read(4096) {
            Ok(bytes) => all.extend(bytes),
            Err(StreamError::Closed) => return all,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn answer(out: ResponseOutparam, status: u16, bytes: &[u8]) {
    let headers = Fields::new();
    headers
        .append("content-type", b"text/plain")
        .expect("a header");
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("a stream");
    if !bytes.is_empty() {
        stream
            .blocking_write_and_flush(bytes)
            .expect("it is written");
    }
    drop(stream);
    OutgoingBody::finish(body, None).expect("it is whole");
}
