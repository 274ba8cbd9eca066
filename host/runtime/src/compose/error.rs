//! Why components could not be composed.

use miette::Diagnostic;

/// An error of composing, with what to do about it. Components are named as
/// they were given: by their name in the project, or by their path.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ComposeError {
    /// A component could not be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Component(#[from] crate::Error),

    /// Nobody provides an import.
    #[error("`{importer}` imports what no component here exports: {}", list(.imports))]
    #[diagnostic(code(run::compose::missing), help("{help}"))]
    Missing {
        /// Who imports it.
        importer: String,
        /// The imports' names.
        imports: Vec<String>,
        /// What would nearly fit, and what to do.
        help: String,
    },

    /// Several components provide an import, and nothing says which.
    #[error(
        "`{importer}` imports `{import}`, which several components export: {}",
        list(.candidates)
    )]
    #[diagnostic(code(run::compose::ambiguous), help("{help}"))]
    Ambiguous {
        /// Who imports it.
        importer: String,
        /// The import's name.
        import: String,
        /// Who exports it.
        candidates: Vec<String>,
        /// The key that decides.
        help: String,
    },

    /// `imports` names a component that is not there.
    #[error("`{importer}` takes `{import}` from `{provider}`, and there is no such component")]
    #[diagnostic(code(run::compose::unknown_provider), help("{help}"))]
    UnknownProvider {
        /// Who imports it.
        importer: String,
        /// The import's name.
        import: String,
        /// The name that is not there.
        provider: String,
        /// The nearest name.
        help: String,
    },

    /// `imports` names a component that does not export what is taken from it.
    #[error("`{importer}` takes `{import}` from `{provider}`, which does not export it")]
    #[diagnostic(code(run::compose::not_exported), help("{help}"))]
    NotExported {
        /// Who imports it.
        importer: String,
        /// The import's name.
        import: String,
        /// Who was chosen.
        provider: String,
        /// What it exports instead, and who does export it.
        help: String,
    },

    /// `imports` names a component that is disabled.
    #[error("`{importer}` takes `{import}` from `{provider}`, which is disabled")]
    #[diagnostic(
        code(run::compose::disabled),
        help(
            "remove `enabled = false` from `{provider}` in run.toml, or choose another component"
        )
    )]
    Disabled {
        /// Who imports it.
        importer: String,
        /// The import's name.
        import: String,
        /// Who was chosen.
        provider: String,
    },

    /// `imports` names a component whose file is not there.
    #[error(
        "`{importer}` takes `{import}` from `{provider}`, which is not built: `{path}` is not there"
    )]
    #[diagnostic(
        code(run::compose::not_built),
        help("build it with `run v2 build --component {provider}`")
    )]
    NotBuilt {
        /// Who imports it.
        importer: String,
        /// The import's name.
        import: String,
        /// Who was chosen.
        provider: String,
        /// Its file.
        path: String,
    },

    /// A component that would have to provide its own import.
    #[error("`{importer}` imports `{import}`, which only it exports")]
    #[diagnostic(
        code(run::compose::self_import),
        help("a component cannot be linked to itself: another one has to export `{import}`")
    )]
    SelfImport {
        /// Who imports and exports it.
        importer: String,
        /// The import's name.
        import: String,
    },

    /// Components that need each other.
    #[error("components import each other in a circle: {path}")]
    #[diagnostic(
        code(run::compose::cycle),
        help(
            "{help}\na component starts only when all it imports is there: break the circle, or move what both sides need to a component of its own"
        )
    )]
    Cycle {
        /// `a → b → a`.
        path: String,
        /// Who takes what from whom, a line each.
        help: String,
    },

    /// An export of the right name that is not of the right type.
    #[error("`{importer}` cannot take `{import}` from `{provider}`: {reason}")]
    #[diagnostic(
        code(run::compose::mismatch),
        help(
            "build both against the same WIT, or give the interface another version where it changed"
        )
    )]
    Mismatch {
        /// Who imports it.
        importer: String,
        /// The import's name, and the export's where they differ.
        import: String,
        /// Who exports it.
        provider: String,
        /// Where the types differ.
        reason: String,
    },

    /// The components fit one by one and not all together.
    #[error("the composition of `{root}` is not valid: {reason}")]
    #[diagnostic(
        code(run::compose::invalid),
        help(
            "it links {links}; a type that goes through several of them must come from one and the same component"
        )
    )]
    Invalid {
        /// The component that is composed.
        root: String,
        /// What the validator says.
        reason: String,
        /// Who was linked to whom.
        links: String,
    },
}

pub(super) fn list(items: &[String]) -> String {
    items
        .iter()
        .map(|item| format!("`{item}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
