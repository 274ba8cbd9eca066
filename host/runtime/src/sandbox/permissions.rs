//! What the user allowed a component beyond computing.

use std::path::PathBuf;

/// Everything a component may reach. The default is nothing.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    /// The real wall and monotonic clocks.
    pub clock: bool,
    /// The operating system's entropy.
    pub random: bool,
    /// A component that reads a clock or entropy it was not given is stopped,
    /// instead of being given a virtual one.
    pub strict: bool,
    /// Environment variables, name and value.
    pub environment: Vec<(String, String)>,
    /// Directories it sees.
    pub directories: Vec<Directory>,
    /// Sockets it may use.
    pub network: Vec<NetRule>,
    /// Hosts it may send HTTP requests to.
    pub http: HttpHosts,
    /// What `wasi:config/store` answers, name and value.
    pub config: Vec<(String, String)>,
}

/// A directory of the host that a component sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Where it is.
    pub host: PathBuf,
    /// What the component calls it.
    pub guest: String,
    /// Whether it may change what is in it.
    pub writable: bool,
}

/// One kind of socket that a component may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetRule {
    /// Connect to a name or an address, at a port.
    Connect {
        /// A name, or an IP address without brackets.
        host: String,
        /// Its port.
        port: u16,
    },
    /// Listen on a port of this machine.
    Listen(u16),
    /// All of the network.
    All,
}

/// Which hosts a component may send HTTP requests to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HttpHosts {
    /// None.
    #[default]
    None,
    /// These, by name or address, without a port.
    Some(Vec<String>),
    /// Any.
    All,
}

impl HttpHosts {
    /// Whether requests to `host` are allowed.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        match self {
            Self::None => false,
            Self::Some(hosts) => hosts
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(host)),
            Self::All => true,
        }
    }
}
