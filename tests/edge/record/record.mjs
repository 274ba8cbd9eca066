// Records what the platforms' own commands send, for the tests to compare the
// plugins with: `cargo xtask record`. Nothing leaves this machine.
//
// The answers are made up here. They are what makes the commands go on, and no
// evidence of what the platforms answer.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [packages] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../recorded");
const work = mkdtempSync(join(tmpdir(), "record-"));

/** Answers with what `answer` says, and keeps what came. */
async function recorder(answer, tls) {
  const requests = [];
  const handle = (request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks);
      const url = new URL(request.url, "http://recorder.test");
      const kept = {
        method: request.method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        ...(await described(request.headers, body)),
      };
      requests.push(kept);
      const [status, json] = answer(kept, requests);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(json));
    });
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { requests, port: server.address().port, stop: () => server.close() };
}

/** The body without what differs from run to run. */
async function described(headers, body) {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) {
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const parts = [];
    for (const [name, value] of form) {
      const file = typeof value !== "string";
      parts.push({
        name,
        filename: file ? value.name : undefined,
        type: file ? value.type : undefined,
        json: name === "metadata" ? JSON.parse(file ? await value.text() : value) : undefined,
      });
    }
    return { parts };
  }
  if (type.startsWith("application/json") && body.length > 0) return { json: JSON.parse(body) };
  if (type.startsWith("application/x-www-form-urlencoded") && body.length > 0) {
    return { form: Object.fromEntries(new URLSearchParams(body.toString())) };
  }
  if (body.length === 0) return {};
  const digest = headers["x-now-digest"];
  return { bytes: body.length, ...(digest ? { digest } : {}) };
}

function run(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${args[1]}: ${code}`))));
  });
}

const clean = { PATH: process.env.PATH, HOME: work, CI: "1", NO_COLOR: "1" };

async function cloudflare() {
  const ok = (result) => [200, { success: true, errors: [], messages: [], result }];
  const version = "11111111-2222-4333-8444-555555555555";
  let uploaded = false;
  const { requests, port, stop } = await recorder(({ method, path }) => {
    if (path.endsWith("/workers/services/handler") && !uploaded) {
      const errors = [{ code: 10090, message: "This Worker does not exist on your account." }];
      return [404, { success: false, errors, messages: [], result: null }];
    }
    if (path.endsWith("/workers/services/handler")) {
      return ok({ id: "handler", default_environment: { environment: "production", script: {} } });
    }
    if (path.endsWith("/deployments") && method === "GET") {
      return ok({ deployments: [{ id: "d", source: "api", strategy: "percentage", created_on: "2026-01-01T00:00:00Z", versions: [{ version_id: version, percentage: 100 }] }] });
    }
    if (path.endsWith("/settings")) return ok({ bindings: [], compatibility_flags: [] });
    if (path.endsWith("/workers/scripts/handler") && method === "PUT") {
      uploaded = true;
      return ok({ id: "handler", etag: "e", startup_time_ms: 7, deployment_id: version, available_on_subdomain: false });
    }
    if (path.endsWith("/workers/scripts/handler/versions")) {
      return ok({ id: version, number: 2, startup_time_ms: 7, metadata: {}, resources: { script: { etag: "e" }, script_runtime: {}, bindings: [] } });
    }
    if (path.endsWith("/scripts/handler/subdomain")) {
      return ok({ enabled: method === "POST", previews_enabled: false });
    }
    if (path.endsWith("/workers/subdomain")) return ok({ subdomain: "acme" });
    if (path.endsWith("/schedules")) return ok({ schedules: [] });
    return ok({});
  });
  const project = join(work, "wrangler");
  cpSync(join(here, "wrangler"), project, { recursive: true });
  const wrangler = join(packages, "node_modules/wrangler/bin/wrangler.js");
  const env = {
    ...clean,
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
    CLOUDFLARE_API_TOKEN: "recorded",
    CLOUDFLARE_ACCOUNT_ID: "account",
    WRANGLER_SEND_METRICS: "false",
  };
  const deploy = async () => {
    const from = requests.length;
    await run(process.execPath, [wrangler, "deploy"], { cwd: project, env });
    return requests.slice(from);
  };
  const recorded = { by: "wrangler 4.86.0 deploy", first: await deploy(), again: await deploy() };
  stop();
  return recorded;
}

async function vercel() {
  const files = [];
  const { requests, port, stop } = await recorder(
    ({ method, path, json, digest }) => {
      if (path === "/v2/user") {
        return [200, { user: { id: "u", uid: "u", username: "acme", email: "a@acme.test", defaultTeamId: null, version: "northstar" } }];
      }
      if (path.startsWith("/teams/") || path.startsWith("/v2/teams/")) {
        return [200, { id: "team_acme", slug: "acme", name: "Acme" }];
      }
      if (path.startsWith("/v9/projects/")) {
        return [200, { id: "prj_handler", name: "handler", accountId: "team_acme", link: null, framework: null, nodeVersion: "24.x" }];
      }
      if (path === "/v2/files") {
        files.push(digest);
        return [200, { urls: [] }];
      }
      if (path === "/v13/deployments" && method === "POST") {
        const missing = json.files.map((file) => file.sha).filter((sha) => !files.includes(sha));
        if (missing.length > 0) {
          return [400, { error: { code: "missing_files", message: "Missing files", missing } }];
        }
      }
      return [200, { id: "dpl_1", uid: "dpl_1", url: "handler-1.vercel.app", readyState: "READY", status: "READY", target: "production", alias: ["handler.vercel.app"], aliasAssigned: true, inspectorUrl: "https://vercel.com/acme/handler/1", projectId: "prj_handler", ownerId: "team_acme", creator: { uid: "u" }, env: [], build: { env: [] } }];
    },
    certificate(),
  );
  const project = join(work, "vercel");
  cpSync(join(here, "vercel"), project, { recursive: true });
  const ids = { projectId: "prj_handler", orgId: "team_acme", projectName: "handler" };
  writeFileSync(join(project, ".vercel/project.json"), JSON.stringify(ids));
  const command = join(packages, "node_modules/vercel/dist/vc.js");
  const args = ["deploy", "--prebuilt", "--prod", "--yes", "--token", "recorded", "--api", `https://localhost:${port}`];
  const env = { ...clean, NODE_EXTRA_CA_CERTS: join(work, "cert.pem"), VERCEL_TELEMETRY_DISABLED: "1" };
  await run(process.execPath, [command, ...args], { cwd: project, env });
  stop();
  return { by: "vercel 54.21.1 deploy --prebuilt --prod", first: requests };
}

async function fastly() {
  const version = (number, more) => ({ number, service_id: "S", active: false, locked: false, ...more });
  const service = (versions, more) => ({ id: "S", name: "handler", type: "wasm", versions, ...more });
  let versions = [];
  const domains = [];
  const { requests, port, stop } = await recorder(({ method, path, form }) => {
    const newest = versions.at(-1);
    if (path === "/service" && method === "POST") {
      versions.push(version(1));
      return [200, service(versions)];
    }
    if (path.endsWith("/details")) return [200, service(versions, { active_version: newest, version: newest })];
    if (path === "/service/S/version") return [200, versions];
    if (path.endsWith("/clone")) {
      versions.push(version(newest.number + 1));
      return [200, versions.at(-1)];
    }
    if (path.endsWith("/activate")) {
      versions = versions.map((each) => ({ ...each, active: each === newest, locked: true }));
      return [200, versions.at(-1)];
    }
    if (path.endsWith("/domain") && method === "POST") {
      domains.push({ name: form.name, service_id: "S", version: newest.number });
      return [200, domains.at(-1)];
    }
    if (path.endsWith("/domain")) return [200, domains];
    if (path.endsWith("/validate")) return [200, { status: "ok", msg: null }];
    if (path.endsWith("/package")) return [200, { id: "p", service_id: "S", version: newest.number, metadata: { files_hash: "" } }];
    return [200, newest ?? {}];
  });
  const project = join(work, "fastly");
  cpSync(join(here, "fastly"), project, { recursive: true });
  // The smallest component there is.
  writeFileSync(join(project, "app.wasm"), Buffer.from("0061736d0d000100", "hex"));
  const command = join(packages, "node_modules/.bin/fastly");
  const url = `http://127.0.0.1:${port}`;
  const env = { ...clean, FASTLY_API_ENDPOINT: url, FASTLY_ACCOUNT_ENDPOINT: url, FASTLY_API_TOKEN: "recorded" };
  const start = { cwd: project, env };
  await run(command, ["compute", "pack", "--wasm-binary", "app.wasm"], start);
  const deploy = async () => {
    const from = requests.length;
    const args = ["compute", "deploy", "--non-interactive", "--comment", "recorded", "--domain", "shop.test"];
    await run(command, [...args, "--status-check-off"], start);
    return requests.slice(from);
  };
  const recorded = { by: "fastly 16.1.0 compute deploy", first: await deploy(), again: await deploy() };
  stop();
  return recorded;
}

/** Of a name that only this run trusts. */
function certificate() {
  const [key, cert] = [join(work, "key.pem"), join(work, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-nodes", "-days", "2", ...subject, ...made], {
    stdio: "ignore",
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** What a type of a platform's own SDK says, as JSON Schema. */
async function schema(type) {
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
