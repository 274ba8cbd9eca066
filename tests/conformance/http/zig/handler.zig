const std = @import("std");
const wit = @import("wit");

const Request = wit.exports_wasi_http_incoming_handler_own_incoming_request_t;
const Out = wit.exports_wasi_http_incoming_handler_own_response_outparam_t;
const Bytes = wit.case_list_u8_t;

export fn exports_wasi_http_incoming_handler_handle(request: Request, out: Out) void {
    defer wit.wasi_http_types_incoming_request_drop_own(request);
    const borrowed = wit.wasi_http_types_borrow_incoming_request(request);
    var path: wit.case_string_t = .{ .ptr = null, .len = 0 };
    _ = wit.wasi_http_types_method_incoming_request_path_with_query(borrowed, &path);
    defer wit.case_string_free(&path);
    const text: []const u8 = if (path.len == 0) "" else path.ptr[0..path.len];
    const route = std.mem.sliceTo(text, '?');
    var method: wit.wasi_http_types_method_t = undefined;
    wit.wasi_http_types_method_incoming_request_method(borrowed, &method);
    defer wit.wasi_http_types_method_free(&method);

    if (method.tag == wit.WASI_HTTP_TYPES_METHOD_GET and std.mem.eql(u8, route, "/hello")) {
        var buffer: [256]u8 = undefined;
        answer(out, 200, std.fmt.bufPrint(&buffer, "GET {s}\n", .{text}) catch unreachable);
    } else if (method.tag == wit.WASI_HTTP_TYPES_METHOD_POST and std.mem.eql(u8, route, "/echo")) {
        const all = body(borrowed);
        defer std.heap.c_allocator.free(all);
        answer(out, 201, all);
    } else {
        answer(out, 404, "");
    }
}

fn body(request: wit.wasi_http_types_borrow_incoming_request_t) []u8 {
    var incoming: wit.wasi_http_types_own_incoming_body_t = undefined;
    _ = wit.wasi_http_types_method_incoming_request_consume(request, &incoming);
    defer wit.wasi_http_types_incoming_body_drop_own(incoming);
    var stream: wit.wasi_http_types_own_input_stream_t = undefined;
    _ = wit.wasi_http_types_method_incoming_body_stream(wit.wasi_http_types_borrow_incoming_body(incoming), &stream);
    defer wit.wasi_io_streams_input_stream_drop_own(stream);
    var all: []u8 = &.{};
    while (true) {
        var read: Bytes = undefined;
        var failure: wit.wasi_io_streams_stream_error_t = undefined;
        const borrowed = wit.wasi_io_streams_borrow_input_stream(stream);
        if (!wit.wasi_io_streams_method_input_stream_blocking_read(borrowed, 4096, &read, &failure)) return all;
        defer wit.case_list_u8_free(&read);
        const before = all.len;
        all = std.heap.c_allocator.realloc(all, before + read.len) catch @panic("out of memory");
        if (read.len > 0) @memcpy(all[before..], read.ptr[0..read.len]);
    }
}

fn answer(out: Out, status: u16, content: []const u8) void {
    const headers = wit.wasi_http_types_constructor_fields();
    var name: wit.case_string_t = undefined;
    wit.case_string_set(&name, "content-type");
    var value: wit.wasi_http_types_field_value_t = .{ .ptr = @constCast("text/plain"), .len = 10 };
    var refused: wit.wasi_http_types_header_error_t = undefined;
    _ = wit.wasi_http_types_method_fields_append(wit.wasi_http_types_borrow_fields(headers), &name, &value, &refused);
    const response = wit.wasi_http_types_constructor_outgoing_response(headers);
    const borrowed = wit.wasi_http_types_borrow_outgoing_response(response);
    _ = wit.wasi_http_types_method_outgoing_response_set_status_code(borrowed, status);
    var outgoing: wit.wasi_http_types_own_outgoing_body_t = undefined;
    _ = wit.wasi_http_types_method_outgoing_response_body(borrowed, &outgoing);
    var result: wit.wasi_http_types_result_own_outgoing_response_error_code_t = .{
        .is_err = false,
        .val = .{ .ok = response },
    };
    wit.wasi_http_types_static_response_outparam_set(out, &result);

    var stream: wit.wasi_http_types_own_output_stream_t = undefined;
    _ = wit.wasi_http_types_method_outgoing_body_write(wit.wasi_http_types_borrow_outgoing_body(outgoing), &stream);
    if (content.len > 0) {
        var bytes: Bytes = .{ .ptr = @constCast(content.ptr), .len = content.len };
        var failure: wit.wasi_io_streams_stream_error_t = undefined;
        _ = wit.wasi_io_streams_method_output_stream_blocking_write_and_flush(
            wit.wasi_io_streams_borrow_output_stream(stream),
            &bytes,
            &failure,
        );
    }
    wit.wasi_io_streams_output_stream_drop_own(stream);
    var code: wit.wasi_http_types_error_code_t = undefined;
    _ = wit.wasi_http_types_static_outgoing_body_finish(outgoing, null, &code);
}
