// A component as what a platform calls: requests in, responses out.

import { IncomingRequest, OutgoingBody, ResponseOutparam } from "./wasi-http.js";
import { Exit } from "./wasi.js";

/** Says which deployment answered, so that whoever deployed can tell. */
const DIGEST = "x-run-digest";

/** A response with one of these has no body. */
const BODYLESS = [204, 205, 304];

/**
 * Answers a request with a fresh instance. `after` keeps the platform from
 * ending what the guest still does once it has answered.
 */
export async function serve(request, { instance, digest, after }) {
  const outparam = new ResponseOutparam();
  let body;
  const handled = (async () => {
    const { incomingHandler } = await instance;
    await incomingHandler.handle(new IncomingRequest(request), outparam);
  })();
  const failed = handled.then(
    () => ({ tag: "err", val: "it set no response" }),
    (error) => {
      console.error(`the component failed: ${error?.stack ?? error}`);
      body?.pipe.abort(error);
      return { tag: "err", val: "it failed" };
    },
  );
  after?.(failed);
  const answer = await Promise.race([outparam.answer, failed]);
  if (answer.tag === "err") {
    const said = typeof answer.val === "string" ? answer.val : answer.val.tag;
    const text = `the component did not answer: ${said}\n`;
    return new Response(text, { status: 500, headers: { [DIGEST]: digest } });
  }
  const response = answer.val;
  const headers = response.headers().toHeaders();
  const status = response.statusCode();
  const encoded = headers.has("content-encoding") ? { encodeBody: "manual" } : {};
  body = response.used;
  const readable = body && OutgoingBody.readable(body, headers);
  headers.set(DIGEST, digest);
  if (BODYLESS.includes(status)) readable?.cancel();
  return new Response(BODYLESS.includes(status) ? null : readable, { status, headers, ...encoded });
}

/** Calls `wasi:cli/run`, as a schedule asks for. */
export async function run(instance) {
  try {
    await (await instance).run.run();
  } catch (error) {
    if (error instanceof Exit && error.code === 0) return;
    if (error?.payload === undefined && "payload" in Object(error)) {
      throw new Error("the job ended with an error");
    }
    throw error;
  }
}
