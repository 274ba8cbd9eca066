// What `vercel deploy --prebuilt` sends.

import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { clean, here, packages, recorder, run, work } from "./recorder.mjs";

export async function vercel() {
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
