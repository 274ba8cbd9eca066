//! `hello CODE WORD…`: see ../../README.md.
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const io = init.io;
    const args = try init.minimal.args.toSlice(init.arena.allocator());
    const code = try std.fmt.parseInt(u8, args[1], 10);

    var out_buffer: [1024]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(io, &out_buffer);
    const out = &stdout.interface;
    try out.writeAll("Hello,");
    for (args[2..]) |word| try out.print(" {s}", .{word});
    try out.writeAll(", from Zig!\n");

    var in_buffer: [1024]u8 = undefined;
    var stdin = std.Io.File.stdin().readerStreaming(io, &in_buffer);
    const line = try stdin.interface.takeDelimiter('\n') orelse "";
    try out.print("stdin: {s}\n", .{line});

    const now = std.Io.Timestamp.now(io, .real);
    try out.print("clock: {d}\n", .{@divTrunc(now.nanoseconds, std.time.ns_per_ms)});
    var bytes: [8]u8 = undefined;
    try io.randomSecure(&bytes);
    try out.print("random: {d}\n", .{std.mem.readInt(u64, &bytes, .little)});
    try out.flush();
    std.process.exit(code);
}
