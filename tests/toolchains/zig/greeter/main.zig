//! The typed component over the C bindings that the recipe generates. What is
//! used of their header is declared here: `zig translate-c` would do it too, and
//! first compile itself for the better part of a minute.
const std = @import("std");

// The generated code frees what it is given with `free`.
const allocator = std.heap.c_allocator;

const String = extern struct {
    ptr: [*]u8,
    len: usize,

    fn slice(self: *const String) []const u8 {
        return if (self.len == 0) "" else self.ptr[0..self.len];
    }

    fn give(self: *String, bytes: []u8) void {
        self.* = .{ .ptr = bytes.ptr, .len = bytes.len };
    }
};

const Stats = extern struct { length: u32, upper: String };

extern fn typed_string_free(string: *String) void;

fn print(comptime format: []const u8, args: anytype) []u8 {
    return std.fmt.allocPrint(allocator, format, args) catch @panic("out of memory");
}

export fn exports_demo_greet_greeter_greet(name: *String, ret: *String) void {
    defer typed_string_free(name);
    ret.give(print("Hello, {s}, from Zig!", .{name.slice()}));
}

export fn exports_demo_greet_greeter_measure(text: *String, ret: *Stats) void {
    defer typed_string_free(text);
    const upper = allocator.dupe(u8, text.slice()) catch @panic("out of memory");
    for (upper) |*byte| byte.* = std.ascii.toUpper(byte.*);
    ret.length = @intCast(std.unicode.utf8CountCodepoints(text.slice()) catch 0);
    ret.upper.give(upper);
}

export fn exports_demo_greet_greeter_parse(text: *String, ret: *u32, err: *String) bool {
    defer typed_string_free(text);
    ret.* = std.fmt.parseInt(u32, text.slice(), 10) catch {
        err.give(print("not a number: {s}", .{text.slice()}));
        return false;
    };
    return true;
}
