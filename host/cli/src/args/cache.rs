//! Of `run v2 cache`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Cache {
    #[command(subcommand)]
    pub(crate) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Keys that builds are signed with
    Key(CacheKey),
}

#[derive(Debug, Args)]
pub(crate) struct CacheKey {
    #[command(subcommand)]
    pub(crate) command: CacheKeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheKeyCommand {
    /// Make a key, and print its public half
    New(CacheKeyFile),
    /// Print the public half of a key
    Show(CacheKeyFile),
}

#[derive(Debug, Args)]
pub(crate) struct CacheKeyFile {
    /// The secret key's file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
