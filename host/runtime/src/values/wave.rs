//! WAVE, typed by the function.
//!
//! The text is parsed by `wasm-wave`, which bounds its depth. The value is made
//! here and not by `Val::from_wave`: that one ignores fields a record does not
//! have, knows neither maps nor lists of fixed length, and cannot say which part
//! of a value does not fit.

use std::ops::Range;
use std::str::FromStr;

use wasmtime::component::types::{Record, Variant};
use wasmtime::component::{Type, Val};

use super::hints;
use super::mismatch::{Mismatch, shown};
use super::names::Names;
use super::tree::{self, Form, Tree};

/// The value that `text` writes.
pub(super) fn parse(ty: &Type, text: &str, names: &Names) -> Result<Val, Mismatch> {
    parse_around(ty, text, text, &[], names)
}

/// The same, where calls that make resources are at these places. `words` is
/// the text with a word in each; the value has the number of the call.
pub(super) fn parse_around(
    ty: &Type,
    text: &str,
    words: &str,
    calls: &[Range<usize>],
    names: &Names,
) -> Result<Val, Mismatch> {
    let reader = Reader { text, calls, names };
    let parsed =
        tree::parse(words).map_err(|error| reader.syntax(ty, &error).hint(hints::of(ty, text)))?;
    reader
        .value(ty, &parsed)
        .map_err(|error| error.hint(hints::of(ty, text)))
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    calls: &'a [Range<usize>],
    pub(super) names: &'a Names,
}

type Made = Result<Val, Mismatch>;

impl Reader<'_> {
    fn value(&self, ty: &Type, tree: &Tree) -> Made {
        Ok(match ty {
            Type::Bool => Val::Bool(tree.as_bool().map_err(|_| self.other(ty, tree))?),
            Type::S8 => Val::S8(self.integer(ty, tree)?),
            Type::U8 => Val::U8(self.integer(ty, tree)?),
            Type::S16 => Val::S16(self.integer(ty, tree)?),
            Type::U16 => Val::U16(self.integer(ty, tree)?),
            Type::S32 => Val::S32(self.integer(ty, tree)?),
            Type::U32 => Val::U32(self.integer(ty, tree)?),
            Type::S64 => Val::S64(self.integer(ty, tree)?),
            Type::U64 => Val::U64(self.integer(ty, tree)?),
            Type::Float32 => Val::Float32(self.float(ty, tree, f32::is_infinite)?),
            Type::Float64 => Val::Float64(self.float(ty, tree, f64::is_infinite)?),
            Type::Char => Val::Char(tree.as_char(self.text).map_err(|_| self.other(ty, tree))?),
            Type::String => {
                let text = tree.as_str(self.text);
                Val::String(text.map_err(|_| self.other(ty, tree))?.into_owned())
            }
            Type::List(list) => Val::List(self.elements(ty, &list.ty(), tree)?),
            Type::FixedLengthList(list) => {
                let items = self.elements(ty, &list.ty(), tree)?;
                if u32::try_from(items.len()) != Ok(list.len()) {
                    return Err(self.count(ty, tree, items.len()));
                }
                Val::FixedLengthList(items)
            }
            Type::Map(map) => self.map(ty, &map.key(), &map.value(), tree)?,
            Type::Tuple(tuple) => {
                let items = tree.as_tuple().map_err(|_| self.other(ty, tree))?;
                if items.len() != tuple.types().len() {
                    return Err(self.count(ty, tree, items.len()));
                }
                Val::Tuple(self.each(tuple.types(), items, |at| format!(".{at}"))?)
            }
            Type::Record(record) => self.record(ty, record, tree)?,
            Type::Variant(variant) => self.variant(ty, variant, tree)?,
            Type::Enum(names) => {
                let case = match self.case(tree) {
                    Some((case, None)) => case,
                    _ => return Err(self.other(ty, tree)),
                };
                let case = self.known(names.names(), case, "case", tree.span())?;
                Val::Enum(case.to_owned())
            }
            Type::Flags(flags) => self.flags(ty, &flags.names().collect::<Vec<_>>(), tree)?,
            Type::Option(option) => self.option(ty, &option.ty(), tree)?,
            Type::Result(result) => self.result(ty, result.ok(), result.err(), tree)?,
            Type::Own(_) | Type::Borrow(_) => {
                let call = self.calls.iter().position(|call| *call == tree.span());
                match call.and_then(|call| u32::try_from(call).ok()) {
                    Some(call) => Val::U32(call),
                    None => return Err(self.no_call(tree)),
                }
            }
            Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
                let reason = format!("a `{}` cannot be written down", self.names.spell(ty));
                return Err(Mismatch::new(tree.span(), reason));
            }
        })
    }

    fn integer<T: FromStr>(&self, ty: &Type, tree: &Tree) -> Result<T, Mismatch> {
        tree.as_number(self.text).map_err(|_| {
            let text = self.slice(tree);
            let digits = text.strip_prefix('-').unwrap_or(text);
            if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
                self.out_of_range(ty, tree)
            } else {
                self.other(ty, tree)
            }
        })
    }

    fn float<T: FromStr + Copy>(
        &self,
        ty: &Type,
        tree: &Tree,
        infinite: fn(T) -> bool,
    ) -> Result<T, Mismatch> {
        let value: T = tree
            .as_number(self.text)
            .map_err(|_| self.other(ty, tree))?;
        // A literal too large is read as infinite; only `inf` means that.
        if infinite(value) && !self.slice(tree).ends_with("inf") {
            return Err(self.out_of_range(ty, tree));
        }
        Ok(value)
    }

    fn elements(&self, ty: &Type, element: &Type, tree: &Tree) -> Result<Vec<Val>, Mismatch> {
        let items = tree.as_list().map_err(|_| self.other(ty, tree))?;
        let types = std::iter::repeat_with(|| element.clone());
        self.each(types, items, |at| format!("[{at}]"))
    }

    fn each<'n>(
        &self,
        types: impl Iterator<Item = Type>,
        trees: impl Iterator<Item = &'n Tree>,
        part: fn(usize) -> String,
    ) -> Result<Vec<Val>, Mismatch> {
        trees
            .zip(types)
            .enumerate()
            .map(|(at, (tree, ty))| {
                self.value(&ty, tree)
                    .map_err(|error| error.inside(&part(at)))
            })
            .collect()
    }

    /// A list of pairs: WAVE has no form of its own for maps.
    fn map(&self, ty: &Type, key: &Type, value: &Type, tree: &Tree) -> Made {
        let items = tree.as_list().map_err(|_| self.other(ty, tree))?;
        let pair = |tree: &Tree| {
            let parts: Vec<_> = tree.as_tuple().ok()?.collect();
            <[&Tree; 2]>::try_from(parts)
                .ok()
                .map(|[a, b]| (a.clone(), b.clone()))
        };
        let entries = items.enumerate().map(|(at, tree)| {
            let inside = |error: Mismatch| error.inside(&format!("[{at}]"));
            let (a, b) = pair(tree).ok_or_else(|| {
                let reason = format!("`{}` is not a pair `(key, value)`", shown(self.slice(tree)));
                inside(Mismatch::new(tree.span(), reason))
            })?;
            let key = self.value(key, &a).map_err(inside)?;
            Ok((key, self.value(value, &b).map_err(inside)?))
        });
        Ok(Val::Map(entries.collect::<Result<_, _>>()?))
    }

    fn record(&self, ty: &Type, record: &Record, tree: &Tree) -> Made {
        let given: Vec<_> = tree
            .as_record(self.text)
            .map_err(|_| self.other(ty, tree))?
            .collect();
        for (name, value) in &given {
            let at = self.label_before(name, value.span().start);
            self.known(record.fields().map(|field| field.name), name, "field", at)?;
        }
        let fields = record.fields().map(|field| {
            let given = given.iter().find(|(name, _)| *name == field.name);
            let value = match (given, &field.ty) {
                (Some((_, tree)), ty) => self
                    .value(ty, tree)
                    .map_err(|error| error.inside(&format!(".{}", field.name)))?,
                (None, Type::Option(_)) => Val::Option(None),
                (None, ty) => {
                    let reason = format!(
                        "the field `{}: {}` is missing",
                        field.name,
                        self.names.spell(ty)
                    );
                    return Err(Mismatch::new(tree.span(), reason));
                }
            };
            Ok((field.name.to_owned(), value))
        });
        Ok(Val::Record(fields.collect::<Result<_, _>>()?))
    }

    fn variant(&self, ty: &Type, variant: &Variant, tree: &Tree) -> Made {
        let (given, payload) = self.case(tree).ok_or_else(|| self.other(ty, tree))?;
        let cases = variant.cases().map(|case| case.name);
        let name = self.known(cases, given, "case", tree.span())?;
        let wanted = variant
            .cases()
            .find(|case| case.name == name)
            .and_then(|case| case.ty);
        let payload = self.payload(name, wanted, payload, tree)?;
        Ok(Val::Variant(name.to_owned(), payload))
    }

    /// The case of a variant or an enum. Those called as WAVE's own words may be
    /// written bare, as `ok(1)` or `true`: the type says that they are cases.
    fn case<'n>(&'n self, tree: &'n Tree) -> Option<(&'n str, Option<&'n Tree>)> {
        match tree.ty() {
            Form::BoolTrue | Form::BoolFalse => Some((self.slice(tree), None)),
            Form::Number => {
                Some((self.slice(tree), None)).filter(|(word, _)| matches!(*word, "inf" | "nan"))
            }
            Form::OptionSome => Some(("some", tree.as_option().ok()?)),
            Form::OptionNone => Some(("none", None)),
            Form::ResultOk => Some(("ok", tree.as_result().ok()?.ok()?)),
            Form::ResultErr => Some(("err", tree.as_result().ok()?.err()?)),
            _ => tree.as_variant(self.text).ok(),
        }
    }

    fn flags(&self, ty: &Type, known: &[&str], tree: &Tree) -> Made {
        let given = tree.as_flags(self.text).map_err(|_| self.other(ty, tree))?;
        let mut set = Vec::new();
        for name in given {
            let name = name.trim_start_matches('%');
            set.push(self.known(known.iter().copied(), name, "flag", tree.span())?);
        }
        // In the order of the type, as they come out again.
        let names = known.iter().filter(|name| set.contains(*name));
        Ok(Val::Flags(names.map(|&name| name.to_owned()).collect()))
    }

    fn option(&self, ty: &Type, inner: &Type, tree: &Tree) -> Made {
        Ok(Val::Option(match tree.ty() {
            Form::OptionNone => None,
            Form::OptionSome => {
                let payload = tree.as_option().ok().flatten();
                self.payload("some", Some(inner.clone()), payload, tree)?
            }
            _ if is_nested(inner) => return Err(self.other(ty, tree)),
            _ => Some(Box::new(self.value(inner, tree)?)),
        }))
    }

    fn result(&self, ty: &Type, ok: Option<Type>, err: Option<Type>, tree: &Tree) -> Made {
        let given = tree.as_result();
        Ok(Val::Result(match (given, ok) {
            (Ok(Ok(payload)), ok) => Ok(self.payload("ok", ok, payload, tree)?),
            (Ok(Err(payload)), _) => Err(self.payload("err", err, payload, tree)?),
            // WAVE lets `ok` be left out where nothing is ambiguous.
            (Err(_), Some(ok)) if !is_nested(&ok) => Ok(Some(Box::new(self.value(&ok, tree)?))),
            (Err(_), _) => return Err(self.other(ty, tree)),
        }))
    }

    fn payload(
        &self,
        case: &str,
        ty: Option<Type>,
        payload: Option<&Tree>,
        tree: &Tree,
    ) -> Result<Option<Box<Val>>, Mismatch> {
        match (ty, payload) {
            (None, None) => Ok(None),
            (Some(ty), Some(payload)) => self
                .value(&ty, payload)
                .map(|value| Some(Box::new(value)))
                .map_err(|error| error.inside(&format!(".{case}"))),
            (Some(ty), None) => Err(Mismatch::new(
                tree.span(),
                format!(
                    "`{case}` needs a value: `{case}({})`",
                    self.names.spell(&ty)
                ),
            )),
            (None, Some(payload)) => Err(Mismatch::new(
                payload.span(),
                format!("`{case}` takes no value"),
            )),
        }
    }
}

fn is_nested(ty: &Type) -> bool {
    matches!(ty, Type::Option(_) | Type::Result(_))
}
