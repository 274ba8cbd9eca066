//! Imports and exports of a component that WIT has no form for.

use wasmparser::component_types::{ComponentDefinedType, ComponentEntityType, ComponentValType};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload};

use super::items::{FunctionType, Item};

/// Types are shown by their shape this deep; they have no names here.
const DEPTH: usize = 4;

pub(super) fn of(bytes: &[u8], types: &Types) -> (Vec<Item>, Vec<Item>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentImportSection(section)) if depth == 0 => {
                for import in section.into_iter().flatten() {
                    let name = import.name.name;
                    let ty = types.component_item_for_import(name);
                    imports.push(item(types, name, ty.map(|item| &item.ty)));
                }
            }
            Ok(Payload::ComponentExportSection(section)) if depth == 0 => {
                for export in section.into_iter().flatten() {
                    let name = export.name.name;
                    let ty = types.component_item_for_export(name);
                    exports.push(item(types, name, ty.map(|item| &item.ty)));
                }
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    (imports, exports)
}

fn item(types: &Types, name: &str, ty: Option<&ComponentEntityType>) -> Item {
    let name = name.to_owned();
    let kind = |kind: &str| FunctionType {
        signature: kind.to_owned(),
        ..FunctionType::default()
    };
    let function = match ty {
        Some(ComponentEntityType::Func(_)) => function(types, ty),
        Some(ComponentEntityType::Instance(id)) => {
            let instance = &types[*id];
            let functions = instance
                .exports
                .iter()
                .filter_map(|(name, item)| Some((name.clone(), function(types, Some(&item.ty))?)))
                .collect();
            return Item {
                name,
                functions,
                ..Item::default()
            };
        }
        Some(ComponentEntityType::Module(_)) => Some(kind("core module")),
        Some(ComponentEntityType::Component(_)) => Some(kind("component")),
        Some(ComponentEntityType::Value(_)) => Some(kind("value")),
        Some(ComponentEntityType::Type { .. }) => Some(kind("type")),
        None => None,
    };
    Item {
        name,
        function,
        ..Item::default()
    }
}

fn function(types: &Types, ty: Option<&ComponentEntityType>) -> Option<FunctionType> {
    let Some(ComponentEntityType::Func(id)) = ty else {
        return None;
    };
    let ty = &types[*id];
    let params: Vec<_> = ty
        .params
        .iter()
        .map(|(name, ty)| (name.to_string(), value(types, ty, 0)))
        .collect();
    let result = ty.result.as_ref().map(|ty| value(types, ty, 0));
    let list: Vec<_> = params.iter().map(|(_, ty)| ty.as_str()).collect();
    let arrow = result.as_ref().map(|ty| format!(" -> {ty}"));
    let asynchronous = if ty.async_ { "async " } else { "" };
    Some(FunctionType {
        signature: format!(
            "{asynchronous}func({}){}",
            list.join(", "),
            arrow.unwrap_or_default()
        ),
        params,
        result,
    })
}

fn value(types: &Types, ty: &ComponentValType, depth: usize) -> String {
    if depth > DEPTH {
        return "…".to_owned();
    }
    let inner = |ty: &ComponentValType| value(types, ty, depth + 1);
    let optional = |ty: &Option<ComponentValType>| ty.as_ref().map_or("_".to_owned(), inner);
    let defined = match ty {
        ComponentValType::Primitive(primitive) => return primitive.to_string(),
        ComponentValType::Type(id) => &types[*id],
    };
    match defined {
        ComponentDefinedType::Primitive(primitive) => primitive.to_string(),
        ComponentDefinedType::List { element, .. } => format!("list<{}>", inner(element)),
        ComponentDefinedType::FixedLengthList {
            element, length, ..
        } => {
            format!("list<{}, {length}>", inner(element))
        }
        ComponentDefinedType::Map { key, value, .. } => {
            format!("map<{}, {}>", inner(key), inner(value))
        }
        ComponentDefinedType::Option { ty, .. } => format!("option<{}>", inner(ty)),
        ComponentDefinedType::Result { ok, err, .. } => {
            format!("result<{}, {}>", optional(ok), optional(err))
        }
        ComponentDefinedType::Tuple(tuple) => {
            let types: Vec<_> = tuple.types.iter().take(16).map(inner).collect();
            format!("tuple<{}>", types.join(", "))
        }
        ComponentDefinedType::Record(_) => "record".to_owned(),
        ComponentDefinedType::Variant(_) => "variant".to_owned(),
        ComponentDefinedType::Flags(_) => "flags".to_owned(),
        ComponentDefinedType::Enum(_) => "enum".to_owned(),
        ComponentDefinedType::Own(_) => "own<resource>".to_owned(),
        ComponentDefinedType::Borrow(_) => "borrow<resource>".to_owned(),
        ComponentDefinedType::Future { .. } => "future".to_owned(),
        ComponentDefinedType::Stream { .. } => "stream".to_owned(),
    }
}
