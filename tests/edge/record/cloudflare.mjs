// What `wrangler deploy` sends.

import { cpSync } from "node:fs";
import { join } from "node:path";

import { clean, here, packages, recorder, run, work } from "./recorder.mjs";

export async function cloudflare() {
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
