//! What the platforms' own commands sent: see `tests/edge/record/record.mjs`.

use serde::Deserialize;
use serde_json::Value;

use crate::command::workspace;

/// One request of theirs.
#[derive(Debug, Clone, Deserialize)]
pub struct Recorded {
    /// E.g. `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// By name.
    pub query: serde_json::Map<String, Value>,
    /// The body, where it is JSON.
    #[serde(default)]
    pub json: Value,
    /// The fields of the body, where it is a form.
    #[serde(default)]
    pub form: serde_json::Map<String, Value>,
    /// The parts of the body, where it has some.
    #[serde(default)]
    pub parts: Vec<Value>,
}

impl Recorded {
    /// Verb and path.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != "GET"
    }
}

/// Those of one run: `first` or `again`.
///
/// # Panics
/// There is no such recording.
#[must_use]
pub fn recorded(platform: &str, run: &str) -> Vec<Recorded> {
    let path = workspace().join(format!("tests/edge/recorded/{platform}.json"));
    let text = std::fs::read_to_string(path).expect("a recording");
    let all: Value = serde_json::from_str(&text).expect("a recording of JSON");
    serde_json::from_value(all[run].clone()).expect("a recorded run")
}
