//! Greets whoever is named on the command line.
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const arguments = try init.minimal.args.toSlice(init.arena.allocator());
    const name = if (arguments.len > 1) arguments[1] else "World";
    var buffer: [1024]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    try stdout.interface.print("Hello, {s}!\n", .{name});
    try stdout.interface.flush();
}
