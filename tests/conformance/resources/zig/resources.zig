const std = @import("std");
const wit = @import("wit");

const Own = wit.exports_conformance_resources_resources_own_counter_t;
const Handle = wit.exports_conformance_resources_resources_counter_t;
const List = wit.exports_conformance_resources_resources_list_borrow_counter_t;

const Counter = struct {
    count: u32,

    fn of(handle: *Handle) *Counter {
        return @ptrCast(@alignCast(handle));
    }
};

export fn exports_conformance_resources_resources_constructor_counter(start: u32) Own {
    const counter = std.heap.c_allocator.create(Counter) catch @panic("out of memory");
    counter.count = start;
    return wit.exports_conformance_resources_resources_counter_new(@ptrCast(counter));
}

export fn exports_conformance_resources_resources_counter_destructor(handle: *Handle) void {
    std.heap.c_allocator.destroy(Counter.of(handle));
}

export fn exports_conformance_resources_resources_method_counter_add(self: *Handle, by: u32) u32 {
    const counter = Counter.of(self);
    counter.count += by;
    return counter.count;
}

export fn exports_conformance_resources_resources_method_counter_value(self: *Handle) u32 {
    return Counter.of(self).count;
}

export fn exports_conformance_resources_resources_static_counter_twice(start: u32) Own {
    return exports_conformance_resources_resources_constructor_counter(2 * start);
}

export fn exports_conformance_resources_resources_largest(counters: *List) u32 {
    defer wit.exports_conformance_resources_resources_list_borrow_counter_free(counters);
    var largest: u32 = 0;
    for (counters.ptr[0..counters.len]) |counter| largest = @max(largest, Counter.of(counter).count);
    return largest;
}
