//! The module that the platform's launcher calls.

use run_provider_transpile::{ENTRY_IMPORTS, Kind, Module};
use serde_json::json;

use crate::output::{Handlers, JOB};
use crate::settings::{CRON_SECRET, Settings};

/// The component gets the variables it was given by name, and not those that
/// the platform keeps for itself in the same environment.
pub(crate) fn entry(
    modules: &[Module],
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> String {
    let cores: Vec<_> = modules
        .iter()
        .filter(|module| module.kind == Kind::Wasm)
        .map(|module| module.name.as_str())
        .collect();
    let names: Vec<_> = settings
        .variables
        .iter()
        .map(|(name, _)| name)
        .chain(&settings.secrets)
        .filter(|name| *name != CRON_SECRET)
        .collect();
    let mut text = format!(
        "import {{ readFileSync }} from \"node:fs\";
{ENTRY_IMPORTS}
const read = (name) => readFileSync(new URL(name, import.meta.url));
const cores = Object.fromEntries(
  {}.map((name) => [name, new WebAssembly.Module(read(name))]),
);
const variables = {};
const environment = Object.fromEntries(
  variables.filter((name) => name in process.env).map((name) => [name, process.env[name]]),
);
const digest = {};

function instance() {{
  return instantiate((name) => cores[name], wasi({{ environment }}));
}}
",
        json!(cores),
        json!(names),
        json!(digest),
    );
    if handlers.job {
        text.push_str(&format!(
            "
async function job(request) {{
  const secret = process.env.{CRON_SECRET};
  if (!secret || request.headers.get(\"authorization\") !== `Bearer ${{secret}}`) {{
    return new Response(null, {{ status: 401 }});
  }}
  await run(instance());
  return new Response(null, {{ status: 204 }});
}}
"
        ));
    }
    text.push_str("\nexport default {\n  fetch(request) {\n");
    if handlers.job {
        text.push_str(&format!(
            "    if (new URL(request.url).pathname === \"{JOB}\") return job(request);\n"
        ));
    }
    text.push_str(match handlers.fetch {
        true => "    return serve(request, { instance: instance(), digest });\n",
        false => "    return new Response(null, { status: 404 });\n",
    });
    text.push_str("  },\n};\n");
    text
}
