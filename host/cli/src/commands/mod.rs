//! One file for each command.

pub(crate) mod build;
pub(crate) mod cache;
pub(crate) mod clean;
pub(crate) mod deploy;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod info;
pub(crate) mod init;
pub(crate) mod plugin;
pub(crate) mod serve;
pub(crate) mod test;
pub(crate) mod toolchain;
