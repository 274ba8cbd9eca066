//! Every operation on floating-point numbers, on numbers of every kind.

use wasmtime::Val;

use super::same::Engines;

/// Infinities, zeros, quiet and signalling NaNs of either sign with a payload.
const F32: [u32; 9] = [
    0,
    0x8000_0000,
    0x3f80_0000,
    0xc0a0_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc1_2345,
    0xffa0_0001,
    0x7f80_0001,
];

const F64: [u64; 9] = [
    0,
    0x8000_0000_0000_0000,
    0x3ff0_0000_0000_0000,
    0xc014_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_1234_5678,
    0xfff4_0000_0000_0001,
    0x7ff0_0000_0000_0001,
];

const UNARY: [&str; 7] = ["ceil", "floor", "trunc", "nearest", "sqrt", "abs", "neg"];
const BINARY: [&str; 6] = ["add", "sub", "mul", "div", "min", "max"];

fn pairs<T: Copy>(values: &[T], val: impl Fn(T) -> Val) -> Vec<Vec<Val>> {
    values
        .iter()
        .flat_map(|a| values.iter().map(|b| vec![val(*a), val(*b)]))
        .collect()
}

#[test]
fn scalars() {
    let engines = Engines::new();
    let mut otherwise = 0;
    for (ty, int, arguments) in [
        ("f32", "i32", pairs(&F32, Val::F32)),
        ("f64", "i64", pairs(&F64, Val::F64)),
    ] {
        let one = UNARY
            .iter()
            .map(|name| format!("({ty}.{name} (local.get 0))"));
        let two = BINARY
            .iter()
            .chain(&["copysign"])
            .map(|name| format!("({ty}.{name} (local.get 0) (local.get 1))"));
        let (other, converts) = match ty {
            "f32" => ("f64", ["f64.promote_f32", "f32.demote_f64"]),
            _ => ("f32", ["f32.demote_f64", "f64.promote_f32"]),
        };
        let converted = [
            format!("({} (local.get 0))", converts[0]),
            format!("({} ({} (local.get 0)))", converts[1], converts[0]),
        ];
        for (at, expression) in one.chain(two).chain(converted).enumerate() {
            let gives = if at == UNARY.len() + BINARY.len() + 1 {
                other
            } else {
                ty
            };
            let text = format!(
                r#"(module (func (export "f") (param {ty} {ty}) (result {gives}) {expression}))"#
            );
            otherwise += engines.assert_same(&text, &arguments);
        }
        // The signs of a NaN that is made here.
        for sign in ["neg", "abs", "copysign"] {
            let of = if sign == "copysign" {
                "(local.get 0)"
            } else {
                ""
            };
            let text = format!(
                r#"(module (func (export "f") (param {ty} {ty}) (result {int})
                     ({int}.reinterpret_{ty} ({ty}.{sign} {of} ({ty}.div (local.get 0) (local.get 1))))))"#
            );
            otherwise += engines.assert_same(&text, &arguments);
        }
    }
    assert!(otherwise > 0, "no NaN was seen that had to be replaced");
}

#[test]
fn vectors() {
    let engines = Engines::new();
    let mut otherwise = 0;
    let four = |at: usize| {
        let lane = |lane: usize| u128::from(F32[(at + lane) % F32.len()]) << (32 * lane);
        (0..4).map(lane).fold(0, |all, lane| all | lane)
    };
    let two = |at: usize| u128::from(F64[at]) | u128::from(F64[(at + 4) % F64.len()]) << 64;
    for (ty, vectors) in [
        ("f32x4", (0..F32.len()).map(four).collect::<Vec<u128>>()),
        ("f64x2", (0..F64.len()).map(two).collect()),
    ] {
        let arguments = pairs(&vectors, |bits| Val::V128(bits.into()));
        let other = ["f32x4", "f64x2"]
            .into_iter()
            .find(|other| *other != ty)
            .unwrap();
        let one = UNARY
            .iter()
            .map(|name| format!("({ty}.{name} (local.get 0))"));
        let binary = BINARY
            .iter()
            .chain(&["pmin", "pmax", "relaxed_min", "relaxed_max"])
            .map(|name| format!("({ty}.{name} (local.get 0) (local.get 1))"));
        let others = [
            format!("({ty}.relaxed_madd (local.get 0) (local.get 1) (local.get 0))"),
            format!("({ty}.relaxed_nmadd (local.get 0) (local.get 1) (local.get 0))"),
            format!("({other}.add (local.get 1) ({ty}.mul (local.get 0) (local.get 1)))"),
            format!("({other}.neg ({ty}.sub (local.get 0) (local.get 1)))"),
            format!("({ty}.pmin ({ty}.sub (local.get 0) (local.get 1)) (local.get 1))"),
            format!("({other}.pmax ({ty}.sub (local.get 0) (local.get 1)) (local.get 1))"),
            format!("({ty}.splat ({ty}.extract_lane 1 ({ty}.div (local.get 0) (local.get 1))))"),
            format!(
                "({other}.replace_lane 0 ({ty}.mul (local.get 0) (local.get 1))
                   ({other}.extract_lane 1 ({ty}.div (local.get 0) (local.get 1))))"
            ),
            format!(
                "(i8x16.shuffle 4 5 6 7 0 1 2 3 16 17 18 19 1 1 1 1
                   ({ty}.div (local.get 0) (local.get 1)) ({ty}.sqrt (local.get 1)))"
            ),
            format!(
                "({other}.sqrt (i8x16.shuffle 4 5 6 7 0 1 2 3 16 17 18 19 20 21 22 23
                   ({ty}.div (local.get 0) (local.get 1)) ({ty}.sqrt (local.get 1))))"
            ),
            "(f32x4.demote_f64x2_zero (f64x2.add (local.get 0) (local.get 1)))".to_owned(),
            "(f64x2.promote_low_f32x4 (f32x4.add (local.get 0) (local.get 1)))".to_owned(),
            "(f64x2.promote_low_f32x4 (f64x2.add (local.get 0) (local.get 1)))".to_owned(),
            format!("(i32x4.trunc_sat_f32x4_s ({ty}.div (local.get 0) (local.get 1)))"),
            format!("(i32x4.trunc_sat_f64x2_u_zero ({ty}.div (local.get 0) (local.get 1)))"),
            format!("(f32x4.convert_i32x4_s ({ty}.div (local.get 0) (local.get 1)))"),
            format!("({other}.lt ({ty}.div (local.get 0) (local.get 1)) (local.get 0))"),
        ];
        for expression in one.chain(binary).chain(others) {
            let text = format!(
                r#"(module (func (export "f") (param v128 v128) (result v128) {expression}))"#
            );
            otherwise += engines.assert_same(&text, &arguments);
        }
    }
    assert!(otherwise > 0, "no NaN was seen that had to be replaced");
}
