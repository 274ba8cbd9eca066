//! Imports, exports and interfaces of what WIT can describe.

use wit_parser::{Function, Interface, Resolve, TypeDefKind, TypeId, WorldItem, WorldKey};

use super::signatures;

/// One import or export, with what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Its name: a function's or an interface's.
    pub name: String,
    /// The function's type; `None` for an interface.
    pub function: Option<FunctionType>,
    /// The functions of an interface by their names.
    pub functions: Vec<(String, FunctionType)>,
    /// The types an interface defines: name and shape.
    pub types: Vec<(String, String)>,
}

/// A function's parameters and result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionType {
    /// `func(s32) -> s32`: the form users' scripts read.
    pub signature: String,
    /// Name and type of each parameter.
    pub params: Vec<(String, String)>,
    /// The result's type, where there is one.
    pub result: Option<String>,
}

/// The items of a world's imports or exports, in its own order.
pub(super) fn of_world<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Vec<Item> {
    items
        .filter_map(|(key, item)| {
            let name = resolve.name_world_key(key);
            match item {
                WorldItem::Function(function) => Some(Item {
                    name,
                    function: Some(function_type(resolve, function)),
                    ..Item::default()
                }),
                WorldItem::Interface { id, .. } => {
                    Some(of_interface(resolve, name, &resolve.interfaces[*id]))
                }
                // A type alone is part of the functions that use it.
                WorldItem::Type { .. } => None,
            }
        })
        .collect()
}

pub(super) fn of_interface(resolve: &Resolve, name: String, interface: &Interface) -> Item {
    Item {
        name,
        function: None,
        functions: interface
            .functions
            .iter()
            .map(|(name, function)| (name.clone(), function_type(resolve, function)))
            .collect(),
        types: interface
            .types
            .iter()
            .filter(|(_, id)| is_defined_here(resolve, **id))
            .map(|(name, id)| (name.clone(), signatures::shape(resolve, *id)))
            .collect(),
    }
}

/// Not one that a `use` brought in under its own name.
fn is_defined_here(resolve: &Resolve, id: TypeId) -> bool {
    let TypeDefKind::Type(wit_parser::Type::Id(from)) = &resolve.types[id].kind else {
        return true;
    };
    resolve.types[*from].name != resolve.types[id].name
}

fn function_type(resolve: &Resolve, function: &Function) -> FunctionType {
    FunctionType {
        signature: signatures::function(resolve, function, false),
        params: function
            .params
            .iter()
            .map(|param| {
                (
                    param.name.clone(),
                    signatures::ty(resolve, &param.ty, false),
                )
            })
            .collect(),
        result: function
            .result
            .as_ref()
            .map(|result| signatures::ty(resolve, result, false)),
    }
}
