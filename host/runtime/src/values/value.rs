//! One value from text, in any of its forms.

use wasmtime::component::{Type, Val};

use super::mismatch::{Mismatch, shown};
use super::names::Names;
use super::{hints, prefix, wave};

/// One value of a type, e.g. what a test expects of a result.
pub(super) fn value(ty: &Type, text: &str, names: &Names) -> Result<Val, Mismatch> {
    let (text, lead) = match prefix::split(text) {
        Some((given, value)) if is_prefix(given, ty, names) => {
            if !prefix::spells(given, ty, names) {
                return Err(other_type(given, ty, names));
            }
            (value, given.len() + 1)
        }
        // A string that happens to look like WAVE must be quoted; any other
        // text is taken as it stands.
        _ if matches!(ty, Type::String) && text.starts_with('"') => {
            return wave::parse(ty, text, names)
                .map_err(|error| error.hint(Some("`string:` in front takes it as it stands")));
        }
        _ => (text, 0),
    };
    match ty {
        Type::String => Ok(Val::String(text.to_owned())),
        Type::Char if !text.starts_with('\'') => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Val::Char(c)),
                _ => Err(Mismatch::new(
                    lead..lead + text.len(),
                    format!("`{}` is not one character", shown(text)),
                )
                .hint(hints::of(ty, text))),
            }
        }
        _ => {
            let body = text.trim();
            let lead = lead + (text.len() - text.trim_start().len());
            wave::parse(ty, body, names).map_err(|error| error.shifted(lead))
        }
    }
}

/// Whether what stands in front of a colon is meant as a type. In a string
/// parameter only WIT's own types are: `http://x` is a text, whatever the
/// component calls its types.
fn is_prefix(given: &str, ty: &Type, names: &Names) -> bool {
    match ty {
        Type::String | Type::Char => prefix::is_built_in(given),
        _ => prefix::is_built_in(given) || names.knows(given) || is_label(given),
    }
}

fn is_label(text: &str) -> bool {
    let first = text.trim_start_matches('%').chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic()) && !text.contains(['<', ' ', ','])
}

fn other_type(given: &str, ty: &Type, names: &Names) -> Mismatch {
    let wanted = names.spell(ty);
    let span = 0..given.len();
    if prefix::is_built_in(given) || names.knows(given) {
        let reason = format!("it is `{wanted}`, and `{}` was given", shown(given));
        return Mismatch::new(span, reason);
    }
    let near = run_files::nearest::nearest(given, names.all())
        .map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
    let reason = format!("it is `{wanted}`, and there is no type `{given}`{near}");
    Mismatch::new(span, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(ty: &Type, text: &str) -> Result<Val, String> {
        value(ty, text, &Names::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn scalars_in_both_forms() {
        for (ty, text, expected) in [
            (Type::S32, "s32:-3", Val::S32(-3)),
            (Type::S32, "-3", Val::S32(-3)),
            (Type::U64, "u64:18446744073709551615", Val::U64(u64::MAX)),
            (Type::Float64, "f64:2.5", Val::Float64(2.5)),
            (Type::Float64, "float64:1", Val::Float64(1.0)),
            (Type::Float64, "-inf", Val::Float64(f64::NEG_INFINITY)),
            (Type::Bool, "bool: true", Val::Bool(true)),
            (Type::Char, "char:é", Val::Char('é')),
            (Type::Char, "'\\n'", Val::Char('\n')),
            (Type::Char, ":", Val::Char(':')),
            (Type::String, "string:a:b", Val::String("a:b".into())),
            (Type::String, "http://x", Val::String("http://x".into())),
            (Type::String, "\"a\\nb\"", Val::String("a\nb".into())),
        ] {
            assert_eq!(parse(&ty, text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (ty, text, expected) in [
            (Type::U8, "u8:256", "`256` is out of range for `u8`"),
            (Type::U8, "-1", "`-1` is out of range for `u8`"),
            (Type::Float32, "1e99", "`1e99` is out of range for `f32`"),
            (Type::S32, "string:x", "it is `s32`, and `string` was given"),
            (
                Type::S32,
                "int:x",
                "it is `s32`, and there is no type `int`",
            ),
            (Type::Char, "char:ab", "`ab` is not one character"),
            (
                Type::S32,
                "1 2",
                "nothing may follow the value, and `2` does",
            ),
            (Type::Bool, "True", "`True` is not a `bool`; write `true`"),
        ] {
            assert_eq!(parse(&ty, text).unwrap_err(), expected);
        }
        for text in ["bool:yes", "bool:", ""] {
            assert!(parse(&Type::Bool, text).is_err(), "{text}");
        }
    }

    #[test]
    fn hostile_depth_is_an_error() {
        for open in ["[", "(", "{x:", "some(", "ok(", "a(", "list<"] {
            assert!(parse(&Type::S32, &open.repeat(100_000)).is_err(), "{open}");
        }
    }
}
