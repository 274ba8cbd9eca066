const std = @import("std");
const wit = @import("wit");

export fn exports_conformance_options_options_increment(x: ?*u32, ret: *u32) bool {
    const some = x orelse return false;
    ret.* = some.* + 1;
    return true;
}

export fn exports_conformance_options_options_first(words: *wit.case_list_string_t, ret: *wit.case_string_t) bool {
    defer wit.case_list_string_free(words);
    if (words.len == 0) return false;
    wit.case_string_dup_n(ret, words.ptr[0].ptr, words.ptr[0].len);
    return true;
}

export fn exports_conformance_options_options_describe(x: ?*wit.case_option_u32_t, ret: *wit.case_string_t) void {
    const some = x orelse return wit.case_string_dup(ret, "none");
    if (!some.is_some) return wit.case_string_dup(ret, "some none");
    const text = std.fmt.allocPrint(std.heap.c_allocator, "some some {}", .{some.val}) catch @panic("out of memory");
    ret.* = .{ .ptr = text.ptr, .len = text.len };
}

export fn exports_conformance_options_options_wrap(depth: u32, ret: *wit.case_option_u32_t) bool {
    ret.* = .{ .is_some = depth > 1, .val = depth };
    return depth > 0;
}
