//! What a script finds before its first line: `console`, for a program `process`,
//! and integers of 64 bits that are exact.

use crate::engine::Engine;
use crate::modules::Natives;
use crate::wide::Wide;
use crate::world::Needs;

/// What is run before the modules.
pub(crate) struct Prelude {
    pub(crate) text: String,
    /// The imports that it calls.
    pub(crate) imports: Vec<String>,
    /// Whether what the entry exports goes through it.
    pub(crate) converts: bool,
}

pub(crate) fn of(needs: Needs, engine: Engine, natives: &Natives, wide: Option<Wide>) -> Prelude {
    let converts = wide.is_some();
    let (mut text, mut imports) =
        wide.map_or_else(Default::default, |wide| (wide.script, wide.imports));
    let (more, own) = script(needs, engine, natives);
    text.push_str(&more);
    imports.extend(own);
    Prelude {
        text,
        imports,
        converts,
    }
}

fn script(needs: Needs, engine: Engine, natives: &Natives) -> (String, Vec<String>) {
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
