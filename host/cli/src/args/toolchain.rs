//! Of `run v2 toolchain`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Toolchain {
    #[command(subcommand)]
    pub(crate) command: ToolchainCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ToolchainCommand {
    /// Write the versions and checksums of the tools in use to run.lock.toml
    Sync,
    /// List the tools this project's components need, and what is there
    List,
    /// Compare the tools with what run.lock.toml pins
    Check,
    /// Get tools for this project alone, into .run/toolchains/
    Install(ToolchainInstall),
}

#[derive(Debug, Args)]
pub(crate) struct ToolchainInstall {
    /// Which tools; without any, those that are missing or not as pinned
    #[arg(value_name = "TOOL")]
    pub(crate) tools: Vec<String>,

    /// Fail where run.lock.toml does not say which version
    #[arg(long)]
    pub(crate) locked: bool,

    /// Use no network
    #[arg(long)]
    pub(crate) offline: bool,
}
