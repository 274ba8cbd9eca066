//! One component for the platform: the deployed one between the two halves of
//! the adapter.

use run_plugin_api::{Error, Result};
use semver::Version;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

use crate::adapter::{Adapter, Slot};

/// What the platform calls.
const ENTRY: &str = "fastly:compute/http-incoming";

/// What the deployed component exports.
const HANDLER: &str = "wasi:http/incoming-handler";

/// Makes it. A component that was made for the platform stays as it is: then
/// there is none.
///
/// # Errors
/// It is no component, exports no handler, or imports what is not there.
pub fn compose(
    component: &[u8],
    adapter: &Adapter<'_>,
    slot: &Slot<'_>,
) -> Result<Option<Vec<u8>>> {
    let mut graph = CompositionGraph::new();
    let app = register(&mut graph, "run:app", component).map_err(|reason| {
        Error::invalid_input(format!("the artifact is not a component: {reason}"))
    })?;
    let exports = names(&graph, app, Side::Exports);
    if exports.iter().any(|name| name.interface == ENTRY) {
        return Ok(None);
    }
    let handler = exports
        .iter()
        .find(|name| name.interface == HANDLER && name.is_0_2());
    let handler = handler.ok_or_else(|| {
        Error::invalid_input(
            "the component exports no `wasi:http/incoming-handler` of WASI 0.2, so there is \
             nothing to serve",
        )
        .with_help("the platform has no schedules either: `wasi:cli/run` is called by nothing")
    })?;
    let ours = |error: String| Error::failed(format!("the adapter does not fit: {error}"));
    let io = register(&mut graph, "run:io", &slot.write(adapter.io)?).map_err(ours)?;
    let entry = register(&mut graph, "run:entry", adapter.entry).map_err(ours)?;

    let offered = names(&graph, io, Side::Exports);
    let io = graph.instantiate(io);
    let wanted = names(&graph, app, Side::Imports);
    check(&wanted, &offered)?;
    let app = graph.instantiate(app);
    link(&mut graph, app, &wanted, io, &offered)?;

    let wanted = names(&graph, entry, Side::Imports);
    let entry = graph.instantiate(entry);
    link(&mut graph, entry, &wanted, io, &offered)?;
    let import = wanted.iter().find(|name| name.interface == HANDLER);
    if let Some(import) = import {
        connect(&mut graph, entry, &import.whole, app, &handler.whole)?;
    }
    export(&mut graph, entry).map(Some)
}

/// An interface's name with its parts.
#[derive(Debug, Clone)]
struct Name {
    whole: String,
    interface: String,
    version: Option<Version>,
}

impl Name {
    fn new(whole: &str) -> Self {
        let (interface, version) = match whole.split_once('@') {
            Some((interface, version)) => (interface, version.parse().ok()),
            None => (whole, None),
        };
        Self {
            whole: whole.to_owned(),
            interface: interface.to_owned(),
            version,
        }
    }

    fn is_0_2(&self) -> bool {
        self.version
            .as_ref()
            .is_some_and(|v| (v.major, v.minor) == (0, 2) && v.pre.is_empty())
    }

    /// What is in the platform's own world is left to it.
    fn is_platforms(&self) -> bool {
        self.interface.starts_with("fastly:compute/")
    }

    /// Whether `offer` may stand in its place: within a minor version things are
    /// added only.
    fn takes(&self, offer: &Self) -> bool {
        let minor = |name: &Self| name.version.as_ref().map(|v| (v.major, v.minor));
        self.interface == offer.interface
            && minor(self) == minor(offer)
            && self.version.as_ref().is_none_or(|v| v.pre.is_empty())
    }
}

enum Side {
    Imports,
    Exports,
}

fn names(graph: &CompositionGraph, package: PackageId, side: Side) -> Vec<Name> {
    let world = &graph.types()[graph[package].ty()];
    let items = match side {
        Side::Imports => &world.imports,
        Side::Exports => &world.exports,
    };
    items.keys().map(|name| Name::new(name)).collect()
}

fn register(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> Result<PackageId, String> {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())
        .map_err(|error| format!("{error:#}"))?;
    graph
        .register_package(package)
        .map_err(|error| error.to_string())
}

fn check(wanted: &[Name], offered: &[Name]) -> Result<()> {
    let missing: Vec<_> = wanted
        .iter()
        .filter(|name| !name.is_platforms() && !offered.iter().any(|offer| name.takes(offer)))
        .map(|name| format!("`{}`", name.whole))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::invalid_input(format!(
        "the component imports {}, which this platform does not have",
        missing.join(", ")
    ))
    .with_help(
        "WASI 0.2 is there, with an empty file system and without sockets, and so is \
         `fastly:compute`; what another component provides has to be composed with this one first",
    ))
}

/// Gives an instance what another offers of what it wants.
fn link(
    graph: &mut CompositionGraph,
    instance: NodeId,
    wanted: &[Name],
    provider: NodeId,
    offered: &[Name],
) -> Result<()> {
    for name in wanted {
        if let Some(offer) = offered.iter().find(|offer| name.takes(offer)) {
            connect(graph, instance, &name.whole, provider, &offer.whole)?;
        }
    }
    Ok(())
}

fn connect(
    graph: &mut CompositionGraph,
    instance: NodeId,
    import: &str,
    provider: NodeId,
    export: &str,
) -> Result<()> {
    let item = graph
        .alias_instance_export(provider, export)
        .map_err(|error| Error::failed(format!("`{export}`: {error}")))?;
    graph
        .set_instantiation_argument(instance, import, item)
        .map_err(|error| {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                text.push_str(": ");
                text.push_str(&inner.to_string());
                source = inner.source();
            }
            Error::invalid_input(format!("`{import}` of the component does not fit: {text}"))
        })
}

fn export(graph: &mut CompositionGraph, entry: NodeId) -> Result<Vec<u8>> {
    let package = graph[entry].package();
    let name = package
        .map(|package| names(graph, package, Side::Exports))
        .unwrap_or_default()
        .into_iter()
        .find(|name| name.interface == ENTRY)
        .ok_or_else(|| Error::failed("the adapter exports nothing for the platform"))?;
    let item = graph
        .alias_instance_export(entry, &name.whole)
        .map_err(|error| Error::failed(format!("`{ENTRY}`: {error}")))?;
    graph
        .export(item, &name.whole)
        .map_err(|error| Error::failed(format!("`{ENTRY}`: {error}")))?;
    graph
        .encode(EncodeOptions::default())
        .map_err(|error| Error::failed(format!("the component cannot be composed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_of_the_same_minor_version_fits() {
        let offer = Name::new("wasi:io/poll@0.2.12");
        for (wanted, fits) in [
            ("wasi:io/poll@0.2.0", true),
            ("wasi:io/poll@0.2.15", true),
            ("wasi:io/streams@0.2.0", false),
            ("wasi:io/poll@0.3.0", false),
            ("wasi:io/poll@0.2.0-rc-2024", false),
            ("wasi:io/poll", false),
        ] {
            assert_eq!(Name::new(wanted).takes(&offer), fits, "{wanted}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let names = |all: &[&str]| all.iter().map(|n| Name::new(n)).collect::<Vec<_>>();
        let offered = names(&["wasi:io/poll@0.2.12"]);
        let there = names(&["wasi:io/poll@0.2.3", "fastly:compute/geo@0.1.0"]);
        assert!(check(&there, &offered).is_ok());
        let error = check(&names(&["acme:db/query@1.0.0", "log"]), &offered).unwrap_err();
        assert!(error.message().contains("`acme:db/query@1.0.0`, `log`"));
    }

    #[test]
    fn what_cannot_be_served_is_refused() {
        let adapter = Adapter {
            io: b"",
            entry: b"",
        };
        let slot = Slot {
            digest: "",
            environment: None,
        };
        let error = |bytes: &[u8]| compose(bytes, &adapter, &slot).unwrap_err();
        assert!(error(b"text").message().contains("not a component"));
        assert!(
            error(b"\0asm\x01\0\0\0")
                .message()
                .contains("not a component")
        );
        let empty = b"\0asm\x0d\0\x01\0";
        assert!(error(empty).message().contains("nothing to serve"));
    }
}
