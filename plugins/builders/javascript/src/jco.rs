//! The engine with the Web's own interfaces: jco and its StarlingMonkey.

use std::path::PathBuf;

use run_plugin_api::process::Line;
use run_plugin_api::{Diagnostic, Error, Result, Span, files};
use wit_component::WitPrinter;
use wit_parser::{Resolve, WorldId};

use crate::build;
use crate::modules::{Bundle, Graph};
use crate::node;
use crate::request::Request;

const PACKAGE: &str = "@bytecodealliance/jco";

/// What the engine can leave out, with the names that need it.
const FEATURES: [(&str, &[&str]); 5] = [
    ("stdio", &["console", "process"]),
    ("random", &["crypto", "Math"]),
    (
        "clocks",
        &["Date", "performance", "setInterval", "setTimeout"],
    ),
    (
        "http",
        &[
            "FetchEvent",
            "Headers",
            "Request",
            "Response",
            "addEventListener",
            "fetch",
        ],
    ),
    ("fetch-event", &["FetchEvent", "addEventListener"]),
];

/// Makes the component of a bundled script.
pub(crate) fn componentize(
    bundle: &Bundle,
    resolve: &Resolve,
    world: WorldId,
    graph: &Graph,
    request: &Request,
) -> Result<()> {
    let program = node::find(PACKAGE, "jco", request).ok_or_else(missing)?;
    let script = build::script(&bundle.text)?;
    let wit = print(resolve, world)?;
    let name = &resolve.worlds[world].name;
    let mut command = program
        .command()
        .arg("componentize")
        .arg(script)
        .arg("--wit")
        .arg(wit.as_path())
        .args(["--world-name", name.as_str()]);
    let exports_http = resolve.worlds[world].exports.keys().any(|key| {
        resolve
            .name_world_key(key)
            .starts_with("wasi:http/incoming-handler")
    });
    for (feature, names) in FEATURES {
        let needed = graph.uses(names).is_some() || (feature == "http" && exports_http);
        if !needed {
            command = command.args(["--disable", feature]);
        }
    }
    let command = command
        .arg("--out")
        .arg(request.artifact().as_path())
        .current_dir("/tmp");
    let mut said = Vec::new();
    let exit = command.lines(|line| {
        let (Line::Stdout(text) | Line::Stderr(text)) = line;
        said.push(text.to_owned());
    })?;
    if exit.success() && request.artifact().is_file() {
        return Ok(());
    }
    Err(refused(&said, bundle))
}

fn missing() -> Error {
    Error::missing_tool("the engine starlingmonkey needs jco, which was not found").with_help(
        "install it in the project with `npm install --save-dev @bytecodealliance/jco@1.35.0 \
         @bytecodealliance/preview2-shim@0.25.0`, or set `engine = \"quickjs\"` in the \
         component's settings",
    )
}

/// The world as files for jco, with the interfaces that were added to it.
fn print(resolve: &Resolve, world: WorldId) -> Result<PathBuf> {
    let broken = |error: &dyn std::fmt::Display| {
        Error::invalid_input(format!("the component's WIT cannot be printed: {error}"))
    };
    let main = resolve.worlds[world]
        .package
        .ok_or_else(|| broken(&"its world is in no package"))?;
    let directory = PathBuf::from("/tmp/wit");
    for (id, package) in &resolve.packages {
        let mut printer = WitPrinter::default();
        printer
            .print(resolve, id, &[])
            .map_err(|error| broken(&error))?;
        let text = printer.output.to_string();
        let file = if id == main {
            directory.join("world.wit")
        } else {
            let name = package.name.to_string().replace([':', '@'], "-");
            directory.join("deps").join(format!("{name}.wit"))
        };
        files::write(file, text)?;
    }
    Ok(directory)
}

/// What jco said, at the place in the sources that it is about.
fn refused(said: &[String], bundle: &Bundle) -> Error {
    let message = said
        .iter()
        .map(|line| line.trim())
        .find(|line| line.contains("Error"))
        .or_else(|| {
            said.iter()
                .map(|line| line.trim())
                .find(|line| !line.is_empty())
        })
        .unwrap_or("it said nothing");
    let place = said.iter().find_map(|line| {
        let (_, rest) = line.split_once("script.js:")?;
        bundle.place(rest.split(':').next()?.parse().ok()?)
    });
    if let Some((path, line)) = place {
        Diagnostic::error(message)
            .label(Span::new(path.to_string_lossy(), line, 1), "")
            .report();
        return Error::failed(format!(
            "`{}` throws while it is loaded",
            crate::request::shown(path)
        ));
    }
    Error::failed(format!("jco failed: {message}")).with_help(said.join("\n"))
}
