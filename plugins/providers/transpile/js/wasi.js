// WASI 0.2 for one instance: what there is of it on an edge platform.

import { dispose, InputStream, IoError, OutputStream, poll, Pollable, ROOM } from "./wasi-io.js";
import { Fields } from "./wasi-fields.js";
import * as http from "./wasi-http.js";

/** The longest that a timer can be set to, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

function timer(nanoseconds) {
  let ready = nanoseconds <= 0n;
  let handle;
  const fired = new Promise((resolve) => {
    const milliseconds = Math.min(Number(nanoseconds) / 1e6, LONGEST);
    const fire = () => {
      ready = true;
      resolve();
    };
    if (!ready) handle = setTimeout(fire, milliseconds);
  });
  return new Pollable({
    ready: () => ready,
    wait: () => fired,
    drop: () => clearTimeout(handle),
  });
}

const nanoseconds = () => BigInt(Math.round(performance.now() * 1e6));

const monotonicClock = {
  now: nanoseconds,
  resolution: () => 1_000_000n,
  subscribeDuration: timer,
  subscribeInstant: (instant) => timer(instant - nanoseconds()),
};

const wallClock = {
  now() {
    const now = Date.now();
    return { seconds: BigInt(Math.floor(now / 1000)), nanoseconds: (now % 1000) * 1e6 };
  },
  resolution: () => ({ seconds: 0n, nanoseconds: 1e6 }),
};

function randomBytes(length) {
  const bytes = new Uint8Array(Number(length));
  // More than this at once is refused.
  for (let at = 0; at < bytes.length; at += 65536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65536));
  }
  return bytes;
}
const randomU64 = () => crypto.getRandomValues(new BigUint64Array(1))[0];

/** Whole lines into the platform's log. */
class Log {
  #line = "";
  #decoder = new TextDecoder();
  #print;
  constructor(print) {
    this.#print = print;
  }
  room() {
    return ROOM;
  }
  ready() {
    return true;
  }
  write(bytes) {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#line = lines.pop();
    for (const line of lines) this.#print(line);
  }
  drop() {
    if (this.#line !== "") this.#print(this.#line);
    this.#line = "";
  }
}

class Nothing {
  ready() {
    return true;
  }
  read() {
    throw { tag: "closed" };
  }
}

/** Ends the guest; its code is what came of it. */
export class Exit extends Error {
  constructor(code) {
    super(`the component exited with ${code}`);
    this.code = code;
  }
}

function exit(code) {
  throw new Exit(code);
}

class TerminalInput {}
class TerminalOutput {}
class Descriptor {}
class DirectoryEntryStream {}
class Network {}
class TcpSocket {}
class UdpSocket {}
class IncomingDatagramStream {}
class OutgoingDatagramStream {}
class ResolveAddressStream {}

function notSupported() {
  throw "not-supported";
}

/** The imports of an instance, by interface. */
export function wasi({ environment, more }) {
  return {
    "wasi:io/error": { Error: IoError },
    "wasi:io/poll": { Pollable, poll },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:clocks/monotonic-clock": monotonicClock,
    "wasi:clocks/wall-clock": wallClock,
    "wasi:random/random": { getRandomBytes: randomBytes, getRandomU64: randomU64 },
    "wasi:random/insecure": {
      getInsecureRandomBytes: randomBytes,
      getInsecureRandomU64: randomU64,
    },
    "wasi:random/insecure-seed": { insecureSeed: () => [randomU64(), randomU64()] },
    "wasi:cli/environment": {
      getEnvironment: () => Object.entries(environment),
      // The first is the program itself, which runtimes count on.
      getArguments: () => ["component"],
      initialCwd: () => undefined,
    },
    "wasi:cli/exit": {
      exit: (status) => exit(status.tag === "ok" ? 0 : 1),
      exitWithCode: exit,
    },
    "wasi:cli/stdin": { getStdin: () => new InputStream(new Nothing()) },
    "wasi:cli/stdout": { getStdout: () => new OutputStream(new Log(console.log)) },
    "wasi:cli/stderr": { getStderr: () => new OutputStream(new Log(console.error)) },
    "wasi:cli/terminal-input": { TerminalInput },
    "wasi:cli/terminal-output": { TerminalOutput },
    "wasi:cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "wasi:cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "wasi:cli/terminal-stderr": { getTerminalStderr: () => undefined },
    // No directories and no sockets: what begins with one cannot be called.
    "wasi:filesystem/preopens": { getDirectories: () => [] },
    "wasi:filesystem/types": {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: () => undefined,
    },
    "wasi:sockets/instance-network": { instanceNetwork: () => new Network() },
    "wasi:sockets/network": { Network, networkErrorCode: () => undefined },
    "wasi:sockets/tcp": { TcpSocket },
    "wasi:sockets/tcp-create-socket": { createTcpSocket: notSupported },
    "wasi:sockets/udp": { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
    "wasi:sockets/udp-create-socket": { createUdpSocket: notSupported },
    "wasi:sockets/ip-name-lookup": { ResolveAddressStream, resolveAddresses: notSupported },
    "wasi:http/types": { ...http, Fields },
    "wasi:http/outgoing-handler": { handle: http.handle },
    "wasi:config/store": {
      get: (name) => environment[name],
      getAll: () => Object.entries(environment),
    },
    "wasi:logging/logging": {
      log: (level, context, message) => {
        const print = console[level] ?? console.error;
        print.call(console, context === "" ? message : `${context}: ${message}`);
      },
    },
    ...more,
  };
}

export { dispose };
