{
  const encoder = (text) => {
    // UTF-8 by hand: there is no TextEncoder in the language itself.
    const bytes = [];
    for (const character of String(text)) {
      const c = character.codePointAt(0);
      if (c < 0x80) bytes.push(c);
      else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
      else if (c >= 0xd800 && c < 0xe000) bytes.push(0xef, 0xbf, 0xbd);
      else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
      else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    }
    return Uint8Array.from(bytes);
  };
  const shown = (value, nested, seen) => {
    switch (typeof value) {
      case "string":
        return nested ? JSON.stringify(value) : value;
      case "bigint":
        return `${value}n`;
      case "symbol":
        return value.toString();
      case "function":
        return `[function ${value.name || "anonymous"}]`;
      case "object":
        break;
      default:
        return String(value);
    }
    if (value === null) return "null";
    if (value instanceof Error) {
      const stack = value.stack ? `\n${value.stack.trimEnd()}` : "";
      return `${value}${stack}`;
    }
    if (seen.includes(value)) return "[circular]";
    const inside = [...seen, value];
    const each = (items) => items.map((item) => shown(item, true, inside));
    if (Array.isArray(value)) return value.length ? `[ ${each(value).join(", ")} ]` : "[]";
    if (value instanceof Map) return `Map(${value.size}) { ${[...value].map(([k, v]) => `${shown(k, true, inside)} => ${shown(v, true, inside)}`).join(", ")} }`;
    if (value instanceof Set) return `Set(${value.size}) { ${each([...value]).join(", ")} }`;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} [ ${Array.from(value).join(", ")} ]`;
    if (value instanceof Date || value instanceof RegExp) return String(value);
    const keys = Object.keys(value);
    const name = value.constructor && value.constructor !== Object ? `${value.constructor.name} ` : "";
    if (!keys.length) return `${name}{}`;
    return `${name}{ ${keys.map((key) => `${key}: ${shown(value[key], true, inside)}`).join(", ")} }`;
  };
  const write = (name, get, text) => {
    const stream = (__natives[name].default ?? __natives[name])[get]();
    let bytes = encoder(text);
    while (bytes.length > 0) {
      stream.blockingWriteAndFlush(bytes.subarray(0, 4096));
      bytes = bytes.subarray(4096);
    }
    stream[Symbol.dispose]?.();
  };
  const line = (values) => `${values.map((value) => shown(value, false, [])).join(" ")}\n`;
  const out = (...values) => write(__STDOUT__, "getStdout", line(values));
  const err = (...values) => write(__STDERR__, "getStderr", line(values));
  globalThis.console = { log: out, info: out, debug: out, error: err, warn: err, trace: err, assert(holds, ...values) { if (!holds) err("assertion failed", ...values); } };
}
