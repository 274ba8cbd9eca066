//! The Worker: a bundle with the entry that the platform calls.

use run_plugin_api::{Error, Result};
use run_provider_transpile::{ENTRY_IMPORTS, Kind, Module, Outside, bundle, size};

/// The module that the platform starts with.
pub(crate) const ENTRY: &str = "worker.js";

/// The most that all modules together may have, in bytes, on every plan:
/// <https://developers.cloudflare.com/workers/platform/limits/>.
const SIZE: usize = 64 << 20;

/// The memory of an isolate, in bytes: same page.
const MEMORY: u64 = 128 << 20;

/// The most JavaScript that is parsed within the second a Worker has to start,
/// in bytes. Nothing of it runs then, and core modules are compiled before.
const SCRIPT: usize = 16 << 20;

/// The interfaces of `js/keyvalue.js`, beyond those of every platform.
const INTERFACES: &[&str] = &["wasi:keyvalue/store", "wasi:keyvalue/batch"];

/// What the platform is asked to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handlers {
    /// Requests.
    pub(crate) fetch: bool,
    /// Schedules.
    pub(crate) scheduled: bool,
}

/// What can be said of a component without translating it.
///
/// # Errors
/// It exports nothing that a Worker could be, or imports what is not there.
pub(crate) fn handlers(outside: &Outside, crons: bool, stores: bool) -> Result<Handlers> {
    outside.check_imports(INTERFACES)?;
    let handlers = Handlers {
        fetch: outside.exports("wasi:http/incoming-handler"),
        scheduled: outside.exports("wasi:cli/run"),
    };
    let answers = handlers.fetch || (handlers.scheduled && crons);
    if !answers {
        return Err(Error::invalid_input(
            "the component exports no `wasi:http/incoming-handler` of WASI 0.2, so there is \
             nothing to serve",
        )
        .with_help(
            "a component that exports `wasi:cli/run` can be deployed with the option `crons`",
        ));
    }
    if crons && !handlers.scheduled {
        return Err(Error::invalid_input(
            "`crons` call `wasi:cli/run`, which the component does not export",
        ));
    }
    if outside.imports("wasi:keyvalue/store") && !stores {
        return Err(Error::invalid_input(
            "the component imports `wasi:keyvalue`, and the option `kv` names no store",
        )
        .with_help("add `kv = { default = \"new\" }`, with the name that the component opens"));
    }
    if outside.memory > MEMORY {
        return Err(Error::invalid_input(format!(
            "the component's memory begins with {} MiB, and a Worker has 128 MiB",
            outside.memory >> 20
        )));
    }
    Ok(handlers)
}

/// All modules of the Worker, the entry first. `digest` is what its answers
/// carry in `x-run-digest`.
///
/// # Errors
/// The component cannot be translated, or is too large.
pub(crate) fn modules(
    component: &[u8],
    handlers: Handlers,
    stores: &[String],
    digest: &str,
) -> Result<Vec<Module>> {
    let mut modules = bundle(component)?;
    modules.push(Module::script(
        "keyvalue.js",
        include_str!("../js/keyvalue.js"),
    ));
    modules.insert(0, entry(&modules, handlers, stores, digest));
    let scripts: usize = modules
        .iter()
        .filter(|module| module.kind == Kind::Script)
        .map(|module| module.bytes.len())
        .sum();
    for (what, is, most) in [
        ("the Worker", size(&modules), SIZE),
        ("its JavaScript", scripts, SCRIPT),
    ] {
        if is > most {
            return Err(Error::invalid_input(format!(
                "{what} has {:.1} MiB, and the platform takes {} MiB",
                is as f64 / f64::from(1 << 20),
                most >> 20
            ))
            .with_help("a build with `--release` is smaller"));
        }
    }
    Ok(modules)
}

/// Core modules have to be imported where the platform sees it: it compiles
/// them when they are uploaded, and forbids it later.
fn entry(modules: &[Module], handlers: Handlers, stores: &[String], digest: &str) -> Module {
    let mut text = String::from(ENTRY_IMPORTS);
    text.push_str("import { keyvalue } from \"./keyvalue.js\";\n");
    let cores: Vec<_> = modules.iter().filter(|m| m.kind == Kind::Wasm).collect();
    for (number, core) in cores.iter().enumerate() {
        text.push_str(&format!("import core{number} from \"./{}\";\n", core.name));
    }
    text.push_str("\nconst cores = {\n");
    for (number, core) in cores.iter().enumerate() {
        text.push_str(&format!("  \"{}\": core{number},\n", core.name));
    }
    let stores: Vec<_> = stores.iter().map(|name| format!("\"{name}\"")).collect();
    text.push_str(&format!(
        "}};\nconst stores = [{}];\nconst digest = \"{digest}\";\n",
        stores.join(", ")
    ));
    text.push_str(
        "
function instance(env) {
  const variables = Object.entries(env).filter(([, value]) => typeof value === \"string\");
  const environment = Object.fromEntries(variables);
  const more = keyvalue(Object.fromEntries(stores.map((name) => [name, env[name]])));
  return instantiate((name) => cores[name], wasi({ environment, more }));
}

export default {
",
    );
    if handlers.fetch {
        text.push_str(
            "  fetch(request, env, context) {
    const after = (done) => context.waitUntil(done);
    return serve(request, { instance: instance(env), digest, after });
  },
",
        );
    }
    if handlers.scheduled {
        text.push_str(
            "  scheduled(controller, env) {
    return run(instance(env));
  },
",
        );
    }
    text.push_str("};\n");
    Module::script(ENTRY, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(imports: &[&str], exports: &[&str]) -> Outside {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Outside {
            imports: owned(imports),
            exports: owned(exports),
            memory: 0,
        }
    }

    #[test]
    fn what_a_worker_can_be() {
        let http = outside(&[], &["wasi:http/incoming-handler@0.2.3"]);
        let job = outside(&[], &["wasi:cli/run@0.2.3"]);
        let store = outside(
            &["wasi:keyvalue/store@0.2.0-draft"],
            &["wasi:http/incoming-handler@0.2.3"],
        );
        assert!(handlers(&http, false, false).unwrap().fetch);
        assert!(!handlers(&job, true, false).unwrap().fetch);
        assert!(handlers(&store, false, true).is_ok());
        for (outside, crons, expected) in [
            (&job, false, "nothing to serve"),
            (&http, true, "`crons` call"),
            (&store, false, "names no store"),
            (&outside(&["a:b/c"], &[]), false, "imports `a:b/c`"),
        ] {
            let error = handlers(outside, crons, false).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
        let mut large = http.clone();
        large.memory = MEMORY + 1;
        let error = handlers(&large, false, false).unwrap_err();
        assert!(error.message().contains("128 MiB"));
    }

    #[test]
    fn the_entry_imports_every_core_module() {
        let modules = ["app.core.wasm", "app.core2.wasm"].map(|name| Module {
            name: name.to_owned(),
            kind: Kind::Wasm,
            bytes: Vec::new(),
        });
        let handlers = Handlers {
            fetch: true,
            scheduled: false,
        };
        let entry = entry(&modules, handlers, &["cache".to_owned()], "sha256:00");
        let text = String::from_utf8(entry.bytes).unwrap();
        for part in [
            "import core1 from \"./app.core2.wasm\";",
            "\"app.core2.wasm\": core1,",
            "const stores = [\"cache\"];",
            "const digest = \"sha256:00\";",
            "fetch(request, env, context)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("scheduled"));
    }
}
