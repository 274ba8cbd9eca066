//! What can go wrong with a plugin, each naming the plugin.

use miette::Diagnostic;

use crate::manifest::Kind;

/// A plugin that was not loaded.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the plugin `{plugin}` cannot be used: {why}")]
#[diagnostic(code(run::plugin::refused), help("{}", .why.help()))]
pub struct LoadError {
    /// The name it goes by.
    pub plugin: String,
    /// Why.
    pub why: Refused,
}

/// Why a plugin was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The bytes do not parse.
    #[error("its bytes are not a whole component ({0})")]
    Broken(String),
    /// A core module.
    #[error("it is a core module, not a component")]
    CoreModule,
    /// No `run:manifest` section.
    #[error("it carries no manifest")]
    NoManifest,
    /// More than one `run:manifest` section.
    #[error("it carries more than one manifest")]
    SeveralManifests,
    /// The manifest does not hold.
    #[error("its manifest does not hold: {0}")]
    Manifest(String),
    /// No world of ours.
    #[error("it exports neither `run:plugin/builder` nor `run:plugin/provider`")]
    NoWorld,
    /// More than one world of ours.
    #[error("it exports more than one world of the contract")]
    SeveralWorlds,
    /// The manifest names another kind than the exports.
    #[error("its manifest says it is a {said}, and it exports a {is}")]
    Kind {
        /// In the manifest.
        said: Kind,
        /// By its exports.
        is: Kind,
    },
    /// Another contract.
    #[error("it was built for version {wanted} of the contract, and this `run` has {supported}")]
    Api {
        /// The plugin's.
        wanted: semver::Version,
        /// This host's.
        supported: String,
    },
    /// Imports that no plugin of its kind gets.
    #[error("it imports what a {kind} is not given: {}", .imports.join(", "))]
    Imports {
        /// Its kind.
        kind: Kind,
        /// The imports' names.
        imports: Vec<String>,
    },
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// The engine refuses it.
    #[error("the engine refuses it: {0}")]
    Engine(String),
}

impl Refused {
    fn help(&self) -> &'static str {
        match self {
            Self::Broken(_) | Self::Unreadable { .. } | Self::Engine(_) => {
                "get the plugin again, or build it again if it is your own"
            }
            Self::CoreModule | Self::NoWorld => {
                "build it for the target `wasm32-wasip2` with `run-plugin-api`, which makes a component of the right world"
            }
            Self::NoManifest | Self::SeveralManifests => {
                "embed its `plugin.toml` once, with `run_plugin_api::manifest!`"
            }
            Self::Manifest(_) | Self::Kind { .. } | Self::SeveralWorlds => {
                "this is for the plugin's author to mend"
            }
            Self::Api { .. } => {
                "use a release of the plugin for a version this `run` has, or another release of `run`"
            }
            Self::Imports { .. } => {
                "a plugin reaches the outside only through the contract; one that asks for more is not loaded"
            }
        }
    }
}

/// A call of a plugin that did not succeed.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CallError {
    /// The plugin said so itself.
    #[error("{message}")]
    #[diagnostic(code(run::plugin::failed))]
    Failed {
        /// The plugin.
        plugin: String,
        /// What sort of failure it is.
        kind: FailureKind,
        /// The plugin's message.
        message: String,
        /// The plugin's advice.
        #[help]
        help: Option<String>,
    },
    /// A tool is not on this machine, or in no version that fits.
    #[error("{message}")]
    #[diagnostic(code(run::plugin::missing_tool))]
    MissingTool {
        /// The plugin that needs it.
        plugin: String,
        /// Which, and what it is for.
        message: String,
        /// How to get it.
        #[help]
        help: Option<String>,
    },
    /// A tool is not what the lock says.
    #[error("{drift}")]
    #[diagnostic(code(run::toolchain::pinned), help("{help}"))]
    Pinned {
        /// How it differs.
        drift: crate::tools::Drift,
        /// What mends it.
        help: String,
    },
    /// The host stopped the plugin because it broke a rule.
    #[error("the plugin `{plugin}` was stopped: {rule}")]
    #[diagnostic(
        code(run::plugin::violation),
        help("this is a fault of the plugin; nothing outside its own directories was changed")
    )]
    Violation {
        /// The plugin.
        plugin: String,
        /// Which rule, with its figure.
        rule: String,
    },
    /// The plugin trapped.
    #[error("the plugin `{plugin}` crashed: {reason}")]
    #[diagnostic(
        code(run::plugin::trap),
        help("this is a fault of the plugin; nothing outside its own directories was changed")
    )]
    Trap {
        /// The plugin.
        plugin: String,
        /// The trap and the plugin's backtrace.
        reason: String,
    },
    /// The user asked to stop.
    #[error("stopped")]
    #[diagnostic(code(run::cancelled))]
    Cancelled,
    /// Confinement was demanded and is not to be had.
    #[error("`--hermetic` asks that tools run confined, and this system cannot: {reason}")]
    #[diagnostic(
        code(run::plugin::hermetic),
        help("use a Linux kernel with Landlock (5.13 or newer), or leave `--hermetic` out")
    )]
    Hermetic {
        /// What is missing.
        reason: String,
    },
    /// The host could not do its part.
    #[error("{what}")]
    #[diagnostic(code(run::plugin::host))]
    Host {
        /// What the host was doing.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The plugin was not loaded.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Load(#[from] LoadError),
}

/// What sort of failure a plugin reports; the contract's `error-kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The user's input is wrong.
    InvalidInput,
    /// The plugin does not do that.
    Unsupported,
    /// Something was not granted.
    Denied,
    /// Something does not exist.
    NotFound,
    /// Something is in the way.
    Conflict,
    /// The other end failed.
    Remote,
    /// The work failed, as when source does not compile.
    Failed,
    /// It was asked to stop.
    Cancelled,
    /// Anything else.
    Other,
}
