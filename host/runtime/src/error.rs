//! What can go wrong while reading, compiling and calling a component.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

#[cfg(feature = "compiler")]
use crate::inspect::WitError;
use crate::sandbox::Breach;

/// An error of the runtime, with what to do about it.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
pub enum Error {
    /// The engine itself cannot start.
    #[error("the WebAssembly engine cannot start: {reason}")]
    #[diagnostic(code(run::runtime::engine))]
    Engine {
        /// wasmtime's reason.
        reason: String,
    },

    /// A file could not be read.
    #[error("cannot read `{name}`")]
    #[diagnostic(code(run::runtime::read))]
    Read {
        /// The file.
        name: String,
        /// Why not.
        source: Arc<std::io::Error>,
    },

    /// The bytes are not valid WebAssembly.
    #[error("`{name}` is not a valid component: {reason}")]
    #[diagnostic(code(run::runtime::invalid))]
    Invalid {
        /// The file.
        name: String,
        /// The validator's reason.
        reason: String,
    },

    /// WebAssembly text that does not parse.
    #[error("{message}")]
    #[diagnostic(code(run::runtime::text))]
    Text {
        /// The parser's message.
        message: String,
        /// The text.
        #[source_code]
        source_code: NamedSource<String>,
        /// Where it stopped.
        #[label("here")]
        at: SourceSpan,
    },

    /// A compiled component that this runtime does not take.
    #[error("`{name}` is not a component that was compiled for this runtime: {reason}")]
    #[diagnostic(
        code(run::runtime::precompiled),
        help("compile it again with the release of `run` that this runtime came with")
    )]
    NotPrecompiled {
        /// The file.
        name: String,
        /// The engine's reason.
        reason: String,
    },

    /// A core module that cannot become a component.
    #[error("`{name}` is a core module, not a component: {reason}")]
    #[diagnostic(
        code(run::runtime::core_module),
        help(
            "wrap it with the WIT it implements: `wasm-tools component embed`, then `wasm-tools component new`"
        )
    )]
    CoreModule {
        /// The file.
        name: String,
        /// Why not.
        reason: String,
    },

    /// Imports that do not fit what is provided.
    #[error("`{name}` cannot be linked: {reason}")]
    #[diagnostic(
        code(run::runtime::link),
        help("it was made for another version of an interface that it imports")
    )]
    Link {
        /// The file.
        name: String,
        /// Which import, and why.
        reason: String,
    },

    /// Imports that nothing provides.
    #[error("`{name}` imports what nothing here provides: {}", list(.imports))]
    #[diagnostic(code(run::runtime::imports), help("{help}"))]
    UnsatisfiedImports {
        /// The file.
        name: String,
        /// The imports' names.
        imports: Vec<String>,
        /// What to do.
        help: String,
    },

    /// A component that answers no HTTP requests.
    #[error("`{name}` does not answer HTTP requests: it exports no `wasi:http/incoming-handler`")]
    #[diagnostic(code(run::runtime::not_a_handler), help("{help}"))]
    NotAHandler {
        /// The file.
        name: String,
        /// What it is instead.
        help: String,
    },

    /// A handler that returned and left its request unanswered.
    #[error("`{function}` returned without an answer")]
    #[diagnostic(
        code(run::runtime::unanswered),
        help("every path through a handler has to set the response")
    )]
    Unanswered {
        /// What was called.
        function: String,
    },

    /// A handler that answered with an error instead of a response.
    #[error("`{function}` answered with the error `{code}`")]
    #[diagnostic(code(run::runtime::answered_error))]
    AnsweredError {
        /// What was called.
        function: String,
        /// The error code of `wasi:http/types`.
        code: String,
    },

    /// No function of that name.
    #[error("`{name}` exports no function `{function}`")]
    #[diagnostic(code(run::runtime::unknown_function), help("{help}"))]
    UnknownFunction {
        /// The file.
        name: String,
        /// The function asked for.
        function: String,
        /// The nearest one, and what there is.
        help: String,
    },

    /// Several functions of that name, in different interfaces.
    #[error("`{name}` exports several functions `{function}`: {}", list(.candidates))]
    #[diagnostic(code(run::runtime::ambiguous_function), help("{help}"))]
    AmbiguousFunction {
        /// The file.
        name: String,
        /// The function asked for.
        function: String,
        /// Full names of those that match, at most a dozen.
        candidates: Vec<String>,
        /// How to name one, and their signatures.
        help: String,
    },

    /// A function that is not called with the types it has.
    #[error("`{function}` is not called with the types it has: {reason}")]
    #[diagnostic(code(run::runtime::types), help("it is `{signature}`"))]
    Types {
        /// The function.
        function: String,
        /// What differs.
        reason: String,
        /// The function with its types.
        signature: String,
    },

    /// No function was named and the component is no command.
    #[error("`{name}` is not a command: it does not export `wasi:cli/run`")]
    #[diagnostic(code(run::runtime::not_a_command), help("{help}"))]
    NotACommand {
        /// The file.
        name: String,
        /// The functions it does export.
        help: String,
    },

    /// Arguments that do not fit the function.
    #[error("{message}")]
    #[diagnostic(
        code(run::runtime::arguments),
        help("{}", arguments_help(.signature, .types, .example))
    )]
    Arguments {
        /// What does not fit.
        message: String,
        /// The function with its parameters' names and types.
        signature: String,
        /// What its named types are, one level deep.
        types: Vec<String>,
        /// Arguments that would fit; empty where there are none.
        example: String,
        /// The arguments as given, one a line.
        #[source_code]
        given: NamedSource<String>,
        /// The argument that does not fit.
        #[label("this argument")]
        at: Option<SourceSpan>,
    },

    /// The guest trapped.
    #[error("`{function}` trapped: {reason}{backtrace}")]
    #[diagnostic(code(run::runtime::trap))]
    Trap {
        /// The function that was called.
        function: String,
        /// The trap.
        reason: String,
        /// The guest's frames, each on a line of its own after the reason.
        backtrace: String,
    },

    /// A limit was hit.
    #[error("`{function}` was stopped: {breach}")]
    #[diagnostic(code(run::runtime::limit), help("{help}"))]
    Limit {
        /// The function that was called.
        function: String,
        /// Which limit, with its figure.
        breach: Breach,
        /// How to raise it.
        help: String,
    },

    /// Strict mode met something that was not given.
    #[error("`{function}` was stopped: it called `{import}`, which it was not given")]
    #[diagnostic(
        code(run::runtime::denied),
        help("allow it with `{flag}`, or with the capability `{capability}` in run.toml")
    )]
    Denied {
        /// The function that was called.
        function: String,
        /// The interface.
        import: String,
        /// The flag that allows it.
        flag: String,
        /// The capability that allows it.
        capability: String,
    },

    /// A directory that was to be given to the guest.
    #[error("the directory `{path}` cannot be opened: {reason}")]
    #[diagnostic(
        code(run::runtime::directory),
        help("name a directory that exists, as HOST or HOST::GUEST")
    )]
    Directory {
        /// The directory.
        path: String,
        /// Why not.
        reason: String,
    },

    /// Setting up the sandbox failed.
    #[error("cannot set up the sandbox: {reason}")]
    #[diagnostic(code(run::runtime::sandbox))]
    Sandbox {
        /// Why.
        reason: String,
    },

    /// A mistake in WIT.
    #[cfg(feature = "compiler")]
    #[error(transparent)]
    #[diagnostic(transparent)]
    WitText(#[from] WitError),

    /// A WIT package that cannot be read.
    #[error("cannot read the WIT in `{path}`: {reason}")]
    #[diagnostic(code(run::runtime::wit))]
    Wit {
        /// The file or directory.
        path: String,
        /// The parser's reason, with its position.
        reason: String,
    },

    /// A component that does not implement the world it is declared to.
    #[error("`{name}` does not implement the world `{world}`: {}", list(.problems))]
    #[diagnostic(
        code(run::runtime::world),
        help("change the component's exports, or the `wit` it is declared with")
    )]
    World {
        /// The file.
        name: String,
        /// The declared world.
        world: String,
        /// Each missing or different export.
        problems: Vec<String>,
    },
}

impl Error {
    pub(crate) fn engine(error: wasmtime::Error) -> Self {
        Self::Engine {
            reason: format!("{error:#}"),
        }
    }

    pub(crate) fn sandbox(error: wasmtime::Error) -> Self {
        Self::Sandbox {
            reason: format!("{error:#}"),
        }
    }

    #[cfg(feature = "compiler")]
    pub(crate) fn text(name: &str, text: &str, error: &wat::Error) -> Self {
        // The parser prints `message\n  --> file:line:col\n…`; its message and
        // position are taken, and the source is shown the way all errors are.
        let printed = error.to_string();
        let message = printed.lines().next().unwrap_or("invalid text").to_owned();
        let offset = printed
            .lines()
            .find_map(|line| line.trim_start().strip_prefix("--> "))
            .and_then(|place| {
                let mut parts = place.rsplitn(3, ':');
                let column: usize = parts.next()?.trim().parse().ok()?;
                let line: usize = parts.next()?.parse().ok()?;
                offset_of(text, line, column)
            });
        Self::Text {
            message,
            source_code: NamedSource::new(name, text.to_owned()),
            at: offset.unwrap_or(0).into(),
        }
    }
}

/// The byte offset of a one-based line and column.
#[cfg(feature = "compiler")]
pub(crate) fn offset_of(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let at = start + column.checked_sub(1)?;
    text.is_char_boundary(at).then_some(at)
}

fn arguments_help(signature: &str, types: &[String], example: &str) -> String {
    let mut help = format!("the function is `{signature}`");
    for ty in types {
        help.push_str("\nwith ");
        help.push_str(ty);
    }
    if !example.is_empty() {
        help.push_str("\nfor example: ");
        help.push_str(example);
    }
    help
}

fn list(items: &[String]) -> String {
    items
        .iter()
        .map(|item| format!("`{item}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
