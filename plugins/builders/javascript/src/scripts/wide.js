// Integers of 64 bits are `BigInt` in a source, and between it and the bindings 16
// hexadecimal digits: the runtime would make doubles of them. `__table` has where
// they are, of what is imported and exported.
const __wide = ((table) => {
  // A number without a fraction will do.
  const lower = (value) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, "0");
  const lift = (value, signed) => {
    const bits = BigInt(`0x${value}`);
    return signed ? BigInt.asIntN(64, bits) : bits;
  };
  // One value, with everything in it. A type is its number in the table.
  const convert = (value, type, wide) => {
    if (type === null) return value;
    if (type === "u" || type === "s") return wide(value, type === "s");
    if (value === null || value === undefined) return value;
    const [kind, inner] = table.types[type];
    const each = (item) => convert(item, inner, wide);
    switch (kind) {
      case "option":
        return each(value);
      case "list":
        return typeof value[Symbol.iterator] === "function" ? Array.from(value, each) : value;
      case "map":
        return typeof value[Symbol.iterator] === "function"
          ? new Map(Array.from(value, ([key, item]) => [convert(key, inner[0], wide), convert(item, inner[1], wide)]))
          : value;
      case "tuple":
        return inner.map((type, index) => convert(value[index], type, wide));
      case "record": {
        const copy = {};
        for (const [name, type] of inner) copy[name] = convert(value[name], type, wide);
        return copy;
      }
      case "variant": {
        const type = Object.hasOwn(inner, value.tag) ? inner[value.tag] : null;
        return type === null ? value : { tag: value.tag, val: convert(value.val, type, wide) };
      }
    }
  };
  const all = (values, types, wide) => values.map((value, index) => convert(value, types[index] ?? null, wide));

  // What a source calls.
  const imported = ({ params, ok, err }, call) =>
    function (...given) {
      try {
        return convert(call(this, all(given, params, lower), new.target), ok, lift);
      } catch (error) {
        if (err !== null && error !== null && typeof error === "object" && "payload" in error) {
          // It is the engine's own, and only read.
          Object.defineProperty(error, "payload", { value: convert(error.payload, err, lift) });
        }
        throw error;
      }
    };
  // What calls a source. It may call itself what it exports, and then nothing is
  // converted: only the outermost call is the bindings'.
  let inside = false;
  const exported = ({ params, ok, err }, call) =>
    function (...given) {
      if (inside) return call(this, given, new.target);
      inside = true;
      try {
        return convert(call(this, all(given, params, lift), new.target), ok, lower);
      } catch (error) {
        throw error instanceof Error ? error : convert(error, err, lower);
      } finally {
        inside = false;
      }
    };
  const called = (original) => (self, given) => Reflect.apply(original, self, given);
  const method = (object, name, type, wrap) => {
    const original = object?.[name];
    if (typeof original !== "function") return;
    Object.defineProperty(object, name, { configurable: true, writable: true, enumerable: false, value: wrap(type, called(original)) });
  };
  const resource = (original, { create, methods, statics }, wrap) => {
    for (const name of Object.keys(methods)) method(original.prototype, name, methods[name], wrap);
    for (const name of Object.keys(statics)) method(original, name, statics[name], wrap);
    if (create === null) return original;
    const construct = wrap(create, (_, given, target) => Reflect.construct(original, given, target));
    return new Proxy(original, { construct: (_, given, target) => Reflect.construct(construct, given, target) });
  };
  const wrapped = (value, type, wrap, self) => {
    if (typeof value !== "function") return value;
    return "methods" in type ? resource(value, type, wrap) : wrap(type, (_, given) => Reflect.apply(value, self, given));
  };
  for (const [name, members] of table.imports) {
    const found = __run.native(name);
    for (const key of Object.keys(members)) found[key] = wrapped(found[key], members[key], imported, undefined);
    if (typeof found.default === "object") {
      const whole = Object.create(null);
      for (const key of Object.keys(found)) if (key !== "default") whole[key] = found[key];
      found.default = whole;
    }
  }
  return {
    exported(name, value) {
      const type = table.exports[name];
      if (type === undefined) return value;
      if ("params" in type) return wrapped(value, type, exported, undefined);
      if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
      const own = Object.create(value);
      for (const key of Object.keys(type.members)) {
        Object.defineProperty(own, key, { enumerable: true, value: wrapped(value[key], type.members[key], exported, value) });
      }
      return own;
    },
  };
})(__table);
