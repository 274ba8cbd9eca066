//! Arguments from text: the `type:value` form and WAVE, typed by the function.

use miette::NamedSource;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Type, Val};

use super::names::{signature, type_name};
use crate::Error;

/// The function's arguments from what was typed: each of `given` holds one
/// value, or several separated by commas.
///
/// A comma separates where the function still wants a value and what follows
/// can begin one, so `s32:3,s32:4` is two values and `string:a, b` is one.
///
/// # Errors
/// [`Error::Arguments`] with the signature and the argument that does not fit.
pub fn parse_all(name: &str, ty: &ComponentFunc, given: &[String]) -> Result<Vec<Val>, Error> {
    let params: Vec<(String, Type)> = ty.params().map(|(n, t)| (n.to_owned(), t)).collect();
    let shown = given.join("\n");
    let fail = |message: String, at: Option<(usize, usize)>| Error::Arguments {
        message,
        signature: signature(name, ty),
        given: NamedSource::new("--args", shown.clone()),
        at: at.map(Into::into),
    };

    let whole = || {
        let mut start = 0;
        given
            .iter()
            .map(|text| {
                let at = start;
                start += text.len() + 1;
                (at, text.as_str())
            })
            .collect::<Vec<_>>()
    };
    // One text for each parameter is one value each, commas and all, as long
    // as that fits.
    let fits = |pieces: &[(usize, &str)]| {
        let mut pairs = params.iter().zip(pieces);
        pairs.all(|((_, ty), (_, text))| parse_one(ty, text).is_ok())
    };
    let pieces = match whole() {
        pieces if pieces.len() == params.len() && fits(&pieces) => pieces,
        _ => split(given),
    };
    if pieces.len() != params.len() {
        let at = pieces
            .get(params.len())
            .map(|(start, text)| (*start, text.len()));
        return Err(fail(
            format!(
                "`{name}` takes {} argument{}, {} given",
                params.len(),
                if params.len() == 1 { "" } else { "s" },
                pieces.len()
            ),
            at,
        ));
    }
    params
        .iter()
        .zip(&pieces)
        .map(|((param, ty), (start, text))| {
            parse_one(ty, text).map_err(|why| {
                fail(
                    format!("argument `{param}`: {why}"),
                    Some((*start, text.len())),
                )
            })
        })
        .collect()
}

/// Splits every given text at its separating commas; offsets are into the texts
/// joined by one character.
fn split(given: &[String]) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut base = 0;
    for text in given {
        let mut start = 0;
        for comma in top_level_commas(text) {
            let rest = text[comma + 1..].trim_start();
            // A bare string may hold commas: only something that looks like the
            // next typed value ends it.
            let ends = !is_bare_string(text[start..].trim_start()) || starts_typed(rest);
            if ends {
                push_trimmed(&mut pieces, base, text, start, comma);
                start = comma + 1;
            }
        }
        push_trimmed(&mut pieces, base, text, start, text.len());
        base += text.len() + 1;
    }
    pieces
}

fn push_trimmed<'a>(
    pieces: &mut Vec<(usize, &'a str)>,
    base: usize,
    text: &'a str,
    start: usize,
    end: usize,
) {
    let piece = &text[start..end];
    // The spaces of a bare string are its own; elsewhere they only separate.
    let lead = piece.len() - piece.trim_start().len();
    let body = if is_bare_string(&piece[lead..]) {
        &piece[lead..]
    } else {
        piece.trim()
    };
    if !(body.is_empty() && start == 0 && end == text.len()) {
        pieces.push((base + start + lead, body));
    }
}

fn is_bare_string(text: &str) -> bool {
    text.starts_with("string:") || text.starts_with("char:")
}

fn starts_typed(text: &str) -> bool {
    type_prefix(text).is_some()
}

/// Commas outside quotes, brackets, braces and parentheses.
fn top_level_commas(text: &str) -> Vec<usize> {
    let mut commas = Vec::new();
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    let mut bare = is_bare_string(text.trim_start());
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' if !bare => quote = Some(c),
                '{' | '[' | '(' | '<' if !bare => depth += 1,
                '}' | ']' | ')' | '>' if !bare => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    commas.push(at);
                    let rest = text[at + 1..].trim_start();
                    bare = is_bare_string(rest) || (bare && !starts_typed(rest));
                }
                _ => {}
            },
        }
    }
    commas
}

/// The type and the value of `type:value`, where `type` is spelled like one.
fn type_prefix(text: &str) -> Option<(&str, &str)> {
    const SCALARS: [&str; 13] = [
        "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char",
        "string",
    ];
    const COMPOUND: [&str; 4] = ["list<", "option<", "tuple<", "result<"];
    let (mut depth, mut colon) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                colon = Some(at);
                break;
            }
            'a'..='z' | '0'..='9' | ',' | ' ' | '_' | '-' => {}
            _ => return None,
        }
    }
    let (ty, value) = text.split_at(colon?);
    let known = SCALARS.contains(&ty) || COMPOUND.iter().any(|start| ty.starts_with(start));
    known.then(|| (ty, &value[1..]))
}

pub(super) fn parse_one(ty: &Type, text: &str) -> Result<Val, String> {
    let wanted = type_name(ty);
    let value = match type_prefix(text) {
        Some((given, value)) => {
            let squeeze = |name: &str| name.replace(' ', "");
            if squeeze(given) != squeeze(&wanted) {
                return Err(format!("it is `{wanted}`, and `{given}` was given"));
            }
            value
        }
        // A string that happens to look like WAVE must be quoted; any other
        // text is taken as it stands.
        None if matches!(ty, Type::String) && text.starts_with('"') => {
            return wave(ty, &wanted, text);
        }
        None => text,
    };
    match ty {
        Type::String => Ok(Val::String(value.to_owned())),
        Type::Char if !value.starts_with('\'') => {
            let mut chars = value.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Val::Char(c)),
                _ => Err(format!("`{value}` is not one character")),
            }
        }
        _ => wave(ty, &wanted, value.trim()),
    }
}

fn wave(ty: &Type, wanted: &str, text: &str) -> Result<Val, String> {
    Val::from_wave(ty, text).map_err(|error| {
        let reason = error.to_string();
        match ty {
            Type::S8
            | Type::U8
            | Type::S16
            | Type::U16
            | Type::S32
            | Type::U32
            | Type::S64
            | Type::U64
                if text.parse::<i128>().is_ok() =>
            {
                format!("`{text}` is out of range for `{wanted}`")
            }
            _ => format!("`{text}` is not a `{wanted}` ({reason})"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|&s| s.to_owned()).collect();
        split(&given)
            .into_iter()
            .map(|(_, s)| s.to_owned())
            .collect()
    }

    #[test]
    fn commas_separate_values_and_not_strings() {
        for (given, expected) in [
            (&["s32:3,s32:4"][..], &["s32:3", "s32:4"][..]),
            (&["s32:3, s32:4"], &["s32:3", "s32:4"]),
            (&["string:a, b"], &["string:a, b"]),
            (&["string:a, b,u8:1"], &["string:a, b", "u8:1"]),
            (&["string:it's, fine,u8:1"], &["string:it's, fine", "u8:1"]),
            (&["1,[2,3],{x: \"a,b\"}"], &["1", "[2,3]", "{x: \"a,b\"}"]),
            (
                &["list<s32>:[1,2],tuple<s8, u8>:(1,2)"],
                &["list<s32>:[1,2]", "tuple<s8, u8>:(1,2)"],
            ),
            (&["string:"], &["string:"]),
            (&[""], &[]),
        ] {
            assert_eq!(pieces(given), expected, "{given:?}");
        }
    }

    #[test]
    fn scalars_in_both_forms() {
        for (ty, text, expected) in [
            (Type::S32, "s32:-3", Val::S32(-3)),
            (Type::S32, "-3", Val::S32(-3)),
            (Type::U64, "u64:18446744073709551615", Val::U64(u64::MAX)),
            (Type::Float64, "f64:2.5", Val::Float64(2.5)),
            (Type::Float64, "f64:1", Val::Float64(1.0)),
            (Type::Bool, "bool:true", Val::Bool(true)),
            (Type::Char, "char:é", Val::Char('é')),
            (Type::Char, "'\\n'", Val::Char('\n')),
            (Type::String, "string:a:b", Val::String("a:b".into())),
            (Type::String, "http://x", Val::String("http://x".into())),
            (Type::String, "\"a\\nb\"", Val::String("a\nb".into())),
        ] {
            assert_eq!(parse_one(&ty, text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (ty, text, expected) in [
            (Type::U8, "u8:256", "`256` is out of range for `u8`"),
            (Type::U8, "-1", "`-1` is out of range for `u8`"),
            (Type::S32, "string:x", "it is `s32`, and `string` was given"),
            (Type::Char, "char:ab", "`ab` is not one character"),
        ] {
            assert_eq!(parse_one(&ty, text).unwrap_err(), expected);
        }
        assert!(parse_one(&Type::Bool, "bool:yes").is_err());
        assert!(parse_one(&Type::S32, "s32:").is_err());
    }
}
