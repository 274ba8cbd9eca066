export fn exports_conformance_compile_error_compile_error_twice(x: u32) u32 {
    return x * factor;
}
