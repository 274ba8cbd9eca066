const std = @import("std");
const wit = @import("wit");

export fn exports_conformance_results_results_parse(text: *wit.case_string_t, ret: *u32, err: *wit.case_string_t) bool {
    defer wit.case_string_free(text);
    const digits = text.ptr[0..text.len];
    ret.* = std.fmt.parseInt(u32, digits, 10) catch {
        const said = std.fmt.allocPrint(std.heap.c_allocator, "not a number: {s}", .{digits}) catch @panic("out of memory");
        err.* = .{ .ptr = said.ptr, .len = said.len };
        return false;
    };
    return true;
}

export fn exports_conformance_results_results_check(x: u32, err: *wit.exports_conformance_results_results_mistake_t) bool {
    err.* = switch (x) {
        0 => wit.EXPORTS_CONFORMANCE_RESULTS_RESULTS_MISTAKE_EMPTY,
        1...100 => return true,
        else => wit.EXPORTS_CONFORMANCE_RESULTS_RESULTS_MISTAKE_TOO_LARGE,
    };
    return false;
}

export fn exports_conformance_results_results_half(x: u32, ret: *u32) bool {
    ret.* = x / 2;
    return x % 2 == 0;
}

export fn exports_conformance_results_results_even(x: u32) bool {
    return x % 2 == 0;
}
