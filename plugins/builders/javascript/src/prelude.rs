//! What a script finds before its first line: `console`, and for a program
//! `process`.

use crate::engine::Engine;
use crate::modules::Natives;
use crate::world::Needs;

/// The script, and the imports it calls.
pub(crate) fn script(needs: Needs, engine: Engine, natives: &Natives) -> (String, Vec<String>) {
    let mut own = Vec::new();
    let mut named = |text: String, mark: &str, interface: &str| {
        let name = natives.find(interface).unwrap_or(interface).to_owned();
        let text = text.replace(mark, &serde_json::Value::from(name.as_str()).to_string());
        own.push(name);
        text
    };
    if needs == Needs::Nothing {
        return (String::new(), own);
    }
    let mut text = String::new();
    if engine == Engine::QuickJs {
        text.push_str(include_str!("scripts/console.js"));
        text = named(text, "__STDOUT__", "wasi:cli/stdout");
        text = named(text, "__STDERR__", "wasi:cli/stderr");
    }
    if needs == Needs::Program {
        text.push_str(include_str!("scripts/program.js"));
        text = named(text, "__ENVIRONMENT__", "wasi:cli/environment");
        text = named(text, "__EXIT__", "wasi:cli/exit");
    }
    (text, own)
}
