//! `run:plugin@0.1`.

mod answers;
mod bindings;
mod builder;
mod call;
mod convert;
mod deploy;
mod host;
mod preinit;
mod provider;

pub(super) use builder::Builder;
pub(super) use provider::Provider;
