//! Implements the world of `wit/world.wit`.
const std = @import("std");
const wit = @import("wit");

// The caller frees what it is given, with C's `free`.
const allocator = std.heap.c_allocator;

export fn exports_component_greet(name: *wit.component_string_t, ret: *wit.component_string_t) void {
    defer wit.component_string_free(name);
    const greeting = std.fmt.allocPrint(allocator, "Hello, {s}!", .{name.ptr[0..name.len]}) catch
        @panic("out of memory");
    ret.* = .{ .ptr = greeting.ptr, .len = greeting.len };
}
