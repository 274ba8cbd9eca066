//! What each instruction does with the bits of numbers.

use wasmparser::Operator;

use super::flow::{Makes, Shapes};

/// What matters of an instruction that moves no control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Makes a NaN of its own where one of its operands is one, or of none.
    Makes {
        makes: Makes,
        takes: Shapes,
        operands: u8,
    },
    /// Does the same for every NaN, and makes none.
    Ignores { takes: Shapes, operands: u8 },
    /// Gives one of its operands, with at most the sign changed.
    Keeps { takes: Shapes, operands: u8 },
    /// The first operand with the sign of the second.
    CopySign,
    /// A vector of one number.
    Splat(Shapes),
    /// A number of a vector.
    Extract(Shapes),
    /// A vector with one number replaced.
    Replace(Shapes),
    /// A vector of bytes from two.
    Shuffle([u8; 16]),
    /// Anything else: what it takes is seen, what it gives is certain.
    Other,
}

const SCALAR: Shapes = Shapes::SCALAR;
const F32X4: Shapes = Shapes::F32X4;
const F64X2: Shapes = Shapes::F64X2;

/// Whether an instruction may make a NaN.
pub(super) fn makes(operator: &Operator<'_>) -> Option<Makes> {
    match effect(operator) {
        Effect::Makes { makes, .. } => Some(makes),
        _ => None,
    }
}

/// What an instruction does.
#[rustfmt::skip]
pub(super) fn effect(operator: &Operator<'_>) -> Effect {
    use Operator as O;
    match operator {
        O::F32Ceil | O::F32Floor | O::F32Trunc | O::F32Nearest | O::F32Sqrt
        | O::F32DemoteF64 => made(Makes::F32, SCALAR, 1),
        O::F32Add | O::F32Sub | O::F32Mul | O::F32Div | O::F32Min | O::F32Max => {
            made(Makes::F32, SCALAR, 2)
        }
        O::F64Ceil | O::F64Floor | O::F64Trunc | O::F64Nearest | O::F64Sqrt
        | O::F64PromoteF32 => made(Makes::F64, SCALAR, 1),
        O::F64Add | O::F64Sub | O::F64Mul | O::F64Div | O::F64Min | O::F64Max => {
            made(Makes::F64, SCALAR, 2)
        }

        O::F32x4Ceil | O::F32x4Floor | O::F32x4Trunc | O::F32x4Nearest | O::F32x4Sqrt => {
            made(Makes::F32x4, F32X4, 1)
        }
        O::F32x4DemoteF64x2Zero => made(Makes::F32x4, F64X2, 1),
        O::F32x4Add | O::F32x4Sub | O::F32x4Mul | O::F32x4Div | O::F32x4Min | O::F32x4Max
        | O::F32x4RelaxedMin | O::F32x4RelaxedMax => made(Makes::F32x4, F32X4, 2),
        O::F32x4RelaxedMadd | O::F32x4RelaxedNmadd => made(Makes::F32x4, F32X4, 3),

        O::F64x2Ceil | O::F64x2Floor | O::F64x2Trunc | O::F64x2Nearest | O::F64x2Sqrt => {
            made(Makes::F64x2, F64X2, 1)
        }
        O::F64x2PromoteLowF32x4 => made(Makes::F64x2, F32X4, 1),
        O::F64x2Add | O::F64x2Sub | O::F64x2Mul | O::F64x2Div | O::F64x2Min | O::F64x2Max
        | O::F64x2RelaxedMin | O::F64x2RelaxedMax => made(Makes::F64x2, F64X2, 2),
        O::F64x2RelaxedMadd | O::F64x2RelaxedNmadd => made(Makes::F64x2, F64X2, 3),

        O::F32Eq | O::F32Ne | O::F32Lt | O::F32Gt | O::F32Le | O::F32Ge
        | O::F64Eq | O::F64Ne | O::F64Lt | O::F64Gt | O::F64Le | O::F64Ge => ignored(SCALAR, 2),
        O::I32TruncF32S | O::I32TruncF32U | O::I32TruncF64S | O::I32TruncF64U
        | O::I64TruncF32S | O::I64TruncF32U | O::I64TruncF64S | O::I64TruncF64U
        | O::I32TruncSatF32S | O::I32TruncSatF32U | O::I32TruncSatF64S | O::I32TruncSatF64U
        | O::I64TruncSatF32S | O::I64TruncSatF32U | O::I64TruncSatF64S | O::I64TruncSatF64U => {
            ignored(SCALAR, 1)
        }
        O::F32x4Eq | O::F32x4Ne | O::F32x4Lt | O::F32x4Gt | O::F32x4Le | O::F32x4Ge => {
            ignored(F32X4, 2)
        }
        O::F64x2Eq | O::F64x2Ne | O::F64x2Lt | O::F64x2Gt | O::F64x2Le | O::F64x2Ge => {
            ignored(F64X2, 2)
        }
        O::I32x4TruncSatF32x4S | O::I32x4TruncSatF32x4U
        | O::I32x4RelaxedTruncF32x4S | O::I32x4RelaxedTruncF32x4U => ignored(F32X4, 1),
        O::I32x4TruncSatF64x2SZero | O::I32x4TruncSatF64x2UZero
        | O::I32x4RelaxedTruncF64x2SZero | O::I32x4RelaxedTruncF64x2UZero => ignored(F64X2, 1),

        O::F32Abs | O::F32Neg | O::F64Abs | O::F64Neg => kept(SCALAR, 1),
        O::F32x4Abs | O::F32x4Neg => kept(F32X4, 1),
        O::F64x2Abs | O::F64x2Neg => kept(F64X2, 1),
        O::F32x4PMin | O::F32x4PMax => kept(F32X4, 2),
        O::F64x2PMin | O::F64x2PMax => kept(F64X2, 2),
        O::F32Copysign | O::F64Copysign => Effect::CopySign,

        O::F32x4Splat => Effect::Splat(F32X4),
        O::F64x2Splat => Effect::Splat(F64X2),
        O::F32x4ExtractLane { .. } => Effect::Extract(F32X4),
        O::F64x2ExtractLane { .. } => Effect::Extract(F64X2),
        O::F32x4ReplaceLane { .. } => Effect::Replace(F32X4),
        O::F64x2ReplaceLane { .. } => Effect::Replace(F64X2),
        O::I8x16Shuffle { lanes } => Effect::Shuffle(*lanes),

        _ => Effect::Other,
    }
}

const fn made(makes: Makes, takes: Shapes, operands: u8) -> Effect {
    Effect::Makes {
        makes,
        takes,
        operands,
    }
}

const fn ignored(takes: Shapes, operands: u8) -> Effect {
    Effect::Ignores { takes, operands }
}

const fn kept(takes: Shapes, operands: u8) -> Effect {
    Effect::Keeps { takes, operands }
}

/// The interpretations whose lanes a shuffle moves as a whole.
pub(super) fn whole_lanes(lanes: &[u8; 16]) -> Shapes {
    let whole = |width: usize| {
        lanes.chunks(width).all(|lane| {
            usize::from(lane[0]).is_multiple_of(width)
                && lane
                    .iter()
                    .zip(lane[0]..)
                    .all(|(byte, expected)| *byte == expected)
        })
    };
    match (whole(8), whole(4)) {
        (true, _) => Shapes::ALL,
        (false, true) => F32X4,
        (false, false) => Shapes::NONE,
    }
}
