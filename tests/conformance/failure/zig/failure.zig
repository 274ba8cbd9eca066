const std = @import("std");

export fn exports_conformance_failure_failure_only_even(x: u32) u32 {
    if (x % 2 != 0) std.debug.panic("{} is odd", .{x});
    return x;
}
