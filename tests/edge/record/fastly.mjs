// What `fastly compute deploy` sends, and the commands for what it does not do.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { clean, here, packages, recorder, run, work } from "./recorder.mjs";

export async function fastly() {
  const version = (number, more) => ({ number, service_id: "S", active: false, locked: false, ...more });
  const service = (versions, more) => ({ id: "S", name: "handler", type: "wasm", versions, ...more });
  let versions = [];
  const domains = [];
  let stores = 0;
  const { requests, port, stop } = await recorder(({ method, path, form, json }) => {
    const newest = versions.at(-1);
    if (method === "DELETE") return [200, { status: "ok" }];
    if (/^\/resources\/stores\/\w+$/.test(path) && method === "POST") {
      const name = form?.name ?? json.name;
      return [200, { id: `store${stores++}`, name, created_at: "2026-01-01T00:00:00Z" }];
    }
    if (path.startsWith("/resources/stores/")) {
      return [200, { store_id: "store0", name: "PASSWORD", digest: "", created_at: "2026-01-01T00:00:00Z", item_key: "environment", item_value: "" }];
    }
    if (path.endsWith("/resource")) return [200, { id: "L-cache", name: form?.name, resource_id: form?.resource_id, service_id: "S", version: "1" }];
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
    if (path.endsWith("/activate/staging")) {
      newest.staging = true;
      newest.environments = [{ id: "e", name: "staging", service_id: "S", active_version: newest.number }];
      return [200, newest];
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
  const from = requests.length;
  versions.push(version(3));
  const at = ["--service-id", "S", "--version", "3"];
  const tls = ["--use-ssl", "--ssl-cert-hostname", "api.shop.test", "--ssl-sni-hostname", "api.shop.test"];
  const backend = ["--name", "api_shop_test", "--address", "api.shop.test", "--port", "443", "--override-host", "api.shop.test", ...tls];
  // Not `secret-store-entry`: it wants a key that only the platform can sign.
  for (const args of [
    ["config-store", "create", "--name", "run-handler-environment"],
    ["config-store-entry", "update", "--upsert", "--store-id", "store0", "--key", "environment", "--value", "A=1"],
    ["secret-store", "create", "--name", "run-handler-secrets"],
    ["kv-store", "create", "--name", "cache"],
    ["service", "resource-link", "create", ...at, "--resource-id", "store2", "--name", "cache"],
    ["service", "resource-link", "delete", ...at, "--id", "L-cache"],
    ["service", "backend", "create", ...at, ...backend],
    ["service", "backend", "update", ...at, ...backend],
    ["service", "backend", "delete", ...at, "--name", "api_shop_test"],
    ["service", "domain", "delete", ...at, "--name", "shop.test"],
    ["service", "version", "stage", ...at],
    ["service", "version", "unstage", ...at],
    ["service", "version", "activate", ...at],
    ["service", "version", "deactivate", ...at],
    ["service", "delete", "--service-id", "S"],
    ["config-store", "delete", "--store-id", "store0"],
    ["secret-store", "delete", "--store-id", "store1"],
  ]) {
    await run(command, args, start);
  }
  recorded.single = requests.slice(from).filter(({ method }) => method !== "GET");
  stop();
  return recorded;
}
