//! WAVE, typed by the function.
//!
//! The text is parsed by `wasm-wave`, which bounds its depth. The value is made
//! here and not by `Val::from_wave`: that one ignores fields a record does not
//! have, knows neither maps nor lists of fixed length, and cannot say which part
//! of a value does not fit.

use std::str::FromStr;

use wasmtime::component::types::{Record, Variant};
use wasmtime::component::wasm_wave::ast::{Node, NodeType};
use wasmtime::component::wasm_wave::untyped::UntypedValue;
use wasmtime::component::{Type, Val};

use super::hints;
use super::mismatch::{Mismatch, shown};
use super::names::Names;

/// The value that `text` writes.
pub(super) fn parse(ty: &Type, text: &str, names: &Names) -> Result<Val, Mismatch> {
    let reader = Reader { text, names };
    let parsed = UntypedValue::parse(text)
        .map_err(|error| reader.syntax(ty, &error).hint(hints::of(ty, text)))?;
    reader
        .value(ty, parsed.node())
        .map_err(|error| error.hint(hints::of(ty, text)))
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
}

type Made = Result<Val, Mismatch>;

impl Reader<'_> {
    fn value(&self, ty: &Type, node: &Node) -> Made {
        Ok(match ty {
            Type::Bool => Val::Bool(node.as_bool().map_err(|_| self.other(ty, node))?),
            Type::S8 => Val::S8(self.integer(ty, node)?),
            Type::U8 => Val::U8(self.integer(ty, node)?),
            Type::S16 => Val::S16(self.integer(ty, node)?),
            Type::U16 => Val::U16(self.integer(ty, node)?),
            Type::S32 => Val::S32(self.integer(ty, node)?),
            Type::U32 => Val::U32(self.integer(ty, node)?),
            Type::S64 => Val::S64(self.integer(ty, node)?),
            Type::U64 => Val::U64(self.integer(ty, node)?),
            Type::Float32 => Val::Float32(self.float(ty, node, f32::is_infinite)?),
            Type::Float64 => Val::Float64(self.float(ty, node, f64::is_infinite)?),
            Type::Char => Val::Char(node.as_char(self.text).map_err(|_| self.other(ty, node))?),
            Type::String => {
                let text = node.as_str(self.text);
                Val::String(text.map_err(|_| self.other(ty, node))?.into_owned())
            }
            Type::List(list) => Val::List(self.elements(ty, &list.ty(), node)?),
            Type::FixedLengthList(list) => {
                let items = self.elements(ty, &list.ty(), node)?;
                if u32::try_from(items.len()) != Ok(list.len()) {
                    return Err(self.count(ty, node, items.len()));
                }
                Val::FixedLengthList(items)
            }
            Type::Map(map) => self.map(ty, &map.key(), &map.value(), node)?,
            Type::Tuple(tuple) => {
                let items = node.as_tuple().map_err(|_| self.other(ty, node))?;
                if items.len() != tuple.types().len() {
                    return Err(self.count(ty, node, items.len()));
                }
                Val::Tuple(self.each(tuple.types(), items, |at| format!(".{at}"))?)
            }
            Type::Record(record) => self.record(ty, record, node)?,
            Type::Variant(variant) => self.variant(ty, variant, node)?,
            Type::Enum(names) => {
                let case = match self.case(node) {
                    Some((case, None)) => case,
                    _ => return Err(self.other(ty, node)),
                };
                let case = self.known(names.names(), case, "case", node.span())?;
                Val::Enum(case.to_owned())
            }
            Type::Flags(flags) => self.flags(ty, &flags.names().collect::<Vec<_>>(), node)?,
            Type::Option(option) => self.option(ty, &option.ty(), node)?,
            Type::Result(result) => self.result(ty, result.ok(), result.err(), node)?,
            Type::Own(_) | Type::Borrow(_) => {
                let reason = format!(
                    "a `{}` is made by a call, as an argument of its own",
                    self.names.spell(ty)
                );
                return Err(Mismatch::new(node.span(), reason));
            }
            Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
                let reason = format!("a `{}` cannot be written down", self.names.spell(ty));
                return Err(Mismatch::new(node.span(), reason));
            }
        })
    }

    fn integer<T: FromStr>(&self, ty: &Type, node: &Node) -> Result<T, Mismatch> {
        node.as_number(self.text).map_err(|_| {
            let text = self.slice(node);
            let digits = text.strip_prefix('-').unwrap_or(text);
            if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
                self.out_of_range(ty, node)
            } else {
                self.other(ty, node)
            }
        })
    }

    fn float<T: FromStr + Copy>(
        &self,
        ty: &Type,
        node: &Node,
        infinite: fn(T) -> bool,
    ) -> Result<T, Mismatch> {
        let value: T = node
            .as_number(self.text)
            .map_err(|_| self.other(ty, node))?;
        // A literal too large is read as infinite; only `inf` means that.
        if infinite(value) && !self.slice(node).ends_with("inf") {
            return Err(self.out_of_range(ty, node));
        }
        Ok(value)
    }

    fn elements(&self, ty: &Type, element: &Type, node: &Node) -> Result<Vec<Val>, Mismatch> {
        let items = node.as_list().map_err(|_| self.other(ty, node))?;
        let types = std::iter::repeat_with(|| element.clone());
        self.each(types, items, |at| format!("[{at}]"))
    }

    fn each<'n>(
        &self,
        types: impl Iterator<Item = Type>,
        nodes: impl Iterator<Item = &'n Node>,
        part: fn(usize) -> String,
    ) -> Result<Vec<Val>, Mismatch> {
        nodes
            .zip(types)
            .enumerate()
            .map(|(at, (node, ty))| {
                self.value(&ty, node)
                    .map_err(|error| error.inside(&part(at)))
            })
            .collect()
    }

    /// A list of pairs: WAVE has no form of its own for maps.
    fn map(&self, ty: &Type, key: &Type, value: &Type, node: &Node) -> Made {
        let items = node.as_list().map_err(|_| self.other(ty, node))?;
        let pair = |node: &Node| {
            let parts: Vec<_> = node.as_tuple().ok()?.collect();
            <[&Node; 2]>::try_from(parts)
                .ok()
                .map(|[a, b]| (a.clone(), b.clone()))
        };
        let entries = items.enumerate().map(|(at, node)| {
            let inside = |error: Mismatch| error.inside(&format!("[{at}]"));
            let (a, b) = pair(node).ok_or_else(|| {
                let reason = format!("`{}` is not a pair `(key, value)`", shown(self.slice(node)));
                inside(Mismatch::new(node.span(), reason))
            })?;
            let key = self.value(key, &a).map_err(inside)?;
            Ok((key, self.value(value, &b).map_err(inside)?))
        });
        Ok(Val::Map(entries.collect::<Result<_, _>>()?))
    }

    fn record(&self, ty: &Type, record: &Record, node: &Node) -> Made {
        let given: Vec<_> = node
            .as_record(self.text)
            .map_err(|_| self.other(ty, node))?
            .collect();
        for (name, value) in &given {
            let at = self.label_before(name, value.span().start);
            self.known(record.fields().map(|field| field.name), name, "field", at)?;
        }
        let fields = record.fields().map(|field| {
            let given = given.iter().find(|(name, _)| *name == field.name);
            let value = match (given, &field.ty) {
                (Some((_, node)), ty) => self
                    .value(ty, node)
                    .map_err(|error| error.inside(&format!(".{}", field.name)))?,
                (None, Type::Option(_)) => Val::Option(None),
                (None, ty) => {
                    let reason = format!(
                        "the field `{}: {}` is missing",
                        field.name,
                        self.names.spell(ty)
                    );
                    return Err(Mismatch::new(node.span(), reason));
                }
            };
            Ok((field.name.to_owned(), value))
        });
        Ok(Val::Record(fields.collect::<Result<_, _>>()?))
    }

    fn variant(&self, ty: &Type, variant: &Variant, node: &Node) -> Made {
        let (given, payload) = self.case(node).ok_or_else(|| self.other(ty, node))?;
        let cases = variant.cases().map(|case| case.name);
        let name = self.known(cases, given, "case", node.span())?;
        let wanted = variant
            .cases()
            .find(|case| case.name == name)
            .and_then(|case| case.ty);
        let payload = self.payload(name, wanted, payload, node)?;
        Ok(Val::Variant(name.to_owned(), payload))
    }

    /// The case of a variant or an enum. Those called as WAVE's own words may be
    /// written bare, as `ok(1)` or `true`: the type says that they are cases.
    fn case<'n>(&'n self, node: &'n Node) -> Option<(&'n str, Option<&'n Node>)> {
        match node.ty() {
            NodeType::BoolTrue | NodeType::BoolFalse => Some((self.slice(node), None)),
            NodeType::Number => {
                Some((self.slice(node), None)).filter(|(word, _)| matches!(*word, "inf" | "nan"))
            }
            NodeType::OptionSome => Some(("some", node.as_option().ok()?)),
            NodeType::OptionNone => Some(("none", None)),
            NodeType::ResultOk => Some(("ok", node.as_result().ok()?.ok()?)),
            NodeType::ResultErr => Some(("err", node.as_result().ok()?.err()?)),
            _ => node.as_variant(self.text).ok(),
        }
    }

    fn flags(&self, ty: &Type, known: &[&str], node: &Node) -> Made {
        let given = node.as_flags(self.text).map_err(|_| self.other(ty, node))?;
        let mut set = Vec::new();
        for name in given {
            let name = name.trim_start_matches('%');
            set.push(self.known(known.iter().copied(), name, "flag", node.span())?);
        }
        // In the order of the type, as they come out again.
        let names = known.iter().filter(|name| set.contains(*name));
        Ok(Val::Flags(names.map(|&name| name.to_owned()).collect()))
    }

    fn option(&self, ty: &Type, inner: &Type, node: &Node) -> Made {
        Ok(Val::Option(match node.ty() {
            NodeType::OptionNone => None,
            NodeType::OptionSome => {
                let payload = node.as_option().ok().flatten();
                self.payload("some", Some(inner.clone()), payload, node)?
            }
            _ if is_nested(inner) => return Err(self.other(ty, node)),
            _ => Some(Box::new(self.value(inner, node)?)),
        }))
    }

    fn result(&self, ty: &Type, ok: Option<Type>, err: Option<Type>, node: &Node) -> Made {
        let given = node.as_result();
        Ok(Val::Result(match (given, ok) {
            (Ok(Ok(payload)), ok) => Ok(self.payload("ok", ok, payload, node)?),
            (Ok(Err(payload)), _) => Err(self.payload("err", err, payload, node)?),
            // WAVE lets `ok` be left out where nothing is ambiguous.
            (Err(_), Some(ok)) if !is_nested(&ok) => Ok(Some(Box::new(self.value(&ok, node)?))),
            (Err(_), _) => return Err(self.other(ty, node)),
        }))
    }

    fn payload(
        &self,
        case: &str,
        ty: Option<Type>,
        payload: Option<&Node>,
        node: &Node,
    ) -> Result<Option<Box<Val>>, Mismatch> {
        match (ty, payload) {
            (None, None) => Ok(None),
            (Some(ty), Some(payload)) => self
                .value(&ty, payload)
                .map(|value| Some(Box::new(value)))
                .map_err(|error| error.inside(&format!(".{case}"))),
            (Some(ty), None) => Err(Mismatch::new(
                node.span(),
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
