//! What a component may reach beyond computing.

use std::fmt;
use std::str::FromStr;

use crate::location::is_host;
use crate::value::{ValueError, quoted, suggestion};

/// One entry of a component's `capabilities`. Displays as it is written there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// `fs:read:PATH`: read a file or what is below a directory.
    ReadFiles(String),
    /// `fs:write:PATH`: read and write likewise.
    WriteFiles(String),
    /// `env:NAME`: one environment variable.
    Variable(String),
    /// `env`: the whole environment.
    Environment,
    /// `clock`: the real time.
    Clock,
    /// `random`: the system's entropy.
    Random,
    /// `stdin`: the standard input.
    Stdin,
    /// `stdout`: the standard output.
    Stdout,
    /// `stderr`: the standard error.
    Stderr,
    /// `all`: everything in this list.
    All,
    /// `net:listen:PORT`: accept connections on a port.
    Listen(u16),
    /// `net:connect:HOST:PORT`: connect to one address.
    Connect {
        /// A name or an IP address; one of version 6 without its brackets.
        host: String,
        /// Never 0.
        port: u16,
    },
    /// `http-client`: requests to any host, or, as `http-client:HOST`, to one.
    HttpClient(Option<String>),
    /// `http-server`: be called with requests.
    HttpServer,
}

/// Those without an argument.
const PLAIN: [(&str, Capability); 9] = [
    ("all", Capability::All),
    ("clock", Capability::Clock),
    ("env", Capability::Environment),
    ("http-client", Capability::HttpClient(None)),
    ("http-server", Capability::HttpServer),
    ("random", Capability::Random),
    ("stderr", Capability::Stderr),
    ("stdin", Capability::Stdin),
    ("stdout", Capability::Stdout),
];

/// Those with one, as a message shows them.
const FORMS: [&str; 6] = [
    "env:NAME",
    "fs:read:PATH",
    "fs:write:PATH",
    "http-client:HOST",
    "net:connect:HOST:PORT",
    "net:listen:PORT",
];

impl FromStr for Capability {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if let Some((_, capability)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(capability.clone());
        }
        with_argument(text).ok_or_else(|| unknown(text))
    }
}

fn with_argument(text: &str) -> Option<Capability> {
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "env" => is_variable(rest).then(|| Capability::Variable(rest.to_owned())),
        "http-client" => is_host(rest).then(|| Capability::HttpClient(Some(rest.to_owned()))),
        "fs" => {
            let (access, path) = rest.split_once(':')?;
            let path = (!path.is_empty() && !path.contains('\0')).then(|| path.to_owned())?;
            match access {
                "read" => Some(Capability::ReadFiles(path)),
                "write" => Some(Capability::WriteFiles(path)),
                _ => None,
            }
        }
        "net" => match rest.split_once(':')? {
            ("listen", port_text) => port(port_text).map(Capability::Listen),
            ("connect", address) => {
                let (host, port_text) = address.rsplit_once(':')?;
                let inner = host
                    .strip_prefix('[')
                    .and_then(|host| host.strip_suffix(']'));
                let host = match inner {
                    Some(inner) => inner.parse::<std::net::Ipv6Addr>().ok()?.to_string(),
                    None => is_host(host).then(|| host.to_owned())?,
                };
                Some(Capability::Connect {
                    host,
                    port: port(port_text)?,
                })
            }
            _ => None,
        },
        _ => None,
    }
}

fn port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c == '=' || c.is_control() || c.is_whitespace())
}

fn unknown(text: &str) -> ValueError {
    let same_kind: Vec<_> = FORMS
        .into_iter()
        .filter(|form| form.split(':').next() == text.split(':').next())
        .map(|form| format!("`{form}`"))
        .collect();
    let help = if same_kind.is_empty() {
        suggestion(text, PLAIN.iter().map(|(name, _)| *name).chain(FORMS))
    } else {
        format!("write {}", same_kind.join(" or "))
    };
    ValueError::new(format!("{} is not a capability", quoted(text)), help)
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadFiles(path) => write!(f, "fs:read:{path}"),
            Self::WriteFiles(path) => write!(f, "fs:write:{path}"),
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::Listen(port) => write!(f, "net:listen:{port}"),
            Self::Connect { host, port } if host.contains(':') => {
                write!(f, "net:connect:[{host}]:{port}")
            }
            Self::Connect { host, port } => write!(f, "net:connect:{host}:{port}"),
            Self::HttpClient(Some(host)) => write!(f, "http-client:{host}"),
            Self::HttpClient(None) => f.write_str("http-client"),
            Self::HttpServer => f.write_str("http-server"),
            Self::Environment => f.write_str("env"),
            Self::Clock => f.write_str("clock"),
            Self::Random => f.write_str("random"),
            Self::Stdin => f.write_str("stdin"),
            Self::Stdout => f.write_str("stdout"),
            Self::Stderr => f.write_str("stderr"),
            Self::All => f.write_str("all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_round_trips() {
        let forms = [
            "fs:read:/data/a:b",
            "fs:write:.",
            "env:API_KEY",
            "env",
            "clock",
            "random",
            "stdin",
            "stdout",
            "stderr",
            "all",
            "net:listen:8080",
            "net:connect:db.test:5432",
            "net:connect:[::1]:80",
            "http-client",
            "http-client:api.acme.test",
            "http-server",
        ];
        for text in forms {
            assert_eq!(text.parse::<Capability>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn others_are_refused_with_what_was_meant() {
        let cases = [
            ("clocks", "did you mean `clock`?"),
            ("fs:execute:/bin", "write `fs:read:PATH` or `fs:write:PATH`"),
            ("env:", "write `env:NAME`"),
            (
                "net:listen:0",
                "write `net:connect:HOST:PORT` or `net:listen:PORT`",
            ),
            (
                "net:listen:+80",
                "write `net:connect:HOST:PORT` or `net:listen:PORT`",
            ),
            (
                "net:connect:db.test",
                "write `net:connect:HOST:PORT` or `net:listen:PORT`",
            ),
            ("http-client:a/b", "write `http-client:HOST`"),
        ];
        for (text, help) in cases {
            assert_eq!(
                text.parse::<Capability>().unwrap_err().help.as_deref(),
                Some(help),
                "{text}"
            );
        }
    }
}
