//! From a bundled script to a component: linked, initialised by the host.

use std::path::{Path, PathBuf};

use run_plugin_api::preinit::Snapshot;
use run_plugin_api::{Diagnostic, Error, ErrorKind, Result, Span, files};
use wit_parser::{Resolve, WorldId};

use super::{link, runtime};
use crate::modules::Bundle;
use crate::request::Request;

/// What the runtime is given before the script: it has a place for the types
/// of streams and futures, which worlds of WASI 0.2 do not have.
const SHIM: &str = "const wit = globalThis.wit = {};\n";

/// Makes the component of a bundled script.
pub(crate) fn initialize(
    bundle: &Bundle,
    resolve: &Resolve,
    world: WorldId,
    request: &Request,
) -> Result<()> {
    let component = link::component(resolve, world, request)?;
    let shim = Path::new("/tmp/shim.js");
    files::write(shim, SHIM)?;
    let script = crate::build::script(&bundle.text)?;
    let taken = Snapshot::new(component, runtime::INITIALIZER)
        .text_of(shim)
        .text_of(script)
        .wave("none")
        .wave("false")
        .write_to(request.artifact());
    match taken {
        Err(error) if error.kind() == ErrorKind::Failed => Err(thrown(&error, bundle)),
        other => other,
    }
}

/// What the script threw while it was loaded, at the place it was thrown.
fn thrown(error: &Error, bundle: &Bundle) -> Error {
    let said = error.message();
    let message = ["JavaScript module evaluation: ", "JavaScript module: "]
        .iter()
        .find_map(|before| Some(said.split_once(before)?.1))
        .unwrap_or(said);
    let first = message.lines().next().unwrap_or(message).trim();
    let Some((path, line)) = place(message, bundle) else {
        return error.clone();
    };
    let text = files::read_to_string(&path).unwrap_or_default();
    let code = text.lines().nth(line as usize - 1).unwrap_or_default();
    let start = code.len() - code.trim_start().len();
    let column = |bytes: usize| u32::try_from(bytes + 1).unwrap_or(1);
    let span = Span::new(path.to_string_lossy(), line, column(start))
        .to(line, column(code.trim_end().len()));
    Diagnostic::error(first)
        .label(span, "thrown here")
        .help("the top level of a module runs once, while the component is built")
        .report();
    Error::failed(format!(
        "`{}` throws while it is loaded",
        crate::request::shown(&path)
    ))
}

/// The innermost frame of the user's own: as the loader shows it, or as the
/// engine does where it was not asked.
fn place(message: &str, bundle: &Bundle) -> Option<(PathBuf, u32)> {
    message.lines().find_map(|frame| {
        let frame = frame.trim().strip_prefix("at ")?;
        let frame = frame.rsplit_once('(').map_or(frame, |(_, inner)| inner);
        let frame = frame.trim_end_matches(')');
        if let Some(rest) = frame.strip_prefix("componentize-qjs:user.js:") {
            let line = rest.split(':').next()?.parse().ok()?;
            let (path, line) = bundle.place(line)?;
            return Some((path.to_owned(), line));
        }
        let (path, line) = frame.rsplit_once(':')?;
        let path = Path::new(crate::request::SOURCE_TREE).join(path);
        Some((path, line.parse().ok()?))
    })
}
