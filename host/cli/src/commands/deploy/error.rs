//! Why `deploy` does not even begin.

use miette::Diagnostic;

#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum DeployCommandError {
    /// No profile of that name.
    #[error("there is no profile `{name}` in run.toml")]
    #[diagnostic(code(run::deploy::profile), help("{help}"))]
    Profile { name: String, help: String },

    /// Flags and profiles leave a choice that nobody makes.
    #[error("{what}")]
    #[diagnostic(code(run::deploy::choice), help("{help}"))]
    Choice { what: String, help: String },

    /// A flag says something else than the profile.
    #[error("the profile `{profile}` is {is}, and {flag} says otherwise")]
    #[diagnostic(
        code(run::deploy::conflict),
        help("leave {flag} out, or name another profile")
    )]
    Conflict {
        profile: String,
        is: String,
        flag: &'static str,
    },

    /// No plugin deploys there.
    #[error("no plugin deploys to `{provider}`")]
    #[diagnostic(code(run::deploy::unknown_provider), help("{help}"))]
    Provider { provider: String, help: String },

    /// There is no registry to publish to yet.
    #[error("this release of `run` does not publish packages")]
    #[diagnostic(
        code(run::deploy::registry),
        help(
            "package with `run v2 deploy --target local`, and push the directory or its components with what you use today"
        )
    )]
    Registry,

    /// Only what a provider deployed runs anywhere.
    #[error("the profile `{profile}` deploys nothing that runs")]
    #[diagnostic(
        code(run::deploy::local),
        help("`status`, `logs`, `rollback` and `destroy` are for profiles with a provider")
    )]
    NotRunning { profile: String },

    /// Nobody said yes.
    #[error("there is nobody to ask whether to do it")]
    #[diagnostic(
        code(run::deploy::unconfirmed),
        help("look it over with `--dry-run` and pass `--yes`")
    )]
    Unconfirmed,

    /// Somebody said no.
    #[error("nothing was changed")]
    #[diagnostic(code(run::deploy::declined))]
    Declined,

    /// No component is left to deploy.
    #[error("there is no component to deploy")]
    #[diagnostic(
        code(run::deploy::nothing),
        help("add one to run.toml, or enable one that is there")
    )]
    Nothing,
}
