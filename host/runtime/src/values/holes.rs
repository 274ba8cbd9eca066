//! Calls that stand inside a value: `[counter(5), counter.zero()]`.
//!
//! They are no WAVE. For its parser a word of the same length stands where each
//! of them is, so that every place in the text stays where it was; in the value
//! that is read, a number says which of the calls makes the resource.

use std::ops::Range;

use wasmtime::component::{ResourceType, Type, Val};

/// The calls in a text, which are those whose callee is one, and the text with
/// words in their places.
pub(super) fn find(text: &str, is_callee: &dyn Fn(&str) -> bool) -> (Vec<Range<usize>>, String) {
    let mut calls: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let word = rest.len() - rest.trim_start_matches(in_callee).len();
        if word > 0 {
            let end = (rest[word..].starts_with('(') && is_callee(&rest[..word]))
                .then(|| closed(&rest[word..]))
                .flatten();
            match end {
                Some(end) => {
                    calls.push(at..at + word + end);
                    at += word + end;
                }
                None => at += word,
            }
            continue;
        }
        at += quoted(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
    }
    let mut words = String::with_capacity(text.len());
    let mut copied = 0;
    for call in &calls {
        words.push_str(&text[copied..call.start]);
        words.extend(std::iter::repeat_n('h', call.len()));
        copied = call.end;
    }
    words.push_str(&text[copied..]);
    (calls, words)
}

fn in_callee(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '#' | '/' | '@' | '%')
}

/// How long the quoted text at the front is, if there is one that ends.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// How long the text in parentheses at the front is, if they are closed.
fn closed(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if let Some(length) = quoted(rest) {
            at += length;
            continue;
        }
        let c = rest.chars().next()?;
        at += c.len_utf8();
        match c {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The resources that values of a type hold.
pub(super) fn resources(ty: &Type) -> Vec<ResourceType> {
    let mut found = Vec::new();
    collect(ty, &mut found);
    found
}

fn collect(ty: &Type, found: &mut Vec<ResourceType>) {
    match ty {
        Type::Own(resource) | Type::Borrow(resource) if !found.contains(resource) => {
            found.push(*resource);
        }
        Type::List(list) => collect(&list.ty(), found),
        Type::FixedLengthList(list) => collect(&list.ty(), found),
        Type::Map(map) => collect(&map.value(), found),
        Type::Option(option) => collect(&option.ty(), found),
        Type::Tuple(tuple) => tuple.types().for_each(|ty| collect(&ty, found)),
        Type::Record(record) => record.fields().for_each(|field| collect(&field.ty, found)),
        Type::Variant(variant) => variant
            .cases()
            .filter_map(|case| case.ty)
            .for_each(|ty| collect(&ty, found)),
        Type::Result(result) => [result.ok(), result.err()]
            .into_iter()
            .flatten()
            .for_each(|ty| collect(&ty, found)),
        _ => {}
    }
}

/// Visits the places of resources in a value, with the type of each.
pub(super) fn each<E>(
    ty: &Type,
    value: &mut Val,
    visit: &mut dyn FnMut(&Type, &mut Val) -> Result<(), E>,
) -> Result<(), E> {
    match (ty, value) {
        (Type::Own(_) | Type::Borrow(_), value) => visit(ty, value),
        (Type::List(list), Val::List(items)) => all(&list.ty(), items, visit),
        (Type::FixedLengthList(list), Val::FixedLengthList(items)) => all(&list.ty(), items, visit),
        (Type::Map(map), Val::Map(entries)) => {
            let ty = map.value();
            entries
                .iter_mut()
                .try_for_each(|(_, value)| each(&ty, value, visit))
        }
        (Type::Option(option), Val::Option(Some(value))) => each(&option.ty(), value, visit),
        (Type::Tuple(tuple), Val::Tuple(items)) => tuple
            .types()
            .zip(items)
            .try_for_each(|(ty, value)| each(&ty, value, visit)),
        (Type::Record(record), Val::Record(fields)) => record
            .fields()
            .zip(fields)
            .try_for_each(|(field, (_, value))| each(&field.ty, value, visit)),
        (Type::Variant(variant), Val::Variant(name, Some(value))) => variant
            .cases()
            .find(|case| case.name == name.as_str())
            .and_then(|case| case.ty)
            .map_or(Ok(()), |ty| each(&ty, value, visit)),
        (Type::Result(result), Val::Result(Ok(Some(value)))) => {
            result.ok().map_or(Ok(()), |ty| each(&ty, value, visit))
        }
        (Type::Result(result), Val::Result(Err(Some(value)))) => {
            result.err().map_or(Ok(()), |ty| each(&ty, value, visit))
        }
        _ => Ok(()),
    }
}

fn all<E>(
    ty: &Type,
    items: &mut [Val],
    visit: &mut dyn FnMut(&Type, &mut Val) -> Result<(), E>,
) -> Result<(), E> {
    items
        .iter_mut()
        .try_for_each(|value| each(ty, value, visit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_outside_quotes_and_as_a_whole() {
        for (text, expected) in [
            ("[counter(5)]", &["counter(5)"][..]),
            (
                "{a: counter(5), b: [counter.zero()]}",
                &["counter(5)", "counter.zero()"],
            ),
            ("{a:counter(\")\")}", &["counter(\")\")"]),
            ("some(counter(counter(1), 2))", &["counter(counter(1), 2)"]),
            ("[\"counter(5)\", 'c', counter (5)]", &[]),
            ("[counter(5, \"é\"), é(1)]", &["counter(5, \"é\")"]),
            ("[counter(5", &[]),
            ("counter(", &[]),
            ("\"counter(5)", &["counter(5)"]),
        ] {
            let (calls, words) = find(text, &|callee| callee.starts_with("counter"));
            let found: Vec<_> = calls.iter().map(|call| &text[call.clone()]).collect();
            assert_eq!(found, expected, "{text}");
            assert_eq!(words.len(), text.len());
        }
    }
}
