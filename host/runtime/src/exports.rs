//! The functions a component exports, and finding one by the name a person
//! types.

use std::sync::Arc;

use run_files::nearest::{distance, nearest};
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, ResourceType, Type};

use crate::values::Names;
use crate::{Engine, Error};

/// How many functions a message lists.
const SHOWN: usize = 12;

/// One exported function, at the top level or in an exported interface.
#[derive(Clone)]
pub struct ExportedFunction {
    /// The interface it is in, e.g. `demo:greet/greeter@0.1.0`.
    pub interface: Option<String>,
    /// Its own name; `[method]counter.get` and its like for what belongs to a
    /// resource.
    pub name: String,
    /// Its parameters and result.
    pub ty: ComponentFunc,
    /// What the component calls its types.
    pub names: Arc<Names>,
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

    /// Its name as it is typed: `counter.get` for `[method]counter.get`, and
    /// the resource's own name for its constructor.
    #[must_use]
    pub fn short_name(&self) -> &str {
        short(&self.name)
    }

    /// `name: func(a: s32) -> s32`, by its full name.
    #[must_use]
    pub fn signature(&self) -> String {
        self.names.signature(&self.full_name(), &self.ty)
    }

    /// Whether `wanted` names this function: `name`, `interface.name`,
    /// `interface#name`, with or without the interface's package and version.
    #[must_use]
    pub fn is_called(&self, wanted: &str) -> bool {
        [self.name.as_str(), self.short_name()].iter().any(|name| {
            wanted == *name
                || wanted
                    .strip_suffix(name)
                    .and_then(|prefix| prefix.strip_suffix(['#', '.']))
                    .is_some_and(|prefix| self.is_in(prefix))
        })
    }

    fn is_in(&self, wanted: &str) -> bool {
        let Some(interface) = &self.interface else {
            return false;
        };
        let (unversioned, version) = match interface.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (interface.as_str(), None),
        };
        let short = unversioned.rsplit('/').next().unwrap_or(unversioned);
        let (wanted, asked) = match wanted.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (wanted, None),
        };
        (wanted == unversioned || wanted == short) && (asked.is_none() || asked == version)
    }

    /// Whether it returns a new resource of this type, perhaps in a `result`.
    pub(crate) fn makes(&self, resource: ResourceType) -> bool {
        let is_own = |ty: &Type| matches!(ty, Type::Own(own) if *own == resource);
        self.ty.results().next().is_some_and(|ty| match &ty {
            Type::Result(result) => result.ok().as_ref().is_some_and(is_own),
            ty => is_own(ty),
        })
    }

    pub(crate) fn index(&self, component: &Component) -> Option<ComponentExportIndex> {
        let instance = match &self.interface {
            Some(interface) => Some(component.get_export_index(None, interface)?),
            None => None,
        };
        component.get_export_index(instance.as_ref(), &self.name)
    }
}

/// The name without the `[kind]` in front of what belongs to a resource.
pub(crate) fn short(name: &str) -> &str {
    match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, name)) => name,
        None => name,
    }
}

/// Every exported function in the component's own order, those of resources
/// included.
#[must_use]
pub fn functions(engine: &Engine, component: &Component) -> Vec<ExportedFunction> {
    let mut found = Vec::new();
    let names = Arc::new(Names::of(engine, component));
    let ty = component.component_type();
    for (name, export) in ty.exports(engine.wasmtime()) {
        match export.ty {
            ComponentItem::ComponentFunc(ty) => found.push(ExportedFunction {
                interface: None,
                name: name.to_owned(),
                ty,
                names: Arc::clone(&names),
            }),
            ComponentItem::ComponentInstance(instance) => {
                for (function, export) in instance.exports(engine.wasmtime()) {
                    if let ComponentItem::ComponentFunc(ty) = export.ty {
                        found.push(ExportedFunction {
                            interface: Some(name.to_owned()),
                            name: function.to_owned(),
                            ty,
                            names: Arc::clone(&names),
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
    let matching: Vec<_> = functions.iter().filter(|f| f.is_called(wanted)).collect();
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
            candidates: several.iter().take(SHOWN).map(|f| f.full_name()).collect(),
            help: format!(
                "name the interface as well, for example `--function '{}'`\n{}",
                several[0].full_name(),
                listed(several.iter().copied(), several.len())
            ),
        }),
    }
}

fn unknown_help(functions: &[ExportedFunction], wanted: &str) -> String {
    if functions.is_empty() {
        return "it exports no functions".to_owned();
    }
    let name = wanted.rsplit(['#', '.']).next().unwrap_or(wanted);
    let meant = spellings(wanted);
    let close = functions
        .iter()
        .find(|f| meant.iter().any(|meant| f.is_called(meant)))
        .map(ExportedFunction::short_name)
        .or_else(|| nearest(wanted, functions.iter().map(ExportedFunction::short_name)))
        .or_else(|| nearest(name, functions.iter().map(ExportedFunction::short_name)))
        .map(|name| format!("did you mean `{name}`?\n"))
        .unwrap_or_default();
    let mut sorted: Vec<_> = functions.iter().collect();
    // Stable: what is equally far keeps the component's order.
    sorted.sort_by_cached_key(|f| {
        let candidates = [f.short_name(), &f.full_name()].map(|name| distance(wanted, name));
        candidates.into_iter().min()
    });
    format!(
        "{close}it exports\n{}",
        listed(sorted.into_iter(), functions.len())
    )
}

/// The names WIT would have for what other languages spell `addTwo`,
/// `add_two` or `AddTwo`.
fn spellings(wanted: &str) -> [String; 2] {
    let (place, name) = match wanted.rfind(['#', '.']) {
        Some(at) => wanted.split_at(at + 1),
        None => ("", wanted),
    };
    let mut kebab = String::new();
    for c in name.chars() {
        match c {
            '_' => kebab.push('-'),
            c if c.is_uppercase() => {
                if !kebab.is_empty() && !kebab.ends_with('-') {
                    kebab.push('-');
                }
                kebab.extend(c.to_lowercase());
            }
            c => kebab.push(c),
        }
    }
    [format!("{place}{kebab}"), kebab]
}

/// One a line with its signature, at most a dozen.
fn listed<'a>(functions: impl Iterator<Item = &'a ExportedFunction>, count: usize) -> String {
    let mut lines: Vec<_> = functions
        .take(SHOWN)
        .map(|f| format!("  {}", f.signature()))
        .collect();
    if count > SHOWN {
        lines.push(format!("  and {} more", count - SHOWN));
    }
    lines.join("\n")
}

/// The functions' full names for a message, at most a dozen of them.
#[must_use]
pub fn describe(functions: &[ExportedFunction]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_become_kebab_case() {
        for (given, expected) in [
            ("addTwo", "add-two"),
            ("AddTwo", "add-two"),
            ("add_two", "add-two"),
            ("math#addTwo", "math#add-two"),
            ("counter.getValue", "counter.get-value"),
        ] {
            assert_eq!(spellings(given)[0], expected);
        }
    }

    #[test]
    fn names_lose_their_kind() {
        assert_eq!(short("[method]counter.get"), "counter.get");
        assert_eq!(short("[constructor]counter"), "counter");
        assert_eq!(short("plain"), "plain");
        assert_eq!(short("[odd"), "[odd");
    }
}
