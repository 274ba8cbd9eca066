//! Every command and flag: the one source of `--help`.

mod cache;
mod deploy;
mod toolchain;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use run_serve::Options;

use crate::address;
use crate::lazy::Lazy;
use crate::sandbox_args::{LimitArgs, ReachArgs, SandboxArgs, bytes};

pub(crate) use cache::{Cache, CacheCommand, CacheKey, CacheKeyCommand};
pub(crate) use deploy::{Deploy, DeployCommand, DeployTarget, DeployTo};
pub(crate) use toolchain::{Toolchain, ToolchainCommand, ToolchainInstall};

/// Build, run and test WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "run", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) generation: Generation,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Generation {
    /// WASI components: scaffold, build, execute, test
    V2(V2),
}

#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct V2 {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Show what tools print, and why things happen
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,

    /// Show errors only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,

    /// Print JSON on stdout and nothing else, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a new project with a working starter component
    Init(Lazy<Init>),
    /// Compile source components to WASI 0.2 .wasm files
    Build(Lazy<Build>),
    /// Execute a component in a deterministic sandbox
    Exec(Lazy<Box<Exec>>),
    /// Answer HTTP requests with a component
    Serve(Lazy<Box<Serve>>),
    /// Run the tests of run.toml, or those the components export
    Test(Lazy<Test>),
    /// Show what a component or a project is
    Info(Lazy<Info>),
    /// Bring components to where they run, after showing what would change
    Deploy(Lazy<Box<Deploy>>),
    /// Remove what was built
    Clean(Lazy<Clean>),
    /// Manage the plugins a project builds with
    Plugin(Lazy<Plugin>),
    /// Pin, check and install the tools a project builds with
    Toolchain(Lazy<Toolchain>),
    /// Make keys for a build cache that machines share
    Cache(Lazy<Cache>),
    /// Show what is there, what is missing, and what to type
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The project's name, and the directory that is made for it
    pub(crate) name: String,

    /// Start from a template of this language instead of WebAssembly text
    #[arg(long, value_name = "NAME")]
    pub(crate) language: Option<String>,

    /// Which of the language's templates
    #[arg(long, value_name = "NAME", requires = "language")]
    pub(crate) template: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Optimise for production
    #[arg(long)]
    pub(crate) release: bool,

    /// The same source gives the same bytes on any machine
    #[arg(long)]
    pub(crate) reproducible: bool,

    /// Build only this component (repeatable)
    #[arg(long = "component", value_name = "NAME")]
    pub(crate) components: Vec<String>,

    /// Say why each component is built, fresh, or taken from the build cache
    #[arg(long)]
    pub(crate) explain: bool,

    /// Neither take from the build cache nor put into it
    #[arg(long)]
    pub(crate) no_cache: bool,

    /// Leave compiling to native code to the first run, as where nothing is run
    #[arg(long)]
    pub(crate) no_precompile: bool,

    /// How many components to build at once
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Then link this component with those it imports from, as NAME.composed.wasm (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) compose: Vec<String>,

    #[command(flatten)]
    pub(crate) locks: Locks,
}

/// What a build may reach for.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Locks {
    /// Fail where a lock file would have to change
    #[arg(long)]
    pub(crate) locked: bool,

    /// Use no network
    #[arg(long)]
    pub(crate) offline: bool,

    /// --locked and --offline
    #[arg(long)]
    pub(crate) frozen: bool,

    /// Use no tool that is not confined, and no earlier build that one made
    #[arg(long)]
    pub(crate) hermetic: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// A .wasm or .wat file, or the name of a component in run.toml
    pub(crate) target: String,

    /// The function to call; without it the component is run as a command
    #[arg(long, value_name = "NAME")]
    pub(crate) function: Option<String>,

    /// An argument, as type:value or WAVE (repeatable, or comma-separated)
    #[arg(
        long,
        value_name = "VALUE",
        allow_hyphen_values = true,
        requires = "function"
    )]
    pub(crate) args: Vec<String>,

    #[command(flatten)]
    pub(crate) linking: Linking,

    /// Print one JSON document and nothing else
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,

    /// Arguments for a command component, after --
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
}

/// Who provides what a component imports.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Linking {
    /// Take imports from this .wasm or .wat file, or component of run.toml, before any other (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) with: Vec<String>,

    /// Take a file's imports from the components of run.toml, as is done for a component
    #[arg(long)]
    pub(crate) compose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A .wasm or .wat file, the name of a component in run.toml, or a directory
    /// that `deploy --target local` wrote
    pub(crate) target: String,

    /// Where to listen, as ADDRESS:PORT or a port of 127.0.0.1 [default: port
    /// $PORT of every address where that is set, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = address::parse)]
    pub(crate) listen: Option<SocketAddr>,

    /// Where to tell how it goes, under /metrics and /healthz
    #[arg(long, value_name = "ADDRESS", value_parser = address::parse)]
    pub(crate) metrics: Option<SocketAddr>,

    /// Requests to answer at once; others wait
    #[arg(long, value_name = "N", default_value_t = Options::AT_ONCE,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) concurrency: u32,

    /// Bytes a request's body may have
    #[arg(long, value_name = "SIZE", default_value = "32MiB", value_parser = run_project::size)]
    pub(crate) max_request_body: u64,

    /// Bytes a response's body may have [default: any number]
    #[arg(long, value_name = "SIZE", value_parser = run_project::size)]
    pub(crate) max_response_body: Option<u64>,

    /// Bytes a request's headers may have
    #[arg(long, value_name = "SIZE", default_value = "64KiB", value_parser = bytes)]
    pub(crate) max_headers: usize,

    /// How long requests may take to end once it is to stop
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = run_project::duration)]
    pub(crate) drain: Duration,

    #[command(flatten)]
    pub(crate) linking: Linking,

    #[command(flatten)]
    pub(crate) reach: ReachArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Test only this component (repeatable)
    #[arg(long = "component", value_name = "NAME")]
    pub(crate) components: Vec<String>,

    /// Build before testing
    #[arg(long)]
    pub(crate) build: bool,

    /// Run only tests whose name contains this (repeatable: any of them)
    #[arg(long = "filter", value_name = "TEXT")]
    pub(crate) filters: Vec<String>,

    /// List the tests and run none
    #[arg(long)]
    pub(crate) list: bool,

    /// Succeed where there is no test to run
    #[arg(long)]
    pub(crate) allow_empty: bool,

    /// Also write the results to FILE, as the JUnit XML that CI servers read
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub(crate) junit: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Info {
    /// A .wasm, .wat or .wit file, a directory of WIT, or the name of a
    /// component; the project without it
    pub(crate) target: Option<String>,

    /// Print its WIT
    #[arg(long)]
    pub(crate) wit: bool,

    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Clean {
    /// Also remove .run/, where plugins keep their caches, and this project's
    /// builds from the build cache
    #[arg(long)]
    pub(crate) cache: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the plugins of this project and what they were granted
    List,
    /// Add a plugin to run.toml, after showing what it asks for
    Add(PluginAdd),
}

#[derive(Debug, Args)]
pub(crate) struct PluginAdd {
    /// The name it goes by in this project
    pub(crate) name: String,

    /// The plugin's .wasm file
    #[arg(long, value_name = "FILE")]
    pub(crate) path: PathBuf,

    /// Grant what it asks for without being asked
    #[arg(long)]
    pub(crate) yes: bool,
}
