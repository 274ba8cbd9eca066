//! The arguments of `deploy`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Deploy {
    #[command(subcommand)]
    pub(crate) command: Option<DeployCommand>,

    #[command(flatten)]
    pub(crate) to: DeployTo,

    /// Build for production first
    #[arg(long)]
    pub(crate) build: bool,

    /// The directory that the local target writes [default: dist/deploy]
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// How long a deployment may take to be live
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = run_project::duration)]
    pub(crate) wait: Duration,
}

/// What is deployed, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeployTo {
    /// The kind of target
    #[arg(long, global = true, value_name = "TARGET")]
    pub(crate) target: Option<DeployTarget>,

    /// Whose platform; `--provider NAME --help` lists its options
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,

    /// A profile of run.toml: [deploy.NAME]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Only this component (repeatable)
    #[arg(long = "component", global = true, value_name = "NAME")]
    pub(crate) components: Vec<String>,

    /// Do it without asking
    #[arg(long, global = true)]
    pub(crate) yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeployTarget {
    /// A directory to be taken elsewhere
    Local,
    /// Packages in a registry
    Registry,
    /// A running service, by a provider
    Edge,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DeployCommand {
    /// Ask the platform what is there, and compare it with what was recorded
    Status,
    /// List what was deployed from here, by the records alone
    List,
    /// Make an earlier deployment the live one
    Rollback {
        /// Which; without it the one before
        id: Option<String>,
    },
    /// Show what the deployed component logged
    Logs {
        /// Go on until stopped
        #[arg(long)]
        follow: bool,
    },
    /// Remove what was deployed
    Destroy,
}
