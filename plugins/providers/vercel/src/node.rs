//! The function on the platform's Node.js: what the component is translated to.

use run_plugin_api::Result;
use run_provider_transpile::{Module, bundle};
use serde_json::json;

use crate::entry::entry;
use crate::output::{Content, File, Handlers, files, text};
use crate::settings::Settings;

/// The first Node.js that suspends WebAssembly without a flag.
const RUNTIME: &str = "nodejs24.x";

/// All files. `digest` is what answers carry in `x-run-digest`.
///
/// # Errors
/// The component cannot be translated, or is too large.
pub(crate) fn deployment(
    component: &[u8],
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Result<Vec<File>> {
    of_modules(bundle(component)?, handlers, settings, digest)
}

fn of_modules(
    modules: Vec<Module>,
    handlers: Handlers,
    settings: &Settings,
    digest: &str,
) -> Result<Vec<File>> {
    let function = json!({
        "runtime": RUNTIME,
        "handler": "index.mjs",
        "launcherType": "Nodejs",
        "shouldAddHelpers": false,
    });
    let entry = entry(&modules, handlers, settings, digest);
    let mut contents = vec![
        // Modules end in `.js`, which is CommonJS unless this says otherwise.
        Content::plain("package.json", text(&json!({ "type": "module" }))),
        Content::plain("index.mjs", entry.into_bytes()),
    ];
    contents.extend(
        modules
            .into_iter()
            .map(|module| Content::plain(module.name, module.bytes)),
    );
    files(function, contents, handlers, settings)
}

#[cfg(test)]
mod tests {
    use run_provider_transpile::Kind;

    use super::*;
    use crate::settings::CRON_SECRET;
    use crate::settings::tests::settings;

    #[test]
    fn the_entry_knows_its_modules_and_variables() {
        let settings = settings(&[
            ("variables", "GREETING=hi"),
            ("secrets", CRON_SECRET),
            ("secrets", "KEY"),
        ])
        .unwrap();
        let handlers = Handlers {
            fetch: true,
            job: false,
        };
        let modules = vec![Module {
            name: "app.core.wasm".into(),
            kind: Kind::Wasm,
            bytes: b"abc".to_vec(),
        }];
        let files = of_modules(modules, handlers, &settings, "sha256:00").unwrap();
        let names: Vec<_> = files
            .iter()
            .filter_map(|file| file.path.rsplit('/').next())
            .collect();
        assert_eq!(
            names,
            [
                "config.json",
                ".vc-config.json",
                "app.core.wasm",
                "index.mjs",
                "package.json"
            ]
        );
        let entry = String::from_utf8(files[3].bytes.clone()).unwrap();
        for part in [
            "const variables = [\"GREETING\",\"KEY\"];",
            "[\"app.core.wasm\"]",
        ] {
            assert!(entry.contains(part), "{part} is not in {entry}");
        }
    }
}
