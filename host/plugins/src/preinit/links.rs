//! What an initialiser may import: WASI, and stand-ins that trap for the rest.

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType};

use super::cell::Cell;
use super::files;

/// Everything the component imports. An import of the finished component that
/// is not WASI has nobody behind it yet: it is there, and calling it traps.
pub(super) fn linker(engine: &Engine, component: &Component) -> wasmtime::Result<Linker<Cell>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    files::link(&mut linker)?;
    let ty = component.component_type();
    for (name, item) in ty.imports(engine) {
        if !is_wasi(name) {
            stand_in(&mut linker.root(), engine, name, name, &item.ty)?;
        }
    }
    Ok(linker)
}

/// Whether wasmtime links it: WASI 0.2, whatever the patch.
fn is_wasi(name: &str) -> bool {
    const PACKAGES: [&str; 7] = [
        "wasi:cli/",
        "wasi:clocks/",
        "wasi:filesystem/",
        "wasi:http/",
        "wasi:io/",
        "wasi:random/",
        "wasi:sockets/",
    ];
    PACKAGES.iter().any(|package| name.starts_with(package)) && name.contains("@0.2.")
}

fn stand_in(
    linker: &mut LinkerInstance<'_, Cell>,
    engine: &Engine,
    name: &str,
    path: &str,
    item: &ComponentItem,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentFunc(_) => {
            let path = path.to_owned();
            linker.func_new(name, move |_, _, _, _| {
                Err(wasmtime::Error::msg(format!(
                    "it called the import `{path}`, which nothing provides at build time"
                )))
            })
        }
        ComponentItem::ComponentInstance(instance) => {
            let mut inner = linker.instance(name)?;
            instance.exports(engine).try_for_each(|(export, item)| {
                let path = format!("{path}.{export}");
                stand_in(&mut inner, engine, export, &path, &item.ty)
            })
        }
        ComponentItem::Resource(_) => {
            linker.resource(name, ResourceType::host::<()>(), |_, _| Ok(()))
        }
        ComponentItem::Type(_) => Ok(()),
        ComponentItem::CoreFunc(_) | ComponentItem::Module(_) | ComponentItem::Component(_) => {
            Err(wasmtime::Error::msg(format!(
                "it imports `{path}`, which is neither a function nor a type"
            )))
        }
    }
}
