//! Looks around once, and remembers what it saw.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

wit_bindgen::generate!({ path: "wit", world: "remembering", generate_all });

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

static SEEN: Mutex<String> = Mutex::new(String::new());

/// Since 1970, with what is below a second.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(-1.0, |since| since.as_secs_f64())
}

struct Remembering;

impl Guest for Remembering {
    fn initialize(directory: String, text: String) -> Result<(), String> {
        if text == "fail" {
            return Err("told to fail".to_owned());
        }
        if text == "call" {
            demo::linked::counters::alive();
        }
        let failed = |error: std::io::Error| error.to_string();
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&directory).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let meta = std::fs::metadata(&path).map_err(failed)?;
            let changed = seconds(meta.modified().map_err(failed)?);
            files.push(format!("{} {} {changed}", path.display(), meta.len()));
        }
        let order: Vec<_> = (0..20)
            .map(|n| (n, n))
            .collect::<HashMap<i32, i32>>()
            .into_keys()
            .collect();
        *SEEN.lock().unwrap() = format!(
            "{text} {:?} {} {:?} {order:?} {}",
            std::env::var("MODE"),
            seconds(SystemTime::now()),
            std::fs::write(format!("{directory}/new"), "").is_err(),
            files.join(", "),
        );
        Ok(())
    }

    fn seen() -> String {
        SEEN.lock().unwrap().clone()
    }
}

export!(Remembering);
