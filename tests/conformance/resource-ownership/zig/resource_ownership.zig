const std = @import("std");
const wit = @import("wit");

const Own = wit.exports_conformance_resource_ownership_resource_ownership_own_token_t;
const Handle = wit.exports_conformance_resource_ownership_resource_ownership_token_t;
const List = wit.exports_conformance_resource_ownership_resource_ownership_list_borrow_token_t;

var alive: u32 = 0;

export fn exports_conformance_resource_ownership_resource_ownership_constructor_token() Own {
    const token = std.heap.c_allocator.create(u8) catch @panic("out of memory");
    alive += 1;
    return wit.exports_conformance_resource_ownership_resource_ownership_token_new(@ptrCast(token));
}

export fn exports_conformance_resource_ownership_resource_ownership_token_destructor(handle: *Handle) void {
    alive -= 1;
    std.heap.c_allocator.destroy(@as(*u8, @ptrCast(handle)));
}

export fn exports_conformance_resource_ownership_resource_ownership_alive(tokens: *List) u32 {
    wit.exports_conformance_resource_ownership_resource_ownership_list_borrow_token_free(tokens);
    return alive;
}

export fn exports_conformance_resource_ownership_resource_ownership_take(token: Own) u32 {
    wit.exports_conformance_resource_ownership_resource_ownership_token_drop_own(token);
    return alive;
}

export fn exports_conformance_resource_ownership_resource_ownership_keep(token: Own) Own {
    return token;
}
