//! The functions a component exports, and finding one by the name a person
//! types.

use run_files::nearest::nearest;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex};

use crate::{Engine, Error};

/// One exported function, at the top level or in an exported interface.
#[derive(Clone)]
pub struct ExportedFunction {
    /// The interface it is in, e.g. `demo:greet/greeter@0.1.0`.
    pub interface: Option<String>,
    /// Its own name.
    pub name: String,
    /// Its parameters and result.
    pub ty: ComponentFunc,
}

impl ExportedFunction {
    /// `interface#name`, or the bare name at the top level.
    #[must_use]
    pub fn full_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}#{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether `wanted` names this function: `name`, `interface.name`,
    /// `interface#name`, or with the interface's package and version.
    fn matches(&self, wanted: &str) -> bool {
        let Some(interface) = &self.interface else {
            return wanted == self.name;
        };
        if wanted == self.name || wanted == self.full_name() {
            return true;
        }
        let Some((prefix, name)) = wanted.rsplit_once(['#', '.']) else {
            return false;
        };
        let unversioned = interface.split('@').next().unwrap_or(interface);
        let short = unversioned.rsplit('/').next().unwrap_or(unversioned);
        name == self.name && [interface.as_str(), unversioned, short].contains(&prefix)
    }

    pub(crate) fn index(&self, component: &Component) -> Option<ComponentExportIndex> {
        let instance = match &self.interface {
            Some(interface) => Some(component.get_export_index(None, interface)?),
            None => None,
        };
        component.get_export_index(instance.as_ref(), &self.name)
    }
}

/// Every exported function in the component's own order, resource methods
/// (`[method]…` and their like) left out: they need a handle no one can type.
#[must_use]
pub fn functions(engine: &Engine, component: &Component) -> Vec<ExportedFunction> {
    let mut found = Vec::new();
    let ty = component.component_type();
    for (name, export) in ty.exports(engine.wasmtime()) {
        match export.ty {
            ComponentItem::ComponentFunc(ty) => found.push(ExportedFunction {
                interface: None,
                name: name.to_owned(),
                ty,
            }),
            ComponentItem::ComponentInstance(instance) => {
                for (function, export) in instance.exports(engine.wasmtime()) {
                    if let ComponentItem::ComponentFunc(ty) = export.ty
                        && !function.starts_with('[')
                    {
                        found.push(ExportedFunction {
                            interface: Some(name.to_owned()),
                            name: function.to_owned(),
                            ty,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The one function that `wanted` names. A name at the top level wins over the
/// same name in an interface.
///
/// # Errors
/// [`Error::UnknownFunction`] with the nearest name and the list of what there
/// is; [`Error::AmbiguousFunction`] where several interfaces have it.
pub fn find(
    file: &str,
    functions: &[ExportedFunction],
    wanted: &str,
) -> Result<ExportedFunction, Error> {
    let matching: Vec<_> = functions.iter().filter(|f| f.matches(wanted)).collect();
    let top_level = matching.iter().find(|f| f.interface.is_none());
    match (top_level, matching.as_slice()) {
        (Some(function), _) => Ok((*function).clone()),
        (None, [function]) => Ok((*function).clone()),
        (None, []) => Err(Error::UnknownFunction {
            name: file.to_owned(),
            function: wanted.to_owned(),
            help: unknown_help(functions, wanted),
        }),
        (None, several) => Err(Error::AmbiguousFunction {
            name: file.to_owned(),
            function: wanted.to_owned(),
            candidates: several.iter().map(|f| f.full_name()).collect(),
        }),
    }
}

fn unknown_help(functions: &[ExportedFunction], wanted: &str) -> String {
    if functions.is_empty() {
        return "it exports no functions".to_owned();
    }
    let close = nearest(wanted, functions.iter().map(|f| f.name.as_str()))
        .map(|name| format!("did you mean `{name}`? "))
        .unwrap_or_default();
    format!("{close}it exports {}", describe(functions))
}

/// The functions' full names for a message, at most a dozen of them.
#[must_use]
pub fn describe(functions: &[ExportedFunction]) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<_> = functions
        .iter()
        .take(SHOWN)
        .map(|f| format!("`{}`", f.full_name()))
        .collect();
    if functions.len() > SHOWN {
        names.push(format!("and {} more", functions.len() - SHOWN));
    }
    names.join(", ")
}
