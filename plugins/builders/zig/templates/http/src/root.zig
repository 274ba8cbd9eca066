//! Answers HTTP requests.
const std = @import("std");
const wit = @import("wit");

export fn exports_wasi_http_incoming_handler_handle(
    request: wit.exports_wasi_http_incoming_handler_own_incoming_request_t,
    out: wit.exports_wasi_http_incoming_handler_own_response_outparam_t,
) void {
    defer wit.wasi_http_types_incoming_request_drop_own(request);
    var path: wit.component_string_t = undefined;
    const named = wit.wasi_http_types_method_incoming_request_path_with_query(
        wit.wasi_http_types_borrow_incoming_request(request),
        &path,
    );
    defer if (named) wit.component_string_free(&path);
    var buffer: [4096]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, "Hello from {s}!\n", .{
        if (named) path.ptr[0..path.len] else "/",
    }) catch "Hello!\n";
    answer(out, 200, text);
}

fn answer(out: wit.wasi_http_types_own_response_outparam_t, status: u16, text: []const u8) void {
    const headers = wit.wasi_http_types_constructor_fields();
    const response = wit.wasi_http_types_constructor_outgoing_response(headers);
    const borrowed = wit.wasi_http_types_borrow_outgoing_response(response);
    _ = wit.wasi_http_types_method_outgoing_response_set_status_code(borrowed, status);
    var body: wit.wasi_http_types_own_outgoing_body_t = undefined;
    _ = wit.wasi_http_types_method_outgoing_response_body(borrowed, &body);
    var result: wit.wasi_http_types_result_own_outgoing_response_error_code_t = .{
        .is_err = false,
        .val = .{ .ok = response },
    };
    wit.wasi_http_types_static_response_outparam_set(out, &result);

    var stream: wit.wasi_http_types_own_output_stream_t = undefined;
    _ = wit.wasi_http_types_method_outgoing_body_write(
        wit.wasi_http_types_borrow_outgoing_body(body),
        &stream,
    );
    var bytes: wit.component_list_u8_t = .{ .ptr = @constCast(text.ptr), .len = text.len };
    var failure: wit.wasi_io_streams_stream_error_t = undefined;
    _ = wit.wasi_io_streams_method_output_stream_blocking_write_and_flush(
        wit.wasi_io_streams_borrow_output_stream(stream),
        &bytes,
        &failure,
    );
    wit.wasi_io_streams_output_stream_drop_own(stream);
    var code: wit.wasi_http_types_error_code_t = undefined;
    _ = wit.wasi_http_types_static_outgoing_body_finish(body, null, &code);
}
