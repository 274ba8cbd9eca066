//! Whether two types of one component are the same.

use wasmtime::component::Type;

/// Equality by shape. wasmtime's own `==` looks resources up in an instance,
/// and panics on types that were read before there is one.
pub(super) fn same(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::List(a), Type::List(b)) => same(&a.ty(), &b.ty()),
        (Type::FixedLengthList(a), Type::FixedLengthList(b)) => {
            a.len() == b.len() && same(&a.ty(), &b.ty())
        }
        (Type::Map(a), Type::Map(b)) => same(&a.key(), &b.key()) && same(&a.value(), &b.value()),
        (Type::Option(a), Type::Option(b)) => same(&a.ty(), &b.ty()),
        (Type::Result(a), Type::Result(b)) => maybe(a.ok(), b.ok()) && maybe(a.err(), b.err()),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.types().len() == b.types().len()
                && a.types().zip(b.types()).all(|(a, b)| same(&a, &b))
        }
        (Type::Record(a), Type::Record(b)) => {
            a.fields().len() == b.fields().len()
                && a.fields()
                    .zip(b.fields())
                    .all(|(a, b)| a.name == b.name && same(&a.ty, &b.ty))
        }
        (Type::Variant(a), Type::Variant(b)) => {
            a.cases().len() == b.cases().len()
                && a.cases()
                    .zip(b.cases())
                    .all(|(a, b)| a.name == b.name && maybe(a.ty, b.ty))
        }
        (Type::Enum(a), Type::Enum(b)) => a.names().eq(b.names()),
        (Type::Flags(a), Type::Flags(b)) => a.names().eq(b.names()),
        (Type::Own(a), Type::Own(b)) | (Type::Borrow(a), Type::Borrow(b)) => a == b,
        // What is left has no parts that could differ, or, as futures and
        // streams, no value that could be given.
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn maybe(a: Option<Type>, b: Option<Type>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(&a, &b),
        _ => false,
    }
}
