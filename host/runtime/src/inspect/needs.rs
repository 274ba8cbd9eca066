//! What a component's imports would let it reach, in the words of `run.toml`.

use super::items::Item;
use super::module::{CoreItem, PREVIEW1};

/// A capability and the imports that use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// As `capabilities` in `run.toml` has it, e.g. `clock`, `fs:read:PATH`.
    pub capability: &'static str,
    /// The interfaces, or functions of a core module.
    pub imports: Vec<String>,
}

/// What a component needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Capabilities it could use.
    pub capabilities: Vec<Need>,
    /// Imports that are no part of WASI: another component provides them.
    pub components: Vec<String>,
}

/// Packages of WASI with the interface, or all of them, and what it reaches.
const INTERFACES: [(&str, &str, &str); 13] = [
    ("cli", "environment", "env"),
    ("cli", "stdin", "stdin"),
    ("cli", "stdout", "stdout"),
    ("cli", "stderr", "stderr"),
    ("clocks", "", "clock"),
    ("filesystem", "", "fs:read:PATH"),
    ("http", "client", "http-client"),
    ("http", "outgoing-handler", "http-client"),
    ("random", "", "random"),
    ("sockets", "ip-name-lookup", "net:connect:HOST:PORT"),
    ("sockets", "tcp-create-socket", "net:connect:HOST:PORT"),
    ("sockets", "udp-create-socket", "net:connect:HOST:PORT"),
    ("sockets", "types", "net:connect:HOST:PORT"),
];

/// Beginnings of the functions of preview 1, and what they reach.
const PREVIEW1_FUNCTIONS: [(&str, &str); 7] = [
    ("clock_", "clock"),
    ("environ_", "env"),
    ("fd_prestat_", "fs:read:PATH"),
    ("fd_readdir", "fs:read:PATH"),
    ("path_", "fs:read:PATH"),
    ("random_", "random"),
    ("sock_", "net:listen:PORT"),
];

pub(super) fn of_component(imports: &[Item], exports: &[Item]) -> Needs {
    let mut needs = Needs::default();
    for item in imports {
        let Some((package, interface)) = wasi(&item.name) else {
            needs.components.push(item.name.clone());
            continue;
        };
        let found = INTERFACES
            .iter()
            .find(|(known, name, _)| *known == package && (name.is_empty() || *name == interface));
        if let Some((_, _, capability)) = found {
            add(&mut needs, capability, &item.name);
        }
    }
    for item in exports {
        if matches!(
            wasi(&item.name),
            Some(("http", "incoming-handler" | "handler"))
        ) {
            add(&mut needs, "http-server", &item.name);
        }
    }
    needs
}

pub(super) fn of_module(imports: &[CoreItem]) -> Needs {
    let mut needs = Needs::default();
    for item in imports {
        if item.module.as_deref() != Some(PREVIEW1) {
            continue;
        }
        let found = PREVIEW1_FUNCTIONS
            .iter()
            .find(|(start, _)| item.name.starts_with(start));
        if let Some((_, capability)) = found {
            add(&mut needs, capability, &item.name);
        }
    }
    needs
}

fn add(needs: &mut Needs, capability: &'static str, import: &str) {
    let known = needs
        .capabilities
        .iter_mut()
        .find(|need| need.capability == capability);
    match known {
        Some(need) => need.imports.push(import.to_owned()),
        None => needs.capabilities.push(Need {
            capability,
            imports: vec![import.to_owned()],
        }),
    }
}

/// Package and interface of `wasi:package/interface@version`.
fn wasi(import: &str) -> Option<(&str, &str)> {
    let (package, rest) = import.strip_prefix("wasi:")?.split_once('/')?;
    Some((package, rest.split('@').next().unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Item> {
        names
            .iter()
            .map(|name| Item {
                name: (*name).to_owned(),
                ..Item::default()
            })
            .collect()
    }

    #[test]
    fn imports_are_told_in_capabilities() {
        let imports = named(&[
            "wasi:clocks/wall-clock@0.2.0",
            "wasi:clocks/monotonic-clock@0.2.6",
            "wasi:io/streams@0.2.0",
            "wasi:cli/stdin@0.2.0",
            "wasi:http/types@0.2.0",
            "wasi:http/outgoing-handler@0.2.0",
            "acme:shop/prices",
        ]);
        let needs = of_component(&imports, &named(&["wasi:http/incoming-handler@0.2.0"]));
        let names: Vec<_> = needs
            .capabilities
            .iter()
            .map(|need| (need.capability, need.imports.len()))
            .collect();
        let expected = [
            ("clock", 2),
            ("stdin", 1),
            ("http-client", 1),
            ("http-server", 1),
        ];
        assert_eq!(names, expected);
        assert_eq!(needs.components, ["acme:shop/prices"]);
    }
}
