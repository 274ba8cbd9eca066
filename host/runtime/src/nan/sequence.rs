//! The instructions that put the canonical NaN in the place of any other.

use super::flow::Makes;
use crate::sections::leb128;

/// The local variables that one function's replacements use, one of each type
/// that is needed.
pub(super) struct Scratch {
    /// The number of locals before.
    first: u32,
    types: Vec<u8>,
}

const LOCAL_GET: u8 = 0x20;
const LOCAL_TEE: u8 = 0x22;
const SELECT: u8 = 0x1b;
const SIMD: u8 = 0xfd;
const QUIET32: [u8; 4] = 0x7fc0_0000_u32.to_le_bytes();
const QUIET64: [u8; 8] = 0x7ff8_0000_0000_0000_u64.to_le_bytes();

impl Scratch {
    pub(super) fn behind(first: u32) -> Self {
        Self {
            first,
            types: Vec::new(),
        }
    }

    fn local(&mut self, ty: u8) -> u32 {
        let at = self.types.iter().position(|known| *known == ty);
        let at = at.unwrap_or_else(|| {
            self.types.push(ty);
            self.types.len() - 1
        });
        // At most three types.
        self.first + at as u32
    }

    /// The types of the variables that were used, in the binary format.
    pub(super) fn types(&self) -> &[u8] {
        &self.types
    }

    /// Appends what replaces the value on top of the stack if it is a NaN.
    pub(super) fn write(&mut self, makes: Makes, out: &mut Vec<u8>) {
        let local = self.local(match makes {
            Makes::F32 => 0x7d,
            Makes::F64 => 0x7c,
            Makes::F32x4 | Makes::F64x2 => 0x7b,
        });
        // x, NaN, x == x: the first two by the third.
        instruction(LOCAL_TEE, local, out);
        match makes {
            Makes::F32 => {
                out.push(0x43);
                out.extend(QUIET32);
            }
            Makes::F64 => {
                out.push(0x44);
                out.extend(QUIET64);
            }
            Makes::F32x4 => {
                out.extend([SIMD, 0x0c]);
                out.extend(QUIET32.repeat(4));
            }
            Makes::F64x2 => {
                out.extend([SIMD, 0x0c]);
                out.extend(QUIET64.repeat(2));
            }
        }
        instruction(LOCAL_GET, local, out);
        instruction(LOCAL_GET, local, out);
        match makes {
            Makes::F32 => out.extend([0x5b, SELECT]),
            Makes::F64 => out.extend([0x61, SELECT]),
            Makes::F32x4 => out.extend([SIMD, 0x41, SIMD, 0x52]),
            Makes::F64x2 => out.extend([SIMD, 0x47, SIMD, 0x52]),
        }
    }
}

fn instruction(code: u8, index: u32, out: &mut Vec<u8>) {
    out.push(code);
    leb128(index, out);
}
