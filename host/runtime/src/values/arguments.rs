//! Arguments from text: the `type:value` form and WAVE, typed by the function,
//! and calls that make the resources it wants.

use miette::NamedSource;
use wasmtime::component::{ResourceType, Type, Val};

use super::example;
use super::holes;
use super::mismatch::{Mismatch, shown};
use super::names::Names;
use super::plan::{Argument, Around, Construct};
use super::prefix;
use super::split::{self, Piece};
use super::value::value;
use super::wave;
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
            _ => {
                let resources = holes::resources(ty);
                if resources.is_empty() {
                    return value(ty, text, self.names).map(Argument::Value);
                }
                self.around(ty, &resources, text, depth)
            }
        }
    }

    /// A value with resources in it, which calls make: `[counter(5)]`.
    fn around(
        &self,
        ty: &Type,
        resources: &[ResourceType],
        text: &str,
        depth: usize,
    ) -> Result<Argument, Mismatch> {
        let body = match prefix::split(text) {
            Some((given, value)) if prefix::spells(given, ty, self.names) => value,
            _ => text,
        };
        let body = body.trim();
        let start = text.rfind(body).unwrap_or(0);
        let makers: Vec<_> = (self.exported)()
            .into_iter()
            .filter(|function| resources.iter().any(|resource| function.makes(*resource)))
            .collect();
        let is_callee = |callee: &str| makers.iter().any(|maker| maker.is_called(callee));
        let (calls, words) = holes::find(body, &is_callee);
        let mut value =
            wave::parse_around(ty, body, &words, &calls, self.names).map_err(|error| {
                let calls = example::makers(&makers);
                let hint = calls.map(|calls| format!("a call makes one: {calls}"));
                error.hint(hint).shifted(start)
            })?;
        let mut made = Vec::new();
        holes::each(ty, &mut value, &mut |ty, place| {
            let (Type::Own(resource) | Type::Borrow(resource), Val::U32(call)) = (ty, &*place)
            else {
                return Ok(());
            };
            let call = calls[*call as usize].clone();
            let construct = self
                .made(ty, *resource, &body[call.clone()], depth)
                .map_err(|error| error.shifted(start + call.start))?;
            *place = Val::U32(made.len() as u32);
            made.push(construct);
            Ok(())
        })?;
        Ok(if made.is_empty() {
            Argument::Value(value)
        } else {
            Argument::Around(Around {
                ty: ty.clone(),
                value,
                made,
            })
        })
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
            match example::makers(&makers) {
                None => format!("nothing this component exports makes a `{name}`"),
                Some(calls) => format!("a `{name}` is made by a call: {calls}"),
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
