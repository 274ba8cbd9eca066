export fn exports_conformance_wide_integers_wide_integers_echo_s64(x: i64) i64 {
    return x;
}

export fn exports_conformance_wide_integers_wide_integers_echo_u64(x: u64) u64 {
    return x;
}
