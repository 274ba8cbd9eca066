//! Providing what a component imports: each interface it names and no other.
//!
//! Nothing of what a call may reach is decided here: the functions look at the
//! state they are called with, so a component is linked once for any number of
//! calls with different permissions.

use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::{cli, filesystem, sockets};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView};
use wasmtime_wasi_http::p2 as http;
use wasmtime_wasi_io::bindings::wasi::io;

use crate::interfaces;
use crate::sandbox::{self, State};

/// The linker for some imports.
pub(crate) struct Linked {
    pub(crate) linker: Linker<State>,
    /// Whether a call may have to wait for something, and so must be made
    /// asynchronously.
    pub(crate) waits: bool,
    /// Whether it may draw random numbers.
    pub(crate) draws: bool,
    /// Whether it imports nothing at all: what a call gives is up to its
    /// arguments, and nothing but its result tells that it was made.
    pub(crate) alone: bool,
    /// The imports that nothing here provides.
    pub(crate) missing: Vec<String>,
}

/// Links the imports of a component, given by their names.
///
/// # Errors
/// Two of them collide, which wasmtime would have refused before.
pub(crate) fn link<'a>(
    engine: &wasmtime::Engine,
    imports: impl Iterator<Item = &'a str>,
) -> wasmtime::Result<Linked> {
    let mut linked = Linked {
        linker: Linker::new(engine),
        waits: false,
        draws: false,
        alone: true,
        missing: Vec::new(),
    };
    let mut http = false;
    for import in imports {
        linked.alone = false;
        let Some((package, interface, version)) = parts(import) else {
            linked.missing.push(import.to_owned());
            continue;
        };
        if package == "wasi:http" && is_stable(version) && is_http(interface) {
            http = true;
            continue;
        }
        let found = if is_stable(version) {
            stable(&mut linked, package, interface, import)?
        } else {
            interfaces::NAMES.contains(&import)
                && interfaces::link(
                    &mut linked.linker,
                    &import[..import.len() - version.len() - 1],
                )?
        };
        if !found {
            linked.missing.push(import.to_owned());
        }
    }
    if http {
        linked.waits = true;
        http::add_only_http_to_linker_async(&mut linked.linker)?;
    }
    Ok(linked)
}

/// `wasi:cli/run@0.2.3` → `wasi:cli`, `run`, `0.2.3`.
fn parts(import: &str) -> Option<(&str, &str, &str)> {
    let (name, version) = import.split_once('@')?;
    let (package, interface) = name.split_once('/')?;
    Some((package, interface, version))
}

/// Versions that wasmtime links by semantic versioning to the newest it has.
fn is_stable(version: &str) -> bool {
    version
        .strip_prefix("0.2.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|c| c.is_ascii_digit()))
}

fn is_http(interface: &str) -> bool {
    matches!(interface, "types" | "outgoing-handler")
}

struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// One interface of WASI 0.2. False where there is none of that name.
fn stable(
    linked: &mut Linked,
    package: &str,
    interface: &str,
    import: &str,
) -> wasmtime::Result<bool> {
    type Cli = WasiCli;
    let l = &mut linked.linker;
    match (package, interface) {
        ("wasi:clocks", "wall-clock" | "monotonic-clock") => {
            sandbox::link_time(l, interface, import)?;
        }
        ("wasi:random", "random" | "insecure" | "insecure-seed") => {
            linked.draws = true;
            sandbox::link_entropy(l, interface, import)?;
        }
        ("wasi:cli", "environment") => {
            cli::environment::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "exit") => {
            cli::exit::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "stdin") => cli::stdin::add_to_linker::<_, Cli>(l, State::cli)?,
        ("wasi:cli", "stdout") => cli::stdout::add_to_linker::<_, Cli>(l, State::cli)?,
        ("wasi:cli", "stderr") => cli::stderr::add_to_linker::<_, Cli>(l, State::cli)?,
        ("wasi:cli", "terminal-input") => {
            cli::terminal_input::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "terminal-output") => {
            cli::terminal_output::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "terminal-stdin") => {
            cli::terminal_stdin::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "terminal-stdout") => {
            cli::terminal_stdout::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        ("wasi:cli", "terminal-stderr") => {
            cli::terminal_stderr::add_to_linker::<_, Cli>(l, State::cli)?;
        }
        _ => {
            linked.waits = true;
            return waiting(&mut linked.linker, package, interface, import);
        }
    }
    Ok(true)
}

/// The interfaces whose functions may have to wait.
fn waiting(
    l: &mut Linker<State>,
    package: &str,
    interface: &str,
    import: &str,
) -> wasmtime::Result<bool> {
    type Files = WasiFilesystem;
    type Net = WasiSockets;
    match (package, interface) {
        ("wasi:io", "error") => io::error::add_to_linker::<_, Table>(l, State::table)?,
        ("wasi:io", "poll") => io::poll::add_to_linker::<_, Table>(l, State::table)?,
        ("wasi:io", "streams") => io::streams::add_to_linker::<_, Table>(l, State::table)?,
        ("wasi:filesystem", "types") => {
            filesystem::types::add_to_linker::<_, Files>(l, State::filesystem)?;
        }
        ("wasi:filesystem", "preopens") => sandbox::link_preopens(l, import)?,
        ("wasi:sockets", "network") => {
            let options = sockets::network::LinkOptions::default();
            sockets::network::add_to_linker::<_, Net>(l, &options, State::sockets)?;
        }
        ("wasi:sockets", "instance-network") => {
            sockets::instance_network::add_to_linker::<_, Net>(l, State::sockets)?;
        }
        ("wasi:sockets", "tcp") => sockets::tcp::add_to_linker::<_, Net>(l, State::sockets)?,
        ("wasi:sockets", "tcp-create-socket") => {
            sockets::tcp_create_socket::add_to_linker::<_, Net>(l, State::sockets)?;
        }
        ("wasi:sockets", "udp") => sockets::udp::add_to_linker::<_, Net>(l, State::sockets)?,
        ("wasi:sockets", "udp-create-socket") => {
            sockets::udp_create_socket::add_to_linker::<_, Net>(l, State::sockets)?;
        }
        ("wasi:sockets", "ip-name-lookup") => {
            l.allow_shadowing(true);
            sockets::ip_name_lookup::add_to_linker::<_, Net>(l, State::sockets)?;
            sandbox::link_name_lookup(l)?;
            l.allow_shadowing(false);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_provided_is_told_from_what_is_not() {
        let engine = wasmtime::Engine::default();
        let imports = [
            "wasi:cli/environment@0.2.0",
            "wasi:cli/exit@0.2.12",
            "wasi:random/random@0.2.3",
            "wasi:keyvalue/store@0.2.0-draft",
            "wasi:io/poll@0.2.0-rc-2023-11-10",
            "wasi:cli/run@0.2.0",
            "wasi:cli/environment@0.3.0",
            "acme:shop/prices@1.0.0",
            "bare",
        ];
        let linked = link(&engine, imports.into_iter()).unwrap();
        assert_eq!(linked.missing, imports[4..].to_vec());
        let plain = link(&engine, ["wasi:cli/environment@0.2.0"].into_iter()).unwrap();
        assert!(!plain.waits && !plain.draws && !plain.alone);
        assert!(link(&engine, [].into_iter()).unwrap().alone);
        let random = link(&engine, ["wasi:random/random@0.2.0"].into_iter()).unwrap();
        assert!(random.draws && !random.waits);
        let streams = link(&engine, ["wasi:io/streams@0.2.0"].into_iter()).unwrap();
        assert!(streams.waits);
        let http = ["wasi:http/types@0.2.0", "wasi:http/outgoing-handler@0.2.0"];
        assert!(link(&engine, http.into_iter()).unwrap().missing.is_empty());
    }
}
