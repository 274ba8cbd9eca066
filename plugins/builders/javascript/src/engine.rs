//! Which engine runs the code: what the project says, else what the source
//! needs.

use run_plugin_api::{Diagnostic, Result, events, files};

use crate::modules::Graph;
use crate::place::Source;
use crate::request::Request;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Part of the plugin.
    QuickJs,
    /// What jco brings.
    StarlingMonkey,
}

/// Names of the Web platform that are not of the language itself.
const WEB: [&str; 27] = [
    "AbortController",
    "AbortSignal",
    "Blob",
    "CompressionStream",
    "DecompressionStream",
    "EventTarget",
    "FetchEvent",
    "File",
    "FormData",
    "Headers",
    "ReadableStream",
    "Request",
    "Response",
    "TextDecoder",
    "TextEncoder",
    "TransformStream",
    "URL",
    "URLSearchParams",
    "WritableStream",
    "addEventListener",
    "atob",
    "btoa",
    "crypto",
    "fetch",
    "setInterval",
    "setTimeout",
    "structuredClone",
];

/// Warns where a source waits for promises: QuickJS is called and returns, and
/// nobody runs what is left to be done after that.
fn warn_of_promises(graph: &Graph) -> Result<()> {
    let Some((path, name, at)) = graph.uses(&["Promise", "await"]) else {
        return Ok(());
    };
    let text = files::read_to_string(path)?;
    let at = at as usize;
    Diagnostic::warning("the engine quickjs waits for no promise")
        .label(Source::new(path, &text).span(at, at + name.len()), "")
        .help(
            "what comes after `await` or in `then` is not run once a call has returned; \
             `engine = \"starlingmonkey\"` in the component's settings waits; it needs jco",
        )
        .report();
    Ok(())
}

/// Decides, and says so where the source did.
pub(crate) fn choose(graph: &Graph, request: &Request) -> Result<Engine> {
    let used = graph.uses(&WEB);
    match request.settings.engine.as_deref() {
        Some("starlingmonkey") => Ok(Engine::StarlingMonkey),
        Some(_) => {
            if let Some((path, name, at)) = used {
                let text = files::read_to_string(path)?;
                let at = at as usize;
                Diagnostic::warning(format!("`{name}` is not there in the engine quickjs"))
                    .label(Source::new(path, &text).span(at, at + name.len()), "")
                    .help("`engine = \"starlingmonkey\"` in the component's settings has it; it needs jco")
                    .report();
            }
            warn_of_promises(graph)?;
            Ok(Engine::QuickJs)
        }
        None => Ok(match used {
            None => {
                warn_of_promises(graph)?;
                Engine::QuickJs
            }
            Some((path, name, _)) => {
                events::info(&format!(
                    "built with the engine starlingmonkey, because `{}` uses `{name}`",
                    crate::request::shown(path),
                ));
                Engine::StarlingMonkey
            }
        }),
    }
}
