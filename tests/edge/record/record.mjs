// Records what the platforms' own commands send, for the tests to compare the
// plugins with: `cargo xtask record`. Nothing leaves this machine.
//
// The answers are made up here. They are what makes the commands go on, and no
// evidence of what the platforms answer.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cloudflare } from "./cloudflare.mjs";
import { fastly } from "./fastly.mjs";
import { here, work } from "./recorder.mjs";
import { schema } from "./schema.mjs";
import { vercel } from "./vercel.mjs";

const out = join(here, "../recorded");
const write = (name, text) => writeFileSync(join(out, name), text);
const lines = (value) => `${JSON.stringify(value, null, 1)}\n`;
try {
  write("cloudflare.json", lines(await cloudflare()));
  write("fastly.json", lines(await fastly()));
  write("vercel.json", lines(await vercel()));
  write("cloudflare-metadata.schema.json", lines(await schema("Metadata")));
  write("vercel-deployment.schema.json", lines(await schema("Deployment")));
} finally {
  rmSync(work, { recursive: true, force: true });
}
