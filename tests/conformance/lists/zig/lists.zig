const std = @import("std");
const wit = @import("wit");

export fn exports_conformance_lists_lists_sum(numbers: *wit.case_list_s32_t) i64 {
    defer wit.case_list_s32_free(numbers);
    var sum: i64 = 0;
    for (numbers.ptr[0..numbers.len]) |number| sum += number;
    return sum;
}

export fn exports_conformance_lists_lists_reverse(words: *wit.case_list_string_t, ret: *wit.case_list_string_t) void {
    std.mem.reverse(wit.case_string_t, words.ptr[0..words.len]);
    ret.* = words.*;
}

export fn exports_conformance_lists_lists_invert(bytes: *wit.case_list_u8_t, ret: *wit.case_list_u8_t) void {
    for (bytes.ptr[0..bytes.len]) |*byte| byte.* = ~byte.*;
    ret.* = bytes.*;
}

export fn exports_conformance_lists_lists_lengths(lists: *wit.case_list_list_u8_t, ret: *wit.case_list_u32_t) void {
    defer wit.case_list_list_u8_free(lists);
    const lengths = std.heap.c_allocator.alloc(u32, lists.len) catch @panic("out of memory");
    for (lengths, lists.ptr[0..lists.len]) |*length, list| length.* = list.len;
    ret.* = .{ .ptr = lengths.ptr, .len = lengths.len };
}

export fn exports_conformance_lists_lists_swap(pair: *wit.case_tuple2_string_u32_t, ret: *wit.case_tuple2_u32_string_t) void {
    ret.* = .{ .f0 = pair.f1, .f1 = pair.f0 };
}
