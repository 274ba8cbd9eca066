// wasi:io for JavaScript engines that can suspend WebAssembly (JSPI).
//
// A pollable, source or sink has `ready()`, whether there is something to do
// now, and `wait()`, a promise that is settled when `ready()` may have changed.
// What the guest waits in is `async`; the rest returns at once.

export const dispose = Symbol.dispose ?? Symbol.for("dispose");

const CLOSED = { tag: "closed" };

/** How much of a body is held back until somebody takes it, in bytes. */
export const ROOM = 64 * 1024;

export class IoError {
  constructor(cause, code) {
    this.message = cause instanceof Error ? cause.message : String(cause);
    /** The error code of wasi:http that it stands for, where it has one. */
    this.code = code;
  }
  toDebugString() {
    return this.message;
  }
}

export class Pollable {
  #of;
  constructor(of) {
    this.#of = of;
  }
  ready() {
    return this.#of.ready();
  }
  wait() {
    return this.#of.wait();
  }
  async block() {
    while (!this.#of.ready()) await this.#of.wait();
  }
  [dispose]() {
    this.#of.drop?.();
  }
}

export async function poll(pollables) {
  if (pollables.length === 0) throw new Error("poll: there is nothing to wait for");
  for (;;) {
    const ready = [...pollables.keys()].filter((index) => pollables[index].ready());
    if (ready.length > 0) return Uint32Array.from(ready);
    await Promise.race(pollables.map((pollable) => pollable.wait()));
  }
}

async function until(side) {
  while (!side.ready()) await side.wait();
}

/** A promise as something to poll. */
export class Settled {
  #settled = false;
  #promise;
  constructor(promise) {
    const settle = () => {
      this.#settled = true;
    };
    this.#promise = promise.then(settle, settle);
  }
  ready() {
    return this.#settled;
  }
  wait() {
    return this.#promise;
  }
}

export class InputStream {
  #source;
  constructor(source) {
    this.#source = source;
  }
  read(length) {
    return this.#source.read(Number(length));
  }
  async blockingRead(length) {
    await until(this.#source);
    return this.read(length);
  }
  skip(length) {
    return BigInt(this.read(length).byteLength);
  }
  async blockingSkip(length) {
    return BigInt((await this.blockingRead(length)).byteLength);
  }
  subscribe() {
    const source = this.#source;
    return new Pollable({ ready: () => source.ready(), wait: () => source.wait() });
  }
  [dispose]() {
    this.#source.drop?.();
  }
}

export class OutputStream {
  #sink;
  constructor(sink) {
    this.#sink = sink;
  }
  checkWrite() {
    return BigInt(this.#sink.room());
  }
  write(bytes) {
    if (bytes.byteLength > this.#sink.room()) throw new Error("write: more than there is room for");
    this.#sink.write(bytes);
  }
  async blockingWriteAndFlush(bytes) {
    for (let at = 0; at < bytes.byteLength; ) {
      await until(this.#sink);
      const taken = bytes.subarray(at, at + this.#sink.room());
      this.#sink.write(taken);
      at += taken.byteLength;
    }
    await this.blockingFlush();
  }
  flush() {
    this.#sink.room();
  }
  async blockingFlush() {
    await until(this.#sink);
    this.flush();
  }
  writeZeroes(length) {
    this.write(new Uint8Array(Number(length)));
  }
  async blockingWriteZeroesAndFlush(length) {
    await this.blockingWriteAndFlush(new Uint8Array(Number(length)));
  }
  splice(from, length) {
    const bytes = from.read(BigInt(Math.min(Number(length), this.#sink.room())));
    this.#sink.write(bytes);
    return BigInt(bytes.byteLength);
  }
  async blockingSplice(from, length) {
    await until(this.#sink);
    const bytes = await from.blockingRead(BigInt(Math.min(Number(length), this.#sink.room())));
    this.#sink.write(bytes);
    return BigInt(bytes.byteLength);
  }
  subscribe() {
    const sink = this.#sink;
    return new Pollable({ ready: () => sink.ready(), wait: () => sink.wait() });
  }
  [dispose]() {
    this.#sink.drop?.();
  }
}

/** Reads a ReadableStream of bytes, at most one chunk ahead. */
export class Source {
  #reader;
  #chunk;
  #failed;
  #done;
  #reading;
  constructor(stream) {
    this.#reader = stream?.getReader();
    this.#done = !stream;
  }
  ready() {
    return this.#chunk !== undefined || this.#done;
  }
  wait() {
    this.#reading ??= this.#next();
    return this.#reading;
  }
  async #next() {
    try {
      while (!this.ready()) {
        const { done, value } = await this.#reader.read();
        if (done) this.#done = true;
        else if (value.byteLength > 0) this.#chunk = value;
      }
    } catch (cause) {
      this.#failed = cause;
      this.#done = true;
    } finally {
      this.#reading = undefined;
    }
  }
  read(length) {
    if (this.#chunk !== undefined) {
      const taken = this.#chunk.subarray(0, length);
      const rest = this.#chunk.subarray(taken.byteLength);
      this.#chunk = rest.byteLength > 0 ? rest : undefined;
      return taken;
    }
    if (this.#failed !== undefined) {
      const cause = this.#failed;
      this.#failed = undefined;
      const code = { tag: "HTTP-response-incomplete" };
      throw { tag: "last-operation-failed", val: new IoError(cause, code) };
    }
    if (this.#done) throw CLOSED;
    this.wait();
    return new Uint8Array(0);
  }
  drop() {
    this.#reader?.cancel().catch(() => {});
  }
}

/** What is written here is read from `readable`, with a bound between them. */
export class Pipe {
  #controller;
  #closed = false;
  #pulled = Promise.withResolvers();
  constructor() {
    const wake = () => {
      this.#pulled.resolve();
      this.#pulled = Promise.withResolvers();
    };
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: wake,
        cancel: () => {
          this.#closed = true;
          wake();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: ROOM }),
    );
  }
  room() {
    if (this.#closed) throw CLOSED;
    return Math.max(0, this.#controller.desiredSize);
  }
  ready() {
    return this.#closed || this.#controller.desiredSize > 0;
  }
  wait() {
    return this.#pulled.promise;
  }
  write(bytes) {
    if (this.#closed) throw CLOSED;
    if (bytes.byteLength > 0) this.#controller.enqueue(bytes);
  }
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#controller.close();
  }
  /** Whoever reads sees that something is missing. */
  abort(why) {
    if (this.#closed) return;
    this.#closed = true;
    this.#controller.error(why);
  }
}
