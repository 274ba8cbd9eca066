wit_bindgen::generate!();

use exports::conformance::scalars::scalars::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn negate(x: bool) -> bool {
        !x
    }

    fn echo_s8(x: i8) -> i8 {
        x
    }

    fn echo_u8(x: u8) -> u8 {
        x
    }

    fn echo_s16(x: i16) -> i16 {
        x
    }

    fn echo_u16(x: u16) -> u16 {
        x
    }

    fn echo_s32(x: i32) -> i32 {
        x
    }

    fn echo_u32(x: u32) -> u32 {
        x
    }

    fn echo_f32(x: f32) -> f32 {
        x
    }

    fn echo_f64(x: f64) -> f64 {
        x
    }

    fn echo_char(x: char) -> char {
        x
    }

    fn sum(a: i32, b: u32) -> i64 {
        i64::from(a) + i64::from(b)
    }
}
