//! The names a component gives to its types, and WIT's spelling of types and
//! signatures with them.

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ResourceType, Type};

use super::same::same;
use super::spell::Speller;
use crate::Engine;

/// The named types and resources of a component: those of its exports, then
/// those of its imports. A compiled component keeps a record's name only as the
/// name under which an interface exports it, so that is where they come from.
#[derive(Clone, Default)]
pub struct Names {
    types: Vec<Named<Type>>,
    resources: Vec<Named<ResourceType>>,
}

#[derive(Clone)]
struct Named<T> {
    name: String,
    ty: T,
}

impl Names {
    /// Reads them from a component's type.
    #[must_use]
    pub fn of(engine: &Engine, component: &Component) -> Self {
        let engine = engine.wasmtime();
        let ty = component.component_type();
        let mut names = Self::default();
        for (name, item) in ty.exports(engine).chain(ty.imports(engine)) {
            match item.ty {
                ComponentItem::ComponentInstance(instance) => {
                    for (inner, item) in instance.exports(engine) {
                        names.add(inner, item.ty);
                    }
                }
                item => names.add(name, item),
            }
        }
        names
    }

    fn add(&mut self, name: &str, item: ComponentItem) {
        let name = name.to_owned();
        match item {
            ComponentItem::Type(ty) => self.types.push(Named { name, ty }),
            ComponentItem::Resource(ty) => self.resources.push(Named { name, ty }),
            _ => {}
        }
    }

    /// Whether some type is called `name`.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.types.iter().any(|named| named.name == name)
            || self.resources.iter().any(|named| named.name == name)
    }

    /// Whether `ty` is one of the types called `name`.
    pub(super) fn is_called(&self, ty: &Type, name: &str) -> bool {
        match ty {
            Type::Own(resource) | Type::Borrow(resource) => self
                .resources
                .iter()
                .any(|named| named.name == name && named.ty == *resource),
            _ => self
                .types
                .iter()
                .any(|named| named.name == name && same(&named.ty, ty)),
        }
    }

    /// The names that begin a typed value, for a suggestion.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(|named| named.name.as_str())
    }

    /// The name of a record, variant, enum or flags; other types are as short
    /// as their names.
    pub(super) fn of_type(&self, ty: &Type) -> Option<&str> {
        matches!(
            ty,
            Type::Record(_) | Type::Variant(_) | Type::Enum(_) | Type::Flags(_)
        )
        .then(|| self.types.iter().find(|named| same(&named.ty, ty)))?
        .map(|named| named.name.as_str())
    }

    pub(super) fn of_resource(&self, ty: ResourceType) -> Option<&str> {
        let named = self.resources.iter().find(|named| named.ty == ty)?;
        Some(&named.name)
    }

    /// The type as WIT spells it, by its name where it has one.
    #[must_use]
    pub fn spell(&self, ty: &Type) -> String {
        let mut speller = Speller::new(self);
        speller.ty(ty);
        speller.out
    }

    /// `name: func(a: s32, p: point) -> s32`.
    #[must_use]
    pub fn signature(&self, name: &str, ty: &ComponentFunc) -> String {
        let params: Vec<_> = ty
            .params()
            .map(|(name, ty)| format!("{name}: {}", self.spell(&ty)))
            .collect();
        let result = ty
            .results()
            .next()
            .map(|ty| format!(" -> {}", self.spell(&ty)))
            .unwrap_or_default();
        format!("{name}: func({}){result}", params.join(", "))
    }

    /// The definitions of the named types that `ty` mentions directly, one
    /// level deep: `point: record { x: s32, y: s32 }`.
    pub(super) fn definitions(&self, types: &[Type]) -> Vec<String> {
        let mut found = Vec::new();
        for ty in types {
            self.collect(ty, &mut found);
        }
        let mut lines = Vec::new();
        for (name, ty) in found {
            let mut speller = Speller::new(self);
            speller.shape(&ty);
            let line = format!("{name}: {}", speller.out);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    fn collect(&self, ty: &Type, found: &mut Vec<(String, Type)>) {
        if let Some(name) = self.of_type(ty) {
            found.push((name.to_owned(), ty.clone()));
            return;
        }
        match ty {
            Type::List(list) => self.collect(&list.ty(), found),
            Type::FixedLengthList(list) => self.collect(&list.ty(), found),
            Type::Option(option) => self.collect(&option.ty(), found),
            Type::Result(result) => {
                for ty in [result.ok(), result.err()].into_iter().flatten() {
                    self.collect(&ty, found);
                }
            }
            Type::Tuple(tuple) if tuple.types().len() <= 16 => {
                for ty in tuple.types() {
                    self.collect(&ty, found);
                }
            }
            _ => {}
        }
    }
}

/// The type as WIT spells it; records and their like by their shape.
#[must_use]
pub fn type_name(ty: &Type) -> String {
    Names::default().spell(ty)
}

/// `name: func(a: s32, b: s32) -> s32`, records and their like by their shape.
#[must_use]
pub fn signature(name: &str, ty: &ComponentFunc) -> String {
    Names::default().signature(name, ty)
}
