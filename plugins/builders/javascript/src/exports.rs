//! What the world wants exported, against what the entry exports.

use std::path::Path;

use run_plugin_api::{Diagnostic, Error, Result, files};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use crate::modules::{Graph, Shape};
use crate::names::camel;
use crate::place::Source;

/// The name a source exports something of the world by.
pub(crate) fn exported(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Option<String> {
    match (key, item) {
        (_, WorldItem::Type { .. }) => None,
        (WorldKey::Name(name), _) => Some(camel(name)),
        (WorldKey::Interface(id), _) => resolve.interfaces[*id].name.as_deref().map(camel),
    }
}

/// Reports everything that is missing; decides whether a program without
/// `export const run` is run as a script.
pub(crate) fn check(
    resolve: &Resolve,
    world: WorldId,
    graph: &Graph,
    entry: &Path,
    shape: Shape,
) -> Result<Shape> {
    let there = graph.exports();
    let wanted: Vec<(String, String)> = resolve.worlds[world]
        .exports
        .iter()
        .filter_map(|(key, item)| {
            let is_function = matches!(item, WorldItem::Function(_));
            let what = if is_function { "function" } else { "interface" };
            Some((
                exported(resolve, key, item)?,
                format!("{what} `{}`", resolve.name_world_key(key)),
            ))
        })
        .collect();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(name, _)| !there.contains_key(name))
        .collect();
    if missing.is_empty() {
        return Ok(Shape::Exports);
    }
    let only_run = wanted.len() == 1 && wanted[0].1.starts_with("interface `wasi:cli/run");
    if only_run && there.is_empty() {
        return Ok(Shape::Program);
    }
    if shape == Shape::Program && !there.contains_key("run") {
        return Ok(Shape::Program);
    }
    let text = files::read_to_string(entry)?;
    for (name, what) in &missing {
        let mut diagnostic = Diagnostic::error(format!("the world's {what} is not exported"))
            .label(Source::new(entry, &text).span(0, 0), "")
            .help(format!("export it as `{name}`"));
        let near = there.keys().find(|there| there.eq_ignore_ascii_case(name));
        if let Some(near) = near {
            diagnostic = diagnostic.help(format!("there is `{near}`, which is another name"));
        }
        diagnostic.report();
    }
    let s = if missing.len() == 1 { "" } else { "s" };
    Err(Error::failed(format!(
        "`{}` lacks {} export{s} of the world",
        crate::request::shown(entry),
        missing.len()
    )))
}
