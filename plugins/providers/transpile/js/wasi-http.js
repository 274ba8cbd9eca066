// wasi:http/types and wasi:http/outgoing-handler over fetch. Bodies are
// streamed in both directions, and wait where the other side is slower.

import { Fields } from "./wasi-fields.js";
import { dispose, InputStream, OutputStream, Pipe, Pollable, Settled, Source } from "./wasi-io.js";

const METHODS = ["get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"];

function methodOf(text) {
  const tag = text.toLowerCase();
  return METHODS.includes(tag) ? { tag } : { tag: "other", val: text };
}

/** Fails where it was there already, or is over: the guest gets `err`. */
function once(holder, key) {
  const value = holder[key];
  if (value === undefined) throw undefined;
  holder[key] = undefined;
  return value;
}

export class IncomingBody {
  constructor(stream) {
    this.rest = new InputStream(new Source(stream));
  }
  stream() {
    return once(this, "rest");
  }
  static finish() {
    return new FutureTrailers();
  }
}

/** A fetch has none: they are there at once, and empty. */
export class FutureTrailers {
  #taken = false;
  subscribe() {
    return new Pollable({ ready: () => true });
  }
  get() {
    if (this.#taken) return { tag: "err" };
    this.#taken = true;
    return { tag: "ok", val: { tag: "ok", val: undefined } };
  }
}

export class IncomingRequest {
  #request;
  #url;
  constructor(request) {
    this.#request = request;
    this.#url = new URL(request.url);
    this.body = new IncomingBody(request.body);
  }
  method() {
    return methodOf(this.#request.method);
  }
  pathWithQuery() {
    return this.#url.pathname + this.#url.search;
  }
  scheme() {
    return { tag: this.#url.protocol === "https:" ? "HTTPS" : "HTTP" };
  }
  authority() {
    return this.#url.host;
  }
  headers() {
    return Fields.of(this.#request.headers);
  }
  consume() {
    return once(this, "body");
  }
}

export class IncomingResponse {
  #response;
  constructor(response) {
    this.#response = response;
    this.body = new IncomingBody(response.body);
  }
  status() {
    return this.#response.status;
  }
  headers() {
    // A fetch decodes the body, so these two would no longer be true.
    const encoded = this.#response.headers.has("content-encoding");
    const except = encoded ? ["content-encoding", "content-length"] : [];
    return Fields.of(this.#response.headers, except);
  }
  consume() {
    return once(this, "body");
  }
}

export class OutgoingBody {
  #finished = false;
  constructor() {
    this.pipe = new Pipe();
    this.rest = new OutputStream(this.pipe);
  }
  write() {
    return once(this, "rest");
  }
  static finish(body, trailers) {
    if (trailers?.entries().length > 0) {
      body.pipe.abort(new Error("trailers cannot be sent"));
      throw { tag: "internal-error", val: "trailers cannot be sent here" };
    }
    body.#finished = true;
    body.pipe.close();
  }
  [dispose]() {
    if (!this.#finished) this.pipe.abort(new Error("the body was not finished"));
  }
  /** What a fetch or a response takes; of a known length where one was said. */
  static readable(body, headers) {
    const length = headers.get("content-length");
    if (length === null || typeof FixedLengthStream === "undefined") return body.pipe.readable;
    return body.pipe.readable.pipeThrough(new FixedLengthStream(BigInt(length)));
  }
}

/** What a request and a response have in common: headers, and a body once. */
class Outgoing {
  #headers;
  constructor(headers) {
    this.#headers = headers.freeze();
    this.unused = new OutgoingBody();
  }
  headers() {
    return this.#headers;
  }
  body() {
    this.used = once(this, "unused");
    return this.used;
  }
}

export class OutgoingResponse extends Outgoing {
  #status = 200;
  statusCode() {
    return this.#status;
  }
  setStatusCode(status) {
    if (status < 200 || status > 599) throw undefined;
    this.#status = status;
  }
}

export class OutgoingRequest extends Outgoing {
  #method = { tag: "get" };
  #scheme;
  #authority;
  #path;
  method() {
    return this.#method;
  }
  setMethod(method) {
    if (method.tag === "other" && !/^[A-Za-z-]+$/.test(method.val)) throw undefined;
    this.#method = method;
  }
  scheme() {
    return this.#scheme;
  }
  setScheme(scheme) {
    if (scheme?.tag === "other") throw undefined;
    this.#scheme = scheme;
  }
  authority() {
    return this.#authority;
  }
  setAuthority(authority) {
    if (authority !== undefined && !/^(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d+)?$/.test(authority)) {
      throw undefined;
    }
    this.#authority = authority;
  }
  pathWithQuery() {
    return this.#path;
  }
  setPathWithQuery(path) {
    if (path !== undefined && !/^[/?][\x21-\x7e]*$/.test(path)) throw undefined;
    this.#path = path;
  }
}

export class RequestOptions {
  #times = {};
  connectTimeout() {
    return this.#times.connect;
  }
  setConnectTimeout(duration) {
    this.#times.connect = duration;
  }
  firstByteTimeout() {
    return this.#times.firstByte;
  }
  setFirstByteTimeout(duration) {
    this.#times.firstByte = duration;
  }
  betweenBytesTimeout() {
    return this.#times.between;
  }
  setBetweenBytesTimeout(duration) {
    this.#times.between = duration;
  }
}

export class ResponseOutparam {
  #answer = Promise.withResolvers();
  /** What the guest set: a result of a response. */
  answer = this.#answer.promise;
  sendInformational() {
    throw { tag: "internal-error", val: "there are no informational responses here" };
  }
  static set(outparam, result) {
    outparam.#answer.resolve(result);
  }
}

export class FutureIncomingResponse {
  #result;
  #settled;
  constructor(sending) {
    this.#settled = new Settled(
      sending.then(
        (response) => {
          this.#result = { tag: "ok", val: { tag: "ok", val: new IncomingResponse(response) } };
        },
        (error) => {
          this.#result = { tag: "ok", val: { tag: "err", val: errorCode(error) } };
        },
      ),
    );
  }
  subscribe() {
    return new Pollable(this.#settled);
  }
  get() {
    const result = this.#result;
    if (result !== undefined) this.#result = { tag: "err" };
    return result;
  }
}

/** What the causes that Node.js names are called by WASI. */
const CAUSES = {
  ECONNREFUSED: "connection-refused",
  ECONNRESET: "connection-terminated",
  ENOTFOUND: "destination-not-found",
  UND_ERR_CONNECT_TIMEOUT: "connection-timeout",
};

function errorCode(error) {
  if (error?.name === "TimeoutError") return { tag: "connection-timeout" };
  const tag = CAUSES[error?.cause?.code];
  return tag ? { tag } : { tag: "internal-error", val: String(error?.message ?? error) };
}

export function httpErrorCode(error) {
  return error.code;
}

/** wasi:http/outgoing-handler */
export function handle(request, options) {
  const method = request.method().val ?? request.method().tag.toUpperCase();
  if (request.authority() === undefined) throw { tag: "HTTP-request-URI-invalid" };
  const scheme = request.scheme()?.tag === "HTTP" ? "http" : "https";
  const headers = request.headers().toHeaders();
  // Those that cannot have a body, for a fetch.
  const bodied = request.used !== undefined && !["GET", "HEAD", "TRACE"].includes(method);
  const limits = [options?.connectTimeout(), options?.firstByteTimeout()];
  const limit = limits.reduce((all, one) => (one === undefined ? all : (all ?? 0n) + one), undefined);
  const abort = new AbortController();
  const late = () => abort.abort(new DOMException("it took too long", "TimeoutError"));
  const timer = limit === undefined ? undefined : setTimeout(late, Number(limit / 1_000_000n));
  const sending = fetch(`${scheme}://${request.authority()}${request.pathWithQuery() ?? "/"}`, {
    method,
    headers,
    body: bodied ? OutgoingBody.readable(request.used, headers) : undefined,
    duplex: bodied ? "half" : undefined,
    // The guest follows redirects itself, or does not.
    redirect: "manual",
    signal: abort.signal,
  });
  return new FutureIncomingResponse(sending.finally(() => clearTimeout(timer)));
}
