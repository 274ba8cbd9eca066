const std = @import("std");
const wit = @import("wit");

const Shape = wit.exports_conformance_variants_variants_shape_t;
const nothing = wit.EXPORTS_CONFORMANCE_VARIANTS_VARIANTS_SHAPE_NOTHING;
const square = wit.EXPORTS_CONFORMANCE_VARIANTS_VARIANTS_SHAPE_SQUARE;
const rectangle = wit.EXPORTS_CONFORMANCE_VARIANTS_VARIANTS_SHAPE_RECTANGLE;

export fn exports_conformance_variants_variants_area(shape: *Shape) f64 {
    defer wit.exports_conformance_variants_variants_shape_free(shape);
    return switch (shape.tag) {
        nothing => 0,
        square => shape.val.square * shape.val.square,
        rectangle => shape.val.rectangle.width * shape.val.rectangle.height,
        else => -1,
    };
}

export fn exports_conformance_variants_variants_double(shape: *Shape, ret: *Shape) void {
    ret.* = shape.*;
    switch (shape.tag) {
        nothing => {},
        square => ret.val.square *= 2,
        rectangle => {
            ret.val.rectangle.width *= 2;
            ret.val.rectangle.height *= 2;
        },
        else => {
            defer wit.exports_conformance_variants_variants_shape_free(shape);
            const name = shape.val.named.ptr[0..shape.val.named.len];
            const twice = std.mem.concat(std.heap.c_allocator, u8, &.{ name, name }) catch @panic("out of memory");
            ret.val.named = .{ .ptr = twice.ptr, .len = twice.len };
        },
    }
}
