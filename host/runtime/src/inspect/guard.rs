//! Whether the WIT decoder can be handed a component.
//!
//! `wit-parser` takes for granted that a component was made from WIT: on valid
//! ones that were not, as the Component Model's own reference tests have them,
//! it panics. What it relies on is checked here first.

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentItem};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;

use super::outline::{self, Extern};

/// Deeper than any WIT package is encoded.
const DEPTH: usize = 8;

/// Whether every name is of the form WIT gives it.
pub(super) fn is_of_wit(bytes: &[u8], types: &Types) -> bool {
    let (imports, exports) = outline::externs(bytes, types);
    let guard = Guard { types };
    [imports, exports]
        .iter()
        .all(|externs| guard.scope(externs, 0))
}

struct Guard<'a> {
    types: &'a Types,
}

impl<'a> Guard<'a> {
    fn scope(&self, externs: &[Extern<'a>], depth: usize) -> bool {
        depth < DEPTH
            && externs
                .iter()
                .enumerate()
                .all(|(at, (name, item))| self.item(name, item, &externs[..at], depth))
    }

    fn item(
        &self,
        name: &str,
        item: &'a ComponentItem,
        before: &[Extern<'a>],
        depth: usize,
    ) -> bool {
        let Ok(parsed) = ComponentName::new(name, 0) else {
            return false;
        };
        let implements = item.implements.as_deref();
        if implements.is_some_and(|name| ComponentName::new(name, 0).is_err()) {
            return false;
        }
        let label = matches!(parsed.kind(), ComponentNameKind::Label(_));
        match item.ty {
            ComponentEntityType::Func(_) => match parsed.kind() {
                ComponentNameKind::Label(_) => true,
                ComponentNameKind::Constructor(resource) => self.defines(resource.as_str(), before),
                ComponentNameKind::Method(name) | ComponentNameKind::Static(name) => {
                    self.defines(name.resource().as_str(), before)
                }
                _ => false,
            },
            ComponentEntityType::Type { created, .. } => match created {
                ComponentAnyTypeId::Component(id) => self.package(id, depth),
                ComponentAnyTypeId::Defined(_) | ComponentAnyTypeId::Resource(_) => label,
                _ => false,
            },
            ComponentEntityType::Instance(id) => {
                let named = label || matches!(parsed.kind(), ComponentNameKind::Interface(_));
                named && self.scope(&list(&self.types[id].exports), depth + 1)
            }
            ComponentEntityType::Component(id) => {
                let ty = &self.types[id];
                self.scope(&list(&ty.imports), depth + 1)
                    && self.scope(&list(&ty.exports), depth + 1)
            }
            ComponentEntityType::Module(_) | ComponentEntityType::Value(_) => false,
        }
    }

    /// Whether the scope defined the resource itself, and not as another name
    /// of one it has already.
    fn defines(&self, resource: &str, before: &[Extern<'a>]) -> bool {
        let id = |item: &ComponentItem| match item.ty {
            ComponentEntityType::Type {
                created: ComponentAnyTypeId::Resource(id),
                ..
            } => Some(id.resource()),
            _ => None,
        };
        let found = before.iter().find(|(name, _)| *name == resource);
        let Some(wanted) = found.and_then(|(_, item)| id(item)) else {
            return false;
        };
        // Other names for it may follow, as `headers` does for `fields`.
        let first = before.iter().find(|(_, item)| id(item) == Some(wanted));
        first.is_some_and(|(name, _)| *name == resource)
    }

    /// A component type is part of an encoded package: it exports the one world
    /// or interface it is for.
    fn package(&self, id: wasmparser::component_types::ComponentTypeId, depth: usize) -> bool {
        let ty = &self.types[id];
        ty.exports.values().all(|item| {
            matches!(
                item.ty,
                ComponentEntityType::Instance(_) | ComponentEntityType::Component(_)
            )
        }) && self.scope(&list(&ty.imports), depth + 1)
            && self.scope(&list(&ty.exports), depth + 1)
    }
}

fn list<'a, S: AsRef<str> + 'a>(
    items: impl IntoIterator<Item = (&'a S, &'a ComponentItem)>,
) -> Vec<Extern<'a>> {
    items
        .into_iter()
        .map(|(name, item)| (name.as_ref(), item))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_of_wit;

    #[test]
    fn a_resource_is_the_name_it_was_defined_by() {
        for (resource, is) in [("fields", true), ("headers", false), ("other", false)] {
            let text = format!(
                r#"(component (import "a:b/c" (instance
                  (export "fields" (type $fields (sub resource)))
                  (export "headers" (type (eq $fields)))
                  (export "[method]{resource}.get" (func (param "self" (borrow $fields)))))))"#
            );
            let bytes = wat::parse_str(&text).unwrap();
            let types = wasmparser::Validator::new().validate_all(&bytes);
            // What names nothing is not even valid.
            let found = types.is_ok_and(|types| is_of_wit(&bytes, &types));
            assert_eq!(found, is, "{resource}");
        }
    }
}
