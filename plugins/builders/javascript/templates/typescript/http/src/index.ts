// Answers HTTP requests.
import {
  Fields,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
  type IncomingRequest,
} from "wasi:http/types";

export const incomingHandler = {
  handle(request: IncomingRequest, out: ResponseOutparam): void {
    const path = request.pathWithQuery() ?? "/";
    answer(out, 200, `Hello from ${path}!\n`);
  },
};

function answer(out: ResponseOutparam, status: number, text: string): void {
  const headers = Fields.fromList([["content-type", bytes("text/plain; charset=utf-8")]]);
  const response = new OutgoingResponse(headers);
  response.setStatusCode(status);
  const body = response.body();
  ResponseOutparam.set(out, { tag: "ok", val: response });
  const stream = body.write();
  stream.blockingWriteAndFlush(bytes(text));
  stream[Symbol.dispose]();
  OutgoingBody.finish(body, null);
}

// Of ASCII, as the paths of URLs are: `TextEncoder` is the Web's, not the language's.
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
