from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method_Get,
    Method_Post,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        path = request.path_with_query() or ""
        match request.method(), path.split("?")[0]:
            case Method_Get(), "/hello":
                answer(response_out, 200, f"GET {path}\n".encode())
            case Method_Post(), "/echo":
                answer(response_out, 201, body(request))
            case _:
                answer(response_out, 404, b"")


def body(request: IncomingRequest) -> bytes:
    received = b""
    with request.consume() as incoming, incoming.stream() as stream:
        while True:
            try:
                received += stream.blocking_read(4096)
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return received
                raise


def answer(response_out: ResponseOutparam, status: int, content: bytes) -> None:
    response = OutgoingResponse(Fields.from_list([("content-type", b"text/plain")]))
    response.set_status_code(status)
    outgoing = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    with outgoing.write() as stream:
        if content:
            stream.blocking_write_and_flush(content)
    OutgoingBody.finish(outgoing, None)
