//! The type in front of a value: `s32:42`, `list<u8>:[1]`, `point:{x: 1}`.

use wasmtime::component::Type;

use super::names::Names;

/// No type anyone types is longer.
const LONGEST: usize = 256;

const SCALARS: [&str; 15] = [
    "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
    // What `f32` and `f64` were called before WIT settled on those.
    "float32", "float64",
];

const GENERIC: [&str; 7] = [
    "list<", "option<", "tuple<", "result<", "map<", "own<", "borrow<",
];

/// A type's text and the value's, where the text in front of the first colon
/// is spelled like a type.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take(LONGEST) {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.checked_sub(1)?,
            ':' if depth == 0 => return Some((&text[..at], &text[at + 1..])).filter(|_| at > 0),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '%' => {}
            ' ' | ',' | '_' if depth > 0 => {}
            _ => return None,
        }
    }
    None
}

/// Whether a type that WIT has, or one this component names, is in front.
pub(super) fn is_typed(text: &str, names: &Names) -> bool {
    split(text).is_some_and(|(ty, _)| is_built_in(ty) || names.knows(ty))
}

pub(super) fn is_built_in(ty: &str) -> bool {
    SCALARS.contains(&ty) || ty == "result" || GENERIC.iter().any(|start| ty.starts_with(start))
}

/// Whether the text `given` spells `ty`.
pub(super) fn spells(given: &str, ty: &Type, names: &Names) -> bool {
    let given = given.trim();
    let Some((head, inner)) = given.split_once('<') else {
        return scalar(given, ty) || names.is_called(ty, given.trim_start_matches('%'));
    };
    let Some(inner) = inner.strip_suffix('>') else {
        return false;
    };
    let parts = parts(inner);
    match (head, ty, parts.as_slice()) {
        ("list", Type::List(list), [item]) => spells(item, &list.ty(), names),
        ("list", Type::FixedLengthList(list), [item, length]) => {
            length.trim().parse() == Ok(list.len()) && spells(item, &list.ty(), names)
        }
        ("map", Type::Map(map), [key, value]) => {
            spells(key, &map.key(), names) && spells(value, &map.value(), names)
        }
        ("option", Type::Option(option), [item]) => spells(item, &option.ty(), names),
        ("own", Type::Own(_), [name]) | ("borrow", Type::Borrow(_), [name]) => {
            names.is_called(ty, name.trim())
        }
        ("tuple", Type::Tuple(tuple), items) => {
            items.len() == tuple.types().len()
                && items
                    .iter()
                    .zip(tuple.types())
                    .all(|(item, ty)| spells(item, &ty, names))
        }
        ("result", Type::Result(result), [ok]) => {
            result.err().is_none() && maybe(ok, result.ok(), names)
        }
        ("result", Type::Result(result), [ok, err]) => {
            maybe(ok, result.ok(), names) && maybe(err, result.err(), names)
        }
        _ => false,
    }
}

fn maybe(given: &str, ty: Option<Type>, names: &Names) -> bool {
    match ty {
        None => given.trim() == "_",
        Some(ty) => spells(given, &ty, names),
    }
}

fn scalar(given: &str, ty: &Type) -> bool {
    match ty {
        Type::Bool => given == "bool",
        Type::S8 => given == "s8",
        Type::U8 => given == "u8",
        Type::S16 => given == "s16",
        Type::U16 => given == "u16",
        Type::S32 => given == "s32",
        Type::U32 => given == "u32",
        Type::S64 => given == "s64",
        Type::U64 => given == "u64",
        Type::Float32 => matches!(given, "f32" | "float32"),
        Type::Float64 => matches!(given, "f64" | "float64"),
        Type::Char => given == "char",
        Type::String => given == "string",
        Type::Result(result) => {
            given == "result" && result.ok().is_none() && result.err().is_none()
        }
        _ => false,
    }
}

/// What commas outside `<…>` separate.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_spelled_like_a_type_is_one() {
        for (text, expected) in [
            ("s32:1", Some(("s32", "1"))),
            ("list<tuple<s8, _>>:[]", Some(("list<tuple<s8, _>>", "[]"))),
            ("point:{x: 1}", Some(("point", "{x: 1}"))),
            ("a, b:c", None),
            (":x", None),
            ("{x: 1}", None),
            ("list<u8:x", None),
            ("a>:x", None),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
        assert_eq!(split(&"<".repeat(100_000)), None);
    }

    #[test]
    fn parts_end_at_their_own_commas() {
        assert_eq!(parts("a, b<c, d>,e"), ["a", " b<c, d>", "e"]);
    }
}
