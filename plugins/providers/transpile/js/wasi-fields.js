// wasi:http/types, the resource `fields`.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** They concern one connection, which is not the guest's: as in wasmtime. */
const FORBIDDEN = new Set([
  "connection",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** A fetch has a character for each byte. */
const bytesOf = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const textOf = (bytes) => String.fromCharCode(...bytes);

function checkedName(name) {
  if (!NAME.test(name)) throw { tag: "invalid-syntax" };
  const lower = name.toLowerCase();
  if (FORBIDDEN.has(lower)) throw { tag: "forbidden" };
  return lower;
}

function checkedValue(value) {
  if (value.some((byte) => (byte < 32 && byte !== 9) || byte === 127)) {
    throw { tag: "invalid-syntax" };
  }
  return value;
}

export class Fields {
  /** Pairs of a name in lower case and its value as bytes. */
  #entries = [];
  #immutable = false;

  static fromList(list) {
    const fields = new Fields();
    for (const [name, value] of list) fields.append(name, value);
    return fields;
  }
  /** Those of a fetch, for the guest to read. */
  static of(headers, except = []) {
    const fields = new Fields();
    for (const [name, value] of headers) {
      if (!except.includes(name)) fields.#entries.push([name, bytesOf(value)]);
    }
    return fields.freeze();
  }
  /** For a fetch. */
  toHeaders() {
    const headers = new Headers();
    for (const [name, value] of this.#entries) headers.append(name, textOf(value));
    return headers;
  }
  freeze() {
    this.#immutable = true;
    return this;
  }
  #change() {
    if (this.#immutable) throw { tag: "immutable" };
  }

  get(name) {
    const lower = name.toLowerCase();
    return this.#entries.filter(([key]) => key === lower).map(([, value]) => value);
  }
  has(name) {
    return this.get(name).length > 0;
  }
  set(name, values) {
    this.#change();
    const lower = checkedName(name);
    values.forEach(checkedValue);
    this.#entries = this.#entries.filter(([key]) => key !== lower);
    for (const value of values) this.#entries.push([lower, value]);
  }
  append(name, value) {
    this.#change();
    this.#entries.push([checkedName(name), checkedValue(value)]);
  }
  delete(name) {
    this.#change();
    const lower = checkedName(name);
    this.#entries = this.#entries.filter(([key]) => key !== lower);
  }
  entries() {
    return this.#entries;
  }
  clone() {
    const copy = new Fields();
    copy.#entries = [...this.#entries];
    return copy;
  }
}
