// A server that keeps what the platforms' own commands send it.

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the packages of the commands are. */
export const [packages] = process.argv.slice(2);
export const here = dirname(fileURLToPath(import.meta.url));
export const work = mkdtempSync(join(tmpdir(), "record-"));

/** The environment of the commands. */
export const clean = { PATH: process.env.PATH, HOME: work, CI: "1", NO_COLOR: "1" };

/** Answers with what `answer` says, and keeps what came. */
export async function recorder(answer, tls) {
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

export function run(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${args[1]}: ${code}`))));
  });
}
