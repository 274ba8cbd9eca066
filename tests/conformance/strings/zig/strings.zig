const std = @import("std");
const wit = @import("wit");

const String = wit.case_string_t;

export fn exports_conformance_strings_strings_greet(name: *String, ret: *String) void {
    defer wit.case_string_free(name);
    ret.* = print("Hello, {s}!", .{slice(name)});
}

export fn exports_conformance_strings_strings_count(text: *String) u32 {
    defer wit.case_string_free(text);
    return @intCast(std.unicode.utf8CountCodepoints(slice(text)) catch 0);
}

export fn exports_conformance_strings_strings_repeat(text: *String, times: u32, ret: *String) void {
    defer wit.case_string_free(text);
    const made = std.heap.c_allocator.alloc(u8, text.len * times) catch @panic("out of memory");
    for (made, 0..) |*byte, i| byte.* = text.ptr[i % text.len];
    ret.* = .{ .ptr = made.ptr, .len = made.len };
}

fn slice(string: *const String) []const u8 {
    return string.ptr[0..string.len];
}

fn print(comptime format: []const u8, args: anytype) String {
    const made = std.fmt.allocPrint(std.heap.c_allocator, format, args) catch @panic("out of memory");
    return .{ .ptr = made.ptr, .len = made.len };
}
