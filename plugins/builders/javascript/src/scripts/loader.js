const __run = (() => {
  const modules = [];
  const natives = new Map();
  // An import of the world as a module: what it has by name, and all of it.
  const native = (name) => {
    let found = natives.get(name);
    if (found === undefined) {
      const given = __natives[name];
      const all = given.default ?? given;
      found = Object.create(null);
      for (const key of Object.keys(all)) found[key] = all[key];
      for (const key of Object.keys(given)) found[key] = given[key];
      found.default = all;
      natives.set(name, found);
    }
    return found;
  };
  const lost = (specifier) => new Error(`the module "${specifier}" is not part of this component: only names that are written out are`);
  const get = (means, specifier) => {
    if (!Object.hasOwn(means, specifier)) throw lost(specifier);
    const meant = means[specifier];
    return typeof meant === "number" ? load(meant) : native(meant);
  };
  const load = (index) => {
    const module = modules[index];
    if (module.exports === undefined) module.start();
    if (module.failed) throw module.failed.error;
    return module.exports;
  };
  // What is thrown once is thrown whenever the module is asked for.
  const guarded = (module, body) => {
    try {
      body();
    } catch (error) {
      module.failed = { error };
      throw error;
    }
  };
  const interop = (value) => {
    const names = Object.create(null);
    if (value !== null && (typeof value === "object" || typeof value === "function")) {
      for (const key of Object.keys(value)) {
        Object.defineProperty(names, key, { enumerable: true, get: () => value[key] });
      }
      if (value.__esModule) return names;
    }
    Object.defineProperty(names, "default", { enumerable: true, get: () => value });
    return names;
  };
  const dynamic = (means) => async (specifier) => get(means, String(specifier));
  return {
    load,
    native,
    module(index, means, body) {
      const module = (modules[index] = {
        start() {
          const exports = (module.exports = Object.create(null));
          Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
          const all = (from) => {
            for (const key of Object.keys(from)) {
              if (key !== "default" && !Object.hasOwn(exports, key)) {
                Object.defineProperty(exports, key, { enumerable: true, get: () => from[key] });
              }
            }
          };
          const meta = Object.create(null);
          guarded(module, () => body.call(undefined, exports, (specifier) => get(means, specifier), all, dynamic(means), meta));
        },
      });
    },
    commonjs(index, means, body) {
      const module = (modules[index] = {
        start() {
          const inner = { exports: {} };
          module.exports = interop(inner.exports);
          module.inner = inner;
          const require = (specifier) => {
            if (!Object.hasOwn(means, specifier)) throw lost(specifier);
            const meant = means[specifier];
            if (typeof meant !== "number") return native(meant);
            const found = load(meant);
            return modules[meant].inner ? modules[meant].inner.exports : found;
          };
          guarded(module, () => body.call(inner.exports, inner.exports, require, inner, dynamic(means)));
          module.exports = interop(inner.exports);
        },
      });
    },
    json(index, means, body) {
      const module = (modules[index] = {
        start() {
          const value = body();
          module.inner = { exports: value };
          module.exports = interop(value);
        },
      });
    },
    program() {
      load(0);
    },
    // Stacks in the user's own lines.
    where(paths, table) {
      const lines = [];
      let module = 0;
      let line = 0;
      for (const step of table.split(";")) {
        if (step === "") {
          lines.push(undefined);
          continue;
        }
        const [down, over] = step.split(",");
        line += Number(down);
        module += Number(over ?? 0);
        lines.push(`${paths[module]}:${line}`);
      }
      Error.prepareStackTrace = (error, sites) => {
        const shown = [];
        for (const site of sites) {
          const place = lines[site.getLineNumber() - 1];
          if (place === undefined) continue;
          const name = site.getFunctionName();
          shown.push(name ? `    at ${name} (${place})` : `    at ${place}`);
        }
        return shown.join("\n");
      };
    },
  };
})();
