//! A component apart from the bodies of its functions.
//!
//! They are most of a language runtime, and whoever changes what is around them
//! need not copy, read and check them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use wasmparser::BinaryReader;

use crate::sections::{CODE, CORE_MODULE, HEADER, Section, leb128, sections, write};

/// A body that is valid whatever its function takes and returns: three bytes, no
/// locals, `unreachable`, `end`.
const NOTHING: [u8; 4] = [3, 0, 0x00, 0x0b];

/// It is no valid component, or becomes larger than the format can say.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it is no component that can be taken apart")]
pub struct NotApart;

impl From<wasmparser::BinaryReaderError> for NotApart {
    fn from(_: wasmparser::BinaryReaderError) -> Self {
        Self
    }
}

impl From<std::num::TryFromIntError> for NotApart {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self
    }
}

/// A component's bodies, and the component with none.
#[derive(Clone)]
pub struct Bodies {
    whole: Arc<Vec<u8>>,
    /// What the sections of code hold, in their order.
    code: Vec<Range<usize>>,
}

impl Bodies {
    /// Takes them out of the modules of a component, those in components in it
    /// excepted: returns them, and what is left, where each ends at once.
    ///
    /// # Errors
    /// It is no valid component.
    pub fn take(component: Vec<u8>) -> Result<(Self, Vec<u8>), NotApart> {
        let whole = Arc::new(component);
        let mut code = Vec::new();
        let rest = each(&whole, 0, |content| {
            let start = content.as_ptr() as usize - whole.as_ptr() as usize;
            code.push(start..start + content.len());
            emptied(content).map(|empty| Some(empty.into()))
        })?;
        Ok((Self { whole, code }, rest))
    }

    /// Puts them back into what has the same modules first, and maybe others after
    /// them.
    ///
    /// # Errors
    /// It is no valid component.
    pub fn put_back(&self, into: &[u8]) -> Result<Vec<u8>, NotApart> {
        let mut code = self.code.iter();
        each(into, self.whole.len(), |_| {
            Ok(code.next().map(|range| self.whole[range.clone()].into()))
        })
    }
}

/// The component with other contents of its sections of code, which are so many
/// bytes more; where there is `None`, they stay.
fn each<'c, 'o>(
    component: &'c [u8],
    more: usize,
    mut other: impl FnMut(&'c [u8]) -> Result<Option<Cow<'o, [u8]>>, NotApart>,
) -> Result<Vec<u8>, NotApart> {
    let mut out = Vec::with_capacity(component.len() + more);
    out.extend(&component[..HEADER.min(component.len())]);
    for Section { id, content, whole } in sections(component)? {
        if id != CORE_MODULE {
            out.extend(whole);
            continue;
        }
        let sections = sections(content)?;
        let others = sections
            .iter()
            .map(|section| match section.id {
                CODE => other(section.content),
                _ => Ok(None),
            })
            .collect::<Result<Vec<_>, _>>()?;
        // Its size is in front of it, and it is large enough not to be copied for that.
        let pairs = || sections.iter().zip(&others);
        let sizes = pairs().map(|(section, other)| match other {
            Some(code) => framed(code.len()),
            None => section.whole.len(),
        });
        out.push(CORE_MODULE);
        leb128(u32::try_from(HEADER + sizes.sum::<usize>())?, &mut out);
        out.extend(&content[..HEADER]);
        for (section, other) in pairs() {
            match other {
                Some(code) => write(CODE, code, &mut out)?,
                None => out.extend(section.whole),
            }
        }
    }
    Ok(out)
}

/// How large a section is, of contents of so many bytes.
fn framed(content: usize) -> usize {
    let bits = usize::BITS - content.leading_zeros();
    1 + bits.div_ceil(7).max(1) as usize + content
}

/// As many bodies of nothing.
fn emptied(content: &[u8]) -> Result<Vec<u8>, NotApart> {
    let count = BinaryReader::new(content, 0).read_var_u32()?;
    // Each takes two bytes at least, so this is not of a hostile number.
    if count as usize > content.len() / 2 {
        return Err(NotApart);
    }
    let mut out = Vec::new();
    leb128(count, &mut out);
    out.extend(std::iter::repeat_n(NOTHING, count as usize).flatten());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_taken_out_and_put_back() {
        let wasm = wat::parse_str(
            r#"(component
                (core module (func (result i64) (local f32) (i64.const 7)) (func (export "f")))
                (component (core module (func (drop (i32.const 1)))))
                (core module (memory 1) (func (param i32) (drop (local.get 0))) (data (i32.const 0) "a")))"#,
        )
        .unwrap();
        let (bodies, rest) = Bodies::take(wasm.clone()).unwrap();
        wasmparser::validate(&rest).unwrap();
        assert_ne!(rest, wasm);
        assert_eq!(bodies.code.len(), 2);
        assert_eq!(bodies.put_back(&rest).unwrap(), wasm);

        // One that came after them keeps its own.
        let mut more = rest.clone();
        let module = wat::parse_str("(module (func nop))").unwrap();
        write(CORE_MODULE, &module, &mut more).unwrap();
        let again = bodies.put_back(&more).unwrap();
        assert!(again.starts_with(&wasm) && again.ends_with(&module));
    }

    #[test]
    fn sizes_are_as_they_are_written() {
        for content in [0, 1, 127, 128, 16383, 16384, 2_097_151, 2_097_152] {
            let mut out = Vec::new();
            write(CODE, &vec![0; content], &mut out).unwrap();
            assert_eq!(framed(content), out.len(), "{content}");
        }
    }

    #[test]
    fn what_is_torn_is_refused() {
        let wasm = wat::parse_str("(component (core module (func nop)))").unwrap();
        for length in 9..wasm.len() {
            assert!(Bodies::take(wasm[..length].to_vec()).is_err(), "{length}");
        }
        assert!(emptied(&[0xff, 0xff, 0xff, 0xff, 0x0f]).is_err());
    }
}
