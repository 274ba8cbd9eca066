const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const arguments = try init.minimal.args.toSlice(init.arena.allocator());
    const code = try std.fmt.parseInt(u8, arguments[1], 10);
    var buffer: [1024]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    for (arguments[2..], 0..) |word, i| {
        if (i > 0) try stdout.interface.writeByte('|');
        try stdout.interface.writeAll(word);
    }
    try stdout.interface.print("\n{} lines\n", .{try lines(init.io)});
    try stdout.interface.flush();
    std.process.exit(code);
}

fn lines(io: std.Io) !usize {
    var buffer: [1024]u8 = undefined;
    var stdin = std.Io.File.stdin().readerStreaming(io, &buffer);
    var count: usize = 0;
    while (true) {
        const byte = stdin.interface.takeByte() catch |why| switch (why) {
            error.EndOfStream => return count,
            else => return why,
        };
        if (byte == '\n') count += 1;
    }
}
