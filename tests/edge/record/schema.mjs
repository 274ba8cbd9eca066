// What the platforms' own SDKs take, as JSON Schema.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { here, packages, run, work } from "./recorder.mjs";

/** What a type of a platform's own SDK says, as JSON Schema. */
export async function schema(type) {
  const types = join(work, "schema");
  cpSync(join(here, "schema"), types, { recursive: true });
  const paths = { "*": [join(packages, "node_modules/*")] };
  const compilerOptions = { moduleResolution: "bundler", module: "esnext", target: "esnext", skipLibCheck: true, paths };
  writeFileSync(join(types, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const generator = join(packages, "node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js");
  const file = join(types, `${type}.json`);
  const from = ["-f", join(types, "tsconfig.json"), "-p", join(types, `${type}.ts`), "-t", type];
  await run(process.execPath, [generator, ...from, "--no-type-check", "-o", file]);
  return named(withoutProse(JSON.parse(readFileSync(file, "utf8"))));
}

/** With short names for types that have none, whose names here are places. */
function named(schema) {
  let text = JSON.stringify(schema);
  Object.keys(schema.definitions)
    .filter((name) => name.includes("<"))
    .forEach((name, number) => {
      text = text.replaceAll(JSON.stringify(name), `"Nameless${number}"`);
      text = text.replaceAll(encodeURIComponent(name), `Nameless${number}`);
    });
  return JSON.parse(text);
}

/** Without descriptions, which are prose. */
function withoutProse(value) {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) => !(["description", "deprecated"].includes(key) && typeof inner !== "object"),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutProse(inner)]));
}
