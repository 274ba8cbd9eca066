//! Reaches for the network, for settings, for a store and for the log: what
//! comes of it is what the tests look at.

// For its own target only: names of exports are no symbols elsewhere.
#![cfg(target_arch = "wasm32")]

#[allow(missing_docs)]
mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "reach",
        generate_all,
        pub_export_macro: true,
    });
}

use bindings::Guest;
use bindings::wasi::config::store as config;
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{Fields, OutgoingRequest, Scheme};
use bindings::wasi::io::streams::StreamError;
use bindings::wasi::keyvalue::{atomics, batch, store};
use bindings::wasi::logging::logging::{self, Level};

struct Reach;

impl Guest for Reach {
    fn fetch(authority: String, path: String) -> Result<(u16, String), String> {
        let request = OutgoingRequest::new(Fields::new());
        let refused = |()| "the request is not taken".to_owned();
        request.set_scheme(Some(&Scheme::Http)).map_err(refused)?;
        request.set_authority(Some(&authority)).map_err(refused)?;
        request.set_path_with_query(Some(&path)).map_err(refused)?;
        let sent = outgoing_handler::handle(request, None).map_err(|code| format!("{code:?}"))?;
        sent.subscribe().block();
        let response = sent
            .get()
            .and_then(Result::ok)
            .ok_or("there is no answer")?
            .map_err(|code| format!("{code:?}"))?;
        let status = response.status();
        let body = response.consume().map_err(refused)?;
        let stream = body.stream().map_err(refused)?;
        let mut read = Vec::new();
        loop {
            match stream.blocking_read(1 << 16) {
                Ok(bytes) => read.extend(bytes),
                Err(StreamError::Closed) => break,
                Err(StreamError::LastOperationFailed(_)) => return Err("it broke off".into()),
            }
        }
        Ok((status, String::from_utf8_lossy(&read).into_owned()))
    }

    fn setting(name: String) -> Option<String> {
        config::get(&name).expect("settings can be read")
    }

    fn settings() -> Vec<(String, String)> {
        config::get_all().expect("settings can be read")
    }

    fn keep() -> Vec<String> {
        let bucket = store::open("").expect("there is a store");
        let text = |bytes: Option<Vec<u8>>| {
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        let mut seen = Vec::new();
        seen.push(format!("{:?}", bucket.get("a").map(text)));
        bucket.set("a", b"one").expect("it is set");
        seen.push(format!("{:?}", bucket.get("a").map(text)));
        seen.push(format!("{:?}", atomics::increment(&bucket, "n", 2)));
        seen.push(format!("{:?}", atomics::increment(&bucket, "n", 3)));
        seen.push(format!("{}", atomics::increment(&bucket, "a", 1).is_err()));
        let pairs = [
            ("c".to_owned(), b"3".to_vec()),
            ("b".to_owned(), b"2".to_vec()),
        ];
        batch::set_many(&bucket, &pairs).expect("they are set");
        bucket.delete("a").expect("it is deleted");
        seen.push(format!("{:?}", bucket.exists("a")));
        let keys = bucket.list_keys(None).expect("they are listed");
        seen.push(format!("{:?} {:?}", keys.keys, keys.cursor));
        seen
    }

    fn open_store(name: String) -> Result<(), String> {
        store::open(&name)
            .map(drop)
            .map_err(|error| format!("{error:?}"))
    }

    fn say(message: String) {
        logging::log(Level::Warn, "reach", &message);
        logging::log(Level::Info, "", "done");
    }
}

bindings::export!(Reach with_types_in bindings);
