import {
  Fields,
  OutgoingBody,
  OutgoingResponse,
  ResponseOutparam,
  type IncomingRequest,
} from "wasi:http/types";

export const incomingHandler = {
  handle(request: IncomingRequest, out: ResponseOutparam): void {
    const path = request.pathWithQuery() ?? "";
    const asked = `${request.method().tag} ${path.split("?")[0]}`;
    if (asked === "get /hello") answer(out, 200, bytes(`GET ${path}\n`));
    else if (asked === "post /echo") answer(out, 201, body(request));
    else answer(out, 404, new Uint8Array());
  },
};

function body(request: IncomingRequest): Uint8Array {
  const incoming = request.consume();
  const stream = incoming.stream();
  const all: number[] = [];
  for (;;) {
    try {
      all.push(...stream.blockingRead(4096));
    } catch (error: any) {
      if (error.payload?.tag !== "closed") throw error;
      stream[Symbol.dispose]();
      return Uint8Array.from(all);
    }
  }
}

function answer(out: ResponseOutparam, status: number, content: Uint8Array): void {
  const headers = Fields.fromList([["content-type", bytes("text/plain")]]);
  const response = new OutgoingResponse(headers);
  response.setStatusCode(status);
  const body = response.body();
  ResponseOutparam.set(out, { tag: "ok", val: response });
  const stream = body.write();
  if (content.length) stream.blockingWriteAndFlush(content);
  stream[Symbol.dispose]();
  OutgoingBody.finish(body, null);
}

// Of ASCII: there is no `TextEncoder` in the language itself.
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
