//! WIT's spelling of types.

use wasmtime::component::types::{Record, Variant};
use wasmtime::component::{ResourceType, Type};

use super::names::Names;

/// How much of one type is spelled out. Types share their parts, so a small
/// component can declare one whose full spelling fills the memory.
const SPELLED: usize = 2000;

/// Spells types into `out`.
pub(super) struct Speller<'a> {
    names: &'a Names,
    pub(super) out: String,
}

impl<'a> Speller<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self {
            names,
            out: String::new(),
        }
    }

    pub(super) fn ty(&mut self, ty: &Type) {
        if self.out.len() > SPELLED {
            self.out.push('…');
            return;
        }
        match self.names.of_type(ty) {
            Some(name) => self.out.push_str(name),
            None => self.shape(ty),
        }
    }

    pub(super) fn shape(&mut self, ty: &Type) {
        match ty {
            Type::List(list) => self.generic("list", [list.ty()], ""),
            Type::FixedLengthList(list) => {
                self.generic("list", [list.ty()], &format!(", {}", list.len()));
            }
            Type::Map(map) => self.generic("map", [map.key(), map.value()], ""),
            Type::Option(option) => self.generic("option", [option.ty()], ""),
            Type::Tuple(tuple) => self.generic("tuple", tuple.types(), ""),
            Type::Result(result) => match (result.ok(), result.err()) {
                (None, None) => self.out.push_str("result"),
                (Some(ok), None) => self.generic("result", [ok], ""),
                (Some(ok), Some(err)) => self.generic("result", [ok, err], ""),
                (None, Some(err)) => {
                    self.out.push_str("result<_, ");
                    self.ty(&err);
                    self.out.push('>');
                }
            },
            Type::Record(record) => self.record(record),
            Type::Variant(variant) => self.variant(variant),
            Type::Enum(names) => self.braced("enum", names.names()),
            Type::Flags(flags) => self.braced("flags", flags.names()),
            Type::Own(resource) => self.resource(*resource),
            Type::Borrow(resource) => {
                self.out.push_str("borrow<");
                self.resource(*resource);
                self.out.push('>');
            }
            other => self.out.push_str(plain(other)),
        }
    }

    fn generic(&mut self, name: &str, types: impl IntoIterator<Item = Type>, last: &str) {
        self.out.push_str(name);
        self.out.push('<');
        self.separated(types, |speller, ty| speller.ty(&ty));
        self.out.push_str(last);
        self.out.push('>');
    }

    fn record(&mut self, record: &Record) {
        self.out.push_str("record { ");
        self.separated(record.fields(), |speller, field| {
            speller.out.push_str(field.name);
            speller.out.push_str(": ");
            speller.ty(&field.ty);
        });
        self.out.push_str(" }");
    }

    fn variant(&mut self, variant: &Variant) {
        self.out.push_str("variant { ");
        self.separated(variant.cases(), |speller, case| {
            speller.out.push_str(case.name);
            if let Some(ty) = &case.ty {
                speller.out.push('(');
                speller.ty(ty);
                speller.out.push(')');
            }
        });
        self.out.push_str(" }");
    }

    fn braced<'n>(&mut self, keyword: &str, names: impl Iterator<Item = &'n str>) {
        self.out.push_str(keyword);
        self.out.push_str(" { ");
        self.separated(names, |speller, name| speller.out.push_str(name));
        self.out.push_str(" }");
    }

    fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        for (number, item) in items.into_iter().enumerate() {
            if number > 0 {
                self.out.push_str(", ");
            }
            if self.out.len() > SPELLED {
                self.out.push('…');
                return;
            }
            each(self, item);
        }
    }

    fn resource(&mut self, ty: ResourceType) {
        let name = self.names.of_resource(ty).unwrap_or("resource");
        self.out.push_str(name);
    }
}

fn plain(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::U8 => "u8",
        Type::S16 => "s16",
        Type::U16 => "u16",
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::Future(_) => "future",
        Type::Stream(_) => "stream",
        Type::ErrorContext => "error-context",
        _ => "type",
    }
}
