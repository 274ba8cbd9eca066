//! `run:plugin@0.1`.

mod answers;
mod bindings;
mod build_context;
mod builder;
mod call;
mod convert;
mod deploy;
mod host;
mod preinit;
mod provider;
mod settings;

pub(super) use builder::Builder;
pub(super) use provider::Provider;
