//! Programs made at random: blocks, loops and branches between operations.

use std::fmt::Write as _;

use wasmtime::Val;

use super::same::Engines;

const PROGRAMS: u64 = 300;
const TYPES: [&str; 4] = ["i32", "f32", "f64", "v128"];

/// A generator of programs, the same ones every time.
struct Programs {
    state: u64,
    /// What may still be nested.
    depth: u32,
}

impl Programs {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let high = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        high as usize % bound
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn module(&mut self) -> String {
        let mut body = String::new();
        for _ in 0..6 {
            let statement = self.statement();
            writeln!(body, "{statement}").unwrap();
        }
        let last = self.value("f64");
        let locals = "(local i32 i32 f32 f32 f64 f64 v128 v128)";
        format!(
            r#"(module (memory (export "memory") 1)
                 (global $n (mut i32) (i32.const 40))
                 (global $f32 (mut f32) (f32.const 1)) (global $f64 (mut f64) (f64.const 1))
                 (func $again (result i32)
                   (global.set $n (i32.sub (global.get $n) (i32.const 1)))
                   (i32.gt_s (global.get $n) (i32.const 0)))
                 (func $through (param f64) (result f64) (local.get 0))
                 (func (export "f") (param i32 f32 f64 v128) (result f64) {locals}
                   {body} {last}))"#
        )
    }

    /// The parameter and two locals of each type.
    fn local(&mut self, ty: &str) -> usize {
        let at = TYPES.iter().position(|other| *other == ty).unwrap();
        [at, 4 + 2 * at, 5 + 2 * at][self.below(3)]
    }

    fn statement(&mut self) -> String {
        let ty = self.one_of(&TYPES);
        if self.depth == 0 {
            let (local, value) = (self.local(ty), self.value(ty));
            return format!("(local.set {local} {value})");
        }
        self.depth -= 1;
        let made = match self.below(6) {
            0 => {
                let (address, value) = (8 * self.below(30), self.value(ty));
                format!("({ty}.store offset={address} (i32.const 0) {value})")
            }
            1 => {
                let (first, second) = (self.statement(), self.statement());
                format!("(loop {first} {second} (br_if 0 (call $again)))")
            }
            2 => {
                let (condition, then, or) = (self.value("i32"), self.statement(), self.statement());
                format!("(if {condition} (then {then}) (else {or}))")
            }
            3 => {
                let (first, condition, second) =
                    (self.statement(), self.value("i32"), self.statement());
                format!("(block {first} (br_if 0 {condition}) {second})")
            }
            4 => {
                let ty = self.one_of(&["f32", "f64"]);
                let value = self.value(ty);
                format!("(global.set ${ty} {value})")
            }
            _ => {
                let (local, value) = (self.local(ty), self.value(ty));
                format!("(local.set {local} {value})")
            }
        };
        self.depth += 1;
        made
    }

    fn value(&mut self, ty: &str) -> String {
        if self.depth == 0 {
            return format!("(local.get {})", self.local(ty));
        }
        self.depth -= 1;
        let made = match self.below(7) {
            0 => {
                let value = self.value(ty);
                format!("(local.tee {} {value})", self.local(ty))
            }
            1 => {
                let (a, b, which) = (self.value(ty), self.value(ty), self.value("i32"));
                format!("(select {a} {b} {which})")
            }
            2 => {
                let (a, b, which) = (self.value(ty), self.value(ty), self.value("i32"));
                format!("(block (result {ty}) (drop (br_if 0 {a} {which})) {b})")
            }
            3 => {
                let (a, b) = (self.value(ty), self.value(ty));
                format!(
                    "(block (result {ty}) (block (result {ty}) (br_table 0 1 0 {a} (call $again))) (drop) {b})"
                )
            }
            4 => {
                let (a, b, which) = (self.value(ty), self.value(ty), self.value("i32"));
                format!("(if (result {ty}) {which} (then {a}) (else {b}))")
            }
            _ => self.operation(ty),
        };
        self.depth += 1;
        made
    }

    fn operation(&mut self, ty: &str) -> String {
        match ty {
            "i32" => match self.below(3) {
                0 => format!("(i32.reinterpret_f32 {})", self.value("f32")),
                1 => format!("(i32.trunc_sat_f64_s {})", self.value("f64")),
                _ => format!("(f64.lt {} {})", self.value("f64"), self.value("f64")),
            },
            "f32" => match self.below(4) {
                0 => format!("(f32.demote_f64 {})", self.value("f64")),
                1 => format!(
                    "(f32x4.extract_lane {} {})",
                    self.below(4),
                    self.value("v128")
                ),
                2 => format!(
                    "({} {})",
                    self.one_of(&["f32.sqrt", "f32.neg", "f32.abs"]),
                    self.value("f32")
                ),
                _ => {
                    let name = self.one_of(&["f32.sub", "f32.div", "f32.min", "f32.copysign"]);
                    format!("({name} {} {})", self.value("f32"), self.value("f32"))
                }
            },
            "f64" => match self.below(6) {
                0 => format!("(f64.promote_f32 {})", self.value("f32")),
                1 => format!(
                    "(f64x2.extract_lane {} {})",
                    self.below(2),
                    self.value("v128")
                ),
                2 => format!("(call $through {})", self.value("f64")),
                3 => format!("(f64.load offset={} (i32.const 0))", 8 * self.below(30)),
                4 => format!(
                    "({} {})",
                    self.one_of(&["f64.sqrt", "f64.neg", "f64.floor"]),
                    self.value("f64")
                ),
                _ => {
                    let name = self.one_of(&["f64.add", "f64.mul", "f64.max", "f64.copysign"]);
                    format!("({name} {} {})", self.value("f64"), self.value("f64"))
                }
            },
            _ => match self.below(5) {
                0 => format!("(f32x4.splat {})", self.value("f32")),
                1 => format!(
                    "(f64x2.replace_lane 1 {} {})",
                    self.value("v128"),
                    self.value("f64")
                ),
                2 => {
                    let lanes = self.one_of(&[
                        "4 5 6 7 0 1 2 3 16 17 18 19 24 25 26 27",
                        "8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23",
                        "3 2 1 0 7 6 5 4 16 18 20 22 24 26 28 30",
                    ]);
                    format!(
                        "(i8x16.shuffle {lanes} {} {})",
                        self.value("v128"),
                        self.value("v128")
                    )
                }
                3 => format!(
                    "({} {})",
                    self.one_of(&["f32x4.neg", "f64x2.sqrt", "f64x2.promote_low_f32x4"]),
                    self.value("v128")
                ),
                _ => {
                    let name = self.one_of(&[
                        "f32x4.sub",
                        "f64x2.div",
                        "f32x4.pmin",
                        "f64x2.max",
                        "i32x4.add",
                    ]);
                    format!("({name} {} {})", self.value("v128"), self.value("v128"))
                }
            },
        }
    }
}

#[test]
fn programs_show_what_they_would_with_every_nan_replaced() {
    let engines = Engines::new();
    let mut programs = Programs {
        state: 0x9e37_79b9_7f4a_7c15,
        depth: 4,
    };
    let arguments: Vec<_> = [
        (0, 0_u32, 0_u64, 0_u128),
        (
            1,
            0x7fa0_0001,
            0xfff0_0000_0000_0000,
            0x7f80_0000_ff80_0000_7ff0_0000_0000_0001,
        ),
        (
            -1,
            0xff80_0000,
            0x7ff4_0000_0000_0001,
            0xfff8_0000_0000_0000_bf80_0000_8000_0000,
        ),
    ]
    .map(|(a, b, c, d)| vec![Val::I32(a), Val::F32(b), Val::F64(c), Val::V128(d.into())])
    .into();
    let mut otherwise = 0;
    for _ in 0..PROGRAMS {
        let text = programs.module();
        otherwise += engines.assert_same(&text, &arguments);
    }
    assert!(
        otherwise > 0,
        "no program showed a NaN that had to be replaced"
    );
}
