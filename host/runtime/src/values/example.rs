//! What could be typed: an example of each argument, for messages.

use wasmtime::component::Type;

use crate::exports::ExportedFunction;

/// Enough to see the form; what follows is cut.
const LONGEST: usize = 160;

/// An example of a function's arguments, in one text.
pub(super) fn arguments(
    function: &ExportedFunction,
    exported: &dyn Fn() -> Vec<ExportedFunction>,
) -> String {
    let mut makers = None;
    let examples: Vec<_> = function
        .ty
        .params()
        .map(|(_, ty)| match ty {
            Type::Own(resource) | Type::Borrow(resource) => makers
                .get_or_insert_with(exported)
                .iter()
                .find(|maker| maker.makes(resource))
                .map_or_else(|| "…".to_owned(), call),
            ty => value(&ty),
        })
        .collect();
    examples.join(", ")
}

/// A call that makes a resource, with its arguments.
pub(super) fn makers(makers: &[ExportedFunction]) -> Option<String> {
    let calls: Vec<_> = makers
        .iter()
        .take(6)
        .map(|maker| format!("`{}`", call(maker)))
        .collect();
    (!calls.is_empty()).then(|| calls.join(", "))
}

/// A call of it.
fn call(maker: &ExportedFunction) -> String {
    let arguments: Vec<_> = maker.ty.params().map(|(_, ty)| value(&ty)).collect();
    format!("{}({})", maker.short_name(), arguments.join(", "))
}

fn value(ty: &Type) -> String {
    let mut out = String::new();
    write(ty, &mut out);
    out
}

fn write(ty: &Type, out: &mut String) {
    if out.len() > LONGEST {
        out.push('…');
        return;
    }
    match ty {
        Type::Bool => out.push_str("true"),
        Type::Float32 | Type::Float64 => out.push_str("0.5"),
        Type::Char => out.push_str("'x'"),
        Type::String => out.push_str("\"text\""),
        Type::List(list) => around("[", "]", out, |out| write(&list.ty(), out)),
        Type::FixedLengthList(list) => around("[", "]", out, |out| {
            let items = (0..list.len()).take(LONGEST).map(|_| list.ty());
            separated(items, out, |ty, out| write(&ty, out));
        }),
        Type::Map(map) => around("[(", ")]", out, |out| {
            separated([map.key(), map.value()], out, |ty, out| write(&ty, out));
        }),
        Type::Option(option) => around("some(", ")", out, |out| write(&option.ty(), out)),
        Type::Tuple(tuple) => around("(", ")", out, |out| {
            separated(tuple.types(), out, |ty, out| write(&ty, out));
        }),
        Type::Record(record) => around("{", "}", out, |out| {
            separated(record.fields(), out, |field, out| {
                out.push_str(field.name);
                out.push_str(": ");
                write(&field.ty, out);
            });
        }),
        Type::Variant(variant) => {
            if let Some(case) = variant.cases().next() {
                with_payload(case.name, case.ty, out);
            }
        }
        Type::Result(result) => with_payload("ok", result.ok(), out),
        Type::Enum(names) => out.push_str(names.names().next().unwrap_or_default()),
        Type::Flags(flags) => {
            let first = flags.names().next().unwrap_or_default();
            around("{", "}", out, |out| out.push_str(first));
        }
        Type::Own(_) | Type::Borrow(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            out.push('…');
        }
        _ => out.push('1'),
    }
}

fn with_payload(case: &str, ty: Option<Type>, out: &mut String) {
    out.push_str(case);
    if let Some(ty) = ty {
        around("(", ")", out, |out| write(&ty, out));
    }
}

fn around(open: &str, close: &str, out: &mut String, inner: impl FnOnce(&mut String)) {
    out.push_str(open);
    inner(out);
    out.push_str(close);
}

fn separated<T>(
    items: impl IntoIterator<Item = T>,
    out: &mut String,
    mut each: impl FnMut(T, &mut String),
) {
    for (number, item) in items.into_iter().enumerate() {
        if number > 0 {
            out.push_str(", ");
        }
        if out.len() > LONGEST {
            out.push('…');
            return;
        }
        each(item, out);
    }
}
