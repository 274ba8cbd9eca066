//! The WASI that travels with a component, and how an entry gets at it.

use crate::module::Module;

const MODULES: &[(&str, &str)] = &[
    ("serve.js", include_str!("../js/serve.js")),
    ("wasi-fields.js", include_str!("../js/wasi-fields.js")),
    ("wasi-http.js", include_str!("../js/wasi-http.js")),
    ("wasi-io.js", include_str!("../js/wasi-io.js")),
    ("wasi.js", include_str!("../js/wasi.js")),
];

/// The interfaces of `wasi.js`, without versions.
pub const INTERFACES: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:config/store",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:logging/logging",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// What every entry begins with.
pub const ENTRY_IMPORTS: &str = "\
import { instantiate } from \"./app.js\";
import { run, serve } from \"./serve.js\";
import { wasi } from \"./wasi.js\";
";

pub(crate) fn modules() -> impl Iterator<Item = Module> {
    MODULES
        .iter()
        .map(|(name, text)| Module::script(name, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_there_and_no_other() {
        let (_, text) = MODULES.iter().find(|(name, _)| *name == "wasi.js").unwrap();
        let mut there: Vec<_> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"wasi:")?.split_once("\":"))
            .map(|(name, _)| format!("wasi:{name}"))
            .collect();
        there.sort();
        assert_eq!(there, INTERFACES);
    }
}
