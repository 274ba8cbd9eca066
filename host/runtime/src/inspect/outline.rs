//! Imports and exports of a component that WIT has no form for.

use wasmparser::component_types::{
    ComponentDefinedType, ComponentEntityType, ComponentItem, ComponentValType,
};
use wasmparser::types::Types;
use wasmparser::{ComponentTypeRef, Parser, Payload};

use super::items::{FunctionType, Item};
use crate::Wasm;

/// Types are shown by their shape this deep; they have no names here.
const DEPTH: usize = 4;

/// An import or export with its name.
pub(super) type Extern<'a> = (&'a str, &'a ComponentItem);

pub(super) fn of(bytes: &[u8], types: &Types) -> (Vec<Item>, Vec<Item>) {
    let (imports, exports) = externs(bytes, types);
    let items = |externs: Vec<Extern>| {
        externs
            .into_iter()
            .map(|(name, extern_item)| item(types, name, &extern_item.ty))
            .collect()
    };
    (items(imports), items(exports))
}

/// Whether all that it imports is of WASI. A component that imports more runs only
/// as a part of a composition.
#[must_use]
pub fn runs_alone(wasm: &Wasm) -> bool {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(wasm.bytes()) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentImportSection(section)) if depth == 0 => {
                let more = section.into_iter().flatten().any(|import| {
                    let is_type = matches!(import.ty, ComponentTypeRef::Type(_));
                    !is_type && !import.name.name.starts_with("wasi:")
                });
                if more {
                    return false;
                }
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    true
}

/// The outermost component's imports and exports in its own order.
pub(super) fn externs<'a>(bytes: &'a [u8], types: &'a Types) -> (Vec<Extern<'a>>, Vec<Extern<'a>>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentImportSection(section)) if depth == 0 => {
                for import in section.into_iter().flatten() {
                    let name = import.name.name;
                    imports.extend(
                        types
                            .component_item_for_import(name)
                            .map(|item| (name, item)),
                    );
                }
            }
            Ok(Payload::ComponentExportSection(section)) if depth == 0 => {
                for export in section.into_iter().flatten() {
                    let name = export.name.name;
                    exports.extend(
                        types
                            .component_item_for_export(name)
                            .map(|item| (name, item)),
                    );
                }
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    (imports, exports)
}

fn item(types: &Types, name: &str, ty: &ComponentEntityType) -> Item {
    let name = name.to_owned();
    let kind = |kind: &str| FunctionType {
        signature: kind.to_owned(),
        ..FunctionType::default()
    };
    let function = match ty {
        ComponentEntityType::Func(_) => function(types, ty),
        ComponentEntityType::Instance(id) => {
            let instance = &types[*id];
            let functions = instance
                .exports
                .iter()
                .filter_map(|(name, item)| Some((name.clone(), function(types, &item.ty)?)))
                .collect();
            return Item {
                name,
                functions,
                ..Item::default()
            };
        }
        ComponentEntityType::Module(_) => Some(kind("core module")),
        ComponentEntityType::Component(_) => Some(kind("component")),
        ComponentEntityType::Value(_) => Some(kind("value")),
        ComponentEntityType::Type { .. } => Some(kind("type")),
    };
    Item {
        name,
        function,
        ..Item::default()
    }
}

fn function(types: &Types, ty: &ComponentEntityType) -> Option<FunctionType> {
    let ComponentEntityType::Func(id) = ty else {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_imports_more_than_wasi_does_not_run_alone() {
        for (imports, alone) in [
            ("", true),
            (r#"(import "wasi:cli/exit@0.2.0" (instance))"#, true),
            (r#"(import "a:b/c" (instance))"#, false),
            (r#"(import "f" (func))"#, false),
            (r#"(type $t string) (import "t" (type (eq $t)))"#, true),
        ] {
            let text = format!("(component {imports})");
            let wasm = Wasm::from_bytes("x", text.into_bytes()).unwrap();
            assert_eq!(runs_alone(&wasm), alone, "{imports}");
        }
    }
}
