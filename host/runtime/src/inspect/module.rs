//! Core modules: their imports and exports with core types.

use wasmparser::types::{EntityType, Types};
use wasmparser::{Parser, Payload};
use wit_parser::{Resolve, WorldId};

use crate::{Error, Wasm};

/// What is to say of a core module beyond its imports and exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// It exports `_start`: a command of the kind before components.
    pub command: bool,
    /// It imports `wasi_snapshot_preview1`.
    pub preview1: bool,
    /// The world its `component-type` section carries, so that it can be
    /// wrapped into a component.
    pub world: Option<String>,
}

/// A core import or export: `module.name`, or the name, and its core type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreItem {
    /// The module that is imported from; `None` for an export.
    pub module: Option<String>,
    /// Its name.
    pub name: String,
    /// `func(i32) -> i32`, `memory 1`, `global mut i32`, `table 1 funcref`.
    pub ty: String,
}

pub(super) const PREVIEW1: &str = "wasi_snapshot_preview1";

pub(super) fn imports(types: &Types) -> Vec<CoreItem> {
    let types_ref = types.as_ref();
    types_ref
        .core_imports()
        .into_iter()
        .flatten()
        .map(|(module, name, ty)| CoreItem {
            module: Some(module.to_owned()),
            name: name.to_owned(),
            ty: entity(types, ty),
        })
        .collect()
}

pub(super) fn exports(types: &Types) -> Vec<CoreItem> {
    let types_ref = types.as_ref();
    types_ref
        .core_exports()
        .into_iter()
        .flatten()
        .map(|(name, ty)| CoreItem {
            module: None,
            name: name.to_owned(),
            ty: entity(types, ty),
        })
        .collect()
}

pub(super) fn describe(wasm: &Wasm, imports: &[CoreItem], exports: &[CoreItem]) -> Module {
    let start = exports.iter().find(|item| item.name == "_start");
    Module {
        command: start.is_some_and(|item| item.ty == "func()"),
        preview1: imports
            .iter()
            .any(|item| item.module.as_deref() == Some(PREVIEW1)),
        world: embedded_world(wasm)
            .ok()
            .flatten()
            .map(|(resolve, world)| super::world::full_name(&resolve, world)),
    }
}

/// The world in a module's `component-type` sections.
pub(super) fn embedded_world(wasm: &Wasm) -> Result<Option<(Resolve, WorldId)>, Error> {
    let has_one = Parser::new(0).parse_all(wasm.bytes()).any(|payload| {
        matches!(payload, Ok(Payload::CustomSection(section))
            if section.name().starts_with("component-type"))
    });
    if !has_one {
        return Ok(None);
    }
    let (_, found) = wit_component::metadata::decode(wasm.bytes()).map_err(|error| Error::Wit {
        path: wasm.name().to_owned(),
        reason: format!("{error:#}"),
    })?;
    Ok(Some((found.resolve, found.world)))
}

fn entity(types: &Types, ty: EntityType) -> String {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => function(types, id),
        EntityType::Tag(id) => format!("tag {}", function(types, id)),
        EntityType::Memory(memory) => {
            let most = memory.maximum.map(|most| format!("..{most}"));
            let shared = if memory.shared { "shared " } else { "" };
            let wide = if memory.memory64 { "i64 " } else { "" };
            format!(
                "memory {shared}{wide}{}{}",
                memory.initial,
                most.unwrap_or_default()
            )
        }
        EntityType::Table(table) => {
            let most = table.maximum.map(|most| format!("..{most}"));
            format!(
                "table {}{} {}",
                table.initial,
                most.unwrap_or_default(),
                table.element_type
            )
        }
        EntityType::Global(global) => {
            let mutable = if global.mutable { "mut " } else { "" };
            format!("global {mutable}{}", global.content_type)
        }
    }
}

fn function(types: &Types, id: wasmparser::types::CoreTypeId) -> String {
    let Some(ty) = types.as_ref().get(id) else {
        return "func".to_owned();
    };
    let wasmparser::CompositeInnerType::Func(ty) = &ty.composite_type.inner else {
        return "func".to_owned();
    };
    let list = |types: &[wasmparser::ValType]| {
        let names: Vec<_> = types.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    let results = match ty.results() {
        [] => String::new(),
        [one] => format!(" -> {one}"),
        several => format!(" -> ({})", list(several)),
    };
    format!("func({}){results}", list(ty.params()))
}
