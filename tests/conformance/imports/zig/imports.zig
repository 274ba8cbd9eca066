const std = @import("std");
const wit = @import("wit");

const Point = wit.exports_conformance_imports_consumer_point_t;

export fn exports_conformance_imports_consumer_quadruple(x: u32) u32 {
    const double = wit.conformance_imports_provider_double;
    return double(double(x));
}

export fn exports_conformance_imports_consumer_shout(words: *wit.case_list_string_t, ret: *wit.case_string_t) void {
    defer wit.case_list_string_free(words);
    var joined: wit.case_string_t = undefined;
    wit.conformance_imports_provider_join(words, &joined);
    defer wit.case_string_free(&joined);
    const text = joined.ptr[0..joined.len];
    const loud = std.mem.concat(std.heap.c_allocator, u8, &.{ text, "!" }) catch @panic("out of memory");
    ret.* = .{ .ptr = loud.ptr, .len = loud.len };
}

export fn exports_conformance_imports_consumer_across(p: *Point, ret: *Point, err: *wit.case_string_t) bool {
    return wit.conformance_imports_provider_mirror(p, ret, err);
}
