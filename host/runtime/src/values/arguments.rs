//! Arguments from text: the `type:value` form and WAVE, typed by the function,
//! and calls that make the resources it wants.

use miette::NamedSource;
use wasmtime::component::{ResourceType, Type, Val};

use super::example;
use super::mismatch::{Mismatch, shown};
use super::names::Names;
use super::plan::{Argument, Construct};
use super::split::{self, Piece};
use super::{hints, prefix, wave};
use crate::Error;
use crate::exports::ExportedFunction;

/// How deep calls may stand in calls' arguments.
const CALLS: usize = 16;

/// The arguments of `function` from what was typed: each of `given` holds one
/// value, or several separated by commas. `exported` gives all that the
/// component exports; it is asked only where an argument is a resource, which
/// one of those has to make.
///
/// A comma separates where the function still wants a value and what follows
/// can begin one, so `s32:3,s32:4` is two values and `string:a, b` is one.
///
/// # Errors
/// [`Error::Arguments`] with the signature and the part that does not fit.
pub fn plan(
    function: &ExportedFunction,
    exported: &dyn Fn() -> Vec<ExportedFunction>,
    given: &[String],
) -> Result<Vec<Argument>, Error> {
    let reader = Reader {
        names: &function.names,
        exported,
    };
    reader.all(function, given).map_err(|mismatch| {
        let types: Vec<_> = function.ty.params().map(|(_, ty)| ty).collect();
        Error::Arguments {
            message: mismatch.to_string(),
            signature: function.signature(),
            types: function.names.definitions(&types),
            example: example::arguments(function, exported),
            given: NamedSource::new("--args", given.join("\n")),
            at: (!mismatch.span.is_empty()).then(|| mismatch.span.into()),
        }
    })
}

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

struct Reader<'a> {
    names: &'a Names,
    exported: &'a dyn Fn() -> Vec<ExportedFunction>,
}

impl Reader<'_> {
    fn all(
        &self,
        function: &ExportedFunction,
        given: &[String],
    ) -> Result<Vec<Argument>, Mismatch> {
        let mut start = 0;
        let whole: Vec<Piece> = given
            .iter()
            .map(|text| {
                let at = start;
                start += text.len() + 1;
                (at, text.as_str())
            })
            .collect();
        let params = function.ty.params().len();
        // One text for each parameter is one value each, commas and all, as
        // long as that fits.
        if whole.len() == params
            && let Ok(arguments) = self.fill(function, &whole, 0)
        {
            return Ok(arguments);
        }
        let pieces: Vec<_> = whole
            .iter()
            .flat_map(|(at, text)| split::split(text, *at, self.names))
            .collect();
        self.fill(function, &pieces, 0)
    }

    /// One piece for each parameter; options at the end may be left out, as in
    /// a call written in WAVE.
    fn fill(
        &self,
        function: &ExportedFunction,
        pieces: &[Piece],
        depth: usize,
    ) -> Result<Vec<Argument>, Mismatch> {
        let params = function.ty.params();
        let wanted = params.len();
        let left_out = |ty: &Type| matches!(ty, Type::Option(_));
        let enough = function
            .ty
            .params()
            .skip(pieces.len())
            .all(|(_, ty)| left_out(&ty));
        if pieces.len() > wanted || !enough {
            let surplus = pieces.get(wanted);
            let span = surplus.map_or(0..0, |(at, text)| *at..at + text.len());
            let reason = format!(
                "`{}` takes {wanted} argument{}, {} given",
                function.short_name(),
                if wanted == 1 { "" } else { "s" },
                pieces.len()
            );
            return Err(Mismatch::new(span, reason));
        }
        params
            .enumerate()
            .map(|(number, (name, ty))| match pieces.get(number) {
                None => Ok(Argument::Value(Val::Option(None))),
                Some((at, text)) => self.one(&ty, text, depth).map_err(|error| {
                    let error = error.shifted(*at);
                    Mismatch::new(error.span.clone(), format!("argument `{name}`: {error}"))
                }),
            })
            .collect()
    }

    fn one(&self, ty: &Type, text: &str, depth: usize) -> Result<Argument, Mismatch> {
        match ty {
            Type::Own(resource) | Type::Borrow(resource) => {
                self.made(ty, *resource, text, depth).map(Argument::Made)
            }
            _ => value(ty, text, self.names).map(Argument::Value),
        }
    }

    /// `counter(5)`, `counter.zero()` or `make-counter("x")`.
    fn made(
        &self,
        ty: &Type,
        resource: ResourceType,
        text: &str,
        depth: usize,
    ) -> Result<Construct, Mismatch> {
        let whole = 0..text.len();
        if depth >= CALLS {
            let reason = format!("calls are nested more than {CALLS} deep");
            return Err(Mismatch::new(whole, reason));
        }
        let body = match prefix::split(text) {
            Some((given, value)) if prefix::spells(given, ty, self.names) => value,
            _ => text,
        };
        let body = body.trim();
        let start = text.rfind(body).unwrap_or(0);
        let makers: Vec<_> = (self.exported)()
            .into_iter()
            .filter(|function| function.makes(resource))
            .collect();
        let advice = || {
            let name = self.names.spell(&Type::Own(resource));
            let calls: Vec<_> = makers
                .iter()
                .take(6)
                .map(|maker| format!("`{}`", example::call(maker)))
                .collect();
            if calls.is_empty() {
                format!("nothing this component exports makes a `{name}`")
            } else {
                format!("a `{name}` is made by a call: {}", calls.join(", "))
            }
        };
        let call = body
            .strip_suffix(')')
            .and_then(|call| call.split_once('('))
            .filter(|(callee, _)| !callee.is_empty());
        let Some((callee, inner)) = call else {
            let reason = format!("`{}` is not a resource; {}", shown(text), advice());
            return Err(Mismatch::new(whole, reason));
        };
        let callee = callee.trim();
        let mut matching = makers.iter().filter(|maker| maker.is_called(callee));
        let (Some(maker), None) = (matching.next(), matching.next()) else {
            let reason = format!("no one function `{}` makes it; {}", shown(callee), advice());
            return Err(Mismatch::new(whole, reason));
        };
        let inner_start = start + body.find('(').unwrap_or(0) + 1;
        let pieces = split::split(inner, inner_start, self.names);
        Ok(Construct {
            arguments: self.fill(maker, &pieces, depth + 1)?,
            function: maker.clone(),
            lent: matches!(ty, Type::Borrow(_)),
        })
    }
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
