//! What is said of a text that is not the WAVE it should be.

use std::ops::Range;

use run_files::nearest::nearest;
use wasmtime::component::Type;
use wasmtime::component::wasm_wave::parser::{ParserError, ParserErrorKind};

use super::hints;
use super::mismatch::{Mismatch, shown};
use super::tree::Tree;
use super::wave::Reader;

impl Reader<'_> {
    /// `given` where it is one of `names`.
    pub(super) fn known<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
        given: &str,
        what: &str,
        span: Range<usize>,
    ) -> Result<&'n str, Mismatch> {
        let names: Vec<_> = names.collect();
        if let Some(name) = names.iter().find(|name| **name == given) {
            return Ok(name);
        }
        let hint = nearest(given, names.iter().copied())
            .map(|name| format!("did you mean `{name}`?"))
            .unwrap_or_else(|| {
                let first = names.iter().take(12);
                let list: Vec<_> = first.map(|name| format!("`{name}`")).collect();
                format!("there is {}", list.join(", "))
            });
        let reason = format!("there is no {what} `{}`", shown(given));
        Err(Mismatch::new(span, reason).hint(Some(hint)))
    }

    /// What stands where a resource must be and no call that makes one.
    pub(super) fn no_call(&self, tree: &Tree) -> Mismatch {
        let reason = format!("`{}` is not a resource", shown(self.slice(tree)));
        Mismatch::new(tree.span(), reason)
    }

    /// The span of a field's name, which ends before its colon.
    pub(super) fn label_before(&self, name: &str, value: usize) -> Range<usize> {
        match self.text.get(..value).and_then(|text| text.rfind(name)) {
            Some(start) => start..start + name.len(),
            None => value..value,
        }
    }

    pub(super) fn slice(&self, tree: &Tree) -> &str {
        self.text.get(tree.span()).unwrap_or_default()
    }

    pub(super) fn other(&self, ty: &Type, tree: &Tree) -> Mismatch {
        not_a(self.slice(tree), &self.names.spell(ty), tree.span())
    }

    pub(super) fn out_of_range(&self, ty: &Type, tree: &Tree) -> Mismatch {
        let reason = format!(
            "`{}` is out of range for `{}`",
            shown(self.slice(tree)),
            self.names.spell(ty)
        );
        Mismatch::new(tree.span(), reason)
    }

    pub(super) fn count(&self, ty: &Type, tree: &Tree, given: usize) -> Mismatch {
        let reason = format!("`{}` does not hold {given} values", self.names.spell(ty));
        Mismatch::new(tree.span(), reason)
    }

    pub(super) fn syntax(&self, ty: &Type, error: &ParserError) -> Mismatch {
        let end = self.text.len();
        let span = error.span();
        let span = span.start.min(end)..span.end.min(end);
        let reason = match error.kind() {
            ParserErrorKind::NestingTooDeep => "it is nested more than 100 deep".to_owned(),
            ParserErrorKind::UnexpectedEnd if !self.text.trim().is_empty() => {
                "it ends too early".to_owned()
            }
            // `True` is a label and more: what it was meant as says more.
            _ if hints::of(ty, self.text).is_some() => {
                return not_a(self.text, &self.names.spell(ty), span);
            }
            ParserErrorKind::TrailingCharacters => format!(
                "nothing may follow the value, and `{}` does",
                shown(self.text.get(span.start..).unwrap_or_default())
            ),
            ParserErrorKind::DuplicateField | ParserErrorKind::DuplicateFlag => format!(
                "`{}` is given twice",
                shown(self.text.get(span.clone()).unwrap_or_default())
            ),
            ParserErrorKind::EmptyTuple => "a tuple holds at least one value".to_owned(),
            _ => return not_a(self.text, &self.names.spell(ty), span),
        };
        Mismatch::new(span, reason)
    }
}

fn not_a(text: &str, ty: &str, span: Range<usize>) -> Mismatch {
    Mismatch::new(span, format!("`{}` is not a `{ty}`", shown(text)))
}
