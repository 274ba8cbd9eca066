//! `wasi:cli/environment`: the platform's own variables, and those of this
//! deployment. A service has no variables of its own, so these are an item of a
//! config store, and secrets are in a secret store.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::Io;
use crate::bindings::exports::wasi::cli0_2_12::environment;
use crate::bindings::fastly::compute::{config_store, secret_store};
use crate::bindings::wasi::cli0_2_6::environment as host;
use crate::{slot, system};

/// What the stores are linked to the service as: `src/stores.rs` of the plugin.
const VARIABLES: &str = "run_environment";
const SECRETS: &str = "run_secrets";

/// More than the platform lets one item have, in bytes.
const LENGTH: u64 = 64 * 1024;

impl environment::Guest for Io {
    fn get_environment() -> Vec<(String, String)> {
        let mut all = host::get_environment();
        if let Some(item) = slot::environment() {
            let text = config_store::Store::open(VARIABLES)
                .ok()
                .and_then(|store| store.get(item, LENGTH).ok().flatten());
            match text {
                Some(text) => add(&text, &mut all),
                // To run without would be to run with others than were deployed.
                None => panic(item),
            }
        }
        all
    }

    fn get_arguments() -> Vec<String> {
        Vec::new()
    }

    fn initial_cwd() -> Option<String> {
        None
    }
}

/// `NAME=value&SECRET`, each part with `%XX`: what has no value is a secret.
fn add(text: &str, all: &mut Vec<(String, String)>) {
    let secrets = secret_store::Store::open(SECRETS).ok();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (decoded(name), decoded(value)),
            None => {
                let name = decoded(part);
                let secret = secrets
                    .as_ref()
                    .and_then(|store| store.get(&name).ok().flatten())
                    .and_then(|secret| secret.plaintext(LENGTH).ok())
                    .and_then(|bytes| String::from_utf8(bytes).ok());
                match secret {
                    Some(secret) => (name, secret),
                    None => panic(&name),
                }
            }
        };
        all.retain(|(known, _)| *known != name);
        all.push((name, value));
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|hex| core::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                &after[2..]
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).to_string()
}

fn panic(what: &str) -> ! {
    let text = alloc::format!("`{what}` of this deployment's environment is not there");
    system::complain(&text);
    panic!()
}
