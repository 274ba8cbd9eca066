//! Sockets: which addresses a guest may use, and which names it may look up.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::Network;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{Host, ResolveAddressStream};
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::sockets::{SocketAddrUse, WasiSocketsView};

use super::observed::{Denial, Seen};
use super::permissions::NetRule;
use super::state::State;

/// What the user allowed, asked at each use of a socket.
#[derive(Clone)]
pub(super) struct Policy {
    rules: Arc<Vec<NetRule>>,
    seen: Arc<Seen>,
}

impl Policy {
    pub(super) fn new(rules: &[NetRule], seen: &Arc<Seen>) -> Self {
        Self {
            rules: Arc::new(rules.to_vec()),
            seen: seen.clone(),
        }
    }

    /// Whether any name may be looked up at all.
    pub(super) fn looks_up(&self) -> bool {
        self.rules.iter().any(|rule| match rule {
            NetRule::All => true,
            NetRule::Connect { host, .. } => host.parse::<IpAddr>().is_err(),
            NetRule::Listen(_) => false,
        })
    }

    /// Whether `address` may be used that way; notes it where not.
    pub(super) async fn check(self, address: SocketAddr, usage: SocketAddrUse) -> bool {
        use SocketAddrUse::{
            TcpAccept, TcpBind, TcpConnect, TcpListen, UdpBind, UdpReceive, UdpSend,
        };
        match usage {
            TcpConnect | UdpSend => self.connects(address).await,
            // Whoever calls on a port that may be listened on; what answers
            // is from where something was sent.
            TcpAccept | UdpReceive => !self.rules.is_empty(),
            // The system's choice of a port, which connecting begins with.
            TcpBind | UdpBind if address.port() == 0 => true,
            TcpBind | UdpBind | TcpListen => self.listens(address.port()),
        }
    }

    fn listens(&self, port: u16) -> bool {
        let allowed = self.rules.iter().any(|rule| match rule {
            NetRule::All => true,
            NetRule::Listen(allowed) => *allowed == port,
            NetRule::Connect { .. } => false,
        });
        if !allowed {
            self.deny(
                format!("listen on port {port}"),
                "net",
                &format!("listen:{port}"),
            );
        }
        allowed
    }

    async fn connects(&self, address: SocketAddr) -> bool {
        for rule in self.rules.iter() {
            match rule {
                NetRule::All => return true,
                NetRule::Connect { host, port } if *port == address.port() => {
                    if is_at(host, address).await {
                        return true;
                    }
                }
                NetRule::Connect { .. } | NetRule::Listen(_) => {}
            }
        }
        self.deny(
            format!("connect to {address}"),
            "net:connect",
            &address.to_string(),
        );
        false
    }

    fn deny(&self, what: String, kind: &str, target: &str) {
        self.seen.deny(Denial {
            what,
            import: "wasi:sockets",
            flag: format!("--allow-net {target}"),
            capability: format!("{kind}:{target}"),
        });
    }
}

/// Whether `host` is, or stands for, this address.
async fn is_at(host: &str, address: SocketAddr) -> bool {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return ip.to_canonical() == address.ip().to_canonical();
    }
    match tokio::net::lookup_host((host, address.port())).await {
        Ok(mut found) => found.any(|a| a.ip().to_canonical() == address.ip().to_canonical()),
        Err(_) => false,
    }
}

/// The name that wasmtime-wasi links the interface by.
const NAME_LOOKUP: &str = "wasi:sockets/ip-name-lookup@0.2.12";

/// Replaces `resolve-addresses` in `wasi:sockets/ip-name-lookup`, which must be
/// linked already. Only names that may be connected to are looked up: a
/// question to a name server carries data as well as any other packet.
pub(crate) fn link_name_lookup(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type Answer = Result<Resource<ResolveAddressStream>, ErrorCode>;
    let lookup = |mut ctx: StoreContextMut<'_, State>,
                  (network, name): (Resource<Network>, String)|
     -> wasmtime::Result<(Answer,)> {
        let state = ctx.data_mut();
        let allowed = state.network.iter().any(|rule| match rule {
            NetRule::All => true,
            NetRule::Connect { host, .. } => host.eq_ignore_ascii_case(&name),
            NetRule::Listen(_) => false,
        });
        if !allowed && name.parse::<IpAddr>().is_err() {
            state.seen.deny(Denial {
                what: format!("look up the name `{name}`"),
                import: "wasi:sockets/ip-name-lookup",
                flag: format!("--allow-net {name}:PORT"),
                capability: format!("net:connect:{name}:PORT"),
            });
            return Ok((Err(ErrorCode::AccessDenied),));
        }
        match state.sockets().resolve_addresses(network, name) {
            Ok(stream) => Ok((Ok(stream),)),
            Err(error) => Ok((Err(error.downcast()?),)),
        }
    };
    linker
        .instance(NAME_LOOKUP)?
        .func_wrap("resolve-addresses", lookup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_was_allowed_is_used_and_the_rest_is_noted() {
        let seen = Arc::new(Seen::default());
        let connect = |host: &str, port| NetRule::Connect {
            host: host.to_owned(),
            port,
        };
        let rules = [
            connect("192.0.2.1", 80),
            connect("localhost", 81),
            NetRule::Listen(8080),
        ];
        let policy = Policy::new(&rules, &seen);
        for (address, usage, allowed) in [
            ("192.0.2.1:80", SocketAddrUse::TcpConnect, true),
            ("[::ffff:192.0.2.1]:80", SocketAddrUse::TcpConnect, true),
            ("192.0.2.1:81", SocketAddrUse::TcpConnect, false),
            ("127.0.0.1:81", SocketAddrUse::UdpSend, true),
            ("192.0.2.2:80", SocketAddrUse::UdpSend, false),
            ("0.0.0.0:8080", SocketAddrUse::TcpBind, true),
            ("0.0.0.0:8081", SocketAddrUse::TcpBind, false),
            ("0.0.0.0:0", SocketAddrUse::UdpBind, true),
            ("0.0.0.0:0", SocketAddrUse::TcpListen, false),
        ] {
            let checked = policy.clone().check(address.parse().unwrap(), usage).await;
            assert_eq!(checked, allowed, "{address}");
        }
        let flags: Vec<_> = seen.observed().denied.into_iter().map(|d| d.flag).collect();
        assert_eq!(
            flags,
            [
                "--allow-net 192.0.2.1:81",
                "--allow-net 192.0.2.2:80",
                "--allow-net listen:0",
                "--allow-net listen:8081"
            ]
        );
    }
}
