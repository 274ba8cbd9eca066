//! What a component may reach, what it may use, and the stand-ins it gets for
//! the rest.
//!
//! By default nothing real: no files, no environment, no network. Clocks and
//! entropy are read by most language runtimes as they start, so denying them
//! would deny the language; they get virtual ones that are the same on every
//! run, and [`Observed`] tells whether they were used.

mod entropy;
mod files;
mod http;
mod limits;
mod lines;
mod network;
mod observed;
mod permissions;
mod state;
mod stdio;
mod time;

pub use limits::{Breach, Growth, LimitKind, Limits};
pub use lines::LineOutlet;
pub use observed::{Denial, Observed};
pub use permissions::{Directory, HttpHosts, NetRule, Permissions};
pub use stdio::{Outlet, Stdin, Stdio};
pub use time::source_date_epoch;

pub(crate) use entropy::link as link_entropy;
pub(crate) use files::link_preopens;
pub(crate) use network::link_name_lookup;
pub(crate) use observed::Refused;
pub(crate) use state::{Seed, State};
pub(crate) use time::link as link_time;
