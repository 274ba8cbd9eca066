//! What was probably meant by a text that is not WAVE.

use wasmtime::component::Type;

/// A remark for the usual slips: JSON, other languages' spellings.
pub(super) fn of(ty: &Type, text: &str) -> Option<&'static str> {
    let text = text.trim();
    let opens = |open: char| {
        let mut rest = text.chars().filter(|c| !c.is_whitespace());
        rest.any(|c| c == open) && text.contains('"')
    };
    Some(match text {
        "null" | "nil" | "None" | "undefined" => "an option without a value is `none`",
        "True" | "TRUE" => "write `true`",
        "False" | "FALSE" => "write `false`",
        "NaN" | "NAN" => "write `nan`",
        "Infinity" | "+inf" | "Inf" => "write `inf`",
        "-Infinity" | "-Inf" => "write `-inf`",
        _ if text.starts_with("0x") || text.starts_with("0X") => "numbers are decimal",
        _ if text.starts_with('+') => "write positive numbers without `+`",
        _ if has_quoted_key(text) => "field names stand without quotes: `{name: \"x\"}`",
        _ if opens('{') && text.contains("null") => "an option without a value is `none`",
        _ => return by_type(ty, text),
    })
}

fn by_type(ty: &Type, text: &str) -> Option<&'static str> {
    Some(match ty {
        Type::Tuple(_) if text.starts_with('[') => "a tuple is written `(1, 2)`",
        Type::List(_) if text.starts_with('(') => "a list is written `[1, 2]`",
        Type::Flags(_) if text.starts_with('[') => "flags are written `{a, b}`",
        Type::Flags(_) if !text.starts_with('{') => "flags are written `{a, b}`",
        Type::Enum(_) if text.starts_with('"') => "a case stands without quotes",
        Type::Variant(_) if text.starts_with('{') => "a case is written `name` or `name(value)`",
        Type::Result(_) if text.starts_with('{') => {
            "a result is written `ok`, `ok(value)`, `err` or `err(value)`"
        }
        Type::String if text.starts_with('\'') => "strings are in double quotes",
        Type::Char if text.starts_with('"') => "a character is in single quotes",
        Type::Record(_) if text == "{}" => "a record without fields is written `{:}`",
        Type::Record(_) if text.contains('_') => "names are written with `-`",
        Type::List(_) if text.contains('\'') => "strings are in double quotes",
        _ => return None,
    })
}

/// `{"key":` as JSON has it, outside strings.
fn has_quoted_key(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !c.is_whitespace()).peekable();
    let mut quoted = false;
    let mut after_open = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' if !quoted && after_open => return true,
            '"' => {
                quoted = !quoted;
                if !quoted && chars.peek() == Some(&':') {
                    return true;
                }
            }
            _ => {}
        }
        after_open = !quoted && c == '{';
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_wave() {
        for (text, expected) in [
            (r#"{"x": 1}"#, true),
            (r#"{x: 1, "y": 2}"#, true),
            (r#"[{ "x" : 1}]"#, true),
            (r#"{x: "a{\"b"}"#, false),
            (r#"{x: "{"}"#, false),
            (r#"["a", "b"]"#, false),
        ] {
            assert_eq!(has_quoted_key(text), expected, "{text}");
        }
    }

    #[test]
    fn slips_of_scalars() {
        assert_eq!(of(&Type::Bool, "True"), Some("write `true`"));
        assert_eq!(of(&Type::S32, "0x10"), Some("numbers are decimal"));
        assert_eq!(of(&Type::S32, "abc"), None);
    }
}
