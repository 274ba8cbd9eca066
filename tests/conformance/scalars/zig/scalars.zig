export fn exports_conformance_scalars_scalars_negate(x: bool) bool {
    return !x;
}

export fn exports_conformance_scalars_scalars_echo_s8(x: i8) i8 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_u8(x: u8) u8 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_s16(x: i16) i16 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_u16(x: u16) u16 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_s32(x: i32) i32 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_u32(x: u32) u32 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_f32(x: f32) f32 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_f64(x: f64) f64 {
    return x;
}

export fn exports_conformance_scalars_scalars_echo_char(x: u32) u32 {
    return x;
}

export fn exports_conformance_scalars_scalars_sum(a: i32, b: u32) i64 {
    return @as(i64, a) + b;
}
